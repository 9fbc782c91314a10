"""Charts of the grids (网格架构表) with several people in a row: each duty becomes a sheet of its own.

Its cells keep their places, and the duty stands over the names, so that a row of it reads as one of any list of one
duty: 网格, 网格长, 电话. What stands over no person (the grid, its households) is said in each of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from app.core.sheets.book import Area, Cell, Sheet
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout, filled
from app.core.sheets.writing import letters
from app.people.ledger import PERSON
from app.posts.ledger import DUTIES

_WHICH: Final = re.compile("^[0-9一二三四五六七八九]")
"""Tells several of one duty apart: 网格员1, 网格员2."""
_WORDS: Final = {comparable(word): column.key for column in PERSON for word in column.words}
_USUAL: Final = {column.key: column.words[0] for column in PERSON}
_DUTIES: Final = sorted(map(comparable, DUTIES), key=len, reverse=True)
NAME: Final = "name"
OF_ALL: Final = frozenset({"remark"})
"""What is said of people in other lists, and of the whole row here."""
LEAST: Final = 2


@dataclass(slots=True)
class _Group:
    """The columns of one person: the first holds the name. `said`: headings in other words, where they name a duty."""

    duty: str
    places: list[int] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets a chart with several people in a row would be, one for each; nothing where it is none."""
    groups = _groups(tables[0]) if len(tables) == 1 else []
    is_one = len(groups) < LEAST and not any(one.said for one in groups)
    return [] if is_one else [_cut(sheet, tables[0], groups, one) for one in groups]


def _groups(table: Layout) -> list[_Group]:
    found: list[_Group] = []
    for place, words in sorted(table.headings.items()):
        duty, key = _meant(words)
        if duty and key == NAME:
            found.append(_Group(duty, [place]))
        elif found and (duty == found[-1].duty or (not duty and key and key not in OF_ALL)):
            found[-1].places.append(place)
        if found and place in found[-1].places and duty and len(words) == 1 and comparable(words[0]) != duty:
            found[-1].said[place] = duty if key == NAME else _USUAL.get(key, words[0])
    return found


def _meant(words: tuple[str, ...]) -> tuple[str, str]:
    """Return the duty a heading names, if any, and which column of a person it is, if one: 网格长, 网格长电话, 电话."""
    said = [comparable(word) for word in words]
    duty, rest = _parted("".join(said))
    # Under a heading of several rows that says the duty alone.
    leaf = said[-1] if duty and len(said) > 1 and _parted(said[0])[1] == "" else rest
    return duty, _WORDS.get(leaf, "" if leaf else NAME)


def _parted(said: str) -> tuple[str, str]:
    """Return the duty a text begins with, and what follows."""
    duty = next((one for one in _DUTIES if said.startswith(one)), "")
    return duty, _WHICH.sub("", said[len(duty) :]) if duty else said


def _cut(sheet: Sheet, table: Layout, groups: Sequence[_Group], own: _Group) -> Sheet:
    others = {place for one in groups if one is not own for place in one.places}
    top, whole = table.header[0], filled(sheet)
    rows = [list(row) for row in sheet.rows[:top]]
    for at in range(top, len(sheet.rows)):
        is_elsewhere = at > table.header[-1] and _is_elsewhere(whole[at], groups, own)
        cells = list[Cell]() if is_elsewhere else list(sheet.rows[at])
        rows.append([None if place in others else value for place, value in enumerate(cells)])
    for place, said in own.said.items():
        at = next(at for at in table.header if place < len(rows[at]) and rows[at][place])
        rows[at][place] = said
    merged = [_kept(area, top, others) for area in sheet.merged]
    name = sheet.name if own is groups[0] else f"{sheet.name}（{letters(own.places[0])}列起）"
    return Sheet(name, rows, [area for area in merged if area is not None], sheet.hidden_rows, sheet.lines)


def _kept(area: Area, top: int, others: set[int]) -> Area | None:
    """Return merged cells as they are, unless another person stands in them; those over all stay."""
    first, left, _bottom, right = area
    return None if first >= top and left in others and right in others else area


def _is_elsewhere(row: Sequence[Cell], groups: Sequence[_Group], own: _Group) -> bool:
    """Tell whether a row names only others, or nobody at all, which is told once."""

    def says(one: _Group) -> bool:
        cells = (row[place] for place in one.places if place < len(row))
        return any(value is not None and str(value).strip() for value in cells)

    if says(own):
        return False
    different = {str(value).strip() for value in row if value is not None} - {""}
    return any(map(says, groups)) or (own is not groups[0] and len(different) > 1)
