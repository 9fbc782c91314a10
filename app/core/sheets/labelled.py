"""Lines above several rows that say label by label what these have in common: 户号：003, 户主：张三, 网格：第一网格."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from app.core.sheets.book import Cell
from app.core.sheets.headings import HAN, comparable

HOMES: Final = frozenset({"户号", "户编号", "户口号", "户口本户号", "家庭编号", "户主", "户主姓名"})
"""With one of these the line of a household begins."""
OTHERS: Final = frozenset(
    {
        "网格",
        "所属网格",
        "所在网格",
        "网格名称",
        "单位",
        "单位名称",
        "所在单位",
        "工作单位",
        "报到单位",
        "党组织",
        "党支部",
    }
    | {"小区", "楼栋", "片区", "所在党支部", "所在党组织", "提供单位", "共建单位"}
)
"""With one of these that of a grid or a unit."""
_BEGINS: Final = frozenset(word[0] for word in HOMES | OTHERS | {"第"})
_LABELLED: Final = re.compile(r"(?:^|(?<=[\s，,；;、]))([\u3400-\u9fff]{2,8})\s*[:：]\s*")
_BETWEEN: Final = " \u3000\n\t，,;；、"
COLON: Final = "："
_LINE: Final = re.compile(f"([\u3400-\u9fff]{{2,8}}){COLON}(.+)")

Known = Callable[[str], bool]


_SPACED: Final = re.compile("(?<![\u3400-\u9fff])([\u3400-\u9fff])\\s+([\u3400-\u9fff])(?=\\s*[:：])")
"""户 号：003."""
_WHICH: Final = re.compile("第[0-9一二三四五六七八九十]+户")


def parted(line: str) -> tuple[str, str]:
    """Return label and value of a line that is handed on; nothing where it is no such line."""
    found = _LINE.fullmatch(line)
    return (found[1], found[2]) if found is not None else ("", "")


def may_begin(cells: Mapping[int, Cell]) -> bool:
    """Tell whether a row may be the first of such lines, which most rows of data are seen not to be at once."""
    first = next(iter(cells.values()), None)
    return isinstance(first, str) and first.lstrip()[:1] in _BEGINS


def lines(cells: Mapping[int, Cell], known: Known, goes_on: bool = False) -> list[str]:
    """Return what such a row says, a label with its value in each line; nothing where a row is none.

    `goes_on`: whether the row above is one; then it need not begin like one.
    """
    if not (goes_on or may_begin(cells)):
        return []
    texts = list(dict.fromkeys(_SPACED.sub(r"\1\2", str(value).strip()) for value in cells.values()))
    texts = texts[1:] if len(texts) > 1 and _WHICH.fullmatch(texts[0]) else texts
    pairs = _by_turns(texts, known) or _together(texts)
    begins = bool(pairs) and (pairs[0][0] in HOMES | OTHERS or (goes_on and known(comparable(pairs[0][0]))))
    return [f"{label}{COLON}{value}" for label, value in pairs if value] if begins else []


def _by_turns(texts: list[str], known: Known) -> list[tuple[str, str]]:
    """Return labels and values that have a cell each: 户号, 003, 户主, 张三."""
    labels, values = [comparable(text) for text in texts[::2]], texts[1::2]
    # In a row of two cells 户主 is what somebody is to the household.
    are_labels = len(labels) > 1 and labels[0] in HOMES and all(known(one) and HAN.search(one) for one in labels)
    is_clear = len(labels) == len(values) and not any(known(comparable(one)) for one in values)
    return list(zip(labels, values, strict=True)) if are_labels and is_clear else []


def _together(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return labels with their values, where each cell begins with one: 户号：003 户主：张三."""
    found: list[tuple[str, str]] = []
    for text in texts:
        marks = list(_LABELLED.finditer(text))
        if marks and not marks[0].start():
            ends = [one.start() for one in marks[1:]] + [len(text)]
            found += [(one[1], text[one.end() : end].strip(_BETWEEN)) for one, end in zip(marks, ends, strict=True)]
        elif not (found and _COUNT.fullmatch(text)):
            return []
    return found


_COUNT: Final = re.compile(r"[(（]?共?\s*\d+\s*[人户件项条名][)）]?")
"""How many rows follow, which may stand behind."""
