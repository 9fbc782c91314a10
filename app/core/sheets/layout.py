"""Where in a sheet the headings stand, which rows hold data, and what the other rows are.

Nothing is assumed of row 1: titles, the reporting unit and blank rows come before the headings, headings take one row
or up to three, may come again, and sections, totals, notes and signatures stand among and below the rows (收表约定 1
to 3). A sheet may hold several tables below each other, each under its own headings.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from app.core.sheets import days_apart, labelled, sections
from app.core.sheets.asides import FOOT, LEAST, Around, Aside, is_note, opening, within
from app.core.sheets.book import Cell, Fault, Sheet, unreadable
from app.core.sheets.ditto import said_again
from app.core.sheets.headings import NUMBERING, comparable, readings

LOOKED_AT: Final = 40
"""How many rows with something in them may stand before the headings end."""
TALLEST: Final = 3
"""How many rows headings may take."""
ANOTHER: Final = 3
"""How many headings must be known for a row further down to begin another table."""
LONGEST_HEADING: Final = 40
LONGEST_TITLE: Final = 40
MOST_FILLED: Final = 5_000_000
"""How many cells merged ones may fill in one sheet."""
Known = Callable[[str], bool]
"""Tells whether a heading, as it is compared, is known to some list."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data: its place in the sheet, its cells by column, and the section it stands under."""

    row: int
    cells: dict[int, Cell]
    section: str = ""


@dataclass(slots=True)
class Layout:
    """What a sheet is made of.

    `headings`: the words over each column, the upper row first where there are two. `title`: what stands above.
    """

    header: list[int]
    headings: dict[int, tuple[str, ...]]
    title: str = ""
    low: frozenset[int] = frozenset()
    """The columns only the lowest row of the headings names: what stands left above them may be over them too."""
    rows: list[list[Cell]] = field(default_factory=list)
    data: list[tuple[int, str]] = field(default_factory=list)
    """Of each row of data its place in the sheet and the section it stands under."""
    asides: list[tuple[int, Aside]] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)
    """The columns in which rows of data say something below no heading."""

    @property
    def names(self) -> str:
        """Return of what stands above only the lines that may name the list: no notes on how to fill it in."""
        return "\n".join(line for line in self.title.split("\n") if len(line) <= LONGEST_TITLE and not is_note(line))

    @property
    def lines(self) -> Iterator[Line]:
        """Yield the rows of data."""
        above: dict[int, Cell] = {}
        for at, section in self.data:
            above = said_again(said_by(self.rows[at]), above)
            yield Line(at, above, section)


def understand(sheet: Sheet, known: Known, near: Known | None = None) -> Layout | None:
    """Return what the first table of a sheet is made of, or None where no row of headings is found."""
    found = tables(sheet, known, near)
    return found[0] if found else None


def tables(sheet: Sheet, known: Known, near: Known | None = None) -> list[Layout]:
    """Return what each table of a sheet is made of, from the top. `near`: tells what only resembles a known heading."""
    rows = filled(sheet)
    header = _header(rows, known, near or known)
    if not header:
        return []
    heads = [header, *_others(rows, header, known)]
    ends = [head[0] for head in heads[1:]] + [len(rows)]
    found, above = [], 0
    for head, end in zip(heads, ends, strict=True):
        layout = Layout(head, _headings(rows, head), _title(rows, above, head[0]), _low(rows, head), rows)
        above = _sort(sheet, layout, end, known)
        layout.asides += [(at, Aside.GOES_ON) for at in sorted(sheet.gone_on) if head[-1] < at < end]
        layout.nameless = _nameless(sheet, layout)
        layout.rows = days_apart.joined(layout.headings, rows, [at for at, _section in layout.data])
        found.append(layout)
    return found


# -- merged cells ---------------------------------------------------------------------------------------------------


