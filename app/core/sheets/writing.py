"""Writes one sheet as an xlsx file, row by row and never more of it in memory than a batch.

Purpose-made: texts stand in their cells and go into one stream, which costs a tenth of what the usual libraries take
(`benchmarks/export.py` compares). Every text is typed as a text, so that nothing in it is ever worked out.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import count, islice, repeat
from types import NoneType
from typing import Any, Final

from app.core.sheets import parts
from app.core.sheets.paper import Column, Paper, Value, is_empty
from app.core.sheets.parts import DAY, HEADING, MOMENT, NOTE, NUMBER, PLAIN, TEXT, TITLE

MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST: Final = 32_767
"""So many characters a cell holds."""
HEADING_ROW: Final = 3
"""The row of the headings, from 1; a title and a note stand above it."""
LAST_ROW: Final = 1_048_576
VALIDATED: Final = 20_000
"""Down to this row a template offers choices."""
CHUNK: Final = 64 * 1024
LEVEL: Final = 1
"""How hard the file is packed: a third larger than at the usual level, for a third of the work."""
AT_ONCE: Final = 200
EXACT: Final = 10**15
"""From here on a spreadsheet loses digits of a number."""
_STYLES: Final = {"text": TEXT, "day": DAY, "moment": MOMENT, "number": NUMBER}
_HIDDEN: Final = {True: ' customWidth="1" hidden="1"', False: ' customWidth="1"'}
_SEEN: Final = {True: ' tabSelected="1"', False: ""}
_EPOCH: Final = datetime(1899, 12, 30).toordinal()  # noqa: DTZ001 - a day of a calendar
_ODD: Final = re.compile(
    r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff\n\t]|^[ \u3000]|[ \u3000]$|_x[0-9A-Fa-f]{4}_"
)
_LOOKED_AT: Final = ("&", "<", ">", "| ", " |", "_x")
"""Besides what cannot be printed, what is odd in texts with such lines between them, or may be."""
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\]")


class Sink:
    """Takes what the zip file writes until somebody fetches it."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Keep what is written."""
        self._held.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def drain(self) -> bytes:
        """Return what has been written since the last time."""
        found, self._held, self.size = b"".join(self._held), [], 0
        return found


def workbook(paper: Paper, moment: datetime) -> Iterator[bytes]:
    """Yield the bytes of the file while its rows are asked for; `moment`: when it is made, aware."""
    sink, lists = Sink(), _lists(paper.columns)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:  # type: ignore[call-overload]  # only written to
        helped = [at for at, column in enumerate(paper.columns) if column.help]
        for name, content in _around(paper, lists, helped, moment):
            archive.writestr(_part(name, moment), content)
        with archive.open(_part("xl/worksheets/sheet1.xml", moment), "w") as file:
            for piece in sheet(paper, lists, bool(helped)):
                file.write(piece.encode())
                if sink.size >= CHUNK:
                    yield sink.drain()
    yield sink.drain()


def sheet_name(name: str) -> str:
    """Return a name a sheet may have."""
    return _NO_NAME.sub(" ", name)[:31].strip("' ") or "1"


def _part(name: str, moment: datetime) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, moment.astimezone(UTC).timetuple()[:6])
    found.compress_type = zipfile.ZIP_DEFLATED
    found._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - no public way before Python 3.13
    return found


def _around(paper: Paper, lists: dict[int, int], helped: Sequence[int], moment: datetime) -> Iterator[tuple[str, str]]:
    """Yield the parts around the sheet, by their names."""
    name = sheet_name(paper.name)
    yield "[Content_Types].xml", parts.types(2 if lists else 1, (1,) if helped else ())
    yield "_rels/.rels", parts.ROOT
    yield "docProps/core.xml", parts.properties(_clean(paper.title), _clean(paper.by), moment.astimezone(UTC))
    yield "xl/workbook.xml", parts.workbook(_clean(name), bool(lists), HEADING_ROW)
    yield "xl/_rels/workbook.xml.rels", parts.of_workbook(2 if lists else 1)
    yield "xl/styles.xml", parts.STYLES
    if lists:
        yield "xl/worksheets/sheet2.xml", _choices(paper.columns, lists)
    if helped:
        yield from comments(paper, helped, 1)


