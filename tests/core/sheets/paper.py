"""Workbooks written by hand, part by part, so that a test says exactly what stands in the file."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
DAY_STYLE: Final = 1

Row = Sequence[Any]


STYLES: Final = ("styles", "styles.xml")


class Raw(str):
    """A cell in the words of the file."""

    __slots__ = ()


def xlsx(sheets: Mapping[str, Sequence[Row]], more: Mapping[str, bytes] | None = None, **about: Any) -> bytes:
    """Return a workbook. `about`: `states`, `merged` and `hidden_rows` by sheet, `date1904`, `head` of each sheet."""
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(sheets, about),
        "xl/_rels/workbook.xml.rels": _links(
            [*(("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)), STYLES]
        ),
        "xl/styles.xml": _styles(),
    }
    for number, (name, rows) in enumerate(sheets.items(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(name, rows, about)
    return packed({name: text.encode() for name, text in parts.items()} | dict(more or {}))


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip file."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _workbook(sheets: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    states = about.get("states", {})
    tags = [
        f'<sheet name="{escape(name)}" sheetId="{number}" state="{states.get(name, "visible")}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, 1)
    ]
    epoch = '<workbookPr date1904="1"/>' if about.get("date1904") else ""
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{epoch}<sheets>{"".join(tags)}</sheets></workbook>'


def _links(targets: Sequence[tuple[str, str]]) -> str:
    tags = [
        f'<Relationship Id="rId{number}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    ]
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{space}">{"".join(tags)}</Relationships>'


def _styles() -> str:
    formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    return f'{HEAD}<styleSheet xmlns="{MAIN}">{formats}</styleSheet>'


def _sheet(name: str, rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    hidden = about.get("hidden_rows", {}).get(name, ())
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{letters(at)}{number}", value) for at, value in enumerate(row) if value is not None)
        lines.append(
            f'<row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if number in hidden else ""}>{cells}</row>'
        )
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in about.get("merged", {}).get(name, ()))
    merged = f"<mergeCells>{areas}</mergeCells>" if areas else ""
    head = about.get("head", "")
    return f'{HEAD}<worksheet xmlns="{MAIN}">{head}<sheetData>{"".join(lines)}</sheetData>{merged}</worksheet>'


def _cell(reference: str, value: Any) -> str:
    if isinstance(value, Raw):
        return value.replace("REF", reference)
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def letters(column: int) -> str:
    """Return the letters of a column, from 0."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
