"""Opening times as people write them: what is read, what is refused, and that every word printed can be read again."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.fields import NotUnderstood
from app.resources.windows import LARGEST, MIDNIGHT, Window, Windows, complaint, room

MONDAY = datetime(2026, 11, 23, tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("周六 9:00-11:30", "周六 9:00–11:30"),
        ("每周三、五下午2点到4点", "周三、周五 14:00–16:00"),
        ("每天 8:00-18:00", "每天 8:00–18:00"),
        ("工作日上午", "周一至周五 9:00–12:00"),
        ("周末", "周六、周日 全天"),
        ("星期六上午九点到十一点（2人）", "周六 9:00–11:00（每次 2 人）"),
        ("周一到周五 8：30—12：00、14：00～17：30", "周一至周五 8:30–12:00、14:00–17:30"),
        ("周三三点到五点半", "周三 3:00–5:30"),
        ("周二十点到十二点", "周二 10:00–12:00"),
        ("周六日 14:00-16:00 每次10人", "周六、周日 14:00–16:00（每次 10 人）"),
        ("周五中午12点到2点", "周五 12:00–14:00"),
        ("周六上午9点到下午5点，周日 9-11点", "周六 9:00–17:00；周日 9:00–11:00"),
        ("礼拜天晚上7点半到12点", "周日 19:30–24:00"),
        (
            "周一、三、五 9:00-10:00(3人)、15:00-16:00(5人)",
            "周一、周三、周五 9:00–10:00（每次 3 人）、15:00–16:00（每次 5 人）",
        ),
        ("周六 9:00-11:30；\n周二 全天", "周二 全天；周六 9:00–11:30"),
    ],
)
def test_what_people_type_is_read_and_printed_in_one_way(typed, printed):
    assert str(Windows.read(typed)) == printed
    assert Windows.read(printed) == Windows.read(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("预约", "9:00-11:00", "周六 看情况", "周八 9:00-10:00", "周六 25:00-26:00", "周六 9:70-10:00"),
        *("周五到周二 9点到10点", "周一、周五到周二 9点到10点"),
        *("周六 9:00-11:00（0人）", "周六 9点", "x" * 2000, "周六 9:00-10:00、" * 60),
    ],
)
def test_what_is_no_opening_time_is_refused(typed):
    with pytest.raises(NotUnderstood):
        Windows.read(typed)


@pytest.mark.parametrize("typed", ["", "；", " \n "])
def test_nothing_typed_is_no_window(typed):
    assert Windows.read(typed) is None
    assert Windows.of([]) is None


@pytest.mark.parametrize(
    "typed", ["周六 11:00-9:00", "周六 9:00-12:00；周六 11:00-13:00", "每天 全天；周一 上午", "周六 9:00-9:00"]
)
def test_windows_that_overlap_or_end_before_they_begin_are_complained_about(app, typed):
    with app.app_context():
        assert str(complaint(Windows.read(typed)))


def test_one_window_may_begin_where_another_ends():
    assert complaint(Windows.read("周六 9:00-11:00、11:00-12:00")) is None


def wrong(**changes):
    """One window as JSON, with something wrong."""
    return [{"weekday": 1, "from": "09:00", "to": "10:00"} | changes]


@pytest.mark.parametrize(
    "given",
    [
        *(1, {}, [1], [{}], wrong(weekday=0), wrong(weekday=8), wrong(weekday=True), wrong(capacity=0)),
        *(wrong(**{"from": 9}), wrong(**{"from": "9:00"}), wrong(to="24:30"), wrong(more=1), wrong() * 51),
    ],
)
def test_json_that_is_no_window_is_refused(given):
    with pytest.raises(NotUnderstood):
        Windows.of(given)


# -- for every week one can think of --------------------------------------------------------------------------------


@st.composite
def weeks(draw):
    """Windows of any days, none over another."""
    found = []
    for weekday in draw(st.sets(st.integers(1, 7), min_size=1)):
        marks = sorted(draw(st.sets(st.integers(0, MIDNIGHT), min_size=2, max_size=6)))
        spans = zip(marks[::2], marks[1::2], strict=False)
        limits = st.none() | st.integers(1, LARGEST)
        found += [Window(weekday, begins, ends, draw(limits)) for begins, ends in spans]
    return Windows(tuple(sorted(found, key=lambda one: (one.weekday, one.begins))))


moments = st.integers(0, 60 * 24 * 21).map(lambda minutes: (MONDAY + timedelta(minutes=minutes)).astimezone(UTC))


@given(weeks())
def test_every_printed_word_and_every_json_is_read_again(windows):
    assert Windows.read(str(windows)) == windows
    assert Windows.of(windows.plain()) == windows
    assert complaint(windows) is None


@given(weeks(), moments)
def test_a_moment_lies_in_a_window_exactly_when_the_clock_says_so(windows, moment):
    local = clock.local(moment)
    minute = local.hour * 60 + local.minute
    meant = [one for one in windows.each if one.weekday == local.isoweekday() and one.begins <= minute < one.ends]
    found = windows.at(moment)
    assert ([found.window] if found else []) == meant[:1]
    if found:
        assert found.begins <= moment < found.ends
        assert found.ends - found.begins == timedelta(minutes=found.window.ends - found.window.begins)


@settings(max_examples=60)
@given(weeks(), moments, st.integers(0, 3))
def test_the_next_free_window_is_the_first_with_room(windows, moment, busy):
    coming = list(windows.coming(moment))
    full = {one.begins for one in coming[:busy] if one.window.capacity is not None}
    found = windows.next_free(moment, lambda one: LARGEST if one.begins in full else 0)
    assert [one.begins for one in coming] == sorted(one.begins for one in coming)
    assert all(one.ends > moment for one in coming)
    assert found == next((one for one in coming if one.begins not in full), None)
    assert found is None or room(found, lambda one: 0) != 0


@given(
    st.text(max_size=60)
    | st.text(alphabet="周星期一二三六日末天上下午点半到至-:0123456789、,;（）人每次 ", max_size=40)
)
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(typed):
    with contextlib.suppress(NotUnderstood):
        found = Windows.read(typed)
        assert found is None or Windows.read(str(found)) == found
