"""Options printed in one cell, each with a box to tick: □男 ☑女, 男( ) 女(√)."""

import re
from typing import Final

_BOXED: Final = re.compile(r"[(（\[]\s*([√✓✔])\s*[)）\]]")
_UNBOXED: Final = re.compile(r"[(（\[]\s*[)）\]]")
_OPTIONS: Final = re.compile("([□☐☑☒■✅√✓✔]+)|([^□☐☑☒■✅√✓✔]+)")
_BOXES: Final = frozenset("□☐☑☒■✅")
_EMPTY_BOXES: Final = frozenset("□☐")


def ticked(said: str) -> str:
    """Return of options with boxes to tick, such as □男 ☑女, the ones that are ticked; any other text as it is."""
    if said.isalnum():
        return said
    found = [(one[1], one[2]) for one in _OPTIONS.finditer(_bare_boxes(said))]
    marks = [mark for mark, _words in found if mark]
    words = [plain for _mark, words in found if words and (plain := words.strip(" \u3000、,，;；\n"))]
    if len(marks) != len(words) or not any(_BOXES & set(mark) for mark in marks):
        return said
    if len(words) == 1 and not _BOXES & set(said):
        # Brackets with nothing in them behind a single word are no option.
        return said
    return "、".join(word for mark, word in zip(marks, words, strict=True) if not _EMPTY_BOXES.issuperset(mark))


def _bare_boxes(said: str) -> str:
    return _UNBOXED.sub("□", _BOXED.sub("☑", said))
