"""Ledgers kept as text: values between commas, tabs or semicolons, in the encodings of Chinese offices."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.sheets.book import Book, Cell, Fault, Sheet, Unreadable, too_many, unreadable
from app.core.sheets.marks import unshut

MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
TRIED: Final = ("utf-8", "gb18030")
"""Tried strictly and in this order: text in UTF-8 is almost never right in GB18030, and the other way round."""
SEPARATORS: Final = ("\t", ",", ";", "，", "|")
LONGEST_CELL: Final = 131_072
LOOKED_AT: Final = 30


def read(data: bytes, most_rows: int) -> Book:
    """Return a text file as a book of one sheet without a name. Raises Unreadable."""
    text, encoding = decoded(data)
    text = "\n".join(_tabbed(text.splitlines())) if _is_spaced(text.splitlines()) else text
    separator = _separator(text)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    for line, row in _records(text, separator):
        if len(rows) >= most_rows:
            raise too_many(most_rows)
        rows.append(row)
        lines.append(line)
    told = {"encoding": encoding, "separator": separator}
    return Book("text", [Sheet("", rows, lines=lines)], told=told)


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by its mark, else strictly UTF-8, else strictly GB18030. Raises Unreadable."""
    for mark, encoding in MARKED:
        if data.startswith(mark):
            return _strictly(data, encoding), encoding
    faults = []
    for encoding in TRIED:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            faults.append(error.start)
    raise _garbled(data, max(faults))


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _garbled(data, error.start) from None


def _garbled(data: bytes, at: int) -> Unreadable:
    line = data.count(b"\n", 0, at) + 1
    sentence = _(
        "The text is neither UTF-8 nor GB18030 from line %(line)s on; open it in Excel or WPS and save it as xlsx.",
        line=line,
    )
    return Unreadable(Fault.ENCODING, sentence)


def _separator(text: str) -> str:
    """Return what parts the values: the sign that parts most lines into the same number, more than one."""
    lines = [line for line in text.splitlines()[: LOOKED_AT * 2] if line.strip()][:LOOKED_AT]
    counted = {sign: [_outside_quotes(line, sign) for line in lines] for sign in SEPARATORS}

    def weight(sign: str) -> tuple[int, int]:
        usual = max(set(counted[sign]) - {0}, key=counted[sign].count, default=0)
        return counted[sign].count(usual) if usual else 0, usual

    return max(SEPARATORS, key=lambda sign: (weight(sign), -SEPARATORS.index(sign)))


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


LEAST_PARTED: Final = 2
"""So many separators at least part a line that was pasted into one cell; a sentence with a single comma is none."""


def pasted(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Return the rows of a sheet, those of a text that was pasted into its first column parted as the text would be."""
    lines = [row[0] for row in rows if any(value is not None for value in row)]
    if len(lines) < LEAST_PARTED or any(value is not None for row in rows for value in row[1:]):
        return rows
    texts = [line for line in lines if isinstance(line, str) and "\n" not in line]
    if _is_spaced(texts):
        return [[*_tabbed(row[:1])[0].split("\t")] if row and isinstance(row[0], str) else row for row in rows]
    separator = _separator("\n".join(texts[:LOOKED_AT]))
    counted = [count for text in texts if (count := _outside_quotes(text, separator)) >= LEAST_PARTED]
    # Sentences have Chinese commas, and not the same number each.
    if separator == "，" or 2 * counted.count(next(iter(counted), 0)) <= len(lines):
        return rows
    return [_parted(row, separator) for row in rows]


_BLANKS: Final = re.compile("[ \u3000]+")


def _is_spaced(lines: Sequence[str]) -> bool:
    """Tell whether nothing but blanks parts most lines, and into the same number: 姓名 电话 特长."""
    several = [line for line in lines if line.strip()][:LOOKED_AT]
    if any(sign in line for line in several for sign in SEPARATORS):
        return False
    counted = [count for line in several if (count := len(_BLANKS.findall(line.strip()))) >= LEAST_PARTED]
    return 2 * max(map(counted.count, counted), default=0) > len(several) >= LEAST_PARTED


def _tabbed(lines: Sequence[Cell]) -> list[str]:
    return [_BLANKS.sub("\t", str(line).strip()) for line in lines]


def _parted(row: list[Cell], separator: str) -> list[Cell]:
    if not row or not isinstance(row[0], str) or "\n" in row[0]:
        return row
    return next((found for _line, found in _records(row[0], separator)), row)


_TEXT: Final = re.compile(r'\s*="([^"]*)"\s*')
"""How web pages hand out a number so that Excel takes it for text."""


def _said(value: str) -> str:
    found = _TEXT.fullmatch(value)
    return found[1] if found is not None else unshut(value)


def _records(text: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    """Yield each record with the line it begins on."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    begins = 1
    try:
        for record in reader:
            yield begins, [_said(value) if value.strip() else None for value in record]
            begins = reader.line_num + 1
    except csv.Error:
        raise unreadable(Fault.CORRUPT) from None
