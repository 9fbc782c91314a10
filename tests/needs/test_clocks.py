"""The two clocks of a need: when it is due, with whom it lay, and the time it stood still."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.communities.models import Community, Holiday
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.needs import service
from app.needs.choices import Holder, NeedState, Urgency
from app.needs.limits import Limit, TimeLimit
from app.needs.models import Need
from app.needs.segments import Segment, due_of, holder_of
from tests.needs.life import later

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def lay(behind):
    """Return with whom a need lay, for how many minutes each."""

    def read(pk):
        with behind():
            rows = db.session.scalars(select(Segment).filter_by(need_id=pk).order_by(Segment.id))
            return [(row.holder.value, row.name, row.minutes) for row in rows]

    return read


@pytest.fixture
def look(as_person):
    """Let the secretary sign in and open a page; sessions end over night."""
    return lambda address: as_person("secretary").page(address)


@pytest.fixture
def system_does(app):
    """Let the system do something, as a job does it."""

    def run(what, *given):
        with app.app_context(), acting(system("tests")):
            return what(*given)

    return run


def test_a_segment_is_written_each_time_a_need_changes_hands(register, make, need, lay):
    pk = register()
    later(hours=1)
    make("worker", pk, "accept", urgency="normal")
    later(hours=2)
    make("secretary", pk, "plan")
    later(hours=3)
    make("gridworker", pk, "start")
    later(hours=4)
    make("gridworker", pk, "deliver")
    later(hours=5)
    make("worker", pk, "close")
    assert [minutes for _holder, _name, minutes in lay(pk)] == [180, 420, 300]
    assert [holder for holder, _name, _minutes in lay(pk)] == ["office", "in_charge", "resident"]
    assert need(pk)["holder"] is None
    assert need(pk)["due_at"] is None


def test_while_nobody_has_answered_the_first_clock_runs_and_then_the_second(register, make, need):
    pk = register()
    assert need(pk)["due_at"] == need(pk)["response_due"]
    make("worker", pk, "accept", urgency="normal")
    assert need(pk)["due_at"] == need(pk)["resolution_due"] == clock.now() + timedelta(days=15)


def test_on_hold_the_time_stands_still_and_what_was_left_is_left_again(at, make, need, lay):
    pk = at("planned")
    due = need(pk)["resolution_due"]
    later(days=1)
    assert make("worker", pk, "hold", reason="等配件", resume_on="2026-11-26") == 302
    assert need(pk)["due_at"] is None
    later(days=2)
    assert make("worker", pk, "resume") == 302
    row = need(pk)
    assert row["state"] is NeedState.PLANNED
    assert row["resolution_due"] == row["due_at"] == due + timedelta(days=2)
    assert row["paused_minutes"] == 2 * 24 * 60
    assert (row["held_at"], row["held_from"], row["resume_on"]) == (None, None, None)
    assert lay(pk)[-1] == ("nobody", None, 2 * 24 * 60)


def test_what_was_late_before_it_was_put_on_hold_is_as_late_afterwards(at, make, need):
    pk = at("in_progress")
    later(days=9)
    late = clock.now() - need(pk)["resolution_due"]
    make("worker", pk, "hold", reason="等配件", resume_on="2026-12-03")
    later(days=1)
    make("worker", pk, "resume")
    assert need(pk)["state"] is NeedState.IN_PROGRESS
    assert clock.now() - need(pk)["resolution_due"] == late


def test_of_a_limit_in_working_days_what_was_left_is_left_in_working_time(app, register, make, need):
    with app.app_context(), acting(system("tests")), transaction():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        db.session.add(TimeLimit(community=ours, urgency=Urgency.NORMAL, resolution=Limit(5, "wd")))
    pk = register()
    make("worker", pk, "accept", urgency="normal")
    make("secretary", pk, "plan")
    assert clock.local(need(pk)["due_at"]).isoformat()[:16] == "2026-11-30T10:00"
    later(days=4)
    make("worker", pk, "hold", reason="等配件", resume_on="2026-11-29")
    # From Friday at ten to Sunday: there is as much working time left as on Friday.
    later(days=2)
    make("worker", pk, "resume")
    assert clock.local(need(pk)["due_at"]).isoformat()[:16] == "2026-11-30T18:00"


def test_the_office_puts_a_need_on_hold_for_three_days_and_the_secretary_for_longer(at, as_worker, make, need):
    pk = at("planned")
    answer = as_worker.post(f"/needs/move/hold/{pk}", {"reason": "等配件", "resume_on": "2026-11-27"})
    assert answer.status_code == 422
    assert "挂起超过 3 天，只有书记可以。" in answer.get_data(as_text=True)
    for wrong in ("2026-11-23", "2026-11-22", "2028-01-01"):
        assert make("secretary", pk, "hold", reason="等配件", resume_on=wrong) == 422
    assert need(pk)["state"] is NeedState.PLANNED
    assert make("secretary", pk, "hold", reason="等配件", resume_on="2026-12-24") == 302


def test_on_its_day_it_goes_on_by_itself_and_once(at, make, need, system_does):
    pk = at("planned")
    make("worker", pk, "hold", reason="等配件", resume_on="2026-11-25")
    later(days=1)
    assert system_does(service.resume_held, clock.today()) == 0
    later(days=1)
    assert [system_does(service.resume_held, clock.today()) for _time in range(2)] == [1, 0]
    assert need(pk)["state"] is NeedState.PLANNED


def test_the_other_body_holds_the_clock_while_a_need_is_referred(at, make, lay, need):
    pk = at("accepted")
    due = need(pk)["resolution_due"]
    later(hours=1)
    assert make("worker", pk, "refer", body="供电所", phone="95598") == 302
    later(days=20)
    assert need(pk)["due_at"] == due
    assert make("worker", pk, "return_referral", note="不归他们管") == 302
    assert lay(pk)[-1] == ("body", "供电所", 20 * 24 * 60)
    assert (need(pk)["state"], need(pk)["resolution_due"]) == (NeedState.ACCEPTED, due)


def test_a_reopened_need_has_its_whole_time_again(at, make, need):
    pk = at("closed")
    assert need(pk)["due_at"] is None
    later(days=3)
    make("secretary", pk, "reopen", reason="又坏了")
    assert need(pk)["due_at"] == clock.now() + timedelta(days=7)


def test_the_list_says_how_late_and_how_soon_and_what_stands_still(at, look, make):
    late, soon, held = at("accepted"), at("planned"), at("planned")
    later(days=6, hours=4)
    page = look("/needs/list/")
    assert "还剩 20 小时" in page
    make("worker", held, "hold", reason="等配件", resume_on="2026-12-01")
    later(days=1)
    page = look("/needs/list/")
    assert "已超期 4 小时" in page
    assert "已暂停" in page
    overdue = look("/needs/list/?quick=overdue")
    assert f"/needs/show/{late}" in overdue
    assert f"/needs/show/{held}" not in overdue
    assert f"/needs/show/{soon}" in overdue
    assert f"/needs/show/{held}" in look("/needs/list/?holder=nobody")


def test_the_page_of_a_need_shows_both_clocks_and_with_whom_it_lay(at, look, make):
    pk = at("planned")
    later(days=1)
    make("worker", pk, "hold", reason="等配件", resume_on="2026-11-26")
    later(days=1, hours=3)
    make("worker", pk, "resume")
    page = look(f"/needs/show/{pk}")
    for words in ("时限", "按时", "挂起，停止计时", "1 天 3 小时", "合计挂起", "等配件", "2026-11-26"):
        assert words in page


def test_a_due_date_reckoned_in_a_year_without_holidays_is_marked(app, register, as_secretary):
    pk = register()
    assert "计算时还没有录入 2026 年的节假日" in as_secretary.page(f"/needs/show/{pk}")
    with app.app_context(), acting(system("tests")), transaction():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        db.session.add(Holiday(community=ours, day=date(2026, 10, 1), name="国庆节"))
    assert "还没有录入" not in as_secretary.page(f"/needs/show/{register()}")


def test_what_came_from_somewhere_else_lies_where_its_state_says(app, need):
    with app.app_context(), acting(system("tests")), transaction():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        row = service.register(title="旧的", community=ours, received_at=clock.now() - timedelta(days=3))
        row.state, row.live_orders = NeedState.IN_PROGRESS, 1
        pk = row.id
    assert (need(pk)["holder"], need(pk)["due_at"]) == (Holder.PROVIDER, None)


def test_every_state_has_its_holder_or_is_an_end(behind):
    for state in NeedState:
        need = Need(state=state, response_due=clock.now(), resolution_due=clock.now(), live_orders=0)
        runs = due_of(need) is not None
        assert runs <= (holder_of(need) not in (None, Holder.NOBODY, Holder.RESIDENT))
