"""How the pages look and feel: for everybody, on every screen, by keyboard, in large letters, in the dark, on paper."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import axe_playwright_python
import pytest

from app.needs.choices import Urgency
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

AXE = next(Path(axe_playwright_python.__file__).parent.glob("**/axe.min.js")).read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pages(pk):
    return {
        "home": "/",
        "list": "/needs/list/?state=submitted",
        "empty": "/needs/list/?q=没有这样的需求",
        "detail": f"/needs/show/{pk}",
        "add": "/needs/add",
        "move": f"/needs/move/reject/{pk}",
        "places": "/places/list/",
        "account": "/users/show/2",
        "profile": "/profile/",
        "roles": "/roles/",
        "search": "/search?q=路灯",
        "licences": "/licences/",
        "handbook": "/help/",
        "chapter": "/help/level2",
        "missing": "/needs/show/999",
    }


def faults(person):
    """What axe finds on the page as it stands, in words."""
    person.page.evaluate(AXE)
    found = person.page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    return [f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("look", ["light.normal", "dark.normal", "light.large"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_nobody_is_shut_out(visitor, register, size, look):
    pk = register()
    person = visitor(size)
    person.page.context.add_cookies([{"name": "look", "value": look, "url": person.address}])
    person.open("/login/")
    assert faults(person) == []
    person.sign_in("secretary")
    for name, path in pages(pk).items():
        person.open(path)
        assert faults(person) == [], (name, look)
        person.picture(f"{name}-{look}")


@pytest.mark.parametrize(("size", "look", "least"), [(PHONE, "light.normal", 44), (PHONE, "light.large", 60)])
def test_a_thumb_hits_every_button(visitor, register, size, look, least):
    pk = register()
    person = visitor(size).sign_in("secretary")
    person.page.context.add_cookies([{"name": "look", "value": look, "url": person.address}])
    for path in (f"/needs/show/{pk}", "/needs/add", "/"):
        person.open(path)
        heights = person.page.eval_on_selector_all(
            "main .btn:not(.btn-sm), .bar a, main .form-control, main .form-select",
            "all => all.filter(one => one.offsetParent).map(one => Math.round(one.getBoundingClientRect().height))",
        )
        assert heights
        assert min(heights) >= min(least, 56), path


def test_large_letters_are_one_tap_away_and_stay(visitor):
    person = visitor(PHONE)
    person.open("/login/")
    person.page.click("[data-look=large]")
    person.sign_in("secretary")
    size = person.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 18
    person.picture("home-large")


COUNT_TAPS = """() => addEventListener("click", () => {
  sessionStorage.setItem("taps", 1 + Number(sessionStorage.getItem("taps") || 0));
}, true)"""


def test_registering_on_a_phone_takes_few_taps(visitor):
    person = visitor(PHONE).sign_in("gridworker")
    person.page.click(".bar .plus")
    person.page.evaluate(COUNT_TAPS)
    person.page.click("#title")
    person.page.keyboard.type("楼道灯不亮")
    person.page.click("#place")
    person.page.keyboard.type("wjbl8d")
    person.page.locator("#place-list [role=option]").first.click()
    person.page.click("text=保存 >> nth=0")
    person.page.wait_for_url("**/needs/show/*")
    assert "武江北路8栋" in person.text()
    first_tap = 1
    assert int(person.page.evaluate("sessionStorage.getItem('taps')")) + first_tap <= 8


def test_filter_sort_page_and_back_keep_each_other(visitor, register):
    for number in range(30):
        register(title=f"路灯 {number:02d}")
    person = visitor().sign_in("secretary")
    person.open("/needs/list/?state=submitted&size=10")
    person.follow("thead a:has-text('编号')")
    person.follow("text=下一页")
    asked = parse_qs(urlsplit(person.page.url).query)
    # Walking on carries the row the page begins behind, so that a deep page costs what the first does.
    assert asked == {"state": ["submitted"], "size": ["10"], "order": ["code"], "page": ["2"], "past": ["10"]}
    assert "路灯 10" in person.text()
    person.follow("tbody .main a >> nth=0")
    person.follow("text=下一条")
    assert "路灯 11" in person.page.inner_text("h1")
    person.back()
    person.back()
    assert parse_qs(urlsplit(person.page.url).query) == asked


def test_a_chip_takes_its_filter_away_and_a_view_is_kept(visitor, register):
    register()
    person = visitor().sign_in("secretary")
    person.open("/needs/list/?state=submitted&urgency=normal")
    person.page.fill("#view-name", "我的一般需求")
    person.follow("text=保存为视图")
    assert "我的一般需求" in person.page.inner_text(".quick")
    person.follow(".chips li:has-text('状态') a")
    assert parse_qs(urlsplit(person.page.url).query) == {"urgency": ["normal"]}
    person.follow("text=我的一般需求")
    assert "state=submitted" in person.page.url


def test_columns_are_chosen_and_remembered(visitor, register):
    register()
    person = visitor().sign_in("secretary")
    person.open("/needs/list/")
    person.page.click("summary:has-text('列')")
    person.page.uncheck("[data-columns] input[value=category]")
    person.open("/needs/list/")
    assert person.page.locator("th[data-column=category]").is_hidden()


def test_what_was_typed_survives_a_crash_but_not_the_phone_number(visitor):
    person = visitor(PHONE).sign_in("worker")
    person.open("/needs/add")
    person.page.fill("#title", "水管漏水")
    person.page.fill("#reporter_phone", "13800001234")
    person.page.wait_for_timeout(100)
    again = person.page.context.new_page()
    again.goto(f"{person.address}/needs/add")
    assert again.input_value("#title") == "水管漏水"
    assert again.input_value("#reporter_phone") == ""
    assert "已恢复" in again.inner_text("main")
    assert "13800001234" not in again.evaluate("JSON.stringify(localStorage)")


def test_a_saved_need_leaves_no_draft(visitor):
    person = visitor().sign_in("worker")
    person.open("/needs/add")
    person.page.fill("#title", "水管漏水")
    person.page.click("text=保存 >> nth=0")
    person.page.wait_for_url("**/needs/show/*")
    person.open("/needs/add")
    assert person.page.input_value("#title") == ""


def test_a_move_asks_where_the_person_stands_and_says_what_is_missing(visitor, register):
    pk = register()
    person = visitor().sign_in("secretary")
    person.open(f"/needs/show/{pk}")
    person.page.click("main >> text=不予受理")
    person.page.fill("dialog[open] #reason", "不属于社区职责")
    person.page.click("dialog[open] .btn-outline-danger")
    person.page.wait_for_selector("dialog[open] .errors")
    person.picture("move-refused")
    assert person.page.input_value("dialog[open] #reason") == "不属于社区职责"
    person.page.keyboard.press("Escape")
    assert person.page.locator("dialog[open]").count() == 0


def test_everything_goes_by_keyboard(visitor, register):
    register(title="键盘也能打开")
    person = visitor().sign_in("secretary")
    person.open("/needs/list/")
    person.page.keyboard.press("ArrowDown")
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/needs/show/*")
    person.open("/needs/list/")
    person.page.keyboard.press("n")
    person.page.wait_for_url("**/needs/add")
    person.page.focus("#title")
    person.page.keyboard.type("只用键盘登记")
    person.page.focus("#place")
    person.page.keyboard.type("二建")
    person.page.wait_for_selector("#place-list [role=option]")
    person.page.keyboard.press("ArrowDown")
    person.page.keyboard.press("Enter")
    person.page.focus("main .actions .btn-primary")
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/needs/show/*")
    assert "二建宿舍" in person.text()
    person.page.keyboard.press("/")
    assert person.page.evaluate("document.activeElement.id") == "find"


def test_paper_carries_the_content_and_nothing_else(visitor, register):
    pk = register()
    person = visitor((794, 1123)).sign_in("secretary")
    person.page.emulate_media(media="print")
    for name, path in {"list": "/needs/list/", "detail": f"/needs/show/{pk}", "home": "/"}.items():
        person.open(path)
        assert person.page.locator(".side, .top, .bar, .actions, .quick").filter(visible=True).count() == 0
        widths = "all => all.filter(one => one.offsetParent).map(one => one.getBoundingClientRect().width)"
        assert min(person.page.eval_on_selector_all("#list .rows thead th", widths), default=60) >= 60, name
        person.picture(f"print-{name}")


def test_a_page_of_a_longer_list_says_on_paper_that_there_is_more(visitor, register):
    for number in range(11):
        register(title=f"第 {number} 件")
    person = visitor().sign_in("worker")
    person.open("/needs/list/?size=10")
    person.page.emulate_media(media="print")
    said = person.text()
    assert "第 1 页，共 2 页" in said
    assert "每页条数" not in said


@pytest.mark.parametrize("wide", [1280, 1366, 1440])
def test_when_a_need_is_due_is_seen_beside_what_may_be_done(visitor, register, wide):
    register(title="二建宿舍院子里的围墙裂了一道缝", urgency=Urgency.CRITICAL)
    # The browser's own scroll bar takes its part of the screen.
    person = visitor((wide - 15, 768)).sign_in("worker")
    person.open("/needs/list/")
    assert person.page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.table-box'))") <= 0


def test_the_sign_in_page_is_light(visitor, nobody):
    person = visitor()
    asked = []
    person.page.on("response", lambda response: asked.append(response.headers))
    person.open("/login/")
    person.page.wait_for_load_state("networkidle")
    sizes = [int(headers.get("content-length", 0)) for headers in asked]
    assert len(asked) <= 12
    assert sum(sizes) <= 200_000


def test_a_full_list_is_a_small_page(as_secretary, register):
    for number in range(25):
        register(title=f"武江北路人行道上总停着货车 {number:02d}")
    page = as_secretary.get("/needs/list/")
    assert len(page.data) <= 40_000


def test_what_is_typed_into_a_move_stays_when_somebody_else_was_faster(visitor, register, as_worker):
    pk = register()
    person = visitor().sign_in("secretary")
    person.open(f"/needs/show/{pk}")
    person.page.click("main >> text=撤回")
    person.page.fill("dialog[open] #reason", "居民来电说不用了")
    changed = {"version": "1", "title": "路灯又亮了", "kind": "help", "urgency": "normal", "channel": "phone"}
    assert as_worker.post(f"/needs/edit/{pk}", changed).status_code == 302
    person.page.click("dialog[open] .btn-outline-danger")
    assert "期间有人改过这条记录" in person.page.inner_text("dialog[open] [data-refused]")
    assert person.page.input_value("dialog[open] #reason") == "居民来电说不用了"


def test_what_is_typed_outlives_a_sign_out_in_another_tab_and_is_nobody_elses(visitor):
    person = visitor().sign_in("secretary")
    person.open("/needs/add")
    person.page.fill("#title", "水管漏水")
    person.page.context.clear_cookies()
    person.page.click("text=保存 >> nth=0")
    person.page.wait_for_selector("section.error")
    person.sign_in("worker").open("/needs/add")
    assert person.page.input_value("#title") == ""
    person.page.context.clear_cookies()
    person.sign_in("secretary").open("/needs/add")
    assert person.page.input_value("#title") == "水管漏水"
