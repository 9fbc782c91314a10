"""What people write in cells: understood where it can mean one thing only, and said how; else refused."""

from typing import Any

import pytest

from tests.core.sheets.paper import xlsx

FINE = "修灯"


def dated(*days: Any, heading: str = "登记日期") -> bytes:
    """Return needs on these days."""
    return xlsx(
        {"需求": [["需求人", "需求内容", heading], *(["王芳", f"{FINE}{n}", day] for n, day in enumerate(days))]}
    )


def born(*days: Any) -> bytes:
    return xlsx(
        {"居民": [["姓名", "出生年月"], *([f"王{sign}", day] for sign, day in zip("甲乙丙丁", days, strict=False))]}
    )


def said(report: dict[str, Any], key: str) -> list[Any]:
    return [one["values"].get(key) for one in report["accepted"]]


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("26.3.5", "2026-03-05"),
        ("26/03/05", "2026-03-05"),
        ("25-12-31", "2025-12-31"),
        ("'26.3.5", "2026-03-05"),
        ("２６．３．５", "2026-03-05"),
        ("05年3月5日", "2005-03-05"),
        ("二六年三月五日", "2026-03-05"),
        ("98年7月1日", "1998-07-01"),
    ],
)
def test_a_year_of_two_digits_is_read_and_said(read, short: str, whole: str):
    report = read(dated(short))
    assert said(report, "date") == [whole]
    assert [one["reason"] for one in report["warnings"]] == ["year_short"]
    assert f"→ {whole}" in report["warnings"][0]["message"]


@pytest.mark.parametrize("unclear", ["12/3/25", "5.3.26", "05/03/26", "260305", "26.13.1", "2026.3.5-3.7", "去年"])
def test_what_may_be_another_day_is_still_refused(read, unclear: str):
    report = read(dated(unclear))
    assert (said(report, "date"), [one["reason"] for one in report["rejected"]]) == ([], ["date_bad"])


def test_a_birthday_is_read_only_in_the_century_it_can_lie_in(read):
    report = read(born("85.3.5", "75.11", "12年5月", "23.5.6"))
    assert said(report, "birth") == ["1985-03-05", "1975-11", "2012-05"]
    assert [(one["row"], one["reason"]) for one in report["rejected"]] == [(5, "date_bad")]


def test_a_resource_may_be_open_until_a_day_that_lies_ahead(read):
    head = ["提供单位", "资源名称", "资源类型", "有效期至"]
    rows = [head, ["清河小学", "操场", "场地", "28.12.31"]]
    assert said(read(xlsx({"资源": rows})), "valid_to") == ["2028-12-31"]


@pytest.mark.parametrize(
    ("sex", "poor", "tags", "meant"),
    [
        ("☑女 □男", "√", "□低保 ☑独居 ☑残疾", ("女", ["低保", "独居", "残疾"])),
        ("男☑女□", "☑是□否", "☑残疾", ("男", ["低保", "残疾"])),
        ("（√）男（ ）女", "□是 ☑否", "□独居 ■残疾", ("男", ["残疾"])),
        ("[ ]男 [√]女", "v", "□低保 □独居", ("女", ["低保"])),
        ("□男√□女", "□", "", ("女", None)),
    ],
)
def test_of_options_with_boxes_the_ticked_ones_are_meant(read, sex: str, poor: str, tags: str, meant: tuple[Any, ...]):
    rows = [["姓名", "性别", "低保", "特殊人群"], ["王芳", sex, poor, tags]]
    report = read(xlsx({"居民": rows}))
    assert (said(report, "gender"), said(report, "tags")) == ([meant[0]], [meant[1]])


def test_of_two_ticks_for_one_thing_none_is_taken(read):
    report = read(xlsx({"居民": [["姓名", "性别"], ["王芳", "☑男 ☑女"]]}))
    assert [one["reason"] for one in report["rejected"]] == ["enum_unknown"]


