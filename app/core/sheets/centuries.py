"""Days whose year is written with two digits only: read where they can be one day only, and never guessed."""

import enum
import re
from datetime import date
from typing import Final

from app.core.sheets.book import Cell
from app.core.sheets.values import checked, digits, half

_SHORT: Final = re.compile(r"(\d{2})(?:(年)|([-/.]))(\d{1,2})(?:(?(2)月|\3)(?:(\d{1,2})[日号]?)?|$)(?:份)?")
OLDEST: Final = 110
"""Nobody is thought to be born more years ago."""
LAST_OF_MONTH: Final = 31
"""What is more can be neither month nor day."""
AHEAD: Final = 10
"""So many years ahead a day may lie that is allowed to."""


@enum.unique
class When(enum.Enum):
    """When a day may lie."""

    PAST = "past"
    AHEAD = "ahead"
    BORN = "born"
    """A birthday, which may lie in either century."""


def with_century(cell: Cell, today: date, when: When = When.PAST) -> str | None:
    """Return a day whose year has two digits with all four, where it can be one only: 26.3.5, 26年3月; else None.

    What may as well be month, day and year, as 12/3/25, is left.
    """
    found = _SHORT.fullmatch(digits(half(cell)).replace(" ", "")) if isinstance(cell, str) else None
    if found is None or not (found[2] or found[5] or int(found[1]) > LAST_OF_MONTH):
        return None
    short, month, day = int(found[1]), int(found[4]), int(found[5] or 0)
    last = date(min(today.year + AHEAD, date.max.year), 12, 31) if when is When.AHEAD else today
    first = today.year - OLDEST if when is When.BORN else 1900
    years = [year for year in (2000 + short, 1900 + short) if year >= first and _is_by(year, month, day, last)]
    turned = not found[2] and _is_by(2000 + day, short, month, last)
    if not years or turned or (when is When.BORN and len(years) > 1):
        return None
    return str(checked(str(cell), years[0], month, day))


def _is_by(year: int, month: int, day: int, last: date) -> bool:
    try:
        return date(year, month, day or 1) <= last
    except ValueError:
        return False
