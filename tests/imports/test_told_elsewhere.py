"""What ledgers tell elsewhere than in the cell: the unit in the heading, the list in its group."""

from typing import Any

import pytest

from tests.core.sheets.paper import xlsx
from tests.imports.test_cells_together import said, warned, wrong

NEED = [["需求清单"], ["姓名", "需求内容"], ["王芳", "修灯"]]


@pytest.mark.parametrize(
    ("title", "heading", "cell", "cost"),
    [
        ("落实清单", "费用（万元）", 1.2, 12000),
        ("落实清单", "费用(单位：万元)", "1.2", 12000),
        ("落实清单", "费用（万元）", "2000元", 2000),
        ("落实清单\n单位：万元", "费用", 0.5, 5000),
        ("落实清单", "费用（元）", 800, 800),
    ],
)
def test_a_heading_or_title_says_in_what_amounts_are_told(read, title: str, heading: str, cell: Any, cost: float):
    done = [*([line] for line in title.split("\n")), ["需求内容", "接单单位", heading], ["修灯", "物业公司", cell]]
    report = read(xlsx({"需求": NEED, "落实清单": done}), history=True)
    assert said(report, "cost")[-1][1] == cost


def test_people_may_be_counted_in_hundreds(read):
    done = [["落实清单"], ["需求内容", "接单单位", "受益人次（百人）"], ["修灯", "物业公司", 3]]
    assert said(read(xlsx({"需求": NEED, "落实": done}), history=True), "beneficiaries")[-1] == (3, 300)


def test_lists_side_by_side_without_a_gap_are_parted_by_their_titles(read):
    groups = ["资源清单", "", "", "需求清单", "", "", "落地清单", "", ""]
    head = ["单位名称", "资源名称", "联系电话", "姓名", "需求内容", "登记日期", "群众需求", "接单单位", "落实措施"]
    rows = [
        ["四张清单"],
        groups,
        head,
        ["区医院", "义诊", "13800001001", "王芳", "修灯", "2026.3.1", "修灯", "物业", "换灯"],
    ]
    report = read(xlsx({"四单": rows}, merged={"四单": ["A2:C2", "D2:F2", "G2:I2"]}))
    assert [one["list"] for one in report["accepted"]] == ["resources", "needs", "fulfilments"]
    assert said(report, "phone", "measures") == [(4, "13800001001", None), (4, None, None), (4, None, "换灯")]


def test_how_many_were_helped_is_no_name_of_who_is(read):
    rows = [["需求台账"], ["姓名", "需求内容", "是否完成", "受益人次"], ["王芳", "修灯", "是", "30"]]
    report = read(xlsx({"台账": rows}), history=True)
    assert said(report, "status", "beneficiary") == [(3, "办结", None)]
    assert report["header"][0]["not_imported"] == {"D": "受益人次"}


def test_a_group_and_its_heading_say_together_what_a_column_is(read):
    rows: list[list[Any]] = [["居民台账"], ["基本情况", "", "", "类别", ""], ["姓名", "证件", "", "困难群体", ""]]
    rows += [["", "类型", "号码", "低保", "残疾"], ["李强", "护照", "E12345678", "", "√"]]
    report = read(xlsx({"居民": rows}, merged={"居民": ["A2:C2", "D2:E2", "A3:A4", "B3:C3", "D3:E3"]}))
    assert said(report, "id_type", "id_number", "tags") == [(5, "护照", "E12345678", ["残疾"])]


def test_the_title_of_a_list_among_its_headings_makes_no_form_of_it(read):
    rows: list[list[Any]] = [["序号", "居民花名册", "", "", "备注"], ["", "姓名", "性别", "联系电话", ""]]
    rows += [[1, "王芳", "女", "13800001001", "独居"], [2, "李强", "男", "13800001002", ""]]
    report = read(xlsx({"居民": rows}, merged={"居民": ["A1:A2", "B1:D1", "E1:E2"]}))
    assert said(report, "name", "remark") == [(3, "王芳", "独居"), (4, "李强", None)]


def test_what_members_are_to_the_head_may_stand_right_before_their_names(read):
    rows = [["住户信息表"], ["门牌号", "户主", "家庭成员"], ["1-101", "钱七", "妻子孙八，儿子钱二"]]
    found = said(read(xlsx({"住户": rows})), "name", "relation", "head")
    assert found == [(3, "钱七", None, None), (3, "孙八", "配偶", "钱七"), (3, "钱二", "子", "钱七")]


def test_what_stands_beside_a_state_is_kept_and_told(read):
    rows = [
        ["需求清单"],
        ["姓名", "需求内容", "处理状态"],
        ["王芳", "修灯", "未解决（资金不足）"],
        ["李强", "修路", "已办结√"],
    ]
    report = read(xlsx({"需求": rows}), history=True)
    assert said(report, "status") == [(3, "待受理"), (4, "办结")]
    assert (wrong(report), warned(report)) == ([], [(3, "beside_status", "status")])


def test_a_number_with_its_unit_below_number_and_unit_is_how_many(read):
    rows = [["资源清单"], ["单位名称", "资源名称", "数量/单位"], ["区医院", "义诊", "2次"]]
    assert said(read(xlsx({"资源": rows})), "quantity", "unit_of_measure") == [(3, 2, None)]


def test_a_grid_may_be_a_number_with_a_nought_behind_its_point(read):
    rows = [["居民花名册"], ["姓名", "民族", "网格"], ["李强", "汉", "2.0"]]
    assert said(read(xlsx({"居民": rows})), "grid") == [(3, "第二网格")]
