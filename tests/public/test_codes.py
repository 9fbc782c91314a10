"""Codes as people type them: every usual way is read, every slip of the finger is told."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.public import codes
from app.public.codes import ALPHABET, Kind

kinds = st.sampled_from(Kind)
numbers = st.integers(0, 2**60)
MORE_WAYS = {"0": "0Oo０", "1": "1IiLl１"}


@st.composite
def made(draw):
    kind = draw(kinds)
    return kind, codes.of_bits(kind, draw(numbers))


@given(made())
def test_what_stands_on_paper_is_read_as_what_it_is(pair):
    kind, signs = pair
    found = codes.read(codes.written(signs))
    assert (found.kind, found.signs, str(found)) == (kind, signs, codes.written(signs))
    assert len(signs) == kind.value
    assert set(signs) <= set(ALPHABET)


@given(made(), st.data())
def test_case_width_gaps_and_signs_that_look_alike_do_not_matter(pair, data):
    _kind, signs = pair
    typed = "".join(
        data.draw(st.sampled_from(MORE_WAYS.get(sign, sign + sign.lower() + chr(ord(sign) + 0xFEE0))))
        + data.draw(st.sampled_from(["", " ", "-", "—", "－", "　", "."]))
        for sign in signs
    )
    found = codes.read(f" {typed}")
    assert found is not None
    assert found.signs == signs


@given(made(), st.data())
def test_every_single_wrong_sign_is_told(pair, data):
    _kind, signs = pair
    at = data.draw(st.integers(0, len(signs) - 1))
    wrong = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != signs[at]]))
    assert codes.read(signs[:at] + wrong + signs[at + 1 :]) is None


@given(made(), st.data())
def test_two_signs_that_changed_places_are_told(pair, data):
    _kind, signs = pair
    one, other = data.draw(st.lists(st.integers(0, len(signs) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(signs)
    swapped[one], swapped[other] = signs[other], signs[one]
    assert signs[one] == signs[other] or codes.read("".join(swapped)) is None


@given(made())
def test_a_sign_left_out_or_typed_twice_makes_no_code(pair):
    _kind, signs = pair
    assert codes.read(signs[:-1]) is None
    assert codes.read(signs + signs[-1]) is None


@given(st.text(max_size=200))
@example("")
@example("\x00")
@example("\u202e")
@example("'; DROP TABLE need; --")
@example("U" * 12)
def test_whatever_is_typed_is_a_code_or_is_none(typed):
    found = codes.read(typed)
    assert found is None or codes.read(str(found)) == found


def test_the_two_kinds_are_told_apart_by_their_form():
    assert codes.read(codes.new(Kind.POINT)).kind is Kind.POINT
    assert codes.read(codes.new(Kind.TICKET)).kind is Kind.TICKET
    assert codes.BITS * (Kind.TICKET.value - 1) >= 55


def test_each_number_has_a_code_of_its_own():
    few = {codes.of_bits(Kind.TICKET, number << shift) for number in range(32) for shift in range(0, 55, 5)}
    assert len(few) == 11 * 31 + 1


def test_new_codes_are_drawn_anew_and_use_every_sign():
    drawn = [codes.new(Kind.TICKET) for _number in range(500)]
    assert len(set(drawn)) == 500
    assert {sign for signs in drawn for sign in signs} == set(ALPHABET)


@pytest.mark.parametrize("typed", ["A" * 65, "0" * 10_000, "\ufdfa" * 64])
def test_what_nobody_types_is_not_looked_at_for_long(typed):
    assert codes.read(typed) is None
