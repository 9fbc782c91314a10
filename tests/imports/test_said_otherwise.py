"""What ledgers say in a way of their own: no name, several duties, a month at the end, a building nobody keeps."""

from typing import Any

import pytest
from sqlalchemy import select

from app.communities.models import Place, PlaceKind
from app.core import clock, database
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs.models import Need
from tests.core.sheets.paper import xlsx
from tests.imports.test_cells_together import said, warned, wrong

GRID = "第一网格"


@pytest.mark.parametrize("written", ["匿名", "匿名居民", "不愿透露姓名", "居民不便透露姓名", "未提供姓名"])
def test_who_does_not_want_to_be_named_is_nobody_of_that_name(take_in, behind, written: str):
    take_in(xlsx({"民情": [["民情台账"], ["反映人", "联系电话", "诉求内容"], [written, "13800001001", "噪音"]]}))
    with behind():
        need = db.session.scalars(select(Need).filter_by(title="噪音")).one()
        assert (need.anonymous, need.reporter_name, need.reporter_phone) == (True, None, "13800001001")


def test_several_needs_in_one_cell_stay_one_and_it_is_told(read):
    told = "1、水管漏水；\n2、楼道堆物"
    report = read(xlsx({"需求": [["需求清单"], ["姓名", "需求内容"], ["王芳", told], ["李强", "修1号楼2层的灯"]]}))
    assert said(report, "content") == [(3, told), (4, "修1号楼2层的灯")]
    assert warned(report) == [(3, "several_needs", "content")]


def test_who_has_two_duties_in_one_cell_has_two_posts(read, take_in):
    rows = [["网格员名册"], ["序号", "姓名", "职务", "网格", "联系电话"]]
    rows += [[1, "郑二", "专职网格员/楼栋长", GRID, "13800180102"], [2, "郑三", "楼栋长", GRID, "13800180103"]]
    data = xlsx({"名册": rows})
    report = read(data)
    assert said(report, "name", "role") == [(3, "郑二", "专职网格员"), (4, "郑三", "楼栋长")]
    second = [(one["sheet"], one["row"], one["action"]) for one in report["duplicates"]]
    assert second == [("名册（第2个岗位）", 3, "second_post")]
    take_in(data)
    assert read(data)["counts"] | {"warnings": 0, "ignored": 0} == {
        "accepted": 0,
        "rejected": 0,
        "duplicates": 3,
        "warnings": 0,
        "ignored": 0,
    }


def test_the_month_in_which_something_was_done_is_not_before_the_day_it_began(read, take_in, behind):
    need = [["需求清单"], ["姓名", "需求内容"], ["王芳", "修灯"], ["李强", "修路"]]
    head = ["群众需求", "接单单位", "受理日期", "完成时间"]
    done = [head, ["修灯", "物业公司", "2026.3.4", "2026年3月"], ["修路", "物业公司", "2026.3.4", "2026年2月"]]
    data = xlsx({"需求": need, "服务落地": [["服务落地清单"], *done]})
    report = read(data)
    assert said(report, "done_date")[-1] == (3, "2026-03")
    assert wrong(report) == [(4, "date_order", "done_date")]
    assert warned(report)[0] == (3, "day_unknown", "done_date")
    take_in(data, history=True)
    with behind():
        assert f"{db.session.scalars(select(Fulfilment)).one().delivered_on}" == "2026-03-04"


def test_the_title_of_a_sheet_says_the_year_for_its_lower_tables_too(read):
    rows = [["清河社区四张清单（2026年9月）"], ["一、需求清单"], ["居民", "需求内容", "登记日期"]]
    rows += [["王芳", "修灯", "9月1日"], [], ["二、落实清单"], ["群众需求", "接单单位", "落实措施", "完成时间"]]
    rows += [["修灯", "供电所", "换灯", "9月20日"]]
    report = read(xlsx({"四单": rows}))
    assert (said(report, "date", "done_date"), wrong(report)) == (
        [(4, "2026-09-01", None), (8, None, "2026-09-20")],
        [],
    )


