"""Writes a workbook of several sheets: forms to fill in by hand, short enough to be made in one go."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO

from app.core.sheets import parts
from app.core.sheets.paper import Column, Paper
from app.core.sheets.writing import HEADING_ROW, VALIDATED, comments, letters, sheet, sheet_name


def workbook(papers: Sequence[Paper], moment: datetime) -> bytes:
    """Return the file; the first sheet is the one that is seen. `moment`: when it is made, aware."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts(papers, moment.astimezone(UTC)):
            archive.writestr(name, content)
    return file.getvalue()


def column_below(sheet_title: str, columns: Sequence[Column], heading: str) -> str:
    """Return how a formula names the cells below a heading of another sheet."""
    letter = letters(next(at for at, column in enumerate(columns) if column.heading == heading))
    quoted = sheet_name(sheet_title).replace("'", "''")
    return f"'{quoted}'!${letter}${HEADING_ROW + 1}:${letter}${VALIDATED}"


def _parts(papers: Sequence[Paper], moment: datetime) -> Iterator[tuple[str, str]]:
    helped = {number: _helped(paper) for number, paper in enumerate(papers, 1)}
    yield "[Content_Types].xml", parts.types(len(papers), [number for number, found in helped.items() if found])
    yield "_rels/.rels", parts.ROOT
    yield "docProps/core.xml", parts.properties(papers[0].title, papers[0].by, moment)
    yield "xl/workbook.xml", parts.plain_workbook([sheet_name(paper.name) for paper in papers])
    yield "xl/_rels/workbook.xml.rels", parts.of_workbook(len(papers))
    yield "xl/styles.xml", parts.STYLES
    for number, paper in enumerate(papers, 1):
        lines = sheet(paper, {}, bool(helped[number]), first=number == 1)
        yield f"xl/worksheets/sheet{number}.xml", "".join(lines)
        if helped[number]:
            yield from comments(paper, helped[number], number)


def _helped(paper: Paper) -> list[int]:
    return [at for at, column in enumerate(paper.columns) if column.help]
