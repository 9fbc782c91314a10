"""How often and when a service takes place, in words (每月第一个周六, 每周三、五下午, 每季度一次) and as rules.

The words are what counts and are kept as they were written; where all of them are understood, the rules tell the next
dates. The words are data here, like those of opening times.
"""

import enum
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Self

from flask_babel import lazy_gettext as _

from app.communities.naming import number
from app.core import checks
from app.core.fields import NotUnderstood, Worded
from app.resources import weekdays

LONGEST: Final = 120
"""How much somebody may type, in characters."""
AHEAD: Final = 400
"""How many days are looked through for the next date."""
LAST: Final = -1
"""Stands for the last one of a period."""

NO_SCHEDULE: Final = _("Say in words how often it takes place, for example 每月第一个周六 or 每季度一次.")


@enum.unique
class Period(enum.Enum):
    """A stretch of the calendar in which something takes place again; the value is the stored code."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    def around(self, day: date) -> tuple[date, date]:
        """Return the first and the last day of the period a day lies in; weeks begin on Monday."""
        if self is Period.WEEK:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        length = _MONTHS[self]
        first = (day.month - 1) // length * length + 1
        last = first + length - 1
        return date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1])


_MONTHS: Final = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}
_SPOKEN: Final = {
    "周": Period.WEEK,
    "星期": Period.WEEK,
    "月": Period.MONTH,
    "季": Period.QUARTER,
    "季度": Period.QUARTER,
    "半年": Period.HALF_YEAR,
    "年": Period.YEAR,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: on which days of a period, or only how many `times` in it.

    `weekdays`: 1 is Monday; `nth`: which of these weekdays in the period, empty for each of them; `days`: of the month;
    `dates`: month and day. LAST stands for the last one.
    """

    every: Period
    weekdays: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    dates: tuple[tuple[int, int], ...] = ()
    times: int = 0

    def is_on(self, day: date) -> bool:
        """Tell whether it takes place on a day."""
        if (day.month, day.day) in self.dates or day.day in self.days:
            return True
        first, last = self.every.around(day)
        if LAST in self.days and day == last:
            return True
        return day.isoweekday() in self.weekdays and (not self.nth or self._is_nth(day, first, last))

    def _is_nth(self, day: date, first: date, last: date) -> bool:
        return (day - first).days // 7 + 1 in self.nth or (LAST in self.nth and day + timedelta(days=7) > last)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        found: dict[str, Any] = {"every": self.every.value}
        for name in ("weekdays", "nth", "days"):
            if value := getattr(self, name):
                found[name] = list(value)
        found |= {"dates": [f"{month:02d}-{day:02d}" for month, day in self.dates]} if self.dates else {}
        return found | ({"times": self.times} if self.times else {})