def comments(paper: Paper, helped: Sequence[int], number: int) -> Iterator[tuple[str, str]]:
    """Yield the parts that hold the comments beside the headings of a sheet, by their names."""
    told = [(f"{letters(at)}{HEADING_ROW}", _clean(paper.columns[at].help)) for at in helped]
    yield f"xl/worksheets/_rels/sheet{number}.xml.rels", parts.of_sheet(number)
    yield f"xl/comments{number}.xml", parts.comments(told)
    yield f"xl/drawings/vml{number}.vml", parts.shapes([(HEADING_ROW - 1, at) for at in helped])


# -- the sheet ------------------------------------------------------------------------------------------------------


def letters(at: int) -> str:
    """Return the name of a column, counted from 0."""
    found, rest = "", at + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        found = chr(65 + digit) + found
    return found


def sheet(paper: Paper, lists: dict[int, int], has_comments: bool, first: bool = True) -> Iterator[str]:
    """Yield a sheet as XML; the first of a workbook is the one that is seen."""
    yield _begin(paper.columns, first)
    yield f'<row r="1" ht="30" customHeight="1">{cell("A1", TITLE, paper.title)}</row>'
    yield f'<row r="2" ht="30" customHeight="1">{cell("A2", NOTE, paper.note)}</row>'
    headings = (cell(f"{letters(at)}3", HEADING, one.heading) for at, one in enumerate(paper.columns))
    yield f'<row r="3" ht="32" customHeight="1">{"".join(headings)}</row>'
    yield from rows(paper.columns, paper.rows)
    yield _end(paper, lists, has_comments)


def _begin(columns: Sequence[Column], first: bool) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{one.width + 1}" style="{_STYLES[one.kind]}"{_HIDDEN[one.hidden]}/>'
        for at, one in enumerate(columns, 1)
    )
    below = HEADING_ROW + 1
    pane = f'<pane ySplit="{HEADING_ROW}" topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/>'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        f'{parts.HEAD}<worksheet xmlns="{parts.MAIN}" xmlns:r="{relations}"><sheetPr><pageSetUpPr fitToPage="1"/>'
        f'</sheetPr><sheetViews><sheetView{_SEEN[first]} workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18"/><cols>{widths}</cols><sheetData>'
    )


def _end(paper: Paper, lists: dict[int, int], has_comments: bool) -> str:
    last = letters(max(at for at, one in enumerate(paper.columns) if not one.hidden))
    merged = f'<mergeCells count="2"><mergeCell ref="A1:{last}1"/><mergeCell ref="A2:{last}2"/></mergeCells>'
    foot = _escaped(_clean(paper.foot).replace("&", "&&"))
    printed = (
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>&amp;L{foot}&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
    )
    drawing = '<legacyDrawing r:id="r1"/>' if has_comments else ""
    merged = merged if last != "A" else ""
    return f"</sheetData>{merged}{_validations(paper.columns, lists)}{printed}{drawing}</worksheet>"


# -- cells ----------------------------------------------------------------------------------------------------------


def rows(columns: Sequence[Column], values: Iterable[Sequence[Value]]) -> Iterator[str]:
    """Yield the rows of a sheet as XML, from below the headings down, some at once."""
    names = [f'<c r="{letters(at)}' for at in range(len(columns))]
    rest, numbers = iter(values), count(HEADING_ROW + 1)
    while some := list(islice(rest, AT_ONCE)):
        places = [str(number) for number in islice(numbers, len(some))]
        held = [_cells(name, places, column) for name, column in zip(names, zip(*some, strict=True), strict=True)]
        begun = [f'<row r="{place}">' for place in places]
        yield "".join(map("".join, zip(begun, *filter(None, held), repeat("</row>"), strict=False)))


def _cells(name: str, places: Sequence[str], values: Sequence[Value]) -> list[str]:
    """Return the cells of a column in these rows; none where it says nothing."""
    if is_empty(values):
        return []
    if _need_no_look(values):
        rest = f'" s="{TEXT}" t="inlineStr"><is><t>'
        return [
            f"{name}{place}{rest}{value}</t></is></c>" if value else ""
            for place, value in zip(places, values, strict=True)
        ]
    return [
        f'{name}{place}" {_told(value)}</c>' if value is not None and value != "" else ""
        for place, value in zip(places, values, strict=True)
    ]


