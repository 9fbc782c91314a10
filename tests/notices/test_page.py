"""The page of notices, the bell, the switches, and the text for people outside."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import service
from app.communities.models import Community, Place
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.jobs import own
from app.needs.models import Need
from app.notices.models import Notice
from app.roles import Role

BELL = re.compile(r'class="btn bell"[^>]*aria-label="([^"]+)"')
NUMBER = re.compile(r"/notices/read/(\d+)")


def bell(person):
    """Return what the bell says to who cannot see."""
    found = BELL.search(person.page("/roles/"))
    assert found
    return found[1]


def test_the_bell_counts_what_is_new_on_every_page(as_secretary, as_gridworker, register):
    assert bell(as_secretary) == "消息"
    register("gridworker")
    register("gridworker")
    assert bell(as_secretary) == "消息：2 条新消息"
    assert bell(as_gridworker) == "消息"


def test_the_page_says_what_waits_now_and_what_one_was_told(as_secretary, register, step):
    pk = register("gridworker", title="楼道灯不亮")
    page = as_secretary.page("/notices/")
    assert "有需求等着受理" in page
    assert "楼道灯不亮" in page
    assert "罗小玲" in page
    assert re.search(r'quick=waiting"><b>1</b>', page)
    step("worker", "accept", pk)
    page = as_secretary.page("/notices/")
    assert "没有等您处理的事。" in page
    assert "已处理" in page
    assert bell(as_secretary) == "消息"


def test_who_recorded_it_reads_how_it_went_on(as_gridworker, register, step):
    pk = register("gridworker")
    step("worker", "accept", pk)
    page = as_gridworker.page("/notices/")
    assert re.search("您登记的需求有了进展：受理", page)
    assert "李国强" in page


def test_opening_the_row_reads_its_notice(as_secretary, register):
    pk = register("gridworker")
    other = register("gridworker")
    assert as_secretary.get(f"/needs/show/{pk}").status_code == 200
    assert "1 条新消息" in bell(as_secretary)
    as_secretary.get(f"/needs/show/{other}")
    assert bell(as_secretary) == "消息"


def test_one_or_all_are_marked_as_read_and_only_the_own(as_secretary, as_worker, register):
    for _number in range(3):
        register("gridworker")
    first = NUMBER.search(as_secretary.page("/notices/"))[1]
    assert as_worker.post(f"/notices/read/{first}").status_code == 404
    assert as_secretary.post(f"/notices/read/{first}").status_code == 302
    assert "2 条新消息" in bell(as_secretary)
    as_secretary.post("/notices/read")
    assert bell(as_secretary) == "消息"
    assert "3 条新消息" in bell(as_worker)
    assert as_secretary.client.post("/notices/read").status_code == 400


def test_a_row_one_no_longer_sees_says_nothing_of_itself(app, as_gridlead, register):
    pk = register("gridworker", title="三楼老人独居")
    assert "三楼老人独居" in as_gridlead.page("/notices/")
    with app.app_context(), acting(system("tests")), transaction():
        need = db.session.get_one(Need, pk)
        need.place = db.session.scalars(select(Place).filter_by(name="二建宿舍")).one()
    page = as_gridlead.page("/notices/")
    assert "三楼老人独居" not in page
    assert "已不在您的范围" in page


def test_the_neighbour_hears_nothing_of_us(as_neighbour, register):
    register("gridworker")
    page = as_neighbour.page("/notices/")
    assert "还没有消息。" in page


def test_what_masks_a_row_masks_its_notice(app, as_secretary, register):
    register("gridworker", title="找张师傅", reporter_name="欧阳小明", reporter_phone="13800000777")
    page = as_secretary.page("/notices/")
    assert "欧阳小明" not in page
    assert "13800000777" not in page


def test_older_notices_follow_without_a_gap(app, as_secretary, register):
    pks = [register("gridworker", title=f"第{number:02d}件") for number in range(33)]
    first = as_secretary.page("/notices/")
    older = re.search(r"/notices/\?before=\d+", first)[0]
    second = as_secretary.page(older)
    told = re.findall(r"第(\d\d)件", first) + re.findall(r"第(\d\d)件", second)
    assert told == [f"{number:02d}" for number in reversed(range(len(pks)))]
    assert as_secretary.get("/notices/?before=x").status_code == 400


def test_one_switches_off_what_is_not_a_duty(as_gridworker, register, step, told):
    form = as_gridworker.page("/profile/")
    assert "哪些事告诉我" in form
    assert 'value="progress" checked' in form
    assert 'value="in_charge"' not in form
    as_gridworker.post("/notices/choose", {"asked": "1", "kind": ["due"]})
    assert 'value="progress" checked' not in as_gridworker.page("/profile/")
    pk = register("gridworker")
    step("worker", "accept", pk)
    step("worker", "plan", pk, in_charge="gridworker", planned_on=clock.today())
    assert told(pk)["gridworker"] == ["in_charge"]
    as_gridworker.post("/notices/choose", {"asked": "1", "kind": ["due", "progress", "nonsense"]})
    step("gridworker", "start", pk)
    step("gridworker", "deliver", pk, done_text="好了")
    step("secretary", "reopen", pk, reason="又坏")
    assert told(pk)["gridworker"] == ["in_charge", "reopened"]


def test_notices_are_kept_for_ninety_days(app, as_secretary, register):
    register("gridworker")
    with app.app_context(), acting(system("tidy")):
        clock.clock.fixed = clock.now() + timedelta(days=89)
        assert own.tidy()["notices"] == 0
        clock.clock.fixed = clock.now() + timedelta(days=2)
        assert own.tidy()["notices"] == 3
        assert db.session.scalar(select(Notice.id)) is None
        db.session.rollback()


def test_an_account_is_told_of_its_new_role(acting_as, as_person):
    with acting_as("admin"), transaction():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        service.grant(service.find("volunteer"), Role.WORKER, community)
    assert "您有了新的角色" in as_person("volunteer").page("/notices/")


# -- for people outside ---------------------------------------------------------------------------------------------


@pytest.fixture
def secret(register):
    """A need with everything one must not send around."""
    return register(
        title="13800000555 说三楼漏水",
        reporter_name="欧阳小明",
        reporter_phone="13800000777",
        address="柳堤路6栋2单元301",
        place="武江北路8栋",
    )


def without_keys(page: str) -> str:
    """Return a page without what is drawn at random, in which any three digits may stand."""
    return re.sub(r'nonce="[^"]*"|/assets/[0-9a-f]+/|<input[^>]*type="?hidden[^>]*>', "", page)


@pytest.mark.parametrize("login", ["secretary", "worker", "gridlead"])
def test_the_text_for_a_group_is_masked_even_for_who_reads_everything(as_person, secret, login):
    page = as_person(login).page(f"/needs/message/{secret}")
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]
    for word in ("欧阳小明", "13800000777", "13800000555", "301", "柳堤路"):
        assert word not in without_keys(page), word
    for word in ("【武江北社区】", "编号", "说三楼漏水", "武江北路8栋", "欧**明", "138****0777", "已经收到", "居委会"):
        assert word in text, word


def test_an_anonymous_reporter_is_not_even_hinted_at(as_secretary, register):
    pk = register(reporter_name="欧阳小明", reporter_phone="13800000777", anonymous=True)
    page = as_secretary.page(f"/needs/message/{pk}")
    assert "欧**明" not in page
    assert "0777" not in without_keys(page)


def test_the_neighbour_gets_no_text_of_ours(as_neighbour, secret):
    assert as_neighbour.get(f"/needs/message/{secret}").status_code == 404
