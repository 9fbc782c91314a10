"""Marks in columns to tick, numerals of seals, and days of what is not done yet."""

from typing import Any

import pytest

from tests.core.sheets.paper import xlsx
from tests.imports.test_cells_together import said, warned, wrong


@pytest.mark.parametrize("circle", ["○", "◯", "〇"])
def test_a_circle_ticks_where_nothing_else_does(read, circle: str):
    rows = [
        ["居民花名册"],
        ["姓名", "低保", "残疾", "是否党员"],
        ["王芳", circle, "", circle],
        ["李强", "×", circle, "×"],
    ]
    report = read(xlsx({"居民": rows}))
    assert said(report, "tags", "political") == [(3, ["低保"], "中共党员"), (4, ["残疾"], "×")]
    assert (wrong(report), warned(report)) == ([], [])


@pytest.mark.parametrize("tick", ["√", "✓", "是", "Y", 1, "●"])
def test_a_circle_beside_ticks_is_none_and_it_is_told(read, tick: Any):
    rows = [["居民花名册"], ["姓名", "低保", "民族"], ["王芳", tick, "汉"], ["李强", "○", "汉"], ["赵敏", "", "汉"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "tags") == [(3, ["低保"]), (4, None), (5, None)]
    assert (wrong(report), warned(report)) == ([], [(4, "mark_unsure", "低保")])


def test_boxes_under_one_heading_are_one_column_of_marks(read):
    head = [["姓名", "性别", ""], ["", "男", "女"]]
    rows = [["居民花名册"], *head, ["王芳", "○", "√"], ["李强", "√", "○"]]
    report = read(xlsx({"居民": rows}, merged={"居民": ["A2:A3", "B2:C2"]}))
    assert said(report, "name", "gender") == [(4, "王芳", "女"), (5, "李强", "男")]
    assert warned(report) == [(4, "mark_unsure", "gender"), (5, "mark_unsure", "gender")]
    rows = [["居民花名册"], *head, ["王芳", "", "○"], ["李强", "○", ""]]
    report = read(xlsx({"居民": rows}, merged={"居民": ["A2:A3", "B2:C2"]}))
    assert (said(report, "gender"), warned(report)) == ([(4, "女"), (5, "男")], [])


def test_whether_a_need_is_done_may_be_marked_by_a_circle(read):
    rows = [["需求清单"], ["姓名", "需求内容", "是否办结"], ["王芳", "修灯", "○"], ["李强", "修路", "×"]]
    assert said(read(xlsx({"需求": rows}), history=True), "status") == [(3, "办结"), (4, "待受理")]


def test_grids_may_be_numbered_as_on_seals(read):
    rows = [["居民花名册"], ["姓名", "民族", "网格"], ["王芳", "汉", "第壹网格"], ["李强", "汉", "网格贰"]]
    assert said(read(xlsx({"居民": rows})), "grid") == [(3, "第一网格"), (4, "第二网格")]
    rows = [["居民花名册"], ["姓名", "民族"], ["第壹网格"], ["王芳", "汉"], ["贰、第贰网格"], ["李强", "汉"]]
    assert said(read(xlsx({"居民": rows})), "grid") == [(4, "第一网格"), (6, "第二网格")]


@pytest.mark.parametrize(
    "written", ["进行中", "正在办理", "未办结", "办理中", "尚未完成", "待办", "在办。", "持续推进中"]
)
def test_what_is_not_done_yet_has_no_day_and_it_is_told(read, written: str):
    need = [["需求清单"], ["姓名", "需求内容", "登记日期", "办结时间"], ["王芳", "修灯", "2026-03-01", written]]
    done = [["服务落地清单"], ["群众需求", "接单单位", "受理日期", "完成时间"], ["修灯", "物业", "2026.3.1", written]]
    report = read(xlsx({"需求": need, "服务落地": done}), history=True)
    assert said(report, "date", "start_date", "done_date") == [
        (3, "2026-03-01", None, None),
        (3, None, "2026-03-01", None),
    ]
    assert wrong(report) == []
    assert [one for one in warned(report) if one[1] == "not_done_yet"] == [(3, "not_done_yet", "done_date")] * 2


def test_a_day_nobody_can_read_is_refused_as_ever(read):
    rows = [["需求清单"], ["姓名", "需求内容", "办结时间"], ["王芳", "修灯", "过几天"]]
    assert wrong(read(xlsx({"需求": rows}), history=True)) == [(3, "date_bad", "done_date")]
