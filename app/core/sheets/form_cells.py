"""The cells of forms: which are labels, and whether labels and values stand by turns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from app.core.sheets.book import Cell, Sheet
from app.core.sheets.headings import NUMBERING, comparable, readings
from app.core.sheets.layout import LONGEST_HEADING, Known

LEAST_BESIDE: Final = 2
"""So many cells make a label and its value."""
SHARE: Final = 0.6
"""So much of a form its labels, or its columns, must have in common with the first."""
_BETWEEN: Final = " \u3000\n\t，,;；。"
_LABEL: Final = re.compile(r"(?:^|(?<=[\s，,;；。]))([^\s:：，,;；。]{1,15})\s*[:：]")
"""A label that stands in one cell with its value: 姓名：张三."""


@dataclass(frozen=True, slots=True)
class Span:
    """A cell that holds something, over the columns it is merged across."""

    first: int
    last: int
    value: Cell
    is_label: bool


class FormCells:
    """The cells of a sheet, row by row, those that are merged as one."""

    def __init__(self, sheet: Sheet, known: Known) -> None:
        self.sheet, self.known = sheet, known
        self.ends = {(top, left): right for top, left, _bottom, right in sheet.merged}
        self.columns: set[int] = set()
        """The columns in which labels stand."""
        self.words: set[str] = set()
        """The labels that are surely some."""

    def __call__(self, row: int) -> list[Span]:
        """Return the cells of a row that hold something."""
        return self._settled(list(self.found(row)))

    def found(self, row: int) -> Iterator[Span]:
        """Yield the cells of a row that hold something."""
        for at, value in enumerate(self.sheet.rows[row]):
            if value is not None and str(value).strip():
                yield Span(at, self.ends.get((row, at), at), value, self.is_label(value))

    def learn(self, rows: Iterable[int]) -> None:
        """Learn from the rows that are plainly by turns where labels stand."""
        plainly = [found for at in rows if is_by_turns(found := list(self.found(at)))]
        labels = [span for found in plainly for span in found if span.is_label]
        if sum(map(has_two_values, plainly)) >= len(plainly) * SHARE:
            # Values side by side: only what stands before them all is a label.
            labels = [span for span in labels if span.first == labels[0].first]
        self.columns = {span.first for span in labels}
        self.words = {said_by(span) for span in labels}

    def _settled(self, spans: list[Span]) -> list[Span]:
        """Return the cells, a heading that is a value as one: 党员 behind 政治面貌, where no label ever stands."""
        is_heading = len(spans) > LEAST_BESIDE and all(span.is_label for span in spans)
        if is_heading and any(said_by(span) in self.words for span in spans):
            return spans
        for at in range(1, len(spans) if self.columns else 0):
            span, is_next = spans[at], spans[at - 1].last + 1 == spans[at].first
            if is_next and span.first not in self.columns and said_by(span) not in self.words:
                spans[at] = replace(span, is_label=False)
        return spans

    def is_label(self, value: Cell) -> bool:
        """Tell whether a cell is a known heading."""
        if not isinstance(value, str) or len(value) > LONGEST_HEADING or comparable(value) in NUMBERING:
            return False
        return any(self.known(said) for said in readings(value))


class InlineCells(FormCells):
    """Cells that hold label and value together, each taken apart."""

    def found(self, row: int) -> Iterator[Span]:
        """Yield labels and values as if they stood side by side."""
        values = [value for span in super().found(row) for value in self._apart(span.value)]
        for at, value in enumerate(values):
            if str(value).strip():
                yield Span(at, at, value, self.is_label(value))

    def _apart(self, value: Cell) -> list[Cell]:
        text = value if isinstance(value, str) else ""
        marks = [one for one in _LABEL.finditer(text) if self.is_label(one[1])]
        if not marks or text[: marks[0].start()].strip():
            return [value]
        ends = [one.start() for one in marks[1:]] + [len(text)]
        return [
            part
            for one, end in zip(marks, ends, strict=True)
            for part in (one[1], text[one.end() : end].strip(_BETWEEN))
        ]


def touch(one: Span, other: Span) -> bool:
    return one.is_label and other.is_label and one.last + 1 == other.first


def is_by_turns(spans: Sequence[Span]) -> bool:
    """Tell whether labels and values stand by turns, once what stands over all of them is left away."""
    own = spans[1:] if len(spans) > LEAST_BESIDE and touch(spans[0], spans[1]) else spans
    return any(span.is_label for span in own) and not any(touch(*pair) for pair in pairwise(own))


def has_two_values(spans: Sequence[Span]) -> bool:
    return len(spans) > LEAST_BESIDE and spans[0].is_label and not spans[1].is_label and not spans[2].is_label


def said_by(span: Span) -> str:
    return comparable(str(span.value))
