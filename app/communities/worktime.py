"""Working time: the hours of a day in which the office works, and the days on which it does.

The words of the hours are data here, like the spellings of places: whatever is read is printed in one way, which reads
the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, Final, Self

from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.fields import NotUnderstood, Worded

SATURDAY: Final = 5
MIDNIGHT: Final = 24 * 60
NOON: Final = 12 * 60
HALF: Final = 30
DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 4_000
"""Of how many days a calendar keeps when the office works."""
MOST: Final = 4
"""How many spans a working day may have."""
LENGTH: Final = 60
"""Of the longest stored form."""

_TIME: Final = r"(上午|下午)?(\d{1,2})(?:[:点时](\d{2}|半)?分?)?"
_SPAN: Final = re.compile(rf"{_TIME}[-~至到]{_TIME}", re.ASCII)

NO_HOURS: Final = _("Write the working hours like 9:00-12:00、14:00-18:00.")
NOT_IN_ORDER: Final = _("The hours of a day follow each other and do not overlap.")


@dataclass(frozen=True, slots=True)
class WorkingHours(Worded):
    """The spans of a working day, in minutes after midnight, in order; at least one."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read 9:00-12:00、14:00-18:00, 9-12 14-18 or 上午9点到12点，下午2点到6点. Raises NotUnderstood."""
        plain = re.sub("[‐‑‒–—―−]", "-", unicodedata.normalize("NFKC", text))
        tidy = re.sub(r"\s*([-~至到:])\s*", r"\1", plain.strip())
        if not tidy:
            return None
        found = [_SPAN.fullmatch(part) for part in re.split(r"[、,;\s]+", tidy)]
        if len(found) > MOST:
            raise NotUnderstood(NO_HOURS)
        return cls(tuple(_span(part) for part in found)).checked()

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read what is stored or sent by programs. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, str):
            raise NotUnderstood(NO_HOURS)
        return cls.read(given)

    def checked(self) -> Self:
        """Return it if each span ends after it began and before the next. Raises NotUnderstood."""
        in_order = all(begins < ends <= MIDNIGHT for begins, ends in self.spans)
        if not in_order or any(ends > begins for (_first, ends), (begins, _last) in pairwise(self.spans)):
            raise NotUnderstood(NOT_IN_ORDER)
        return self

    @property
    def minutes(self) -> int:
        """Return how long a working day is."""
        return sum(ends - begins for begins, ends in self.spans)

    def plain(self) -> str:
        """Return it as it is stored and sent."""
        return str(self)

    def __str__(self) -> str:
        return "、".join(f"{_digits(begins)}-{_digits(ends)}" for begins, ends in self.spans)


def _span(found: re.Match[str] | None) -> tuple[int, int]:
    if found is None:
        raise NotUnderstood(NO_HOURS)
    part, hour, minute, last, until, end = found.groups()
    return _minute(part, hour, minute), _minute(last or part, until, end)


def _minute(part: str | None, hour: str, minute: str | None) -> int:
    past = HALF if minute == "半" else int(minute or 0)
    at = int(hour) * 60 + past
    if past > 59:
        raise NotUnderstood(NO_HOURS)
    return at + NOON if part == "下午" and at < NOON else at


def _digits(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


@dataclass(frozen=True)
class WorkCalendar:
    """When the office works: its hours, and the days that differ from Monday to Friday."""

    hours: WorkingHours
    days: Mapping[date, bool] = field(default_factory=dict)
    _spans: dict[date, list[tuple[datetime, datetime]]] = field(default_factory=dict, init=False, compare=False)
    """Of the days somebody asked for lately; one clock asks for a fortnight of them."""

    def works(self, day: date) -> bool:
        """Tell whether the office works on a day."""
        return self.days.get(day, day.weekday() < SATURDAY)

    def knows(self, year: int) -> bool:
        """Tell whether any day of a year was entered."""
        return year in self._years

    @cached_property
    def _years(self) -> frozenset[int]:
        return frozenset(day.year for day in self.days)

    def after(self, moment: datetime, minutes: int) -> datetime:
        """Return the moment by which so many minutes of working time have passed since `moment`."""
        left = timedelta(minutes=minutes)
        if left <= timedelta():
            return moment
        spans = self._since(moment)
        begins, ends = next(spans)
        while left > ends - begins:
            left -= ends - begins
            begins, ends = next(spans)
        return begins + left

    def between(self, begins: datetime, ends: datetime) -> int:
        """Return the minutes of working time between two moments; 0 where the second is not later."""
        passed = timedelta()
        for first, last in self._since(begins):
            if first >= ends:
                break
            passed += min(last, ends) - first
        return int(passed.total_seconds()) // 60

    def _since(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working spans that are not over at a moment; of the one it lies in the rest."""
        day = clock.local(moment).date()
        while True:
            for begins, ends in self.spans(day):
                if ends > moment:
                    yield max(begins, moment), ends
            day += DAY

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the working spans of a day; none where the office is closed."""
        known = self._spans.get(day)
        if known is None:
            if len(self._spans) >= MOST_DAYS:
                self._spans.clear()
            known = self._spans[day] = self._spans_of(day)
        return known

    def _spans_of(self, day: date) -> list[tuple[datetime, datetime]]:
        midnight = clock.day_starts(day)
        spans = self.hours.spans if self.works(day) else ()
        return [(midnight + timedelta(minutes=begins), midnight + timedelta(minutes=ends)) for begins, ends in spans]
