"""When jobs are due: the same for everybody who asks, and no moment is left out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.jobs.schedule import Daily, Every

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone follows
SCHEDULES = st.one_of(
    st.sampled_from([1, 5, 7, 15, 60, 720]).map(Every), st.builds(Daily, st.integers(0, 23), st.integers(0, 59))
)


@given(SCHEDULES, MOMENTS)
def test_each_moment_lies_between_the_last_and_the_next_time(schedule, moment):
    last, following = schedule.last(moment), schedule.next(moment)
    assert last <= moment < following
    assert schedule.last(following) == following
    assert schedule.last(following - timedelta(seconds=1)) == last


def test_a_daily_job_runs_by_the_clock_on_the_wall_in_shanghai():
    morning = clock.parse_local("2026-11-23 06:29")
    assert Daily(6, 30).last(morning) == clock.parse_local("2026-11-22 06:30")
    assert Daily(6, 30).next(morning) == clock.parse_local("2026-11-23 06:30")


@pytest.mark.parametrize(("schedule", "words"), [(Every(5), "每 5 分钟"), (Daily(6, 5), "每天 06:05")])
def test_a_schedule_is_said_in_words(app, schedule, words):
    with app.test_request_context():
        assert str(schedule) == words
