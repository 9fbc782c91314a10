"""The eight questions from whose answers a community is set up, and the box the answers make (M9)."""

import enum
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.accounts.models import Account, GrantRole
from app.box.contents import AccountEntry, Box, CategoryEntry, HolidayEntry, PlaceEntry
from app.called import CATALOGUE, PORTAL
from app.communities import naming
from app.communities.models import LEVEL_NAMES, Category, Community, Holiday, Place, PlaceKind
from app.communities.own_words import OwnWords
from app.communities.rules import level_list
from app.core import checks, rules
from app.core.fields import Labelled, NotUnderstood, Text
from app.core.forms import ChoiceField, Line, Lines, Number, Paragraph, PortalForm, field_for
from app.core.rules import Violation

MOST_GRIDS: Final = 99
MOST_LINES: Final = 300
"""Grids, compounds, categories or holidays that are typed or pasted at once."""
NAMED: Final = ("list.needs", "list.resources", "list.projects", "list.fulfilments")
"""What a community most likely calls otherwise; everything else is named later in its settings."""

Entry = TypeVar("Entry")


@enum.unique
class Levels(Labelled):
    """What the levels of places are called, as most communities have them."""

    GRIDS = "grids", _("Community, grid, building, unit")
    COMPOUNDS = "compounds", _("Community, grid, compound building, unit")
    AREAS = "areas", _("Community, area, grid, building, unit")
    OWN = "own", _("Our own, written below")


class SetupForm(PortalForm):
    """What is asked of who sets up a community; nothing is stored before all of it is right."""

    name = field_for(Community, "name")
    code = Line(_("Code"), description=_("Letters and digits. Empty: it is made from the name."))
    street = field_for(Community, "street")
    district = field_for(Community, "district")
    city = field_for(Community, "city")
    levels = ChoiceField(_("Names of the levels"), choices=Levels, default=Levels.GRIDS)
    own_levels = Lines(_("Our own levels"), description=_("From the community itself downwards, one per line."))
    grid_count = Number(_("How many grids"), description=_("They are then called by their numbers."))
    grids = Paragraph(
        _("Or the list of grids"),
        description=_("One per line, as pasted from Excel: the name, a tab, other names of it."),
    )
    compounds = Paragraph(_("List of compounds"), description=_("One per line, in the same way. They can wait."))
    areas = Paragraph(
        _("Areas they lie in"),
        description=_(
            "One per line: its name, a colon, the grids and compounds in it. Empty where nothing lies in between."
        ),
    )
    categories = Paragraph(
        _("Our own categories"),
        description=_("One top category per line: its name, a colon, those below it. Empty: the standard ones."),
    )
    secretary = Line(_("Full name"), render_kw={"aria-required": "true"})
    phone = Line(
        _("Mobile phone"),
        filters=[checks.dialled],
        description=_("One signs in with it."),
        render_kw={"aria-required": "true", "inputmode": "tel", "autocomplete": "off"},
    )
    working_hours = field_for(Community, "working_hours")
    holidays = Paragraph(
        _("Holidays"),
        description=_(
            "One per line: 2026-10-01 and its name; behind a working day at the weekend, “works”. "
            "Those known to you here are filled in; the rest can wait."
        ),
    )
    slogan = field_for(Community, "slogan")


def word_field(key: str) -> str:
    """Return the name of the field in which a list, or the portal, gets its own word."""
    return f"word_{key.replace('.', '_')}"


for _key in (PORTAL.key, *NAMED):
    setattr(SetupForm, word_field(_key), Line())

QUESTIONS: Final[tuple[tuple[Text, tuple[str, ...]], ...]] = (
    (_("What is the community called, and where is it?"), ("name", "code", "street", "district", "city")),
    (_("Into which levels are its places parted?"), ("levels", "own_levels")),
    (_("Which grids are there?"), ("grid_count", "grids")),
    (_("Which compounds are there, and which areas in between?"), ("compounds", "areas")),
    (_("Into which categories are needs sorted?"), ("categories",)),
    (_("Who is the secretary?"), ("secretary", "phone")),
    (_("When does the office work?"), ("working_hours", "holidays")),
    (
        _("What do you call things yourselves?"),
        ("slogan", *(word_field(key) for key in (PORTAL.key, *NAMED))),
    ),
)
FIELDS: Final = ("", *(name for _title, names in QUESTIONS for name in names))
"""The fields in their order; the line an entry of the box stands on is the number of its field here."""


