"""Moves: whatever people try in whatever order, only what the workflow allows happens, and it is told."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.accounts.models import Account
from app.core import access, clock, moves
from app.core.actor import acting, current, system
from app.core.database import transaction
from app.core.rules import Violation
from app.core.timeline import Step, steps_of
from app.extensions import db
from app.needs.choices import AskedHow, NeedState, Outcome
from app.needs.models import FLOW, Need
from app.roles import OFFICE, Role
from tests.cast.people import CAST, ROLES

REFUSALS = (moves.Refused, moves.Stale, Violation, access.Forbidden, access.OutOfScope)
REPORTERS = (Role.LIAISON, Role.PARTNER, Role.VOLUNTEER)
ENDS = ("reject", "withdraw")
BY = {
    "accept": {*OFFICE, Role.GRID_LEAD},
    "reject": {*OFFICE},
    "plan": {*OFFICE, Role.GRID_LEAD, Role.COORDINATOR},
    "close": {*OFFICE},
    "reopen": {Role.SECRETARY},
    "withdraw": {*OFFICE, *REPORTERS},
}


def parameters(name, person):
    """What a sensible person gives with a move."""
    given = {
        "reject": {"reason": "不属于社区", "who_can_help": "供电所 95598"},
        "plan": {"in_charge": person, "planned_on": clock.today() + timedelta(days=2)},
        "deliver": {"done_text": "换了灯泡"},
        "close": {"outcome": Outcome.MET, "satisfaction": 5, "asked_how": AskedHow.PHONE},
        "reopen": {"reason": "又坏了"},
        "withdraw": {"reason": "已经自己解决"},
    }
    return given.get(name, {})


class Life(RuleBasedStateMachine):
    """The life of one need with everybody trying everything."""

    acting_as = register = None

    @initialize(author=st.sampled_from(["secretary", "worker", "gridworker", "liaison", "gridlead"]))
    def begins(self, author):
        self.pk, self.author = type(self).register(author), author
        self.told, self.reopened = ["register"], 0
        self.state, self.in_charge, self.deliverer = "submitted", None, None

    @rule(
        name=st.sampled_from([*FLOW.by_name, "levitate"]),
        login=st.sampled_from(CAST),
        person=st.sampled_from(["worker", "gridworker", "neighbour"]),
        sensible=st.sampled_from([True, True, True, False]),
        weary=st.integers(0, 9),
    )
    def somebody_tries(self, name, login, person, sensible, weary=0):
        if name in ENDS and weary:
            # Else most lives would be over before anything happens.
            return
        with type(self).acting_as(login) as actor:
            made = self._try(name, person, sensible)
            if made:
                self._it_was_allowed(name, login, person, sensible)
                self._remember(name, actor.user_id)

    @rule(
        which=st.integers(0, 7),
        login=st.sampled_from(["secretary", "worker", "gridworker", "gridlead"]),
        person=st.sampled_from(["worker", "gridworker"]),
    )
    def somebody_does_what_is_offered(self, which, login, person):
        with type(self).acting_as(login):
            row = db.session.scalars(select(Need).filter_by(id=self.pk)).one_or_none()
            names = [move.name for move in moves.possible(row)] if row is not None else []
            db.session.rollback()
        going_on = [name for name in names if name not in ENDS]
        if going_on:
            self.somebody_tries(going_on[which % len(going_on)], login, person, True)

    def _try(self, name, person, sensible):
        row = db.session.scalars(select(Need).filter_by(id=self.pk)).one_or_none()
        if row is None:
            return False
        offered = {move.name for move in moves.possible(row)}
        with acting(system("tests")):
            chosen = db.session.scalars(select(Account).filter_by(login=person)).one()
        try:
            with transaction():
                moves.perform(row, name, parameters(name, chosen) if sensible else {"outcome": Outcome.UNMET})
        except REFUSALS:
            return False
        assert name in offered, f"{name} was not offered and yet made"
        return True

    def _it_was_allowed(self, name, login, person, sensible):
        move = FLOW.by_name[name]
        assert self.state in {state.value for state in move.sources}
        assert login != "neighbour"
        assert sensible or not any(ask.required for ask in move.asks) or name in ("accept", "close")
        if name in BY:
            assert ROLES[login] in BY[name]
        if name == "plan":
            assert person != "neighbour"

    def _remember(self, name, user_id):
        self.told.append(name)
        if name == "deliver":
            assert user_id == self.in_charge
            self.deliverer = user_id
        if name == "close":
            assert user_id not in (self.deliverer, self.in_charge)
        self.reopened += name == "reopen"
        self.state, self.in_charge = self._stored()

    def _stored(self):
        with acting(system("tests")):
            row = db.session.get(Need, self.pk, populate_existing=True)
            return row.state.value, row.in_charge_id

    @invariant()
    def the_timeline_tells_the_state(self):
        if not hasattr(self, "pk"):
            return
        with type(self).acting_as("secretary"), acting(system("tests")):
            row = db.session.get(Need, self.pk)
            steps = steps_of(db.session, row)
            assert [step.move for step in steps] == self.told
            assert steps[-1].target == row.state.value == self.state
            assert all(before.target == after.source for before, after in pairwise(steps))
            assert row.reopened_count == self.reopened
            assert (row.closed_at is None) == (row.state is not NeedState.CLOSED)


def test_whatever_people_try_the_need_lives_by_the_workflow(acting_as, register):
    machine = type("Lived", (Life,), {"acting_as": staticmethod(acting_as), "register": staticmethod(register)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


@pytest.fixture
def walk(acting_as, register):
    """Lead a need to a state by the usual way, the worker in charge."""

    def lead(state, pk=None):
        pk = pk or register()
        order = ("accepted", "planned", "in_progress", "delivered", "closed")
        for name in ("accept", "plan", "start", "deliver", "close")[: order.index(state) + 1]:
            login = "worker" if name in ("start", "deliver") else "secretary"
            with acting_as(login):
                worker = db.session.scalars(select(Account).filter_by(login="worker")).one()
                with transaction():
                    moves.perform(db.session.get(Need, pk), name, parameters(name, worker))
        return pk

    return lead


@pytest.fixture
def attempt(acting_as):
    """Try a move as somebody, and return what the portal says, or None when it was made."""

    def make(login, pk, name, values=None, version=None):
        with acting_as(login):
            try:
                with transaction():
                    moves.perform(db.session.get(Need, pk), name, values or {}, version)
            except REFUSALS as refused:
                return refused
        return None

    return make


def test_the_usual_way_leads_from_submitted_to_closed(walk, need):
    stored = need(walk("closed"))
    assert (stored["state"], stored["outcome"], stored["satisfaction"]) == (NeedState.CLOSED, Outcome.MET, 5)
    assert stored["delivered_by_id"] == stored["in_charge_id"]


def test_who_delivered_never_closes(walk, need, attempt):
    pk = walk("delivered")
    assert isinstance(attempt("worker", pk, "close", parameters("close", None)), moves.Refused)
    assert need(pk)["state"] is NeedState.DELIVERED
    assert attempt("secretary", pk, "close", parameters("close", None)) is None


def test_only_the_person_in_charge_starts(walk, attempt):
    pk = walk("planned")
    assert isinstance(attempt("secretary", pk, "start"), moves.Refused)
    assert attempt("worker", pk, "start") is None


def test_a_refused_move_changes_nothing(walk, need, attempt, behind):
    pk = walk("accepted")
    before = need(pk)
    assert isinstance(attempt("worker", pk, "reopen", {"reason": "x"}), access.Forbidden)
    assert isinstance(attempt("secretary", pk, "close", parameters("close", None)), moves.Refused)
    assert isinstance(attempt("secretary", pk, "plan", {"planned_on": clock.today()}), Violation)
    assert isinstance(attempt("secretary", pk, "withdraw", {"reason": "看不\x00见"}), Violation)
    assert isinstance(attempt("secretary", pk, "withdraw", {"reason": "长" * 501}), Violation)
    assert isinstance(attempt("secretary", pk, "withdraw", {"reason": "x", "state": "closed"}), Violation)
    assert isinstance(attempt("secretary", pk, "withdraw", {"reason": "x"}, version=1), moves.Stale)
    assert need(pk) == before
    with behind():
        assert [step.move for step in db.session.scalars(select(Step).order_by(Step.id))] == ["register", "accept"]


def test_a_day_in_the_past_and_a_stranger_cannot_be_planned(walk, need, attempt, behind):
    pk = walk("accepted")
    with behind():
        worker, stranger = (
            db.session.scalars(select(Account).filter_by(login=login)).one() for login in ("worker", "neighbour")
        )
        db.session.expunge_all()
    past = {"in_charge": worker, "planned_on": clock.today() - timedelta(days=1)}
    assert isinstance(attempt("secretary", pk, "plan", past), Violation)
    strange = {"in_charge": stranger, "planned_on": clock.today()}
    assert isinstance(attempt("secretary", pk, "plan", strange), Violation | access.OutOfScope)
    assert need(pk)["in_charge_id"] is None


def test_reopening_counts_and_forgets_the_old_outcome(walk, need, attempt):
    pk = walk("closed")
    assert attempt("secretary", pk, "reopen", {"reason": "又坏了"}) is None
    stored = need(pk)
    assert (stored["state"], stored["reopened_count"]) == (NeedState.ACCEPTED, 1)
    assert (stored["outcome"], stored["satisfaction"], stored["closed_at"]) == (None, None, None)


def test_the_timeline_says_who_did_what_with_what(walk, behind):
    pk = walk("closed")
    with behind():
        steps = steps_of(db.session, db.session.get(Need, pk))
        assert [step.by.login for step in steps] == ["secretary"] * 3 + ["worker"] * 2 + ["secretary"]
        assert steps[-1].said == {"outcome": "met", "satisfaction": 5, "asked_how": "phone"}
        assert steps[2].said["in_charge"] == "李国强"


def test_the_buttons_offered_are_the_moves_that_can_be_made(walk, acting_as):
    pk = walk("planned")
    for login, names in {
        "secretary": {"withdraw", "make_project", "hold", "explain", "escalate", "open_to_volunteers"},
        "worker": {"start", "withdraw", "make_project", "hold", "open_to_volunteers"},
        "gridlead": set(),
        "auditor": set(),
    }.items():
        with acting_as(login):
            assert {move.name for move in moves.possible(db.session.get(Need, pk))} == names
    assert moves.possible(Need(), None) == []
    assert current() is None