@dataclass(frozen=True)
class Schedule(Worded):
    """What somebody wrote; `rules` is empty where it was not understood as a whole."""

    words: str
    rules: tuple[Rule, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what somebody typed. Raises NotUnderstood only for what is too long or cannot be seen."""
        words = " ".join(text.split())
        if len(words) > LONGEST or checks.visible(words) is not None:
            raise NotUnderstood(NO_SCHEDULE)
        return cls(words, _rules(words)) if words else None

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read the JSON: of the rules nothing, for they follow from the words. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, dict) or not {"words"} <= set(given) <= {"words", "rules"}:
            raise NotUnderstood(NO_SCHEDULE)
        if not isinstance(given["words"], str):
            raise NotUnderstood(NO_SCHEDULE)
        return cls.read(given["words"])

    def plain(self) -> dict[str, Any]:
        """Return the JSON."""
        return {"words": self.words, "rules": [rule.plain() for rule in self.rules]}

    def __str__(self) -> str:
        return self.words

    def coming(self, after: date, most: int = 3) -> list[date]:
        """Return the next dates from a day on, that day included; none where no day is said."""
        dated = [rule for rule in self.rules if not rule.times]
        days = (after + timedelta(days=ahead) for ahead in range(AHEAD if dated else 0))
        return list(islice((day for day in days if any(rule.is_on(day) for rule in dated)), most))

    def due(self, day: date) -> tuple[int, date] | None:
        """Return how many times it takes place in the present period, and its last day, where only that is said."""
        counted = [(rule.every.around(day)[1], rule.times) for rule in self.rules if rule.times]
        return next(((times, last) for last, times in sorted(counted)), None)


# -- reading --------------------------------------------------------------------------------------------------------

_NUMERAL: Final = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_AND: Final = r"\s*[、,和及]\s*"
_DASHES: Final = re.compile("[‐‑‒–—―−〜]")
_PARTS: Final = re.compile(r"[;。]")
_DAY: Final = "[一二三四五六日天]"
_DAYS: Final = rf"{weekdays.WEEK}{_DAY}(?:{_AND}{weekdays.WEEK}?{_DAY})*"
_WHICH: Final = rf"最后一个|首个|第?{_NUMERAL}(?:{_AND}第?{_NUMERAL})*个"
_NTH: Final = re.compile(rf"每个?(月|季度?)的?\s*({_WHICH})\s*({_DAYS})")
_LAST_DAY: Final = re.compile(r"每个?月的?\s*最后一[天日]")
_OF_MONTH: Final = re.compile(rf"每个?月的?\s*({_NUMERAL}[日号]?(?:{_AND}{_NUMERAL}[日号]?)*)(?<=[日号])")
_DATE: Final = rf"{_NUMERAL}月{_NUMERAL}[日号]"
_OF_YEAR: Final = re.compile(rf"每年的?\s*({_DATE}(?:{_AND}{_DATE})*)")
_HOLD: Final = "(?:开展|举办|组织|进行|至少|不少于)?"
_COUNT: Final = re.compile(rf"每个?(周|星期|月|季度?|半年|年){_HOLD}{_HOLD}({_NUMERAL})次")
_NUMBERS: Final = re.compile(_NUMERAL)
_OF_DAY: Final = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|全天"
_HOUR: Final = rf"{_NUMERAL}(?::\d\d|[点时](?:半|{_NUMERAL}分?)?)|{_NUMERAL}(?=\s*[-~至到])"
_TIMES: Final = re.compile(rf"(?:[\s、,和及~至到-]|{_OF_DAY}|{_HOUR}|各?[一1]次)*")
"""What may stand behind the days without making them others: hours."""


@lru_cache(maxsize=1000)
def _rules(words: str) -> tuple[Rule, ...]:
    """Return the rules of words that are understood as a whole, else none."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", words))
    found = [_rule(part.strip()) for part in _PARTS.split(plain) if part.strip()]
    return tuple(rule for rule in found if rule is not None) if None not in found else ()


def _rule(text: str) -> Rule | None:
    rule, at = _counted(text) or _dated(text) or _weekly(text)
    return rule if rule is not None and _TIMES.fullmatch(text, at) else None


def _counted(text: str) -> tuple[Rule | None, int] | None:
    found = _COUNT.match(text)
    if found is None:
        return None
    times = _read(found[2])
    return (Rule(_SPOKEN[found[1]], times=times) if times else None), found.end()


def _dated(text: str) -> tuple[Rule | None, int] | None:
    if found := _NTH.match(text):
        return _nth(*found.groups()), found.end()
    if found := _LAST_DAY.match(text):
        return Rule(Period.MONTH, days=(LAST,)), found.end()
    if found := _OF_MONTH.match(text):
        return _of_month(found[1]), found.end()
    if found := _OF_YEAR.match(text):
        return _of_year(found[1]), found.end()
    return None


def _nth(period: str, which: str, days: str) -> Rule | None:
    nth = {"最后一个": (LAST,), "首个": (1,)}.get(which) or _different(which)
    most = 5 if period == "月" else 13
    known = all(1 <= one <= most or one == LAST for one in nth)
    return Rule(_SPOKEN[period], tuple(sorted(weekdays.read(days)[0])), nth) if known else None


def _of_month(days: str) -> Rule | None:
    found = _different(days)
    return Rule(Period.MONTH, days=found) if all(1 <= day <= 31 for day in found) else None


def _of_year(dates: str) -> Rule | None:
    found = _numbers(dates)
    pairs = tuple(sorted(zip(found[::2], found[1::2], strict=True)))
    return Rule(Period.YEAR, dates=pairs) if all(_is_date(*pair) for pair in pairs) else None


def _is_date(month: int, day: int) -> bool:
    leap = 2024
    return 1 <= month <= 12 and 1 <= day <= monthrange(leap, month)[1]


def _weekly(text: str) -> tuple[Rule | None, int]:
    days, at = weekdays.read(text)
    return (Rule(Period.WEEK, tuple(sorted(days))) if days else None), at


def _numbers(text: str) -> list[int]:
    return [_read(one) for one in _NUMBERS.findall(text)]


def _different(text: str) -> tuple[int, ...]:
    return tuple(sorted(set(_numbers(text))))


def _read(numeral: str) -> int:
    """Return a number in digits or Chinese numerals; 0 where these make none."""
    return int(numeral) if numeral.isdecimal() else number(numeral) or 0
