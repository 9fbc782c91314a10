"""Whatever is tried with needs, by whomever and after however long: only the moves of the workflow happen, the clocks
are never negative, the counts are right, and what is refused leaves everything as it was."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core import access, clock, moves
from app.core.actor import Actor, Held, acting, system
from app.core.rules import Violation
from app.core.timeline import Step
from app.extensions import db
from app.needs import service
from app.needs.choices import AskedHow, Holder, NeedState, Outcome
from app.needs.flow import FLOW
from app.needs.models import Need
from app.needs.segments import Segment, due_of, holder_of
from app.needs.service import resident
from app.roles import Role

WORKING = ("accepted", "planned", "in_progress")
SAME = "same"
ALLOWED = {
    "accept": {"submitted": "accepted"},
    "reject": {"submitted": "rejected"},
    "merge": dict.fromkeys(("submitted", "accepted"), "merged"),
    "refer": dict.fromkeys(("submitted", "accepted"), "referred"),
    "return_referral": {"referred": "accepted"},
    "plan": {"accepted": "planned"},
    "start": {"planned": "in_progress"},
    "deliver": {"in_progress": "delivered"},
    "hold": dict.fromkeys(("planned", "in_progress"), "on_hold"),
    "resume": {"on_hold": "before"},
    "close": dict.fromkeys(("delivered", "referred", "closed_unconfirmed"), "closed"),
    "close_unconfirmed": {"delivered": "closed_unconfirmed"},
    "reopen": {"delivered": "in_progress", "closed": "accepted", "closed_unconfirmed": "accepted"},
    "explain": dict.fromkeys(WORKING, "unresolvable"),
    "withdraw": dict.fromkeys((*WORKING, "submitted", "on_hold", "referred", "delivered"), "withdrawn"),
    "escalate": dict.fromkeys((*WORKING, "on_hold"), SAME),
    "answer_escalation": dict.fromkeys((*WORKING, "on_hold"), SAME),
    "open_to_volunteers": dict.fromkeys(("accepted", "planned"), SAME),
}
"""The moves of the workflow, told a second time: from where to where."""

OFF = {"secretary", "worker"}
MAKERS = {
    "accept": OFF | {"gridlead"},
    "reject": OFF,
    "merge": OFF,
    "refer": OFF,
    "return_referral": OFF,
    "plan": OFF | {"gridlead"},
    "start": {"gridlead"},
    "deliver": {"gridlead"},
    "hold": OFF,
    "resume": OFF | {"system"},
    "close": OFF | {"resident"},
    "close_unconfirmed": {"system"},
    "reopen": {"secretary", "resident"},
    "explain": {"secretary"},
    "withdraw": OFF | {"resident"},
    "escalate": {"secretary"},
    "answer_escalation": {"supervisor"},
    "open_to_volunteers": OFF,
}
"""Who makes each; the grid lead is the person in charge here."""

ROLES = {
    "secretary": Role.SECRETARY,
    "worker": Role.WORKER,
    "gridlead": Role.GRID_LEAD,
    "supervisor": Role.SUPERVISOR,
    "auditor": Role.AUDITOR,
}
REFUSED = (moves.Refused, moves.Stale, Violation, access.Forbidden, access.OutOfScope)
people = st.sampled_from([*ROLES, "resident", "system"])
ONWARD = tuple(name for name in ALLOWED if name not in ("reject", "merge", "explain", "withdraw"))
"""The moves after which a need can go on."""


class World(RuleBasedStateMachine):
    """One need, another it may be merged into, and what should have become of both."""

    def __init__(self):
        super().__init__()
        clock.clock.fixed = clock.parse_local("2026-11-23T10:00")
        with acting(system("tests")):
            ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            place = db.session.scalars(select(Place).filter_by(name="武江北路8栋")).one()
            category = db.session.scalars(select(Category).filter_by(community_id=ours.id)).first()
            self.accounts = {row.login: row for row in db.session.scalars(select(Account))}
            about = {"community": ours, "place": place, "category": category}
            self.need, self.other = (service.register(title=title, **about) for title in ("灯不亮", "楼道黑"))
            db.session.flush()
        path = place.path[:10]
        self.actors = {
            login: Actor(login, self.accounts[login].id, (Held(role, ours.id, path if login == "gridlead" else None),))
            for login, role in ROLES.items()
        }
        self.state, self.before, self.reopened, self.steps = "submitted", "", 0, 1
        self.called, self.begun = False, clock.now()

    def teardown(self):
        db.session.rollback()
        clock.clock.fixed = None

    def who(self, login):
        return {"resident": resident(self.need), "system": system("tests")}.get(login) or self.actors[login]

    def given(self, name):
        """Return what a move asks for."""
        later = clock.today() + timedelta(days=2)
        return {
            "merge": {"target": self.other},
            "refer": {"body": "供电所", "phone": "95598"},
            "plan": {"in_charge": self.accounts["gridlead"], "planned_on": later},
            "deliver": {"done_text": "换了新灯"},
            "hold": {"reason": "等配件", "resume_on": later},
            "reject": {"reason": "不归社区", "who_can_help": "供电所"},
            "close": {"outcome": Outcome.MET, "asked_how": AskedHow.PHONE},
            "explain": {"reason": "超出职责", "explanation": "属于市政"},
            "answer_escalation": {"answer": "周三来人"},
            "open_to_volunteers": {"open": True},
        }.get(name, {"reason": "缘故"} if name in ("reopen", "withdraw", "escalate") else {})

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours):
        clock.clock.fixed += timedelta(hours=hours)

    @rule(pick=st.integers(0, 99), after=st.integers(0, 30))
    def the_next_thing_happens(self, pick, after):
        """Let who may do so do something that is possible now, so that needs come far."""
        clock.clock.fixed += timedelta(hours=after)
        possible = [name for name in ONWARD if self.state in ALLOWED[name]]
        for name in possible[pick % len(possible) :][:1] if possible else ():
            makers = sorted(MAKERS[name])
            self.attempt(name, makers[pick % len(makers)])

    @rule(pick=st.integers(0, 99), after=st.integers(0, 30))
    def and_the_next(self, pick, after):
        self.the_next_thing_happens(pick, after)

    @rule(name=st.sampled_from(list(ALLOWED)), login=people)
    def attempt_anything(self, name, login):
        self.attempt(name, login)

    def attempt(self, name, login):
        before = self.picture()
        try:
            with db.session.begin_nested(), acting(self.who(login)):
                moves.perform(self.need, name, self.given(name))
                db.session.flush()
        except REFUSED:
            db.session.expire_all()
            assert self.picture() == before
            assert not self.expected(name, login), (name, login, self.state)
        else:
            assert login in MAKERS[name] or login == "system", (name, login)
            self.follow(name)

    def expected(self, name, login):
        """Tell whether the workflow lets this happen now."""
        if self.state not in ALLOWED[name] or login not in MAKERS[name]:
            return False
        if name == "close":
            return self.may_close(login)
        if name == "reopen" and login == "resident":
            return not self.is_late()
        return self.may_call(name)

    def may_call(self, name):
        return {"escalate": not self.is_waiting(), "answer_escalation": self.called}.get(name, True)

    def is_waiting(self):
        return self.called and self.need.street_answered_at is None

    def may_close(self, login):
        if self.state == "closed_unconfirmed":
            return login == "resident" and not self.is_late()
        return True

    def is_late(self):
        return self.need.closed_at is not None and clock.now() - self.need.closed_at > timedelta(days=15)

    def follow(self, name):
        target = ALLOWED[name][self.state]
        if name == "hold":
            self.before = self.state
        self.steps += 1
        self.reopened += name == "reopen"
        self.called = self.called or name == "escalate"
        self.state = {SAME: self.state, "before": self.before}.get(target, target)

    def picture(self):
        with acting(system("tests")):
            tables = (Need.__table__, Step.__table__, Segment.__table__)
            return [db.session.execute(select(table).order_by(table.c.id)).all() for table in tables]

    @invariant()
    def it_stands_where_the_workflow_says(self):
        assert self.need.state.value == self.state
        assert self.need.reopened_count == self.reopened
        assert self.need.due_at == due_of(self.need)
        assert self.need.holder is holder_of(self.need)
        assert (self.need.held_at is None) is (self.need.state is not NeedState.ON_HOLD)

    @invariant()
    def no_clock_is_negative(self):
        for minutes in (self.need.response_minutes, self.need.resolution_minutes, self.need.paused_minutes):
            assert minutes is None or minutes >= 0
        assert self.need.resolution_due is None or self.need.resolution_due > self.begun

    @invariant()
    def the_segments_follow_each_other_without_a_gap(self):
        with acting(system("tests")):
            rows = db.session.scalars(select(Segment).filter_by(need_id=self.need.id).order_by(Segment.id)).all()
        starts = [self.begun, *(row.ended_at for row in rows)]
        # Between an end and being taken up again nobody has it.
        assert all(row.begun_at >= start for row, start in zip(rows, starts, strict=False))
        assert all(row.minutes >= 0 for row in rows)
        assert self.need.paused_minutes == sum(row.minutes for row in rows if row.holder is Holder.NOBODY)

    @invariant()
    def the_timeline_tells_every_step_once(self):
        with acting(system("tests")):
            wanted = select(Step).filter_by(list="needs", row_id=self.need.id).order_by(Step.id)
            steps = db.session.scalars(wanted).all()
        assert len(steps) == self.steps
        assert all(earlier.target == later.source for earlier, later in pairwise(steps))
        assert steps[-1].target == self.state


def test_whatever_is_tried_with_a_need_only_the_workflow_happens(app):
    assert {move.name for move in FLOW.moves} == {*ALLOWED, "make_project"}
    with app.app_context():
        run_state_machine_as_test(
            World,
            settings=settings(
                max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
