"""Reads one workbook in a process of its own, with little memory and time, and tells its cells as lines of JSON.

It is started by its path, without the portal: whatever a hostile file does to the parser ends here. From standard
input it takes the file; its arguments are the kind, the most rows, and the limits in MB and seconds. Each line is a
list whose first member says what it is: `book`, `sheet`, `rows`, `hidden`, `fault`, `end`.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

MOST_CELLS = 60_000_000
"""How many cells the rectangle of a sheet may have, filled or not: the parser makes room for all."""
CHUNK = 1 << 20
OVERLAP = 4096
TOGETHER = 100
"""How many rows are told in one line."""
CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
OUTSIDE = re.compile(rb'r="(?:[A-Z]{2,3}\d|[A-Z]\d{7})')
"""Names a cell beyond column Z or row 999,999. Without one there are fewer than MOST_CELLS, and nobody need count."""
ROW = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d{1,7})"')
GAP = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
WRONG = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def limit(megabytes: int, seconds: int) -> None:
    """Hold this process to its limits, where the system knows such."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows, where only the parent watches
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def spoken(value: Any) -> Any:
    """Return as JSON what JSON has not."""
    for kind, letter in ((datetime, "t"), (date, "d"), (time, "h")):
        if isinstance(value, kind):
            return [letter, value.isoformat()]
    if isinstance(value, timedelta):
        return ["s", value.total_seconds()]
    raise TypeError(type(value).__name__)


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=spoken).encode


def say(*parts: Any) -> None:
    """Tell the parent one line."""
    sys.stdout.write(encode(parts) + "\n")


# -- what the parser does not tell ----------------------------------------------------------------------------------


class Scanned:
    """What the XML of a sheet says that the parser keeps to itself: its size, hidden rows, gaps and errors."""

    def __init__(self) -> None:
        self.last_row = self.last_column = 0
        self.is_large = False
        """Whether it may be too large, so that it must be measured."""
        self.hidden: set[int] = set()
        self.marks: dict[tuple[int, int], str] = {}

    def look(self, text: bytes) -> None:
        """Look at a part of the XML."""
        self.is_large = self.is_large or OUTSIDE.search(text) is not None
        if b"hidden" in text:
            self.hidden |= {int(number) - 1 for number in ROW.findall(text)}
        if b"<f" in text:
            self.marks |= {(int(number) - 1, column(letters)): "formula" for letters, number in GAP.findall(text)}
        if b't="e"' in text:
            self.marks |= {(int(number) - 1, column(letters)): "error" for letters, number in WRONG.findall(text)}

    def measure(self, text: bytes) -> None:
        """Find out how far the cells of a part of the XML reach."""
        for letters, numbers in [zip(*CELL.findall(text), strict=True)] if CELL.search(text) else ():
            self.last_row = max(self.last_row, *map(int, {*numbers}))
            self.last_column = max(self.last_column, *(column(one) + 1 for one in {*letters}))


def column(letters: bytes) -> int:
    """Return the number of a column from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def scanned(archive: zipfile.ZipFile, part: str) -> Scanned:
    """Look through the XML of a sheet, a piece at a time."""
    found = Scanned()
    for text in pieces(archive, part):
        found.look(text)
    for text in pieces(archive, part) if found.is_large else ():
        found.measure(text)
    return found


def pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part piece by piece, each with the end of the one before."""
    before = b""
    with archive.open(part) as file:
        while piece := file.read(CHUNK):
            text = before + piece
            yield text
            before = text[-OVERLAP:]


RELATION = re.compile(rb"<Relationship\b[^>]*>")
SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")


def attribute(tag: bytes, name: str) -> str:
    """Return an attribute of a tag."""
    found = re.search(rb"\b" + name.encode() + rb'="([^"]*)"', tag)
    return found[1].decode("utf-8", "replace") if found else ""


def named(archive: zipfile.ZipFile, path: str) -> str:
    """Return the name of a part as the archive writes it, whatever the case; nothing where there is none."""
    return next((name for name in archive.namelist() if name.lower() == path.lower()), "")


def content(archive: zipfile.ZipFile, path: str) -> bytes:
    """Return a part, or nothing."""
    name = named(archive, path)
    return archive.read(name) if name else b""


def workbook_part(archive: zipfile.ZipFile) -> str:
    """Return the part that lists the sheets."""
    tags = RELATION.findall(content(archive, "_rels/.rels"))
    targets = (attribute(tag, "Target") for tag in tags if attribute(tag, "Type").endswith("/officeDocument"))
    return next(targets, "xl/workbook.xml").lstrip("/")