def line_of(name: str) -> int:
    """Return the line a field stands for in the box."""
    return FIELDS.index(name)


@dataclass(frozen=True, slots=True)
class Names:
    """Makes what nobody typed of the name of a community or of a person: its code, or a login."""

    code: Callable[[str], str]
    login: Callable[[str], str]


def box_of(form: SetupForm, names: Names) -> Box:
    """Return the box the answers make. Raises Violation with what is wrong, field by field."""
    return _Answers(form, names).box()


class _Answers:
    """One form on its way to a box."""

    def __init__(self, form: SetupForm, names: Names) -> None:
        self.form, self.names = form, names
        self.wrong: dict[str, list[Text]] = {}

    def box(self) -> Box:
        """Read all answers, and only then complain."""
        box = self._community()
        box.levels = self._levels()
        box.columns |= self._words()
        compounds = self._places("compounds", PlaceKind.COMPOUND, _compounds(box.levels))
        box.places = self._areas([*self._grids(box.levels), *compounds], box.levels)
        box.categories = self._categories()
        box.holidays = self._lines("holidays", self._holiday, lambda entry: str(entry.day))
        box.accounts = self._accounts()
        if self.wrong:
            raise Violation(self.wrong)
        return box

    def _complain(self, name: str, text: Text) -> None:
        self.wrong.setdefault(name, []).append(text)

    def _check(self, name: str, row: Any, column: str = "") -> bool:
        """Tell whether a column of a row that is not stored fits; the complaint goes to the field `name`."""
        found = rules.errors_of_new(row).get(column or name, [])
        for text in found:
            self._complain(name, text)
        return not found

    def _community(self) -> Box:
        form = self.form
        texts = {name: form[name].data for name in ("street", "district", "city", "slogan", "working_hours")}
        name = form.name.data or ""
        typed = (form.code.data or "").lower()
        code = typed or self.names.code(name)
        row = Community(code=code, name=name or None, **texts)
        for field in ("name", "code", "street", "district", "city", "slogan"):
            self._check(field, row)
        columns = {key: value for key, value in texts.items() if value}
        return Box(line_of("name"), code, name, code_is_derived=not typed, columns=columns)

    def _levels(self) -> list[str]:
        chosen = self.form.levels.data or Levels.GRIDS
        if chosen is not Levels.OWN:
            return re.split("[、，,] *", str(chosen.label))
        names: list[str] = self.form.own_levels.data or []
        complaint = level_list(names)
        if complaint is not None:
            self._complain("own_levels", complaint)
        return names if complaint is None else [str(name) for name in LEVEL_NAMES]

    def _words(self) -> dict[str, OwnWords]:
        words = {key: self.form[word_field(key)].data or "" for key in (PORTAL.key, *NAMED)}
        try:
            found = OwnWords.of(words)
        except NotUnderstood as error:
            self._complain(word_field(error.part or PORTAL.key), str(error))
            return {}
        return {"words": found} if found is not None else {}

    def _grids(self, levels: list[str]) -> list[PlaceEntry]:
        count, level = self.form.grid_count.data, _grids(levels)
        if self.form.grids.data or not count:
            return self._places("grids", PlaceKind.GRID, level)
        if not 1 <= count <= MOST_GRIDS:
            self._complain("grid_count", _("Give a number from 1 to %(most)s.", most=MOST_GRIDS))
            return []
        numbers = (naming.numeral(number) for number in range(1, count + 1))
        line = line_of("grid_count")
        return [PlaceEntry(line, gettext("Grid %(number)s", number=one), PlaceKind.GRID, level) for one in numbers]

    def _places(self, name: str, kind: PlaceKind, level: int) -> list[PlaceEntry]:
        def place(line: int, words: list[str]) -> PlaceEntry | None:
            aliases = [alias for word in words[1:] for alias in re.split("[、，,；;]", word) if alias.strip()]
            entry = PlaceEntry(line, words[0], kind, level, [alias.strip() for alias in aliases])
            fits = self._check(name, Place(name=entry.name, kind=kind, level=level), "name")
            return entry if fits else None

        return self._lines(name, place, lambda entry: naming.key(entry.name))

    def _areas(self, places: list[PlaceEntry], levels: list[str]) -> list[PlaceEntry]:
        """Put the places into the areas that name them; the others stay directly below the community."""
        known = {naming.key(word): place for place in places for word in (*place.aliases, place.name)}
        level = _level_with(levels, str(PlaceKind.AREA.label))

        def area(line: int, words: list[str]) -> PlaceEntry | None:
            name, below = _parted(words)
            fits = self._check("areas", Place(name=name or None, kind=PlaceKind.AREA, level=level), "name")
            children = [child for word in below if (child := self._taken_out(known, word)) is not None]
            for child in children:
                child.level = max(child.level, min(level + 1, len(levels) - 1))
            return PlaceEntry(line, name, PlaceKind.AREA, level, children=children) if fits else None

        areas = self._lines("areas", area, lambda entry: naming.key(entry.name))
        return [*areas, *(place for place in places if any(place is left for left in known.values()))]

    def _taken_out(self, known: dict[str, PlaceEntry], word: str) -> PlaceEntry | None:
        found = known.get(naming.key(word))
        if found is None:
            said = _("“%(name)s” is not among the grids and compounds, or lies in another area.", name=word[:40])
            self._complain("areas", said)
            return None
        for key in [key for key, place in known.items() if place is found]:
            del known[key]
        return found

    def _lines(
        self, name: str, read: Callable[[int, list[str]], Entry | None], key: Callable[[Entry], str]
    ) -> list[Entry]:
        """Read a field line by line; what stands there twice is refused."""
        lines = [line.strip() for line in (self.form[name].data or "").splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            self._complain(name, _("At most %(most)s lines; take in the rest later.", most=MOST_LINES))
            return []
        found: dict[str, Entry] = {}
        for line in lines:
            entry = read(line_of(name), [part.strip() for part in line.split("\t") if part.strip()])
            if entry is not None and found.setdefault(key(entry), entry) is not entry:
                self._complain(name, _("“%(name)s” stands here twice.", name=line.split("\t")[0][:40]))
        return list(found.values())

    def _categories(self) -> list[CategoryEntry] | None:
        return self._lines("categories", self._category, lambda entry: entry.name) or None

    def _category(self, line: int, words: list[str]) -> CategoryEntry | None:
        name, names = _parted(words)
        rows = (Category(name=one or None) for one in (name, *names))
        if not all(tuple(self._check("categories", row, "name") for row in rows)):
            return None
        return CategoryEntry(line, name, [CategoryEntry(line, one) for one in dict.fromkeys(names)])

    def _holiday(self, line: int, words: list[str]) -> HolidayEntry | None:
        day, _blank, rest = " ".join(words).partition(" ")
        works = rest.split()[-1:] == [gettext("works")]
        name = rest.strip().removesuffix(gettext("works")).strip() if works else rest.strip()
        try:
            found = date.fromisoformat(unicodedata.normalize("NFKC", day).replace("/", "-"))
        except ValueError:
            found = None
        if found is None or checks.plausible(found) is not None:
            self._complain("holidays", _("“%(line)s” does not begin with a date such as 2026-10-01.", line=day[:40]))
            return None
        name = name or (gettext("Working weekend") if works else "")
        fits = self._check("holidays", Holiday(day=found, name=name or None, works=works), "name")
        return HolidayEntry(line, found, name, works) if fits else None

    def _accounts(self) -> list[AccountEntry]:
        name, phone = self.form.secretary.data or "", self.form.phone.data or ""
        login = self.names.login(name)
        row = Account(login=login, name=name or None, phone=phone)
        fits = self._check("secretary", row, "name")
        if not phone:
            self._complain("phone", _("Please fill this in."))
        elif self._check("phone", row) and fits:
            return [AccountEntry(line_of("phone"), login, name, phone, GrantRole.SECRETARY, None)]
        return []


def _parted(words: list[str]) -> tuple[str, list[str]]:
    """Return what stands before the colon of a line, and the names behind it."""
    name, _sign, below = "：".join(words).replace(":", "：").partition("：")
    return name.strip(), [one.strip() for one in re.split("[、，,；;：]", below) if one.strip()]


def _grids(levels: list[str]) -> int:
    """Return the level of grids: the one that says so, else the first below the community."""
    return _level_with(levels, str(PlaceKind.GRID.label))


def _compounds(levels: list[str]) -> int:
    return _level_with(levels, str(PlaceKind.COMPOUND.label))


def _level_with(levels: list[str], word: str) -> int:
    return next((number for number, name in enumerate(levels) if number and word in name), 1)


def titles() -> Mapping[str, str]:
    """Return what the fields for own words are called: by the standard word of what they name."""
    return {word_field(PORTAL.key): gettext("The portal itself")} | {
        word_field(key): str(CATALOGUE[key]) for key in NAMED
    }
