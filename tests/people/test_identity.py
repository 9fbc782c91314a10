"""Identity numbers as people type them: what is kept, what is refused and why, and what the number says."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.fields import NotUnderstood
from app.people import identity
from app.people.choices import Sex
from app.people.identity import IdType

EXAMPLE = "11010519491231002X"
"""The example of the standard."""

AREAS = st.integers(0, 999_999).map("{:06d}".format)
DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))
SERIAL = st.integers(0, 999).map("{:03d}".format)


def made(area: str, day: date, serial: str) -> str:
    body = f"{area}{day:%Y%m%d}{serial}"
    return body + identity.check_character(body)


@pytest.mark.parametrize(
    "typed",
    [EXAMPLE, EXAMPLE.lower(), "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002×"],
)
def test_the_number_of_the_standard_is_read_however_it_is_typed(typed: str):
    found = identity.read(typed)
    assert (found.kind, found.number, str(found.birth)) == (IdType.RESIDENT, EXAMPLE, "1949-12-31")
    assert found.sex is Sex.FEMALE
    assert not found.upgraded


def test_an_old_number_of_fifteen_digits_becomes_that_of_the_new_card():
    found = identity.read("110105491231002")
    assert (found.number, found.upgraded) == (EXAMPLE, True)
    assert identity.comparable("110105 491231 002") == EXAMPLE == identity.comparable(EXAMPLE.lower())


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macau_and_taiwan_are_read_by_the_same_rule(area: str):
    found = identity.read(made(area, date(1990, 5, 6), "011"))
    assert (found.kind, str(found.birth), found.sex) == (IdType.HMT_PERMIT, "1990-05-06", Sex.MALE)


def test_both_cards_of_foreigners_who_live_here_for_good_are_read():
    new = identity.read(made("911840", date(1981, 8, 3), "124"))
    assert (new.kind, str(new.birth), new.sex) == (IdType.FOREIGN_PERMANENT, "1981-08-03", Sex.FEMALE)
    old = identity.read("usa110081080301")
    assert (old.kind, old.number, old.birth, old.sex) == (IdType.FOREIGN_PERMANENT, "USA110081080301", None, None)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (IdType.PASSPORT, "e 1234 5678", "E12345678"),
        (IdType.HM_TRAVEL, "h12345678", "H12345678"),
        (IdType.TW_TRAVEL, "12345678", "12345678"),
        (IdType.BIRTH_CERTIFICATE, "q440000001", "Q440000001"),
        (IdType.OFFICER, "南字第1234567号", "南字第1234567号"),
    ],
)
def test_other_documents_keep_their_own_numbers_and_say_nothing_of_birth(kind: IdType, typed: str, kept: str):
    found = identity.read(typed, kind)
    assert (found.kind, found.number, found.birth, found.sex) == (kind, kept, None, None)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1101051949123100", identity.LENGTH),
        ("1101051949123100211", identity.LENGTH),
        ("110105194912310O2X", identity.SIGNS),
        ("X10105194912310021", identity.SIGNS),
        ("110105194902310021", identity.IMPOSSIBLE),
        ("110105194900310021", identity.IMPOSSIBLE),
        ("110105189912310021", identity.IMPOSSIBLE),
        ("110105299912310021", identity.IMPOSSIBLE),
        ("110105194912310021", identity.CHECK),
        ("110105991231998", identity.CENTENARIAN),
        ("E12345678", identity.WHICH),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong_with_it(typed: str, reason: object):
    with pytest.raises(NotUnderstood) as refused:
        identity.read(typed)
    assert refused.value.args == (reason,)


@pytest.mark.parametrize(
    ("typed", "kind"), [(EXAMPLE, IdType.HMT_PERMIT), ("12345678", IdType.HM_TRAVEL), ("1234", IdType.PASSPORT)]
)
def test_a_number_of_another_document_is_refused(typed: str, kind: IdType):
    with pytest.raises(NotUnderstood):
        identity.read(typed, kind)


@given(AREAS, DAYS, SERIAL)
def test_no_number_is_refused_for_its_area(area: str, day: date, serial: str):
    found = identity.read(made(area, day, serial))
    assert (found.number, str(found.birth)) == (made(area, day, serial), day.isoformat())
    assert (found.sex is Sex.MALE) is (int(serial) % 2 == 1)


@given(AREAS, DAYS, SERIAL, st.integers(0, 17), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(area: str, day: date, serial: str, place: int, digit: int):
    number = made(area, day, serial)
    assume(number[place] != str(digit))
    with pytest.raises(NotUnderstood):
        identity.read(number[:place] + str(digit) + number[place + 1 :])


@given(AREAS, DAYS, SERIAL, st.integers(0, 16))
def test_two_neighbouring_digits_changed_over_are_always_found(area: str, day: date, serial: str, place: int):
    number = made(area, day, serial)
    assume(number[place] != number[place + 1])
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(NotUnderstood):
        identity.read(changed)


@given(AREAS, DAYS.filter(lambda day: day.year < 2000), SERIAL)
def test_a_number_is_found_by_its_old_form_and_its_new_one(area: str, day: date, serial: str):
    assume(serial < "996")
    assert identity.comparable(f"{area}{day:%y%m%d}{serial}") == made(area, day, serial)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_number_or_a_sentence(typed: str):
    try:
        found = identity.read(typed)
    except NotUnderstood:
        return
    assert identity.read(found.number) == identity.Identity(found.kind, found.number, found.birth, found.sex)
    assert identity.comparable(typed) == found.number