def parts_of(archive: zipfile.ZipFile) -> list[str]:
    """Return the parts that hold the sheets of an xlsx workbook, in their order."""
    workbook = workbook_part(archive)
    folder, _slash, name = workbook.rpartition("/")
    relations = RELATION.findall(content(archive, f"{folder}/_rels/{name}.rels"))
    targets = {attribute(tag, "Id"): attribute(tag, "Target") for tag in relations}
    tags = SHEET.findall(content(archive, workbook))
    found = [targets.get(attribute(tag, "r:id") or attribute(tag, "id"), "") for tag in tags]
    return [named(archive, target[1:] if target.startswith("/") else f"{folder}/{target}") for target in found]


COUNTS = re.compile(rb'\s(?:count|uniqueCount)="(\d+)"')


def truthful(data: bytes) -> bytes:
    """Return an xlsx workbook without the counts of its texts where they are lies: the parser makes room for them."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        strings = named(archive, "xl/sharedStrings.xml")
        if not strings:
            return data
        with archive.open(strings) as file:
            head = file.read(OVERLAP)
        if all(int(count) <= archive.getinfo(strings).file_size for count in COUNTS.findall(head)):
            return data
        kept = {part.filename: archive.read(part) for part in archive.infolist()}
    kept[strings] = COUNTS.sub(b"", kept[strings], count=2)
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in kept.items():
            archive.writestr(name, part)
    return file.getvalue()


def is_1904(kind: str, data: bytes) -> bool:
    """Tell whether bare day numbers count from 1904."""
    if kind == "xlsx":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            text = content(archive, workbook_part(archive))
        return re.search(rb'\bdate1904="(?:1|true)"', text) is not None
    # The record DATEMODE of a workbook of 2003, which says that it is on.
    return kind == "xls" and b"\x22\x00\x02\x00\x01\x00" in data


# -- reading --------------------------------------------------------------------------------------------------------


def read(kind: str, data: bytes, most_rows: int) -> Iterator[tuple[Any, ...]]:
    """Yield what is told of a workbook, line by line."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - under the limits

    looks: list[Scanned | None] = []
    if kind == "xlsx":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            looks = [scanned(archive, part) if part.lower().endswith(".xml") else None for part in parts_of(archive)]
    far = next((one for one in looks if one and one.last_row * one.last_column > MOST_CELLS), None)
    if far is not None:
        yield "fault", "far", far.last_row, far.last_column
        return
    yield "book", is_1904(kind, data)
    book = CalamineWorkbook.from_filelike(BytesIO(truthful(data) if kind == "xlsx" else data))
    rows = 0
    for index, about in enumerate(book.sheets_metadata):
        if about.typ not in (SheetTypeEnum.WorkSheet, None):
            continue
        if about.visible is not SheetVisibleEnum.Visible:
            yield "hidden", about.name
            continue
        look = looks[index] if index < len(looks) else None
        for line in sheet(book.get_sheet_by_index(index), about.name, look or Scanned()):
            rows += len(line[1]) if line[0] == "rows" else 0
            if rows > most_rows:
                yield "fault", "many"
                return
            yield line


def sheet(found: Any, name: str, look: Scanned) -> Iterator[tuple[Any, ...]]:
    """Yield a sheet: what is known of it, then its rows that hold something."""
    merged = [(top, left, bottom, right) for (top, left), (bottom, right) in found.merged_cell_ranges or ()]
    yield "sheet", name, merged, sorted(look.hidden)
    if found.start is None:
        return
    by_row: dict[int, dict[int, str]] = {}
    for (row, at), mark in look.marks.items():
        by_row.setdefault(row, {})[at] = mark
    # The parser counts rows from the top of the sheet, but columns from the first one that holds something.
    empty = [None] * found.start[1]
    told: list[Any] = []
    for number, cells in enumerate(found.iter_rows()):
        line = marked(empty + [None if value == "" else value for value in cells], by_row.get(number, {}))
        if line:
            told.append((number, line))
        if len(told) == TOGETHER:
            yield "rows", told
            told = []
    if told:
        yield "rows", told


def marked(row: list[Any], marks: dict[int, str]) -> list[Any]:
    """Put the marks into a row, and leave away what is empty at its end."""
    for at, mark in marks.items():
        row += [None] * (at + 1 - len(row))
        if row[at] is None or mark == "error":
            row[at] = ["m", mark]
    while row and row[-1] is None:
        row.pop()
    return row


def main() -> None:
    """Read what comes in, and tell it."""
    kind, most_rows, megabytes, seconds = sys.argv[1], *(int(one) for one in sys.argv[2:5])
    limit(megabytes, seconds)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # standard output is a text file
    try:
        for line in read(kind, sys.stdin.buffer.read(), most_rows):
            say(*line)
    except MemoryError:
        say("fault", "memory")
    except Exception as error:  # noqa: BLE001 - whatever it was, the file is not readable
        locked = type(error).__name__ == "PasswordError" or "assword" in str(error)
        say("fault", "locked" if locked else "broken")
    else:
        say("end")


if __name__ == "__main__":
    main()
