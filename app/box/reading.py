"""Reads a box file: everything that is wrong is named with its line before anything is changed."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flask_babel import lazy_gettext as _

from app.accounts.models import Account, GrantRole
from app.box import locking, workbook_reading
from app.box.contents import (
    AccountEntry,
    Box,
    BoxError,
    CategoryEntry,
    Complaint,
    HolidayEntry,
    LimitEntry,
    PlaceEntry,
    Spot,
)
from app.box.lines import LARGEST_FILE, Item, Lines, parse
from app.box.offer_reading import Categories, OfferReader
from app.box.party_reading import PartyReader, plain
from app.box.post_reading import PostReader
from app.box.sections import ACCOUNTS, COMMUNITY, GIVEN, HOLIDAYS, KNOWN, LIMITS, PLACES
from app.box.words import places_called
from app.communities import naming
from app.communities.models import LEVEL_NAMES, Category, Community, Holiday, Place, PlaceKind
from app.communities.rules import level_list
from app.core.sheets.kinds import COMPOUND
from app.roles import PLACE_ROLES

WORKBOOKS: Final = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".et")


def read(path: Path, words: Callable[[], str] = lambda: "") -> Box:
    """Read a box file; `words` is asked for the words that open a locked one.

    Raises BoxError with every line or cell that is wrong.
    """
    data = file_bytes(path)
    if locking.is_locked(data):
        data, path = locking.unlock(data, words()), path.with_suffix("")
    root = workbook_reading.parse(data) if _is_workbook(path, data) else parse(data)
    if root is None:
        raise BoxError([Complaint(0, _("The file is empty."))])
    return BoxReader().read(root)


def _is_workbook(path: Path, data: bytes) -> bool:
    """Tell whether a file is, or calls itself, a workbook; YAML begins with no such sign."""
    return path.suffix.lower() in WORKBOOKS or data.startswith((b"PK\x03\x04", COMPOUND))


def file_bytes(path: Path) -> bytes:
    """Return what is in a file, and no more than can be too much. Raises BoxError."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError:
        raise BoxError([Complaint(0, _("The file %(path)s cannot be read.", path=path))]) from None


def code_for(name: str) -> str:
    """Return the code of a community whose file names none: always the same for the same name."""
    return f"c{hashlib.sha256(name.encode()).hexdigest()[:10]}"


