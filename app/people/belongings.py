"""Rows of lists above that are one person's own, such as being a volunteer: handed out and erased with the person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.extensions import db
from app.people.models import Person


@dataclass(frozen=True, slots=True)
class Belonging:
    """A list whose rows are each one person's own, named by the relation `column`.

    `kept`: what stays of a row when its person is erased, because others refer to it.
    """

    model: Any
    column: str
    kept: frozenset[str] = frozenset()


_BELONGINGS: Final[dict[str, Belonging]] = {}


def declare(belonging: Belonging) -> None:
    """Let a list be known; the last one of a name holds."""
    _BELONGINGS[belonging.model.list_name] = belonging


def rows(person: Person) -> Iterator[tuple[Any, Belonging]]:
    """Yield the rows that are a person's own, archived ones too."""
    for one in _BELONGINGS.values():
        mine = getattr(one.model, f"{one.column}_id") == person.id
        found = select(one.model).where(one.model.community_id == person.community_id, mine)
        yield from ((row, one) for row in db.session.scalars(found.order_by(one.model.id)).unique())


def tables() -> list[str]:
    """Return the tables in which they stand."""
    return [str(one.model.__tablename__) for one in _BELONGINGS.values()]
