"""Lists in which something usual is missing, more stands in a row than one person, or all stands in one column."""

from io import BytesIO

from app.core.sheets import reading
from tests.core.sheets.paper import xlsx


def test_members_without_a_unit_are_no_volunteers_and_are_sent_back_for_it(as_secretary, read):
    rows = [["在职党员名单"], ["序号", "姓名", "联系电话", "特长"], [1, "周一", "13800001202", "书法"]]
    bare = [["姓名", "联系电话", "入党时间", "认领岗位"], ["周二", "13800001203", "2010.7", "巡逻岗"]]
    own = [["社区党员志愿者报名表"], ["姓名", "联系电话", "特长"], ["周三", "13800001204", "书法"]]
    data = xlsx({"表1": rows, "表2": bare, "表3": own})
    report = read(data)
    assert [one["list"] for one in report["header"]] == ["members", "members", "volunteers"]
    assert [(one["sheet"], one["reason"], one["field"]) for one in report["rejected"]] == [
        ("表1", "missing_required", "unit"),
        ("表2", "missing_required", "unit"),
    ]
    sent = {"community": "1", "list": "auto", "file": (BytesIO(data), "名单.xlsx")}
    address = as_secretary.post("/imports/", sent, content_type="multipart/form-data").location
    sheet = reading.read(as_secretary.get(f"{address}/rejected.xlsx").get_data()).sheets[0]
    assert str(sheet.rows[2][-1]).startswith("单位：")


def test_several_people_of_a_grid_in_one_row_become_a_post_each(as_secretary, read, take_in):
    chart = [
        ["网格架构表"],
        ["网格", "网格长", "电话", "网格员1姓名", "网格员1电话", "楼栋长", "", "户数"],
        ["", "", "", "", "", "姓名", "电话", ""],
        ["第一网格", "王芳", "13800001001", "李强", "13800001002", "赵敏", "13800001003", 300],
        ["", "", "", "孙二", "1380", "", "", ""],
        ["第二网格", "", "", "", "", "", "", 310],
    ]
    data = xlsx({"架构": chart}, merged={"架构": ["A1:H1", "A4:A5", "B4:B5", "C4:C5", "F2:G2"]})
    report = read(data)
    said = [(one["sheet"], one["row"], one["values"]) for one in report["accepted"]]
    assert [(sheet, row, one["name"], one["role"], one["grid"], one["phone"]) for sheet, row, one in said] == [
        ("架构", 4, "王芳", "网格长", "第一网格", "13800001001"),
        ("架构（D列起）", 4, "李强", "专职网格员", "第一网格", "13800001002"),
        ("架构（F列起）", 4, "赵敏", "楼栋长", "第一网格", "13800001003"),
    ]
    assert [(one["sheet"], one["row"], one["reason"], one["field"]) for one in report["rejected"]] == [
        ("架构", 6, "missing_required", "name"),
        ("架构（D列起）", 5, "phone_bad", "phone"),
    ]
    sent = {"community": "1", "list": "auto", "file": (BytesIO(data), "架构.xlsx")}
    address = as_secretary.post("/imports/", sent, content_type="multipart/form-data").location
    again = read(as_secretary.get(f"{address}/rejected.xlsx").get_data())
    assert [(one["reason"], one["field"]) for one in again["rejected"]] == [
        ("missing_required", "name"),
        ("phone_bad", "phone"),
    ]
    take_in(data)
    assert read(data)["counts"]["accepted"] == 0


def test_several_people_of_one_duty_in_one_cell_are_a_post_each_where_it_is_clear_whose_number_is_whose(read):
    rows = [["网格员花名册"], ["网格", "网格员", "电话"]]
    rows += [["第一网格", "王芳、李强", "13800001001、13800001002"], ["第二网格", "赵敏", "13800001003"]]
    rows += [["第二网格", "钱一、孙二", "13800001004"]]
    report = read(xlsx({"Sheet1": rows}))
    said = [(one["sheet"], one["values"]["name"], one["values"]["phone"]) for one in report["accepted"]]
    assert said == [
        ("Sheet1", "王芳", "13800001001"),
        ("Sheet1", "赵敏", "13800001003"),
        ("Sheet1", "钱一、孙二", "13800001004"),
        ("Sheet1（B列起，第2人）", "李强", "13800001002"),
    ]
    assert [(one["row"], one["warning"]) for one in report["warnings"]] == [(5, "several_names")]


