"""Takes a community as a box: what `reading` gives back, so that reading it again changes nothing.

What stands masked or sealed, and all that is about people who sign in, is taken only where that was asked for.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.accounts.models import Account, Grant, GrantRole
from app.box.sections import (
    ACCOUNTS,
    CATEGORIES,
    CHILDREN,
    COMMUNITY,
    LIMITS,
    PLACES,
    POSTS,
    RESOURCES,
    SECTIONS,
    TEAMS,
    UNITS,
    Column,
    Section,
)
from app.box.words import category_words, led
from app.communities.models import Category, Community, Place
from app.core import clock
from app.core.fields import Labelled, Text, Worded, facts
from app.extensions import db
from app.parties.models import Party
from app.people.models import Person
from app.people.phones import found_by
from app.posts.models import Post, post_grant
from app.resources.models import Resource

Said = dict[str, Any]
"""What a row says, by the keys of YAML; empty values are left out."""


@dataclass
class Taken:
    """A community as the keys of a box say it, and in sentences what of it a box cannot hold."""

    content: Said = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def take(community: Community, with_people: bool = False) -> Taken:
    """Return a community as a box."""
    return _Taking(community, with_people).run()


class _Taking:
    """Takes one community."""

    def __init__(self, community: Community, with_people: bool) -> None:
        self.community, self.with_people = community, with_people
        self.taken = Taken()
        self.places = _in_use(self._all(Place, Place.path))
        self.categories = _in_use(self._all(Category, Category.sort, Category.id))
        self.place_words = self._ways()
        self.category_words = self._category_words()
        self.parties: dict[str, int] = {}
        self.resources: dict[int, str] = {}
        self.posts: list[Post] = []
        self.holders: dict[int, Person] = {}

    def run(self) -> Taken:
        """Take section by section, in the order in which they name each other."""
        content = self.taken.content
        content |= self._row(COMMUNITY, self.community)
        content[PLACES.key] = self._tree(PLACES, self.places)
        content[CATEGORIES.key] = self._tree(CATEGORIES, self.categories)
        for section in SECTIONS[3:]:
            if not section.personal:
                content[section.key] = self._flat(section)
        if self.with_people:
            self._hold_posts()
            content[ACCOUNTS.key] = list(self._accounts())
            logins = {one["login"] for one in content[ACCOUNTS.key]}
            content[POSTS.key] = list(self._posts(logins))
            self._tell_dated(logins)
        return self.taken

    # -- rows -------------------------------------------------------------------------------------------------------

    def _all(self, model: Any, *order: Any) -> list[Any]:
        here: Select[Any] = select(model).where(model.community_id == self.community.id).order_by(*order)
        return list(db.session.scalars(here))

    def _tree(self, section: Section, rows: Iterable[Any]) -> list[Said]:
        tops: list[Said] = []
        nodes: dict[int, Said] = {}
        for row in sorted(rows, key=_is_below):
            nodes[row.id] = self._row(section, row)
            if row.parent_id is None:
                tops.append(nodes[row.id])
            else:
                nodes[row.parent_id].setdefault(CHILDREN, []).append(nodes[row.id])
        return tops

    def _flat(self, section: Section) -> list[Said]:
        order = section.model.day if section.key == "holidays" else section.model.id
        found: dict[str, Said] = {}
        for row in self._all(section.model, order):
            said = self._row(section, row) if row.archived_at is None else {}
            if said and self._is_whole(section, row, said, found):
                found[_key(section, row)] = said
                if section in (UNITS, TEAMS):
                    self.parties.setdefault(row.name, row.party.id)
                if section is RESOURCES:
                    self.resources[row.id] = row.name
        return list(found.values())

    def _is_whole(self, section: Section, row: Any, said: Said, found: Mapping[str, Said]) -> bool:
        """Tell whether a box can hold a row: it has all it needs there, and no other has its name."""
        lost = (one for one in section.columns if one.key not in said and self._is_wanted(section, one, row))
        if _key(section, row) in found:
            return self._leave_out(section, row, gettext("another one has the same name"))
        if (missing := next(lost, None)) is not None:
            return self._leave_out(section, row, _lost(section.label(missing)))
        return True

    def _leave_out(self, section: Section, row: Any, why: str) -> bool:
        self.taken.left_out.append(gettext("%(section)s “%(row)s”: %(why)s.", section=section.title, row=row, why=why))
        return False

    def _is_wanted(self, section: Section, column: Column, row: Any) -> bool:
        """Tell whether a row would mean something else without this column."""
        return column.needed or (section is LIMITS and column.key == "category" and row.category_id is not None)

    def _row(self, section: Section, row: Any) -> Said:
        own = (one for one in section.columns if one.model is None)
        columns = (one for one in own if self.with_people or not section.is_personal(one))
        values = {one.key: self._value(section, one, row) for one in columns}
        return {key: value for key, value in values.items() if value not in (None, "", []) and value is not False}

    def _value(self, section: Section, column: Column, row: Any) -> Any:
        value = getattr(row, column.name)
        if section is PLACES and column.key == "level":
            return self.community.level_names[value]
        if column.names:
            return self._named(value)
        return plain(value)

    def _named(self, value: Any) -> Any:
        """Return the words for other rows; nothing for those the box does not hold."""
        if isinstance(value, list):
            return [word for one in value if (word := self._named(one))]
        if isinstance(value, Place):
            return self.place_words.get(value.id)
        if isinstance(value, Category):
            return self.category_words.get(value.id)
        if isinstance(value, Resource):
            return self.resources.get(value.id)
        return self._party(value) if isinstance(value, Party) else None

    def _party(self, party: Party) -> str | None:
        return next((name for name, known in self.parties.items() if known == party.id), None)

    # -- words ------------------------------------------------------------------------------------------------------

    def _ways(self) -> dict[int, str]:
        """Return what each place is called where others name it: its name, or the way to it where it shares that."""
        names = [place.name for place in self.places]
        ways: dict[int | None, tuple[str, ...]] = {None: ()}
        for place in sorted(self.places, key=_is_below):
            ways[place.id] = (*ways[place.parent_id], place.name)
        return {one.id: one.name if names.count(one.name) == 1 else led(ways[one.id]) for one in self.places}

    def _category_words(self) -> dict[int, str]:
        tops = [one for one in self.categories if one.parent_id is None]
        words = category_words((top, [one for one in self.categories if one.parent_id == top.id]) for top in tops)
        # The shortest word comes last and stays.
        return {one.id: word for word, one in sorted(words.items(), key=lambda pair: -len(pair[0]))}

    # -- accounts ---------------------------------------------------------------------------------------------------

    def _accounts(self) -> Iterable[Said]:
        """Yield a row for each role somebody holds; a volunteer who leads a team has that row and no other."""
        grants = self._grants(and_(Grant.holding(), or_(Grant.ends_on.is_(None), Grant.id.in_(self._of_posts()))))
        leading = {grant.account_id for grant in grants if self._leads(grant)}
        found: list[Said] = []
        for grant in grants:
            is_one_more = grant.role is GrantRole.VOLUNTEER and not self._leads(grant) and grant.account_id in leading
            said = self._account(grant)
            # Two grants may be alike, one given by hand and one by a post.
            if not is_one_more and said not in found and self._says_where(grant, said):
                found.append(said)
        return found

    def _of_posts(self) -> Select[Any]:
        """Return the ids of the grants that come with a post of the box; of others no row would tell the last day."""
        carried = [post.id for post in self.posts if self._has_places(post)]
        return select(post_grant.c.grant_id).where(post_grant.c.post_id.in_(carried))

    def _grants(self, condition: ColumnElement[bool]) -> list[Grant]:
        held = select(Grant).join(Account, Grant.account_id == Account.id)
        held = held.where(Grant.community_id == self.community.id, condition).order_by(Account.id, Grant.id)
        return list(db.session.scalars(held))

    def _says_where(self, grant: Grant, said: Said) -> bool:
        """Tell whether the row of a role for a place names it; nobody can read it without."""
        if grant.place is None or "place" in said:
            return True
        return self._leave_out(ACCOUNTS, f"{grant.account} {grant}", _lost(facts(Grant)["place"].label))

    def _tell_dated(self, logins: Collection[str]) -> None:
        """Say which roles begin later or end by themselves: the rows of a box have no days. Those of posts have."""
        today = clock.today()
        unended = or_(Grant.ends_on.is_(None), Grant.ends_on >= today)
        dated = or_(Grant.starts_on > today, Grant.ends_on.is_not(None))
        of_posts = set(db.session.scalars(self._of_posts()))
        for grant in self._grants(and_(Grant.archived_at.is_(None), unended, dated)):
            if grant.id not in of_posts or grant.account.login not in logins:
                self._leave_out(ACCOUNTS, f"{grant.account} {grant}", _dated(grant))

    def _leads(self, grant: Grant) -> bool:
        return (
            grant.role is GrantRole.VOLUNTEER and grant.subject is not None and self._party(grant.subject) is not None
        )

    def _account(self, grant: Grant) -> Said:
        account = grant.account
        said = {"login": account.login, "name": account.name, "phone": account.phone, "role": grant.role.value}
        said |= {"place": self._named(grant.place), "unit": self._named(grant.subject)}
        return {key: value for key, value in said.items() if value}

    # -- posts ------------------------------------------------------------------------------------------------------

    def _hold_posts(self) -> None:
        """Look up the posts that are held now or later, and by whom."""
        appointed = select(Post.person_id).where(Post.community_id == self.community.id)
        people = select(Person).where(Person.id.in_(appointed), Person.archived_at.is_(None))
        self.holders = {person.id: person for person in db.session.scalars(people)}
        alive = (post for post in self._all(Post, Post.id) if post.archived_at is None and not post.is_over())
        self.posts = [post for post in alive if post.person_id in self.holders]

    def _has_places(self, post: Post) -> bool:
        return all(place.id in self.place_words for place in post.places)

    def _posts(self, logins: Collection[str]) -> Iterable[Said]:
        """Yield what is said of the posts; `logins`: the accounts the box holds."""
        meant = _told_apart([self.holders[one] for one in dict.fromkeys(post.person_id for post in self.posts)], logins)
        for post in self.posts:
            said = self._row(POSTS, post) | _holder(self.holders[post.person_id], logins)
            # A role goes to an account.
            said = said if "login" in said else {key: one for key, one in said.items() if key != "gives_role"}
            if post.person_id not in meant:
                self._leave_out(POSTS, post, gettext("another one has the same name"))
            elif not self._has_places(post):
                self._leave_out(POSTS, post, _lost(facts(Post)["places"].label))
            else:
                yield {column.key: said[column.key] for column in POSTS.columns if column.key in said}


def _holder(person: Person, logins: Collection[str]) -> Said:
    """Return what a row says of who holds the post; who signs in is called as the account is."""
    account = person.account if person.account is not None and person.account.login in logins else None
    name, login = (account.name, account.login) if account is not None else (person.name, None)
    said = {"name": name, "phones": list(person.phones), "login": login}
    return {key: value for key, value in said.items() if value}


def _told_apart(holders: Iterable[Person], logins: Collection[str]) -> set[int]:
    """Return the ids of those whom a row can mean: all who sign in, and of the others the first of name and phone."""
    kept: dict[str, list[set[str]]] = {}
    found: set[int] = set()
    rows = [(person, _holder(person, logins)) for person in holders]
    for person, said in sorted(rows, key=lambda row: "login" not in row[1]):
        own = [person.account.phone] if "login" in said and person.account and person.account.phone else []
        numbers = set(map(found_by, said.get("phones", [])))
        others = kept.setdefault(said["name"], [])
        if "login" in said or not any(numbers & other or not (numbers or other) for other in others):
            found.add(person.id)
            others.append(numbers)
            others.extend({found_by(one)} for one in own)
    return found


def _dated(grant: Grant) -> str:
    if grant.starts_on > clock.today():
        return gettext("it only begins on %(day)s", day=grant.starts_on)
    return gettext("it only lasts until %(day)s", day=grant.ends_on)


def _lost(label: Text) -> str:
    return gettext("the box does not hold what it names under “%(label)s”", label=label)


def plain(value: Any) -> Any:
    """Return a value as YAML says it: codes, words, days, numbers."""
    says: dict[type, Callable[[Any], Any]] = {Labelled: lambda one: one.value, Worded: str}
    found = next((say for kind, say in says.items() if isinstance(value, kind)), None)
    if found is not None:
        return found(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _key(section: Section, row: Any) -> str:
    return str(row.id) if section.key in ("limits", "holidays") else row.name


def _in_use(rows: list[Any]) -> list[Any]:
    """Return the rows in use that lie in none that is closed, in their order."""
    kept: set[int | None] = {None}
    for row in sorted(rows, key=_is_below):
        if row.is_open and row.parent_id in kept:
            kept.add(row.id)
    return [row for row in rows if row.id in kept]


def _is_below(row: Any) -> int:
    """Return how deep a row lies, so that those above come first."""
    return row.depth if isinstance(row, Place) else int(row.parent_id is not None)
