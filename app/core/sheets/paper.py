"""What a sheet that is handed out consists of: its headings, its columns and its rows. No file format yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Value = str | int | float | Decimal | date | datetime | None
"""What stands in a cell: a text, a number, a day, or a moment as it is said here; None where nothing does."""


def is_empty(values: Sequence[Value]) -> bool:
    """Tell whether a column says nothing in any row."""
    # Most columns say something in the first row or in none.
    return not values or (values[0] is None and values.count(None) == len(values))


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind`: text, day, moment or number; `width` in characters of half width.

    `help`: a comment beside the heading. `offered`: what may be chosen from. `source`: cells of another sheet that hold
    it, as a formula names them.
    """

    heading: str
    kind: str = "text"
    width: int = 14
    hidden: bool = False
    help: str = ""
    offered: Sequence[str] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet: `title` and `note` stand above the headings and over all columns, `foot` on each printed page."""

    name: str
    title: str
    note: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]] = ()
    foot: str = ""
    by: str = ""
    """Who makes it; the properties of the file say it too."""
