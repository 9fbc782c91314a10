"""Lists of people as grid staff keep them: whose number is whose, what a word means, what stands beside a number."""

from tests.core.sheets.paper import xlsx


def test_the_duty_of_somebody_is_not_whether_they_do_nothing_else(read):
    head = ["网格名称", "岗位职务", "姓名", "联系电话", "专/兼职"]
    rows = [
        head,
        ["第一网格", "网格长", "王芳", "13800001001", "专职"],
        ["第一网格", "网格员", "李强", "13800001002", "兼职"],
    ]
    rows += [["第二网格", "专职网格员兼微网格长", "赵敏", "13800001003", ""]]
    alone = [["网格", "姓名", "专/兼职"], ["第一网格", "周一", "兼职"]]
    found = read(xlsx({"网格员": rows, "网格员2": alone}))
    said = [(one["values"]["name"], one["values"]["role"]) for one in found["accepted"]]
    assert said == [("王芳", "网格长"), ("李强", "兼职网格员"), ("赵敏", "专职网格员"), ("周一", "兼职网格员")]


def test_the_number_of_a_volunteer_or_landlord_is_not_that_of_the_neighbour(read):
    rows = [["独居老人关爱台账"], ["姓名", "年龄/出生年月", "住址", "子女姓名及电话", "结对志愿者", "志愿者电话"]]
    rows += [["王芳", "82", "8栋301", "王小：13800001001", "何志", "13800001002"]]
    rows += [["李强", "1943年5月", "8栋302", "无子女", "何志", "13800001002"]]
    let = [
        ["姓名", "现住址", "房东姓名", "房东电话", "联系方式"],
        ["赵敏", "8-2-301", "钱一", "13800001003", "13800001004"],
    ]
    found = read(xlsx({"老人": rows, "流动人口": let}))
    said = [one["values"] for one in found["accepted"]]
    assert [(one["name"], one.get("phone"), one.get("phone_kin")) for one in said] == [
        ("王芳", None, "13800001001"),
        ("李强", None, None),
        ("赵敏", "13800001004", None),
    ]
    assert [one["list"] for one in found["header"]] == ["people", "people"]
    assert [sorted(one["not_imported"].values()) for one in found["header"]] == [
        ["志愿者电话", "结对志愿者"],
        ["房东姓名", "房东电话"],
    ]


def test_an_age_where_a_birthday_may_stand_is_an_age(read):
    rows = [["居民信息"], ["姓名", "出生年月", "住址"], ["王芳", "67岁", "8栋301"], ["李强", "82", "8栋302"]]
    found = read(xlsx({"居民": rows}))
    assert [(one["values"]["name"], one["values"]["age"]) for one in found["accepted"]] == [("王芳", 67)]
    assert [(one["row"], one["reason"]) for one in found["rejected"]] == [(4, "date_bad")]


def test_what_is_the_same_as_left_of_it_is_said_out(read):
    rows = [["共建单位"], ["单位名称", "负责人及电话", "联系人/电话"], ["利民超市", "刘总13800001001", "同左"]]
    homes = [["姓名", "户籍地址", "现住址"], ["王芳", "武江路1号", "同左"]]
    found = read(xlsx({"单位": rows, "居民": homes}))
    unit, person = (one["values"] for one in found["accepted"])
    assert (unit["leader"], unit["contact"], unit["phone"]) == ("刘总", "刘总", "13800001001")
    assert person["address"] == "武江路1号"


def test_a_group_of_people_is_said_by_the_line_above_them_or_by_the_title_of_their_list(read):
    rows = [["困难群众台账"], ["困难类别", "姓名", "家庭住址"], ["一、低保户（1户）"], ["低保", "王芳", "8栋301"]]
    rows += [["二、困境儿童"], ["", "李强", "9栋102"]]
    old = [["社区独居老人花名册"], ["姓名", "住址"], ["赵敏", "1栋301"]]
    other = [["居民花名册"], ["姓名", "住址"], ["钱一", "1栋302"]]
    found = read(xlsx({"Sheet1": rows, "Sheet2": old, "Sheet3": other}))
    said = [(one["values"]["name"], one["values"].get("tags")) for one in found["accepted"]]
    assert said == [("王芳", ["低保"]), ("李强", ["困境儿童"]), ("赵敏", ["独居老人"]), ("钱一", None)]


