"""Lists of grid staff with several duties in one cell: 专职网格员/楼栋长 is a post each, of the same person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell, Sheet
from app.core.sheets.headings import comparable, simplified
from app.core.sheets.layout import Layout, filled
from app.imports.wide import cut
from app.posts.ledger import DUTIES, LEDGER

LEAST: Final = 2
_AND: Final = re.compile(r"(?<=[长员人])\s*兼(?!职)任?\s*(?=.)")
"""网格员兼楼栋长."""


@cache
def _words() -> frozenset[str]:
    return frozenset(map(comparable, LEDGER.by_key["role"].words))


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets such a list would be, one for the first duty of each row, one for the second, and so on."""
    place = _place(tables[0]) if len(tables) == 1 else None
    if place is None:
        return []
    whole = replace(sheet, rows=filled(sheet), merged=[])
    duties = {at: _duties(whole.rows[at], place) for at, _section in tables[0].data}
    most = max(map(len, duties.values()), default=0)
    return [_of_one(whole, tables[0], place, duties, which) for which in range(most)] if most >= LEAST else []


def _place(table: Layout) -> int | None:
    return next((at for at, words in table.headings.items() if comparable(words[-1]) in _words()), None)


def _duties(row: Sequence[Cell], place: int) -> list[str]:
    """Return the duties of a cell; the cell as it is where not each part of it is one."""
    cell = row[place] if place < len(row) else None
    several = values.parts(cell) if isinstance(cell, str) else []
    parts = [part for one in several for part in _AND.split(one)]
    return parts if all(simplified(part) in DUTIES for part in parts) else []


def _of_one(sheet: Sheet, table: Layout, place: int, duties: Mapping[int, Sequence[str]], which: int) -> Sheet:
    own: dict[int, Sequence[Cell]] = {}
    for at, several in duties.items():
        if len(several) > which:
            own[at] = [*sheet.rows[at][:place], several[which], *sheet.rows[at][place + 1 :]]
        elif which:
            own[at] = []
    name = f"{sheet.name}（第{which + 1}个岗位）" if which else sheet.name
    return cut(replace(sheet, name=name), table, (), {}, own)
