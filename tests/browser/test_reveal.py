"""Looking at a masked phone: by keyboard and by thumb, shown for a while, then gone from the page."""

import pytest

from app.core import revealing
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

NUMBER = "13800002468"


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_phone_is_looked_at_by_keyboard_and_hidden_again(visitor, register, monkeypatch, size):
    monkeypatch.setattr(revealing, "SHOWN", 2)
    pk = register(reporter_phone=NUMBER)
    person = visitor(size=size).sign_in("secretary")
    person.open(f"/needs/show/{pk}")
    button = person.page.locator("a[href*='/reveal/']")
    box = button.bounding_box()
    assert box["height"] >= 44
    assert box["width"] >= 44
    button.focus()
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector("dialog[open] select")
    person.page.click("dialog button.btn-primary")
    person.page.wait_for_selector("dialog .errors")
    person.page.select_option("dialog select", "callback")
    person.page.click("dialog button.btn-primary")
    person.page.wait_for_selector("[data-revealed]")
    assert person.page.inner_text("[data-revealed]") == NUMBER
    person.picture("reveal")
    person.page.wait_for_selector("dialog:not([open])", state="attached")
    assert NUMBER not in person.page.content()
    person.page.emulate_media(media="print")
    assert not button.is_visible()


def test_without_scripts_the_number_is_shown_and_the_page_goes_back(as_secretary, register):
    pk = register(reporter_phone=NUMBER)
    page = as_secretary.post(f"/needs/reveal/{pk}/reporter_phone", {"reason": "visit"}).get_data(as_text=True)
    assert NUMBER not in page
    page = as_secretary.post(f"/needs/reveal/{pk}/reporter_phone", {"reason": "service"}).get_data(as_text=True)
    assert f'content="30;url=/needs/show/{pk}"' in page