def filled(sheet: Sheet) -> list[list[Cell]]:
    """Return the rows with merged cells filled down and across; an unmerged blank stays blank.

    Nothing is filled in beyond the last column that holds something, wherever an area says that it ends. Raises
    Unreadable where areas that lie over each other would fill the same cells again and again.
    """
    if not sheet.merged:
        return sheet.rows
    rows = [list(row) for row in sheet.rows]
    width, room = max(map(len, rows), default=0), MOST_FILLED
    for top, left, bottom, last in sheet.merged:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        if not _says(value):
            continue
        right = min(last, width - 1)
        room -= (min(bottom, len(rows) - 1) + 1 - top) * (right + 1 - left)
        if room < 0:
            raise unreadable(Fault.ZIP_BOMB)
        for row in rows[top : bottom + 1]:
            row.extend([None] * (right + 1 - len(row)))
            row[left : right + 1] = [value] * (right + 1 - left)
    return rows


# -- the headings ---------------------------------------------------------------------------------------------------


def _words(row: list[Cell]) -> dict[int, str]:
    """Return the texts of a row by column."""
    return {at: value.strip() for at, value in enumerate(row) if isinstance(value, str) and value.strip()}


def _knows(text: str, known: Known) -> bool:
    return any(known(said) for said in readings(text))


def _header(rows: list[list[Cell]], known: Known, near: Known) -> list[int]:
    """Return the rows of the headings; none where there are none.

    The first row that is nearly as good as the best is taken, and the rows around it with it where that makes it
    better.
    """
    places = [at for at, row in enumerate(rows) if any(value is not None for value in row)][:LOOKED_AT]
    scores = {
        at: _score(_words(rows[at]), known, near) for at in places if not labelled.lines(said_by(rows[at]), known)
    }
    best = max(scores.values(), default=0)
    if best < 1:
        return []
    first = next(at for at in scores if scores[at] >= min(best, max(LEAST, best * 0.6)))
    return _joined(rows, first, known)


def _score(words: dict[int, str], known: Known, near: Known) -> int:
    """Return how many different known headings a row holds; a row of data or one title holds none."""
    short = {comparable(text): text for text in words.values() if len(text) <= LONGEST_HEADING}
    found = {said for said, text in short.items() if _knows(text, known)}
    many = len(found) >= LEAST or (len(found) == 1 and len(short) == 1 and len(words) == 1)
    close = {said for said in short if near(said)} if len(found) >= LEAST else set()
    return len(found | close) if many and len(found | close) * 2 >= len(short.keys() - NUMBERING) - 1 else 0


def _joined(rows: list[list[Cell]], first: int, known: Known) -> list[int]:
    """Return the row of the headings, with those below or above it where all together name the columns."""
    header = [first]
    if first + 1 < len(rows) and _is_two_rows(rows, first, first + 1, known):
        header.append(first + 1)
    while header[0] > 0 and len(header) < TALLEST and _is_two_rows(rows, header[0] - 1, header[-1], known):
        header.insert(0, header[0] - 1)
    return header


def _is_two_rows(rows: list[list[Cell]], above: int, below: int, known: Known) -> bool:
    """Tell whether two rows are one heading: the upper one groups columns that the lower one names."""
    upper, lower = _words(rows[above]), _words(rows[below])
    if any(map(_REPORTED.match, upper.values())):
        return False
    if len(lower) != sum(map(_says, rows[below])) or len(set(lower.values())) < LEAST:
        return False
    own = {at: text for at, text in lower.items() if upper.get(at) != text}
    grouped = [at for at in own if at in upper and list(upper.values()).count(upper[at]) > 1]
    alone = {at for at in upper if at not in lower or upper[at] == lower[at]}
    named = [at for at in own if _knows(own[at], known)]
    spans = bool(alone) and bool(grouped or set(own) - set(upper))
    spans = spans or _is_all_groups(upper, lower)
    # What is merged down over both rows says it as well as headings that are known: below 性别 may stand 男 and 女.
    down = [at for at in upper if lower.get(at) == upper[at] and _knows(upper[at], known)]
    is_down = (len(down) >= LEAST or alone == set(down) != set()) and bool(grouped) and set(own) == set(grouped)
    # Nobody fills in nothing but what stands below one heading over several columns, and in words.
    is_down = is_down or (set(lower) == set(grouped) and len(alone) >= LEAST and all(map(_BOX.fullmatch, own.values())))
    return spans and (len(named) * 2 >= len(own) or is_down) and len(set(upper.values())) > 1


