"""Circles in columns of marks: alone they tick, beside another mark that ticks they do not, which is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell
from app.core.sheets.columns import Assignment
from app.core.sheets.layout import Layout, Line
from app.core.sheets.ledger import Draft

CIRCLES: Final = frozenset("○◯〇⭕")
TICK: Final = "√"
UNSURE: Final = "mark_unsure"
_MARKS: Final = values.YES | values.NO | values.EMPTY | CIRCLES

Circles = Mapping[int, bool]
"""The columns of marks with circles among them, and whether a circle ticks there."""


def circles(layout: Layout, assignment: Assignment) -> Circles:
    """Return what circles mean, column by column."""
    rows = [layout.rows[at] for at, _section in layout.data]
    if all(map(CIRCLES.isdisjoint, rows)):
        return {}
    found: dict[int, bool] = {}
    for place in assignment.columns:
        said = {_said(row[place]) for row in rows if place < len(row) and row[place] is not None}
        if CIRCLES & said and said <= _MARKS | {""}:
            found[place] = not said & values.YES
    return found


def _said(cell: Cell) -> str:
    return values.written(cell).strip().upper()


def meant(line: Line, found: Circles) -> Line:
    """Return a row with ticks for the circles that tick, and nothing for the others."""
    changed = {at: TICK if found[at] else None for at in _places(line, found)}
    return replace(line, cells=line.cells | changed) if changed else line


def tell(draft: Draft, line: Line, found: Circles, assignment: Assignment) -> None:
    """Say of a row which circles are read as no tick."""
    for at in _places(line, found):
        if not found[at]:
            draft.warn(UNSURE, assignment.columns[at].removeprefix("tag:"), _said(line.cells[at]))
            draft.read = (draft.read[0], len(draft.warnings))


def _places(line: Line, found: Circles) -> list[int]:
    return [at for at in found if at in line.cells and _said(line.cells[at]) in CIRCLES]