def test_who_leads_a_grid_is_no_grid_and_no_list_of_its_own_elsewhere(read):
    rows = [["居民姓名", "需求内容", "网格员", "网格长"], ["王芳", "修灯", "李强", "赵敏"]]
    report = read(xlsx({"需求": rows}))
    assert (report["header"][0]["not_imported"], len(report["accepted"])) == ({"D": "网格长"}, 1)
    rows = [["姓名", "电话", "门牌号", "楼栋长", "网格员"], ["王芳", "13800001001", "1-101", "李强", "赵敏"]]
    assert [one["list"] for one in read(xlsx({"居民": rows}))["header"]] == ["people"]


def test_a_duty_stands_within_its_grid_and_the_other_way_round_also_in_one_cell(read):
    head = ["姓名", "电话"]
    first = [["网格力量花名册"], head, ["第一网格"], ["网格长"], ["王芳", "13800001001"], ["网格员"]]
    first += [["李强", "13800001002"], ["第二网格"], ["网格长"], ["赵敏", "13800001003"]]
    other = [head, ["一、网格长"], ["第一网格"], ["钱一", "13800001004"], ["二、网格员"], ["第二网格"]]
    other += [["孙二", "13800001005"]]
    cells = [["岗位", *head], ["第一网格网格长", "周一", "13800001006"], ["第二网格长", "周二", "13800001007"]]
    report = read(xlsx({"表1": first, "网格队伍": other, "表3": cells}))
    said = [one["values"] for one in report["accepted"]]
    assert [(one["name"], one["role"], one["grid"]) for one in said] == [
        ("王芳", "网格长", "第一网格"),
        ("李强", "专职网格员", "第一网格"),
        ("赵敏", "网格长", "第二网格"),
        ("钱一", "网格长", "第一网格"),
        ("孙二", "专职网格员", "第二网格"),
        ("周一", "网格长", "第一网格"),
        ("周二", "网格长", "第二网格"),
    ]


def test_the_head_of_a_household_is_who_its_row_is_about_where_nobody_else_is_named(read):
    rows = [
        ["住户信息表"],
        ["楼栋", "单元", "房号", "户主姓名", "联系电话"],
        ["8栋", "1", "101", "王大", "13800001001"],
    ]
    family = [["门牌", "户主", "户主身份证", "家庭成员1", "关系", "家庭成员2", "关系"]]
    family += [["1-101", "赵大", "110101198003059117", "李二", "妻", "赵小", "子"]]
    report = read(xlsx({"住户": rows, "家庭": family}))
    said = report["accepted"][0]["values"]
    assert (said["name"], said["door"]) == ("王大", "8-1-101")
    said = report["accepted"][1]["values"]
    assert (said["name"], said["id_number"], said.get("relation")) == ("赵大", "110101198003059117", None)
    assert [one["values"]["name"] for one in report["accepted"]] == ["王大", "赵大", "李二", "赵小"]


def test_a_list_pasted_from_a_chat_with_blanks_between_is_parted(read):
    rows = [["志愿者名单"], ["姓名 电话  特长"], ["王芳 13800001001 书法"], ["李强 13800001002 电工"]]
    text = "\n".join(row[0] for row in rows).encode("gb18030")
    for data in (xlsx({"Sheet1": rows}), text):
        said = [one["values"] for one in read(data)["accepted"]]
        assert [(one["name"], one["phone"], one["skills"]) for one in said] == [
            ("王芳", "13800001001", ["书法"]),
            ("李强", "13800001002", ["电工"]),
        ]


