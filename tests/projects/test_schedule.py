"""Schedules as people write them: the words stay, and what is understood tells the next dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import NotUnderstood
from app.projects.schedule import LAST, LONGEST, Period, Rule, Schedule

THURSDAY = date(2026, 11, 26)
WEEK, MONTH, QUARTER, HALF, YEAR = Period


@pytest.mark.parametrize(
    ("typed", "rules"),
    [
        ("每月第一个周六", [Rule(MONTH, (6,), (1,))]),
        ("每个月第1个星期六上午9:00-11:30", [Rule(MONTH, (6,), (1,))]),
        ("每月首个周日", [Rule(MONTH, (7,), (1,))]),
        ("每月第二、四个周六下午", [Rule(MONTH, (6,), (2, 4))]),
        ("每月最后一个周五、周六 上午9点", [Rule(MONTH, (5, 6), (LAST,))]),
        ("每季度第一个周六", [Rule(QUARTER, (6,), (1,))]),
        ("每周三、五下午", [Rule(WEEK, (3, 5))]),
        ("每周三三点到五点半", [Rule(WEEK, (3,))]),
        ("周一至周五 9:00-12:00、14:00-17:00", [Rule(WEEK, (1, 2, 3, 4, 5))]),
        ("工作日全天", [Rule(WEEK, (1, 2, 3, 4, 5))]),
        ("每天", [Rule(WEEK, (1, 2, 3, 4, 5, 6, 7))]),
        ("每月15日", [Rule(MONTH, days=(15,))]),
        ("每月5、20日", [Rule(MONTH, days=(5, 20))]),
        ("每月十号和二十五号下午三点", [Rule(MONTH, days=(10, 25))]),
        ("每月最后一天", [Rule(MONTH, days=(LAST,))]),
        ("每年3月5日、十月一日", [Rule(YEAR, dates=((3, 5), (10, 1)))]),
        ("每周一次", [Rule(WEEK, times=1)]),
        ("每月两次", [Rule(MONTH, times=2)]),
        ("每季度一次", [Rule(QUARTER, times=1)]),
        ("每半年至少开展一次", [Rule(HALF, times=1)]),
        ("每年4次", [Rule(YEAR, times=4)]),
        ("每周三；每月第一个周六", [Rule(WEEK, (3,)), Rule(MONTH, (6,), (1,))]),
    ],
)
def test_what_is_understood_becomes_a_rule(typed, rules):
    found = Schedule.read(typed)
    assert (str(found), list(found.rules)) == (typed, rules)


@pytest.mark.parametrize(
    "typed",
    [
        *("常年开展", "预约", "不定期", "节假日前", "每两周一次", "隔周周三", "每月第一个工作日", "每月第一个周末"),
        *("每月初一、十五", "每月5日-10日", "每月32日", "每月第六个周六", "每年2月30日", "每年13月1日", "每月零次"),
        *(
            "每周三，节假日除外",
            "每周三；视情况",
            "每周三、5",
            "周五到周二",
            "每月第一个周六（7、8月暂停）",
            "每年重阳节",
        ),
    ],
)
def test_what_is_not_understood_as_a_whole_stays_in_words(typed):
    found = Schedule.read(typed)
    assert (str(found), found.rules) == (typed, ())
    assert (found.coming(THURSDAY), found.due(THURSDAY)) == ([], None)


@pytest.mark.parametrize(
    ("typed", "dates"),
    [
        ("每月第一个周六", ["2026-12-05", "2027-01-02", "2027-02-06"]),
        ("每周三、五下午", ["2026-11-27", "2026-12-02", "2026-12-04"]),
        ("每周四", ["2026-11-26", "2026-12-03", "2026-12-10"]),
        ("每月31日", ["2026-12-31", "2027-01-31", "2027-03-31"]),
        ("每月最后一天", ["2026-11-30", "2026-12-31", "2027-01-31"]),
        ("每月最后一个周五", ["2026-11-27", "2026-12-25", "2027-01-29"]),
        ("每季度第一个周六", ["2027-01-02", "2027-04-03", "2027-07-03"]),
        ("每年3月5日", ["2027-03-05"]),
        ("每周三；每月第一个周六", ["2026-12-02", "2026-12-05", "2026-12-09"]),
    ],
)
def test_it_tells_the_next_dates(typed, dates):
    assert [day.isoformat() for day in Schedule.read(typed).coming(THURSDAY)] == dates


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("每周一次", (1, date(2026, 11, 29))),
        ("每月两次", (2, date(2026, 11, 30))),
        ("每季度一次", (1, date(2026, 12, 31))),
        ("每半年一次", (1, date(2026, 12, 31))),
        ("每年一次", (1, date(2026, 12, 31))),
        ("每周三", None),
    ],
)
def test_where_only_a_number_is_said_it_tells_until_when(typed, due):
    assert Schedule.read(typed).due(THURSDAY) == due


@pytest.mark.parametrize("typed", ["", " \n ", None])
def test_nothing_typed_is_no_schedule(typed):
    assert (Schedule.read(typed) if typed is not None else Schedule.of(None)) is None


@pytest.mark.parametrize("given", [1, [], {}, {"words": 3}, {"words": "每天", "more": 1}, {"rules": []}])
def test_json_that_is_no_schedule_is_refused(given):
    with pytest.raises(NotUnderstood):
        Schedule.of(given)


@pytest.mark.parametrize("typed", ["长" * (LONGEST + 1), "每周三\u200b"])
def test_what_is_too_long_or_cannot_be_seen_is_refused(typed):
    with pytest.raises(NotUnderstood):
        Schedule.read(typed)


def test_rules_a_program_sends_do_not_count_beside_the_words():
    found = Schedule.of({"words": "每周三", "rules": [{"every": "week", "weekdays": [5]}]})
    assert found == Schedule.read("每周三")
    assert found.plain() == {"words": "每周三", "rules": [{"every": "week", "weekdays": [3]}]}


# -- for every schedule one can think of ----------------------------------------------------------------------------

days = st.integers(0, 3000).map(lambda number: date(2024, 1, 1) + timedelta(days=number))
NUMERALS = "一二三四五六七八九十"


@st.composite
def written(draw):
    """A schedule in words, and what it means: told in another way than the rules tell it."""
    weekday, nth, day = draw(st.integers(1, 7)), draw(st.integers(1, 5)), draw(st.integers(1, 31))
    name = "一二三四五六日"[weekday - 1]
    tail = draw(st.sampled_from(["", "上午", " 9:00-11:30", "下午2点到4点", "晚上七点半"]))
    weekly = (f"每周{name}{tail}", lambda one: one.isoweekday() == weekday)
    monthly = (f"每月{day}日{tail}", lambda one: one.day == day)
    inside = f"每月第{NUMERALS[nth - 1]}个周{name}{tail}"
    counted = (inside, lambda one: one.isoweekday() == weekday and (nth - 1) * 7 < one.day <= nth * 7)
    last = (
        f"每月最后一个星期{name}{tail}",
        lambda one: one.isoweekday() == weekday and (one + timedelta(days=7)).month != one.month,
    )
    return draw(st.sampled_from([weekly, monthly, counted, last]))


@given(written(), days)
def test_the_next_dates_are_exactly_those_the_words_mean(schedule, begin):
    words, means = schedule
    found = Schedule.read(words).coming(begin, 4)
    through = (begin + timedelta(days=ahead) for ahead in range(400))
    assert found == [day for day in through if means(day)][:4]


@given(days, st.sampled_from(Period))
def test_a_day_lies_in_its_period_and_the_next_period_follows_at_once(day, period):
    first, last = period.around(day)
    assert first <= day <= last
    assert period.around(first) == period.around(last) == (first, last)
    assert period.around(last + timedelta(days=1))[0] == last + timedelta(days=1)


@given(
    st.text(max_size=LONGEST)
    | st.text(alphabet="每个周星期一二三六日天月季度年半第最后首次上午下点到至-:0123456789、,;号 ", max_size=40)
)
def test_whatever_is_typed_is_kept_or_refused_with_a_sentence(typed):
    try:
        found = Schedule.read(typed)
    except NotUnderstood:
        return
    if found is not None:
        assert Schedule.read(str(found)) == Schedule.of(found.plain()) == found
        assert all(day >= THURSDAY for day in found.coming(THURSDAY))
