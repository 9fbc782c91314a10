"""Weekly windows: when something can be had, as people write it (周六 9:00-11:30；每周三、五下午2点到4点) and as JSON.

The words are data here, like the spellings of places: whatever is read is printed in one way, which reads the same.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final, Self

from flask_babel import lazy_gettext as _

from app.communities.naming import number
from app.core import clock
from app.core.fields import NotUnderstood, Text, Worded
from app.resources import weekdays

MIDNIGHT: Final = 24 * 60
MOST: Final = 50
"""How many windows one thing may have."""
LONGEST: Final = 1000
"""How much somebody may type, in characters."""
LARGEST: Final = 10_000
"""The largest capacity of a window."""
NAMED: Final = {
    "全天": (0, MIDNIGHT),
    "上午": (9 * 60, 12 * 60),
    "中午": (12 * 60, 14 * 60),
    "下午": (14 * 60, 18 * 60),
    "晚上": (18 * 60, 21 * 60),
}
"""What is meant where somebody names a part of the day and no hours."""

_PART: Final = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚"
_HOUR: Final = rf"({_PART})?\s*(\d{{1,2}})\s*(?::(\d{{2}})|[点时](?:(半)|(\d{{1,2}})分?)?)?"
_SPAN: Final = re.compile(rf"{_HOUR}\s*(?:至|到|[-~])\s*{_HOUR}")
_NAMED: Final = re.compile("|".join(NAMED))
_CAPACITY: Final = re.compile(
    r"\(?\s*(?:每次|每场|限|最多|可约)\s*(\d+)\s*(?:人次|人|位|名|个|户|份)?\s*\)?|\(?\s*(\d+)\s*(?:人次|人|位|名|户)\s*\)?"
)
_END: Final = re.compile(rf"[;\n。]|[,，](?=\s*(?:{weekdays.EVERY}|每?{weekdays.WEEK}))")
_SPOKEN: Final = re.compile("[〇零一二两三四五六七八九十]+(?=[点时])|(?<=[点时])[零一二三四五十]+(?=分|至|到|-|~|$)")
_CLOCK: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")

NO_DAY: Final = _("Say on which days of the week, for example 周六 9:00-11:30 or 每周三、五 下午2点到4点.")
NO_TIME: Final = _("These are no opening times; write them like 周六 9:00-11:30 or 工作日 上午.")
NO_WINDOW: Final = _("A window has a weekday from 1 to 7, “from” and “to” like 09:00, and perhaps a capacity.")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A span of one weekday, in minutes after midnight; `capacity`: for how many at once, None where it is not said."""

    weekday: int
    """1 is Monday."""
    begins: int
    ends: int
    capacity: int | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "weekday": self.weekday,
            "from": _digits(self.begins),
            "to": _digits(self.ends),
            "capacity": self.capacity,
        }


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One window on one day."""

    window: Window
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Windows(Worded):
    """The weekly windows of one thing, in the order of the week; at least one."""

    each: tuple[Window, ...]

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what somebody typed. Raises NotUnderstood."""
        if len(text) > LONGEST:
            raise NotUnderstood(NO_TIME)
        plain = re.sub("[‐‑‒–—―−]", "-", unicodedata.normalize("NFKC", text)).replace("〜", "~")
        found = [window for part in _END.split(plain) if part.strip() for window in _Part(part.strip()).windows()]
        return cls._of(found)

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read the JSON. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, list):
            raise NotUnderstood(NO_WINDOW)
        return cls._of([_window(one) for one in given])

    @classmethod
    def _of(cls, found: list[Window]) -> Self | None:
        if len(found) > MOST:
            raise NotUnderstood(_("At most %(most)s windows.", most=MOST))
        return cls(tuple(sorted(found, key=lambda one: (one.weekday, one.begins, one.ends)))) if found else None

    def plain(self) -> list[dict[str, Any]]:
        """Return the JSON."""
        return [window.plain() for window in self.each]

    def __str__(self) -> str:
        days: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
        for one in self.each:
            days[one.begins, one.ends, one.capacity or 0].append(one.weekday)
        spans: defaultdict[tuple[bool, tuple[int, ...]], list[str]] = defaultdict(list)
        for (begins, ends, capacity), named in days.items():
            # A capacity holds for all times before it that have none; so those without one stand apart.
            spans[capacity > 0, tuple(named)].append(_said(begins, ends, capacity))
        return "；".join(f"{weekdays.said(named)} {'、'.join(said)}" for (_limited, named), said in spans.items())

    def at(self, moment: datetime) -> Occurrence | None:
        """Return the window a moment lies in; its end is no longer part of it."""
        day = clock.local(moment).date()
        return next((one for one in self._on(clock.day_starts(day)) if one.begins <= moment < one.ends), None)

    def coming(self, after: datetime, days: int = 15) -> Iterator[Occurrence]:
        """Yield the windows that are not over, the next first."""
        first = clock.local(after).date()
        for ahead in range(days):
            yield from (one for one in self._on(clock.day_starts(first + timedelta(days=ahead))) if one.ends > after)

    def next_free(self, after: datetime, taken: Callable[[Occurrence], int]) -> Occurrence | None:
        """Return the next window with room; `taken` counts what is taken of one."""
        return next((one for one in self.coming(after) if room(one, taken) != 0), None)

    def _on(self, midnight: datetime) -> Iterator[Occurrence]:
        weekday = clock.local(midnight).isoweekday()
        for window in self.each:
            if window.weekday == weekday:
                begins, ends = (midnight + timedelta(minutes=at) for at in (window.begins, window.ends))
                yield Occurrence(window, begins, ends)


