"""The portal's clock: instants are kept in UTC and shown in Shanghai time (R7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
AHEAD: Final = timedelta(hours=8)
SINCE: Final = datetime(1992, 1, 1)  # noqa: DTZ001 - as the database keeps it
"""From here on Shanghai is so far ahead of UTC at any time of the year; before there were summer times."""


class Clock:
    """Tells the time; tests and the demo may hold it still."""

    def __init__(self) -> None:
        self.fixed: datetime | None = None

    def now(self) -> datetime:
        """Return this instant, aware, in UTC, to the second."""
        return (self.fixed or datetime.now(UTC)).replace(microsecond=0)


def parse_local(text: str) -> datetime:
    """Read an ISO 8601 text as Shanghai time unless it names an offset; the answer is in UTC."""
    moment = datetime.fromisoformat(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)


clock = Clock()


def now() -> datetime:
    """Return this instant, aware, in UTC, to the second."""
    return clock.now()


def today() -> date:
    """Return the day it is in Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return `moment` as Shanghai time."""
    return moment.astimezone(SHANGHAI)


def wall(moment: datetime) -> datetime:
    """Return as Shanghai time without offset what the database keeps as UTC without one."""
    # Of many moments the table of the zone takes most of the time.
    return moment + AHEAD if moment >= SINCE else local(moment.replace(tzinfo=UTC)).replace(tzinfo=None)


def day_starts(day: date) -> datetime:
    """Return the first instant of a Shanghai day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def day_ends(day: date) -> datetime:
    """Return the first instant after a Shanghai day, in UTC."""
    return day_starts(day + timedelta(days=1))


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC without offset in the database, so that SQLite and PostgreSQL sort alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive value: nobody can know which clock it was read from."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back what was stored, aware."""
        return value.replace(tzinfo=UTC) if value is not None else None
