"""Where in a sheet the headings stand, which rows hold data, and what the other rows are.

Nothing is assumed of row 1: titles, the reporting unit and blank rows come before the headings, headings take one row
or two, may come again, and sections, totals, notes and signatures stand among and below the rows (收表约定 1 to 3).
"""

import enum
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from app.core.sheets.book import Cell, Fault, Sheet, unreadable
from app.core.sheets.headings import NUMBERING, comparable

LOOKED_AT: Final = 40
"""How many rows with something in them may stand before the headings end."""
LEAST: Final = 2
"""How many headings must be known for a row to be the headings."""
LONGEST_HEADING: Final = 40
MOST_FILLED: Final = 5_000_000
"""How many cells merged ones may fill in one sheet."""
FOOT: Final = 3
"""Within how many rows of the end signatures stand."""

Known = Callable[[str], bool]
"""Tells whether a heading, as it is compared, is known to some list."""


@enum.unique
class Aside(enum.StrEnum):
    """What a row without data is."""

    SECTION = "section"
    HEADER = "header"
    TOTAL = "total"
    NOTE = "note"
    FOOTER = "footer"
    SAMPLE = "sample"


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
    rows: list[list[Cell]] = field(default_factory=list)
    data: list[tuple[int, str]] = field(default_factory=list)
    """Of each row of data its place in the sheet and the section it stands under."""
    asides: list[tuple[int, Aside]] = field(default_factory=list)

    @property
    def lines(self) -> Iterator[Line]:
        """Yield the rows of data."""
        return (Line(at, _cells(self.rows[at]), section) for at, section in self.data)


_TOTAL: Final = re.compile(r"^(?:本页|本表|全部|总)?(?:合计|小计|共计|总计|总数)(?:[:(\d]|$)")
_NOTE: Final = re.compile(r"^(?:注|备注|说明|附注|填表说明|填报说明|温馨提示)\d*[:.、]")
_FOOTER: Final = re.compile(
    r"^(?:填表|填报|制表|经办|审核|审批|复核|报送|统计|登记|采集|录入|联系|负责|分管|主管|社区)?"
    r"(?:人|单位|部门|领导|负责人|书记|主任|员)?(?:签字|签名|签章|盖章|\(盖章\)|\(签字\))?:"
)
_SIGNED: Final = re.compile(
    r"^(?:填表|填报|制表|经办|审核|审批|复核|报送)(?:人|单位|部门|日期|时间)|^(?:日期|时间|盖章|签字|签名|电话)[:]"
)
_SAMPLE: Final = re.compile(r"^(?:示例|样例|范例|例|举例|填写示例|填表示例)(?:[:\d(]|$)")
_SECTION: Final = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\)|第[一二三四五六七八九十]+(?:部分|类)|【)"
)


def understand(sheet: Sheet, known: Known) -> Layout | None:
    """Return what a sheet is made of, or None where no row of headings is found."""
    rows = filled(sheet)
    header = _header(rows, known)
    if not header:
        return None
    layout = Layout(header, _headings(rows, header), _title(rows, header[0]), rows)
    _sort(rows, layout)
    return layout


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


def _header(rows: list[list[Cell]], known: Known) -> list[int]:
    """Return the one or two rows of the headings; none where there are none.

    The first row that is nearly as good as the best is taken, and the row below with it where that makes it better.
    """
    places = [at for at, row in enumerate(rows) if any(value is not None for value in row)][:LOOKED_AT]
    scores = {at: _score(_words(rows[at]), known) for at in places}
    best = max(scores.values(), default=0)
    if best < 1:
        return []
    first = next(at for at in places if scores[at] >= min(best, max(LEAST, best * 0.6)))
    return _joined(rows, first, known)


def _score(words: dict[int, str], known: Known) -> int:
    """Return how many different known headings a row holds; a row of data or one title holds none."""
    short = {comparable(text) for text in words.values() if len(text) <= LONGEST_HEADING}
    found = {text for text in short if known(text)}
    many = len(found) >= LEAST or (len(found) == 1 and len(short) == 1 and len(words) == 1)
    return len(found) if many and len(found) * 2 >= len(short - NUMBERING) - 1 else 0


