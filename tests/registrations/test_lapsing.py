"""Registrations with which nothing happened for a year: the system asks, the secretary decides, all concerned hear."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.communities.unused import UnusedParts
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import Refused, perform
from app.extensions import db
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.models import Fulfilment
from app.needs.models import Need
from app.organizations.choices import Grade, UnitState
from app.organizations.models import Organization
from app.people.models import Person
from app.registrations import lapsing
from app.registrations.choices import MemberState
from app.registrations.models import Member
from tests.core.conftest import Program
from tests.registrations.conftest import UNIT, home, party

TODAY = date(2026, 11, 26)
LONG_AGO = TODAY - timedelta(days=366)


@pytest.fixture(autouse=True)
def today(app):
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")


@pytest.fixture
def idle(enrol, within):
    """Let a member have reported in long ago; return the id."""

    def make(state=MemberState.RECEIVED, since=LONG_AGO, **columns):
        pk = enrol("林志远", state=state)
        with within():
            member = db.session.get_one(Member, pk)
            given = {"created_at": clock.day_starts(since), "reported_on": since, "received_on": since}
            for name, value in (given | columns).items():
                setattr(member, name, value)
        return pk

    return make


@pytest.fixture
def carried_out(within, register):
    """Let work have been carried out on a day by the member, or by her unit."""
    need = register()

    def make(member, day, by="taker"):
        with within():
            row, unit = db.session.get_one(Member, member), party(UNIT)
            who = (
                {"provider": unit, "taker": db.session.get_one(Person, row.person_id)}
                if by == "taker"
                else {"provider": row.person}
            )
            who = {"provider": unit} if by == "unit" else who
            columns = {"state": FulfilmentState.CONFIRMED, "delivered_on": day, "code": f"LD{day}{by}"}
            one = db.session.get_one(Need, need)
            db.session.add(Fulfilment(community=home("wjb"), need=one, place=one.place, **columns, **who))

    return make


@pytest.fixture
def unit(within, unit_id):
    """Let the unit have been received long ago."""
    with within():
        row = db.session.get_one(Organization, unit_id())
        row.state, row.created_at = UnitState.RECEIVED, clock.day_starts(LONG_AGO)
        row.reported_on = row.received_on = LONG_AGO
        return row.id


def ask(app):
    with app.app_context():
        return lapsing.ask()


def test_it_is_asked_once_and_secretary_liaison_and_member_hear(app, idle, stored, told):
    pk = idle()
    assert ask(app) == {"units": 0, "members": 1}
    assert ask(app) == {"units": 0, "members": 0}
    row = stored(Member, pk)
    assert (row["lapse_asked_on"], row["state"]) == (TODAY, MemberState.RECEIVED)
    heard = told("members", pk) - {("member_reported", "secretary")}
    assert heard == {("member_idle", "secretary"), ("own_registration_idle", "liaison")}


def test_nobody_is_asked_while_the_community_does_without_dual_registration(app, idle, unit, within):
    idle()
    for codes, asked in ((["registration"], 0), (None, 1)):
        with within():
            home("wjb").unused = UnusedParts(codes) if codes else None
        assert ask(app) == {"units": asked, "members": asked}


@pytest.mark.parametrize("by", ["taker", "provider"])
def test_who_carried_something_out_within_the_year_is_not_asked(app, idle, carried_out, by):
    pk = idle()
    carried_out(pk, TODAY - timedelta(days=365), by)
    assert ask(app)["members"] == 0


def test_what_was_carried_out_before_or_by_somebody_else_does_not_count(app, idle, carried_out):
    pk = idle()
    carried_out(pk, LONG_AGO)
    carried_out(pk, TODAY, "unit")
    assert ask(app)["members"] == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"since": TODAY - timedelta(days=365)},
        {"received_on": TODAY - timedelta(days=2)},
        {"evaluated_on": TODAY - timedelta(days=300), "grade": Grade.FAIR},
        {"state": MemberState.REPORTED_IN},
        {"state": MemberState.WITHDRAWN},
    ],
)
def test_who_came_lately_was_evaluated_or_is_not_here_is_not_asked(app, idle, columns):
    idle(**columns)
    assert ask(app)["members"] == 0


def test_the_secretary_keeps_it_and_is_asked_again_after_another_year(app, as_secretary, as_worker, idle, stored):
    pk = idle()
    assert as_secretary.post(f"/members/move/keep/{pk}").status_code == 409
    ask(app)
    assert "林志远" in as_secretary.page("/members/list/?quick=idle")
    assert as_worker.post(f"/members/move/keep/{pk}").status_code == 403
    assert as_secretary.post(f"/members/move/keep/{pk}").status_code == 302
    assert stored(Member, pk)["lapse_asked_on"] is None
    assert ask(app)["members"] == 0
    clock.clock.fixed = clock.parse_local("2027-11-28T10:00")
    assert ask(app)["members"] == 1


def test_the_secretary_lets_the_member_leave_by_program(app, as_secretary, idle, stored):
    pk = idle()
    ask(app)
    version = stored(Member, pk)["version"]
    path = f"/api/v1/members/{pk}/move/withdraw"
    answer = Program(as_secretary.client).post(path, version=version, reason="一年没有参加服务")
    assert answer.status_code == 200
    row = stored(Member, pk)
    assert (row["state"], row["lapse_asked_on"], row["kept_on"]) == (MemberState.WITHDRAWN, None, None)


def test_a_unit_is_asked_about_unless_it_or_a_member_did_something(
    app, as_secretary, unit, idle, carried_out, stored, told
):
    pk = idle(state=MemberState.ACTIVE)
    carried_out(pk, TODAY)
    assert ask(app)["units"] == 0
    with app.app_context(), acting(system("tests")), transaction():
        db.session.scalars(select(Fulfilment)).one().archived_at = clock.now()
    assert ask(app) == {"units": 1, "members": 1}
    assert told("units", unit) == {("unit_idle", "secretary"), ("own_registration_idle", "liaison")}
    assert as_secretary.post(f"/units/move/lapse/{unit}", {"reason": "一年没有活动"}).status_code == 302
    assert stored(Organization, unit)["lapse_asked_on"] is None
    assert ask(app)["units"] == 0


def test_only_the_system_asks(as_secretary, idle, behind, acting_as):
    pk = idle()
    assert as_secretary.post(f"/members/move/ask_lapse/{pk}").status_code in (403, 404)
    with behind(), pytest.raises(Refused):
        perform(db.session.get_one(Member, pk), "keep", {})


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2026, 3, 1), date(2025, 3, 1)),
        (date(2027, 2, 28), date(2026, 2, 28)),
    ],
)
def test_a_year_before_any_day_is_a_day(day, before):
    assert lapsing.a_year_ago(day) == before
