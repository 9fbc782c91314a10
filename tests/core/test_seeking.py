"""Parts of words: whatever is asked for, the grams of a text never miss it."""

from hypothesis import given
from hypothesis import strategies as st

from app.core import seeking

TEXTS = st.text(alphabet="路灯坏了社区aA1 2-8栋，。", max_size=24).map(str.lower)


@given(TEXTS, st.data())
def test_a_text_has_all_grams_that_any_part_of_it_is_asked_by(text, data):
    if not text:
        return
    first = data.draw(st.integers(0, len(text) - 1))
    part = text[first : first + data.draw(st.integers(1, 8))]
    assert {*seeking.asked(part)} <= seeking.grams(text)


def test_few_and_rare_grams_are_asked_for():
    assert seeking.asked("灯") == ["灯"]
    assert seeking.asked("路灯") == ["路灯"]
    assert seeking.asked("太阳能路灯") == ["太阳", "能路", "路灯", "阳能"]
    assert seeking.asked("xq2026") == ["026", "202", "q20", "xq2"]
    assert len(seeking.asked("路灯" * 40)) <= seeking.LONGEST


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_sign_of_a_text_parts_a_gram_from_its_community(one, other):
    found = {seeking.token(7, gram) for gram in seeking.grams(one.lower())}
    assert found.isdisjoint(seeking.token(71, gram) for gram in seeking.grams(other.lower()))
    words = [word for word in seeking.kept(7, one.lower()).split(" ") if word]
    assert {*words} == found


def test_numbers_of_people_are_masked_before_they_are_cut():
    assert (
        seeking.tidied(["请打13800002468", None, "身份证440204198001011234"])
        == "请打138****2468\n身份证440***********1234"
    )


def test_words_that_are_said_twice_are_looked_through_once():
    assert seeking.tidied(["楼道灯不亮", "楼道灯不亮", "XQ1"]) == "楼道灯不亮\nxq1"
