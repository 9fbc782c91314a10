"""What nobody answers: closed apart after two weeks, and still the resident's to answer for fifteen days more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.communities.models import Community
from app.core import clock, moves
from app.core.access import Forbidden
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import Refused
from app.extensions import db
from app.needs.choices import AskedHow, NeedState, Outcome
from app.needs.models import Need
from app.needs.service import close_silent, resident

SOLVED = {"outcome": Outcome.MET, "satisfaction": 5, "asked_how": AskedHow.CODE}
MONDAY = clock.parse_local("2026-11-23T09:00")


@pytest.fixture
def pass_by(app):
    """Let days pass and the job of the night run; return how many needs it closed."""

    def after(days):
        clock.clock.fixed = MONDAY + timedelta(days=days)
        with app.app_context(), acting(system("tests")):
            return close_silent(clock.now())

    return after


@pytest.fixture
def delivered(at):
    """A need delivered on Monday."""
    clock.clock.fixed = MONDAY
    return at("delivered")


@pytest.fixture
def says(app):
    """Let the resident of a need make a move on it."""

    def say(pk, name, values):
        with app.app_context(), acting(system("tests")), transaction():
            need = db.session.get_one(Need, pk)
            with acting(resident(need)):
                moves.perform(need, name, values)
                db.session.commit()

    return say


def test_after_two_weeks_of_silence_a_need_is_closed_apart(delivered, pass_by, need):
    assert (pass_by(13), need(delivered)["state"]) == (0, NeedState.DELIVERED)
    assert (pass_by(14), need(delivered)["state"]) == (1, NeedState.CLOSED_UNCONFIRMED)
    assert need(delivered)["closed_at"] == clock.now()
    assert need(delivered)["outcome"] is None
    assert pass_by(15) == 0


def test_a_community_waits_as_long_as_it_says(delivered, pass_by, as_secretary, behind):
    with behind():
        pk = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
    page = as_secretary.post(f"/communities/edit/{pk}", {"silence_days": "3", "version": "1", "name": "武江北社区"})
    assert page.status_code == 302
    assert (pass_by(2), pass_by(3)) == (0, 1)


def test_silence_counts_from_the_delivery_and_not_from_the_day_somebody_typed(at, make, need, pass_by):
    clock.clock.fixed = MONDAY
    pk = at("in_progress")
    clock.clock.fixed = MONDAY + timedelta(days=20)
    assert make("gridworker", pk, "deliver", done_on=clock.today().isoformat()) == 302
    assert need(pk)["delivered_at"] == clock.now()
    assert (pass_by(33), pass_by(34)) == (0, 1)


def test_what_was_reopened_meanwhile_is_left_alone(delivered, pass_by, make):
    assert make("secretary", delivered, "reopen", reason="灯又灭了") == 302
    assert pass_by(20) == 0


@pytest.mark.parametrize("login", ["secretary", "worker", "gridlead", "gridworker"])
def test_nobody_closes_for_want_of_an_answer_by_hand(as_person, delivered, need, login):
    assert as_person(login).post(f"/needs/move/close_unconfirmed/{delivered}").status_code == 403
    assert need(delivered)["state"] is NeedState.DELIVERED


def test_only_the_resident_answers_after_the_silence(delivered, pass_by, make, need, says):
    pass_by(14)
    assert make("worker", delivered, "close") == 409
    says(delivered, "close", SOLVED)
    row = need(delivered)
    assert (row["state"], row["asked_how"], row["satisfaction"]) == (NeedState.CLOSED, AskedHow.CODE, 5)


@pytest.mark.parametrize(("days", "heard"), [(15, True), (16, False)])
def test_the_resident_has_fifteen_days_to_come_back(delivered, pass_by, need, says, days, heard):
    pass_by(14)
    clock.clock.fixed = MONDAY + timedelta(days=14 + days)
    if not heard:
        with pytest.raises(Refused):
            says(delivered, "reopen", {"reason": "还是不亮"})
        return
    says(delivered, "reopen", {"reason": "还是不亮"})
    row = need(delivered)
    assert (row["state"], row["reopened_count"], row["closed_at"]) == (NeedState.ACCEPTED, 1, None)


@pytest.mark.parametrize("name", ["accept", "plan", "start", "deliver", "reject", "close_unconfirmed"])
def test_the_resident_makes_no_move_of_the_office(delivered, says, name):
    with pytest.raises(Forbidden):
        says(delivered, name, {})


def test_the_timeline_says_that_the_resident_answered(delivered, says, as_secretary):
    says(delivered, "close", SOLVED)
    assert "反映人（凭码）" in as_secretary.page(f"/needs/show/{delivered}")
