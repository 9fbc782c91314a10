"""What lists above keep of a person as the person's own: it is copied and erased together with the record."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from app.people.models import Person


@dataclass(frozen=True, slots=True)
class Belonging:
    """The rows of one list that are about a person, and which of their columns are the person's own."""

    rows: Callable[[Person], Iterable[Any]]
    columns: tuple[str, ...]


_KNOWN: Final[list[Belonging]] = []


def declare(belonging: Belonging) -> None:
    """Let a list say what it keeps of people; once."""
    if belonging not in _KNOWN:
        _KNOWN.append(belonging)


def rows(person: Person) -> list[Any]:
    """Return the rows of all such lists that are about a person."""
    return [row for one in _KNOWN for row in one.rows(person)]


def empty(person: Person) -> None:
    """Empty what such rows keep that is the person's own; that they are about somebody remains."""
    for one in _KNOWN:
        for row in one.rows(person):
            for name in one.columns:
                if getattr(row, name) is not None:
                    setattr(row, name, None)