def _joined(rows: list[list[Cell]], first: int, known: Known) -> list[int]:
    """Return the row of the headings, with the one below or above it where both together name the columns."""
    for pair in ((first, first + 1), (first - 1, first)):
        upper, lower = pair
        if (
            upper >= 0
            and lower < len(rows)
            and _is_two_rows(_words(rows[upper]), _words(rows[lower]), rows[lower], known)
        ):
            return list(pair)
    return [first]


def _is_two_rows(upper: dict[int, str], lower: dict[int, str], below: list[Cell], known: Known) -> bool:
    """Tell whether two rows are one heading: the upper one groups columns that the lower one names."""
    if len(lower) != sum(value is not None for value in below) or len(set(lower.values())) < LEAST:
        return False
    own = {at: text for at, text in lower.items() if upper.get(at) != text}
    grouped = [at for at in own if at in upper and list(upper.values()).count(upper[at]) > 1]
    alone = {at for at in upper if at not in lower or upper[at] == lower[at]}
    named = [at for at in own if known(comparable(own[at]))]
    spans = bool(alone) and bool(grouped or set(own) - set(upper))
    return spans and len(named) * 2 >= len(own) and len(set(upper.values())) > 1


def _headings(rows: list[list[Cell]], header: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for at in header:
        for column, text in _words(rows[at]).items():
            before = found.get(column, ())
            found[column] = before if text in before else (*before, text)
    return found


def _title(rows: list[list[Cell]], first: int) -> str:
    """Return what stands above the headings, each text once."""
    texts = dict.fromkeys(text for row in rows[:first] for text in _words(row).values())
    return "\n".join(texts)


# -- the rows -------------------------------------------------------------------------------------------------------


def _sort(rows: list[list[Cell]], layout: Layout) -> None:
    """Part the rows below the headings into data and what is none."""
    section = ""
    last_said = max((at for at, row in enumerate(rows) if any(_says(value) for value in row)), default=0)
    for at in range(layout.header[-1] + 1, len(rows)):
        cells = _cells(rows[at])
        if not cells:
            continue
        aside = _aside(cells, layout, is_last=at >= last_said - FOOT)
        if aside is None:
            layout.data.append((at, section))
            continue
        layout.asides.append((at, aside))
        if aside is Aside.SECTION:
            section = str(next(iter(cells.values()))).strip()


def _cells(row: list[Cell]) -> dict[int, Cell]:
    return {column: value for column, value in enumerate(row) if _says(value)}


def _says(value: Cell) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _aside(cells: dict[int, Cell], layout: Layout, is_last: bool) -> Aside | None:
    """Return what a row is, or None where it holds data."""
    texts = list(dict.fromkeys(_plain(value) for value in cells.values()))
    first = texts[0]
    if _SAMPLE.match(first):
        return Aside.SAMPLE
    if any(_TOTAL.match(text) for text in texts[:3]):
        return Aside.TOTAL
    if _NOTE.match(first) and len(texts) <= 2:
        return Aside.NOTE
    if _SIGNED.match(first) or (_FOOTER.match(first) and (is_last or len(texts) <= 2)):
        return Aside.FOOTER
    if _is_header_again(cells, layout):
        return Aside.HEADER
    alone = len(texts) == 1 and len(layout.headings) > 1 and isinstance(next(iter(cells.values())), str)
    if alone and (_SECTION.match(first) or len(cells) > 1):
        return Aside.SECTION
    return None


def _plain(value: Cell) -> str:
    return "".join(str(value).replace("：", ":").replace("（", "(").replace("）", ")").split())


def _is_header_again(cells: dict[int, Cell], layout: Layout) -> bool:
    """Tell whether a row repeats the headings."""
    same = [
        column
        for column, value in cells.items()
        if isinstance(value, str)
        and comparable(value) in {comparable(text) for text in layout.headings.get(column, ())}
    ]
    return len(same) >= max(LEAST, len(cells) * 0.6)
