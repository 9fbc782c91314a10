"""What ledgers say only by where it stands, and in words of their own: understood as a neighbour would, or shown."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.core.sheets import reading
from app.extensions import db
from app.needs.models import Need
from app.people.models import Person
from tests.core.sheets.paper import xlsx
from tests.imports.conftest import NEEDS

PEOPLE = ["序号", "姓名", "性别", "联系电话", "备注"]


def values(report: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {one["row"]: one["values"] for one in report["accepted"]}


def test_neighbours_listed_below_their_grid_live_in_it(read):
    rows = [
        ["居民花名册"],
        PEOPLE,
        ["一、第一网格（2人）"],
        [1, "王芳", "女", "13800001001"],
        ["第二网格"],
        [1, "李强", "男", "13800001002"],
    ]
    found = values(read(xlsx({"居民": rows})))
    assert (found[4]["grid"], found[6]["grid"]) == ("第一网格", "第二网格")


def test_a_sheet_for_each_grid_says_which_one(read):
    rows = [["姓名", "联系电话", "门牌号"], ["王芳", "13800001001", "1-101"]]
    report = read(xlsx({"第一网格": rows, "第二网格": [rows[0], ["李强", "13800001002", "2-101"]]}))
    assert [one["values"]["grid"] for one in report["accepted"]] == ["第一网格", "第二网格"]


def test_grid_staff_have_the_post_they_are_listed_under(read):
    head = ["序号", "姓名", "联系电话", "负责网格", "任职时间"]
    rows = [
        ["网格工作人员一览表"],
        head,
        ["一、网格长"],
        [1, "冯刚", "13800001501", "第一网格", "2023年3月"],
        ["二、专职网格员"],
        [1, "褚卫", "13800001502", "第一网格", "2022.8.1"],
    ]
    report = read(xlsx({"网格": rows}))
    found = values(report)
    assert (found[4]["role"], found[6]["role"]) == ("网格长", "专职网格员")
    assert [one["reason"] for one in report["warnings"]] == ["day_unknown"]


def test_building_heads_are_so_by_the_title_of_their_list(read):
    rows = [["清河社区楼栋长花名册"], ["姓名", "联系电话", "所在网格"], ["蒋姨", "13800001504", "第一网格"]]
    assert values(read(xlsx({"Sheet1": rows})))[3]["role"] == "楼栋长"


def test_boxes_of_a_plain_heading_are_ticked_and_more_said_of_them_is_kept(read, take_in, behind):
    head = ["姓名", "联系电话", "是否低保", "残疾", "是否党员", "备注"]
    rows = [
        ["居民信息表"],
        head,
        ["王芳", "13800001001", "是", "肢体三级", "是", "行动不便"],
        ["李强", "13800001002", "×", "", "否"],
        ["赵敏", "13800001003", "?", ""],
    ]
    data = xlsx({"居民": rows})
    report = read(data)
    assert values(report)[3]["tags"] == ["低保", "残疾"]
    assert values(report)[3]["political"] == "中共党员"
    assert "tags" not in values(report)[4]
    assert [(one["row"], one["reason"]) for one in report["rejected"]] == [(5, "enum_unknown")]
    take_in(data)
    with behind():
        person = db.session.scalars(select(Person).filter_by(name="王芳")).one()
        assert person.remark == "行动不便；残疾：肢体三级"


def test_building_unit_and_room_are_one_door(read):
    rows = [["姓名", "网格", "楼栋", "单元", "房号"], ["王芳", "第一网格", "3栋", "1单元", "101室"]]
    assert values(read(xlsx({"居民": rows})))[2]["door"] == "3-1-101"


def test_what_stands_beside_a_name_or_a_number_is_kept_and_not_part_of_it(read, take_in, behind):
    data = xlsx({"居民": [["姓名", "性别", "联系电话"], ["赵敏（组长）", "女", "13800001003（女儿）"]]})
    report = read(data)
    assert values(report)[2] | {"gender": "女"} == {"name": "赵敏", "gender": "女", "phone": "13800001003"}
    assert [one["reason"] for one in report["warnings"]] == ["beside_name"]
    take_in(data)
    with behind():
        person = db.session.scalars(select(Person).filter_by(name="赵敏")).one()
        assert (person.remark, person.phones) == ("姓名旁注：组长", ["女儿 13800001003"])


@pytest.mark.parametrize(
    ("said", "conditions"), [("若干", "数量：若干"), ("3-5人", "数量：3-5人"), ("20", "数量：20"), ("二十把", None)]
)
def test_a_resource_without_a_plain_quantity_is_taken_in_with_what_is_said(read, said: str, conditions: str | None):
    rows = [["资源共享清单"], ["提供单位", "资源名称", "资源类型", "数量"], ["清河小学", "雨伞", "物资类", said]]
    report = read(xlsx({"资源": rows}))
    assert values(report)[3]["category"] == "物资"
    told = [one["reason"] for one in report["warnings"] if one["field"] == "quantity"]
    assert bool(told) == (conditions is not None)


def test_remarks_of_a_need_stand_below_its_text(take_in, behind):
    head = [*NEEDS[:-1], "备注"]
    row = ["", "王芳", "13800001001", "第一网格", "楼道灯不亮", "公共设施", "2026-03-05", "晚上来修"]
    take_in(xlsx({"群众需求清单": [head, row]}))
    with behind():
        need = db.session.scalars(select(Need).filter_by(title="楼道灯不亮")).one()
        assert need.text == "楼道灯不亮\n备注：晚上来修"


def test_two_tables_on_a_sheet_go_into_their_own_lists(read):
    rows = [
        ["一、报到单位"],
        ["序号", "单位名称", "单位性质", "联系人及电话"],
        [1, "清河小学", "事业单位", "陈红 13800001201"],
        [],
        ["二、报到党员"],
        ["序号", "姓名", "所在单位", "入党时间", "联系电话"],
        [1, "陈红", "清河小学", "2010.7.1", "13800001201"],
    ]
    report = read(xlsx({"双报到": rows}))
    assert [(one["row"], one["list"]) for one in report["accepted"]] == [(3, "units"), (7, "members")]
    unit = values(report)[3]
    assert (unit["contact"], unit["phone"]) == ("陈红", "13800001201")
    assert [one["part"] for one in report["header"]] == ["双报到", "双报到#6"]


@pytest.mark.parametrize(
    ("title", "head", "row"),
    [
        ("微心愿征集表", ["序号", "姓名", "类别", "心愿内容", "认领人"], [1, "袁奶奶", "独居老人", "收音机", "柳岩"]),
        (
            "服务时长",
            ["服务日期", "活动名称", "志愿者", "电话", "服务时长"],
            ["2026-1-3", "保洁", "王芳", "13800001001", 2],
        ),
        ("走访台账", ["走访日期", "走访人", "走访对象", "发现问题"], ["2026-1-3", "王芳", "李强", "漏水"]),
    ],
)
def test_a_ledger_without_a_list_goes_into_no_other_one(read, title: str, head: list[str], row: list[Any]):
    report = read(xlsx({"表": [[title], head, row]}))
    assert (report["accepted"], report["rejected"], report["other_sheets"]) == ([], [], ["表"])


def test_a_sheet_without_headings_is_told(read):
    report = read(xlsx({"封面": [["居民台账"], ["2026年"]], "居民": [PEOPLE, [1, "王芳", "女", "13800001001"]]}))
    assert (report["unread_sheets"], len(report["accepted"])) == (["封面"], 1)


def test_what_is_known_and_not_kept_is_named(read):
    report = read(xlsx({"单位": [["单位名称", "单位性质", "备注"], ["清河小学", "学校", "好"]]}))
    assert report["header"][0]["only_shown"] == {"C": "备注"}


def test_a_corrected_row_still_says_where_it_stood(as_secretary, read):
    rows = [
        ["居民花名册"],
        PEOPLE,
        ["第一网格"],
        [1, "王芳", "女", "13800001001", "独自居住"],
        ["第二网格"],
        [1, "李强", "男", "1380000", "同上"],
    ]
    report = read(xlsx({"居民": rows}))
    assert [one["row"] for one in report["rejected"]] == [6]
    answer = as_secretary.post(
        "/imports/",
        {"community": "1", "list": "auto", "file": (BytesIO(xlsx({"居民": rows})), "台账.xlsx")},
        content_type="multipart/form-data",
    )
    number = answer.location.rsplit("/", 1)[1]
    back = as_secretary.get(f"/imports/{number}/rejected.xlsx").get_data()
    sheet = reading.read(back).sheets[0]
    assert [row[0] for row in sheet.rows] == ["居民花名册", "序号", "第二网格", "1"]
    assert sheet.rows[3][:5] == ["1", "李强", "男", "1380000", "独自居住"]


def test_the_number_of_the_head_is_not_that_of_a_member(read):
    rows = [
        ["户主信息", None, None, "家庭成员", None, None],
        ["姓名", "身份证号", "联系电话", "姓名", "与户主关系", "联系电话"],
        ["赵一", "110101197001019301", "13800004001", "钱氏", "妻子", "13800004002"],
    ]
    report = read(xlsx({"居民": rows}))
    assert values(report)[3] == {"head": "赵一", "name": "钱氏", "relation": "配偶", "phone": "13800004002"}
    assert report["header"][0]["not_imported"] == {"B": "身份证号", "C": "联系电话"}


def test_members_on_a_sheet_of_their_unit_are_of_it(read):
    rows = [["姓名", "手机号码", "认领岗位", "报到日期"], ["壬一", "13800004501", "政策宣讲岗", "2026年3月1日"]]
    report = read(xlsx({"区财政局": [["区财政局在职党员报到名单"], *rows]}))
    assert [(one["list"], one["values"]["unit"]) for one in report["accepted"]] == [("members", "区财政局")]


def test_resources_below_a_unit_are_what_it_shares(read):
    head = ["序号", "资源名称", "资源类别", "服务内容"]
    rows = [
        ["共享资源清单"],
        head,
        ["一、区医院"],
        [1, "义诊", "服务类", "每季度"],
        ["二、区法院"],
        [1, "普法", "服务", "讲座"],
    ]
    found = values(read(xlsx({"资源": rows})))
    assert (found[4]["provider"], found[6]["provider"]) == ("区医院", "区法院")


def test_a_line_that_names_no_unit_makes_none(read):
    rows = [["资源名称", "资源类别", "提供单位"], ["一、场地类"], ["会议室", None, "清河小学"], ["礼堂"]]
    report = read(xlsx({"资源": [["共享资源清单"], *rows]}))
    assert values(report)[4] == {"provider": "清河小学", "name": "会议室", "category": "阵地"}
    assert [(one["row"], one["reason"]) for one in report["rejected"]] == [(5, "missing_required")]


def test_a_row_that_explains_the_headings_is_no_neighbour(read):
    rows = [
        ["姓名", "性别", "手机号码"],
        ["必填", "男/女", "11位"],
        ["示例：张三", "男", "13800000000"],
        ["午一", "男", "13800004901"],
    ]
    report = read(xlsx({"居民": rows}))
    assert ([one["row"] for one in report["accepted"]], report["rejected"]) == ([4], [])


def test_the_numbers_of_the_family_are_said_to_be_theirs(take_in, behind):
    take_in(xlsx({"老年人": [["姓名", "性别", "子女电话"], ["子奶奶", "女", "儿子13800004601、13800004602"]]}))
    with behind():
        person = db.session.scalars(select(Person).filter_by(name="子奶奶")).one()
        assert person.phones == ["儿子 13800004601", "亲属 13800004602"]


def test_names_in_one_cell_are_shown_to_be_several(read):
    report = read(xlsx({"居民": [["姓名", "性别"], ["丑丑、寅寅", "女"]]}))
    assert [one["reason"] for one in report["warnings"]] == ["several_names"]


def test_a_name_with_its_number_in_one_cell_is_both(read):
    head = ["姓名及电话", "所属网格", "诉求内容", "责任人及联系方式", "收集时间"]
    rows = [["民情台账"], head, ["王女士 13800004101", "一网格", "路灯不亮", "付涛 13800004191", "2026.4.2"]]
    found = values(read(xlsx({"民情台账": rows})))[3]
    assert (found["person"], found["phone"], found["grid"]) == ("王女士", "13800004101", "第一网格")


def test_the_chart_of_the_grids_is_no_list_of_neighbours(read):
    head = ["网格", "网格长", "联系电话", "网格员", "联系电话", "户数"]
    report = read(xlsx({"架构": [head, ["第一网格", "未一", "13800005001", "申二", "13800005002", "320户"]]}))
    found = [(one["list"], one["values"]["name"], one["values"]["role"]) for one in report["accepted"]]
    assert (found, report["rejected"]) == ([("posts", "未一", "网格长"), ("posts", "申二", "专职网格员")], [])


def test_a_list_of_one_duty_names_people_under_it(read):
    rows = [["楼栋长名册"], ["网格", "楼栋长", "电话"], ["第一网格", "子子", "13800005401"]]
    found = values(read(xlsx({"Sheet1": rows})))[3]
    assert (found["name"], found["role"], found["grid"]) == ("子子", "楼栋长", "第一网格")


def test_a_second_number_the_list_has_no_room_for_is_told(read):
    rows = [["单位名称", "联系人", "联系电话"], ["清河小学", "陈红", "13800001201/13800001202"]]
    assert [one["reason"] for one in read(xlsx({"报到单位": rows}))["warnings"]] == ["second_phone"]


def test_the_usual_word_for_a_name_goes_before_a_less_usual_one(read):
    head = ["片區", "網格名稱", "網格長", "姓名", "聯繫電話", "是否專職"]
    report = read(
        xlsx({"網格員": [["網格員花名冊"], head, ["一片區", "第一網格", "甲長", "乙員", "13800006301", "兼職"]]})
    )
    found = values(report)[3]
    assert (found["name"], found["role"], found["grid"]) == ("乙員", "兼职网格员", "第一网格")
    assert report["header"][0]["not_imported"] == {"A": "片區", "C": "網格長"}


def test_members_side_by_side_in_one_row_are_not_taken_for_one(read):
    head = ["门牌号", "姓名", "成员1姓名", "成员1关系", "成员2姓名", "成员2关系"]
    report = read(xlsx({"居民": [head, ["1-101", "戊户", "己妻", "妻", "庚子", "子"]]}))
    assert [one["values"] for one in report["accepted"]] == [
        {"door": "1-101", "name": "戊户"},
        {"door": "1-101", "head": "戊户", "name": "己妻", "relation": "配偶"},
        {"door": "1-101", "head": "戊户", "name": "庚子", "relation": "子"},
    ]


def test_an_age_alone_is_kept_with_its_year(take_in, behind):
    take_in(xlsx({"居民": [["姓名", "性别", "年龄"], ["戊奶奶", "女", "86岁"]]}))
    with behind():
        person = db.session.scalars(select(Person).filter_by(name="戊奶奶")).one()
        assert person.remark is not None
        assert person.remark.endswith("年86岁")


def test_the_page_names_rows_without_data_and_columns_left_aside(as_secretary):
    rows = [["居民台账"], ["姓名", "性别", "血型"], ["城东片", "城东片", "城东片"], ["王芳", "女", "A"], ["合计：1人"]]
    form = {"community": "1", "list": "auto", "file": (BytesIO(xlsx({"居民": rows, "封面": [["2026"]]})), "台账.xlsx")}
    answer = as_secretary.post("/imports/", form, content_type="multipart/form-data")
    page = as_secretary.page(answer.location)
    for words in ("整段说明行 居民 3", "合计行 居民 5", "未导入", "未导入任何内容：封面"):
        assert words in page


def test_a_ledger_without_a_list_is_read_where_somebody_asks_for_one(read):
    rows = [["微心愿征集表"], ["姓名", "心愿内容", "认领人"], ["袁奶奶", "收音机", "柳岩"]]
    report = read(xlsx({"表": rows}), listing="people")
    assert values(report)[3]["name"] == "袁奶奶"


def test_volunteers_with_their_hours_stay_volunteers(read):
    rows = [["志愿者积分榜"], ["姓名", "联系电话", "服务时长", "积分"], ["王芳", "13800001001", 20, 200]]
    assert [one["list"] for one in read(xlsx({"志愿者": rows}))["accepted"]] == ["volunteers"]


def test_a_section_gives_needs_their_category_also_with_its_ending(read):
    head = ["序号", "居民姓名", "需求内容", "登记日期"]
    rows = [["群众需求清单"], head, ["一、公共设施类"], [1, "王芳", "楼道灯不亮", "2026-03-05"]]
    assert values(read(xlsx({"需求": rows})))[4]["category"] == "公共设施类"


def test_neighbours_without_number_and_phone_are_none_the_second_time(read, take_in):
    rows = [["姓名", "性别", "民族"], ["戊奶奶", "女", "汉"], ["戊奶奶", "女", "汉"], ["己爷爷", "男", "汉"]]
    data = xlsx({"居民": rows})
    take_in(data)
    counts = read(data)["counts"]
    assert (counts["accepted"], counts["duplicates"]) == (0, 3)
    more = read(xlsx({"居民": [*rows, ["戊奶奶", "女", "汉"]]}))["counts"]
    assert (more["accepted"], more["duplicates"]) == (1, 3)


@pytest.mark.parametrize("listing", ["volunteers", "posts"])
def test_nor_is_anybody_with_a_task_twice_in_its_list(read, take_in, listing: str):
    head = ["姓名", "岗位", "网格"] if listing == "posts" else ["姓名", "特长", "服务意向"]
    row = ["庚姐", "楼栋长", "第一网格"] if listing == "posts" else ["庚姐", "书法", "助老"]
    data = xlsx({"名册": [head, row]})
    take_in(data, listing=listing)
    assert read(data, listing=listing)["counts"]["accepted"] == 0


def test_a_wrong_number_that_comes_back_does_not_become_right_by_being_text(as_secretary, read):
    head = ["序号", "居民姓名", "需求内容", "登记日期"]
    people = [["姓名", "身份证号"], ["丁二", 110101198101019120.0]]
    rows = [["2026年群众需求清单"], head, [1, "王芳", "修门", 3.1]]
    data = xlsx({"群众需求": rows, "居民": people})
    assert len(read(data)["rejected"]) == 2
    form = {"community": "1", "list": "auto", "file": (BytesIO(data), "台账.xlsx")}
    address = as_secretary.post("/imports/", form, content_type="multipart/form-data").location
    again = read(as_secretary.get(f"{address}/rejected.xlsx").get_data())
    assert [one["reason"] for one in again["rejected"]] == ["date_bad", "id_precision_lost"]
