"""Forms (登记表), where labels and values stand by turns, and lists that run from left to right: read as tables.

A form is one row: its labels are the headings, what stands beside each is the cell below. Several forms of one kind may
stand below each other, each with a table of its own beneath, such as the members of a family. A label beside which
another one stands at once, as 监护人 before 姓名, stands over it.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from app.core.sheets.asides import by_its_words, plain
from app.core.sheets.book import Cell, Sheet
from app.core.sheets.boxes import ticked
from app.core.sheets.form_cells import (
    LEAST_BESIDE,
    SHARE,
    FormCells,
    InlineCells,
    Span,
    is_by_turns,
    said_by,
    touch,
)
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Known, Layout

LOOKED_AT: Final = 60
"""Among so many rows a form begins."""
LONGEST: Final = 5_000
"""A sheet of more rows is no form."""
LEAST_LABELS: Final = 3
LONGEST_LABEL: Final = 12
FEWEST_DIGITS: Final = 3
"""What holds so many digits is a value."""
LEAST_ROWS: Final = 2
"""A form of so few rows has one label more."""
MOST: Final = 0.8
_BLANK: Final = re.compile(r"[\s年月日时分:：/_—-]+")
"""What is printed where a day is to be written in."""
_WORD: Final = re.compile("[A-Za-z\u3400-\u9fff]")
LEFT: Final = frozenset({"项目", "栏目", "名称", "字段", "信息项", "类别"})
RIGHT: Final = frozenset({"内容", "具体内容", "填写内容", "情况", "说明", "备注", "值"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A label, with what stands over it, and its value."""

    words: tuple[str, ...]
    value: Cell


@dataclass(slots=True)
class Block:
    """One form: where it begins, its labels with their values, and where the table beneath it begins, if any."""

    row: int
    pairs: list[Pair] = field(default_factory=list)
    table: int | None = None

    @property
    def labels(self) -> set[str]:
        """Return its labels as they are compared."""
        return {comparable(pair.words[-1]) for pair in self.pairs}


def forms(sheet: Sheet, known: Known, inline: bool = False) -> list[tuple[Sheet, Layout | None]]:
    """Return the forms of a sheet as one table, then the tables beneath them not yet laid out; nothing where none are.

    `inline`: whether labels stand in one cell with their values.
    """
    if len(sheet.rows) > LONGEST:
        return []
    spans = InlineCells(sheet, known) if inline else FormCells(sheet, known)
    first = _first(spans, min(len(sheet.rows), LOOKED_AT))
    if first is None:
        return []
    blocks = list(_blocks(spans, first, len(sheet.rows)))
    if not any(pair.value is None or _WORD.search(str(pair.value)) for block in blocks for pair in block.pairs):
        # Figures beside words are a count of things.
        return []
    across = [] if inline else _across(spans, blocks)
    table = _turned(sheet, spans, first, across) if across else _table(sheet, spans, blocks)
    ends = [block.row for block in blocks[1:]] + [len(sheet.rows)]
    beneath = [
        (_below(sheet, block, block.table, end), None)
        for block, end in zip(blocks, ends, strict=True)
        if block.table is not None
    ]
    return [table, *beneath]


# -- finding forms --------------------------------------------------------------------------------------------------


def _ends_with_a_label(spans: Sequence[Span]) -> bool:
    """Tell whether the only label stands behind all else, as 备注 does in headings that hold the title of the list."""
    return len(spans) > LEAST_BESIDE and spans[-1].is_label and not any(span.is_label for span in spans[:-1])


def _first(spans: FormCells, end: int) -> int | None:
    """Return where the first form begins: rows by turns, labels again and again in the same column."""
    lines = [(at, found) for at in range(end) if (found := spans(at)) and any(one.is_label for one in found)]
    # A label alone in its row is a title.
    while lines and len(lines[0][1]) == 1 and not _is_labelled_below(lines):
        lines.pop(0)
    if len(lines) > LEAST_LABELS and _names_two_columns(lines[0][1]):
        lines.pop(0)
    if not lines or not is_by_turns(lines[0][1]) or _ends_with_a_label(lines[0][1]):
        return None
    spans.learn(at for at, _found in lines)
    rows = list(takewhile(is_by_turns, (spans(at) for at, _found in lines)))
    labels = {said_by(span) for found in rows for span in found if span.is_label}
    key = next(span for span in rows[0] if span.is_label)
    once = [rows[0], *takewhile(lambda found: not any(_is_again(span, key) for span in found), rows[1:])]
    # A form says each of its labels once; what comes again below a heading is a table.
    same = [said_by(span) for found in once for span in found if span.is_label and span.first == key.first]
    enough = len(labels) >= LEAST_LABELS + (len(rows) <= LEAST_ROWS) and len(set(same)) >= len(same) * MOST
    is_form = enough and len(same) >= max(LEAST_ROWS, len(once) * SHARE) and not _are_data(rows)
    return lines[0][0] if is_form else None


