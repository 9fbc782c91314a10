"""The moves beyond the straight way: merge, refer, hold, explain, call the subdistrict, open to volunteers."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.core import access, clock, moves
from app.core.database import transaction
from app.core.rules import Violation
from app.core.timeline import steps_of
from app.extensions import db
from app.needs.choices import NeedState
from app.needs.flow import FLOW
from app.needs.models import Need
from app.notices.models import Notice
from app.roles import OFFICE, Role
from tests.core.conftest import program
from tests.needs.life import later

__all__ = ["program"]

GIVEN = {
    "merge": {},
    "refer": {"body": "武江供电所", "phone": "95598"},
    "hold": {"reason": "等配件", "resume_on": clock.today() + timedelta(days=30)},
    "explain": {"reason": "超出职责", "explanation": "这段路属于市政，今年没有改造计划。"},
    "escalate": {"reason": "需要城管到场"},
    "answer_escalation": {"answer": "周三上午城管到场"},
    "open_to_volunteers": {"open": "y"},
}


@pytest.fixture
def said(behind):
    """Return what was given with the last step of a need."""

    def read(pk):
        with behind():
            step = steps_of(db.session, db.session.get_one(Need, pk))[-1]
            return step.move, step.said

    return read


@pytest.fixture
def go(make):
    """Let somebody make one of these moves with what it asks for."""
    return lambda login, pk, name, **given: make(login, pk, name, **(GIVEN.get(name, {}) | given))


# -- who ------------------------------------------------------------------------------------------------------------

WHO = {
    "merge": OFFICE,
    "refer": OFFICE,
    "return_referral": OFFICE,
    "hold": OFFICE,
    "resume": OFFICE,
    "explain": (Role.SECRETARY,),
    "escalate": (Role.SECRETARY,),
    "answer_escalation": (Role.SUPERVISOR,),
    "open_to_volunteers": OFFICE,
}
"""As the workflows say it."""


@pytest.mark.parametrize("name", WHO)
def test_each_move_is_made_by_whom_the_workflows_name_and_by_nobody_else(name, acting_as, register):
    pk = register("gridworker", open_to_volunteers=True, escalated_at=clock.now())
    made = set()
    for login in ("secretary", "worker", "coordinator", "gridlead", "gridworker", "partner", "supervisor", "auditor"):
        with acting_as(login) as actor:
            row = db.session.scalars(select(Need).filter_by(id=pk)).one_or_none()
            if row is not None and moves.may_make(row, FLOW.by_name[name], actor):
                made |= {held.role for held in actor.held}
    assert made == set(WHO[name])


# -- merge ----------------------------------------------------------------------------------------------------------


def test_two_who_asked_for_the_same_are_both_kept(register, go, need, said, as_secretary):
    first, second = register(title="三楼灯不亮"), register(title="楼梯口黑", reporter_name="欧阳小敏")
    assert go("worker", second, "merge", target=first) == 302
    row = need(second)
    assert (row["state"], row["merged_into_id"], row["due_at"]) == (NeedState.MERGED, first, None)
    assert said(second) == ("merge", {"target": need(first)["code"]})
    page = as_secretary.page(f"/needs/show/{first}")
    assert "并入这一条的需求" in page
    assert "楼梯口黑" in page
    assert "三楼灯不亮" in as_secretary.page(f"/needs/show/{second}")


def test_a_need_is_merged_only_into_another_one_that_is_open_and_ours(register, go, at, need):
    pk, theirs, closed = register(), register("neighbour", place=None), at("closed")
    gone = register()
    go("worker", gone, "merge", target=pk)
    for target in (pk, closed, theirs, gone, "", "999999"):
        assert go("worker", pk, "merge", target=target) == 422, target
    assert need(pk)["state"] is NeedState.SUBMITTED


def test_who_was_merged_before_follows_to_where_the_need_goes(register, go, need):
    first, second, third = register(), register(), register()
    go("worker", first, "merge", target=second)
    go("worker", second, "merge", target=third)
    assert [need(pk)["merged_into_id"] for pk in (first, second, third)] == [third, third, None]


def test_the_choices_of_a_merge_are_open_needs_of_ours(register, at, as_worker):
    ours, closed, theirs = register(title="还开着"), at("closed"), register("neighbour", place=None)
    offered = {one["id"] for one in as_worker.get("/needs/choices/target?q=").get_json()["results"]}
    assert ours in offered
    assert not offered & {closed, theirs}


# -- refer, hold, explain -------------------------------------------------------------------------------------------


def test_to_refer_is_to_answer_and_names_who_does_it_with_the_telephone(register, go, need):
    pk = register(place=None, category=None)
    assert go("worker", pk, "refer", phone="") == 422
    assert go("worker", pk, "refer", body="") == 422
    assert go("worker", pk, "refer") == 302
    row = need(pk)
    assert (row["state"], row["referred_body"], row["referred_phone"]) == (
        NeedState.REFERRED,
        "武江供电所",
        "95598",
    )
    assert row["answered_at"] is not None
    assert row["accepted_at"] is None


def test_what_comes_back_has_a_category_and_a_place_from_then_on(register, go, need):
    pk = register(place=None, category=None)
    go("worker", pk, "refer")
    assert go("worker", pk, "return_referral") == 422
    assert go("worker", pk, "return_referral", category="公共设施", place="武江北路8栋", note="不归我们") == 302
    assert need(pk)["state"] is NeedState.ACCEPTED


def test_what_the_other_body_did_is_closed_after_a_call(at, go, need):
    pk = at("accepted")
    go("worker", pk, "refer")
    assert go("worker", pk, "close") == 302
    assert need(pk)["state"] is NeedState.CLOSED


def test_a_pause_of_less_than_a_minute_reads_as_no_change_of_the_limit(at, go, as_secretary, monday):
    pk = at("planned")
    go("secretary", pk, "hold")
    later(seconds=20)
    go("secretary", pk, "resume")
    stream = as_secretary.page(f"/needs/show/{pk}").split('class="timeline"')[1].split("</ol>")[0]
    changes = re.findall(r"：([^<>：]+) → ([^<>]+)<", stream)
    assert changes
    assert all(was != became for was, became in changes)


def test_who_goes_back_to_work_after_a_hold_stands_where_it_stood(at, go, need):
    for state in ("planned", "in_progress"):
        pk = at(state)
        assert go("secretary", pk, "hold") == 302
        assert need(pk)["state"] is NeedState.ON_HOLD
        assert go("worker", pk, "resume") == 302
        assert need(pk)["state"].value == state


def test_what_is_withdrawn_on_hold_or_while_referred_is_at_an_end(at, go, need):
    held, referred = at("planned"), at("accepted")
    go("secretary", held, "hold")
    go("worker", referred, "refer")
    for pk in (held, referred):
        assert go("worker", pk, "withdraw", reason="群众说不用了") == 302
        assert (need(pk)["state"], need(pk)["due_at"]) == (NeedState.WITHDRAWN, None)


@pytest.mark.parametrize("state", ["accepted", "planned", "in_progress"])
def test_only_the_secretary_explains_what_cannot_be_solved(at, go, need, state):
    pk = at(state)
    assert go("worker", pk, "explain") == 403
    assert go("secretary", pk, "explain", explanation="") == 422
    assert go("secretary", pk, "explain") == 302
    row = need(pk)
    assert (row["state"], row["explanation"]) == (NeedState.UNRESOLVABLE, GIVEN["explain"]["explanation"])
    assert row["closed_at"] is not None


def test_what_is_explained_counts_as_answered_and_not_as_solved(at, go, as_secretary):
    explained, solved = at("accepted"), at("closed")
    go("secretary", explained, "explain")
    answered, met = (as_secretary.page(f"/needs/list/?quick={name}") for name in ("answered", "met"))
    assert f"/needs/show/{explained}" in answered
    assert f"/needs/show/{explained}" not in met
    assert f"/needs/show/{solved}" in met


# -- the subdistrict ------------------------------------------------------------------------------------------------


def test_the_subdistrict_sees_what_it_was_called_for_and_answers(at, go, need, as_supervisor, as_secretary, behind):
    pk, other = at("accepted"), at("accepted")
    assert as_supervisor.get(f"/needs/show/{pk}").status_code == 404
    assert go("worker", pk, "escalate") == 403
    assert go("secretary", pk, "escalate") == 302
    assert need(pk)["state"] is NeedState.ACCEPTED
    listed = as_supervisor.page("/needs/list/?quick=called")
    assert f"/needs/show/{pk}" in listed
    assert f"/needs/show/{other}" not in listed
    page = as_supervisor.page(f"/needs/show/{pk}")
    assert "需要城管到场" in page
    assert "答复社区" in page
    assert go("secretary", pk, "answer_escalation") == 403
    assert go("supervisor", pk, "answer_escalation", answer="") == 422
    assert go("supervisor", pk, "answer_escalation") == 302
    assert "周三上午城管到场" in as_secretary.page(f"/needs/show/{pk}")
    assert f"/needs/show/{pk}" not in as_supervisor.page("/needs/list/?quick=called")
    with behind():
        told = select(Account.login, Notice.kind).join(Account, Account.id == Notice.account_id)
        kinds = {(login, kind) for login, kind in db.session.execute(told.where(Notice.row_id == pk))}
        assert {("supervisor", "called"), ("secretary", "street_answered")} <= kinds


def test_the_subdistrict_is_called_again_only_after_it_has_answered(at, go, need):
    pk = at("planned")
    assert go("supervisor", pk, "answer_escalation") == 404
    assert go("secretary", pk, "escalate") == 302
    assert go("secretary", pk, "escalate") in (302, 409)
    assert go("secretary", pk, "escalate", reason="别的缘故") == 409
    go("supervisor", pk, "answer_escalation")
    assert go("secretary", pk, "escalate", reason="没有人来") == 302
    assert need(pk)["street_answer"] is None


def test_the_subdistrict_makes_no_other_move(at, go):
    pk = at("accepted")
    go("secretary", pk, "escalate")
    for name in ("accept", "refer", "plan", "hold", "explain", "close", "withdraw"):
        assert go("supervisor", pk, name) == 403


def test_the_subdistrict_reads_no_name_and_no_telephone(register, go, as_supervisor):
    pk = register(reporter_name="欧阳小敏", reporter_phone="13800000777")
    go("worker", pk, "accept")
    go("secretary", pk, "escalate")
    page = as_supervisor.page(f"/needs/show/{pk}")
    assert "欧**敏" in page
    assert "欧阳小敏" not in page
    assert "13800000777" not in page


# -- volunteers -----------------------------------------------------------------------------------------------------


def test_opening_a_need_lets_the_coordinator_see_it_and_closing_it_hides_it_again(at, go, need, as_coordinator):
    pk = at("accepted")
    assert as_coordinator.get(f"/needs/show/{pk}").status_code == 404
    assert go("worker", pk, "open_to_volunteers") == 302
    assert as_coordinator.get(f"/needs/show/{pk}").status_code == 200
    assert go("worker", pk, "open_to_volunteers", open="") == 302
    assert need(pk)["open_to_volunteers"] is False
    assert as_coordinator.get(f"/needs/show/{pk}").status_code == 404


def test_the_box_offers_the_opposite_of_what_is(at, go, as_worker):
    pk = at("accepted")
    before = as_worker.page(f"/needs/move/open_to_volunteers/{pk}")
    go("worker", pk, "open_to_volunteers")
    after = as_worker.page(f"/needs/move/open_to_volunteers/{pk}")
    assert ("checked" in box(before), "checked" in box(after)) == (True, False)


def box(page):
    """Return the tag of the box."""
    return next(tag for tag in page.split("<") if 'type="checkbox"' in tag and 'name="open"' in tag)


# -- programs -------------------------------------------------------------------------------------------------------


def test_programs_name_the_parameters_as_the_workflows_do():
    asked = {move.name: {ask.name: ask.required for ask in move.asks} for move in FLOW.moves}
    assert asked["merge"] == {"target": True}
    assert asked["refer"] == {"body": True, "phone": True}
    assert asked["return_referral"] == {"note": False, "category": True, "place": True}
    assert asked["hold"] == {"reason": True, "resume_on": True}
    assert asked["resume"] == {}
    assert asked["explain"] == {"reason": True, "explanation": True}
    assert asked["withdraw"] == asked["reopen"] == {"reason": True}
    assert asked["escalate"] == {"reason": True}
    assert asked["answer_escalation"] == {"answer": True}
    assert asked["open_to_volunteers"] == {"open": True}


def test_programs_make_these_moves_with_json(at, need, program, ids):
    accepted, planned, target = at("accepted"), at("planned"), at("submitted")
    worker, secretary = program("worker"), program("secretary")
    later = str(clock.today() + timedelta(days=2))

    def send(who, pk, name, **given):
        return who.post(f"/api/v1/needs/{pk}/move/{name}", version=need(pk)["version"], **given)

    assert send(worker, accepted, "open_to_volunteers").status_code == 422
    assert send(worker, accepted, "open_to_volunteers", open=True).status_code == 200
    assert send(worker, accepted, "open_to_volunteers", open=False).status_code == 200
    assert send(worker, planned, "hold", reason="等配件", resume_on=later).json["result"]["state"] == "on_hold"
    assert set(send(worker, planned, "hold", reason="x", resume_on=later).json) >= {"message"}
    assert send(worker, planned, "resume").json["result"]["state"] == "planned"
    assert send(worker, accepted, "merge", target=999999).status_code == 422
    assert send(worker, accepted, "merge", target=target).json["result"]["merged_into"] == target
    assert send(worker, target, "refer", body="供电所", phone="95598").json["result"]["holder"] == "body"
    assert send(worker, target, "return_referral", note="不归他们").status_code == 200
    assert send(worker, target, "escalate", reason="缘故").status_code == 403
    assert send(secretary, target, "escalate", reason="缘故").json["result"]["escalation"] == "缘故"
    answered = send(program("supervisor"), target, "answer_escalation", answer="周三来人")
    assert answered.json["result"]["street_answer"] == "周三来人"
    explained = send(secretary, target, "explain", reason="缘故", explanation="办不了")
    assert (explained.json["result"]["state"], explained.json["result"]["due_at"]) == ("unresolvable", None)


def test_what_is_refused_leaves_nothing_behind(at, acting_as, need):
    pk = at("planned")
    before = need(pk)
    values = {"reason": "等配件", "resume_on": clock.today() + timedelta(days=30)}
    with acting_as("worker"), pytest.raises(Violation), transaction():
        moves.perform(db.session.get_one(Need, pk), "hold", values)
    with acting_as("gridworker"), pytest.raises(access.Forbidden), transaction():
        moves.perform(db.session.get_one(Need, pk), "resume", {})
    assert need(pk) == before


def test_what_brings_a_need_forward_stands_before_all_else_that_can_be_done_with_it(as_secretary, at):
    page = as_secretary.page(f"/needs/show/{at('accepted')}")
    offered = re.findall(r'href="/needs/move/(\w+)/\d+" data-dialog', page)
    assert offered[0] == "plan"
    assert {"merge", "refer", "explain"} <= {*offered[1:]}
    form = as_secretary.page(f"/needs/move/refer/{at('accepted')}")
    assert '<button class="btn btn-primary">转办</button>' in form