def test_a_ticked_category_and_kind_are_understood(read):
    head = ["提供单位", "资源名称", "资源类别"]
    rows = [
        head,
        ["清河小学", "操场", "☑场地 □设备"],
        ["区医院", "医生", "人才资源"],
        ["区法院", "（ ）讲座", "□ 服务 √ 技能"],
    ]
    assert said(read(xlsx({"资源": rows})), "category") == ["阵地", "人才", "技能"]
    need = [["需求人", "需求内容", "需求类别"], ["王芳", FINE, "□养老 ☑公共设施"]]
    assert said(read(xlsx({"需求": need})), "category") == ["公共设施"]


def test_boxes_in_the_words_of_a_need_stay_as_they_are(read):
    assert said(read(xlsx({"需求": [["需求人", "需求内容"], ["王芳", "☑已沟通 □未沟通"]]})), "content") == [
        "☑已沟通 □未沟通"
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("￥1,200.00", 1200), ("2.5万元", 25_000), ("约3千元", 3000), ("人民币80", 80), (800.5, 800.5)],
)
def test_money_is_read_with_its_sign_and_in_tens_of_thousands(read, written: Any, meant: float):
    need = [["需求内容", "需求人"], [FINE, "王芳"]]
    done = [["群众需求", "接单单位", "落实措施", "费用（元）"], [FINE, "物业公司", "换灯", written]]
    found = [one for one in read(xlsx({"需求": need, "落地": done}))["accepted"] if one["list"] == "fulfilments"]
    assert [one["values"]["cost"] for one in found] == [meant]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("1.王芳", "王芳"),
        ("12、 王 芳", "王芳"),
        ("买买提.艾力", "买买提·艾力"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("J. Smith", "J. Smith"),
    ],
)
def test_a_name_is_read_without_its_number_and_with_one_sort_of_dot(read, written: str, name: str):
    assert said(read(xlsx({"居民": [["姓名", "性别"], [written, "女"]]})), "name") == [name]


@pytest.mark.parametrize(
    "written",
    [
        "86-13800001001",
        "\u202d13800001001\u202c",
        "13800001001\u200b",
        "+86 138 0000 1001",
        "8613800001001",
        "0086 13800001001",
    ],
)
def test_a_telephone_number_is_read_without_the_country(read, written: str):
    assert said(read(xlsx({"居民": [["姓名", "联系电话"], ["王芳", written]]})), "phone") == ["13800001001"]


def test_a_short_year_below_a_heading_that_only_resembles_one_is_no_error(read):
    rows = [["资源名称", "提供单位", "开放到期日期（暂定）"], ["会议室", "市中医院", "27.3.5"]]
    report = read(xlsx({"资源": rows}), "resources")
    assert report["counts"]["accepted"] == 1


def test_boxes_under_one_heading_are_one_column_and_what_is_ticked_is_said(read):
    rows = [
        ["志愿者汇总表"],
        ["序号", "姓名", "性别", None, "电话", "服务意向", None, None],
        [None, None, "男", "女", None, "助老", "环保", "文艺"],
        [1, "王芳", None, "√", "13800001001", "√", None, "○"],
        [2, "李强", "√", None, "13800001002", None, None, None],
        ["以下空白"],
    ]
    report = read(xlsx({"志愿者": rows}, merged={"志愿者": ["A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:H2"]}))
    found = [one["values"] for one in report["accepted"]]
    assert [(one["name"], one["gender"], one.get("intention")) for one in found] == [
        ("王芳", "女", ["助老", "文艺"]),
        ("李强", "男", None),
    ]
    assert (report["header"][0]["rows"], report["rejected"]) == ([2, 3], [])


def test_numbers_of_cards_and_telephones_in_one_cell_are_told_apart(read):
    number = "110101198003059117"
    rows = [["姓名", "身份证号及电话"], ["王芳", f"{number} 13800001001"], [f"李强 {number[:-1]}8 13800001002", ""]]
    rows += [["赵敏（0751-8123456转602）", ""]]
    report = read(xlsx({"居民花名册": rows}))
    first, last = [one["values"] for one in report["accepted"]]
    assert (first["id_number"], first["phone"]) == (number, "13800001001")
    assert (last["name"], last["phone"]) == ("赵敏", "0751-8123456-602")
    assert [(one["row"], one["reason"]) for one in report["rejected"]] == [(3, "id_bad_checksum")]


