"""The clocks of needs as people see them: in the list, on the page of a need and on the boards, on any screen."""

from datetime import timedelta

import pytest

from app.core import clock
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults
from tests.needs.life import at, ids, make

pytestmark = pytest.mark.browser
__all__ = ["at", "ids", "make"]


@pytest.fixture
def life(at, make):
    """Let a week pass in which needs are late, due soon, on hold, referred, merged and called to the subdistrict."""
    began = clock.now() - timedelta(days=8)
    clock.clock.fixed = began
    late, held, called, other = at("planned"), at("planned"), at("accepted"), at("submitted")
    make("worker", other, "merge", target=late)
    make("secretary", called, "escalate", reason="需要城管到场")
    clock.clock.fixed = began + timedelta(days=1, hours=12)
    soon, away = at("in_progress"), at("accepted")
    make("worker", away, "refer", body="供电所", phone="95598")
    clock.clock.fixed = began + timedelta(days=2)
    make("secretary", held, "hold", reason="等配件", resume_on=str(clock.today() + timedelta(days=20)))
    make("secretary", late, "hold", reason="等配件", resume_on=str(clock.today() + timedelta(days=1)))
    clock.clock.fixed = began + timedelta(days=2, hours=5)
    make("secretary", late, "resume")
    clock.clock.fixed = began + timedelta(days=8)
    return {"late": late, "soon": soon, "held": held, "called": called}


def test_on_the_narrowest_phone_a_late_need_keeps_within_its_card(visitor, life):
    person = visitor((320, 640)).sign_in("secretary")
    person.open("/needs/list/?quick=overdue")
    assert person.page.locator(".rows .tag.danger").count() > 0
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_on_a_phone_the_days_a_need_lay_with_somebody_are_not_cut_in_two(visitor, life):
    person = visitor(PHONE).sign_in("secretary")
    person.open(f"/needs/show/{life['held']}")
    days = person.page.locator("table[aria-labelledby=clocks] td.code")
    heights = days.evaluate_all("all => all.map(one => one.clientHeight)")
    assert len(heights) > 2
    assert max(heights) < 40


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_everybody_sees_what_is_late_and_moves_it_by_keyboard(visitor, life, size):
    person = visitor(size).sign_in("secretary")
    pages = {
        "clocks-list": "/needs/list/",
        "clocks-late": f"/needs/show/{life['late']}",
        "clocks-held": f"/needs/show/{life['held']}",
        "board": "/needs/board",
        "late": "/needs/late",
        "limits": "/limits/list/",
        "clocks-home": "/",
    }
    for name, path in pages.items():
        person.open(path)
        assert faults(person) == [], name
        person.picture(name)
    person.open("/needs/board")
    # The next step of the need that was called for is reached by the Tab key and made by Enter.
    button = f'a[href="/needs/move/plan/{life["called"]}"]'
    for _press in range(120):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("one => document.activeElement === document.querySelector(one)", button):
            break
    person.page.keyboard.press("Enter")
    person.until("() => document.querySelector('dialog[open] #planned_on') !== null")


def test_the_subdistrict_answers_where_it_was_called(visitor, life):
    person = visitor(PHONE).sign_in("supervisor")
    person.open("/needs/list/?quick=called")
    person.picture("street-list")
    person.page.click(f'a[href^="/needs/show/{life["called"]}"]')
    person.page.click("text=答复社区")
    person.page.fill("dialog[open] textarea", "周三上午城管到场")
    person.picture("street-answer")
    person.confirm()
    assert "周三上午城管到场" in person.text()
