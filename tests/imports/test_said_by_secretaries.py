"""Ledgers as secretaries write them: what stands beside, below and between, and headings of one word."""

from typing import Any

import pytest

from tests.core.sheets.paper import xlsx
from tests.imports.test_cells_together import said, wrong
from tests.imports.test_rows_apart import why


def test_a_third_number_in_a_cell_is_told_too(read):
    rows = [["需求清单"], ["姓名", "联系电话", "需求内容"], ["王芳", "13800001001、13800001002、13800001003", "修灯"]]
    told = [one for one in read(xlsx({"需求": rows}))["warnings"] if one["warning"] == "second_phone"]
    assert "“13800001002、13800001003”" in told[0]["message"]


@pytest.mark.parametrize("carried", ["过次页", "承前页", "（转下页）", "接上页"])
def test_what_is_carried_to_the_next_page_is_no_need_and_no_section(read, carried: str):
    rows = [["群众需求清单"], ["序号", "姓名", "联系电话", "需求内容"], ["第一网格"], [1, "王芳", "", "修灯"]]
    report = read(xlsx({"需求": [*rows, [carried, "", "", "2件"], [carried], [2, "李强", "", "修路"]]}))
    assert said(report, "person", "grid") == [(4, "王芳", "第一网格"), (7, "李强", "第一网格")]
    assert why(report)[1:] == [(5, "total"), (6, "total")]


def test_a_star_with_its_note_below_is_no_project(read):
    head = ["序号", "项目名称", "服务对象", "服务频次", "备注"]
    rows = [
        ["服务项目清单"],
        head,
        [1, "助餐", "老人", "每天", "*"],
        ["*", "由民政局资助"],
        [2, "义诊", "居民", "每月"],
    ]
    report = read(xlsx({"项目": rows}))
    assert (said(report, "name"), why(report)) == ([(3, "助餐"), (5, "义诊")], [(4, "note")])


@pytest.mark.parametrize("nothing", ["无需求", "暂无需求", "目前没有需求。", "无诉求"])
def test_who_asks_for_nothing_has_no_need(read, nothing: str):
    report = read(xlsx({"需求": [["需求清单"], ["姓名", "需求内容"], ["王芳", nothing], ["李强", "无障碍坡道"]]}))
    assert (said(report, "person"), wrong(report)) == ([(4, "李强")], [(3, "missing_required", "content")])


def test_headings_of_one_word_below_a_title_are_what_they_say(read):
    rows = [["序号", "群众需求清单"], ["", "居民", "电话", "诉求", "办理"], [1, "王芳", "13800001001", "修灯", "办结"]]
    report = read(xlsx({"需求": rows}, merged={"需求": ["A1:A2", "B1:E1"]}))
    assert said(report, "person", "content", "status", "handler") == [(3, "王芳", "修灯", "办结", None)]


def test_whether_it_is_done_goes_before_what_was_done(read):
    rows = [["民情台账"], ["反映人", "民情内容", "办理情况", "是否办结"], ["王芳", "修灯", "3月5日已更换", "是"]]
    assert said(read(xlsx({"台账": rows})), "status", "measures") == [(3, "办结", "3月5日已更换")]
    alone = [["民情台账"], ["反映人", "民情内容", "办理情况"], ["王芳", "修灯", "已办结"]]
    assert said(read(xlsx({"台账": alone})), "status") == [(3, "办结")]


@pytest.mark.parametrize("heading", ["资源内容", "可提供服务内容"])
def test_units_whose_resources_are_only_described_share_them(read, heading: str):
    rows = [["共建单位资源清单"], ["单位", "资源类别", heading, "联系人"], ["清河小学", "阵地", "图书室", "陈红"]]
    rows += [["区医院", "服务", "义诊" * 40, "王红"]]
    report = read(xlsx({"资源": rows}))
    assert [one["list"] for one in report["accepted"]] == ["resources", "resources"]
    assert said(report, "provider", "name") == [(3, "清河小学", "图书室"), (4, "区医院", f"{'义诊' * 29}义…")]


@pytest.mark.parametrize(
    "cell", ["王芳 女 68岁 3-101 13800001001", "王芳，3栋202，电话13800001001", "王芳,女,13800001001"]
)
def test_more_in_the_cell_of_a_name_is_no_part_of_it(read, cell: str):
    report = read(xlsx({"诉求": [["居民诉求登记表"], ["序号", "居民", "诉求"], [1, cell, "修灯"]]}))
    assert said(report, "person", "phone") == [(3, "王芳", "13800001001")]
    assert "beside_name" in [one["warning"] for one in report["warnings"]]


@pytest.mark.parametrize("whole", ["3栋全体居民", "王芳等12户", "王芳、李强"])
def test_who_asks_together_is_named_in_full(read, whole: str):
    report: dict[str, Any] = read(xlsx({"需求": [["需求清单"], ["需求人", "需求内容"], [whole, "修灯"]]}))
    assert said(report, "person") == [(3, whole)]


def test_several_needs_beside_each_other_in_a_row_are_all_read(read, take_in):
    head = ["序号", "姓名", "联系电话", "需求一", "需求二", "需求三"]
    rows = [["居民需求收集表"], head, [1, "王芳", "13800001001", "装电梯", "修灯", ""]]
    rows += [[2, "李强", "", "", "助餐", ""], [3, "赵敏", "", "无", "", "无"]]
    data = xlsx({"需求": rows})
    report = read(data)
    assert said(report, "person", "phone", "content") == [
        (3, "王芳", "13800001001", "装电梯"),
        (3, "王芳", "13800001001", "修灯"),
        (4, "李强", None, "助餐"),
    ]
    assert wrong(report) == [(5, "missing_required", "content")]
    take_in(data)
    assert read(data)["counts"]["accepted"] == 0


def test_what_became_of_each_need_in_a_row_stays_beside_it(read):
    head = ["姓名", "联系电话", "住址", "需求1", "办理情况1", "需求2", "办理情况2"]
    rows = [["居民需求清单"], head, ["王芳", "", "1-101", "装电梯", "办理中", "修灯", "已办结"]]
    expected = [(3, "王芳", "装电梯", "办理中"), (3, "王芳", "修灯", "办结")]
    assert said(read(xlsx({"需求": rows})), "person", "content", "status") == expected


def test_needs_below_one_heading_are_all_read(read):
    rows = [
        ["居民需求清单"],
        ["姓名", "居民需求", "", "备注"],
        ["", "需求1", "需求2", ""],
        ["王芳", "电梯", "修灯", ""],
    ]
    report = read(xlsx({"需求": rows}, merged={"需求": ["A2:A3", "B2:C2", "D2:D3"]}))
    assert said(report, "person", "content") == [(4, "王芳", "电梯"), (4, "王芳", "修灯")]


def test_what_only_begins_with_such_a_word_is_something_else(read):
    head = ["序号", "居民类型", "反映问题", "办理时限", "处理单位"]
    report = read(xlsx({"台账": [["民情台账"], head, [1, "租户", "修灯", "3个工作日", "物业"]]}))
    assert said(report, "content", "person", "status", "measures") == [(3, "修灯", None, None, None)]
    assert report["header"][0]["not_imported"] == {"B": "居民类型", "D": "办理时限", "E": "处理单位"}
