"""What stands in one sheet: tables below each other or side by side, several people in a row, forms, lists across."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.core.sheets import beside, layout
from app.core.sheets.book import Cell, Sheet
from app.core.sheets.form_cells import FormCells
from app.core.sheets.forms import forms
from app.core.sheets.layout import Known, Layout
from app.imports import counted, cross, duties, families, going_on, wide

Lists = Callable[[Sheet, Layout], str]
"""Tells to which list a table belongs; nothing where it is to none."""
SEVERAL: Final = (
    ("posts", wide.apart),
    ("posts", duties.apart),
    ("people", families.apart),
    ("resources", cross.apart),
    ("needs", counted.apart),
    ("needs", going_on.joined),
)
"""The lists of which several rows may stand in one, and what parts them."""
NONE: Final = Layout([], {})


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a sheet; `beneath`: whether it stands beneath a form."""

    sheet: Sheet
    table: Layout
    beneath: bool = False


def parts(sheet: Sheet, known: Known, near: Known, lists: Lists) -> list[Part]:
    """Return the tables of a sheet; one without headings where there are none."""
    found = _of_forms(_forms(sheet, known, near), known, near) or _of_tables(sheet, known, near, lists)
    if not any(one.table.data for one in found):
        found = _of_forms(forms(sheet, known, inline=True), known, near) or found
    return found or [Part(sheet, NONE)]


def _forms(sheet: Sheet, known: Known, near: Known) -> list[tuple[Sheet, Layout | None]]:
    found = forms(sheet, known)
    return [] if found and _is_plain(sheet, layout.tables(sheet, known, near), known) else found


def _is_plain(sheet: Sheet, tables: list[Layout], known: Known) -> bool:
    """Tell whether a sheet is a table for sure: hardly anything but headings above, and hardly any below."""
    if not tables or len(tables[0].headings) < LEAST_HEADINGS or not tables[0].data:
        return False
    table, is_label = tables[0], FormCells(sheet, known).is_label

    def share(cells: list[Cell]) -> float:
        said = [cell for cell in cells if cell is not None and str(cell).strip()]
        return sum(map(is_label, said)) / max(len(said), 1)

    above = [cell for row in table.rows[: table.header[0]] for cell in row]
    below = [cell for at, _section in table.data for cell in table.rows[at]]
    named = share([words[-1] for words in table.headings.values()])
    return named >= MOST_NAMED and share(above) == 0 and share(below) <= FEW_BELOW


LEAST_HEADINGS: Final = 4
MOST_NAMED: Final = 0.8
FEW_BELOW: Final = 0.1


def _of_tables(sheet: Sheet, known: Known, near: Known, lists: Lists) -> list[Part]:
    whole = [Part(sheet, table) for table in layout.tables(sheet, known, near)]
    found = [one.table for one in whole]
    if not found:
        return []

    def taken(sides: list[Sheet]) -> tuple[list[Part], set[str]]:
        """Return the tables of sheets, and of which lists they are."""
        several = [[Part(side, table) for table in layout.tables(side, known, near)] for side in sides]
        parts = [one for tables in several for one in tables]
        return parts, {lists(one.sheet, one.table) for one in parts} | {"" for tables in several if not tables}

    sides, of = taken(beside.apart(sheet, found))
    if sides and "" not in of:
        return sides
    for name, apart in SEVERAL:
        sides, of = taken(apart(sheet, found))
        if of == {name} and lists(sheet, found[0]) in {name, ""}:
            return sides
    return whole


def _of_forms(found: list[tuple[Sheet, Layout | None]], known: Known, near: Known) -> list[Part]:
    return [
        Part(sheet, one, beneath=table is None)
        for sheet, table in found
        for one in ([table] if table is not None else layout.tables(sheet, known, near))
    ]
