"""Where things go wrong or get tight: refusals in a dialog, a lost sign-in or line, thumbs, paper, and every figure."""

import re

import pytest

from tests.browser.conftest import DESK, PHONE, PICTURES
from tests.cast.people import NAMES

pytestmark = pytest.mark.browser

LATIN = re.compile(r"\b[A-Za-z]{3,}\b")
OWN_NAMES = {*NAMES, "wjb", "Chrome", "HeadlessChrome", "Linux", "Excel", "CSV"}
"""Login names, the code of a community, what a device calls itself, and kinds of files people call so."""
PRINTABLE_WIDTH = 688
"""A4 less its margins, in pixels of the screen."""


def ask_to_reject(person, pk):
    """Open the dialog of a move on the detail page."""
    person.open(f"/needs/show/{pk}")
    person.page.click("main >> text=不予受理")
    person.page.wait_for_selector("dialog[open] #reason")


def test_every_figure_of_the_home_page_counts_the_rows_it_opens(visitor, register, acting_as):
    for number in range(3):
        register(title=f"路灯 {number}")
    register(title="水管漏水", category=None)
    person = visitor().sign_in("secretary")
    tiles = person.page.eval_on_selector_all(
        ".tiles a, .at-hand p a", "all => all.map(one => [one.href, one.querySelector('b').textContent])"
    )
    bars = person.page.eval_on_selector_all(".charts td a", "all => all.map(one => [one.href, one.textContent])")
    drawn = person.page.eval_on_selector_all("[data-chart]", "all => all.map(one => JSON.parse(one.dataset.chart))")
    assert len(tiles) >= 4
    assert len(drawn) == 3
    assert [str(count) for chart in drawn for count in chart["counts"]] == [count for _address, count in bars]
    assert any(count == "4" for _address, count in bars)
    for address, count in tiles + bars:
        person.open(address.removeprefix(person.address))
        assert person.page.inner_text("h1 .count") == count, address


def test_charts_answer_pointer_and_look_without_a_word_in_the_console(visitor, register):
    register()
    person = visitor().sign_in("secretary")
    bar = person.page.locator("[data-chart] svg path[fill='#2f7ed8']").last
    bar.wait_for()
    before = person.page.inner_html("[data-chart]")
    person.page.click("[data-look=dark]")
    person.until("before => document.querySelector('[data-chart]').innerHTML !== before", before)
    person.page.click("text=数据表 >> nth=0")
    assert person.page.locator("#chart-table-1").is_visible()
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    person.page.mouse.move(*middle)
    person.page.wait_for_timeout(200)
    person.page.screenshot(path=PICTURES / "home-hovered.png")
    person.page.mouse.click(*middle)
    person.page.wait_for_url("**/needs/list/?*")
    assert person.messages == []


def test_a_refusal_stands_above_the_form_and_keeps_what_was_typed(visitor, register):
    pk = register()
    secretary, worker = visitor().sign_in("secretary"), visitor().sign_in("worker")
    ask_to_reject(secretary, pk)
    ask_to_reject(worker, pk)
    worker.page.fill("dialog[open] #reason", "不属于社区职责")
    worker.page.fill("dialog[open] #who_can_help", "已转街道办理")
    worker.page.click("dialog[open] .btn-outline-danger")
    worker.page.wait_for_selector("dialog[open]", state="detached")
    secretary.page.fill("dialog[open] #reason", "重复登记")
    secretary.page.fill("dialog[open] #who_can_help", "已告知居民")
    secretary.page.click("dialog[open] .btn-outline-danger")
    secretary.page.wait_for_selector("dialog[open] [role=alert]")
    secretary.picture("dialog-refused")
    assert secretary.page.input_value("dialog[open] #reason") == "重复登记"
    secretary.page.click("dialog[open] [data-close]")
    assert secretary.page.locator("dialog[open]").count() == 0


def test_who_was_signed_out_meanwhile_never_sees_the_sign_in_page_in_the_dialog(visitor, register):
    pk = register()
    person = visitor().sign_in("secretary")
    person.open(f"/needs/show/{pk}")
    person.page.click("main >> text=归档")
    person.page.fill("dialog[open] #reason", "重复登记")
    elsewhere = visitor().sign_in("secretary")
    elsewhere.open("/profile/")
    elsewhere.page.click("text=结束全部登录")
    person.page.click("dialog[open] .btn-outline-danger")
    person.page.wait_for_selector("dialog[open] [role=alert]")
    assert "登录" in person.page.inner_text("dialog [role=alert]")
    assert person.page.locator("dialog[open] input[type=password]").count() == 0
    assert person.page.input_value("dialog[open] #reason") == "重复登记"


def test_a_lost_line_is_told_and_nothing_typed_is_lost(visitor, register):
    pk = register()
    person = visitor(PHONE).sign_in("secretary")
    ask_to_reject(person, pk)
    person.page.fill("dialog[open] #reason", "不属于社区职责")
    person.page.context.set_offline(True)
    person.page.click("dialog[open] .btn-outline-danger")
    person.page.wait_for_selector("dialog[open] [role=alert]")
    assert "连接不上门户" in person.page.inner_text("dialog")
    assert person.page.input_value("dialog[open] #reason") == "不属于社区职责"


def test_the_keyboard_stays_in_the_dialog_and_returns_to_the_button(visitor, register):
    pk = register()
    person = visitor().sign_in("secretary")
    ask_to_reject(person, pk)
    for _step in range(12):
        person.page.keyboard.press("Tab")
        assert person.page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
    person.page.keyboard.press("Escape")
    assert person.page.evaluate("document.activeElement.textContent.trim()") == "不予受理"


