"""Days of the week as people write them: 周六, 每周三、五, 周一至周五, 工作日, 周末, 每天; numbered 1 (Monday) to 7."""

import re
from collections.abc import Iterable
from typing import Final

NAMES: Final = "一二三四五六日"
WHOLE_WEEK: Final = frozenset(range(1, 8))
WORKING_DAYS: Final = frozenset(range(1, 6))
WEEKEND: Final = frozenset((6, 7))

DAY: Final = "[一二三四五六日天]"
WEEK: Final = "(?:周|星期|礼拜)"
EVERY: Final = r"每天|每日|天天|(?:每个?)?工作日|(?:每个?)?(?:周末|双休日?)"
BETWEEN: Final = re.compile(r"[\s、,和及与]+")
_EVERY: Final = re.compile(EVERY)
# A numeral that begins an hour (三点) is no further day, and one that counts times (每周一次) is none.
_FURTHER: Final = rf"(?:\s*(?:至|到|[-~])\s*(?:每?{WEEK})?({DAY}(?![点十次])))?"
_NAMED: Final = re.compile(rf"每?{WEEK}({DAY}(?!次)|[1-7](?![\d:点次])){_FURTHER}|({DAY}(?![点十次])){_FURTHER}")


def read(text: str, at: int = 0) -> tuple[frozenset[int], int]:
    """Return the days named in `text` from the position on, and the position behind them; no days where there are none.

    Days that run backwards, such as 周五到周二, are none.
    """
    days: set[int] = set()
    while True:
        every, named = _EVERY.match(text, at), _NAMED.match(text, at)
        # A numeral alone is a day only behind another one: 周三、五.
        named = named if named and (named[1] or days) else None
        found = every or named or BETWEEN.match(text, at)
        more = _every(every[0]) if every else _run(named[1] or named[3], named[2] or named[4]) if named else days
        if found is None or not (more or found.re is BETWEEN):
            return frozenset(days if found is None else ()), at
        days, at = days | set(more), found.end()


def _every(word: str) -> frozenset[int]:
    if "工作日" in word:
        return WORKING_DAYS
    return WEEKEND if "周末" in word or "双休" in word else WHOLE_WEEK


def _run(first: str, last: str | None) -> range:
    return range(number(first), number(last or first) + 1)


def number(word: str) -> int:
    """Return the number of a day written as one character."""
    return int(word) if word.isdecimal() else NAMES.index(word.replace("天", "日")) + 1


def said(days: Iterable[int]) -> str:
    """Return days in words that can be read again."""
    wanted = sorted(set(days))
    if len(wanted) == len(NAMES):
        return "每天"
    runs: list[list[int]] = []
    for day in wanted:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(words for run in runs for words in _run_said(run))


def _run_said(run: list[int]) -> list[str]:
    names = [f"周{NAMES[day - 1]}" for day in run]
    return [f"{names[0]}至{names[-1]}"] if len(run) > 2 else names