def test_where_no_buildings_are_kept_a_building_is_where_somebody_lives(read, behind):
    rows = [["需求清单"], ["姓名", "楼栋", "需求内容"], ["王芳", "3栋", "修灯"]]
    people = [["居民花名册"], ["姓名", "楼栋", "民族"], ["李强", "3号楼", "汉"]]
    assert wrong(read(xlsx({"需求": rows}))) == [(3, "grid_unknown", "building")]
    assert wrong(read(xlsx({"居民": people}))) == [(3, "grid_unknown", "grid")]
    with behind(), database.transaction():
        for building in db.session.scalars(select(Place).where(Place.kind == PlaceKind.BUILDING)):
            building.closed_on = clock.today()
    assert said(read(xlsx({"需求": rows})), "address") == [(3, "3栋")]
    assert said(read(xlsx({"居民": people})), "door") == [(3, "3号楼")]


def test_what_stands_in_brackets_beside_a_grid_or_a_number_is_told(read):
    rows = [
        ["需求清单"],
        ["姓名", "网格", "需求内容"],
        ["王芳", "第一网格（东区）", "修灯"],
        ["李强", "九网格（东）", "修路"],
    ]
    report = read(xlsx({"需求": rows}))
    assert (said(report, "grid"), wrong(report)) == ([(3, GRID)], [(4, "grid_unknown", "grid")])
    assert warned(report)[0] == (3, "beside_place", "grid")
    rows = [["共建单位"], ["单位名称", "单位性质", "党员数"], ["区司法局", "机关", "15（含预备2）"]]
    report = read(xlsx({"单位": rows}))
    assert (said(report, "members"), warned(report)) == ([(3, 15)], [(3, "beside_number", "members")])


@pytest.mark.parametrize(
    ("written", "meant"), [("之妻", "配偶"), ("户主之子", "子"), ("户主的母亲", "父母"), ("外婆", "祖父母")]
)
def test_what_somebody_is_to_the_head_may_be_said_as_a_register_does(read, written: str, meant: str):
    rows: list[list[Any]] = [["居民花名册"], ["姓名", "与户主关系", "户主"], ["王芳", written, "李强"]]
    assert meant in str(said(read(xlsx({"居民": rows})), "relation")[0][1])


def test_things_in_one_cell_are_parted_by_their_numbers_or_by_blanks(read):
    rows = [["志愿者花名册"], ["姓名", "联系电话", "特长"], ["贺四", "13800001001", "书法 绘画"]]
    rows += [["贺五", "13800001002", "1.摄影 2、唱歌；3）跳舞"], ["贺六", "13800001003", "①电工②Photo Shop"]]
    assert said(read(xlsx({"志愿者": rows})), "skills") == [
        (3, ["书法", "绘画"]),
        (4, ["摄影", "唱歌", "跳舞"]),
        (5, ["电工", "Photo Shop"]),
    ]


def test_how_many_are_asked_for_may_be_said_in_words(read):
    rows = [["需求清单"], ["姓名", "需求内容", "数量", "状态"], ["王芳", "'修灯", "若干", "已销号"]]
    rows += [["李强", "修路", "3-5", ""], ["赵敏", "修门", "0", ""]]
    report = read(xlsx({"需求": rows}), history=True)
    assert said(report, "content", "quantity") == [(3, "修灯", "若干"), (4, "修路", "3-5")]
    assert wrong(report) == [(5, "number_out_of_range", "quantity")]


def test_about_a_hundred_are_a_hundred(read):
    rows = [
        ["共建单位"],
        ["单位名称", "单位性质", "党员数"],
        ["区医院", "医院", "百余名"],
        ["区法院", "机关", "一百二十"],
    ]
    assert said(read(xlsx({"单位": rows})), "members") == [(3, 100), (4, 120)]


def test_who_signs_at_the_foot_is_nobody(read):
    rows = [["居民花名册"], ["序号", "网格", "姓名", "性别"], [1, "第一网格", "王芳", "女"]]
    rows += [["采集人（签名）：", "", "审核人（签名）："]]
    report = read(xlsx({"居民": rows}))
    assert (said(report, "name"), wrong(report), report["ignored"][0]["why"]) == ([(3, "王芳")], [], "footer")


