"""Households in ledgers: what stands above their members is said of each of them, and a head alone is somebody."""

from io import BytesIO
from typing import Any

import pytest

from app.core.sheets import reading
from tests.core.sheets.paper import xlsx
from tests.imports.test_cells_together import said, warned, wrong
from tests.imports.test_rows_apart import why

HEAD = ["姓名", "与户主关系", "性别", "联系电话"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["户号：003", "户主：张三"], ["户号：004", "户主：王五"]),
        (["户号", "003", "户主", "张三"], ["户号", "004", "户主", "王五"]),
        (["户号：003  户主：张三"], ["户号：004  户主：王五"]),
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_whose_household_it_is_may_stand_above_its_members(read, first: list[Any], second: list[Any], is_above: bool):
    rows = [["居民花名册"], *([first, HEAD] if is_above else [HEAD, first]), ["张三", "户主", "男", "13800001001"]]
    rows += [["李四", "配偶", "女"], second, ["王五", "户主", "男"], ["赵六", "子"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "name", "household_no", "head") == [
        (4, "张三", "003", "张三"),
        (5, "李四", "003", "张三"),
        (7, "王五", "004", "王五"),
        (8, "赵六", "004", "王五"),
    ]
    assert (wrong(report), why(report)[-1]) == ([], (6, "section"))


def test_households_lie_within_grids_and_a_new_grid_ends_them(read):
    rows = [["居民花名册"], HEAD, ["第一网格"], ["户主：张三", "门牌号：1-101"], ["张三", "户主", "男"]]
    rows += [
        ["户主：王五"],
        ["王五", "户主", "男"],
        ["第二网格"],
        ["赵六", "", "男", "13800001004"],
        ["钱七", "", "女"],
    ]
    found = said(read(xlsx({"居民": rows})), "name", "grid", "head", "door")
    assert found == [
        (5, "张三", "第一网格", "张三", "1-101"),
        (7, "王五", "第一网格", "王五", None),
        (9, "赵六", "第二网格", None, None),
        (10, "钱七", "第二网格", None, None),
    ]


def test_a_head_without_members_is_one_person_with_their_place(read):
    head = ["户主", "网格", "门牌号", "联系电话", "家庭成员1", "关系", "家庭成员2", "关系"]
    rows = [["居民花名册"], head, ["王芳", "第一网格", "1-101", "13800001001"]]
    rows += [["李强", "第二网格", "1-102", "13800001002", "李二", "子"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "name", "grid", "door", "head") == [
        (3, "王芳", "第一网格", "1-101", None),
        (4, "李强", "第二网格", "1-102", None),
        (4, "李二", "第二网格", "1-102", "李强"),
    ]
    assert wrong(report) == []


def test_a_head_alone_beside_headings_of_members_is_somebody_too_and_it_is_told(read):
    rows = [["居民信息"], ["户主", "门牌号", "姓名", "与户主关系", "性别"], ["王芳", "1-101"]]
    rows += [["李强", "1-102", "李二", "子", "男"], ["赵六", "1-103", "", "子", "男"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "name", "door") == [(3, "王芳", "1-101"), (4, "李二", "1-102")]
    assert (wrong(report), warned(report)) == ([(5, "missing_required", "name")], [(3, "head_alone", "name")])


def test_heads_and_members_may_stand_under_groups_of_their_own(read):
    rows = [
        ["居民信息"],
        ["户主信息", "", "家庭成员", "", ""],
        ["户主姓名", "身份证号", "姓名", "与户主关系", "身份证号"],
    ]
    rows += [["王芳", ""], ["李强", "", "李二", "子", ""]]
    report = read(xlsx({"居民": rows}, merged={"居民": ["A2:B2", "C2:E2"]}))
    assert said(report, "name", "head") == [(4, "王芳", "王芳"), (5, "李二", "李强")]


def test_a_household_of_which_nobody_is_named_is_told_and_gives_nobody_else_its_head(read):
    rows = [["居民花名册"], HEAD, ["户号：001", "户主：张三"], ["户号：002", "户主：王五"], ["王五", "户主", "男"]]
    rows += [["户号：003", "户主：赵六"]]
    report = read(xlsx({"居民": rows}))
    assert said(report, "name", "household_no", "head") == [(5, "王五", "002", "王五")]
    assert why(report) == [(3, "home"), (4, "section"), (6, "home")]


def test_who_is_the_head_in_a_row_of_two_cells_is_somebody(read):
    rows = [["居民花名册"], ["与户主关系", "姓名", "性别"], ["户主", "张三"], ["配偶", "李四", "女"]]
    assert said(read(xlsx({"居民": rows})), "name", "relation") == [(3, "张三", "户主"), (4, "李四", "配偶")]


@pytest.mark.parametrize("line", [["户 号：003", "户 主：张三"], ["第1户", "户号：003", "户主：张三"]])
def test_the_line_of_a_household_may_be_spaced_or_counted(read, line: list[Any]):
    rows = [["居民花名册"], HEAD, line, ["张三", "户主", "男"]]
    assert said(read(xlsx({"居民": rows})), "name", "household_no", "head") == [(4, "张三", "003", "张三")]


def test_what_a_member_is_to_the_head_is_not_said_of_the_head(read):
    rows = [["居民信息表"], ["户主信息", "", "家庭成员1", "", "家庭成员2", ""], ["姓名", "电话", *["姓名", "关系"] * 2]]
    rows += [["王芳", "13800001001"], ["李强", "13800001002", "李二", "子", "李三", "女"]]
    report = read(xlsx({"居民": rows}, merged={"居民": ["A2:B2", "C2:D2", "E2:F2"]}))
    found = said(report, "name", "relation", "head")
    assert found == [
        (4, "王芳", None, None),
        (5, "李强", None, None),
        (5, "李二", "子", "李强"),
        (5, "李三", "女", "李强"),
    ]


def test_a_member_who_comes_back_still_stands_under_the_household(as_secretary, read):
    rows = [["居民花名册"], HEAD, ["第一网格"], ["户号：003", "户主：张三"], ["张三", "户主", "男", "13800001001"]]
    data = xlsx({"居民": [*rows, ["李四", "配偶", "女", "1380000"]]})
    sent = {"community": "1", "list": "auto", "file": (BytesIO(data), "花名册.xlsx")}
    address = as_secretary.post("/imports/", sent, content_type="multipart/form-data").location
    back = reading.read(as_secretary.get(f"{address}/rejected.xlsx").get_data()).sheets[0].rows
    again = read(
        xlsx({"居民": [[*map(str, (cell or "" for cell in row[:4]))] for row in back[:-1]] + [["李四", "配偶"]]})
    )
    assert said(again, "name", "grid", "household_no", "head")[0][1:] == ("李四", "第一网格", "003", "张三")
