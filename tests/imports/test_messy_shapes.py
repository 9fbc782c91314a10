"""Ledgers that are no plain table: forms, lists from left to right, tables side by side, what stands above."""

from io import BytesIO
from typing import Any

import pytest

from app.core.sheets import reading
from app.core.sheets.book import Fault, Unreadable
from tests.core.sheets.paper import xlsx

NUMBER = "110101198003059117"
Rows = list[list[Any]]


def accepted(report: dict[str, Any]) -> list[tuple[str, int, dict[str, Any]]]:
    return [(one["list"], one["row"], one["values"]) for one in report["accepted"]]


def named(report: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Return of each row that is taken its sheet, its number and who or what it is about."""
    about = [(one, one["values"]) for one in report["accepted"]]
    return [(one["sheet"], one["row"], said.get("name") or said.get("content")) for one, said in about]


def form(name: str, phone: str) -> Rows:
    rows: Rows = [["居民信息登记表"], ["姓名", name, "性别", "女", "贴照片处"], ["联系电话", phone, "民族", "汉族"]]
    return [*rows, ["现住址", "2号楼101", "所属网格", "第一网格"], ["填表人：王", "", "日期：2026年3月5日"]]


# -- forms ----------------------------------------------------------------------------------------------------------


def test_the_form_of_a_volunteer_is_one_volunteer(read):
    rows = [
        ["志愿者登记表"],
        ["姓名", "张三", "性别", "□女 ☑男", "出生年月", "1980年3月"],
        ["身份证号", *NUMBER],
        ["政治面貌", "党员", "联系电话", 13800001001],
        ["家庭住址", "1号楼2单元301室"],
        ["特长", "书法、电工", "服务意向", "助老"],
        ["社区意见", "  年  月  日"],
    ]
    report = read(xlsx({"登记表": rows}))
    assert [(listing, row) for listing, row, _values in accepted(report)] == [("volunteers", 2)]
    said = report["accepted"][0]["values"]
    assert (said["name"], said["gender"], said["id_number"], said["phone"]) == ("张三", "男", NUMBER, "13800001001")
    assert (said["political"], said["skills"], said["intention"]) == ("中共党员", ["书法", "电工"], ["助老"])
    assert list(report["header"][0]["not_imported"].values()) == ["社区意见"]


def test_a_form_on_each_sheet_is_a_row_each_and_a_wrong_one_comes_back_as_a_table(as_secretary, read):
    forms = {"王芳": form("王芳", "13800001001"), "李强": form("李强", "1380000"), "赵敏": form("赵敏", "13800001003")}
    data = xlsx(forms)
    report = read(data)
    assert named(report) == [("王芳", 2, "王芳"), ("赵敏", 2, "赵敏")]
    assert [(one["sheet"], one["row"], one["reason"]) for one in report["rejected"]] == [("李强", 2, "phone_bad")]
    sent = {"community": "1", "list": "auto", "file": (BytesIO(data), "登记表.xlsx")}
    address = as_secretary.post("/imports/", sent, content_type="multipart/form-data").location
    back = as_secretary.get(f"{address}/rejected.xlsx").get_data()
    sheet = reading.read(back).sheets[0]
    assert (sheet.name, [row[:3] for row in sheet.rows[1:]]) == (
        "李强",
        [["姓名", "性别", None], ["李强", "女", "贴照片处"]],
    )
    assert [one["reason"] for one in read(back)["rejected"]] == ["phone_bad"]


def test_a_form_nobody_filled_in_is_no_neighbour(read):
    with pytest.raises(Unreadable) as wrong:
        read(
            xlsx(
                {"登记表": [["志愿者登记表"], ["姓名", None, "性别", "□男 □女"], ["联系电话", None, "民族"], ["住址"]]}
            )
        )
    assert wrong.value.fault is Fault.NO_DATA


def test_a_card_with_labels_below_each_other_is_a_resource(read):
    rows = [
        ["共享资源登记卡"],
        ["资源名称", "会议室"],
        ["提供单位", "清河小学"],
        ["资源类别", "场地"],
        ["联系人", "陈红"],
    ]
    listing, row, said = accepted(read(xlsx({"Sheet1": rows})))[0]
    assert (listing, row, said["name"], said["provider"]) == ("resources", 2, "会议室", "清河小学")


def test_slips_with_labels_and_values_in_one_cell_are_needs(read):
    slips = [
        ["需求收集单"],
        ["需求人：王芳", "联系电话：13800001001", "登记时间：2026.3.5"],
        ["需求内容：修灯"],
        ["需求人：李强", "联系电话：13800001002", "登记时间：2026.3.6"],
        ["需求内容：修路，越快越好"],
    ]
    assert named(read(xlsx({"需求单": slips}))) == [("需求单", 2, "修灯"), ("需求单", 4, "修路，越快越好")]


def test_text_of_forms_is_read_too(read):
    text = (
        "居民登记\n姓名：王芳，性别：女\n住址：1号楼\n电话：13800001001\n\n姓名：李强，性别：男\n住址：2号楼\n电话：\n"
    )
    assert named(read(text.encode("gb18030"))) == [("", 2, "王芳"), ("", 6, "李强")]


def test_the_family_beneath_a_form_lives_here_and_joins_nothing(read):
    head = [
        ["姓名", "王大", "性别", "男"],
        ["身份证号", NUMBER, "联系电话", "13800001001"],
        ["住址", "1号楼", "备注", ""],
    ]
    family = [["家庭成员", "姓名", "与户主关系", "联系电话"], [None, "李二", "妻", "13800001002"]]
    report = read(xlsx({"居民": [["居民登记表"], *head, *family]}))
    assert [(one[0], one[1], one[2]["name"]) for one in accepted(report)] == [
        ("people", 2, "王大"),
        ("people", 6, "李二"),
    ]
    report = read(xlsx({"志愿者": [["志愿者登记表"], *head, ["特长", "书法"], *family]}))
    assert named(report) == [("志愿者", 2, "王大")]
    assert report["other_sheets"] == ["志愿者#6"]


def test_members_beneath_the_form_of_their_unit_are_of_it(read):
    unit = [["单位名称：", "区财政局", "联系人：", "陈红"], ["联系电话：", "13800001201", "党员人数：", "2"]]
    members = [["姓名", "性别", "联系电话", "认领岗位"], ["周一", "男", "13800001202", "巡逻岗"]]
    found = accepted(read(xlsx({"报到": [["双报到登记表"], *unit, *members]})))
    assert [(listing, row) for listing, row, _said in found] == [("units", 2), ("members", 5)]
    assert found[1][2]["unit"] == "区财政局"


def test_figures_beside_words_are_no_neighbours(read):
    rows = [["社区概况"], ["网格", 5], ["楼栋", 30], ["户数", 2603], ["党员人数", 65], ["志愿者", 120]]
    report = read(xlsx({"概况": rows, "居民": [["姓名", "性别"], ["王芳", "女"]]}))
    assert named(report) == [("居民", 2, "王芳")]
    assert report["rejected"] == []


# -- from left to right, and side by side ---------------------------------------------------------------------------


def test_grid_staff_listed_from_left_to_right_are_named_by_their_column(read):
    rows = [
        ["网格员信息"],
        ["姓名", "王芳", "李强"],
        ["岗位", "网格长", "专职网格员"],
        ["所属网格", "第一网格", "第二网格"],
    ]
    report = read(xlsx({"网格员": rows}))
    assert named(report) == [("网格员", 2, "王芳"), ("网格员", 3, "李强")]
    assert [one["values"]["grid"] for one in report["accepted"]] == ["第一网格", "第二网格"]


def test_projects_from_left_to_right_stay_apart_where_a_value_is_a_heading_elsewhere(read):
    kinds = [
        ["项目名称", "义诊", "驿站", "普法"],
        ["项目类型", "常规", "特色", "常规"],
        ["服务对象", "老人", "妇女", "居民"],
    ]
    assert [one["values"]["name"] for one in read(xlsx({"项目": kinds}))["accepted"]] == ["义诊", "驿站", "普法"]


def test_names_in_several_columns_on_a_sheet_are_all_read(as_secretary, read):
    head = ["序号", "姓名", "联系电话"]
    rows = [
        ["志愿者名单"],
        [*head, *head, None, *head],
        ["第一网格"],
        [1, "甲一", "13800001001", 3, "丙三", "1380", None, 4, "丁四", "13800001004"],
        [2, "乙二", "13800001002"],
        ["合计：4人"],
    ]
    data = xlsx({"名单": rows}, merged={"名单": ["A1:J1", "A3:J3", "A6:J6"]})
    report = read(data)
    assert named(report) == [("名单", 4, "甲一"), ("名单", 5, "乙二"), ("名单（H列起）", 4, "丁四")]
    assert {one["values"]["grid"] for one in report["accepted"]} == {"第一网格"}
    assert [(one["sheet"], one["row"]) for one in report["rejected"]] == [("名单（D列起）", 4)]
    assert [one["mapping"] for one in report["header"]][1:] == [
        {"D": "seq", "E": "name", "F": "phone"},
        {"H": "seq", "I": "name", "J": "phone"},
    ]
    sent = {"community": "1", "list": "auto", "file": (BytesIO(data), "名单.xlsx")}
    address = as_secretary.post("/imports/", sent, content_type="multipart/form-data").location
    again = read(as_secretary.get(f"{address}/rejected.xlsx").get_data())
    assert [(one["reason"], one["field"]) for one in again["rejected"]] == [("phone_bad", "phone")]


def test_two_lists_beside_each_other_go_into_their_own(take_in, read):
    rows = [
        ["序号", "需求人", "需求内容", "登记日期", None, "序号", "提供单位", "资源名称", "资源类型"],
        [1, "王芳", "修灯", "2026.3.5", None, 1, "清河小学", "会议室", "场地"],
        [None, None, None, None, None, 2, "区医院", "义诊", "服务"],
    ]
    data = xlsx({"对接": rows})
    found = [(listing, row) for listing, row, _values in accepted(read(data))]
    assert found == [("needs", 2), ("resources", 2), ("resources", 3)]
    take_in(data)
    assert read(data)["counts"]["accepted"] == 0


def test_a_blank_column_within_a_table_parts_nothing(read):
    rows = [["姓名", "性别", None, "联系电话", "住址"], ["王芳", "女", None, "13800001001", "1号楼101"]]
    assert accepted(read(xlsx({"居民": rows})))[0][2]["address"] == "1号楼101"


def test_a_contact_behind_a_gap_is_no_table(read):
    rows = [["姓名", "电话", None, "紧急联系人", "电话"], ["王芳", "13800001001", None, "李强", "13800001002"]]
    report = read(xlsx({"志愿者": rows}))
    assert (len(report["header"]), named(report)) == (1, [("志愿者", 2, "王芳")])


def test_children_beside_their_guardians_stay_one_row(read):
    rows = [
        ["儿童信息", None, None, "监护人信息", None],
        ["姓名", "性别", None, "姓名", "电话"],
        ["张小", "男", None, "李四", "13800001001"],
    ]
    report = read(xlsx({"儿童": rows}, merged={"儿童": ["A1:B1", "D1:E1"]}))
    assert named(report) == [("儿童", 3, "张小")]


def test_duties_beside_names_are_rows_and_no_form(read):
    rows = [["岗位", "姓名", "网格"], ["网格长", "王芳", "第一网格"], ["专职网格员", "李强", "第一网格"]]
    assert named(read(xlsx({"网格员": rows}))) == [("网格员", 2, "王芳"), ("网格员", 3, "李强")]
    pairs = [["岗位", "姓名"], *(row[:2] for row in rows[1:]), ["楼栋长", "赵敏"]]
    report = read(xlsx({"第一网格": [["网格员名册"], *pairs]}))
    assert [(one[0], one[2]["role"]) for one in accepted(report)] == [
        ("posts", "网格长"),
        ("posts", "专职网格员"),
        ("posts", "楼栋长"),
    ]


def test_a_column_that_only_resembles_a_telephone_refuses_nobody(read):
    rows = [["姓名", "电话", "紧急联系人"], ["王芳", "13800001001", "李强"]]
    report = read(xlsx({"志愿者": rows}))
    assert (named(report), report["header"][0]["not_imported"]) == ([("志愿者", 2, "王芳")], {"C": "紧急联系人"})


# -- above, below, and without a heading ----------------------------------------------------------------------------


def test_a_section_above_the_headings_holds_for_the_first_rows(read):
    head = ["序号", "项目名称", "服务对象"]
    rows = [["服务项目清单"], ["一、常规服务"], head, [1, "代办", "居民"], ["二、特色服务"], [1, "驿站", "妇女"]]
    assert [one[2]["type"] for one in accepted(read(xlsx({"项目": rows})))] == ["常规", "特色"]


@pytest.mark.parametrize("said", [["单位名称（盖章）：区财政局"], ["填报单位：清河社区党委", "报到单位：", "区财政局"]])
def test_what_is_labelled_above_the_headings_holds_for_all(read, said: list[str]):
    rows = [["在职党员报到名单"], said, ["姓名", "性别", "认领岗位"], ["周一", "男", "巡逻岗"]]
    listing, _row, values = accepted(read(xlsx({"党员": rows})))[0]
    assert (listing, values["unit"]) == ("members", "区财政局")


def test_the_unit_whose_members_a_title_lists_is_theirs(read):
    rows = [["区财政局在职党员到社区报到登记表"], ["姓名", "性别", "认领岗位"], ["周一", "男", "巡逻岗"]]
    listing, _row, values = accepted(read(xlsx({"Sheet1": rows})))[0]
    assert (listing, values["unit"]) == ("members", "区财政局")


def test_a_title_names_the_grid_also_of_doors_in_three_columns(read):
    rows = [["第二网格居民信息采集表"], ["楼栋", "单元", "房号", "姓名", "性别"], ["3号楼", "1", "101", "王芳", "女"]]
    values = accepted(read(xlsx({"Sheet1": rows})))[0][2]
    assert (values["grid"], values["door"]) == ("第二网格", "3-1-101")


def test_a_unit_that_shares_by_the_title_is_the_provider(read):
    rows = [["区医院可提供资源清单"], ["序号", "资源名称", "资源类型", "服务内容"], [1, "义诊", "服务", "测血压"]]
    listing, _row, values = accepted(read(xlsx({"Sheet1": rows})))[0]
    assert (listing, values["provider"], values["name"]) == ("resources", "区医院", "义诊")


def test_what_is_labelled_above_the_headings_is_no_heading(read):
    rows = [["群众需求登记"], ["网格：第一网格", None, None, "登记人：张三", "日期：2026年3月5日"]]
    rows += [["姓名", "联系电话", "需求内容", "需求类别"], ["王芳", "13800001001", "修灯", "公共设施"]]
    report = read(xlsx({"登记": rows}))
    assert (report["header"][0]["rows"], report["accepted"][0]["values"]["grid"]) == ([3], "第一网格")


def test_a_day_in_chinese_numerals_at_the_foot_is_nobody(read):
    rows = [["姓名", "性别"], ["王芳", "女"], ["武江北社区居民委员会"], ["二〇二六年三月五日"]]
    assert named(read(xlsx({"志愿者": rows}))) == [("志愿者", 2, "王芳")]


def test_months_above_rows_are_no_appeals(read):
    rows = [
        ["2026年民情台账"],
        ["月份", "日期", "反映人", "反映问题"],
        ["一月"],
        [None, "1月3日", "王芳", "噪音"],
        ["2月份"],
    ]
    report = read(xlsx({"台账": rows}))
    assert (named(report), report["rejected"]) == ([("台账", 4, "噪音")], [])


def test_who_asked_stands_in_the_need_and_is_no_code_of_it(read):
    need = [["需求人", "需求内容"], ["王芳", "修灯"]]
    done = [["需求人", "群众需求", "接单单位", "落实措施"], ["王芳", "修灯", "物业公司", "换灯"]]
    report = read(xlsx({"需求": need, "服务落地": done}))
    assert [one[0] for one in accepted(report)] == ["needs", "fulfilments"]
    assert report["header"][1]["only_shown"] == {"A": "需求人"}


def test_headings_said_again_in_english_are_no_volunteer(read):
    rows = [
        ["姓名", "性别", "电话", "特长"],
        ["Name", "Gender", "Phone", "Skills"],
        ["王芳", "女", "13800001001", "书法"],
    ]
    report = read(xlsx({"志愿者": rows}))
    assert (named(report), report["rejected"]) == ([("志愿者", 3, "王芳")], [])


def test_what_stands_below_no_heading_is_told_and_may_be_chosen(as_secretary, read):
    data = xlsx({"居民": [["姓名", "性别"], ["王芳", "女", "行动不便"]]})
    assert read(data)["header"][0]["not_imported"] == {"C": ""}
    sent = {"community": "1", "list": "auto", "file": (BytesIO(data), "居民.xlsx")}
    address = as_secretary.post("/imports/", sent, content_type="multipart/form-data").location
    assert "C （无列名）" in as_secretary.page(address)
    chosen = {"sheet-0": "居民", "list-0": "resident", "column-0-2": "remark", "remember": "1"}
    assert as_secretary.post(f"{address}/read", chosen).status_code == 302
    assert "行动不便" in as_secretary.page(address)
    assert read(data)["header"][0]["not_imported"] == {"C": ""}


def test_sums_of_a_page_and_so_far_are_no_units(read):
    head = ["序号", "单位名称", "联系人", "党员人数"]
    rows = [head, [1, "清河小学", "陈红", 12], ["本页小计", None, None, 12], [None, "累计", None, 12]]
    assert named(read(xlsx({"单位": rows}))) == [("单位", 2, "清河小学")]


def test_a_building_is_taken_in_below_its_grid(take_in, read):
    data = xlsx({"楼栋": [["楼栋名称", "类型", "所属网格", "户数"], ["9号楼", "楼栋", "第一网格", "40户"]]})
    found = accepted(read(data, listing="places"))[0][2]
    assert (found["parent"], found["households"]) == ("第一网格", 40)
    take_in(data, listing="places")
    assert read(data, listing="places")["counts"]["accepted"] == 0


def test_teams_are_read_under_the_headings_communities_write(read):
    rows = [["志愿服务队伍一览表"], ["序号", "队伍名称", "队伍类型", "特长"], [1, "夕阳红", "微团队", "合唱"]]
    assert [one[0] for one in accepted(read(xlsx({"队伍": rows})))] == ["teams"]


def test_a_unit_whose_members_report_to_the_community_is_read_from_the_title(read):
    head = ["序号", "党员姓名", "联系电话", "入党时间", "特长", "认领岗位"]
    rows = [
        ["市中医院到社区报到在职党员名册"],
        ["填报时间：2026-3-1"],
        head,
        [1, "钱一", "13800003311", "2010年7月", "医疗", ""],
    ]
    report = read(xlsx({"Sheet1": rows}))
    assert report["header"][0]["list"] == "members"
    assert report["accepted"][0]["values"]["unit"] == "市中医院"


def test_party_branches_are_what_their_names_say_and_how_many_members_they_have_is_nobodys_name(read):
    rows = [
        ["党组织架构"],
        ["党支部名称", "电话", "党员人数", "所属网格"],
        ["第一党支部", "0753-2211334", "23", "第一网格"],
    ]
    report = read(xlsx({"Sheet1": rows}))
    assert report["header"][0]["list"] == "party_orgs"
    assert report["header"][0]["not_imported"] == {"C": "党员人数"}
    assert [one["values"]["name"] for one in report["accepted"]] == ["第一党支部"]


def test_a_number_is_nobodys_name(read):
    rows = [["居民花名册"], ["姓名", "联系电话"], ["23", "13800001001"], ["王芳", "13800001002"]]
    report = read(xlsx({"Sheet1": rows}))
    assert [(one["row"], one["reason"], one["field"]) for one in report["rejected"]] == [
        (3, "missing_required", "name")
    ]
    assert len(report["accepted"]) == 1


def test_when_under_a_group_of_headings_is_when_a_need_was_said(read):
    rows = [
        ["需求台账"],
        ["基本信息", "", "诉求", "", ""],
        ["姓名", "电话", "内容", "时间", "类别"],
        ["王一", "13800001001", "路灯坏", "2026/3/1 8:30", "公共设施"],
    ]
    report = read(xlsx({"Sheet1": rows}))
    assert report["accepted"][0]["values"]["date"] == "2026-03-01"


def test_who_is_in_charge_of_a_project_and_the_number_beside_the_name_are_two(read):
    rows = [
        ["服务项目清单"],
        ["项目名称", "服务对象", "联系人及电话"],
        ["老年食堂", "老人", "吴一13800006622"],
        ["邻里节", "全体居民", "居委会"],
    ]
    found = [one["values"] for one in read(xlsx({"Sheet1": rows}))["accepted"]]
    assert (found[0]["leader"], found[0]["phone"]) == ("吴一", "13800006622")
    assert found[1]["leader"] == "居委会"