_BOX: Final = re.compile("[\u3400-\u9fff]{2,8}")


def _is_all_groups(upper: dict[int, str], lower: dict[int, str]) -> bool:
    """Tell whether a row only groups the columns below it: 户主信息 and 家庭成员, each over a name of its own."""
    words = set(upper.values())
    covers = min(upper, default=1) == min(lower) and len(words) < len(lower)
    doubled = len(set(lower.values())) < len(lower) or len(words) < len(upper)
    return covers and doubled and not any(_REPORTS.search(text) for text in words)


_REPORTED: Final = re.compile(r"[^(（:：]{1,12}[:：]\s*\S")
"""A label with its value, as they stand above headings: 登记人：张三."""
_REPORTS: Final = re.compile(r"[:：]|\d{2}|\d[年月日]|.{13}")
"""What stands above a list to say who reports it and when, or what it is."""


def _others(rows: list[list[Cell]], header: list[int], known: Known) -> list[list[int]]:
    """Return the headings of the other tables further down."""
    found: list[list[int]] = []
    around = Around(_headings(rows, header), "")
    at = header[-1] + 1
    while at < len(rows):
        if _begins_another(rows[at], known) and not around.is_header_again(said_by(rows[at])):
            found.append([one for one in _joined(rows, at, known) if one > header[-1]])
            header = found[-1]
            around = Around(_headings(rows, header), "")
            at = header[-1]
        at += 1
    return found


def _begins_another(row: list[Cell], known: Known) -> bool:
    """Tell whether a row holds hardly anything but known headings. The first few cells decide of most rows of data."""
    few = [value if isinstance(value, str) else "" for value in islice(filter(_says, row), ANOTHER)]
    if not all(few) or not few or few[0].isdecimal():
        return False
    short = [text for text in few if _is_short(text)]
    if any(_LONG_NUMBER.match(text) for text in short) or not any(_knows(text, known) for text in short):
        return False
    cells = said_by(row)
    if labelled.lines(cells, known):
        return False
    texts = {comparable(value): value for value in cells.values() if isinstance(value, str)}
    named = {said for said, text in texts.items() if _is_short(text) and _knows(text, known)}
    return len(named) >= ANOTHER and len(named) * 2 >= len(cells) and not any(map(_holds_number, texts))


_LONG_NUMBER: Final = re.compile(r"[^(（\[【〔\d]*(?:\d[^(（\[【〔\d]*){4}")
"""More digits than a heading has, outside of brackets: nothing more need be known of a row with such a text."""


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_HEADING


def _holds_number(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) > ANOTHER


