"""The four lists as one loop: from the poster in the stairwell to the resident's word, clicked through by everybody."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.communities.models import Category, Community
from app.core import clock, database
from app.core.actor import acting, system
from app.extensions import db
from app.parties.models import Party
from app.resources.choices import ResourceKind, ResourceState
from app.resources.models import Resource
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults
from tests.cast.people import PARTIES
from tests.core.files.conftest import picture
from tests.public.conftest import place_id, poster, share

pytestmark = pytest.mark.browser

__all__ = ["place_id", "poster", "share"]

UNIT, PARTNER, _VOLUNTEER, TEAM = PARTIES
HELPERS = (
    ("电工义务维修", "医院后勤的电工上门查线路、换灯泡和开关", UNIT),
    ("太阳能路灯专项经费", "为背街小巷安装太阳能路灯", PARTNER),
    ("小家电维修", "修电风扇、换灯泡", TEAM),
)

MOVED = {
    "响应率": ("—", ("100.0%", "2 ÷ 2"), ("100.0%", "2 ÷ 2")),
    "办结率": ("—", ("50.0%", "1 ÷ 2"), ("100.0%", "2 ÷ 2")),
    "重新办理率": ("—", ("50.0%", "1 ÷ 2"), ("50.0%", "1 ÷ 2")),
    "解决率": ("—", ("100.0%", "1 ÷ 1"), ("100.0%", "2 ÷ 2")),
    "满意率": ("—", ("100.0%", "1 ÷ 1"), ("100.0%", "2 ÷ 2")),
    "落实确认率": ("—", ("100.0%", "1 ÷ 1"), ("100.0%", "2 ÷ 2")),
    "服务人次": ("0 人次", ("6 人次", "1 条"), ("12 人次", "2 条")),
}
"""What each figure says before, when one resident is content and the other is not, and when both are."""


@pytest.fixture
def helpers(app):
    """Share what three providers offer against darkness, and something that has nothing to do with it."""
    with app.app_context(), acting(system("tests")), database.transaction():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        about = {"kind": ResourceKind.SERVICE, "state": ResourceState.AVAILABLE, "checked_on": clock.today()}
        lamps = db.session.scalars(select(Category).filter_by(name="公共设施", community=ours)).one()
        for name, text, provider in (*HELPERS, ("社区书屋", "图书借阅", UNIT)):
            party = db.session.scalars(select(Party).filter_by(name=provider)).one()
            answers = [] if name == "社区书屋" else [lamps]
            db.session.add(Resource(community=ours, name=name, text=text, provider=party, categories=answers, **about))


@pytest.fixture
def photo(tmp_path):
    """What somebody's phone took."""
    (tmp_path / "路灯.jpg").write_bytes(picture(size=(1600, 1200)))
    return str(tmp_path / "路灯.jpg")


def report(person, signs, words, photo):
    """Scan the poster, write what is wrong, and return the code of the receipt."""
    person.open(f"/q/{signs}")
    person.page.fill("#text", words)
    person.page.set_input_files("#photos", photo)
    person.page.fill("#phone", "13900002222")
    person.page.check("#agreed")
    person.picture("loop-poster-report")
    person.follow("main button")
    person.picture("loop-receipt")
    return person.page.inner_text(".big")


def offered(person, words):
    """Return the buttons of a move on the page."""
    return person.page.locator("main a, main button", has_text=re.compile(rf"^\s*{words}\s*$"))


def let(person, words):
    """Open the dialog of a move on the page, or make the move where it asks nothing."""
    offered(person, words).first.click()


def accept(worker, words):
    """Find the report among what waits, and accept it; return the address of the need."""
    worker.open("/needs/list/?quick=waiting")
    worker.page.click(f"text={words}")
    worker.page.wait_for_url("**/needs/show/*")
    address = worker.page.url.removeprefix(worker.address)
    let(worker, "受理")
    worker.choose("category", "公共设施")
    worker.confirm()
    assert "已受理" in worker.text()
    return address


def offer(worker, address, provider):
    """Read who can help and why, and offer the need with one click; return the names and reasons that were read."""
    worker.open(address)
    worker.follow("text=找谁来办")
    assert faults(worker) == []
    worker.picture("loop-candidates")
    named = worker.page.locator(".helpers > li").all_inner_texts()
    worker.follow(f"text=请{provider}来办")
    worker.picture("loop-offered")
    return named


def take(liaison, number):
    """Take the order from the own list, agree on a date, and look at whom to reach."""
    liaison.open("/fulfilments/list/?quick=ours")
    liaison.picture("loop-our-orders")
    liaison.open("/fulfilments/list/?quick=offered")
    liaison.page.locator("main a", has_text=re.compile("LD")).first.click()
    liaison.page.wait_for_url("**/fulfilments/show/*")
    assert "约好时间以后才能看" in liaison.text()
    assert "139****2222" in liaison.text() or "13900002222" not in liaison.text()
    let(liaison, "接单")
    liaison.confirm()
    let(liaison, "约定时间")
    at = clock.local(clock.now() + timedelta(days=1, hours=2 * number))
    liaison.page.fill("dialog[open] #scheduled_at", f"{at:%Y-%m-%dT%H:%M}")
    liaison.picture("loop-date")
    liaison.confirm()
    liaison.page.click("text=查看 >> nth=-1")
    liaison.page.click("dialog[open] .btn-primary")
    liaison.page.wait_for_selector("dialog[open] [data-revealed]")
    assert "13900002222" in liaison.page.inner_text("dialog[open]")
    liaison.picture("loop-contact")
    liaison.page.click("dialog[open] [data-close]")
    return liaison.page.url.removeprefix(liaison.address)


