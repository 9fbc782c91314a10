"""Finding the records of one person that stand twice: by the same reasons that warn before one is registered."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from sqlalchemy import func, select, tuple_

from app.core.fields import Text
from app.extensions import db
from app.people import likeness, merging
from app.people.models import Person

SHOWN: Final = 20
"""How many pairs a page shows."""
LOOKED_AT: Final = 200
"""How many names, or phones, are looked through for one page at most."""
AT_ONCE: Final = 50
MOST_NAMESAKES: Final = 40
"""Of more people of one name only the newest are compared."""


@dataclass(frozen=True, slots=True)
class Twice:
    """Two records that may be of one person, the older first, and why."""

    one: Person
    other: Person
    reasons: list[Text]


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs of a page, and after which name the next one begins; None where all names were looked through."""

    pairs: list[Twice]
    after: str | None


def find(community_id: int, after: str = "") -> Found:
    """Return pairs of records in use of one community that may be of one person, by name."""
    pairs: list[Twice] = [] if after else _known(_by_phone(community_id))
    looked_at, last = 0, after
    while looked_at < LOOKED_AT and len(pairs) < SHOWN:
        names = _shared_names(community_id, last)
        if not names:
            return Found(pairs, None)
        pairs += _known(_compared(_namesakes(community_id, names)))
        looked_at, last = looked_at + len(names), names[-1]
    return Found(pairs, last)


def _in_use(community_id: int) -> tuple[Any, ...]:
    return Person.community_id == community_id, Person.archived_at.is_(None)


def _shared_names(community_id: int, after: str) -> list[str]:
    found = select(Person.name).where(*_in_use(community_id), Person.name > after)
    shared = found.group_by(Person.name).having(func.count() > 1).order_by(Person.name).limit(AT_ONCE)
    return list(db.session.scalars(shared))


def _namesakes(community_id: int, names: list[str]) -> Iterator[list[Person]]:
    found = select(Person).where(*_in_use(community_id), Person.name.in_(names)).order_by(Person.name, Person.id)
    groups: dict[str, list[Person]] = {name: [] for name in names}
    for person in db.session.scalars(found).unique():
        groups.setdefault(person.name, []).append(person)
    for group in groups.values():
        yield group[-MOST_NAMESAKES:]


def _by_phone(community_id: int) -> Iterator[Twice]:
    """Yield those with the same phones and birthday under different names: written wrongly, or twins."""
    both = Person.phones_index, Person.birth
    shared = select(*both).where(*_in_use(community_id), Person.phones_index.is_not(None), Person.birth.is_not(None))
    keys = shared.group_by(*both).having(func.count() > 1).order_by(*both).limit(AT_ONCE).subquery()
    found = select(Person).where(*_in_use(community_id), tuple_(*both).in_(select(keys))).order_by(Person.id)
    groups: dict[Any, list[Person]] = {}
    for person in db.session.scalars(found).unique():
        groups.setdefault((person.phones_index, person.birth), []).append(person)
    # Those of one name are found by the name.
    yield from (twice for twice in _compared(groups.values()) if twice.one.name != twice.other.name)


def _compared(groups: Any) -> Iterator[Twice]:
    for group in groups:
        known = [(person, likeness.traits_of(person)) for person in group]
        for (one, mine), (other, theirs) in combinations(known, 2):
            if reasons := likeness.reasons(mine, theirs):
                yield Twice(one, other, reasons)


def _known(found: Iterator[Twice]) -> list[Twice]:
    """Return those of which nobody has said that they are two people."""
    pairs = list(found)
    apart = merging.told_apart((twice.one.id, twice.other.id) for twice in pairs)
    return [twice for twice in pairs if (twice.one.id, twice.other.id) not in apart]
