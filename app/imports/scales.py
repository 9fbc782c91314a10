"""Numbers told in hundreds or tens of thousands by their heading, 费用（万元）, or by the title: 单位：万元."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell
from app.core.sheets.columns import Assignment
from app.core.sheets.layout import Layout, Line

_HEADING: Final = re.compile(
    r"[(（\[【]\s*(?:单位\s*[:：]?\s*)?(?:人民币)?([百千万亿])(?:[元人户件次个][^)）\]】]{0,6})?\s*[)）\]】]|([百千万亿])元$"
)
_TITLE: Final = re.compile(r"单位\s*[:：]\s*(?:人民币\s*)?([百千万亿])元")
_MONEY: Final = re.compile("费用?|资金|金额|经费|花费")
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


def scales(layout: Layout, assignment: Assignment) -> Mapping[int, str]:
    """Return what the numbers of columns are to be taken times."""
    whole = _TITLE.search(layout.title)
    found: dict[int, str] = {}
    for place in assignment.columns:
        heading = layout.headings.get(place, ("",))[-1]
        if own := _HEADING.search(heading):
            found[place] = own[1] or own[2]
        elif whole is not None and _MONEY.search(heading):
            found[place] = whole[1]
    return found


def meant(line: Line, found: Mapping[int, str]) -> Line:
    """Return a row with these numbers in full, as somebody would write them: 1.2万."""
    changed: dict[int, Cell] = {
        at: f"{said}{sign}" for at, sign in found.items() if (said := _number(line.cells.get(at)))
    }
    return replace(line, cells=line.cells | changed)


def _number(cell: Cell) -> str:
    said = values.written(cell).strip() if isinstance(cell, str | int | float) and not isinstance(cell, bool) else ""
    return said if _NUMBER.fullmatch(said) else ""