def _are_data(rows: Sequence[Sequence[Span]]) -> bool:
    """Tell whether only the first row names what stands in its columns, and those below hold values there."""
    heads = [span.first for span in rows[0] if span.is_label][1:]
    below = [span for found in rows[1:] for span in found if span.first in heads and len(str(span.value).strip()) > 1]
    return bool(below) and not any(span.is_label for span in below)


def _is_labelled_below(lines: Sequence[tuple[int, list[Span]]]) -> bool:
    """Tell whether a lone label begins a form nobody has filled in: the next ones stand in the same column."""
    return len(lines) > 1 and lines[0][1][0].first == lines[1][1][0].first and len(lines[1][1]) == 1


def _names_two_columns(spans: Sequence[Span]) -> bool:
    """Tell whether a row only says what stands left and right: 项目, 内容."""
    return len(spans) == LEAST_BESIDE and said_by(spans[0]) in LEFT and said_by(spans[1]) in RIGHT


def _blocks(spans: FormCells, first: int, end: int) -> Iterator[Block]:
    """Yield the forms: one begins where the first label of the first form comes again with most of the others."""
    key = next(span for span in spans(first) if span.is_label)
    starts = [at for at in range(first, end) if any(_is_again(span, key) for span in spans(at))]
    titles = set(_title(spans, first).split("\n"))
    blocks = [_block(spans, at, until, titles) for at, until in zip(starts, [*starts[1:], end], strict=True)]
    whole, kept = blocks[0].labels, blocks[0]
    for block in blocks[1:]:
        if len(block.labels & whole) >= len(whole) * SHARE:
            yield kept
            kept = block
        elif kept.table is None:
            kept.pairs += block.pairs
            kept.table = block.table
    yield kept


def _is_again(span: Span, key: Span) -> bool:
    return span.is_label and span.first == key.first and said_by(span) == said_by(key)


def _block(spans: FormCells, first: int, end: int, titles: Set[str]) -> Block:
    block = Block(first)
    for at in range(first, end):
        # The title comes again above the next form.
        found = [span for span in spans(at) if span.is_label or str(span.value).strip() not in titles]
        if any(span.is_label for span in found):
            if not is_by_turns(found):
                block.table = at
                break
        elif not found or by_its_words([plain(span.value) for span in found], is_last=True) is not None:
            continue
        block.pairs += _pairs(found, spans.columns)
    return block


def _pairs(spans: Sequence[Span], columns: Set[int]) -> Iterator[Pair]:
    """Yield the labels of a row with their values; also those no list knows, where a value follows them."""
    over: tuple[str, ...] = ()
    if len(spans) > 1 and touch(spans[0], spans[1]):
        over, spans = (str(spans[0].value).strip(),), spans[1:]
    at = 0
    while at < len(spans):
        span, at = spans[at], at + 1
        until = next((more for more in range(at, len(spans)) if spans[more].is_label), len(spans))
        if at < until and span.last + 1 < spans[at].first and spans[at].first in columns:
            # Nothing is written beside this label, and the next one is known to nobody.
            until = at
        values = [one.value for one in spans[at:until]]
        if not span.is_label and not (values and _may_be_label(span.value)):
            # The first cell of a row may stand over all of it; any other one is told, below no heading.
            yield from [Pair(("",), span.value)] if at > 1 or until == len(spans) else []
            continue
        if len(values) > 1 and all(len(str(value).strip()) == 1 for value in values):
            # One sign in each box, as forms have them for the number of the identity card.
            values, at = ["".join(str(value).strip() for value in values)], until
        else:
            at += bool(values)
        yield Pair((*over, str(span.value).strip()), _written(values[0]) if values else None)


def _may_be_label(value: Cell) -> bool:
    """Tell whether a cell nobody knows may be a label; headings are kept for good, so no words of a person are one."""
    is_short = isinstance(value, str) and len(value.strip()) <= LONGEST_LABEL
    return is_short and sum(sign.isdigit() for sign in str(value)) < FEWEST_DIGITS


def _written(value: Cell) -> Cell:
    is_printed = isinstance(value, str) and (_BLANK.fullmatch(value) or not ticked(value))
    return None if is_printed else value


# -- lists from left to right ---------------------------------------------------------------------------------------


