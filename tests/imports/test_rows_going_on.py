"""Rows of ledgers that are no need of their own: they go on with the one above."""

from typing import Any

import pytest

from app.core.sheets import reading
from tests.core.sheets.paper import xlsx
from tests.imports.conftest import sent
from tests.imports.test_cells_together import said, wrong
from tests.imports.test_rows_apart import why

HEAD = ["序号", "反映时间", "反映人", "联系方式", "反映问题", "责任人", "办理情况"]


def book(*rows: list[Any], merged: tuple[str, ...] = (), head: list[str] = HEAD) -> bytes:
    return xlsx({"台账": [["民情台账"], head, *rows]}, merged={"台账": merged})


def test_long_words_over_two_rows_are_one_need(read):
    first = [1, "2026.3.8", "王芳", "13800001001", "三号楼楼道堆放杂物，", "陈红", "已联系物业，"]
    report = read(
        book(first, ["", "", "", "", "影响通行。", "", "10日清理。"], [2, "2026.3.9", "李强", "", "噪音扰民"])
    )
    assert said(report, "person", "content") == [(3, "王芳", "三号楼楼道堆放杂物，影响通行。"), (5, "李强", "噪音扰民")]
    assert report["accepted"][0]["values"]["status"] == "已联系物业,10日清理"
    assert (wrong(report), why(report)) == ([], [(4, "goes_on")])


def test_how_it_was_dealt_with_below_a_need_is_no_need(read):
    rows = [[1, "王芳", "诉求：路灯不亮"], ["", "", "办理：已更换灯泡"], [2, "李强", "诉求：井盖破损"]]
    report = read(book(*rows, ["", "", "处理结果：已报市政"], head=["序号", "姓名", "内容"]))
    assert said(report, "person", "content") == [
        (3, "王芳", "诉求：路灯不亮\n办理：已更换灯泡"),
        (5, "李强", "诉求：井盖破损\n处理结果：已报市政"),
    ]


def test_asked_and_answered_in_rows_of_their_own_are_one_need(read):
    rows = [[1, "王芳", "诉求", "路灯不亮", "2026-3-1"], ["", "", "办理", "已更换灯泡", "2026-3-3"]]
    data = book(*rows, merged=("A3:A4", "B3:B4"), head=["序号", "姓名", "项目", "内容", "日期"])
    expected = [(3, "王芳", "路灯不亮\n办理：已更换灯泡（2026-3-3）", "2026-03-01")]
    assert said(read(data), "person", "content", "date") == expected


def test_several_units_that_share_one_need_make_no_second_one(read):
    rows = [[1, "2026.3.8", "王芳", "", "噪音", "城管", "已约谈"], ["", "", "", "", "", "公安", "已出警"]]
    report = read(book(*rows, merged=("A3:A4", "B3:B4", "C3:C4", "E3:E4")))
    assert said(report, "person", "content", "handler", "status") == [
        (3, "王芳", "噪音", "城管、公安", "已约谈\n已出警")
    ]


def test_words_without_a_number_that_may_be_a_need_are_asked_about(read):
    report = read(
        book([1, "2026.3.8", "王芳", "", "修灯"], ["", "", "", "", "修锁"], [2, "2026.3.9", "李强", "", "修路"])
    )
    assert [one["row"] for one in report["accepted"]] == [3, 4, 5]
    assert [(one["row"], one["warning"]) for one in report["warnings"]] == [(4, "may_go_on")]


@pytest.mark.parametrize("second", [["", "2026.3.9", "李强", "", "修锁"], ["", "", "李强", "", "修锁"]])
def test_who_has_no_number_has_a_need_all_the_same(read, second: list[Any]):
    report = read(book([1, "2026.3.8", "王芳", "", "修灯，"], second))
    assert (said(report, "content"), report["warnings"]) == ([(3, "修灯，"), (4, "修锁")], [])


def test_several_needs_of_one_person_below_a_merged_name_stay_several(read):
    rows = [[1, "2026.3.8", "王芳", "", "修灯"], ["", "2026.3.9", "", "", "修锁"]]
    report = read(book(*rows, merged=("A3:A4", "C3:C4")))
    assert said(report, "person", "content") == [(3, "王芳", "修灯"), (4, "王芳", "修锁")]


def test_a_rejected_need_comes_back_with_all_its_words(as_secretary):
    data = book([1, "上周三", "王芳", "", "楼道堆放杂物，"], ["", "", "", "", "影响通行。"])
    number = as_secretary.post("/imports/", data=sent(data, community="1", list="auto")).location.rsplit("/", 1)[1]
    assert "接着上一行写的行" in as_secretary.get(f"/imports/{number}").get_data(as_text=True)
    back = as_secretary.get(f"/imports/{number}/rejected.xlsx").get_data()
    assert [row[4] for row in reading.read(back).sheets[0].rows[2:]] == ["楼道堆放杂物，影响通行。"]