def _need_no_look(values: Sequence[Value]) -> bool:
    """Tell whether a column holds nothing but texts that stand in XML as they are, which most do."""
    if not {*map(type, values)} <= {str, NoneType}:
        return False
    whole = f"|{'|'.join(filter(None, values))}|"  # type: ignore[arg-type]  # texts, or nothing
    return len(whole) <= LONGEST and whole.isprintable() and not any(sign in whole for sign in _LOOKED_AT)


def _told(value: Any) -> str:
    """Return the rest of a cell."""
    if type(value) is not str:
        return _plain(value)
    # The odd ones out are few: most texts need no more than a look.
    if not _ODD.search(value) and len(value) <= LONGEST:
        return f's="{TEXT}" t="inlineStr"><is><t>{value}</t></is>'
    return f's="{TEXT}" t="inlineStr"><is>{_text(value)}</is>'


def _plain(value: Any) -> str:
    """Return the rest of a cell that holds no text."""
    if isinstance(value, datetime) and value.toordinal() > _EPOCH:
        return f's="{MOMENT}"><v>{value.toordinal() - _EPOCH}{_time(value.hour, value.minute)}</v>'
    if isinstance(value, date) and value.toordinal() > _EPOCH:
        return f's="{DAY}"><v>{value.toordinal() - _EPOCH}</v>'
    if isinstance(value, int | float | Decimal) and -EXACT < value < EXACT:
        return f's="{NUMBER}"><v>{value}</v>'
    return f's="{TEXT}" t="inlineStr"><is>{_text(str(value))}</is>'


@cache
def _time(hour: int, minute: int) -> str:
    """Return which part of a day has gone, from the point on."""
    return f"{(hour * 60 + minute) / 1440:.9f}"[1:]


def cell(place: str, style: int, text: str) -> str:
    """Return a cell that holds a text."""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is>{_text(text)}</is></c>'


def _text(text: str) -> str:
    """Return a text as XML that keeps its blanks and breaks; what no file may hold is left out."""
    return f'<t xml:space="preserve">{_escaped(_clean(text))}</t>'


def _clean(text: str) -> str:
    plain = _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # A spreadsheet would read _x0041_ as the letter A.
    return _LOOKS_ESCAPED.sub("_x005F_", plain)[:LONGEST]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# -- choices --------------------------------------------------------------------------------------------------------

_BESIDE: Final = 250
"""So many characters of choices stand beside the cell itself; longer ones stand on a hidden sheet."""


def _lists(columns: Sequence[Column]) -> dict[int, int]:
    """Return which columns offer too much to stand beside the cell, each with its column on the hidden sheet."""
    long = (at for at, one in enumerate(columns) if one.offered and not fits(one.offered))
    return {at: number for number, at in enumerate(long)}


def fits(offered: Sequence[str]) -> bool:
    """Tell whether choices are few and plain enough to stand beside the cell itself."""
    return sum(len(word) + 1 for word in offered) <= _BESIDE and not any('"' in word or "," in word for word in offered)


def _choices(columns: Sequence[Column], lists: dict[int, int]) -> str:
    """Return the hidden sheet."""
    longest = max(len(columns[at].offered) for at in lists)
    lines = []
    for row in range(longest):
        cells = (
            cell(f"{letters(number)}{row + 1}", PLAIN, columns[at].offered[row])
            for at, number in lists.items()
            if row < len(columns[at].offered)
        )
        lines.append(f'<row r="{row + 1}">{"".join(cells)}</row>')
    return f'{parts.HEAD}<worksheet xmlns="{parts.MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _validations(columns: Sequence[Column], lists: dict[int, int]) -> str:
    found = [_validation(at, one, lists.get(at)) for at, one in enumerate(columns) if one.offered or one.source]
    return f'<dataValidations count="{len(found)}">{"".join(found)}</dataValidations>' if found else ""


def _validation(at: int, column: Column, number: int | None) -> str:
    """Offer the choices of a column; other words are asked about and not forbidden: the import says what is wrong."""
    if column.source:
        words = column.source
    elif number is None:
        words = f'"{",".join(column.offered)}"'
    else:
        words = f"'{parts.LISTS}'!${letters(number)}$1:${letters(number)}${len(column.offered)}"
    place = f"{letters(at)}{HEADING_ROW + 1}:{letters(at)}{VALIDATED}"
    return (
        f'<dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" sqref="{place}">'
        f"<formula1>{_escaped(_clean(words))}</formula1></dataValidation>"
    )
