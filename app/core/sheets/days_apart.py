"""Days in several columns (年, 月, 日, or 日期 and 时间): joined in the first of them, as other ledgers write them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell
from app.core.sheets.headings import comparable

Headings = dict[int, tuple[str, ...]]

_PARTS: Final = (
    ("年", frozenset({"年", "年份", "年度"})),
    ("月", frozenset({"月", "月份"})),
    ("日", frozenset({"日", "号"})),
)
_CLOCKS: Final = frozenset({"时间", "具体时间", "时刻", "时分"})
_DAYS: Final = re.compile(".*(?:日期|时间|日)")
_CLOCK: Final = re.compile(r"(?:上午|中午|下午|晚上|早上)?\s*\d{1,2}\s*[:：时点]\s*(?:\d{1,2}分?)?(?:[:：]\d{2})?")
_NUMBER: Final = re.compile(r"(\d{1,4})\s*[年月日号]?份?")
DAY: Final = "日期"


def joined(headings: Headings, rows: list[list[Cell]], data: Sequence[int]) -> list[list[Cell]]:
    """Return the rows with such days in one cell, whose heading is put in place; `data`: which of them hold data."""
    for places in _of_days(headings):
        rows = _with(rows, data, places, _day)
        group = headings[places[-1]]
        said = group[0] if len(group) > 1 else DAY
        _name(headings, places, (said,))
    for first, clock in _of_clocks(headings):
        if _is_joined(rows, data, first, clock):
            rows = _with(rows, data, [first, clock], _moment)
            _name(headings, [first, clock], headings[first])
    return rows


def _name(headings: Headings, places: Sequence[int], words: tuple[str, ...]) -> None:
    for place in places:
        del headings[place]
    headings[places[0]] = words


def _of_days(headings: Mapping[int, tuple[str, ...]]) -> list[list[int]]:
    """Return the columns of each day that stands in two or three of them."""
    said = {place: comparable(words[-1]) for place, words in headings.items()}
    found = []
    for place in sorted(place for place, word in said.items() if word in _PARTS[2][1]):
        if said.get(place - 1) in _PARTS[1][1]:
            year = [place - 2] if said.get(place - 2) in _PARTS[0][1] else []
            found.append([*year, place - 1, place])
    return found


def _of_clocks(headings: Mapping[int, tuple[str, ...]]) -> list[tuple[int, int]]:
    said = {place: comparable(words[-1]) for place, words in headings.items()}
    clocks = [place for place, word in said.items() if word in _CLOCKS]
    return [(place - 1, place) for place in clocks if _DAYS.fullmatch(said.get(place - 1, ""))]


def _is_joined(rows: list[list[Cell]], data: Sequence[int], day: int, clock: int) -> bool:
    """Tell whether one column holds days and the one beside it nothing but times of the day."""
    clocks = [value for at in data if (value := _at(rows[at], clock)) not in (None, "")]
    days = [_at(rows[at], day) for at in data]
    return bool(clocks) and all(map(_time, clocks)) and all(isinstance(one, str | date | None) for one in days)


Join = Callable[[Sequence[Cell]], Cell]


def _with(rows: list[list[Cell]], data: Sequence[int], places: Sequence[int], join: Join) -> list[list[Cell]]:
    found = list(rows)
    for at in data:
        row = [*rows[at], *[None] * (places[-1] + 1 - len(rows[at]))]
        cells = [row[place] for place in places]
        for place in places:
            row[place] = None
        row[places[0]] = join(cells)
        found[at] = row
    return found


def _day(cells: Sequence[Cell]) -> Cell:
    """Return a day from the cells of its year, if there is one, its month and its day."""
    signs = "年月日"[-len(cells) :]
    said = [values.half(cell) if cell is not None else "" for cell in cells]
    if not any(said):
        return None
    parts = [(_NUMBER.fullmatch(text), text, sign) for text, sign in zip(said, signs, strict=True)]
    return "".join(f"{found[1]}{sign}" if found else text for found, text, sign in parts)


def _moment(cells: Sequence[Cell]) -> Cell:
    day, clock = cells
    said = _time(clock)
    if not said:
        return day
    if day in (None, ""):
        # A time of no day is wrong, and not to be lost.
        return said
    return f"{day:%Y-%m-%d} {said}" if isinstance(day, date) else f"{values.written(day)} {said}"


def _time(cell: Cell) -> str:
    """Return a time of the day as text; nothing where it is none."""
    if isinstance(cell, datetime):
        return f"{cell:%H:%M}" if cell.year < FIRST_YEAR else ""
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and 0 < cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    said = values.half(cell) if isinstance(cell, str) else ""
    return said if _CLOCK.fullmatch(said) else ""


FIRST_YEAR: Final = 1901
"""What Excel keeps as a time alone is of a year before."""


def _at(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None
