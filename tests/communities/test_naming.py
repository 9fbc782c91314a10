"""People write one place in many ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.communities import naming

DIGITS = "零一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def chinese(number: int) -> str:
    """Write a number below 1000 as one says it."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        said += "零"
    return said + (DIGITS[ones] if ones else "")


def spellings_of_a_grid(number: int) -> list[str]:
    said = chinese(number)
    plain = [
        f"第{number}网格",
        f"{number}网格",
        f"网格{number}",
        f"{number:02}网格",
        f"{number}号网格",
        f"第 {number} 网格",
    ]
    return [*plain, f"{said}网格", f"第{said}网格", f"网格{said}", plain[0].translate(FULL_WIDTH)]


def spellings_of_a_building(number: int) -> list[str]:
    forms = ["{}栋", "{}幢", "{}座", "{}号楼", "{}号栋", "第{}栋", "{}栋楼", "{} 栋", "栋{}"]
    return [form.format(word) for form in forms for word in (number, chinese(number))] + [f"{number}#楼"]


@given(st.integers(1, 999))
def test_every_spelling_of_a_grid_is_one_place(number):
    assert len({naming.key(words) for words in spellings_of_a_grid(number)}) == 1


@given(st.integers(1, 999))
def test_every_spelling_of_a_building_is_one_place(number):
    assert len({naming.key(words) for words in spellings_of_a_building(number)}) == 1


@given(st.integers(1, 999), st.integers(1, 999))
def test_two_numbers_are_two_places(one, other):
    same = naming.key(f"第{one}网格") == naming.key(f"{chinese(other)}网格")
    assert same == (one == other)


@given(st.text(max_size=40))
def test_blanks_around_a_name_do_not_matter(words):
    assert naming.key(f" {words} ") == naming.key(words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8栋", "8楼"),
        ("8栋", "18栋"),
        ("8-1栋", "81栋"),
        ("三网格8栋", "网格38栋"),
        ("3网格", "3单元"),
        ("三江街", "3江街"),
        ("武江北路8栋", "8栋"),
    ],
)
def test_what_is_not_the_same_stays_apart(one, other):
    assert naming.key(one) != naming.key(other)


def test_a_building_is_found_behind_the_names_above_it():
    above = [{naming.key("惠民小区")}, {naming.key("第三网格")}]
    own = {naming.key("8栋")}
    assert naming.reaches(naming.key("三网格8号楼"), own, above)
    assert naming.reaches(naming.key("第3网格 惠民小区 八栋"), own, above)
    assert not naming.reaches(naming.key("四网格8栋"), own, above)
    assert not naming.reaches(naming.key("惠民小区三网格8栋"), own, above)
