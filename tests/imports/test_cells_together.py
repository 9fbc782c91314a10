"""What stands together in one cell is told apart, and what is nobody or nothing is taken for neither."""

from typing import Any

import pytest

from tests.core.sheets.paper import xlsx


def said(report: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    """Return of each row that is taken its number and some of its values."""
    return [(one["row"], *(one["values"].get(name) for name in names)) for one in report["accepted"]]


def wrong(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["reason"], one["field"]) for one in report["rejected"]]


def warned(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["reason"], one["field"]) for one in report["warnings"]]


# -- names and their numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "person", "first", "second"),
    [
        ("洪二（138 0023-0002）", "洪二", "13800230002", None),
        ("13800230002 洪二", "洪二", "13800230002", None),
        ("洪二（组长）13800230002", "洪二", "13800230002", None),
        ("洪二、8123456", "洪二", "8123456", None),
        ("洪一 13800230001、洪二：13800230002", "洪一、洪二", "13800230001", "13800230002"),
        ("洪一/洪二 13800230001/13800230002", "洪一/洪二", "13800230001", "13800230002"),
    ],
)
def test_who_asks_and_at_which_number_stand_in_one_cell(read, written: str, person: str, first: str, second: Any):
    rows = [["需求清单"], ["需求人及电话", "需求内容"], [written, "修灯"]]
    assert said(read(xlsx({"需求": rows})), "person", "phone", "phone2") == [(3, person, first, second)]


def test_a_number_that_lacks_a_digit_is_no_part_of_a_name(read):
    rows = [["需求清单"], ["需求人及电话", "需求内容"], ["洪二 1380023000", "修灯"]]
    assert wrong(read(xlsx({"需求": rows}))) == [(3, "phone_bad", "person")]


def test_the_number_of_a_contact_is_not_lost_to_the_one_of_the_next_column(read):
    head = ["单位名称", "单位性质", "负责人/电话", "联络员/电话"]
    rows = [["共建单位"], head, ["区税务局", "机关", "申一/13800260001", "申二/13800260002"]]
    rows += [["清河小学", "学校", "申五，13800260005", ""]]
    report = read(xlsx({"单位": rows}))
    assert said(report, "leader", "contact", "phone", "phone2") == [
        (3, "申一", "申二", "13800260002", "13800260001"),
        (4, "申五", None, "13800260005", None),
    ]
    assert warned(report) == [(3, "second_phone", "phone")]


def test_words_beside_the_number_of_a_unit_are_told(read):
    head = ["单位名称", "单位性质", "联系人", "联系电话"]
    rows = [["共建单位"], head, ["区税务局", "机关", "马二", "马二 138 0015 1502"]]
    rows += [["区医院", "医院", "牛二", "13800150002（办）"], ["区法院", "机关", "羊二", "13800150003\n（微信同号）"]]
    report = read(xlsx({"单位": rows}))
    assert said(report, "phone") == [(3, "13800151502"), (4, "13800150002"), (5, "13800150003")]
    assert warned(report) == [(3, "beside_phone", "phone"), (4, "beside_phone", "phone")]


def test_names_in_two_lines_of_a_cell_do_not_become_one(read):
    head = ["单位名称", "资源名称", "联系人", "联系电话"]
    rows = [["资源清单"], head, ["区医院", "义诊", "葛四\n葛五", "13800151504\n13800151505"]]
    rows += [["区法院", "普法", "欧阳\n小明", "13800151506"]]
    found = said(read(xlsx({"资源": rows})), "contact", "phone2")
    assert found == [(3, "葛四、葛五", "13800151505"), (4, "欧阳小明", None)]


@pytest.mark.parametrize(
    ("written", "name"), [("王芳（女）", "王芳"), ("王芳(兼)", "王芳"), ("张伟（大）", "张伟(大)")]
)
def test_what_a_single_sign_says_of_somebody_is_no_part_of_the_name(read, written: str, name: str):
    assert said(read(xlsx({"居民": [["居民花名册"], ["姓名", "民族"], [written, "汉"]]})), "name") == [(3, name)]


def test_a_post_nobody_has_is_no_person(read):
    rows = [["网格员名册"], ["姓名", "岗位", "网格"], ["待定", "网格员", "第一网格"]]
    assert wrong(read(xlsx({"网格员": rows}))) == [(3, "missing_required", "name")]


def test_a_birthday_says_that_it_is_one_and_a_day_its_half(read):
    rows = [["居民花名册"], ["姓名", "出生日期"], ["王芳", "1950年1月1日生"], ["李强", "1950.3出生"]]
    assert said(read(xlsx({"居民": rows})), "birth") == [(3, "1950-01-01"), (4, "1950-03")]
    rows = [["2026年需求清单"], ["姓名", "需求内容", "登记日期"], ["王芳", "修灯", "3月5日上午"]]
    assert said(read(xlsx({"需求": rows})), "date") == [(3, "2026-03-05")]
