"""What ledgers say in passing: labels between rows, numbers of somebody else, two duties in a word, signs by names."""

from typing import Any

import pytest

from tests.core.sheets.paper import xlsx
from tests.imports.test_cells_together import said, warned, wrong
from tests.imports.test_rows_apart import why

PEOPLE = ["姓名", "性别", "联系电话"]


def test_labels_between_rows_are_said_of_those_below_and_what_is_not_kept_is_told(read):
    rows = [["居民花名册"], PEOPLE, ["网格：第一网格", "网格长：张三"], ["王芳", "女", "13800001001"]]
    rows += [["李强", "男"], ["网格：第二网格", "网格长：李四"], ["赵敏", "女", "13800001003"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "name", "grid") == [(4, "王芳", "第一网格"), (5, "李强", "第一网格"), (7, "赵敏", "第二网格")]
    assert warned(report) == [(4, "label_unread", ""), (7, "label_unread", "")]
    assert {one["list"] for one in report["accepted"]} == {"people"}


def test_a_unit_named_between_rows_is_that_of_the_members_below(read):
    rows = [["在职党员报到花名册"], ["姓名", "性别", "入党时间"], ["单位名称：区财政局"], ["王芳", "女", "2001.7.1"]]
    rows += [["单位名称：区税务局", "", "共1人"], ["李强", "男", "2002.7.1"]]
    report = read(xlsx({"党员": rows}))
    assert said(report, "name", "unit") == [(4, "王芳", "区财政局"), (6, "李强", "区税务局")]
    assert (wrong(report), why(report)) == ([], [(3, "section"), (5, "section")])


def test_what_is_said_of_a_household_may_take_two_rows(read):
    rows = [["居民花名册"], ["姓名", "与户主关系", "性别"], ["户号：003", "户主：张三"], ["住址：1-101", "人口：2"]]
    rows += [["张三", "户主", "男"], ["李四", "配偶", "女"], ["户号：004", "户主：王五"], ["王五", "户主", "男"]]
    report = read(xlsx({"居民": rows}))
    found = said(report, "name", "household_no", "address")
    assert found == [(5, "张三", "003", "1-101"), (6, "李四", "003", "1-101"), (8, "王五", "004", None)]
    assert warned(report) == [(5, "label_unread", "")]


@pytest.mark.parametrize(
    "foot",
    [
        [["单位：清河社区", "负责人：张三", "联系电话：0751-8123456"], ["日期：2026年3月5日"]],
        [["网格：第一网格", "填表人：张三"], ["审核：李四", "", "日期：2026年3月5日"]],
    ],
)
def test_who_signs_below_label_by_label_says_nothing_of_anybody(read, foot: list[Any]):
    report = read(xlsx({"居民": [["居民花名册"], PEOPLE, ["王芳", "女", "13800001001"], *foot]}))
    assert (said(report, "grid"), wrong(report)) == ([(3, None)], [])
    assert why(report) == [(4, "footer"), (5, "footer")]


def test_a_label_with_its_value_is_the_name_of_nobody(read):
    rows = [["居民花名册"], PEOPLE, ["王芳", "女", "13800001001"], ["住址：1-101", "女", "13800001002"]]
    assert wrong(read(xlsx({"居民": rows}))) == [(4, "missing_required", "name")]


def test_the_number_beside_somebody_else_is_not_that_of_the_row(read):
    head = ["单位名称", "联系人", "联系电话", "党员姓名", "党员电话", "入党时间"]
    rows = [["在职党员报到花名册"], head, ["区财政局", "张三", "13800001001", "王芳", "13800001002", "2001.7.1"]]
    report = read(xlsx({"党员": rows}))
    assert said(report, "name", "phone") == [(3, "王芳", "13800001002")]
    assert report["header"][0]["not_imported"] == {"B": "联系人", "C": "联系电话"}


def test_the_number_beside_who_is_called_in_need_is_kept_as_that_of_kin(read):
    rows = [["居民花名册"], [*PEOPLE, "紧急联系人", "联系电话"], ["王芳", "女", "13800001001", "李强", "13800001002"]]
    assert said(read(xlsx({"居民": rows})), "phone", "phone_kin") == [(3, "13800001001", "13800001002")]
    rows = [["儿童花名册"], ["姓名", "性别", "监护人", "联系电话"], ["王芳", "女", "李强", "13800001002"]]
    assert said(read(xlsx({"居民": rows})), "guardian", "phone") == [(3, "李强", "13800001002")]


def test_who_is_one_thing_and_another_too_has_two_posts(read):
    rows = [["网格员名册"], ["网格", "姓名", "职务"], ["第一网格", "赵六", "网格员兼楼栋长"]]
    rows += [["第二网格", "孙八", "兼职网格员"]]
    found = said(read(xlsx({"网格员": rows})), "name", "role")
    assert found == [(3, "赵六", "专职网格员"), (4, "孙八", "兼职网格员"), (3, "赵六", "楼栋长")]


def test_signs_and_remarks_by_a_name_are_no_part_of_it_or_told(read):
    rows = [["居民花名册"], ["姓名", "性别"], ["(1)李强", "男"], ["孙八★", "男"], ["已迁出-吴十", "男"], ["王○", "女"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "name") == [(3, "李强"), (4, "孙八"), (5, "已迁出-吴十"), (6, "王○")]
    assert warned(report) == [(4, "beside_name", "name"), (5, "odd_name", "name")]


def test_who_has_lived_for_months_only_is_nought_years_old(read):
    rows = [
        ["居民花名册"],
        ["姓名", "性别", "年龄"],
        ["王芳", "女", "3个月"],
        ["李强", "男", "36岁"],
        ["赵敏", "女", "20天"],
    ]
    assert said(read(xlsx({"居民": rows})), "age") == [(3, 0), (4, 36), (5, 0)]


def test_what_a_spreadsheet_could_not_reckon_is_nobody(read):
    rows = [["居民花名册"], ["姓名", "性别"], ["#REF!", "男"], ["王芳", "女"]]
    assert wrong(read(xlsx({"居民": rows}))) == [(3, "formula", "name")]


def test_a_time_without_its_day_is_not_lost(read):
    rows = [["民情台账"], ["日期", "时间", "来访人", "来访事由"], ["2026.3.5", "9:30", "王芳", "噪音"]]
    rows += [["", "10:00", "李强", "漏水"]]
    report = read(xlsx({"民情": rows}))
    assert (said(report, "date"), wrong(report)) == ([(3, "2026-03-05")], [(4, "date_bad", "date")])


def test_several_resources_in_one_cell_stay_one_and_it_is_told(read):
    rows = [["资源清单"], ["提供单位", "资源名称"], ["区医院", "1.义诊 2.健康讲座"], ["区法院", "普法"]]
    report = read(xlsx({"资源": rows}))
    assert [one for one in warned(report) if one[1] == "several_resources"] == [(3, "several_resources", "name")]


def test_tables_of_one_sort_side_by_side_are_not_headings_of_each_other(read):
    rows = [
        ["志愿者名单"],
        ["姓名", "联系电话"] * 3,
        ["王芳", "13800001001", "李强", "13800001002", "赵敏", "13800001003"],
    ]
    found = said(read(xlsx({"志愿者": [*rows, ["钱七", "13800001004"]]})), "name")
    assert sorted(found) == [(3, "李强"), (3, "王芳"), (3, "赵敏"), (4, "钱七")]


def test_the_number_of_who_works_on_it_is_not_that_of_who_asks(read):
    rows = [["民情台账"], ["责任人", "联系电话", "诉求人", "联系电话", "问题内容"]]
    rows += [["张三", "13800001001", "王芳", "13800001002", "噪音"]]
    assert said(read(xlsx({"民情": rows})), "person", "phone") == [(3, "王芳", "13800001002")]


def test_what_calls_a_number_beside_a_name_is_no_part_of_the_name(read):
    rows = [["居民花名册"], ["姓名", "性别"], ["张三（电话：13800001001）", "男"], ["李四 手机13800001002", "女"]]
    found = said(read(xlsx({"居民": rows})), "name", "phone")
    assert found == [(3, "张三", "13800001001"), (4, "李四", "13800001002")]


def test_a_formula_that_has_become_text_is_nobody(read):
    rows = [["需求清单"], ["姓名", "需求内容", "数量"], ["=A3", "修路", "1"], ["王芳", "修灯", "=SUM(C1:C2)"]]
    assert wrong(read(xlsx({"需求": rows}))) == [(3, "formula", "person"), (4, "number_bad", "quantity")]


def test_a_list_may_say_by_labels_alone_who_gives_what_it_lists(read):
    rows = [["资源清单"], ["资源名称", "数量", "联系电话"], ["单位名称：区医院"], ["义诊", "2次", "13800001001"]]
    report = read(xlsx({"资源": [*rows, ["单位名称：区法院"], ["普法", "3场"]]}))
    assert said(report, "name", "provider") == [(4, "义诊", "区医院"), (6, "普法", "区法院")]
