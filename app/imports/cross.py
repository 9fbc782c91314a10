"""Lists of resources with a column for each category (场地, 人才, 资金): each filled cell is a resource.

Each category becomes a sheet of its own, in which its column holds the names and that of another one the category.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from app.core.sheets.book import Cell, Sheet
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout, filled
from app.core.sheets.values import EMPTY, NO, YES
from app.core.sheets.writing import letters
from app.imports.circles import CIRCLES
from app.imports.wide import cut
from app.resources.ledger import KINDS, LEDGER

NAME, CATEGORY = "资源名称", "资源类别"
LEAST: Final = 2
_ENDINGS: Final = ("资源", "项目", "类", "支持")


def apart(sheet: Sheet, tables: Sequence[Layout]) -> list[Sheet]:
    """Return the sheets a list with a column for each category would be; nothing where it is none."""
    kinds = _kinds(tables[0]) if len(tables) == 1 else {}
    if len(kinds) < LEAST or _is_named(tables[0]) or _is_ticked(tables[0], kinds):
        return []
    return [_of_one(sheet, tables[0], place, kinds) for place in kinds]


@cache
def _names() -> frozenset[str]:
    return frozenset(comparable(word) for word in LEDGER.by_key["name"].words if word != "服务资源")


def _kinds(table: Layout) -> dict[int, str]:
    """Return the columns whose heading is a category, with the word for it."""
    said = {place: _plain(comparable(words[-1])) for place, words in sorted(table.headings.items())}
    return {place: word for place, word in said.items() if word in KINDS}


def _plain(word: str) -> str:
    for ending in _ENDINGS:
        word = word.removesuffix(ending)
    return word


def _is_named(table: Layout) -> bool:
    """Tell whether a column says what the resources are called."""
    return any(comparable(words[-1]) in _names() for words in table.headings.values())


def _is_ticked(table: Layout, kinds: dict[int, str]) -> bool:
    """Tell whether the cells only say of which categories a resource is."""
    said = {_text(row[place]) for row in _data(table) for place in kinds if place < len(row)}
    return said <= YES | NO | EMPTY | CIRCLES | {""}


def _data(table: Layout) -> list[list[Cell]]:
    return [table.rows[at] for at, _section in table.data]


def _text(value: Cell) -> str:
    return "" if value is None else str(value).strip()


def _of_one(sheet: Sheet, table: Layout, own: int, kinds: dict[int, str]) -> Sheet:
    """Return the sheet of one category; rows that give nothing of it are blank there."""
    beside = next(place for place in kinds if place != own)
    rows, rest = filled(sheet), set(kinds) - {own, beside}
    below = range(table.header[-1] + 1, len(rows))
    first = own == min(kinds)
    given = {at: _row(rows[at], own, beside, kinds[own]) for at in below if _is_data(table, at)}
    if first:
        given |= {at: rows[at] for at in given if not gives(rows[at], kinds)}
    name = sheet.name if first else f"{sheet.name}（{letters(own)}列起）"
    part = Sheet(name, rows, [], sheet.hidden_rows, sheet.lines)
    return with_headings(cut(part, table, rest, {}, given), table, {own: NAME, beside: CATEGORY})


def gives(row: Sequence[Cell], places: Iterable[int]) -> bool:
    """Tell whether a row says something in any of these columns."""
    return any(_text(row[place]) not in EMPTY | {""} for place in places if place < len(row))


def _is_data(table: Layout, at: int) -> bool:
    return any(at == row for row, _section in table.data)


def _row(cells: Sequence[Cell], own: int, beside: int, kind: str) -> list[Cell]:
    if not gives(cells, [own]):
        return []
    found = [*cells, *[None] * (max(own, beside) + 1 - len(cells))]
    found[beside] = kind
    return found


def with_headings(sheet: Sheet, table: Layout, said: Mapping[int, str]) -> Sheet:
    """Let only the last row of the headings name these columns."""
    for at in table.header:
        for place, words in said.items():
            sheet.rows[at].extend([None] * (place + 1 - len(sheet.rows[at])))
            sheet.rows[at][place] = words
    return sheet
