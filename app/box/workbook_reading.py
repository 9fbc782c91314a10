"""Reads a box that was filled in as a workbook: its sheets become what the same box would say in YAML.

Nothing is assumed of the order of sheets, of columns, or of what stands above the headings; what cannot be understood
is named with its cell.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final

import yaml
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.box.contents import At, BoxError, Complaint, Spot
from app.box.lines import LARGEST_FILE, Item
from app.box.sections import ABOVE, CHILDREN, COMMUNITY, SECTIONS, Column, Section
from app.box.words import led, way
from app.core.fields import Text
from app.core.sheets import reading, values
from app.core.sheets.book import Area, Cell, Mark, Sheet, Unreadable
from app.core.sheets.headings import comparable
from app.core.sheets.writing import letters

MOST_ROWS: Final = 20_000
LOOKED_AT: Final = 20
"""Within so many rows the headings stand."""
DEEPEST: Final = 40
EXPLAINS: Final = _("How to fill it in")
"""The sheet that says how the others are filled in; what stands in it is not read."""
SEVERAL: Final = "、"
_TEXT, _NULL, _MAP, _LIST = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "null", "map", "seq"))


@dataclass
class Row:
    """A row of a sheet: its cells by the key of their column, and what it belongs to."""

    spot: Spot
    cells: dict[str, yaml.Node]
    spots: Mapping[str, Spot]
    below: list["Row"] = field(default_factory=list)

    def text(self, key: str) -> str:
        """Return what a cell says, nothing where it is empty."""
        node = self.cells.get(key)
        return node.value if isinstance(node, yaml.ScalarNode) else ""


def parse(data: bytes) -> Item:
    """Return what a workbook says as the root of a box. Raises BoxError."""
    try:
        book = reading.read(data, MOST_ROWS, LARGEST_FILE)
    except Unreadable as unreadable:
        raise BoxError([Complaint(0, unreadable.sentence)]) from None
    found = WorkbookReader().read(book.sheets)
    if found.complaints:
        raise BoxError(found.complaints)
    return Item(0, "", found.root)


class WorkbookReader:
    """Reads the sheets of one workbook."""

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []
        self.is_named = False
        self.root = yaml.MappingNode(_MAP, [], _mark(Spot("")))

    def read(self, sheets: Iterable[Sheet]) -> "WorkbookReader":
        """Read all sheets; those without anything in them are passed over."""
        sections, seen = {comparable(str(section.title)): section for section in SECTIONS}, set()
        for at, sheet in enumerate(sheets, 1):
            name, spot = comparable(sheet.name), Spot(sheet.name, order=(at, 0))
            if name == comparable(str(EXPLAINS)) or not any(_says(value) for row in sheet.rows for value in row):
                continue
            if name not in sections or name in seen:
                known = SEVERAL.join(str(section.title) for section in SECTIONS)
                self.wrong(spot, _("No sheet of this name is known; possible: %(known)s.", known=known))
                continue
            seen.add(name)
            self._put(sections[name], SheetReader(self, sections[name], sheet, spot))
        if not self.complaints and not self.is_named:
            self.wrong(Spot(str(COMMUNITY.title)), _("Fill in the community first: one row."))
        return self

    def wrong(self, at: At, text: Text) -> None:
        """Note what is wrong with a cell."""
        self.complaints.append(Complaint(at, text))

    def _put(self, section: Section, sheet: "SheetReader") -> None:
        rows = sheet.rows()
        if section is COMMUNITY:
            self._community(rows)
        elif rows:
            tops = _nested(rows, self) if section.tree else rows
            nodes = [_mapping(row) for row in tops]
            self.root.value.append(_pair(section.key, sheet.spot, _list(nodes, sheet.spot)))

    def _community(self, rows: list[Row]) -> None:
        for extra in rows[1:]:
            self.wrong(extra.spot, _("A box holds one community; leave this row empty."))
        if rows:
            self.is_named = True
            self.root.start_mark = _mark(rows[0].spot)
            self.root.value[:0] = _mapping(rows[0]).value


class SheetReader:
    """Reads the rows of one sheet."""

    def __init__(self, book: WorkbookReader, section: Section, sheet: Sheet, spot: Spot) -> None:
        self.book, self.section, self.sheet, self.spot = book, section, sheet, spot
        self.columns: dict[int, Column] = {}

    def rows(self) -> list[Row]:
        """Return the rows below the headings; blank ones are passed over."""
        header = self._header()
        if header is None:
            headings = SEVERAL.join(self.section.label(one) for one in self.section.in_sheet if one.needed)
            self.book.wrong(self.spot, _("The row of headings was not found; at least: %(known)s.", known=headings))
            return []
        self._name_columns(header)
        for area in self.sheet.merged:
            self._refuse_merged(area, header)
        below = range(header + 1, len(self.sheet.rows))
        return [self._row(at) for at in below if any(_says(value) for value in self.sheet.rows[at])]

    def _header(self) -> int | None:
        needed = {comparable(self.section.label(one)) for one in self.section.in_sheet if one.needed}
        for at, row in enumerate(self.sheet.rows[:LOOKED_AT]):
            if needed <= {_heading(value) for value in row}:
                return at
        return None

    def _name_columns(self, header: int) -> None:
        known = {comparable(self.section.label(one)): one for one in self.section.in_sheet}
        for at, value in enumerate(self.sheet.rows[header]):
            column = known.get(_heading(value))
            if column is not None and column in self.columns.values():
                text: Text = _("This heading stands here twice.")
                self.book.wrong(self._spot(header, at, self.section.label(column)), text)
            elif column is not None:
                self.columns[at] = column
            elif _says(value):
                self.book.wrong(self._spot(header, at), self._unknown(value))

    def _unknown(self, value: Cell) -> Text:
        known = SEVERAL.join(self.section.label(one) for one in self.section.in_sheet)
        return _("Unknown heading “%(word)s”; possible: %(known)s.", word=values.written(value)[:40], known=known)

    def _refuse_merged(self, area: Area, header: int) -> None:
        top, left, _bottom, _right = area
        if top > header:
            self.book.wrong(self._spot(top, left), _("These cells are merged; part them and fill in each."))

    def _spot(self, row: int, at: int, heading: str = "") -> Spot:
        return Spot(self.sheet.name, self.sheet.number(row), letters(at), heading, (self.spot.order[0], at + 1))

    def _row(self, row: int) -> Row:
        given = self.sheet.rows[row]
        for at, value in enumerate(given):
            if at not in self.columns and _says(value):
                self.book.wrong(self._spot(row, at), _("There is no heading over this cell."))
        spots = {column.key: self._spot(row, at, self.section.label(column)) for at, column in self.columns.items()}
        cells = {
            column.key: self._node(column, given[at] if at < len(given) else None, spots[column.key])
            for at, column in self.columns.items()
        }
        return Row(Spot(self.sheet.name, self.sheet.number(row), order=(self.spot.order[0], 0)), cells, spots)

    def _node(self, column: Column, cell: Cell, spot: Spot) -> yaml.Node:
        if isinstance(cell, Mark):
            self.book.wrong(spot, _("A formula or an error stands here; write the value itself."))
            cell = None
        text = values.written(cell) if _says(cell) else ""
        if not text:
            return yaml.ScalarNode(_NULL, "", _mark(spot))
        if self.section.shape(column).kind not in ("list", "many"):
            return _scalar(text, spot)
        return _list([_scalar(word, spot) for word in _parted(text)], spot)


def _says(value: Cell) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _heading(value: Cell) -> str:
    """Return a heading as it is compared, without the star of those that must be filled in."""
    return comparable(value.replace("*", "").replace("＊", "")) if isinstance(value, str) else ""


def _parted(text: str) -> list[str]:
    """Return the texts of one cell, parted by 、 or line breaks; one with such a sign in it stands in quotes."""
    try:
        return [word.strip() for line in csv.reader(StringIO(text), delimiter=SEVERAL) for word in line if word.strip()]
    except csv.Error:
        return [text]


def joined(texts: Iterable[str]) -> str:
    """Return several texts as one cell, so that `_parted` gives them back."""
    line = StringIO()
    csv.writer(line, delimiter=SEVERAL, lineterminator="").writerow(list(texts))
    return line.getvalue()


# -- rows that lie in each other ------------------------------------------------------------------------------------


def _nested(rows: list[Row], book: WorkbookReader) -> list[Row]:
    """Return the rows that lie in no other, each with those that lie in it."""
    names: dict[str, int] = {}
    for row in rows:
        names[row.text("name")] = names.get(row.text("name"), 0) + 1
    ways: dict[str, tuple[tuple[str, ...], Row]] = {}
    tops: list[Row] = []
    waiting = rows
    for _round in range(DEEPEST):
        left: list[Row] = []
        for row in waiting:
            above = _above(row, names, ways)
            if row.text(ABOVE.key) and above is None:
                left.append(row)
                continue
            chain = (*(above[0] if above is not None else ()), row.text("name"))
            (above[1].below if above is not None else tops).append(row)
            ways.setdefault(way(led(chain)), (chain, row))
            if names[row.text("name")] == 1:
                ways.setdefault(row.text("name"), (chain, row))
        if len(left) == len(waiting):
            break
        waiting = left
    for row in left:
        book.wrong(row.spots[ABOVE.key], _lost(row.text(ABOVE.key), names))
    return tops


def _above(
    row: Row, names: Mapping[str, int], ways: Mapping[str, tuple[tuple[str, ...], Row]]
) -> tuple[tuple[str, ...], Row] | None:
    """Return the row above and the names on the way to it, as far as it is known."""
    word = row.text(ABOVE.key)
    if names.get(word) == 1:
        return ways.get(word)
    return ways.get(way(word)) if word else None


def _lost(word: str, names: Mapping[str, int]) -> Text:
    if names.get(word, 0) > 1:
        return _("Several rows are called “%(word)s”; write the way to it, for example 第一网格 > 3栋.", word=word)
    if word in names:
        return _("The way up from “%(word)s” leads nowhere.", word=word)
    return _("No row of this sheet is called “%(word)s”.", word=word)


# -- nodes ----------------------------------------------------------------------------------------------------------


def _mark(spot: Spot) -> Any:
    """Return a cell as what a node takes for its place."""
    return spot


def _scalar(text: str, spot: Spot) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TEXT, text, _mark(spot))


def _list(nodes: Sequence[yaml.Node], spot: Spot) -> yaml.SequenceNode:
    return yaml.SequenceNode(_LIST, list(nodes), _mark(spot))


def _pair(key: str, spot: Spot, node: yaml.Node) -> tuple[yaml.Node, yaml.Node]:
    return _scalar(key, spot), node


def _mapping(row: Row) -> yaml.MappingNode:
    pairs = [_pair(key, row.spots[key], node) for key, node in row.cells.items() if key != ABOVE.key]
    if row.below:
        spot = row.below[0].spot
        pairs.append(_pair(CHILDREN, spot, _list([_mapping(one) for one in row.below], spot)))
    return yaml.MappingNode(_MAP, pairs, _mark(row.spot))


def told(spot: Spot) -> str:
    """Return where a cell is, as a person finds it."""
    sheet = gettext("Sheet “%(sheet)s”", sheet=spot.sheet) if spot.sheet else ""
    row = gettext("row %(row)s", row=spot.row) if spot.row else ""
    column = (
        gettext("column %(column)s (%(heading)s)", column=spot.column, heading=spot.heading) if spot.heading else ""
    )
    return sheet + row + (column or (gettext("column %(column)s", column=spot.column) if spot.column else ""))
