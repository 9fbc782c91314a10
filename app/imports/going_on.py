"""Rows of needs that only go on with the one above: long words over two lines, and how it was dealt with below it.

Secretaries number each need, and leave the number out where its words take another line, where 办理：已修 stands below
what was asked, or where several units share one need whose words are merged over their lines. Such a row is no need of
its own: its words are put into the row above. Where that is not clear, the row stays and is asked about.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from app.core.sheets import values
from app.core.sheets.book import Cell, Sheet
from app.core.sheets.headings import NUMBERING, comparable
from app.core.sheets.layout import Layout, said_by
from app.needs.ledger import APPEAL, NEED

CONTENT: Final = "content"
WORDS: Final = frozenset({CONTENT, "detail", "status", "measures", "feedback", "remark", "handler"})
"""What may go on in the next row."""
LISTED: Final = frozenset({"handler", "done_date"})
"""Of what one need may have several."""
_PLAIN: Final = {"内容": CONTENT}
"""Headings that say it only beside others."""
_OPEN: Final = re.compile(r"[,，、;；:：(（—-]\s*$")
_CLOSES: Final = re.compile(r"\s*[,，、。;；:：)）]")
_DEALT: Final = "(?:办理|处理|处置|答复|回复|落实|解决|反馈)(?:情况|结果|措施|意见|过程|内容)?"
_HOW: Final = re.compile(rf"\s*[(（\[【]?{_DEALT}[)）\]】]?\s*[:：]")
_ANSWER: Final = re.compile(_DEALT)
_ASKED: Final = re.compile("(?:群众|居民|反映)?(?:诉求|需求|问题|反映|事项)(?:内容|情况)?")


@cache
def keys_of_needs() -> Mapping[str, str]:
    """Return the columns of needs by their headings in the form in which they are compared."""
    words = {comparable(word): one.key for ledger in (NEED, APPEAL) for one in ledger.columns for word in one.words}
    return _PLAIN | words


def joined(sheet: Sheet, tables: list[Layout]) -> list[Sheet]:
    """Return the sheet with the rows that go on put into those above, as the only one; nothing where there are none."""
    found = {at: more for table in tables for at, more in _Needs.of(sheet, table).going_on()}
    if not found:
        return []
    rows, unsure = list(sheet.rows), frozenset(at for at, more in found.items() if more is None)
    for at, more in found.items():
        if more is not None:
            above, cells = more
            rows[above], rows[at] = _with(rows[above], cells), []
    return [replace(sheet, rows=rows, gone_on=frozenset(found) - unsure, may_go_on=unsure)]


More = tuple[int, Mapping[int, tuple[str, str]]]
"""The row that is gone on with, and by column what comes behind, with what parts it from what stands there."""


def _with(row: list[Cell], more: Mapping[int, tuple[str, str]]) -> list[Cell]:
    found = [*row, *[None] * (max(more, default=0) + 1 - len(row))]
    for place, (between, text) in more.items():
        before = _text(found[place])
        found[place] = f"{before}{'' if _OPEN.search(before) else between}{text}" if before else text
    return found


def _text(cell: Cell) -> str:
    return "" if cell is None else values.written(cell).strip()


@dataclass(frozen=True, slots=True)
class _Needs:
    """One table of needs; `keys`: what its columns are; `numbers`: the one that counts the rows, if one does."""

    sheet: Sheet
    table: Layout
    keys: Mapping[int, str]
    numbers: int | None
    content: int | None

    @classmethod
    def of(cls, sheet: Sheet, table: Layout) -> "_Needs":
        said = {place: comparable(words[-1]) for place, words in sorted(table.headings.items())}
        keys = {place: keys_of_needs().get(word, "") for place, word in said.items()}
        numbers = next((place for place, word in said.items() if word in NUMBERING), None)
        content = next((place for place, key in keys.items() if key == CONTENT), None)
        return cls(sheet, table, keys, numbers, content)

    def going_on(self) -> Iterator[tuple[int, More | None]]:
        """Yield the rows that go on with one above, and how; None where that is not clear."""
        if self.numbers is None or self.content is None:
            return
        above, section = -1, ""
        for at, within in self.table.data:
            row = self.sheet.rows[at]
            if self.numbers < len(row) and row[self.numbers] not in (None, ""):
                above, section = at, within
            elif above >= 0 and within == section and (own := said_by(row)):
                more = self._more(above, own, said_by(self.table.rows[at]))
                if more is not None or self._is_bare(above, at):
                    yield at, None if more is None else (above, more)

    def _more(
        self, above: int, own: Mapping[int, Cell], whole: Mapping[int, Cell]
    ) -> Mapping[int, tuple[str, str]] | None:
        """Return what a row adds to the one above, if it does."""
        place = self.content or 0
        before = _text(self.table.rows[above][place]) if place < len(self.table.rows[above]) else ""
        keys = {self.keys.get(at, "") for at in own}
        if place in own and (label := self._label(above, own)) is not None:
            return {place: ("\n", self._dealt(label, own))}
        if place in own:
            text = _text(own[place])
            goes_on = _OPEN.search(before) or _CLOSES.match(text) or (_HOW.match(text) and not _HOW.match(before))
            is_more = keys <= WORDS and bool(goes_on)
        else:
            is_same = _text(whole.get(place)) == before
            is_more = bool(before) and keys <= (WORDS | LISTED if is_same else WORDS)
        return {at: (self._between(at), _text(cell)) for at, cell in own.items()} if is_more else None

    def _between(self, place: int) -> str:
        return "、" if self.keys.get(place) in LISTED else "\n"

    def _label(self, above: int, own: Mapping[int, Cell]) -> int | None:
        """Return the column that says 诉求 of the row above, and 办理 of this one."""
        upper = said_by(self.table.rows[above])
        pairs = {place: (_text(upper.get(place)), _text(cell)) for place, cell in own.items() if place != self.content}
        found = (at for at, (asked, now) in pairs.items() if _ASKED.fullmatch(asked) and _ANSWER.fullmatch(now))
        return next(found, None)

    def _dealt(self, label: int, own: Mapping[int, Cell]) -> str:
        """Return in one text how it was dealt with, and what else the row says."""
        rest = "，".join(_text(cell) for at, cell in own.items() if at not in (label, self.content))
        return f"{_text(own[label])}：{_text(own[self.content or 0])}" + (f"（{rest}）" if rest else "")

    def _is_bare(self, above: int, at: int) -> bool:
        """Tell whether a row says nothing but words, where the one above also says who, when or where."""
        upper, lower = said_by(self.table.rows[above]), said_by(self.table.rows[at])
        beyond = [place for place in upper if place != self.numbers and self.keys.get(place, "") not in WORDS]
        return bool(beyond) and all(self.keys.get(place) in WORDS for place in lower)
