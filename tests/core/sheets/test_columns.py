"""Each column of a ledger is recognised by its heading, or named as one nobody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sheets.columns import Assignment, Lexicon, assign, best
from app.core.sheets.layout import Layout

PEOPLE = Lexicon(
    {
        "": ("居民", "花名册"),
        "name": ("姓名", "居民姓名"),
        "phone": ("联系电话", "手机号", "联系方式"),
        "phone2": ("备用电话", "联系电话"),
        "place": ("所属网格", "网格"),
        "address": ("住址", "家庭住址"),
        "note": ("备注",),
    },
    several=frozenset({"note"}),
    groups={"特殊人群": "tags"},
)
NEEDS = Lexicon(
    {
        "": ("需求清单",),
        "title": ("需求内容", "群众需求"),
        "reporter_name": ("居民姓名", "姓名"),
        "reporter_phone": ("联系电话", "手机号"),
        "place": ("所属网格",),
    }
)


def under(*headings: str | tuple[str, ...]) -> Layout:
    return Layout([0], {at: (one,) if isinstance(one, str) else one for at, one in enumerate(headings)})


def test_headings_are_recognised_whatever_stands_around_them():
    found = assign(under("序号", "*姓 名", "联系电话（手机）", "所屬網格", "血型"), PEOPLE)
    assert found.columns == {1: "name", 2: "phone", 3: "place"}
    assert (found.numbering, found.unknown, found.doubtful) == (0, [4], {})


def test_a_second_column_of_the_same_name_is_what_is_still_free():
    assert assign(under("姓名", "联系电话", "联系电话"), PEOPLE).columns == {0: "name", 1: "phone", 2: "phone2"}


def test_what_may_stand_several_times_does_and_nothing_else():
    found = assign(under("姓名", "姓名", "备注", "备注"), PEOPLE)
    assert found.columns == {0: "name", 2: "note", 3: "note"}
    assert found.unknown == [1]


def test_a_heading_of_two_rows_is_what_its_lower_row_names():
    found = assign(under(("成员信息", "姓名"), ("成员信息", "备用电话"), ("特殊人群", "低保")), PEOPLE)
    assert found.columns == {0: "name", 1: "phone2", 2: "tag:低保"}


BOXED = Lexicon({"name": ("姓名",), "tags": ("特殊人群",)}, boxes=frozenset({"低保", "残疾", "独居老人"}))


@pytest.mark.parametrize("heading", ["低保", "是否低保", "低保（是/否）", "*低保"])
def test_a_box_is_known_wherever_it_stands(heading: str):
    assert assign(under("姓名", heading), BOXED).columns == {0: "name", 1: "tag:低保"}


def test_a_heading_that_says_more_than_its_box_is_a_close_call():
    found = assign(under("姓名", "残疾类别", "低保/残疾"), BOXED)
    assert (found.columns, found.doubtful[1]) == ({0: "name", 1: "tag:残疾"}, ("tag:残疾",))
    assert found.unknown == [2]


@pytest.mark.parametrize("heading", ["Name 姓名", "1.姓名", "①姓名", "name（姓名）"])
def test_a_heading_may_be_counted_or_said_in_two_languages(heading: str):
    found = assign(under(heading), PEOPLE)
    assert (found.columns, found.doubtful) == ({0: "name"}, {})


def test_a_table_that_stands_beside_another_one_is_not_mixed_into_it():
    found = assign(under("姓名", "联系电话", "姓名", "联系电话"), PEOPLE)
    assert (found.columns, found.unknown) == ({0: "name", 1: "phone"}, [2, 3])


def test_a_close_call_counts_less_than_a_known_heading():
    assert assign(under("姓名", "本人手机号码"), PEOPLE).weight < assign(under("姓名", "手机号"), PEOPLE).weight


def test_a_close_call_is_taken_and_named():
    found = assign(under("姓名", "本人手机号码", "网格"), PEOPLE)
    assert found.columns == {0: "name", 1: "phone", 2: "place"}
    assert found.doubtful == {1: ("phone",)}


def test_what_could_be_two_things_is_asked():
    lexicon = Lexicon({"begins": ("开始日期",), "ends": ("结束日期",)})
    found = assign(under("日期"), lexicon)
    assert (found.columns, found.doubtful, found.unknown) == ({}, {0: ("begins", "ends")}, [0])


@pytest.mark.parametrize(
    ("headings", "said", "expected"),
    [
        (("居民姓名", "手机号", "需求内容", "所属网格"), "", "needs"),
        (("姓名", "联系电话", "家庭住址", "所属网格"), "", "people"),
        (("姓名", "联系电话", "所属网格"), "清河社区群众需求清单", "needs"),
        (("姓名", "联系电话", "所属网格"), "在职党员花名册", "people"),
    ],
)
def test_the_list_is_the_one_whose_columns_fit_best(headings: tuple[str, ...], said: str, expected: str):
    assert best(under(*headings), {"people": PEOPLE, "needs": NEEDS}, said)[0][0] == expected


WORDS = st.sampled_from(["姓名", "联系电话", "备注", "序号", "网格", "手机", "特殊人群", "x", "电话", "备用电话"])


@given(st.lists(st.one_of(WORDS, st.tuples(WORDS, WORDS)), max_size=12))
def test_every_column_is_known_or_named_and_none_is_two(headings: list[str | tuple[str, ...]]):
    layout = under(*headings)
    found: Assignment = assign(layout, PEOPLE)
    places = [*found.columns, *found.unknown, *([] if found.numbering is None else [found.numbering])]
    assert sorted(places) == sorted(layout.headings)
    once = [one for one in found.columns.values() if one not in PEOPLE.several and not one.startswith("tag:")]
    assert len(once) == len(set(once))
