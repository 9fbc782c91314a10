"""What may be shown of a phone, a name, a number, an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import masking


@pytest.mark.parametrize(
    ("stored", "shown"), [("13800001234", "138****1234"), ("0751-8880000", "**********00"), ("12345", "***45")]
)
def test_a_phone_shows_enough_to_recognise_it(stored, shown):
    assert masking.phone(stored) == shown


@pytest.mark.parametrize(
    ("stored", "shown"), [("张", "张*"), ("张三", "张*"), ("张小三", "张*三"), ("欧阳文明", "欧**明")]
)
def test_a_name_shows_its_first_character_and_its_last_if_it_has_three(stored, shown):
    assert masking.name(stored) == shown


@pytest.mark.parametrize(
    ("stored", "called"),
    [("李桂芳", "桂芳"), ("欧阳小明", "小明"), ("欧阳", "阳"), ("阿依古丽·买买提", "阿依古丽"), ("王", "王")],
)
def test_a_given_name_is_what_one_is_called_without_the_surname(stored, called):
    assert masking.given_name(stored) == called


def test_an_identity_number_shows_region_and_tail():
    assert masking.id_number("110101000000001001") == "110***********1001"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("武江北路8栋3单元502", "武江北路8栋***"),
        ("惠民南路12号楼", "惠民南路12号楼"),
        ("建设巷3号202", "建设巷***"),
        ("5号302", "***"),
        ("老街口", "老***"),
    ],
)
def test_an_address_shows_the_building_but_no_door(stored, shown):
    assert masking.address(stored) == shown


def test_what_in_a_free_text_looks_like_a_number_is_masked():
    told = "请打13800001234，身份证110101000000001001，3栋"
    assert masking.free_text(told) == "请打138****1234，身份证110***********1001，3栋"


@given(st.text(alphabet="0123456789Xx13a号*", max_size=60))
def test_a_text_tells_a_number_exactly_when_something_of_it_is_masked(text):
    assert masking.tells_numbers(text) is (masking.free_text(text) != text)


def test_hidden_says_only_that_there_is_something():
    assert masking.hidden("独居老人") == "***"


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_no_mask_of_a_mobile_number_gives_the_middle_away(number):
    assert number[3:7] not in masking.phone(number)[3:7]
    assert number not in masking.free_text(f"电话{number}。")


@given(st.text(min_size=1, max_size=30))
def test_every_mask_hides_something_and_takes_any_text(text):
    for mask in (masking.phone, masking.name, masking.hidden):
        assert masking.MASKED in mask(text)
    if len(text) >= 5:
        assert masking.phone(text) != text
    assert len(masking.id_number(text)) >= 3


@given(st.text(alphabet="0123456789栋单元号室路 -", max_size=30))
def test_an_address_shows_no_number_beyond_that_of_the_building(text):
    shown = masking.address(text)
    assert text.startswith(shown.removesuffix("***"))
    building = shown.removesuffix("***").endswith(("栋", "幢", "号楼", "座"))
    assert building or not any(character.isdigit() for character in shown)
