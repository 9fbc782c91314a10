"""The life of a need, as the people of the community live it (workflows: Need)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock, moves
from app.extensions import db
from app.needs.choices import AskedHow, NeedState, Outcome, Urgency
from app.needs.models import FLOW, Need


def test_a_need_lives_from_the_first_word_to_the_end(at, need):
    row = need(at("closed"))
    assert row["state"] is NeedState.CLOSED
    assert (row["outcome"], row["satisfaction"], row["asked_how"]) == (Outcome.MET, 5, AskedHow.PHONE)
    assert row["done_on"] == clock.today()
    assert row["closed_at"] is not None


def test_the_timeline_names_every_step_and_who_made_it(at, as_secretary):
    page = as_secretary.page(f"/needs/show/{at('closed')}")
    for words in ("登记", "受理", "列入计划", "开始办理", "报告落地", "办结", "罗小玲", "换了新灯"):
        assert words in page


def test_the_code_counts_the_needs_of_the_day(register, need):
    first, second = need(register())["code"], need(register())["code"]
    assert first == f"XQ{clock.today():%Y%m%d}001"
    assert second == f"XQ{clock.today():%Y%m%d}002"


def test_what_is_said_without_a_title_is_called_by_its_first_sentence(register, need):
    assert need(register(title=None, text="楼道太黑。老人不敢下楼！"))["title"] == "楼道太黑"


@pytest.mark.parametrize(
    ("urgency", "answer", "work"),
    [
        (Urgency.CRITICAL, timedelta(hours=2), timedelta(hours=24)),
        (Urgency.URGENT, timedelta(hours=24), timedelta(days=7)),
        # Reported on a Sunday: three working days are over when the office closes on Wednesday.
        (Urgency.NORMAL, timedelta(days=3, minutes=30), timedelta(days=15)),
    ],
)
def test_the_more_urgent_the_sooner_it_is_due(register, make, need, urgency, answer, work):
    clock.clock.fixed = clock.parse_local("2026-11-22T17:30")
    pk = register(urgency=urgency)
    assert need(pk)["response_due"] == clock.now() + answer
    assert make("worker", pk, "accept", urgency=urgency.value) == 302
    assert need(pk)["resolution_due"] == clock.now() + work


def test_accepting_needs_category_and_place(register, make, need):
    pk = register(place=None, category=None)
    assert make("worker", pk, "accept", place="", category="") == 422
    assert need(pk)["state"] is NeedState.SUBMITTED


def test_the_grid_lead_accepts_only_within_the_own_places(register, make, need):
    ours, theirs = register(place="武江北路8栋"), register(place="二建宿舍")
    assert make("gridlead", ours, "accept") == 302
    assert make("gridlead", theirs, "accept") == 404
    assert need(theirs)["state"] is NeedState.SUBMITTED


def test_the_grid_lead_cannot_push_a_need_into_another_grid(register, make, need):
    pk = register(place="武江北路8栋")
    assert make("gridlead", pk, "accept", place="二建宿舍") == 422
    assert need(pk)["state"] is NeedState.SUBMITTED


def test_rejecting_says_why_and_who_can_help_instead(register, make, need):
    pk = register()
    assert make("worker", pk, "reject", reason="不属于社区职责") == 422
    assert make("worker", pk, "reject", reason="不属于社区职责", who_can_help="供电所 95598") == 302
    row = need(pk)
    assert (row["state"], row["reject_reason"]) == (NeedState.REJECTED, "不属于社区职责")
    assert row["answered_at"] is not None


def test_only_the_person_in_charge_starts_and_delivers(at, make, need):
    pk = at("planned")
    assert make("worker", pk, "start") == 409
    assert make("gridworker", pk, "start") == 302
    assert make("secretary", pk, "deliver") == 409
    assert need(pk)["state"] is NeedState.IN_PROGRESS


def test_nobody_outside_the_community_is_put_in_charge(at, make, need):
    pk = at("accepted")
    assert make("secretary", pk, "plan", in_charge="neighbour") == 422
    assert need(pk)["in_charge_id"] is None


def test_who_delivered_does_not_close(register, make, need):
    pk = register()
    for login, name, given in (
        ("worker", "accept", {}),
        ("secretary", "plan", {"in_charge": "worker"}),
        ("worker", "start", {}),
        ("worker", "deliver", {}),
    ):
        assert make(login, pk, name, **given) == 302
    assert make("worker", pk, "close") == 409
    assert make("secretary", pk, "close") == 302


def test_a_reopened_need_goes_back_to_work_and_counts(at, make, need):
    delivered, closed = at("delivered"), at("closed")
    assert make("worker", closed, "reopen", reason="又坏了") == 403
    assert make("secretary", delivered, "reopen", reason="灯还是不亮") == 302
    assert make("secretary", closed, "reopen", reason="又坏了") == 302
    assert (need(delivered)["state"], need(closed)["state"]) == (NeedState.IN_PROGRESS, NeedState.ACCEPTED)
    assert (need(delivered)["reopened_count"], need(closed)["reopened_count"]) == (1, 1)
    assert need(closed)["outcome"] is None


def test_the_partner_takes_back_the_own_need_and_no_other(register, make, need):
    own, other = register("partner"), register("secretary")
    assert make("partner", own, "withdraw", reason="已经解决") == 302
    assert make("partner", other, "withdraw", reason="已经解决") == 404
    assert (need(own)["state"], need(other)["state"]) == (NeedState.WITHDRAWN, NeedState.SUBMITTED)


def test_the_grid_worker_withdraws_nothing_because_it_is_the_residents_word(register, make):
    assert make("gridworker", register("gridworker"), "withdraw", reason="重复") == 403


@pytest.mark.parametrize("state", ["submitted", "accepted", "planned", "in_progress", "delivered", "closed"])
@pytest.mark.parametrize("name", ["accept", "reject", "plan", "start", "deliver", "close", "reopen", "withdraw"])
def test_a_move_is_possible_only_from_where_it_starts(acting_as, at, need, state, name):
    pk = at(state)
    move = FLOW.by_name[name]
    with acting_as("secretary") as secretary:
        row = db.session.scalars(select(Need).filter_by(id=pk)).one()
        reason = str(moves.refusal(row, move, secretary) or "")
    assert ("状态下不能" in reason) is (NeedState(state) not in move.sources)


def test_an_answer_that_is_late_is_overdue(register, as_secretary, need):
    clock.clock.fixed = clock.parse_local("2026-11-22T09:00")
    register(title="马上要处理的隐患", urgency=Urgency.CRITICAL)
    assert "马上要处理的隐患" not in as_secretary.page("/needs/list/?quick=overdue")
    clock.clock.fixed = clock.parse_local("2026-11-22T11:01")
    assert "马上要处理的隐患" in as_secretary.page("/needs/list/?quick=overdue")


def test_the_coordinator_sees_only_what_is_open_to_volunteers(register, as_coordinator, app, behind):
    shut, opened = register(title="不公开的需求"), register(title="公开的需求", open_to_volunteers=True)
    page = as_coordinator.page("/needs/list/")
    assert "公开的需求</a>" in page
    assert "不公开的需求" not in page
    assert as_coordinator.get(f"/needs/show/{shut}").status_code == 404
    assert as_coordinator.get(f"/needs/show/{opened}").status_code == 200


def test_what_one_registers_one_can_read_again(as_coordinator):
    response = as_coordinator.post("/needs/add", {"title": "志愿者反映的情况"}, follow_redirects=True)
    assert response.status_code == 200
    assert "志愿者反映的情况" in response.get_data(as_text=True)


def test_the_supervisor_sees_what_was_escalated_and_nothing_else(register, as_supervisor):
    register(title="普通的需求")
    register(title="吹哨的需求", escalated_at=clock.now())
    page = as_supervisor.page("/needs/list/")
    assert "吹哨的需求" in page
    assert "普通的需求" not in page