def test_what_stands_beside_the_number_of_a_row_is_told(read):
    rows = [["序号", "姓名", "住址"], ["1", "王芳", "8栋1"], ["2（已故）", "李强", "8栋2"], ["迁出", "赵敏", "8栋3"]]
    rows += [["第4户", "钱一", "8栋4"]]
    found = read(xlsx({"居民": rows}))
    assert len(found["accepted"]) == 4
    assert [(one["row"], one["warning"]) for one in found["warnings"]] == [(3, "beside_number"), (4, "beside_number")]


def test_which_child_somebody_is_makes_them_no_stranger(read):
    said = ["大女儿", "二孙子", "老伴", "大外孙女", "女婿"]
    rows = [
        ["姓名", "门牌号", "与户主关系"],
        *([f"王{sign}", "1-101", one] for sign, one in zip("一二三四五", said, strict=True)),
    ]
    found = read(xlsx({"居民": rows}))
    assert [one["values"]["relation"] for one in found["accepted"]] == [
        "女",
        "孙子女或外孙子女",
        "配偶",
        "孙子女或外孙子女",
        "女婿",
    ]
    assert [one["row"] for one in found["warnings"]] == [6]


def test_a_number_may_stand_before_the_name_it_belongs_to(read):
    rows = [["志愿者名单"], ["姓名/电话", "性别"], ["13800001001王芳", "女"], ["13800001002 李强", "男"]]
    found = read(xlsx({"志愿者": rows}))
    assert [(one["values"]["name"], one["values"]["phone"]) for one in found["accepted"]] == [
        ("王芳", "13800001001"),
        ("李强", "13800001002"),
    ]


def test_talents_are_no_volunteers_for_it(read):
    first = [["社区人才库"], ["姓名", "人才类别", "专业技能/荣誉", "联系电话", "是否愿意参加志愿服务"]]
    first += [["王芳", "退休教师", "数学", "13800001001", "否"]]
    other = [["姓名", "特长", "联系电话", "注册时间"], ["李强", "理发", "13800001002", "2024.3.5"]]
    found = read(xlsx({"人才": first, "志愿者": other}))
    assert [one["values"]["name"] for one in found["accepted"]] == ["李强"]
    assert found["other_sheets"] == ["人才"]


def test_the_branch_of_a_member_is_not_the_unit_that_stands_above(read):
    head = ["党员姓名", "入党年月", "所在党支部", "手机号码", "认领岗位"]
    rows = [["在职党员到社区报到名册"], ["报到单位：市教育局（盖章）"], head]
    rows += [["王芳", "2010.7.1", "机关一支部", "13800001001", "政策宣传岗"]]
    alone = [["在职党员报到名册"], head, ["李强", "2010.7.1", "机关二支部", "13800001002", "巡逻岗"]]
    found = read(xlsx({"报到": rows, "报到2": alone}))
    assert [one["values"]["unit"] for one in found["accepted"]] == ["市教育局", "机关二支部"]


def test_a_mark_below_whether_somebody_is_the_head_is_nobodys_name(read):
    rows = [["姓名", "证件号码", "联系电话", "是否户主", "家庭户号"], ["王芳", "", "13800001001", "是", "H01"]]
    rows += [["李强", "", "13800001002", "否", "H01"]]
    found = read(xlsx({"人口": rows}))
    said = [one["values"] for one in found["accepted"]]
    assert [(one.get("head"), one.get("relation")) for one in said] == [(None, "户主"), (None, None)]


def test_who_works_for_no_unit_makes_none(read):
    rows = [
        ["在职党员报到名册"],
        ["姓名", "单位", "入党时间"],
        ["王芳", "已退休", "1998.7.1"],
        ["李强", "市一中", "2010.7.1"],
    ]
    found = read(xlsx({"报到": rows}))
    assert [(one["row"], one["reason"], one["field"]) for one in found["rejected"]] == [(3, "missing_required", "unit")]
    assert [one["values"]["unit"] for one in found["accepted"]] == ["市一中"]


