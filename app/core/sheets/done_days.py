"""Days on which something was done: what is not done yet has none, which ledgers say in that column."""

import re
from typing import Final

from app.core.sheets import filling, readers, values
from app.core.sheets.book import Cell
from app.core.sheets.ledger import Draft, Reader, Sight

_WORK: Final = (
    "(?:办理|处理|办结|完成|解决|落实|落地|整改|处置|推进|跟进|进行|协调|实施|施工|完工|受理|回复|结案|实现|结束)"
)
_OPEN: Final = re.compile(
    f"(?:正在|尚在|仍在|还在|持续|继续|长期|陆续)?{_WORK}(?:之)?中|(?:正在|持续|继续|长期|陆续){_WORK}?|在办|"
    f"(?:尚|还|暂|仍)?(?:未|没有?|待){_WORK}|(?:待|未)(?:办|定|结)|(?:暂缓|缓办|挂起|搁置)(?:{_WORK})?"
)
"""进行中, 正在办理, 未办结, 待办."""


def done_day(sets: str) -> Reader:
    """A day, or its month, on which something was done; a word that says that it is not done yet is told."""
    day = readers.day(sets, part=True)

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        if isinstance(cell, str) and _OPEN.fullmatch(said := values.half(cell).strip("。.()")):
            draft.warn("not_done_yet", key, said)
        else:
            day(draft, key, cell, sight)

    return filling.filling(sets, read)
