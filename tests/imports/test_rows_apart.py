"""Rows that are no data, in all the ways ledgers write sections, totals and notes, and headings that look alike."""

from typing import Any

import pytest

from tests.core.sheets.paper import xlsx
from tests.imports.test_cells_together import said, wrong


def why(report: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["why"]) for one in report["ignored"]]


def test_a_section_whose_number_has_a_cell_of_its_own_is_no_project(read):
    head = ["序号", "项目名称", "服务对象", "服务频次", "责任人"]
    rows = [["服务项目清单"], head, ["一", "常规服务项目"], [1, "助餐", "老人", "每天", "冯一"]]
    rows += [["二", "特色服务项目"], [1, "邻里节", "全体居民", "每年", "冯二"]]
    report = read(xlsx({"项目": rows}, merged={"项目": ["B3:E3"]}))
    assert said(report, "name", "type") == [(4, "助餐", "常规"), (6, "邻里节", "特色")]
    assert (wrong(report), why(report)) == ([], [(3, "section"), (5, "section")])


def test_a_duty_whose_number_has_a_cell_of_its_own_is_the_one_of_those_below(read):
    head = ["序号", "姓名", "性别", "网格", "联系电话", "户数"]
    rows = [["网格员名册"], head, ["一", "网格长（2人）"], [1, "尹一", "男", "第一网格", "13800120001", "321"]]
    rows += [["二", "专职网格员（1人）"], [1, "尹二", "女", "第一网格", "13800120002", ""]]
    report = read(xlsx({"网格员": rows}, merged={"网格员": ["B3:F3", "B5:F5"]}))
    assert (said(report, "name", "role"), wrong(report)) == ([(4, "尹一", "网格长"), (6, "尹二", "专职网格员")], [])


def test_in_a_list_numbered_in_chinese_a_row_with_a_name_alone_is_somebody(read):
    rows = [["居民花名册"], ["序号", "姓名", "性别", "联系电话", "备注"], ["一", "王芳"], ["二", "李强", "男"]]
    assert said(read(xlsx({"居民": rows})), "name") == [(3, "王芳"), (4, "李强")]


@pytest.mark.parametrize(
    "total",
    [
        ["合計", "5件"],
        ["合計：5"],
        ["总人数", 5],
        ["总户数：", "3户"],
        ["人数合计", 5],
        ["共 5 人"],
        ["以上共计5人"],
        ["合计：共5人"],
        ["本页小計", 5],
    ],
)
def test_a_sum_is_nobody_however_it_is_written(read, total: list[Any]):
    rows = [["居民花名册"], ["姓名", "性别", "联系电话"], ["王芳", "女", "13800001001"], total, ["李强", "男"]]
    report = read(xlsx({"居民": rows}))
    assert (said(report, "name"), wrong(report), why(report)) == ([(3, "王芳"), (5, "李强")], [], [(4, "total")])


def test_nothing_in_traditional_characters_is_nothing(read):
    rows = [["群眾需求清單"], ["姓名", "聯繫電話", "需求內容", "備註"], ["陳大文", "無", "修燈", "暫無"]]
    rows += [["備註：以上由社區填報"], ["填報單位：清河社區"]]
    report = read(xlsx({"群眾需求": rows}))
    assert said(report, "person", "phone", "remark") == [(3, "陳大文", None, None)]
    assert why(report) == [(4, "note"), (5, "footer")]


def test_signs_nobody_sees_in_headings_change_nothing(read):
    rows = [["居民花名册"], ["\ufeff序号", "姓\u200b名", "联系电话\u200b"], [1, "王芳", "13800001001\u200b"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "name", "phone") == [(3, "王芳", "13800001001")]
    assert report["header"][0]["not_imported"] == {}


def test_where_a_grid_has_nobody_of_a_duty_no_row_is_missing(read):
    head = ["网格", "网格长", "联系电话", "兼职网格员", "联系电话"]
    rows = [["网格架构表"], head, ["第一网格", "甲一", "13800180001", "丙一", "13800180003"]]
    rows += [["第二网格", "甲二", "13800180002", "无", "无"], ["第一网格", "甲三", "13800180004", "空缺", ""]]
    report = read(xlsx({"架构": rows}))
    assert (said(report, "name")[-1], wrong(report)) == ((3, "丙一"), [])
    assert report["counts"]["accepted"] == 4


def test_another_title_above_the_same_headings_is_that_of_the_rows_below(read):
    head = ["岗位", "姓名", "电话"]
    rows = [["第一网格工作人员名单"], head, ["网格长", "管一", "13910640001"], []]
    rows += [["第二网格工作人员名单"], ["（2026年）"], head, ["网格长", "管三", "13910640003"]]
    report = read(xlsx({"网格": rows}))
    assert said(report, "name", "grid") == [(3, "管一", "第一网格"), (8, "管三", "第二网格")]
    assert (wrong(report), why(report)) == ([], [(5, "section"), (6, "section"), (7, "header")])


def test_a_share_beneath_the_sums_is_no_need(read):
    rows = [["需求清单"], ["类别", "序号", "需求内容"], ["民生", 1, "修灯"], ["总计", "", "1件"], ["占比", "", "100%"]]
    report = read(xlsx({"需求": rows}))
    assert (said(report, "content"), why(report)) == ([(3, "修灯")], [(4, "total"), (5, "total")])
