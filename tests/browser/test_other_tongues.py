"""A browser that speaks another language: what the portal shows in it is Chinese all the same."""

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults

pytestmark = pytest.mark.browser

PLAIN = "document.querySelector('#valid_from')?.type === 'text'"


@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_a_day_is_typed_as_people_write_it_here(visitor, screen):
    person = visitor(screen, "en-US").sign_in("secretary")
    person.open("/resources/add")
    person.until(PLAIN)
    assert faults(person) == []
    assert person.page.get_attribute("#valid_from", "placeholder") == "年-月-日"
    assert person.page.get_by_role("button", name="日历 开始提供日期").is_visible()
    for typed, tidy in (("2026年3月5日", "2026-03-05"), ("2026/3/5", "2026-03-05"), ("20260305", "2026-03-05")):
        person.page.fill("#valid_from", typed)
        person.page.keyboard.press("Tab")
        assert person.page.input_value("#valid_from") == tidy
    person.page.fill("#valid_from", "三月五日")
    person.page.click("main .sticky .btn-primary")
    person.page.wait_for_selector("#valid_from-errors")
    person.until(PLAIN)
    assert person.page.input_value("#valid_from") == "三月五日"
    assert "2026-11-22" in person.page.inner_text("#valid_from-errors")


def test_a_day_chosen_in_the_calendar_stands_in_the_field(visitor):
    person = visitor(DESK, "en-US").sign_in("secretary")
    person.open("/resources/add")
    person.until(PLAIN)
    calendar = person.page.locator("#valid_from ~ .calendar")
    calendar.evaluate("one => { one.value = '2026-03-05'; one.dispatchEvent(new Event('change')); }")
    assert person.page.input_value("#valid_from") == "2026-03-05"


def test_filters_take_a_typed_day(visitor, register):
    register()
    person = visitor(DESK, "en-US").sign_in("secretary")
    person.open("/needs/list/")
    person.page.click("main .head >> text=筛选")
    person.page.fill("#f-received_at-from", "2020年1月2日")
    person.page.click("dialog[open] .btn-primary")
    person.page.wait_for_url("**received_at_from=2020-01-02*")


def test_a_browser_that_speaks_chinese_keeps_its_own_date_fields(visitor):
    person = visitor(DESK, "zh-CN").sign_in("secretary")
    person.open("/resources/add")
    person.page.wait_for_load_state("networkidle")
    assert person.page.get_attribute("#valid_from", "type") == "date"


@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_a_ledger_is_chosen_with_words_of_our_own(visitor, screen, tmp_path):
    (tmp_path / "居民台账.csv").write_text("姓名,电话", encoding="utf-8")
    person = visitor(screen, "en-US").sign_in("secretary")
    person.open("/imports/")
    assert person.page.locator("label[data-pick]").inner_text().strip() == "选择文件"
    person.page.focus("#file")
    assert person.page.evaluate("document.activeElement.id") == "file"
    person.page.set_input_files("#file", tmp_path / "居民台账.csv")
    person.page.wait_for_selector("[data-chosen-files] >> text=居民台账.csv")
    assert faults(person) == []
