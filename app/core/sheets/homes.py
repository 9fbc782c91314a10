"""Lines above the members of a household that say whose it is: 户号：003, 户主：张三, in one cell or several."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from app.core.sheets.book import Cell
from app.core.sheets.headings import HAN, comparable

FIRST: Final = frozenset({"户号", "户编号", "户口号", "户口本户号", "家庭编号", "户主", "户主姓名"})
"""With one of these such a line begins."""
_BEGINS: Final = frozenset(word[0] for word in FIRST)
_LABELLED: Final = re.compile(r"(?:^|(?<=[\s，,；;、]))([\u3400-\u9fff]{2,8})\s*[:：]\s*")
_BETWEEN: Final = " \u3000\n\t，,;；、"
LINE: Final = re.compile(r"([\u3400-\u9fff]{2,8})：(.+)")
"""How one of them is handed on."""


def begins(line: str) -> bool:
    """Tell whether a line of a section is the first one of a household."""
    found = LINE.match(line)
    return found is not None and found[1] in FIRST


def lines(cells: Mapping[int, Cell], known: Callable[[str], bool]) -> list[str]:
    """Return what such a row says, a label with its value in each line; nothing where a row is none."""
    texts = list(dict.fromkeys(str(value).strip() for value in cells.values()))
    if not texts or texts[0][:1] not in _BEGINS:
        return []
    pairs = _by_turns(texts, known) or _labelled(texts)
    return [f"{label}：{value}" for label, value in pairs if value]


def _by_turns(texts: list[str], known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Return labels and values that have a cell each: 户号, 003, 户主, 张三."""
    labels, values = [comparable(text) for text in texts[::2]], texts[1::2]
    are_labels = labels[0] in FIRST and all(known(one) and HAN.search(one) for one in labels)
    is_clear = len(labels) == len(values) and not any(known(comparable(one)) for one in values)
    return list(zip(labels, values, strict=True)) if are_labels and is_clear else []


def _labelled(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return labels with their values, where each cell begins with one: 户号：003 户主：张三."""
    found: list[tuple[str, str]] = []
    for text in texts:
        marks = list(_LABELLED.finditer(text))
        if not marks or marks[0].start():
            return []
        ends = [one.start() for one in marks[1:]] + [len(text)]
        found += [(one[1], text[one.end() : end].strip(_BETWEEN)) for one, end in zip(marks, ends, strict=True)]
    return found if found and found[0][0] in FIRST else []
