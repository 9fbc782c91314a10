"""Days of birth as they are known: often only the month or the year (1952-03), as ledgers and old people say it."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.fields import NotUnderstood, Worded
from app.core.masking import MASKED

EARLIEST: Final = 1900
LENGTH: Final = 10
"""Of the longest stored form, YYYY-MM-DD."""

_PARTED: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)|年?)", re.ASCII)
_RUN: Final = re.compile(r"(\d{4})(\d{2})(\d{2})?", re.ASCII)

NO_BIRTH: Final = _("Write the date of birth like 1952-03-08, or 1952-03 where the day is not known.")
NO_DAY: Final = _("There is no such day in the calendar.")
TOO_EARLY: Final = _("Somebody born before 1900 is not kept here; look at the year again.")
FUTURE: Final = _("The date of birth lies in the future.")


@dataclass(frozen=True, slots=True, order=True)
class Birth(Worded):
    """A year, or a month or day of it. Stored as YYYY, YYYY-MM or YYYY-MM-DD, which sort by time."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    year: int
    month: int = 0
    """0 where it is not known."""
    day: int = 0

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read 1952-03-08, 1952年3月8日, 1952.3, 195203, 19520308 or 1952. Raises NotUnderstood."""
        tidy = "".join(unicodedata.normalize("NFKC", text).split())
        if not tidy:
            return None
        found = _RUN.fullmatch(tidy) or _PARTED.fullmatch(tidy)
        if found is None:
            raise NotUnderstood(NO_BIRTH)
        parts = [int(part) for part in found.groups() if part]
        if 0 in parts:
            raise NotUnderstood(NO_DAY)
        return cls(*parts).checked()

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read what is stored or sent by programs. Raises NotUnderstood."""
        if given is None:
            return None
        if not isinstance(given, str):
            raise NotUnderstood(NO_BIRTH)
        return cls.read(given)

    def checked(self) -> Self:
        """Return it if it is a day, month or year somebody alive can be born in. Raises NotUnderstood."""
        if self.year < EARLIEST:
            raise NotUnderstood(TOO_EARLY)
        try:
            first = self.first
        except ValueError:
            raise NotUnderstood(NO_DAY) from None
        if first > clock.today():
            raise NotUnderstood(FUTURE)
        return self

    def plain(self) -> str:
        """Return it as it is stored and sent."""
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part)]
        return "-".join(parts)

    def __str__(self) -> str:
        return self.plain()

    @property
    def first(self) -> date:
        """Return the first day it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """Return the last day it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def agrees(self, other: "Birth") -> bool:
        """Tell whether both may be the same day: one says no less than the other, and nothing else."""
        return self.plain().startswith(other.plain()) or other.plain().startswith(self.plain())

    def ages(self, day: date) -> tuple[int, int]:
        """Return the least and the greatest age in full years on a day."""
        return max(_years(self.last, day), 0), max(_years(self.first, day), 0)

    def may_be_under(self, years: int, day: date) -> bool:
        """Tell whether the person may be younger than so many years; what is not known counts for the child."""
        return self.ages(day)[0] < years

    def age(self, day: date) -> str:
        """Return the age in words; of a month or year both ages it may be."""
        least, most = self.ages(day)
        if least == most:
            return gettext("%(years)s years old", years=least)
        return gettext("%(least)s or %(most)s years old", least=least, most=most)


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_band(text: str) -> str:
    """Show a date of birth by the ten years of age it falls into."""
    try:
        born = Birth.read(text)
    except NotUnderstood:
        born = None
    if born is None:
        return MASKED * 3
    least = born.ages(clock.today())[1] // 10 * 10
    return gettext("%(least)s to %(most)s years old", least=least, most=least + 9) + MASKED * 3
