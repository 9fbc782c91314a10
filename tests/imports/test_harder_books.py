"""Ledgers that say one thing in several columns, several things in one cell, or places only by their number."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.needs.models import Need
from tests.core.sheets.paper import xlsx


def said(report: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    """Return of each row that is taken its number and some of its values."""
    return [(one["row"], *(one["values"].get(name) for name in names)) for one in report["accepted"]]


def wrong(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["reason"], one["field"]) for one in report["rejected"]]


# -- places by their number -----------------------------------------------------------------------------------------


def test_a_bare_number_is_what_its_heading_says_it_is_one_of(read, take_in):
    take_in(xlsx({"位置": [["名称", "上级"], ["8号楼", "第一网格"]]}))
    rows = [["群众需求清单"], ["姓名", "楼栋", "单元", "房号", "需求内容"], ["王芳", 8, 1, 101, "修灯"]]
    rows += [["李强", 3, 1, 102, "修路"], ["赵敏", "3栋", "", "", "修门"]]
    report = read(xlsx({"需求": rows}))
    assert said(report, "grid", "address") == [(3, "8号楼", "8-1-101"), (4, None, "3-1-102")]
    assert wrong(report) == [(5, "grid_unknown", "building")]


def test_a_building_beside_a_grid_is_where_somebody_lives(read):
    rows = [["需求清单"], ["姓名", "网格", "楼栋", "需求内容"], ["王芳", "第一网格", "8栋", "修灯"]]
    assert said(read(xlsx({"需求": rows})), "grid", "address") == [(3, "第一网格", "8栋")]


def test_the_number_of_a_grid_is_no_building(read):
    rows = [["居民花名册"], ["姓名", "网格", "楼栋", "单元", "房号"]]
    rows += [["王芳", 1, 8, 1, 101], ["李强", "二", "3", 2, "0202"], ["赵敏", 7, "3", 2, "0202"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "grid", "door") == [(3, "第一网格", "8-1-101"), (4, "第二网格", "3-2-0202")]
    assert wrong(report) == [(5, "grid_unknown", "grid")]


def test_who_works_in_two_grids_has_one_post_for_both(read, take_in):
    rows = [["网格员通讯录"], ["姓名", "岗位", "负责网格", "电话"]]
    rows += [["王芳", "网格员", "第一、二网格", "13800001001"], ["李强", "网格长", "第一网格、第九网格", "13800001002"]]
    data = xlsx({"网格员": rows})
    report = read(data)
    assert said(report, "name", "grid") == [(3, "王芳", "第一网格、第二网格")]
    assert wrong(report) == [(4, "grid_unknown", "grid")]
    take_in(data)
    assert read(data)["counts"]["accepted"] == 0


# -- a column for each category -------------------------------------------------------------------------------------


def test_each_filled_cell_below_a_category_is_a_resource(read, take_in):
    rows = [["驻区单位资源清单"], ["序号", "单位名称", "场地", "人才", "资金", "服务项目"]]
    rows += [[1, "清河小学", "会议室1间", "教师3名", "", "课后辅导"], [2, "区医院", "无", "医生2名", "5000元", ""]]
    data = xlsx({"资源": [*rows, [3, "区法院", "", "", "", ""], ["合计", "3家"]]})
    report = read(data)
    assert said(report, "provider", "name", "category") == [
        (3, "清河小学", "会议室1间", "阵地"),
        (3, "清河小学", "教师3名", "人才"),
        (4, "区医院", "医生2名", "人才"),
        (4, "区医院", "5000元", "资金"),
        (3, "清河小学", "课后辅导", "服务"),
    ]
    assert wrong(report) == [(5, "missing_required", "name")]
    take_in(data)
    assert read(data)["counts"]["accepted"] == 0


def test_categories_below_one_heading_are_parted_too_and_ticks_are_no_resources(read):
    rows = [["共建单位资源清单"], ["单位名称", "可提供资源", "", "联系人"], ["", "场地资源", "人才资源", ""]]
    rows += [["清河小学", "会议室", "教师", "陈红"]]
    report = read(xlsx({"资源": rows}, merged={"资源": ["A2:A3", "B2:C2", "D2:D3"]}))
    assert said(report, "name", "category", "contact") == [(4, "会议室", "阵地", "陈红"), (4, "教师", "人才", "陈红")]
    ticks = [["资源清单"], ["单位名称", "资源名称", "场地", "人才"], ["清河小学", "会议室", "√", ""]]
    report = read(xlsx({"资源": ticks}))
    assert said(report, "name") == [(3, "会议室")]
    assert report["header"][0]["not_imported"] == {"C": "场地", "D": "人才"}


# -- days in several columns ----------------------------------------------------------------------------------------


def test_month_and_day_in_columns_of_their_own_are_a_day(read):
    rows = [["2026年民情台账"], ["月", "日", "反映人", "反映问题"]]
    rows += [[3, 5, "王芳", "噪音"], ["3月", "6日", "李强", "漏水"], ["", 7, "赵敏", "漏电"]]
    report = read(xlsx({"台账": rows}))
    assert said(report, "date", "person") == [(3, "2026-03-05", "王芳"), (4, "2026-03-06", "李强")]
    assert wrong(report) == [(5, "date_bad", "date")]


def test_year_month_and_day_below_one_heading_are_that_day(read):
    rows = [["民情台账"], ["登记日期", "", "", "反映人", "反映问题"], ["年", "月", "日", "", ""]]
    rows += [[2026, 3, 5, "王芳", "噪音"], [2026, 13, 5, "李强", "漏水"]]
    report = read(xlsx({"台账": rows}, merged={"台账": ["A2:C2", "D2:D3", "E2:E3"]}))
    assert (said(report, "date"), wrong(report)) == ([(4, "2026-03-05")], [(5, "date_bad", "date")])


@pytest.mark.parametrize("hour", ["上午9:30", "9:30", 9.5 / 24])
def test_the_time_beside_a_day_belongs_to_it(read, take_in, behind, hour: Any):
    rows = [["来访台账"], ["日期", "时间", "来访人", "来访事由"], ["2026年3月5日", hour, "王芳", "邻里纠纷"]]
    data = xlsx({"台账": rows})
    assert "B" not in read(data)["header"][0]["not_imported"]
    take_in(data)
    with behind():
        need = db.session.scalars(select(Need).filter_by(title="邻里纠纷")).one()
        assert f"{clock.local(need.received_at):%Y-%m-%d %H:%M}" == "2026-03-05 09:30"


# -- several people in one cell -------------------------------------------------------------------------------------


def test_the_family_in_one_cell_becomes_a_person_each(read, take_in):
    rows = [["困难群体台账"], ["序号", "户主", "家庭成员", "困难类型", "联系电话"]]
    rows += [[1, "王一", "王二（妻）、王三（子）", "残疾人", "13800001001"], [2, "李一", "", "低保户", "13800001002"]]
    data = xlsx({"重点人群": rows})
    report = read(data)
    assert said(report, "name", "head", "relation", "phone", "tags") == [
        (3, "王一", None, None, "13800001001", ["残疾人"]),
        (4, "李一", None, None, "13800001002", ["低保户"]),
        (3, "王二", "王一", "配偶", None, None),
        (3, "王三", "王一", "子", None, None),
    ]
    take_in(data)
    assert read(data)["counts"]["accepted"] == 0


def test_a_sentence_about_the_family_is_nobodys_name(read):
    rows = [["困难群体台账"], ["户主", "家庭成员", "困难类型"], ["王一", "妻子45岁，无业；儿子在读", "低保户"]]
    assert wrong(read(xlsx({"重点人群": rows}))) == [(3, "missing_required", "name")]


@pytest.mark.parametrize("names", ["王芳（妻）、李强（子）", "王芳 李强", "王芳(妻)李强(子)"])
def test_several_names_are_told_also_with_brackets_or_a_blank(read, names: str):
    report = read(xlsx({"居民": [["居民花名册"], ["姓名", "性别"], [names, "女"]]}))
    assert [one["reason"] for one in report["warnings"]] == ["several_names"]


# -- what another sheet says, and what is no row --------------------------------------------------------------------


def test_who_lives_at_a_place_of_the_same_file_is_told_to_send_it_once_more(read, take_in):
    grids = [["网格名称", "户数"], ["第八网格", 300]]
    rows = [["居民姓名", "需求内容", "所属网格"], ["王芳", "修灯", "8网格"], ["李强", "修路", "第十二网格"]]
    data = xlsx({"网格": grids, "需求": rows})
    report = read(data)
    assert wrong(report) == [(2, "grid_unknown", "grid"), (3, "grid_unknown", "grid")]
    told = [(one["row"], one["reason"]) for one in report["warnings"]]
    assert told == [(2, "grid_unknown")]
    assert "同一份文件" in report["warnings"][0]["message"]
    take_in(data)
    report = read(data)
    assert (said(report, "grid"), wrong(report)) == ([(2, "第八网格")], [(3, "grid_unknown", "grid")])


@pytest.mark.parametrize("more", [["签名"], []])
def test_who_came_to_something_does_not_live_here_for_it(read, more: list[str]):
    rows = [["“义诊进社区”活动签到表"], ["序号", "姓名", "联系电话", *more], [1, "王芳", "13800001001"]]
    report = read(xlsx({"表": rows, "居民": [["姓名", "性别"], ["李强", "男"]]}))
    assert (said(report, "name"), report["other_sheets"]) == ([(2, "李强")], ["表"])


def test_a_row_that_is_void_is_none(read):
    rows = [["需求清单"], ["姓名", "需求内容", "备注"], ["王芳", "修灯", "作废"], ["李强", "修路", "作废旧灯具要清走"]]
    report = read(xlsx({"需求": rows}))
    assert (said(report, "content"), report["ignored"][0]["row"]) == ([(4, "修路")], 3)


# -- what cells say -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", ["2026.3.1-3.5", "2026年3月1日至5日", "3月1日—3月5日", "2026/3/1～2026/3/5"])
def test_of_several_days_the_last_is_when_it_was_done(read, days: str):
    rows = [["2026年服务落地清单"], ["群众需求", "接单单位", "受理日期", "完成时间"], ["修灯", "物业公司", days, days]]
    need = [["2026年需求清单"], ["姓名", "需求内容"], ["王芳", "修灯"]]
    report = read(xlsx({"服务落地": rows, "需求": need}))
    assert said(report, "start_date", "done_date")[0] == (3, "2026-03-01", "2026-03-05")
    assert [one["reason"] for one in report["warnings"] if one["field"] == "done_date"] == ["days"]


@pytest.mark.parametrize(
    "days", ["2026.3.5-3.1", "2026.3-4", "2026.3/4", "2026年3-4", "3.1-3.5", "2026年3月1日至31日至5日", "2026.2.1至30"]
)
def test_days_in_the_wrong_order_or_without_a_year_are_none(read, days: str):
    rows = [["服务落地清单"], ["群众需求", "接单单位", "完成时间"], ["修灯", "物业公司", days]]
    report = read(xlsx({"服务落地": rows, "需求": [["姓名", "需求内容"], ["王芳", "修灯"]]}))
    assert [reason[:4] for _row, reason, _field in wrong(report)] == ["date"]


def test_what_a_number_counts_may_stand_in_a_column_of_its_own(read):
    rows = [["资源清单"], ["提供单位", "资源名称", "数量", "单位"], ["清河超市", "食用油", 3, "桶"]]
    assert said(read(xlsx({"资源": rows})), "provider", "quantity", "unit_of_measure") == [(3, "清河超市", 3, "桶")]
    rows = [["资源清单"], ["单位", "资源名称", "数量"], ["清河超市", "食用油", "3桶"]]
    assert said(read(xlsx({"资源": rows})), "provider") == [(3, "清河超市")]


def test_a_door_typed_in_wide_digits_is_the_same_door(read):
    rows = [["居民花名册"], ["姓名", "门牌号", "住址"], ["王芳", "３－１－１０１", "武江北路８栋（东）"]]
    assert said(read(xlsx({"居民": rows})), "door", "address") == [(3, "3-1-101", "武江北路8栋（东）")]


def test_a_word_that_is_refused_is_not_said_to_be_kept(read):
    report = read(xlsx({"居民": [["居民花名册"], ["姓名", "性别"], ["王芳", "1980.3"]]}))
    assert wrong(report) == [(3, "enum_unknown", "gender")]
    assert "保留" not in report["rejected"][0]["message"]


def test_what_holds_for_good_has_no_last_day(read):
    rows = [
        ["资源清单"],
        ["提供单位", "资源名称", "有效期"],
        ["区医院", "义诊", "长期"],
        ["区法院", "普法", "到时再说"],
    ]
    report = read(xlsx({"资源": rows}))
    assert (said(report, "name"), wrong(report)) == ([(3, "义诊")], [(4, "date_bad", "valid_to")])


def test_a_note_at_the_foot_with_a_cell_of_its_own_is_no_need(read):
    rows = [["需求清单"], ["序号", "姓名", "需求内容"], ["①", "王芳", "修灯"], ["备注", "以上需求由社区汇总"]]
    report = read(xlsx({"需求": rows}))
    assert (said(report, "content"), wrong(report)) == ([(3, "修灯")], [])


def test_a_whole_door_below_a_building_is_an_address(read):
    rows = [["需求清单"], ["姓名", "所在小区", "楼栋", "需求内容"], ["王芳", "幸福小区", "3栋2单元101", "修灯"]]
    assert said(read(xlsx({"需求": rows})), "address") == [(3, "幸福小区 3栋2单元101")]


def test_yes_below_the_question_whether_somebody_is_content_says_so(read):
    head = ["反映人", "诉求内容", "是否满意"]
    rows = [["民情台账"], head, ["王芳", "噪音", "是"], ["李强", "漏水", "否"], ["赵敏", "堵路", "一般"]]
    assert said(read(xlsx({"民情": rows})), "feedback") == [(3, "满意"), (4, "不满意"), (5, "一般")]