def room(occurrence: Occurrence, taken: Callable[[Occurrence], int]) -> int | None:
    """Return for how many there is room left; None where that is not limited."""
    capacity = occurrence.window.capacity
    return None if capacity is None else max(0, capacity - taken(occurrence))


def complaint(value: Windows) -> Text | None:
    """Complain about a window that ends before it begins, and about two of one day that overlap."""
    for one in value.each:
        if one.ends <= one.begins:
            return _("%(window)s ends before it begins.", window=Windows((one,)))
    for one, following in pairwise(value.each):
        if one.weekday == following.weekday and following.begins < one.ends:
            return _("%(one)s and %(other)s overlap.", one=Windows((one,)), other=Windows((following,)))
    return None


# -- reading --------------------------------------------------------------------------------------------------------


class _Part:
    """Reads one part of what somebody typed: days, then times, perhaps for how many."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def windows(self) -> list[Window]:
        """Return the windows the part names. Raises NotUnderstood."""
        days, self.at = weekdays.read(self.text)
        if not days:
            raise NotUnderstood(NO_DAY)
        self.text = _SPOKEN.sub(lambda found: f"{number(found[0]) or 0}", self.text[self.at :])
        self.at = 0
        spans = self._spans() or [Window(0, *NAMED["全天"])]
        return [replace(span, weekday=day) for day in sorted(days) for span in spans]

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def _spans(self) -> list[Window]:
        found: list[Window] = []
        while self.at < len(self.text):
            if span := self._take(_SPAN):
                found.append(_span(*span.groups()))
            elif named := self._take(_NAMED):
                found.append(Window(0, *NAMED[named[0]]))
            elif capacity := self._take(_CAPACITY):
                found = _limited(found, int((capacity[1] or capacity[2])[:6]))
            elif not self._take(weekdays.BETWEEN):
                raise NotUnderstood(NO_TIME)
        return found


def _limited(spans: list[Window], capacity: int) -> list[Window]:
    """Give the capacity to the times written before it."""
    if not 1 <= capacity <= LARGEST:
        raise NotUnderstood(NO_WINDOW)
    spans = spans or [Window(0, *NAMED["全天"])]
    return [one if one.capacity is not None else replace(one, capacity=capacity) for one in spans]


def _span(*parts: str | None) -> Window:
    """Return the span from one hour to another, each given as part of the day, hour, :minutes, half and minutes."""
    begins = _minutes(parts[0], *parts[1:5])
    # 下午2点到4点: the second hour is of the same part of the day.
    return Window(0, begins, _minutes(parts[5] or parts[0], *parts[6:10]))


def _minutes(part: str | None, *given: str | None) -> int:
    hour, minutes = int(given[0] or 0), int(given[1] or given[3] or 0)
    minutes = 30 if given[2] else minutes
    late = (part in ("下午", "傍晚", "晚上", "晚") and hour < 12) or (part == "中午" and hour < 10)
    midnight = part in ("晚上", "晚") and hour == 12
    hour += 12 if late or midnight else 0
    if hour * 60 + minutes > MIDNIGHT or minutes > 59:
        raise NotUnderstood(NO_TIME)
    return hour * 60 + minutes


def _window(given: Any) -> Window:
    if not isinstance(given, dict) or not {"weekday", "from", "to"} <= set(given) <= {
        "weekday",
        "from",
        "to",
        "capacity",
    }:
        raise NotUnderstood(NO_WINDOW)
    weekday, capacity = given["weekday"], given.get("capacity")
    if not _counts(weekday, 7) or not (capacity is None or _counts(capacity, LARGEST)):
        raise NotUnderstood(NO_WINDOW)
    return Window(weekday, _read(given["from"]), _read(given["to"]), capacity)


def _counts(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _read(value: Any) -> int:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else MIDNIGHT + 1
    if minutes > MIDNIGHT:
        raise NotUnderstood(NO_WINDOW)
    return minutes


# -- printing -------------------------------------------------------------------------------------------------------


def _digits(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def hours(begins: int, ends: int) -> str:
    """Return a span of the day in words."""
    if (begins, ends) == NAMED["全天"]:
        return "全天"
    return f"{begins // 60}:{begins % 60:02d}–{ends // 60}:{ends % 60:02d}"


def _said(begins: int, ends: int, capacity: int) -> str:
    return hours(begins, ends) + (f"（每次 {capacity} 人）" if capacity else "")
