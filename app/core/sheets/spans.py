"""Days from one to another: 2026.3.1-3.5, 2026年3月1日至5日, 3月1日—3月5日 where the title says the year."""

import re
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell
from app.core.sheets.ledger import Draft
from app.core.sheets.values import Day, Reason, Rejected

_BETWEEN: Final = re.compile(r"\s*(?:—+|–|~|～|至|到|--+)\s*|\s+-\s+|(?<=[日号])\s*-\s*")
_DOTTED: Final = re.compile(r"((?:\d{4}[./])?\d{1,2}[./]\d{1,2})-((?:\d{4}[./])?\d{1,2}[./]\d{1,2})")
_ONLY_DAY: Final = re.compile(r"(\d{1,2})[日号]?")


def ends(cell: Cell, year: int | None) -> tuple[Day, Day] | None:
    """Return the first and the last day a cell names; None where it names no two whole days in their order."""
    if not isinstance(cell, str):
        return None
    said = values.half(cell)
    dotted = _DOTTED.fullmatch(said)
    parts = list(dotted.groups()) if dotted else _BETWEEN.split(said)
    try:
        first, last = parts
        begun = values.day(first, year=year)
        if begun is None or begun.whole is None:
            return None
        if only := _ONLY_DAY.fullmatch(last):
            ended: Day | None = values.checked(said, begun.year, begun.month, int(only[1]))
        else:
            ended = values.day(last, year=begun.year)
    except (Rejected, ValueError):
        return None
    if ended is None or ended.whole is None or ended.whole < begun.whole:
        return None
    return begun, ended


def follows(draft: Draft, key: str, sets: str, before: str, began: str) -> None:
    """Hold a day against the one before it, `before`; where only its month is known it is not kept as an earlier one.

    `began`: the column of the day before.
    """
    first, last = draft.said.get(before), draft.said.get(key)
    if not isinstance(first, str) or not isinstance(last, str):
        return
    if is_before(last, first):
        draft.reject(Reason.ORDER, key, last)
    elif draft.meant.get(sets, "") < str(draft.meant.get(began, ""))[:10] and sets in draft.meant:
        draft.meant[sets] = str(draft.meant[began])[:10]


def is_before(day: str, other: str) -> bool:
    """Tell whether a day lies before another, as they are told; of a month or year alone only if all of it does."""
    known = min(len(day), len(other))
    return day[:known] < other[:known]