def _headings(rows: list[list[Cell]], header: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for at in header:
        for column, text in _words(rows[at]).items():
            before = found.get(column, ())
            found[column] = before if text in before else (*before, text)
    return found


def _low(rows: list[list[Cell]], header: list[int]) -> frozenset[int]:
    upper = {place for at in header[:-1] for place in _words(rows[at])}
    return frozenset(place for place in _words(rows[header[-1]]) if place not in upper)


def _title(rows: list[list[Cell]], above: int, first: int) -> str:
    """Return what stands above the headings, each text once."""
    texts = dict.fromkeys(text for row in rows[above:first] for text in _words(row).values())
    return "\n".join(texts)


# -- the rows -------------------------------------------------------------------------------------------------------


def _sort(sheet: Sheet, layout: Layout, end: int, known: Known) -> int:
    """Part the rows below the headings into data and what is none; return below which row all are none."""
    rows, titles, labels, homes = layout.rows, list[str](), list[str](), list[int]()
    section = _opening(layout, known)
    last_said = max((at for at, row in enumerate(rows[:end]) if any(_says(value) for value in row)), default=0)
    around, below = _around(layout, end), layout.header[-1] + 1
    before: Aside | None = Aside.HEADER
    for at in range(below, end):
        cells = said_by(rows[at])
        if not cells or not _says_itself(sheet.rows[at], around):
            continue
        above, labels = labels, []
        if above or labelled.may_begin(cells):
            beneath = (said_by(row) for row in islice(rows, at + 1, end) if any(map(_says, row)))
            labels = sections.labels(cells, beneath, known, goes_on=bool(above))
        before = Aside.SECTION if labels else around.aside(cells, at >= last_said - FOOT, before)
        if before is None and _stands_alone(cells) and _is_title(layout, at, end, around):
            before, titles = Aside.SECTION, [*titles, _called(cells)]
            section = "\n".join(titles)
        elif before is None:
            layout.data.append((at, section))
            below, titles = at + 1, []
            continue
        elif before is Aside.SECTION:
            section = sections.begun(section, above, labels) if labels else within(section, _called(cells))
            homes += [at] if sections.is_home(labels) else []
        layout.asides.append((at, before))
    alone = sections.lonely(homes, (at for at, _section in layout.data), end)
    layout.asides = [(at, Aside.HOME if at in alone else aside) for at, aside in layout.asides]
    return below


def _opening(layout: Layout, known: Known) -> str:
    """Return the section of the first rows: what the row above the headings says label by label, or its name."""
    above = layout.header[0] - 1
    labels = labelled.lines(said_by(layout.rows[above]), known) if above >= 0 else []
    return "\n".join(labels) or opening(layout.title)


def _around(layout: Layout, end: int) -> Around:
    found = Around(layout.headings, layout.title)
    found.is_counted = any(_counts(row, found) for row in islice(layout.rows, layout.header[-1] + 1, end))
    return found


def _nameless(sheet: Sheet, layout: Layout) -> list[int]:
    rows = [sheet.rows[at] for at, _section in layout.data]
    gaps = [at for at in range(max(map(len, rows), default=0)) if at not in layout.headings]
    return [at for at in gaps if any(at < len(row) and _says(row[at]) for row in rows)]


def _says_itself(row: list[Cell], around: Around) -> bool:
    """Tell whether more stands in a row than its number and what is merged down into it."""
    return any(at not in around.numbering or not _is_number(value) for at, value in enumerate(row) if _says(value))


def _counts(row: list[Cell], around: Around) -> bool:
    """Tell whether a row is numbered in figures."""
    return any(at < len(row) and _says(row[at]) and _is_number(row[at]) for at in around.numbering)


def _stands_alone(cells: dict[int, Cell]) -> bool:
    first = next(iter(cells.values()))
    return isinstance(first, str) and all(value == first for value in cells.values())


def _is_title(layout: Layout, at: int, end: int, around: Around) -> bool:
    """Tell whether the headings come again right below a row that says one thing: it is the title of what follows."""
    below = (cells for row in range(at + 1, end) if (cells := said_by(layout.rows[row])))
    for cells in islice(below, TALLEST):
        if around.is_header_again(cells):
            return True
        if not _stands_alone(cells):
            return False
    return False


def _called(cells: dict[int, Cell]) -> str:
    """Return what a section is called: what stands in its row, and before it the number that has a cell of its own."""
    return "、".join(dict.fromkeys(str(value).strip() for value in cells.values()))


def _is_number(value: Cell) -> bool:
    return not isinstance(value, str) or value.strip().isdecimal()


def said_by(row: list[Cell]) -> dict[int, Cell]:
    """Return the cells of a row that say something, by column."""
    # As `_says` does, without a call for each of a million cells.
    return {
        at: value
        for at, value in enumerate(row)
        if value is not None and (not isinstance(value, str) or not (value.isspace() or value == ""))
    }


def _says(value: Cell) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())