def test_a_contact_with_a_number_behind_a_stroke_is_both_and_the_first_days_of_a_month_are_the_month(read):
    head = ["单位", "资源名称", "联系人/电话"]
    report = read(xlsx({"资源": [["资源清单"], head, ["清河小学", "操场", "陈红/13800001201"]]}))
    said = report["accepted"][0]["values"]
    assert (said["contact"], said["phone"]) == ("陈红", "13800001201")
    report = read(xlsx({"需求": [["姓名", "需求内容", "提出时间"], ["王芳", "修灯", "2024年3月上旬"]]}))
    assert report["accepted"][0]["values"]["date"] == "2024-03"
    assert [one["warning"] for one in report["warnings"]] == ["day_unknown"]


def test_a_line_that_names_a_column_says_it_for_the_rows_below_and_hints_in_brackets_are_nobody(read):
    head = ["名称", "提供单位", "联系电话"]
    rows = [
        ["资源清单"],
        ["类别：场地"],
        head,
        ["（必填）", "（全称）", "（11位）"],
        ["会议室", "清河小学", "13800001201"],
    ]
    rows += [["类别：人才"], head, ["医生", "市中医院", "1.3800001202E10"]]
    report = read(xlsx({"资源": rows}))
    assert [(one["values"]["category"], one["values"]["phone"]) for one in report["accepted"]] == [
        ("阵地", "13800001201"),
        ("人才", "13800001202"),
    ]
    assert report["rejected"] == []


def test_what_stands_beside_numbers_is_kept_or_says_that_there_is_none(read):
    number = "110101198003059117"
    rows = [["姓名", "身份证号", "电话", "政治面貌"]]
    rows += [["甲一", f"身份证：{number}（待核实）", "手机：13800001012 座机：8123456", "中共党员（预备）"]]
    rows += [["甲二", "未提供", "13800001011，本人", "群众"]]
    report = read(xlsx({"居民": rows}))
    first, second = [one["values"] for one in report["accepted"]]
    assert (first["id_number"], first["phone"], first["phone2"]) == (number, "13800001012", "8123456")
    assert first["political"] == "中共预备党员"
    assert (second.get("id_number"), second["phone"]) == (None, "13800001011")
    assert [(one["row"], one["warning"]) for one in report["warnings"]] == [(3, "id_missing")]


def test_a_team_above_its_volunteers_is_nobody_and_theirs(read):
    rows = [["志愿者名单"], ["姓名", "电话", "服务意向"], ["夕阳红志愿服务队"], ["王芳", "13800001001", "助老"]]
    report = read(xlsx({"Sheet1": [*rows, ["党员先锋队（5人）"], ["李强", "13800001002", ""]]}))
    said = [one["values"] for one in report["accepted"]]
    assert [(one["name"], one["team"]) for one in said] == [("王芳", "夕阳红志愿服务队"), ("李强", "党员先锋队")]
    assert {one["warning"] for one in report["warnings"]} == {"team_unknown"}


def test_a_grid_written_downwards_in_a_merged_cell_is_the_grid(read):
    rows = [["网格", "需求内容"], ["第\n一\n网\n格", "修灯"], [None, "修路"]]
    report = read(xlsx({"需求": rows}, merged={"需求": ["A2:A3"]}))
    assert {one["values"]["grid"] for one in report["accepted"]} == {"第一网格"}
    assert len(report["accepted"]) == 2


def test_a_service_whose_need_is_nowhere_is_told_what_to_look_for(read):
    rows = [["服务落地清单"], ["需求编号", "接单单位", "落实措施"], ["XQ404", "市中医院", "上门"]]
    (told,) = read(xlsx({"服务落地清单": rows}))["rejected"]
    assert told["reason"] == "enum_unknown"
    assert "找不到这条需求" in told["message"]