def test_lists_side_by_side_each_under_its_grid_are_lists_of_these_grids(read):
    head = ["姓名", "电话"]
    rows = [["居民花名册"], ["第一网格", None, "第二网格", None], [*head, *head]]
    rows += [["王芳", "13800001001", "李强", "13800001002"]]
    report = read(xlsx({"Sheet1": rows}, merged={"Sheet1": ["A1:D1", "A2:B2", "C2:D2"]}))
    said = [(one["sheet"], one["values"]) for one in report["accepted"]]
    assert [(sheet, one["name"], one["phone"], one["grid"]) for sheet, one in said] == [
        ("Sheet1", "王芳", "13800001001", "第一网格"),
        ("Sheet1（C列起）", "李强", "13800001002", "第二网格"),
    ]


def test_members_beside_the_head_of_their_household_become_a_person_each(read, take_in):
    sheet = [
        ["居民家庭信息登记表"],
        ["户主", "联系电话", "网格", "住址", "家庭成员1", "关系", "电话", "家庭成员2", "关系", "电话", "备注"],
        ["王一", "13800001001", "第一网格", "1栋101", "王二", "子", "1380", "李三", "配偶", "", "老住户"],
        ["赵四", "13800001002", "第一网格", "1栋102", "赵五", "女", "", "", "", "", ""],
        ["孙六", "13800001003", "第一网格", "1栋103", "", "", "", "", "", "", ""],
    ]
    data = xlsx({"家庭": sheet})
    report = read(data)
    said = [(one["row"], one["values"]) for one in report["accepted"]]
    assert [
        (row, one["name"], one.get("head"), one.get("relation"), one.get("phone"), one["address"]) for row, one in said
    ] == [
        (3, "王一", None, None, "13800001001", "1栋101"),
        (4, "赵四", None, None, "13800001002", "1栋102"),
        (5, "孙六", None, None, "13800001003", "1栋103"),
        (4, "赵五", "赵四", "女", None, "1栋102"),
        (3, "李三", "王一", "配偶", None, "1栋101"),
    ]
    assert [(one["sheet"], one["row"], one["reason"], one["field"]) for one in report["rejected"]] == [
        ("家庭（E列起）", 3, "phone_bad", "phone")
    ]
    take_in(data)
    assert read(data)["counts"]["accepted"] == 0


def test_members_under_headings_of_two_rows_are_told_apart_by_their_number(read):
    sheet = [
        ["户主姓名", "电话", "网格", "成员1", "", "成员2", ""],
        ["", "", "", "姓名", "与户主关系", "姓名", "与户主关系"],
        ["王一", "13800001001", "第一网格", "王二", "子", "李三", "配偶"],
    ]
    report = read(xlsx({"家庭": sheet}, merged={"家庭": ["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"]}))
    said = [one["values"] for one in report["accepted"]]
    assert [(one["name"], one.get("head"), one.get("relation")) for one in said] == [
        ("王一", None, None),
        ("王二", "王一", "子"),
        ("李三", "王一", "配偶"),
    ]


def test_a_text_that_was_pasted_into_one_column_is_parted_as_the_text_would_be(read):
    rows = [
        ["居民花名册"],
        ["姓名,联系电话,门牌号"],
        ["王一,13800001001,1-101"],
        ['"李二",13800001002,1-102'],
        [],
        ["赵三,1380,1-103"],
    ]
    report = read(xlsx({"Sheet1": rows}))
    assert [(one["row"], one["values"]["name"]) for one in report["accepted"]] == [(3, "王一"), (4, "李二")]
    assert [(one["row"], one["field"]) for one in report["rejected"]] == [(6, "phone")]


def test_a_column_of_sentences_stays_one(read):
    said = ["楼下路灯不亮，晚上很黑，老人摔过", "扶手松了，没人管，请来看看", "下水道堵了, 味道大, 已有一周, 急"]
    report = read(xlsx({"群众需求清单": [["需求内容"], *([one] for one in said)]}), "needs")
    assert [one["values"]["content"][:6] for one in report["accepted"]] == [one[:6] for one in said]
    assert report["header"][0]["not_imported"] == {}
    assert report["counts"]["accepted"] == 3
