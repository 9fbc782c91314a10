"""What a hand and an eye stumble over: menus beyond the edge, buttons that touch, mistakes out of sight."""

import pytest
from sqlalchemy import select

from app.communities.models import Community
from app.communities.own_words import OwnWords
from app.extensions import db
from app.needs.models import Need
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

TOUCHING = """() => {
  const boxes = [...document.querySelectorAll("main .actions .btn")].filter(one => one.checkVisibility())
    .map(one => one.getBoundingClientRect());
  return boxes.filter((one, at) => boxes.some((other, then) => then !== at
    && one.left < other.right + 4 && other.left < one.right + 4
    && one.top < other.bottom + 4 && other.top < one.bottom + 4)).length;
}"""

ROOM = """() => {
  const field = document.querySelector("#find"), style = getComputedStyle(field);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const inside = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return inside - pen.measureText(field.placeholder).width;
}"""


def test_what_the_search_is_for_can_be_read_on_a_phone(visitor):
    person = visitor(PHONE).sign_in("secretary")
    assert person.page.evaluate(ROOM) >= 0


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


def test_a_place_that_was_typed_and_not_chosen_is_never_dropped_silently(visitor):
    person = visitor().sign_in("secretary")
    person.open("/needs/add")
    person.page.fill("#title", "路灯不亮")
    person.page.fill("#place", "火星")
    person.page.click("main .sticky .btn-primary")
    person.page.wait_for_selector("#place.is-invalid")
    assert "还没有从列表里选中“火星”" in person.text()
    person.page.wait_for_timeout(500)
    assert not person.page.locator("[role=listbox]").filter(visible=True).count()
    assert person.page.input_value("#place") == "火星"
    person.page.fill("#place", "二建宿")
    person.page.wait_for_selector("#place-list [role=option]")
    person.page.keyboard.press("Tab")
    person.page.click("main .sticky .btn-primary")
    person.page.wait_for_url("**/needs/show/*")
    assert "二建宿舍" in person.text()


def test_a_long_word_of_the_community_keeps_to_one_line_of_the_bar(visitor, behind):
    with behind():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        community.words = OwnWords.of({"list.needs": "民情需求台账一览表"})
        db.session.commit()
    person = visitor(PHONE).sign_in("secretary")
    heights = person.page.eval_on_selector_all(
        ".bar .said", "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert heights
    assert max(heights) < 30


def test_from_a_refusal_one_gets_back_to_how_things_stand(visitor, register):
    pk = register()
    person, other = visitor().sign_in("secretary"), visitor().sign_in("worker")
    person.open(f"/needs/show/{pk}")
    other.open(f"/needs/show/{pk}")
    other.page.click("main >> text=撤回")
    other.page.fill("dialog[open] #reason", "不用了")
    other.page.click("dialog[open] .btn-outline-danger")
    other.page.wait_for_selector("dialog[open]", state="detached")
    person.page.click("main >> text=不予受理")
    person.page.wait_for_selector("section.error")
    person.page.click("text=回到刚才的页面")
    person.page.wait_for_url(f"**/needs/show/{pk}")
    assert "已撤回" in person.text()


@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_who_goes_back_after_saving_changes_what_was_saved(visitor, screen, behind):
    person = visitor(screen).sign_in("secretary")
    person.open("/needs/list/")
    person.open("/needs/add")
    person.page.fill("#title", "三栋扶手松动")
    person.follow("main .sticky .btn-primary")
    person.back()
    assert "这份表单已经保存过" in person.text()
    person.page.fill("#title", "三栋二楼扶手松动")
    person.follow("main .sticky .btn-primary")
    with behind():
        assert db.session.scalars(select(Need.title)).all() == ["三栋二楼扶手松动"]