def _across(spans: FormCells, blocks: Sequence[Block]) -> list[int]:
    """Return the rows of a list that runs from left to right: all labels in one column, several values beside each."""
    if len(blocks) > 1 or blocks[0].table is not None:
        return []
    return _in_one_column(spans, blocks[0].row)


def _in_one_column(spans: FormCells, first: int) -> list[int]:
    column, rows, at = spans(first)[0].first, list[int](), first
    while (found := _spans_at(spans, at)) and found[0].first == column:
        if any(span.is_label for span in found[1:]):
            return []
        rows.append(at)
        at += 1
    several = sum(len(spans(row)) > LEAST_BESIDE for row in rows)
    return rows if len(rows) >= LEAST_LABELS and several >= len(rows) * SHARE else []


def _spans_at(spans: FormCells, row: int) -> list[Span]:
    try:
        return spans(row)
    except IndexError:
        return []


def _turned(sheet: Sheet, spans: FormCells, first: int, rows: Sequence[int]) -> tuple[Sheet, Layout]:
    """Return a list from left to right as one from the top; the number of a row is that of its column."""
    labels = [spans(row)[0] for row in rows]
    width = max(len(sheet.rows[row]) for row in rows)
    columns = range(labels[0].last + 1, width)
    values = {at: [_at(sheet.rows[row], at) for row in rows] for at in columns}
    values = {at: cells for at, cells in values.items() if _is_somebody(cells)}
    words = [(str(label.value).strip(),) for label in labels]
    return _laid(sheet, _title(spans, first), words, [(at + 1, cells) for at, cells in values.items()], first)


def _at(row: Sequence[Cell], at: int) -> Cell:
    return row[at] if at < len(row) else None


def _is_somebody(cells: Sequence[Cell]) -> bool:
    texts = [plain(cell) for cell in cells if cell is not None and str(cell).strip()]
    return bool(texts) and by_its_words(texts, is_last=False) is None


# -- tables of forms ------------------------------------------------------------------------------------------------


def _table(sheet: Sheet, spans: FormCells, blocks: Sequence[Block]) -> tuple[Sheet, Layout]:
    places: dict[tuple[tuple[str, ...], int], int] = {}
    records: list[tuple[int, list[Cell]]] = []
    for block in blocks:
        cells: dict[int, Cell] = {}
        times: dict[tuple[str, ...], int] = {}
        for pair in block.pairs:
            times[pair.words] = times.get(pair.words, 0) + 1
            cells[places.setdefault((pair.words, times[pair.words]), len(places))] = pair.value
        if any(value is not None for value in cells.values()):
            records.append((sheet.number(block.row), [cells.get(at) for at in range(max(cells) + 1)]))
    words = [said for said, _time in places]
    return _laid(sheet, _title(spans, blocks[0].row), words, records, blocks[0].row)


def _title(spans: FormCells, first: int) -> str:
    texts = [str(span.value).strip() for at in range(first) for span in spans(at)]
    return "\n".join(dict.fromkeys(texts))


def _laid(
    sheet: Sheet,
    title: str,
    words: Sequence[tuple[str, ...]],
    records: Sequence[tuple[int, list[Cell]]],
    first: int,
) -> tuple[Sheet, Layout]:
    above: list[list[Cell]] = [[text] for text in title.split("\n") if text]
    rows: list[list[Cell]] = [*above, ["".join(said) for said in words], *(cells for _number, cells in records)]
    lines = [sheet.number(first)] * (len(above) + 1) + [number for number, _cells in records]
    data = [(at, "") for at in range(len(above) + 1, len(rows))]
    headings = {at: said for at, said in enumerate(words) if said[-1]}
    layout = Layout([len(above)], headings, title, rows=rows, data=data)
    layout.nameless = [at for at in range(len(words)) if at not in headings]
    return Sheet(sheet.name, rows, lines=lines), layout


def _below(sheet: Sheet, form: Block, first: int, end: int) -> Sheet:
    """Return the rows beneath a form as a sheet of their own, in which they keep their numbers.

    What the form says in words stands above them; figures do not, for a year among them would be taken for theirs.
    """
    rows: list[list[Cell]] = [[] for _row in range(first)]
    said = [(pair.words[-1].rstrip(":： "), str(pair.value)) for pair in form.pairs if isinstance(pair.value, str)]
    rows[-1] = [f"{label}：{value}" for label, value in said if not any(sign.isdigit() for sign in value)]
    merged = [area for area in sheet.merged if first <= area[0] < end]
    return Sheet(sheet.name, rows + sheet.rows[first:end], merged, sheet.hidden_rows, sheet.lines)
