"""Working time: what the office's hours say, and how a span of working time is counted over nights and holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.communities.defaults import WORKING_HOURS
from app.communities.models import Community, Holiday
from app.communities.worktime import WorkCalendar, WorkingHours
from app.core import clock
from app.core.fields import NotUnderstood
from app.extensions import db

OCTOBER = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}
"""The national holidays, and the Saturday that is worked for them."""


def at(text):
    return clock.parse_local(text)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9:00-12:00、14:00-18:00", "9:00-12:00、14:00-18:00"),
        ("9-12 14-18", "9:00-12:00、14:00-18:00"),
        ("上午8点30到12点，下午2点至6点", "8:30-12:00、14:00-18:00"),
        ("08:30 － 17:30", "8:30-17:30"),
        ("", None),
    ],
)
def test_the_hours_are_read_as_the_secretary_writes_them(typed, read):
    hours = WorkingHours.read(typed)
    assert (str(hours) if hours else None) == read
    assert hours is None or WorkingHours.read(str(hours)) == hours


@pytest.mark.parametrize(
    "typed", ["全天", "12-9", "9-25", "9-12 11-18", "9:70-12", "9-10 10-11 11-12 12-13 13-14", "9"]
)
def test_hours_that_cannot_be_are_refused(typed):
    with pytest.raises(NotUnderstood):
        WorkingHours.read(typed)


@pytest.mark.parametrize(
    ("begun", "hours", "over"),
    [
        ("2026-11-23T10:00", 2, "2026-11-23T12:00"),
        ("2026-11-23T11:00", 2, "2026-11-23T15:00"),
        ("2026-11-23T12:30", 1, "2026-11-23T15:00"),
        ("2026-11-23T17:30", 1, "2026-11-24T09:30"),
        ("2026-11-22T17:30", 21, "2026-11-25T18:00"),
        ("2026-11-27T17:00", 8, "2026-11-30T18:00"),
        ("2026-09-30T17:00", 8, "2026-10-08T18:00"),
        ("2026-10-09T17:00", 2, "2026-10-10T10:00"),
    ],
)
def test_working_time_stands_still_at_noon_at_night_on_weekends_and_on_holidays(begun, hours, over):
    calendar = WorkCalendar(WORKING_HOURS, OCTOBER)
    assert calendar.after(at(begun), hours * 60) == at(over)


moments = st.integers(0, 600_000).map(lambda minute: at("2025-12-01T00:00") + timedelta(minutes=minute))
calendars = st.builds(
    WorkCalendar,
    st.sampled_from([WORKING_HOURS, WorkingHours(((0, 24 * 60),)), WorkingHours(((8 * 60, 8 * 60 + 1),))]),
    st.dictionaries(st.dates(date(2025, 12, 1), date(2027, 2, 1)), st.booleans(), max_size=30),
)


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, begun=moments, minutes=st.integers(0, 3000), more=st.integers(0, 500))
def test_whatever_the_calendar_is_what_was_added_is_what_is_counted(calendar, begun, minutes, more):
    over = calendar.after(begun, minutes)
    assert over >= begun
    assert calendar.between(begun, over) == minutes
    assert calendar.after(over, more) >= calendar.after(begun, minutes) or more == 0
    assert calendar.after(begun, minutes + more) == (calendar.after(over, more) if more else over)


@settings(max_examples=40, deadline=None)
@given(calendar=calendars, moment=moments, span=st.integers(0, 20000))
def test_no_more_working_time_passes_than_time(calendar, moment, span):
    assert 0 <= calendar.between(moment, moment + timedelta(minutes=span)) <= span
    assert calendar.between(moment + timedelta(minutes=span), moment) == 0


# -- as the secretary sets it ---------------------------------------------------------------------------------------


@pytest.fixture
def save(as_secretary, behind):
    """Let the secretary change a setting of the community."""

    def send(**given):
        with behind():
            pk, version = db.session.query(Community.id, Community.version).filter_by(code="wjb").one()
        sent = {"name": "武江北社区", "level_names": "社区\n网格\n楼栋", "version": str(version)} | given
        return as_secretary.post(f"/communities/edit/{pk}", sent)

    return send


def test_the_secretary_sets_the_hours_in_words_and_is_told_beside_the_field_what_is_no_hours(save, behind):
    answer = save(working_hours="下班以后")
    assert answer.status_code == 422
    assert "请写成这样：9:00-12:00" in answer.get_data(as_text=True)
    assert "下班以后" in answer.get_data(as_text=True)
    assert save(working_hours="8点半到12点 14:30-17:30", hold_days="5", reopen_days="20").status_code == 302
    with behind():
        ours = db.session.query(Community).filter_by(code="wjb").one()
        assert (str(ours.office_hours), ours.longest_hold.days, ours.still_open.days) == (
            "8:30-12:00、14:30-17:30",
            5,
            20,
        )


def test_what_nobody_sets_is_as_the_workflows_say(behind):
    with behind():
        ours = db.session.query(Community).filter_by(code="wjb").one()
        assert (str(ours.office_hours), ours.longest_hold.days, ours.still_open.days) == (
            "9:00-12:00、14:00-18:00",
            3,
            15,
        )


def test_of_a_year_nobody_has_entered_the_holidays_page_says_so(as_secretary, app, behind):
    clock.clock.fixed = at("2026-05-04T10:00")
    assert "还没有录入 2026 年的节假日" in as_secretary.page("/holidays/list/")
    assert as_secretary.post("/holidays/add", {"day": "2026-05-05", "name": "劳动节"}).status_code == 302
    assert "还没有录入" not in as_secretary.page("/holidays/list/")
    clock.clock.fixed = at("2026-11-04T10:00")
    assert "还没有录入 2027 年的节假日" in as_secretary.page("/holidays/list/")
    with behind():
        assert db.session.query(Holiday).one().works is False
