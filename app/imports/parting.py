"""What stands in one sheet: tables below each other or side by side, forms, lists that run from left to right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.core.sheets import beside, layout
from app.core.sheets.book import Sheet
from app.core.sheets.forms import forms
from app.core.sheets.layout import Known, Layout

Lists = Callable[[Sheet, Layout], bool]
"""Tells whether a table is one of a list, or of something else that is known."""
NONE: Final = Layout([], {})


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a sheet; `beneath`: whether it stands beneath a form."""

    sheet: Sheet
    table: Layout
    beneath: bool = False


def parts(sheet: Sheet, known: Known, near: Known, lists: Lists) -> list[Part]:
    """Return the tables of a sheet; one without headings where there are none."""
    found = _of_forms(forms(sheet, known), known, near) or _of_tables(sheet, known, near, lists)
    if not any(one.table.data for one in found):
        found = _of_forms(forms(sheet, known, inline=True), known, near) or found
    return found or [Part(sheet, NONE)]


def _of_tables(sheet: Sheet, known: Known, near: Known, lists: Lists) -> list[Part]:
    whole = [Part(sheet, table) for table in layout.tables(sheet, known, near)]
    sides = beside.apart(sheet, [one.table for one in whole]) if whole else []
    several = [[Part(side, table) for table in layout.tables(side, known, near)] for side in sides]
    stands = bool(several) and all(tables and all(lists(one.sheet, one.table) for one in tables) for tables in several)
    return [one for tables in several for one in tables] if stands else whole


def _of_forms(found: list[tuple[Sheet, Layout | None]], known: Known, near: Known) -> list[Part]:
    return [
        Part(sheet, one, beneath=table is None)
        for sheet, table in found
        for one in ([table] if table is not None else layout.tables(sheet, known, near))
    ]
