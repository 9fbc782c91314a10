"""Where the headings stand and which rows are data, in ledgers as communities lay them out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sheets import layout as module
from app.core.sheets.asides import Aside
from app.core.sheets.book import Area, Cell, Sheet, Unreadable
from app.core.sheets.headings import comparable
from app.core.sheets.layout import Layout, tables, understand

KNOWN = {
    comparable(word)
    for word in (
        *("姓名", "性别", "身份证号", "联系电话", "所属网格", "家庭住址", "需求内容", "登记日期", "与户主关系"),
        *("门牌号", "户主姓名", "低保", "残疾", "备注", "项目名称", "服务对象", "责任人", "户数", "数量"),
    )
}


def known(heading: str) -> bool:
    return heading in KNOWN


def laid(*rows: list[Cell], merged: tuple[Area, ...] = ()) -> Layout:
    found = understand(Sheet("表", [list(row) for row in rows], merged), known)
    assert found is not None
    return found


def data(layout: Layout) -> list[int]:
    return [line.row for line in layout.lines]


HEADINGS: list[Cell] = ["序号", "姓名", "联系电话", "所属网格"]
ZHANG: list[Cell] = [1.0, "张三", "13800001234", "第一网格"]
LI: list[Cell] = [2.0, "李四", None, "第二网格"]


def test_titles_units_and_blank_rows_may_come_first():
    layout = laid(
        ["清河社区志愿者登记表（2026年）"], ["填报单位：清河社区", None, None, "日期：2026年"], [], HEADINGS, ZHANG
    )
    assert (layout.header, data(layout)) == ([3], [4])
    assert layout.title == "清河社区志愿者登记表（2026年）\n填报单位：清河社区\n日期：2026年"


def test_headings_are_known_with_stars_breaks_blanks_brackets_and_in_traditional_characters():
    layout = laid(["序号", "*姓 名", "聯繫電話\n（手機）", "所屬網格："], ZHANG)
    assert layout.header == [0]
    assert [comparable(words[0]) for words in layout.headings.values()] == ["序号", "姓名", "联系电话", "所属网格"]


def test_a_heading_of_two_rows_names_each_column_once():
    upper: list[Cell] = ["序号", "门牌号", "成员信息", None, None, "特殊人群", None, "备注"]
    lower: list[Cell] = [None, None, "姓名", "与户主关系", "性别", "低保", "残疾", None]
    merged = ((1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 4), (1, 5, 1, 6), (1, 7, 2, 7))
    layout = laid(["居民信息采集表"], upper, lower, [1.0, "1-101", "张三", "户主", "男", "√"], merged=merged)
    assert layout.header == [1, 2]
    assert layout.headings[2] == ("成员信息", "姓名")
    assert (layout.headings[1], layout.headings[7]) == (("门牌号",), ("备注",))
    assert data(layout) == [3]


def test_a_heading_of_two_rows_need_not_be_merged():
    upper: list[Cell] = ["序号", "门牌号", "成员信息", None, None]
    lower: list[Cell] = [None, None, "姓名", "性别", "联系电话"]
    layout = laid(upper, lower, [1.0, "1-101", "张三", "男", "13800001234"])
    assert layout.header == [0, 1]
    assert layout.headings[3] == ("性别",)


def test_one_row_of_data_is_no_second_row_of_headings():
    assert laid(HEADINGS, ["1", "户数", "备注", "姓名"], ZHANG).header == [0]
    assert laid(HEADINGS, ["1", "张三", "李四", "王五"]).header == [0]


def test_merged_cells_are_filled_and_blanks_stay_blank():
    rows: list[list[Cell]] = [["姓名", "所属网格", "备注"], ["张三", "第一网格", "好"], ["李四"], ["王五", None, None]]
    layout = laid(*rows, merged=((1, 1, 2, 1),))
    assert [line.cells.get(1) for line in layout.lines] == ["第一网格", "第一网格", None]


def test_a_merged_blank_hides_nothing_that_stands_below_it():
    layout = laid(HEADINGS, [None, " ", "13800001234"], merged=((1, 1, 1, 2),))
    assert data(layout) == [1]


def test_sections_supply_their_words_to_the_rows_below():
    rows: list[list[Cell]] = [
        ["序号", "项目名称", "服务对象", "责任人"],
        ["一、常规服务项目"],
        [1.0, "医保咨询", "老年人", "付涛"],
        ["二、特色服务项目", "二、特色服务项目", "二、特色服务项目", "二、特色服务项目"],
        ["序号", "项目名称", "服务对象", "责任人"],
        [1.0, "乐学小屋", "儿童", "孟晶"],
    ]
    layout = laid(["服务项目清单"], *rows)
    assert [(line.row, line.section) for line in layout.lines] == [(3, "一、常规服务项目"), (6, "二、特色服务项目")]
    assert layout.asides == [(2, Aside.SECTION), (4, Aside.SECTION), (5, Aside.HEADER)]


@pytest.mark.parametrize(
    ("row", "aside"),
    [
        (["合计", None, 12.0, None], Aside.TOTAL),
        ([None, "小 计", 3.0], Aside.TOTAL),
        (["共计：12人"], Aside.TOTAL),
        (["注：电话填本人的"], Aside.NOTE),
        (["说明：", "1.请如实填写"], Aside.NOTE),
        (["填表人：张某    日期：2026年11月20日"], Aside.FOOTER),
        (["填表人:", None, None, "审核人:"], Aside.FOOTER),
        (["负责人（签字）：", None, "日期："], Aside.FOOTER),
        (["单位（盖章）："], Aside.FOOTER),
        (["示例", "张三", "13800000000", "第一网格"], Aside.SAMPLE),
        (["例：", "张三", "13800000000", "第一网格"], Aside.SAMPLE),
        (["序号", "姓名", "联系电话", "所属网格"], Aside.HEADER),
    ],
)
def test_what_is_no_data_is_set_aside(row: list[Cell], aside: Aside):
    layout = laid(["志愿者登记表"], HEADINGS, ZHANG, LI, row)
    assert (data(layout), layout.asides) == ([2, 3], [(4, aside)])


@pytest.mark.parametrize(
    "row",
    [
        [3.0, "合计勇", "13800001234", "第三网格"],
        [3.0, "王五", "13800001234", "注：第三网格"],
        ["3", "例外", "13800001234", None],
        ["", "日期", "13800001234", None],
        [None, "审核", None, "第三网格"],
    ],
)
def test_data_that_only_looks_like_something_else_stays_data(row: list[Cell]):
    assert data(laid(HEADINGS, ZHANG, row, LI)) == [1, 2, 3]


def test_a_row_with_one_value_is_data_that_lacks_the_rest():
    assert data(laid(HEADINGS, ZHANG, [None, "王五"], LI)) == [1, 2, 3]


def test_a_list_of_one_column_has_a_heading_too():
    layout = laid(["姓名"], ["张三"], ["李四"])
    assert (layout.header, data(layout)) == ([0], [1, 2])


@pytest.mark.parametrize("rows", [[], [["只是一段话"]], [["张三", "男"], ["李四", "女"]], [[1.0, 2.0], [3.0, 4.0]]])
def test_without_headings_nothing_is_guessed(rows: list[list[Cell]]):
    assert understand(Sheet("表", rows), known) is None


CELLS = st.one_of(
    st.none(), st.sampled_from(["姓名", "联系电话", "合计", "一、常规", "注：", "张三", " "]), st.floats(0, 9)
)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=12), st.data())
def test_no_row_that_says_something_below_the_headings_is_lost(rows: list[list[Any]], draw: st.DataObject):
    top, left = draw.draw(st.integers(0, 12)), draw.draw(st.integers(0, 4))
    merged = ((top, left, top + draw.draw(st.integers(0, 3)), left + draw.draw(st.integers(0, 3))),)
    sheet = Sheet("表", rows, merged if draw.draw(st.booleans()) else ())
    layout = understand(sheet, known)
    if layout is None:
        return
    told = sorted([*data(layout), *(at for at, _aside in layout.asides)])
    said = [at for at, row in enumerate(rows) if any(cell is not None and str(cell).strip() for cell in row)]
    assert len(told) == len(set(told))
    assert {at for at in said if at > layout.header[-1]} <= set(told)


def test_cells_merged_beyond_the_sheet_fill_only_what_is_there():
    layout = laid(HEADINGS, ["", "张三"], ["", "李四"], merged=((1, 1, 1_048_575, 16_383),))
    assert layout.rows[1:] == [["", "张三", "张三", "张三"]] * 2


def test_cells_merged_over_each_other_without_end_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_FILLED", 20)
    with pytest.raises(Unreadable):
        laid(HEADINGS, ZHANG, LI, merged=((1, 1, 2, 3),) * 4)


def test_headings_may_take_three_rows():
    rows: list[list[Cell]] = [
        ["序号", "房屋", "人员", "人员", "人员"],
        ["序号", "门牌号", "基本情况", "基本情况", "联系"],
        ["序号", "门牌号", "姓名", "性别", "联系电话"],
        [1.0, "1-101", "张三", "男", "13800001234"],
    ]
    layout = laid(["居民信息登记表"], *rows)
    assert (layout.header, data(layout)) == ([1, 2, 3], [4])
    assert layout.headings[2] == ("人员", "基本情况", "姓名")


def test_another_table_below_is_read_under_its_own_headings():
    rows: list[list[Cell]] = [
        ["报到情况"],
        ["序号", "项目名称", "服务对象", "责任人"],
        [1.0, "医保咨询", "老年人", "付涛"],
        [],
        ["二、报到党员"],
        HEADINGS,
        ZHANG,
        ["共计：1人"],
    ]
    first, second = tables(Sheet("表", rows), known)
    assert (first.header, data(first)) == ([1], [2])
    assert (second.header, data(second), second.title) == ([5], [6], "二、报到党员")
    assert second.asides == [(7, Aside.TOTAL)]


@pytest.mark.parametrize("section", [["第一网格"], [None, "3号楼"], ["城东片", "城东片", "城东片"], ["（二）老城片"]])
def test_a_place_above_its_rows_is_a_section_also_where_it_is_not_counted(section: list[Cell]):
    layout = laid(HEADINGS, section, ZHANG)
    assert [line.section for line in layout.lines] == [next(str(one) for one in section if one)]


def test_titles_headings_and_page_numbers_of_each_printed_page_are_no_rows():
    title: list[Cell] = ["清河社区志愿者登记表"]
    again: list[Cell] = ["清河社区志愿者登记表（续）"]
    layout = laid(title, HEADINGS, ["第一网格"], ZHANG, ["第 1 页，共 2 页"], again, HEADINGS, LI)
    assert [(line.row, line.section) for line in layout.lines] == [(3, "第一网格"), (7, "第一网格")]
    assert [aside for _at, aside in layout.asides] == [Aside.SECTION, Aside.FOOTER, Aside.HEADER, Aside.HEADER]


def test_totals_of_parts_notes_that_go_on_and_who_signs_are_no_rows():
    rows: list[list[Cell]] = [
        ["第一网格小计：2人"],
        ["注：1.电话填本人的。"],
        ["2.特长可以多填。"],
        [None, None, None, "清河社区居民委员会"],
        [None, None, None, "2026年3月5日"],
    ]
    layout = laid(["志愿者登记表"], HEADINGS, ZHANG, LI, *rows)
    assert data(layout) == [2, 3]
    kinds = [Aside.TOTAL, Aside.NOTE, Aside.NOTE, Aside.FOOTER, Aside.FOOTER]
    assert [aside for _at, aside in layout.asides] == kinds


def test_rows_kept_free_under_a_merged_cell_are_blank():
    head: list[Cell] = ["所属网格", "序号", "姓名", "联系电话"]
    rows: list[list[Cell]] = [head, ["第一网格", 1.0, "张三"], [None, 2.0], [None, "3"]]
    assert data(laid(*rows, merged=((1, 0, 3, 0),))) == [1]


@pytest.mark.parametrize("ditto", ["同上", "〃", '"', "″"])
def test_what_is_only_said_to_be_the_same_as_above_is_said_again(ditto: str):
    layout = laid(HEADINGS, ZHANG, [2.0, "李四", None, ditto], [3.0, "王五", ditto, ditto])
    assert [line.cells.get(3) for line in layout.lines] == ["第一网格"] * 3
    assert [line.cells.get(2) for line in layout.lines] == ["13800001234", None, ditto]
