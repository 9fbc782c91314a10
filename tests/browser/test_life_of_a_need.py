"""The life of a need, clicked through as the people of the community do."""

import re

import pytest

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser


def test_a_need_lives_from_the_stairwell_to_the_end(visitor):
    gridworker = visitor(PHONE).sign_in("gridworker")
    gridworker.picture("home-gridworker")
    gridworker.page.click("text=登记需求")
    gridworker.page.fill("#title", "武江北路8栋楼下路灯不亮，晚上老人出门看不清路")
    gridworker.choose("place", "武江北路8栋")
    gridworker.page.fill("#reporter_name", "王桂英")
    gridworker.page.fill("#reporter_phone", "13800001234")
    gridworker.picture("need-add")
    gridworker.follow("text=保存")
    pk = int(re.search(r"/needs/show/(\d+)", gridworker.page.url)[1])
    gridworker.picture("need-submitted")
    assert "138****1234" in gridworker.text()
    assert "王*英" in gridworker.text()

    secretary = visitor(DESK).sign_in("secretary")
    secretary.open("/needs/list/?quick=waiting")
    secretary.picture("needs-waiting")
    secretary.page.click("text=武江北路8栋楼下路灯不亮")
    secretary.page.click("main >> text=受理 >> nth=0")
    secretary.choose("category", "公共设施")
    secretary.picture("need-accept")
    secretary.confirm()
    secretary.page.click("text=列入计划")
    secretary.choose("in_charge", "罗小玲")
    secretary.page.fill("#planned_on", "2030-01-01")
    secretary.confirm()
    secretary.picture("need-planned")
    assert "罗小玲" in secretary.text()

    gridworker.open(f"/needs/show/{pk}")
    gridworker.page.click("text=开始办理")
    gridworker.page.click("text=报告落地")
    gridworker.page.fill("#done_text", "换了新灯泡，修好了线路")
    gridworker.confirm()
    gridworker.picture("need-delivered")
    assert "已落地" in gridworker.text()
    assert gridworker.page.locator("main a", has_text=re.compile("^办结$")).count() == 0

    worker = visitor(DESK).sign_in("worker")
    worker.open(f"/needs/show/{pk}")
    worker.page.locator("main a", has_text=re.compile("^办结$")).click()
    worker.page.select_option("#outcome", "met")
    worker.page.fill("#satisfaction", "5")
    worker.page.select_option("#asked_how", "phone")
    worker.confirm()
    worker.picture("need-closed")
    assert "已办结" in worker.text()


def test_the_neighbour_finds_nothing(visitor, register):
    pk = register()
    neighbour = visitor(DESK).sign_in("neighbour")
    neighbour.open("/needs/list/")
    assert "楼下路灯不亮" not in neighbour.text()
    neighbour.picture("needs-empty")
    assert neighbour.open(f"/needs/show/{pk}") == 404
    neighbour.picture("not-found")


def test_two_people_change_the_same_need(visitor, register):
    pk = register()
    secretary, worker = visitor().sign_in("secretary"), visitor().sign_in("worker")
    for person in (secretary, worker):
        person.open(f"/needs/edit/{pk}")
    worker.page.fill("#title", "路灯坏了两盏")
    worker.follow("text=保存")
    secretary.page.fill("#title", "路灯坏了三盏")
    secretary.follow("text=保存")
    secretary.picture("need-conflict")
    assert "路灯坏了两盏" in secretary.text()
    assert "路灯坏了三盏" in secretary.text()
    secretary.follow("text=保存我填的")
    assert "路灯坏了三盏" in secretary.text()


def test_the_secretary_accepts_several_at_once_and_learns_which_were_refused(visitor, register):
    register(title="路灯不亮")
    register(title="不知道在哪里的需求", place=None)
    secretary = visitor().sign_in("secretary")
    secretary.open("/needs/list/")
    secretary.page.check("[data-all=rowid]")
    secretary.follow(secretary.page.locator("button[name=action]", has_text="受理"))
    secretary.picture("bulk-accept")
    assert "完成 1 条，未完成 1 条" in secretary.text()


@pytest.mark.parametrize("size", [DESK, PHONE, (768, 1024), (360, 740)])
def test_every_kind_of_page_fits_the_screen(visitor, register, size):
    pk = register(title="很长的需求" * 15, text="楼道里的灯坏了很久，" * 80)
    person = visitor(size)
    person.open("/login/")
    person.picture("sign-in")
    person.sign_in("secretary")
    pages = {
        "home": "/",
        "list": "/needs/list/?state=submitted&order=-received_at",
        "list-empty": "/needs/list/?q=没有这样的需求",
        "detail": f"/needs/show/{pk}",
        "add": "/needs/add",
        "edit": f"/needs/edit/{pk}",
        "move": f"/needs/move/accept/{pk}",
        "archive": f"/needs/archive/{pk}",
        "places": "/places/list/",
        "categories": "/categories/list/",
        "holidays": "/holidays/list/",
        "communities": "/communities/list/",
        "users": "/users/list/",
        "grants": "/grants/list/",
        "roles": "/roles/",
        "profile": "/profile/",
    }
    for name, path in pages.items():
        assert person.open(path) == 200, path
        person.picture(name)
