"""Days of birth: what people type, what is not known of them, and how old somebody then is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.fields import NotUnderstood
from app.people.birth import Birth

DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))
PARTS = st.sampled_from([4, 7, 10])


def as_known(day: date, letters: int) -> Birth:
    born = Birth.read(day.isoformat()[:letters])
    assert born is not None
    return born


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1952-03-08", "1952-03-08"),
        ("1952年3月8日", "1952-03-08"),
        ("1952.3.8", "1952-03-08"),
        ("１９５２／３／８", "1952-03-08"),
        ("19520308", "1952-03-08"),
        ("1952 年 3 月", "1952-03"),
        ("1952.03", "1952-03"),
        ("195203", "1952-03"),
        ("1952年", "1952"),
        ("1952", "1952"),
    ],
)
def test_a_birth_is_kept_as_exactly_as_it_is_known(typed: str, kept: str):
    assert str(Birth.read(typed)) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "1952-02-30",
        "1952-13",
        "1952-00-08",
        "1952-03-00",
        "52-03-08",
        "3月8日",
        "1899-12",
        "2999",
        "一九五二",
        "8/3/1952",
    ],
)
def test_what_is_no_birth_is_refused(typed: str):
    with pytest.raises(NotUnderstood):
        Birth.read(typed)


def test_tomorrow_is_no_birthday_but_this_year_is():
    with pytest.raises(NotUnderstood, match="future"):
        Birth.read((clock.today() + timedelta(days=2)).isoformat())
    assert Birth.read(str(clock.today().year)) is not None


@given(DAYS, PARTS)
def test_the_words_of_a_birth_say_the_same_when_read_again(day: date, letters: int):
    born = as_known(day, letters)
    assert Birth.of(born.plain()) == born == Birth.read(str(born))


@given(DAYS, DAYS, PARTS)
def test_births_sort_as_their_stored_texts(one: date, other: date, letters: int):
    first, second = as_known(one, letters), as_known(other, letters)
    assert (first < second) is (first.plain() < second.plain())


@given(DAYS, PARTS, DAYS)
def test_the_true_age_lies_within_the_ages_of_a_partial_birth(day: date, letters: int, today: date):
    least, most = as_known(day, letters).ages(today)
    true = max(as_known(day, 10).ages(today)[0], 0)
    assert least <= true <= most <= least + 1


@given(DAYS, PARTS, PARTS)
def test_two_ways_to_know_one_birthday_agree(day: date, one: int, other: int):
    assert as_known(day, one).agrees(as_known(day, other))


def test_a_child_may_be_under_fourteen_until_nobody_can_doubt_it():
    born = Birth.read("2012-11")
    assert born is not None
    assert born.may_be_under(14, date(2026, 11, 15))
    assert not born.may_be_under(14, date(2026, 11, 30))
    assert born.ages(date(2026, 11, 15)) == (13, 14)
