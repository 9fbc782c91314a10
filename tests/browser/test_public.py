"""The public door on a phone: from the poster to the receipt, to the answer; and posters and slips on paper."""

import pytest

from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from app.needs.models import Need
from app.public import tickets
from tests.browser.conftest import DESK, PHONE, PICTURES
from tests.browser.test_looks import faults
from tests.core.files.conftest import picture
from tests.public.conftest import at, banner, ids, make, place_id, poster

pytestmark = pytest.mark.browser

__all__ = ["at", "banner", "ids", "make", "place_id", "poster"]


@pytest.fixture
def slip(app):
    """Give out the code of a need."""

    def give(pk):
        with app.app_context(), acting(system("tests")), database.transaction():
            return tickets.reissue(db.session.get_one(Need, pk))

    return give


@pytest.fixture
def photo(tmp_path):
    """What the phone took."""
    (tmp_path / "路灯.jpg").write_bytes(picture(size=(1600, 1200)))
    return str(tmp_path / "路灯.jpg")


def targets(person):
    """Return the heights of everything a thumb must hit."""
    return person.page.eval_on_selector_all(
        "main button, main summary, main .button, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]),"
        " main textarea, main .tick, footer a",
        "all => all.filter(one => one.offsetParent && !one.closest('.trap'))"
        ".map(one => one.getBoundingClientRect().height)",
    )


def test_from_the_poster_to_the_receipt_to_what_became_of_it(visitor, poster, photo):
    signs = poster()
    person = visitor(PHONE)
    person.open(f"/q/{signs}")
    assert faults(person) == []
    assert min(targets(person)) >= 44
    assert person.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    person.picture("public-report")
    person.page.fill("#text", "三楼的灯不亮。晚上老人看不见路")
    person.page.fill("#phone", "12")
    person.page.set_input_files("#photos", photo)
    person.page.check("#agreed")
    person.follow("main button")
    assert person.page.input_value("#text") == "三楼的灯不亮。晚上老人看不见路"
    assert person.page.locator("input[name=photos][type=checkbox]:checked").count() == 1
    assert faults(person) == []
    person.picture("public-report-refused")
    person.page.fill("#phone", "13900002222")
    person.follow("main button")
    code = person.page.inner_text(".big")
    assert faults(person) == []
    person.picture("public-receipt")
    person.open("/q/")
    assert faults(person) == []
    person.picture("public-door")
    person.page.fill("#code", code.lower().replace("-", " "))
    person.follow("main button")
    assert "已经收到" in person.text()
    assert faults(person) == []
    person.picture("public-ticket")
    person.page.click("text=请给我打电话")
    person.page.fill("#words-call", "下午打")
    person.follow("details[open] button")
    assert "给您打电话" in person.text()
    person.picture("public-ticket-call")


def test_what_was_done_is_said_to_be_solved_by_keyboard_alone(visitor, at, slip):
    pk = at("delivered")
    person = visitor(PHONE)
    person.open(f"/q/{slip(pk)}")
    assert "换了新灯" in person.text()
    person.page.locator("summary", has_text="解决了").first.focus()
    person.page.keyboard.press("Enter")
    person.page.locator("#points-5").focus()
    person.page.keyboard.press("Space")
    assert faults(person) == []
    person.picture("public-answer")
    person.page.locator("details[open] button").focus()
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector(".good.box")
    assert "谢谢您" in person.text()
    person.picture("public-thanks")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE, (360, 740)])
def test_nobody_is_shut_out_by_day_or_by_night(visitor, at, slip, poster, size, scheme):
    pages = {"privacy": "privacy", "unknown": "00000000000", "ticket": slip(at("delivered")), "report": poster()}
    person = visitor(size)
    person.page.emulate_media(color_scheme=scheme)
    for name, path in pages.items():
        person.open(f"/q/{path}")
        assert faults(person) == [], (name, scheme)
        person.picture(f"public-{name}-{scheme}")


def test_without_a_script_everything_works(chromium, address, poster):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/q/{poster()}")
    page.fill("#text", "三楼的灯不亮")
    page.check("#agreed")
    page.click("main button")
    page.click("main .button")
    page.click("text=不用办了")
    page.click("details[open] button")
    assert "已经撤回" in page.inner_text("main")
    context.close()


@pytest.mark.parametrize("size", [DESK, PHONE, (360, 740)])
def test_a_member_reports_in_from_the_poster_to_the_receipt(visitor, banner, size):
    person = visitor(size)
    person.open(f"/q/{banner()}")
    assert faults(person) == []
    assert min(targets(person)) >= 44
    person.picture(f"public-arrival-{size[0]}")
    person.page.fill("#name", "林志远")
    person.page.fill("#unit", "市农机站")
    person.page.fill("#phone", "12")
    person.page.check("text=健康医疗")
    person.page.check("#grown")
    person.page.check("#agreed")
    person.follow("main button")
    assert faults(person) == []
    assert person.page.is_checked("text=健康医疗")
    person.picture(f"public-arrival-wrong-{size[0]}")
    person.page.fill("#phone", "13800138111")
    person.follow("main button")
    assert "报到编号" in person.text()
    assert faults(person) == []
    person.picture(f"public-arrived-{size[0]}")


@pytest.mark.parametrize("base", [None, "https://sidan.example.cn"])
def test_the_poster_for_members_prints_clean(app, visitor, banner, base):
    signs = banner()
    app.config["BASE_URL"] = base
    try:
        for size in (DESK, PHONE):
            person = visitor(size).sign_in("secretary")
            person.open("/members/list/")
            person.picture(f"members-list-{size[0]}")
            person.follow("text=党员报到海报")
            assert faults(person) == []
            assert signs[:4] in person.text()
            person.picture(f"members-poster-{size[0]}-{'with' if base else 'without'}")
        _on_paper(person, f"members-poster-paper-{'with' if base else 'without'}")
    finally:
        app.config["BASE_URL"] = None


@pytest.mark.parametrize("base", [None, "https://sidan.example.cn"])
def test_posters_and_slips_print_clean(app, visitor, register, poster, place_id, base):
    signs, pk = poster(), register()
    app.config["BASE_URL"] = base
    try:
        person = visitor(DESK).sign_in("secretary")
        person.open(f"/places/poster/{place_id('武江北路8栋')}")
        assert faults(person) == []
        person.picture(f"poster-{'with' if base else 'without'}")
        _on_paper(person, f"poster-paper-{'with' if base else 'without'}")
        assert signs[:4] in person.text()
        person.open(f"/needs/show/{pk}")
        assert faults(person) == []
        person.follow("text=打印回执（新查询码）")
        assert faults(person) == []
        person.picture(f"slip-{'with' if base else 'without'}")
        _on_paper(person, f"slip-paper-{'with' if base else 'without'}")
    finally:
        app.config["BASE_URL"] = None


def _on_paper(person, name):
    """Look at the page as it is printed: nothing but the paper, on one sheet."""
    person.page.emulate_media(media="print")
    for around in (".side", ".top", "nav.no-print", "main button", ".alert"):
        assert not person.page.locator(around).first.is_visible(), around
    person.picture(name)
    pdf = person.page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.count(b"/Type /Page\n") == 1, name
    (PICTURES / f"{name}.pdf").write_bytes(pdf)
    person.page.emulate_media(media="screen")
