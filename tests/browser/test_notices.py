"""The bell, the page of notices and the text for WeChat, as one sees and touches them."""

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_bell_leads_to_the_row_and_falls_silent(visitor, register, size):
    register("gridworker", title="楼道灯不亮")
    person = visitor(size).sign_in("secretary")
    assert person.page.inner_text(".bell .badge") == "1"
    person.picture("home-bell")
    person.follow(".bell" if size == DESK else ".bar a[href='/notices/']")
    assert faults(person) == []
    person.picture("notices")
    person.page.click("text=楼道灯不亮")
    person.page.wait_for_url("**/needs/show/*")
    person.open("/notices/")
    assert person.page.locator(".bell .badge").count() == 0


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_text_is_copied_for_wechat_with_and_without_a_clipboard(visitor, register, size):
    pk = register(reporter_name="欧阳小明")
    person = visitor(size).sign_in("secretary")
    # Plain http on a local network has no clipboard.
    person.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    person.open(f"/needs/show/{pk}")
    person.page.click("text=复制到微信")
    text = person.page.locator("dialog[open] textarea")
    assert "欧**明" in text.input_value()
    person.page.click("dialog[open] [data-copy]")
    person.until("document.querySelector('dialog[open] [data-copy-said]').textContent")
    assert person.page.inner_text("dialog[open] [data-copy-said]") == "已复制，可以粘贴到微信。"
    assert faults(person) == []
    person.page.click("dialog[open] [data-close]")
    assert person.page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_page_of_jobs_shuts_nobody_out(visitor, size):
    person = visitor(size).sign_in("secretary")
    person.open("/jobs/")
    assert faults(person) == []
    person.picture("jobs")
