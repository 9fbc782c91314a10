"""A unit reports in: invited, by its liaison with a complete slip, signed with a receipt, and back after it left."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import Refused, perform
from app.core.rules import Violation
from app.extensions import db
from app.organizations.choices import Grade, UnitState
from app.organizations.flow import FLOW
from app.organizations.models import Organization
from tests.core.conftest import Program
from tests.registrations.conftest import OTHER_UNIT

SLIP = {"party_org": "市中医院机关党支部", "member_count": "36"}
CONTACT = {"name": "市中医院", "kind": "hospital", "contact_name": "梁秋萍", "contact_phone": "13800002001"}


def move(person, name, pk, **values):
    return person.post(f"/units/move/{name}/{pk}", values).status_code


def days_ago(days):
    return (clock.today() - timedelta(days=days)).isoformat()


def test_a_unit_reports_in_is_received_and_gets_a_receipt(as_secretary, as_liaison, unit_id, stored, told):
    pk = unit_id()
    assert move(as_secretary, "invite", pk) == 302
    answer = as_liaison.post(f"/units/move/report_in/{pk}", SLIP)
    assert answer.status_code == 409
    assert "请先填写联系人和联系电话" in answer.get_data(as_text=True)
    assert as_liaison.post(f"/units/edit/{pk}", CONTACT | {"version": "2"}).status_code == 302
    assert move(as_liaison, "report_in", pk, **SLIP) == 302
    assert move(as_liaison, "receive", pk) == 403
    assert move(as_secretary, "receive", pk) == 302
    row = stored(Organization, pk)
    assert (row["state"], row["reported_on"], row["received_on"]) == (UnitState.RECEIVED, clock.today(), clock.today())
    assert row["receipt"].startswith("HZ")
    assert row["party_org"] == SLIP["party_org"]
    assert told("units", pk) == {
        ("unit_invited", "liaison"),
        ("unit_reported", "secretary"),
        ("unit_received", "liaison"),
    }


def test_a_unit_that_was_never_asked_has_no_state_and_only_the_invitation(as_secretary, unit_id, stored):
    pk = unit_id()
    assert stored(Organization, pk)["state"] is None
    page = as_secretary.page(f"/units/show/{pk}")
    assert f"/units/move/invite/{pk}" in page
    assert f"/units/move/report_in/{pk}" not in page
    answer = Program(as_secretary.client).post(f"/api/v1/units/{pk}/move/receive", version=1)
    assert answer.status_code == 409
    assert "现在还不能“签收并出具回执”" in answer.json["message"]


def test_the_liaison_of_another_unit_finds_nothing_through_any_door(as_liaison, as_secretary, unit_id):
    other = unit_id(OTHER_UNIT)
    program = Program(as_liaison.client)
    assert move(as_secretary, "invite", other) == 302
    assert as_liaison.get(f"/units/show/{other}").status_code == 404
    assert move(as_liaison, "report_in", other, **SLIP) == 404
    assert program.get(f"/api/v1/units/{other}").status_code == 404
    assert program.post(f"/api/v1/units/{other}/move/report_in", version=2, **SLIP).status_code == 404
    assert OTHER_UNIT not in as_liaison.page("/units/list/?state=invited")


@pytest.mark.parametrize("login", ["coordinator", "gridlead", "supervisor", "auditor"])
def test_who_only_reads_makes_no_move(as_person, unit_id, login):
    assert as_person(login).get(f"/units/show/{unit_id()}").status_code == 200
    assert move(as_person(login), "invite", unit_id()) == 403


def reporting(within, pk, days, **columns):
    with within():
        unit = db.session.get_one(Organization, pk)
        unit.state, unit.reported_on = UnitState.RECEIVED, clock.today() - timedelta(days=days)
        for name, value in columns.items():
            setattr(unit, name, value)


def test_it_does_not_end_before_it_began_nor_tomorrow(as_liaison, unit_id, within, stored):
    pk = unit_id()
    reporting(within, pk, 10)
    early = as_liaison.post(f"/units/move/end/{pk}", {"reason": "撤并", "ended_on": days_ago(11)})
    assert early.status_code == 422
    assert "不能早于单位的报到日期" in early.get_data(as_text=True)
    assert move(as_liaison, "end", pk, reason="撤并", ended_on=days_ago(-1)) == 422
    assert stored(Organization, pk)["state"] is UnitState.RECEIVED
    assert move(as_liaison, "end", pk, reason="撤并", ended_on=days_ago(10)) == 302
    assert stored(Organization, pk)["state"] is UnitState.ENDED


def test_who_left_reports_in_again_on_the_same_row(as_liaison, as_secretary, unit_id, within, stored):
    pk = unit_id()
    reporting(within, pk, 10, contact_name="梁秋萍", contact_phone="13800002001", receipt="HZ1", party_org="党支部")
    assert move(as_liaison, "end", pk, reason="搬迁") == 302
    assert move(as_liaison, "report_in", pk, member_count="3") == 302
    row = stored(Organization, pk)
    assert (row["state"], row["ended_on"], row["receipt"]) == (UnitState.REPORTED_IN, None, None)
    assert move(as_secretary, "receive", pk) == 302


def test_the_year_is_evaluated_with_the_votes_of_residents(as_secretary, as_worker, unit_id, within, stored):
    pk = unit_id()
    reporting(within, pk, 10)
    with within():
        perform(db.session.get_one(Organization, pk), "activate", {})
    nobody = {"grade": "excellent", "votes_excellent": "0", "votes_qualified": "0", "votes_fair": "0"}
    assert move(as_worker, "evaluate", pk, **nobody) == 403
    assert "还没有群众投票" in as_secretary.post(f"/units/move/evaluate/{pk}", nobody).get_data(as_text=True)
    assert move(as_secretary, "evaluate", pk, **nobody | {"votes_excellent": "31"}) == 302
    row = stored(Organization, pk)
    assert (row["state"], row["grade"], row["votes_excellent"]) == (UnitState.EVALUATED, Grade.EXCELLENT, 31)
    assert move(as_secretary, "carry_on", pk) == 302
    assert stored(Organization, pk)["state"] is UnitState.ACTIVE


ALLOWED = {
    (None, "invite"): "invited",
    ("invited", "report_in"): "reported_in",
    ("lapsed", "report_in"): "reported_in",
    ("ended", "report_in"): "reported_in",
    ("reported_in", "receive"): "received",
    ("received", "activate"): "active",
    ("active", "evaluate"): "evaluated",
    ("evaluated", "carry_on"): "active",
    **{(state, "lapse"): "lapsed" for state in ("received", "active", "evaluated")},
    **{(state, name): state for state in ("received", "active", "evaluated") for name in ("ask_lapse", "keep")},
    **{(state, "end"): "ended" for state in ("reported_in", "received", "active", "evaluated", "lapsed")},
}
"""The moves of the workflow, told a second time."""

GIVEN = {
    "report_in": {"party_org": "机关党支部", "member_count": 3},
    "evaluate": {"grade": Grade.FAIR, "votes_excellent": 1, "votes_qualified": 0, "votes_fair": 0},
    "lapse": {"reason": "一年没有活动"},
    "end": {"reason": "撤并"},
}


def test_whatever_is_tried_only_the_moves_of_the_workflow_happen(app, unit_id, within):
    pk = unit_id()

    class Unit(RuleBasedStateMachine):
        """A unit, and what should have become of it."""

        def __init__(self):
            super().__init__()
            self.state = None
            with within():
                unit = db.session.get_one(Organization, pk)
                unit.state = unit.ended_on = unit.reported_on = unit.received_on = None
                unit.lapse_asked_on = None
                unit.contact_name, unit.contact_phone = "梁秋萍", "13800002001"

        @rule(name=st.sampled_from([one.name for one in FLOW.moves]), days=st.integers(0, 3))
        def try_it(self, name, days):
            values = dict(GIVEN.get(name, {}))
            if name == "end":
                values["ended_on"] = clock.today() - timedelta(days=days)
            with app.app_context(), acting(system("tests")):
                unit = db.session.get_one(Organization, pk)
                fits = name != "end" or not unit.reported_on or values["ended_on"] >= unit.reported_on
                fits = fits and (name != "keep" or unit.lapse_asked_on is not None)
                expected = ALLOWED.get((self.state, name)) if fits else None
                try:
                    with transaction():
                        perform(unit, name, values)
                except (Refused, Violation):
                    assert expected is None
                else:
                    assert unit.state.value == expected
                    self.state = expected

    run_state_machine_as_test(
        Unit,
        settings=settings(
            max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