class BoxReader:
    """Reads one box."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.levels: list[str] = [str(name) for name in LEVEL_NAMES]
        self.kinds = {word: kind for kind in PlaceKind for word in (kind.value, str(kind.label))}

    def read(self, root: Item) -> Box:
        """Return the box. Raises BoxError."""
        fields = self.lines.fields(root, KNOWN) or {}
        box = self._community(root, fields)
        box.levels = self._levels(fields.get("levels"))
        box.places = self._places(fields.get("places"), None)
        box.categories = self._categories(fields["categories"]) if "categories" in fields else None
        box.holidays = self._holidays(fields.get("holidays"))
        self.parties = PartyReader(self.lines, box)
        self.parties.read(fields.get("units"), fields.get("teams"))
        categories = Categories(self.lines, box)
        box.limits = self._limits(fields.get("limits"), categories)
        offers = OfferReader(self.lines, self.parties, categories)
        box.resources = offers.resources(fields.get("resources"))
        box.projects = offers.projects(fields.get("projects"))
        box.accounts = self._accounts(fields.get("accounts"), box)
        box.posts = PostReader(self.lines, self.parties, box).read(fields.get("posts"))
        if self.lines.complaints:
            raise BoxError(self.lines.complaints)
        return box

    def _community(self, root: Item, fields: dict[str, Item]) -> Box:
        name = self.lines.required(fields.get("name"), root.line, "name", Community, "name") or ""
        given = {key: value for key, value in plain(self.lines, fields, COMMUNITY).items() if value is not None}
        code, day = given.pop("code", None), given.pop("reference_date", None)
        return Box(root.line, code or code_for(name), name, code is None, given, reference_date=day)

    def _levels(self, item: Item | None) -> list[str] | None:
        if item is None or item.is_empty:
            return None
        names = [self.lines.word(entry) or "" for entry in self.lines.items(item)]
        complaint = level_list(names)
        if complaint is not None:
            self.lines.wrong(item.line, complaint)
            return None
        self.levels = names
        return names

    def _places(self, item: Item | None, above: PlaceEntry | None) -> list[PlaceEntry]:
        found: dict[str, PlaceEntry] = {}
        for entry in self.lines.items(item):
            place = self._place(entry, above)
            if place is None:
                continue
            key = naming.key(place.name)
            if key in found:
                self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=place.name))
            found.setdefault(key, place)
        return list(found.values())

    def _place(self, item: Item, above: PlaceEntry | None) -> PlaceEntry | None:
        fields = self.lines.fields(item, PLACES.keys)
        if fields is None:
            return None
        name = self.lines.required(fields.get("name"), item.line, "name", Place, "name")
        level = self._level(fields.get("level"), above)
        place = PlaceEntry(item.line, name or "", self._kind(fields.get("kind"), level), level)
        place.aliases = [word for alias in self.lines.items(fields.get("aliases")) if (word := self._alias(alias))]
        place.code = self.lines.text(fields.get("code"), Place, "code")
        place.households = self.lines.number(fields.get("households"))
        place.children = self._places(fields.get("children"), place)
        return place if name else None

    def _alias(self, item: Item) -> str | None:
        return self.lines.text(item, Place, "name")

    def _level(self, item: Item | None, above: PlaceEntry | None) -> int:
        """The number or name of a level; one below that of the place above unless said."""
        deepest = len(self.levels) - 1
        default = 1 if above is None else min(above.level + 1, deepest)
        word = self.lines.word(item)
        if item is None or word is None:
            return default
        numbered = {str(number): number for number in range(len(self.levels))}
        level = self.levels.index(word) if word in self.levels else numbered.get(word)
        if level is None or not 1 <= level <= deepest:
            known = ", ".join(f"{number} {name}" for number, name in enumerate(self.levels) if number)
            self.lines.wrong(item.line, _("Unknown level “%(word)s”; possible: %(known)s.", word=word, known=known))
            return default
        if above is not None and level < above.level:
            self.lines.wrong(item.line, _("The level must not be above that of the place it lies in."))
        return level

    def _kind(self, item: Item | None, level: int) -> PlaceKind:
        word = self.lines.word(item)
        if item is None or word is None:
            return self.kinds.get(self.levels[level], PlaceKind.OTHER)
        return self.lines.choice(item, PlaceKind) or PlaceKind.OTHER

    def _categories(self, item: Item, depth: int = 1) -> list[CategoryEntry]:
        found: dict[str, CategoryEntry] = {}
        for entry in self.lines.items(item):
            category = self._category(entry, depth)
            if category is None:
                continue
            if category.name in found:
                self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=category.name))
            found.setdefault(category.name, category)
        return list(found.values())

    def _category(self, item: Item, depth: int) -> CategoryEntry | None:
        """A category is a name, or a name with children."""
        if not item.has_keys:
            name = self.lines.required(item, item.line, "name", Category, "name")
            return CategoryEntry(item.line, name) if name else None
        fields = self.lines.fields(item, ("name", "children")) or {}
        name = self.lines.required(fields.get("name"), item.line, "name", Category, "name")
        category = CategoryEntry(item.line, name or "")
        if "children" in fields and depth > 1:
            self.lines.wrong(fields["children"].line, _("Categories have two levels."))
        elif "children" in fields:
            category.children = self._categories(fields["children"], depth + 1)
        return category if name else None

    def _holidays(self, item: Item | None) -> list[HolidayEntry]:
        found: dict[object, HolidayEntry] = {}
        for entry in self.lines.items(item):
            fields = self.lines.fields(entry, HOLIDAYS.keys) or {}
            name = self.lines.required(fields.get("name"), entry.line, "name", Holiday, "name")
            day = self.lines.day(fields.get("day"))
            if (said := fields.get("day")) is None or said.is_empty:
                self.lines.missing(said, entry.line, "day")
            if day in found and day is not None:
                self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=day))
            works = self.lines.flag(fields.get("works"))
            if day is not None and name is not None:
                found.setdefault(day, HolidayEntry(entry.line, day, name, works))
        return list(found.values())

    def _limits(self, item: Item | None, categories: Categories) -> list[LimitEntry]:
        found: dict[tuple[str | None, object], LimitEntry] = {}
        for entry in self.lines.items(item):
            fields = self.lines.fields(entry, LIMITS.keys) or {}
            columns = plain(self.lines, fields, LIMITS)
            if (said := fields.get("urgency")) is None or said.is_empty:
                self.lines.missing(said, entry.line, "urgency")
            limit = LimitEntry(entry.line, categories.named(fields.get("category")), columns.pop("urgency"), columns)
            if limit.urgency is not None and (limit.category, limit.urgency) in found:
                self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=limit.urgency))
            found.setdefault((limit.category, limit.urgency), limit)
        return list(found.values())

    def _accounts(self, item: Item | None, box: Box) -> list[AccountEntry]:
        found: list[AccountEntry] = []
        taken: dict[str, AccountEntry] = {}
        for entry in self.lines.items(item):
            account = self._account(entry, box)
            if account is None:
                continue
            for word in (account.login, account.phone):
                if word and not _is_same(taken.setdefault(word, account), account):
                    self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=word))
            found.append(account)
        return found

    def _account(self, item: Item, box: Box) -> AccountEntry | None:
        fields = self.lines.fields(item, ACCOUNTS.keys)
        if fields is None:
            return None
        login = self.lines.required(fields.get("login"), item.line, "login", Account, "login")
        name = self.lines.required(fields.get("name"), item.line, "name", Account, "name")
        phone = self.lines.text(fields.get("phone"), Account, "phone")
        role = self._role(item, fields.get("role"))
        place = self._account_place(item, fields.get("place"), role, box)
        speaks_for = self.parties.speaks_for(item, fields.get("unit"), role)
        if login is None or name is None or role is None:
            return None
        return AccountEntry(item.line, login, name, phone, role, place, speaks_for)

    def _role(self, account: Item, item: Item | None) -> GrantRole | None:
        word = self.lines.word(item)
        if word is None or item is None:
            self.lines.missing(item, account.line, "role")
            return None
        role = next((role for role in GrantRole if word in (role.value, str(role.label))), None)
        if role is GrantRole.ADMIN:
            self.lines.wrong(item.line, _("An administrator is made with “flask users invite”, not here."))
        elif role is None:
            text = _("Unknown role “%(word)s”; possible: %(known)s.")
            known = ", ".join(str(one.label) if isinstance(item.line, Spot) else one.value for one in GIVEN)
            self.lines.wrong(item.line, text % {"word": word, "known": known})
        return role

    def _account_place(self, account: Item, item: Item | None, role: GrantRole | None, box: Box) -> PlaceEntry | None:
        word = self.lines.word(item)
        if word is None or item is None:
            if role is not None and role.role in PLACE_ROLES:
                self.lines.wrong(item.line if item else account.line, _("This role needs a place."))
            return None
        found = places_called(word, box)
        if len(found) == 1:
            return found[0]
        self.lines.wrong(
            item.line,
            _("Several places are called “%(word)s”; put the place above before it.", word=word)
            if found
            else _("There is no place “%(word)s” in this file.", word=word),
        )
        return None


def _is_same(one: AccountEntry, other: AccountEntry) -> bool:
    """Tell whether two rows are about one person, who then has two roles."""
    alike = (one.login, one.name, one.phone) == (other.login, other.name, other.phone)
    return one is other or (
        alike and (one.role, one.place, one.speaks_for) != (other.role, other.place, other.speaks_for)
    )
