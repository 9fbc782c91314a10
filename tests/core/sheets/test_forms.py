"""Forms, lists that run from left to right, and tables side by side: each is found for what it is, and no table is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sheets.beside import apart
from app.core.sheets.book import Area, Cell, Sheet
from app.core.sheets.forms import forms
from app.core.sheets.layout import tables
from tests.core.sheets.test_layout import HEADINGS, LI, ZHANG, known

FORM: list[list[Cell]] = [
    ["志愿者登记表"],
    ["姓名", "张三", "性别", "男", "照片"],
    ["身份证号", "110101", None, None],
    ["联系电话", None, "工号", "A7"],
    ["家庭住址", "清河苑", "备注", "  年  月  日"],
]
FILLED_IN = {"姓名": "张三", "性别": "男", "身份证号": "110101", "工号": "A7", "家庭住址": "清河苑", "?": "照片"}
TURNED: list[list[Cell]] = [["姓名", "张三", "李四"], ["性别", "男", "女"], ["联系电话", "1", "2"]]


def read(*rows: list[Cell], merged: tuple[Area, ...] = (), inline: bool = False) -> list[dict[str, Cell]]:
    """Return the forms of a sheet: of each what stands beside its labels."""
    found = forms(Sheet("表", [list(row) for row in rows], merged), known, inline)
    layout = found[0][1] if found else None
    if layout is None:
        return []
    words = {place: "".join(said) for place, said in layout.headings.items()}
    return [{words.get(place, "?"): cell for place, cell in line.cells.items()} for line in layout.lines]


def cut(*rows: list[Cell], merged: tuple[Area, ...] = ()) -> list[Sheet]:
    sheet = Sheet("表", [list(row) for row in rows], merged)
    return apart(sheet, tables(sheet, known))


def test_a_form_is_one_row_also_with_labels_nobody_knows():
    assert read(*FORM) == [FILLED_IN]


def test_a_form_nobody_has_filled_in_is_no_row():
    blank: list[list[Cell]] = [["姓名", None, "性别"], ["联系电话", None, "备注"], ["家庭住址"]]
    assert forms(Sheet("表", blank), known)
    assert read(*blank) == []


def test_forms_below_each_other_are_rows_of_one_table():
    assert [one["姓名"] for one in read(*FORM, [], *FORM)] == ["张三", "张三"]


def test_labels_may_stand_below_each_other_and_under_two_names():
    rows: list[list[Cell]] = [["项目", "内容"], ["姓名", "张三"], ["性别", "男"], ["联系电话", "138"], ["血型", "A"]]
    assert read(*rows) == [{"姓名": "张三", "性别": "男", "联系电话": "138", "血型": "A"}]


def test_a_value_that_is_a_heading_elsewhere_is_a_value():
    rows: list[list[Cell]] = [["姓名", "张三", "性别", "男"], ["备注", "残疾", "数量", "2"], ["家庭住址", "1号楼"]]
    assert read(*rows) == [{"姓名": "张三", "性别": "男", "备注": "残疾", "数量": "2", "家庭住址": "1号楼"}]


def test_one_sign_in_each_box_is_one_number():
    assert read(["姓名", "张三"], ["身份证号", *"110101"], ["联系电话", *"138"], ["备注"])[0]["身份证号"] == "110101"


def test_label_and_value_may_share_a_cell():
    rows: list[list[Cell]] = [["姓名：张三，性别：男"], ["联系电话：138 备注："], ["家庭住址：清河苑1号"]]
    assert read(*rows) == []
    assert read(*rows, inline=True) == [{"姓名": "张三", "性别": "男", "联系电话": "138", "家庭住址": "清河苑1号"}]


def test_a_list_from_left_to_right_has_a_row_for_each_column():
    assert [one["姓名"] for one in read(*TURNED)] == ["张三", "李四"]
    sheet = forms(Sheet("表", [list(row) for row in TURNED]), known)[0][0]
    assert [sheet.number(place) for place in (1, 2)] == [2, 3]


def test_a_table_beneath_a_form_stays_a_table():
    rows: list[list[Cell]] = [*FORM, ["成员", "姓名", "与户主关系", "性别"], [None, "李四", "妻", "女"]]
    found = forms(Sheet("表", rows), known)
    assert [table is None for _sheet, table in found] == [False, True]
    assert [layout.header for layout in tables(found[1][0], known)] == [[5]]


@pytest.mark.parametrize(
    "rows",
    [
        [HEADINGS, ZHANG, LI],
        [["姓名", "工号", "备注"], ["张三", "户数", "姓名"], ["李四", "残疾", "数量"], ["王五", "低保", "备注"]],
        [
            ["备注", "工号", "姓名", "血型"],
            ["残疾", "A1", "张三", "O"],
            *[["低保", "A2", "李四", "A"]] * 3,
        ],
        [["项目名称", "数量"], ["户数", 5], ["低保", 3], ["残疾", 2]],
        [["户数", 2603], ["低保", 65], ["残疾", 9], ["数量", 1]],
    ],
)
def test_a_table_is_no_form(rows: list[list[Cell]]):
    assert read(*rows) == []


CELL = (
    st.none()
    | st.sampled_from(["姓名", "性别", "联系电话", "备注", "张三", "：", "姓名：李四", "低保"])
    | st.integers()
)


@given(st.lists(st.lists(CELL, max_size=6), max_size=8), st.booleans())
def test_whatever_stands_in_a_sheet_ends_in_some_reading(rows: list[list[Cell]], inline: bool):
    sheet = Sheet("表", rows)
    for found, layout in forms(sheet, known, inline):
        assert layout is None or all(len(row) <= len(layout.rows[layout.header[0]]) for row in layout.rows)
        assert found.name == "表"
    if laid := tables(sheet, known):
        assert all(len(side.rows) == len(rows) for side in apart(sheet, laid))


def test_headings_that_come_again_begin_another_table_beside():
    sides = cut(["名单"], [*HEADINGS, *HEADINGS], [*ZHANG, *LI], merged=((0, 0, 0, 7),))
    assert [side.name for side in sides] == ["表", "表（E列起）"]
    assert [side.rows[2][-4:] for side in sides] == [ZHANG, LI]
    assert [side.rows[0] for side in sides] == [["名单"], ["名单"]]


def test_what_is_merged_over_both_stands_in_both():
    sides = cut(HEADINGS * 2, ["第一网格"], ZHANG + LI, merged=((1, 0, 1, 7),))
    assert [tables(side, known)[0].data for side in sides] == [[(2, "第一网格")], [(2, "第一网格")]]


def test_a_blank_column_parts_tables_only_where_something_is_named_again_or_has_a_title():
    gap: list[Cell] = ["姓名", "性别", None, "家庭住址", "备注"]
    assert cut(gap, ["张三", "男", None, "1号", "好"]) == []
    assert len(cut(["姓名", "性别", None, "姓名", "备注"], ["张三", "男", None, "李四", "好"])) == 2
    assert len(cut(["名单", None, None, "走访台账"], gap, ["张三", "男", None, "1号", "好"])) == 2
    assert cut(["姓名", "性别", None, "姓名", "备注"], ["张三", "男", "x", "李四", "好"]) == []
