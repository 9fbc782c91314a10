"""The portal's clock: kept in UTC, shown in Shanghai, month ends in the right month (R7)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.extensions import db
from app.needs.models import Need

# From 1992 on Shanghai keeps one time all the year.
AWARE = st.integers(700_000_000, 4_100_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.fixture
def held():
    """Hold the clock still."""

    def hold(moment):
        clock.clock.fixed = moment

    yield hold
    clock.clock.fixed = None


def test_the_last_evening_of_a_month_belongs_to_that_month(held):
    held(datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC))
    assert clock.today() == date(2026, 10, 31)
    held(datetime(2026, 10, 31, 16, 0, 0, tzinfo=UTC))
    assert clock.today() == date(2026, 11, 1)


def test_now_is_aware_and_has_no_fractions():
    assert clock.now().tzinfo is UTC
    assert clock.now().microsecond == 0


@given(AWARE)
def test_a_moment_lies_within_its_shanghai_day(moment):
    day = clock.local(moment).date()
    assert clock.day_starts(day) <= moment < clock.day_ends(day)
    assert clock.day_ends(day) == clock.day_starts(day + timedelta(days=1))


@given(AWARE)
def test_what_is_shown_is_read_back(moment):
    whole = moment.replace(microsecond=0)
    assert clock.parse_local(clock.local(whole).isoformat()) == whole
    assert clock.parse_local(clock.local(whole).replace(tzinfo=None).isoformat()) == whole


def test_an_offset_that_is_named_counts():
    assert clock.parse_local("2026-11-22T09:30:00+00:00") == clock.parse_local("2026-11-22T17:30:00")
    with pytest.raises(ValueError, match="Invalid isoformat"):
        clock.parse_local("half past nine")


def test_a_moment_is_stored_and_comes_back_aware(acting_as, register):
    pk = register()
    tokyo = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    with acting_as("secretary"):
        with transaction():
            db.session.get(Need, pk).received_at = tokyo
        stored = db.session.scalars(select(Need.received_at).filter_by(id=pk)).one()
    assert (stored, stored.tzinfo) == (tokyo, UTC)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        clock.Instant().process_bind_param(datetime(2026, 11, 22, 9, 30), None)  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("text", ["1990-07-01 01:00", "1991-12-31 23:59", "1992-01-01 00:00", "2026-11-28 17:30"])
def test_what_the_database_keeps_reads_as_on_the_clocks_of_shanghai_also_in_a_summer_time(text: str):
    kept = datetime.fromisoformat(text)
    assert clock.wall(kept) == clock.local(kept.replace(tzinfo=UTC)).replace(tzinfo=None)
