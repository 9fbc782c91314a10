"""When a job runs: the last and the next moment of a schedule, in Shanghai time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from flask_babel import gettext

from app.core import clock


class Schedule(Protocol):
    """Says when a job is due; the moments follow from the clock alone, so that they survive a restart."""

    def last(self, moment: datetime) -> datetime:
        """Return the latest moment of the schedule that is not after `moment`."""

    def next(self, moment: datetime) -> datetime:
        """Return the first moment of the schedule after `moment`."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes, counted from midnight."""

    minutes: int

    def last(self, moment: datetime) -> datetime:
        """Return the latest moment of the schedule that is not after `moment`."""
        midnight = clock.day_starts(clock.local(moment).date())
        step = timedelta(minutes=self.minutes)
        return midnight + (moment - midnight) // step * step

    def next(self, moment: datetime) -> datetime:
        """Return the first moment of the schedule after `moment`."""
        tomorrow = clock.day_ends(clock.local(moment).date())
        return min(self.last(moment) + timedelta(minutes=self.minutes), tomorrow)

    def __str__(self) -> str:
        return gettext("every %(minutes)s minutes", minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at a time of the day."""

    hour: int
    minute: int = 0

    def last(self, moment: datetime) -> datetime:
        """Return the latest moment of the schedule that is not after `moment`."""
        today = self._on(moment)
        return today if today <= moment else today - timedelta(days=1)

    def next(self, moment: datetime) -> datetime:
        """Return the first moment of the schedule after `moment`."""
        return self.last(moment) + timedelta(days=1)

    def _on(self, moment: datetime) -> datetime:
        local = clock.local(moment)
        return datetime.combine(local.date(), time(self.hour, self.minute), clock.SHANGHAI).astimezone(moment.tzinfo)

    def __str__(self) -> str:
        return gettext("every day at %(time)s", time=f"{self.hour:02d}:{self.minute:02d}")