def carry_out(liaison, order, words, photo):
    """Begin where it has not begun, and report what was done with a photo."""
    liaison.open(order)
    if offered(liaison, "开始服务").count():
        liaison.follow(offered(liaison, "开始服务").first)
    let(liaison, "报告落实")
    liaison.page.fill("dialog[open] #measures", words)
    liaison.page.fill("dialog[open] #quantity_delivered", "1")
    liaison.page.fill("dialog[open] #person_times", "6")
    liaison.page.set_input_files("dialog[open] #photos", photo)
    liaison.picture("loop-report")
    liaison.confirm()
    assert "已落实" in liaison.text()
    assert liaison.page.locator(".gallery img").count() >= 1
    assert offered(liaison, "确认").count() == 0
    liaison.picture("loop-carried-out")


def answer(person, code, words, **said):
    """Open the code, choose an answer and send it."""
    person.open(f"/q/{code}")
    assert faults(person) == []
    person.picture("loop-ticket")
    person.page.locator("summary", has_text=re.compile(f"^{words}$")).click()
    if "points" in said:
        person.page.check(f"#points-{said['points']}")
    if "reason" in said:
        person.page.fill("details[open] textarea", said["reason"])
    person.page.click("details[open] button")
    person.page.wait_for_selector(".good.box")
    person.picture("loop-answered")


def figures(person):
    """Read every figure of the needs and orders, and see that each number opens as many rows."""
    days = (clock.today(), clock.today() + timedelta(days=30))
    person.open(f"/figures/?from={days[0]}&to={days[1]}")
    cards = person.page.eval_on_selector_all(
        ".figures .card",
        "all => all.map(one => [one.querySelector('h3').innerText, one.querySelector('.say').innerText,"
        " one.querySelector('.of').innerText.trim(),"
        " [...one.querySelectorAll('.of a')].map(a => [a.href, a.innerText])])",
    )
    for _name, _say, _of, links in cards:
        for address, count in links:
            person.open(address.removeprefix(person.address))
            assert person.page.inner_text("h1 .count") == count, address
    return {name: (say.strip(), of) for name, say, of, _links in cards}


def test_two_residents_ask_for_a_lamp_and_have_the_last_word(visitor, helpers, poster, photo, share):
    share(0)
    signs = poster("武江北路8栋")
    first, second = visitor(PHONE), visitor(PHONE)
    lamp = report(first, signs, "武江北路8栋楼下路灯不亮，晚上老人下台阶看不清", photo)
    stairs = report(second, signs, "武江北路8栋三楼楼道灯坏了", photo)

    worker = visitor(DESK).sign_in("worker")
    before = figures(worker)
    needs = [accept(worker, "武江北路8栋楼下路灯不亮"), accept(worker, "武江北路8栋三楼楼道灯坏了")]
    for address in needs:
        named = offer(worker, address, UNIT)
        assert {name for name, _text, _provider in HELPERS} <= {words.split("\n")[0] for words in named[:3]}
        assert all("。" in words for words in named[:3])
        assert "社区书屋" not in " ".join(named)

    liaison = visitor(PHONE).sign_in("liaison")
    orders = [take(liaison, number) for number in (1, 2)]
    first.open(f"/q/{lamp}")
    assert "上门办理" in first.text()
    assert UNIT not in first.text()
    first.picture("loop-date-told")
    carry_out(liaison, orders[1], "换了路灯灯泡", photo)
    carry_out(liaison, orders[0], "换了声控灯泡", photo)

    answer(first, lamp, "解决了", points=5)
    assert "谢谢您" in first.text()
    answer(second, stairs, "没有解决", reason="灯还是一闪一闪的")
    for address, state in zip(needs, ("已办结", "办理中"), strict=True):
        worker.open(address)
        assert state in worker.page.locator("main .tag").all_inner_texts()
    assert "灯还是一闪一闪的" in worker.text()
    worker.picture("loop-came-back")
    between = figures(worker)

    liaison.open("/notices/")
    assert "退回重办" in liaison.text()
    liaison.picture("loop-notices")
    carry_out(liaison, orders[0], "换了整个灯座", photo)
    answer(second, stairs, "解决了", points=4)
    worker.open(needs[1])
    assert "已办结" in worker.page.locator("main .tag").all_inner_texts()
    worker.picture("loop-closed")

    after = figures(worker)
    told = {name: (before[name][0], between[name], after[name]) for name in before}
    assert {name: told[name] for name in MOVED} == MOVED
    for size in (DESK, PHONE):
        person = visitor(size).sign_in("secretary")
        person.open("/figures/reopened")
        person.picture("loop-figure")
        person.open("/figures/")
        person.picture("loop-figures")
        person.open(needs[1])
        person.picture("loop-need")