def test_focus_is_seen_wherever_the_keyboard_goes(visitor, register):
    register()
    person = visitor().sign_in("secretary")
    for path in ("/", "/needs/list/", "/needs/add"):
        person.open(path)
        for _step in range(25):
            person.page.keyboard.press("Tab")
            style = person.page.evaluate(
                "(({outlineStyle, boxShadow}) => outlineStyle + boxShadow)(getComputedStyle(document.activeElement))"
            )
            where = person.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            assert style != "nonenone" or where.startswith("<body"), (path, where)


SMALL = """least => [...document.querySelectorAll(
    "main :is(.btn, .form-control, .form-select, .quick a, .chips a, .sizes a), .bar a, .top .btn"
  )]
  .filter(one => one.checkVisibility())
  .map(one => [Math.round(one.getBoundingClientRect().height), one.outerHTML.slice(0, 90)])
  .filter(([height]) => height < least)"""
NEAR_TICK = """() => [...document.querySelectorAll("tbody .tick input")].slice(0, 3).map(one => {
  const box = one.getBoundingClientRect();
  return document.elementFromPoint(box.x + box.width / 2, box.bottom + 8) === one;
})"""


@pytest.mark.parametrize(("look", "least"), [("light.normal", 44), ("light.large", 56)])
def test_a_thumb_hits_everything_on_a_phone(visitor, register, look, least):
    pk = register()
    person = visitor((360, 740)).sign_in("secretary")
    person.page.context.add_cookies([{"name": "look", "value": look, "url": person.address}])
    pages = ["/", "/needs/list/?state=submitted", f"/needs/show/{pk}", "/needs/add", "/users/show/2", "/profile/"]
    for path in [*pages, "/search", "/needs/list/?q=没有"]:
        person.open(path)
        assert person.page.evaluate(SMALL, least) == [], path
    person.open("/needs/list/")
    assert all(person.page.evaluate(NEAR_TICK))


def test_the_head_of_a_long_list_stays_in_sight(visitor, register):
    for number in range(25):
        register(title=f"路灯 {number:02d}")
    person = visitor().sign_in("secretary")
    person.open("/needs/list/")
    last = person.page.locator("tbody tr").last
    last.scroll_into_view_if_needed()
    head = person.page.locator("thead th").nth(1).bounding_box()
    button = last.locator(".do").bounding_box()
    assert 0 <= head["y"] < DESK[1] / 3
    assert button["x"] + button["width"] <= DESK[0]


def test_a_printed_list_is_a_table(visitor, register):
    register()
    person = visitor((PRINTABLE_WIDTH, 1000)).sign_in("secretary")
    person.open("/needs/list/")
    person.page.emulate_media(media="print")
    assert person.page.locator("thead").evaluate("one => getComputedStyle(one).display") == "table-header-group"
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PRINTABLE_WIDTH
    person.picture("print-paper")


def test_the_filter_drawer_keeps_what_was_asked_and_survives_back(visitor, register):
    register()
    person = visitor(PHONE).sign_in("secretary")
    person.open("/needs/list/?order=code")
    person.page.click("text=筛选 >> nth=0")
    person.picture("filters")
    person.page.locator("dialog[open] label", has_text="已提交").click()
    person.page.click("dialog[open] .btn-primary")
    person.page.wait_for_url("**/needs/list/?*state=submitted*")
    assert "order=code" in person.page.url
    person.back()
    assert person.page.locator("#filters input:disabled").count() == 0


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("login", ["worker", "gridworker", "coordinator", "partner", "auditor", "admin", "supervisor"])
def test_every_role_reads_chinese_on_a_quiet_page(visitor, register, login, size):
    pk = register()
    person = visitor(size).sign_in(login)
    lists = person.page.eval_on_selector_all(".side nav a", "all => all.map(one => one.getAttribute('href'))")
    for path in [*lists, "/profile/", "/roles/", "/search?q=8", f"/needs/show/{pk}", "/needs/add", "/nowhere"]:
        person.open(path)
        said = person.page.inner_text(".frame")
        assert not re.search(r"\b(None|True|False|undefined|null)\b", said), path
        words = set(LATIN.findall(said)) - {login, *OWN_NAMES}
        assert words == set(), path
        assert person.page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    assert person.messages == []
    assert person.strangers == []


def test_escape_closes_what_was_opened_and_gives_the_focus_back(visitor, register):
    register()
    person = visitor(PHONE).sign_in("secretary")
    person.page.focus("[data-toggle=menu]")
    person.page.keyboard.press("Enter")
    assert person.page.evaluate("Boolean(document.activeElement.closest('.side.open'))")
    person.picture("menu")
    person.page.keyboard.press("Escape")
    assert person.page.locator(".side.open").count() == 0
    assert person.page.evaluate("document.activeElement.dataset.toggle") == "menu"
    person.page.focus(".top .me summary")
    person.page.keyboard.press("Enter")
    person.page.keyboard.press("Escape")
    assert person.page.locator("details[open]").count() == 0


def test_paper_is_white_also_for_who_works_in_the_dark(visitor, register):
    register()
    person = visitor((PRINTABLE_WIDTH, 1000)).sign_in("secretary")
    person.page.context.add_cookies([{"name": "look", "value": "dark.normal", "url": person.address}])
    person.open("/")
    person.page.wait_for_selector("[data-chart] svg text")
    person.page.emulate_media(media="print")
    person.page.wait_for_selector("[data-chart] svg text[fill='rgb(0, 0, 0)']", state="attached")
    assert person.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    person.picture("print-dark")
