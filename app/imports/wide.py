"""Charts of the grids (网格架构表) with several people in a row: each of them becomes a sheet of its own.

Its cells keep their places, and the duty stands over the names, so that a row of it reads as one of any list of one
duty: 网格, 网格长, 电话. What stands over no person (the grid, its households) is said in each of them.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from app.core.sheets import names, values
from app.core.sheets.book import Area, Cell, Sheet
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout, filled
from app.core.sheets.writing import letters
from app.people.ledger import PERSON
from app.posts.ledger import DUTIES

_WHICH: Final = re.compile("^[0-9一二三四五六七八九]")
"""Tells several of one duty apart: 网格员1, 网格员2."""
_USUAL: Final = {column.key: column.words[0] for column in PERSON}
NAME: Final = "name"
OF_ALL: Final = frozenset({"remark"})
"""What is said of people in other lists, and of the whole row here."""
LEAST: Final = 2
NOBODY: Final = values.EMPTY | names.NOBODY | {""}
"""What stands where nobody has the duty."""


@cache
def words_of_people() -> Mapping[str, str]:
    """Return the columns that say who somebody is, by their headings in the form in which they are compared."""
    return {comparable(word): column.key for column in PERSON for word in column.words}


@cache
def _duties() -> list[str]:
    return sorted(map(comparable, DUTIES), key=len, reverse=True)


@dataclass(slots=True)
class _Group:
    """The columns of one person: the first holds the name. `said`: headings in other words, where they name a duty."""

    duty: str
    places: list[int] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets a chart with several people in a row would be, one for each; nothing where it is none."""
    groups = _groups(tables[0]) if len(tables) == 1 else []
    if not groups:
        return []
    chart = _Chart(sheet, tables[0], groups, filled(sheet))
    people = [(one, which) for one in groups for which in range(chart.most(one))]
    is_plain = len(people) < LEAST and not any(one.said for one in groups)
    return [] if is_plain else [chart.cut(*one) for one in people]


@dataclass(frozen=True, slots=True)
class _Chart:
    """A sheet with several people in its rows. `whole`: the rows with merged cells filled in."""

    sheet: Sheet
    table: Layout
    groups: Sequence[_Group]
    whole: Sequence[Sequence[Cell]]

    def most(self, own: _Group) -> int:
        """Return how many people stand in one cell at most."""
        rows = (self.whole[at] for at, _section in self.table.data)
        return max((len(_people(row, own)[own.places[0]]) for row in rows), default=1)

    def cut(self, own: _Group, which: int) -> Sheet:
        """Return the sheet of one person of a row."""
        others = {place for one in self.groups if one is not own for place in one.places}
        own_rows = {at: self._of_one(at, own, which) for at in range(self.table.header[-1] + 1, len(self.sheet.rows))}
        return cut(replace(self.sheet, name=self._name(own, which)), self.table, others, own.said, own_rows)

    def _name(self, own: _Group, which: int) -> str:
        if own is self.groups[0] and which == 0:
            return self.sheet.name
        beside = f"，第{which + 1}人" if which else ""
        return f"{self.sheet.name}（{letters(own.places[0])}列起{beside}）"

    def _of_one(self, at: int, own: _Group, which: int) -> Sequence[Cell]:
        """Return a row as it is about one of its people; nothing where it is about others."""
        cells, people = self.sheet.rows[at], _people(self.whole[at], own)
        count = len(people[own.places[0]])
        if which >= count or (not which and self._is_elsewhere(self.whole[at], own)):
            return []
        parted = people if count > 1 else {}
        return [
            parted[place][which] if place in parted and value is not None else value
            for place, value in enumerate(cells)
        ]

    def _is_elsewhere(self, row: Sequence[Cell], own: _Group) -> bool:
        """Tell whether a row names only others, or nobody at all, which is told once."""

        def says(one: _Group) -> bool:
            cells = (row[place] for place in one.places if place < len(row))
            return any(value is not None and str(value).strip() not in NOBODY for value in cells)

        if says(own):
            return False
        different = {str(value).strip() for value in row if value is not None} - {""}
        return any(map(says, self.groups)) or (own is not self.groups[0] and len(different) > 1)


def _people(row: Sequence[Cell], own: _Group) -> dict[int, list[Cell]]:
    """Return the cells of a duty parted by person: 王芳、李强 with a number each, or with none at all."""
    cells = {place: row[place] if place < len(row) else None for place in own.places}
    parted = {place: values.parts(cell) if isinstance(cell, str) else [] for place, cell in cells.items()}
    names = parted[own.places[0]]
    is_clear = all(map(_NAME.fullmatch, names)) and all(
        len(parted[place]) == len(names) or cells[place] in (None, "") for place in own.places
    )
    if len(names) < LEAST or not is_clear:
        return {place: [cell] for place, cell in cells.items()}
    return {place: [*several] or [None] * len(names) for place, several in parted.items()}


_NAME: Final = re.compile(r"[\u3400-\u9fff·]{2,6}")


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
    return duty, words_of_people().get(leaf, "" if leaf else NAME)


def _parted(said: str) -> tuple[str, str]:
    """Return the duty a text begins with, and what follows."""
    duty = next((one for one in _duties() if said.startswith(one)), "")
    return duty, _WHICH.sub("", said[len(duty) :]) if duty else said


def cut(
    sheet: Sheet,
    table: Layout,
    others: Collection[int],
    said: Mapping[int, str],
    own_rows: Mapping[int, Sequence[Cell]],
) -> Sheet:
    """Return the sheet without the columns of others, with headings in other words, and rows below as they are given.

    Its cells keep their places. `said`: what the headings of some columns say; `own_rows`: by where they stand.
    """
    top = table.header[0]
    rows = [list(row) for row in sheet.rows[:top]]
    for at in range(top, len(sheet.rows)):
        cells = own_rows.get(at, sheet.rows[at])
        rows.append([None if place in others else value for place, value in enumerate(cells)])
    for place, words in said.items():
        at = next(at for at in table.header if place < len(rows[at]) and rows[at][place])
        rows[at][place] = words
    merged = [area for area in sheet.merged if _is_kept(area, top, others)]
    return replace(sheet, rows=rows, merged=merged)


def _is_kept(area: Area, top: int, others: Collection[int]) -> bool:
    """Tell whether cells stay merged: not those of other people."""
    first, left, _bottom, right = area
    return first < top or left not in others or right not in others
