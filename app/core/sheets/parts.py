"""The parts of an xlsx file that are not its rows: what Office Open XML asks for around a sheet, as small as may be."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NS: Final = "http://schemas.openxmlformats.org"
MAIN: Final = f"{_NS}/spreadsheetml/2006/main"
_OFFICE: Final = f"{_NS}/officeDocument/2006/relationships"
_PACKAGE: Final = f"{_NS}/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CORE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
LISTS: Final = "选项"
"""The hidden sheet that holds what is chosen from where that is too long to stand beside the cell."""

PLAIN, TITLE, NOTE, HEADING, TEXT, DAY, MOMENT, NUMBER, WRONG = range(9)
"""The styles of cells, by their number in the file."""

STYLES: Final = (
    f'{HEAD}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="4"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="16"/><name val="宋体"/></font>'
    '<font><sz val="10"/><color rgb="FF595959"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE7EEF6"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/></patternFill></fill></fills>'
    '<borders count="2"><border/><border><left style="thin"><color rgb="FFBFBFBF"/></left>'
    '<right style="thin"><color rgb="FFBFBFBF"/></right><top style="thin"><color rgb="FFBFBFBF"/></top>'
    '<bottom style="thin"><color rgb="FFBFBFBF"/></bottom></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="9"><xf/>'
    '<xf fontId="1" applyFont="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf>'
    '<xf fontId="2" applyFont="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="3" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1"'
    ' applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="49" borderId="1" applyNumberFormat="1" applyBorder="1" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="164" borderId="1" applyNumberFormat="1" applyBorder="1"/>'
    '<xf numFmtId="165" borderId="1" applyNumberFormat="1" applyBorder="1"/>'
    '<xf borderId="1" applyBorder="1"/>'
    '<xf numFmtId="49" fillId="3" borderId="1" applyNumberFormat="1" applyFill="1" applyBorder="1" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def types(sheets: int, commented: Collection[int] = ()) -> str:
    """Return what kind each part is of; `commented`: the numbers of the sheets with comments."""
    told = [(f"/xl/worksheets/sheet{number}.xml", f"{_KIND}.worksheet+xml") for number in range(1, sheets + 1)]
    told += [("/xl/workbook.xml", f"{_KIND}.sheet.main+xml"), ("/xl/styles.xml", f"{_KIND}.styles+xml")]
    told += [("/docProps/core.xml", _CORE)]
    told += [(f"/xl/comments{number}.xml", f"{_KIND}.comments+xml") for number in commented]
    parts = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in told)
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    drawing = '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    plain = f'<Default Extension="xml" ContentType="application/xml"/>{drawing if commented else ""}'
    return f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">{relations}{plain}{parts}</Types>'


def _relations(told: Sequence[tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="r{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(told, 1)
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'


ROOT: Final = _relations(
    [
        (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
        (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    ]
)


def of_sheet(number: int) -> str:
    """Return what a sheet with comments leads to: first their shapes, then their words."""
    return _relations(
        [(f"{_OFFICE}/vmlDrawing", f"../drawings/vml{number}.vml"), (f"{_OFFICE}/comments", f"../comments{number}.xml")]
    )


def of_workbook(sheets: int) -> str:
    """Return what the workbook leads to: its sheets, then the styles."""
    told = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)]
    return _relations([*told, (f"{_OFFICE}/styles", "styles.xml")])


def plain_workbook(names: Sequence[str]) -> str:
    """Return the list of sheets of which nothing more is said."""
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>' for number, name in enumerate(names, 1)
    )
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def workbook(name: str, lists: bool, heading: int) -> str:
    """Return the list of the sheets; the rows down to the headings come again on each printed page."""
    hidden = f'<sheet name="{LISTS}" sheetId="2" state="hidden" r:id="r2"/>' if lists else ""
    quoted = escape(name.replace("'", "''"))
    titles = f'<definedName name="_xlnm.Print_Titles" localSheetId="0">\'{quoted}\'!$1:${heading}</definedName>'
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews><sheets>'
        f'<sheet name={quoteattr(name)} sheetId="1"'
        f' r:id="r1"/>{hidden}</sheets><definedNames>{titles}</definedNames></workbook>'
    )


def properties(title: str, by: str, moment: datetime) -> str:
    """Return what the file says of itself: title, who made it and when."""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(by)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment:%Y-%m-%dT%H:%M:%SZ}</dcterms:created></cp:coreProperties>'
    )


def comments(told: Sequence[tuple[str, str]]) -> str:
    """Return the comments, each with the cell it stands beside."""
    lines = "".join(
        f'<comment ref="{cell}" authorId="0"><text><r><t xml:space="preserve">{escape(words)}</t></r></text></comment>'
        for cell, words in told
    )
    return f'{HEAD}<comments xmlns="{MAIN}"><authors><author/></authors><commentList>{lines}</commentList></comments>'


def shapes(places: Sequence[tuple[int, int]]) -> str:
    """Return the shapes of the comments, by row and column from 0; without them no program shows any."""
    drawn = "".join(
        f'<v:shape id="c{number}" type="#t" style="position:absolute;width:200pt;height:80pt;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:textbox/><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{at + 1},10,{row},4,{at + 4},10,{row + 5},4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{at}</x:Column></x:ClientData></v:shape>"
        for number, (row, at) in enumerate(places, 1)
    )
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="t" coordsize="21600,21600" o:spt="202" '
        'path="m,l,21600r21600,l21600,xe"><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        f"{drawn}</xml>"
    )