def test_a_unit_of_a_building_in_the_column_of_rooms_is_part_of_the_door(read):
    rows = [["居民花名册"], ["姓名", "网格", "栋号", "房号"], ["王芳", "第一网格", "1栋", "2单元101室"]]
    assert said(read(xlsx({"居民": rows})), "door") == [(3, "1-2-101")]


def test_numbers_that_begin_anew_are_no_codes_of_needs(read, take_in):
    def book(*words: str) -> bytes:
        needs = [["需求清单"], ["编号", "姓名", "需求内容"], *([n, "王芳", one] for n, one in enumerate(words, 1))]
        done = [["服务落地清单"], ["需求编号", "接单单位", "落实措施"], [2, "物业公司", "办了"]]
        return xlsx({"需求": needs, "服务落地": done})

    take_in(book("修灯", "修路"))
    report = read(book("修门", "修窗"))
    assert said(report, "content") == [(3, "修门"), (4, "修窗"), (3, None)]
    again = read(book("修灯", "修路"))
    assert (again["counts"]["accepted"], again["counts"]["duplicates"], wrong(again)) == (0, 3, [])


def test_a_code_that_stands_for_something_else_already_is_a_contradiction(read, take_in):
    def rows(*more: list[Any]) -> bytes:
        return xlsx({"需求": [["需求清单"], ["需求编号", "姓名", "联系电话", "需求内容"], *more]})

    first = ["XQ-1", "王芳", "", "修灯"]
    take_in(rows(first))
    report = read(rows(["XQ-1", "李强", "13800001002", "修路"]))
    assert [(one["row"], one["conflicts"]) for one in report["duplicates"]] == [(3, ["content"])]
    report = read(rows(["XQ-2", "王芳", "", "修灯"], ["XQ-2", "李强", "13800001002", "修路"]))
    assert said(report, "person", "phone") == [(3, "王芳", None)]
    assert sorted(report["duplicates"][0]["conflicts"]) == ["content", "person"]


def test_the_number_of_somebody_a_chart_names_beside_is_not_that_of_the_row(read):
    rows = [["楼栋长一览表"], ["网格", "楼栋长", "", "楼栋党小组长", ""], ["", "姓名", "电话", "姓名", "电话"]]
    rows += [["第一网格", "花一", "13910450001", "花二", "13910450002"]]
    report = read(xlsx({"楼栋长": rows}, merged={"楼栋长": ["A2:A3", "B2:C2", "D2:E2"]}))
    assert said(report, "name", "phone", "phone_kin") == [(4, "花一", "13910450001", None)]
    assert list(report["header"][0]["not_imported"]) == ["D", "E"]


@pytest.mark.parametrize(
    ("written", "unit", "job"),
    [
        ("区财政局预算科科长", "区财政局", "预算科科长"),
        ("清河小学 教师", "清河小学", "教师"),
        ("区税务局第一分局", "区税务局第一分局", None),
        ("某某工作室", "某某工作室", None),
    ],
)
def test_what_somebody_is_there_is_no_part_of_the_unit(read, written: str, unit: str, job: Any):
    rows = [["在职党员报到花名册"], ["姓名", "单位及职务", "入党时间"], ["水一", written, "2001.7.1"]]
    assert said(read(xlsx({"党员": rows})), "unit", "job") == [(3, unit, job)]


@pytest.mark.parametrize(
    ("written", "last"), [("2028.11", "2028-11-30"), ("2028年底", "2028-12-31"), ("2028年", "2028-12-31")]
)
def test_what_holds_until_a_month_holds_until_its_last_day(read, written: str, last: str):
    rows = [["资源清单"], ["提供单位", "资源名称", "有效期至"], ["区医院", "义诊", written]]
    report = read(xlsx({"资源": rows}))
    assert said(report, "valid_to") == [(3, last)]
    assert "until_end" in [one["reason"] for one in report["warnings"]]
