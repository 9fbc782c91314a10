"""Who is told what: whom it concerns, as far as they see the row, and never who did it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.accounts import reach, service
from app.accounts.models import Account
from app.communities.models import Community
from app.core import access, clock, moves, revealing
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.fields import shape
from app.core.rules import Violation
from app.extensions import db
from app.needs import news
from app.needs.models import Need
from app.notices.models import Notice
from app.roles import Role
from tests.cast.people import ROLES


def test_a_new_need_waits_for_the_office_and_the_lead_of_its_grid(register, told):
    pk = register("gridworker")
    assert told(pk) == {login: ["to_accept"] for login in ("secretary", "worker", "gridlead")}


def test_a_need_of_another_grid_does_not_concern_the_lead_of_this_one(register, told):
    pk = register("worker", place="二建宿舍")
    assert told(pk) == {"secretary": ["to_accept"]}


def test_whoever_is_put_in_charge_is_told_and_who_recorded_it_hears_how_it_goes_on(register, step, told):
    pk = register("gridworker")
    step("worker", "accept", pk)
    step("secretary", "plan", pk, in_charge="gridlead", planned_on=clock.today())
    step("gridlead", "start", pk)
    step("gridlead", "deliver", pk, done_text="换了灯泡")
    found = told(pk)
    assert found["gridworker"] == ["progress", "progress"]
    assert found["gridlead"] == ["to_accept", "in_charge"]


def test_a_reopened_need_is_told_to_who_was_in_charge_and_to_who_recorded_it_once_each(register, step, told):
    pk = register("gridlead")
    step("worker", "accept", pk)
    step("worker", "plan", pk, in_charge="gridlead", planned_on=clock.today())
    step("gridlead", "start", pk)
    step("gridlead", "deliver", pk, done_text="换了灯泡")
    step("secretary", "reopen", pk, reason="又不亮了")
    assert told(pk)["gridlead"] == ["progress", "in_charge", "reopened"]


def test_what_somebody_has_seen_to_waits_for_nobody_any_more(register, step, behind):
    pk = register("gridworker")
    step("worker", "accept", pk)
    with behind():
        waiting = db.session.scalars(select(Notice).filter_by(row_id=pk, kind="to_accept")).all()
        assert len(waiting) == 3
        assert all(notice.done_at for notice in waiting)


def test_nothing_is_told_of_what_was_rolled_back(acting_as, register, told):
    pk = register("gridworker")
    before = told(pk)
    with acting_as("worker"):
        moves.perform(db.session.get_one(Need, pk), "accept", {})
        db.session.rollback()
    assert told(pk) == before


def test_who_gets_a_role_or_a_link_for_a_new_password_is_told_and_who_gives_it_is_not(acting_as, told):
    with acting_as("admin"), transaction():
        account = db.session.scalars(select(Account).filter_by(login="volunteer")).one()
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        service.grant(account, Role.WORKER, community)
        service.reset_link(account)
        service.invite(account)
    assert told() == {"volunteer": ["granted", "reset"]}


@pytest.mark.parametrize(("looks", "told_then"), [("worker", {"secretary", "auditor"}), ("secretary", {"auditor"})])
def test_who_looks_at_too_many_masked_values_is_told_of_to_those_who_watch(
    as_person, register, told, monkeypatch, looks, told_then
):
    monkeypatch.setattr(revealing, "MOST", 2)
    pk = register("gridworker", reporter_phone="13800000777")
    before = set(told(pk))
    person = as_person(looks)
    for _time in range(5):
        person.post(f"/needs/reveal/{pk}/reporter_phone", {"reason": "callback"})
    found = told(pk)
    assert {login for login, kinds in found.items() if "revealed" in kinds} == told_then
    assert all(kinds.count("revealed") <= 1 for kinds in found.values())
    assert before <= set(found)


# -- reminders ------------------------------------------------------------------------------------------------------


@pytest.fixture
def remind(app):
    """Run the job as the worker does."""

    def run():
        with app.app_context(), acting(system("reminders")):
            return news.remind()

    return run


def test_what_nobody_answers_in_time_is_told_to_the_office_once(register, told, remind):
    pk = register("gridworker")
    assert remind() == {"due": 0, "overdue": 0}
    clock.clock.fixed = clock.now() + timedelta(days=6)
    assert remind() == {"due": 0, "overdue": 2}
    assert remind() == {"due": 0, "overdue": 0}
    assert told(pk)["secretary"] == ["to_accept", "overdue"]
    assert "overdue" not in told(pk)["gridlead"]


def test_who_is_in_charge_is_reminded_a_day_before_and_again_when_it_is_late(register, step, told, remind):
    pk = register("gridworker")
    step("worker", "accept", pk)
    step("worker", "plan", pk, in_charge="gridlead", planned_on=clock.today())
    began = clock.now()
    for days in (14.5, 14.6, 15.1, 15.2):
        clock.clock.fixed = began + timedelta(days=days)
        remind()
    assert told(pk)["gridlead"] == ["to_accept", "in_charge", "due", "overdue"]


def test_a_new_due_date_is_a_new_reminder(register, step, told, remind):
    pk = register("gridworker")
    clock.clock.fixed = clock.now() + timedelta(days=6)
    remind()
    step("worker", "accept", pk)
    clock.clock.fixed = clock.now() + timedelta(days=16)
    remind()
    assert told(pk)["secretary"] == ["to_accept", "overdue", "overdue"]


def test_an_archived_need_reminds_nobody(app, register, remind):
    pk = register()
    with app.app_context(), acting(system("tests")), transaction():
        need = db.session.get_one(Need, pk)
        need.archived_at, need.archive_reason = clock.now(), "重复"
    clock.clock.fixed = clock.now() + timedelta(days=9)
    assert remind() == {"due": 0, "overdue": 0}


def test_more_needs_than_one_look_takes_are_all_told_of(register, remind, monkeypatch):
    monkeypatch.setattr(news, "AT_ONCE", 2)
    for _number in range(5):
        register()
    clock.clock.fixed = clock.now() + timedelta(days=6)
    assert remind() == {"due": 0, "overdue": 10}
    assert remind() == {"due": 0, "overdue": 0}


# -- whatever is done by whomever -----------------------------------------------------------------------------------

MOVES = ("accept", "reject", "plan", "start", "deliver", "close", "reopen", "withdraw")
HANDS = tuple(ROLES)
CHOSEN = ("outcome", "asked_how")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    recorder=st.sampled_from(HANDS),
    place=st.sampled_from(["武江北路8栋", "二建宿舍", None]),
    hands=st.permutations(HANDS),
    later=st.lists(st.sampled_from(MOVES), max_size=3),
)
def test_nobody_is_told_of_what_they_cannot_see_or_did_themselves(
    app, register, acting_as, recorder, place, hands, later
):
    pk = register(recorder, place=place)
    last = check(app, 0, recorder, pk)
    for move in ("accept", "plan", "start", "deliver", "reopen", *later):
        doer = next((one for one in hands if made(acting_as, one, pk, move, hands[0])), "secretary")
        last = check(app, last, doer, pk)


def made(acting_as, doer, pk, move, other):
    """Let somebody try a move, and tell whether it was made."""
    try:
        with acting_as(doer), transaction():
            moves.perform(db.session.get_one(Need, pk), move, parameters(move, other))
    except (Violation, moves.Refused, access.Forbidden, access.OutOfScope, NoResultFound):
        return False
    return True


def parameters(move, other):
    """Return what a move asks for."""
    if move == "plan":
        with acting(system("tests")):
            return {
                "in_charge": db.session.scalars(select(Account).filter_by(login=other)).one(),
                "planned_on": clock.today(),
            }
    asked = {ask.name for ask in Need.flow.by_name[move].asks if ask.required and not ask.unless_set}
    return {name: next(iter(shape(Need, name).choices)) if name in CHOSEN else "写明" for name in asked}


def check(app, last, doer, pk):
    """Look at the notices since the last look, and return the number of the newest."""
    with app.app_context(), acting(system("tests")):
        doer_id = db.session.scalar(select(Account.id).filter_by(login=doer))
        need = db.session.get_one(Need, pk)
        fresh = list(
            db.session.scalars(select(Notice).where(Notice.row_id == pk, Notice.id > last).order_by(Notice.id))
        )
        for notice in fresh:
            actors = reach.working(need.community_id, (), [notice.account_id])
            assert notice.account_id != doer_id
            assert any(access.may_row("v", need, actor) for actor in actors)
        assert len({(one.account_id, one.move) for one in fresh}) == len(fresh)
        newest = fresh[-1].id if fresh else last
        db.session.rollback()
    return newest
