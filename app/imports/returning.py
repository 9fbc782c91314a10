"""The rejected rows of a ledger as a workbook in the layout they came in, each wrong cell coloured, the reasons beside.

Only these rows stand in it, so that what is corrected there and sent again is all that is read the second time.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import chain, count
from typing import Any, Final

from app.core import clock, masking
from app.core.actor import current
from app.core.moves import Refused
from app.core.sheets import parts, reading, writing
from app.core.sheets.book import Cell, Mark, Sheet
from app.core.sheets.ditto import said_again
from app.core.sheets.layout import filled
from app.core.sheets.ledger import Draft, Trouble
from app.core.sheets.parts import HEADING, PLAIN, TEXT, WRONG
from app.core.sheets.values import EXACT, Reason
from app.imports import reasons, registry, service, storing
from app.imports.models import ImportBatch
from app.imports.reporting import sentence
from app.imports.service import GONE
from app.imports.showing import MASKS, veiled
from app.imports.understanding import Understood

WIDTH: Final = 16
LONGEST_NAME: Final = 28
"""So much of the name of a sheet leaves room for a number."""
WIDE: Final = 60
"""The width of the column with the reasons, in characters."""


def rejected(batch: ImportBatch) -> bytes:
    """Return the workbook. Raises Refused where the file is no longer kept.

    Who sent the file has it as it was; others get it with what stands encrypted in the lists masked.
    """
    data = storing.file_of(batch)
    if data is None:
        raise Refused(GONE)
    wrong: dict[str, dict[int, Draft]] = {}
    for draft in storing.drafts_of(batch):
        if draft.troubles and not draft.along:
            wrong.setdefault(draft.sheet, {})[draft.row] = draft
    actor = current()
    is_own = batch.by_id is None or (actor is not None and actor.user_id == batch.by_id)
    asked = service.Asked(batch.asked, batch.history, service.chosen(batch))
    taken = service.understood(reading.read(data), batch.community_id, registry.listed(), asked)
    several = [(tables[0].sheet, tables) for tables in _by_sheet([*taken.sheets, *taken.others])]
    sheets = [(sheet, tables, _of(sheet, tables, wrong.get(sheet.name, {}))) for sheet, tables in several]
    return _workbook([(sheet.name or "1", _rows(tables, rows, is_own)) for sheet, tables, rows in sheets if rows])


def _by_sheet(found: Iterable[Understood]) -> Iterable[list[Understood]]:
    """Return the tables of each sheet, from the top; forms and what stands beneath them are sheets of their own."""
    several: dict[int, list[Understood]] = {}
    for one in found:
        several.setdefault(id(one.sheet), []).append(one)
    return [sorted(tables, key=lambda one: one.layout.header) for tables in several.values() if tables[0].layout.header]


def _of(sheet: Sheet, tables: Iterable[Understood], wrong: Mapping[int, Draft]) -> dict[int, Draft]:
    """Return by its place each rejected row of these tables."""
    places = (place for one in tables for place, _section in one.layout.data)
    return {place: wrong[sheet.number(place)] for place in places if sheet.number(place) in wrong}


Line = list[tuple[str, int]]
"""The cells of a row: each its text and its style."""


def _rows(tables: Sequence[Understood], wrong: Mapping[int, Draft], is_own: bool) -> Iterator[Line]:
    """Yield what stands above the rows, the headings, and the rejected rows with all they only say by where they are.

    Merged cells are filled in, 同上 is said out, and the section a row stands under comes before it.
    """
    cells, about = filled(tables[0].sheet), tables[0]
    starts = {place: one for one in tables for place in one.layout.header}
    asides = {place for one in tables for place, _aside in one.layout.asides}
    section, above = "", dict[int, Cell]()
    width = max((len(row) for row in cells), default=0)
    for place, row in enumerate(cells):
        if place not in asides:
            above = said_again(dict(enumerate(row)), above)
        if place in wrong:
            if wrong[place].section != section:
                section = wrong[place].section
                yield [(section if is_own else masking.free_text(section), PLAIN)] * width
            masks = {} if is_own else _masks(about.assignment.columns)
            yield _wrong(above, width, wrong[place], masks)
        elif place <= tables[0].layout.header[-1] or place in starts:
            about, section = starts.get(place, about), ""
            yield _heading([_said(value) for value in row], place, about.layout.header, width)


def _heading(texts: list[str], place: int, header: Sequence[int], width: int) -> Line:
    style = HEADING if place in header else PLAIN
    last = [(reasons.HEADING, HEADING)] if place == header[-1] else []
    return [(text, style) for text in texts + [""] * (width - len(texts))] + last


def _unread(cell: Cell) -> str:
    """Return a wrong cell so that a number in it is as text still none, until somebody has corrected it.

    3.1 may be the first or the tenth, and a long number has lost its tail; neither becomes right by being text.
    """
    if isinstance(cell, float) and not cell.is_integer():
        return f"{cell:g}?"
    return f"{cell:.5E}" if isinstance(cell, int | float) and abs(cell) >= EXACT else _said(cell)


def _wrong(cells: Mapping[int, Cell], width: int, draft: Draft, masks: Mapping[int, Any]) -> Line:
    bad = {draft.at[one.field] for one in draft.troubles if one.field in draft.at}
    texts = [(_unread if at in bad else _said)(cells.get(at)) for at in range(width)]
    told = [veiled(one) for one in draft.troubles] if masks else draft.troubles
    said = "\n".join(dict.fromkeys(_reason(draft, one) for one in told))
    texts = [masks[at](text) if text and at in masks else text for at, text in enumerate(texts)]
    return [(text, WRONG if at in bad else TEXT) for at, text in enumerate(texts)] + [(said, WRONG)]


def _reason(draft: Draft, one: Trouble) -> str:
    """Return what is wrong; of what stands in no cell also what it is."""
    nowhere = one.field and one.field not in draft.at and one.reason == Reason.MISSING
    return f"{registry.ledger(draft.ledger).heading(one.field)}：{sentence(one)}" if nowhere else sentence(one)


def _masks(columns: Mapping[int, str]) -> dict[int, Any]:
    return {place: MASKS[key] for place, key in columns.items() if key in MASKS}


def _said(value: Cell) -> str:
    """Return a cell as the text a person types."""
    if value is None or isinstance(value, Mark):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" if (value.hour or value.minute) else f"{value:%Y-%m-%d}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:g}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _workbook(sheets: Sequence[tuple[str, Iterable[Line]]]) -> bytes:
    """Return a workbook of several sheets."""
    names = list[str]()
    for name, _lines in sheets:
        names.append(_unlike(writing.sheet_name(name), names))
    file = BytesIO()
    moment = clock.now()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", parts.types(len(sheets)))
        archive.writestr("_rels/.rels", parts.ROOT)
        archive.writestr("docProps/core.xml", parts.properties(names[0] if names else "1", "", moment))
        archive.writestr("xl/workbook.xml", parts.plain_workbook(names))
        archive.writestr("xl/_rels/workbook.xml.rels", parts.of_workbook(len(sheets)))
        archive.writestr("xl/styles.xml", parts.STYLES)
        for number, (_name, lines) in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(list(lines)))
    return file.getvalue()


def _unlike(name: str, others: Sequence[str]) -> str:
    """Return a name no other sheet has: what stands beneath a form is named as the form is."""
    numbers = (f"{name[:LONGEST_NAME]} {number}" for number in count(2))
    return next(one for one in chain([name], numbers) if one not in others)


def _sheet(lines: Sequence[Line]) -> str:
    width = max((len(line) for line in lines), default=1)
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{WIDE if at == width else WIDTH}" customWidth="1"/>'
        for at in range(1, width + 1)
    )
    rows = "".join(f'<row r="{number}">{"".join(_cells(number, line))}</row>' for number, line in enumerate(lines, 1))
    return (
        f'{parts.HEAD}<worksheet xmlns="{parts.MAIN}"><cols>{columns}</cols><sheetData>{rows}</sheetData></worksheet>'
    )


def _cells(number: int, line: Line) -> Iterator[str]:
    for at, (text, style) in enumerate(line):
        if text or style != PLAIN:
            yield writing.cell(f"{writing.letters(at)}{number}", style, text)
