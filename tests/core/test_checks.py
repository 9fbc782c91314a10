"""What single values must look like."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import checks, clock
from app.extensions import db
from app.needs.models import Need


@pytest.mark.parametrize("number", ["13800001234", "0751-8880000", "8880000", "12345", "400-800-1234", "95598"])
def test_a_number_somebody_can_dial_is_taken(number):
    assert checks.phone(number) is None


@pytest.mark.parametrize(
    "number", ["1380000123", "138000012345", "12800001234", "abc", "１３８００００１２３４", "13800001234\n", "123"]
)
def test_a_number_nobody_can_dial_is_refused(number):
    assert checks.phone(number) is not None


def test_only_a_mobile_number_is_mobile():
    assert checks.mobile("13800001234") is None
    assert checks.mobile("0751-8880000") is not None


@pytest.mark.parametrize("bad", ["\x00", "a\x1bb", "\u200b", "\u200d", "\u202e", "\ufeff", "\ud800", "\x7f"])
def test_characters_nobody_can_see_are_refused(bad):
    assert checks.visible(f"路灯{bad}不亮") is not None


@pytest.mark.parametrize(
    "good", ["路灯不亮", "第一行\n第二行\t缩进", "𠮷野", "👍", "é", "👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", ""]
)
def test_what_people_type_is_taken(good):
    assert checks.visible(good) is None


def test_tomorrow_has_not_come():
    assert checks.not_future(clock.today()) is None
    assert checks.not_future(clock.today() + timedelta(days=1)) is not None
    assert checks.not_future(clock.now()) is None
    assert checks.not_future(clock.now() + timedelta(minutes=1)) is not None


def test_a_shanghai_morning_is_not_the_future_while_it_is_still_yesterday_in_utc():
    clock.clock.fixed = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    try:
        assert checks.not_future(date(2026, 11, 22)) is None
        assert checks.not_future(date(2026, 11, 23)) is not None
    finally:
        clock.clock.fixed = None


@given(st.dates() | st.datetimes(timezones=st.just(UTC)))
def test_every_day_of_the_calendar_is_plausible_or_refused(day):
    year = day.year if not isinstance(day, datetime) else (day + timedelta(hours=8) if day.year < 9999 else day).year
    assert (checks.plausible(day) is None) == (1900 <= year <= 2100)


def test_numbers_have_their_bounds():
    assert [checks.positive(n) is None for n in (0, 1)] == [False, True]
    assert [checks.not_negative(n) is None for n in (-1, 0)] == [False, True]
    assert [checks.stars(n) is None for n in (0, 1, 5, 6)] == [False, True, True, False]


@pytest.mark.parametrize("typed", ["138 2635 1188", "138-2635-1188", "+86 13826351188", "１３８２６３５１１８８"])
def test_a_number_copied_from_a_chat_is_kept_as_it_is_dialled(as_secretary, program, behind, typed):
    form = {"title": "水龙头漏水", "kind": "help", "urgency": "normal", "channel": "wechat", "reporter_phone": typed}
    assert as_secretary.post("/needs/add", data=form).status_code == 302
    with behind():
        assert db.session.scalars(select(Need).order_by(Need.id.desc())).first().reporter_phone == "13826351188"
    assert program("secretary").post("/api/v1/needs/", **form).status_code == 201
    with behind():
        assert [need.reporter_phone for need in db.session.scalars(select(Need))] == ["13826351188"] * 2
