"""What a hand and an eye stumble over: menus beyond the edge, buttons that touch, mistakes out of sight."""

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

TOUCHING = """() => {
  const boxes = [...document.querySelectorAll("main .actions .btn")].filter(one => one.checkVisibility())
    .map(one => one.getBoundingClientRect());
  return boxes.filter((one, at) => boxes.some((other, then) => then !== at
    && one.left < other.right + 4 && other.left < one.right + 4
    && one.top < other.bottom + 4 && other.top < one.bottom + 4)).length;
}"""


@pytest.mark.parametrize("look", ["light.normal", "light.large"])
def test_a_menu_stays_on_the_screen_of_a_phone(visitor, register, look):
    register()
    person = visitor(PHONE).sign_in("secretary")
    person.page.context.add_cookies([{"name": "look", "value": look, "url": person.address}])
    person.open("/needs/list/")
    for menu in ("main .me > summary", ".top .me > summary"):
        person.page.locator(menu).filter(visible=True).first.click()
        box = person.page.locator(".me[open] > .pop").bounding_box()
        assert box["x"] >= 0, menu
        assert box["x"] + box["width"] <= PHONE[0], menu
        person.page.keyboard.press("Escape")


def test_the_buttons_of_a_row_do_not_touch(visitor, register):
    pk = register()
    person = visitor(PHONE).sign_in("secretary")
    person.open(f"/needs/show/{pk}")
    assert person.page.locator("main .actions .btn").count() > 4
    assert person.page.evaluate(TOUCHING) == 0


def test_the_first_mistake_is_brought_before_the_eyes(visitor):
    person = visitor(PHONE).sign_in("secretary")
    person.open("/needs/add")
    person.page.fill("#title", "水龙头漏水")
    person.page.fill("#reporter_phone", "1380000")
    person.page.click("main .sticky .btn-primary")
    person.page.wait_for_selector("#reporter_phone.is-invalid")
    assert person.page.evaluate("document.activeElement.id") == "reporter_phone"
    box = person.page.locator("#reporter_phone").bounding_box()
    assert 0 < box["y"] < PHONE[1] - 150