def test_what_is_still_to_be_found_out_is_not_ticked(read):
    rows = [["姓名", "住址", "低保", "残疾"], ["王芳", "8栋", "√", "待核实"], ["李强", "8栋", "", "肢体三级"]]
    found = read(xlsx({"居民": rows}))
    assert [(one["row"], one["reason"]) for one in found["rejected"]] == [(2, "enum_unknown")]
    assert [one["values"]["tags"] for one in found["accepted"]] == [["残疾"]]


def test_the_number_of_a_unit_is_that_of_its_contact_and_not_of_its_head(read):
    rows = [["共建单位"], ["单位名称", "负责人姓名", "负责人电话", "联络人姓名", "联络人电话"]]
    rows += [["区图书馆", "王芳", "13800001001", "李强", "13800001002"]]
    found = read(xlsx({"单位": rows}))
    assert [(one["values"]["contact"], one["values"]["phone"]) for one in found["accepted"]] == [
        ("李强", "13800001002")
    ]
    assert list(found["header"][0]["not_imported"].values()) == ["负责人电话"]


def test_boxes_below_one_heading_need_no_known_words(read):
    rows = [
        ["志愿者信息采集"],
        ["姓名", "电话", "可服务时段（打√）", "", "", "备注"],
        ["", "", "周一至周五", "周末", "节假日", ""],
    ]
    rows += [["王芳", "13800001001", "√", "√", "", ""], ["李强", "13800001002", "", "", "√", ""]]
    found = read(xlsx({"采集": rows}, merged={"采集": ["C2:E2"]}))
    said = [(one["values"]["name"], one["values"]["available"]) for one in found["accepted"]]
    assert said == [("王芳", "周一至周五、周末"), ("李强", "节假日")]
    assert found["rejected"] == []


def test_old_people_with_the_volunteer_who_looks_after_them_are_neighbours(read):
    head = ["老人姓名", "性别", "住址", "老人电话", "帮扶志愿者", "联系电话", "帮扶频次"]
    rows = [["独居老人结对帮扶一览表"], head, ["王芳", "女", "8栋101", "13800001001", "李强", "13800001002", "每周"]]
    found = read(xlsx({"结对": rows}))
    assert [one["list"] for one in found["header"]] == ["people"]
    assert [(one["values"]["name"], one["values"]["phone"]) for one in found["accepted"]] == [("王芳", "13800001001")]
    assert "联系电话" in found["header"][0]["not_imported"].values()


def test_the_number_of_the_leader_of_a_team_is_not_that_of_its_members(read):
    rows = [["志愿服务队花名册"], ["队伍名称", "队长及电话", "队员姓名", "队员电话"]]
    rows += [["红马甲队", "王芳13800001001", "李强", "13800001002"]]
    found = read(xlsx({"队伍": rows}))
    assert [(one["values"]["name"], one["values"]["phone"]) for one in found["accepted"]] == [("李强", "13800001002")]
    assert list(found["header"][0]["not_imported"].values()) == ["队长及电话"]


def test_of_two_numbers_under_one_heading_that_of_the_contact_is_meant(read):
    rows = [["驻区单位联系表"], ["单位", "负责人", "电话", "联系人", "电话"]]
    rows += [["区图书馆", "王芳", "13800001001", "李强", "13800001002"]]
    found = read(xlsx({"联系": rows}))
    assert [(one["values"]["contact"], one["values"]["phone"]) for one in found["accepted"]] == [
        ("李强", "13800001002")
    ]


def test_who_was_a_grid_worker_is_none_now(read):
    rows = [["姓名", "职务", "网格"], ["王芳", "原网格员", "第一网格"], ["李强", "网格员", "第二网格"]]
    found = read(xlsx({"网格员": rows}))
    assert [(one["row"], one["reason"], one["field"]) for one in found["rejected"]] == [(2, "enum_unknown", "role")]
    assert [one["values"]["name"] for one in found["accepted"]] == ["李强"]
