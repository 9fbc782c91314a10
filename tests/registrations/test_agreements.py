"""Co-building agreements: signed with units that were received, renewed, reminded of and ended by time."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.organizations.choices import UnitState
from app.organizations.models import Organization
from app.registrations import agreeing
from app.registrations.cobuilding import Agreement, AgreementState
from tests.core.conftest import Program
from tests.registrations.conftest import OTHER_UNIT, UNIT, home, party

STATES = AgreementState


def move(person, name, pk, **values):
    return person.post(f"/agreements/move/{name}/{pk}", values).status_code


@pytest.fixture
def received(within, unit_id):
    """The community has received the unit of the liaison."""
    with within():
        unit = db.session.get_one(Organization, unit_id())
        unit.state, unit.reported_on, unit.received_on = UnitState.RECEIVED, clock.today(), clock.today()


@pytest.fixture
def drawn(within):
    """Draw up an agreement of a unit that says something; return its id."""

    def make(days=300, unit=UNIT, state=STATES.DRAFT, **columns):
        today = clock.today()
        said = {"services_done": "每月义诊一次", "begins_on": today - timedelta(days=400)} | columns
        with within():
            given = {"community": home("wjb"), "unit": party(unit), "ends_on": today + timedelta(days=days)}
            row = agreeing.draft(title="年度共建协议", **given | said)
            row.state = state
            db.session.flush()
            return int(row.id)

    return make


def test_signing_makes_the_unit_build_together(as_secretary, as_worker, received, drawn, unit_id, stored):
    pk = drawn()
    assert move(as_worker, "sign", pk) == 403
    assert move(as_secretary, "sign", pk) == 302
    assert (stored(Agreement, pk)["state"], stored(Agreement, pk)["signed_on"]) == (STATES.SIGNED, clock.today())
    assert stored(Organization, unit_id())["state"] is UnitState.ACTIVE
    assert "开始共建" in as_secretary.page(f"/units/show/{unit_id()}")


def test_nothing_is_signed_with_a_unit_that_has_not_reported_in_or_says_nothing(as_secretary, drawn, received):
    answer = as_secretary.post(f"/agreements/move/sign/{drawn(unit=OTHER_UNIT)}")
    assert answer.status_code == 409
    assert "还没有接收这个单位" in answer.get_data(as_text=True)
    assert "六联" in as_secretary.post(f"/agreements/move/sign/{drawn(services_done=None)}").get_data(as_text=True)
    assert "起止日期" in as_secretary.post(f"/agreements/move/sign/{drawn(begins_on=None)}").get_data(as_text=True)


def test_a_liaison_reads_the_agreements_of_the_own_unit_and_writes_none(as_liaison, drawn):
    mine, other = drawn(), drawn(unit=OTHER_UNIT)
    assert as_liaison.get(f"/agreements/show/{mine}").status_code == 200
    assert as_liaison.get(f"/agreements/show/{other}").status_code == 404
    assert as_liaison.get(f"/agreements/paper/{other}").status_code == 404
    assert Program(as_liaison.client).get(f"/api/v1/agreements/{other}").status_code == 404
    assert move(as_liaison, "sign", mine) == 403


def test_what_is_renewed_goes_on_as_a_draft_of_the_same_words(as_worker, drawn, behind):
    pk = drawn(state=STATES.SIGNED)
    assert move(as_worker, "renew", pk) == 302
    with behind():
        new = db.session.scalars(select(Agreement).order_by(Agreement.id.desc())).first()
        assert (new.id != pk, new.state, new.services_done, new.ends_on) == (True, STATES.DRAFT, "每月义诊一次", None)


def test_a_term_ends_after_it_begins(as_worker, behind):
    with behind():
        unit = party(UNIT).id
    term = {"begins_on": "2026-05-02", "ends_on": "2026-05-01"}
    answer = Program(as_worker.client).post("/api/v1/agreements/", title="协议", unit=unit, **term)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["ends_on"])


def test_time_reminds_of_terms_once_and_ends_them(app, drawn, stored, told):
    soon, later, over = (drawn(days, state=STATES.SIGNED) for days in (30, 31, -1))
    with app.app_context():
        assert agreeing.look_after_terms() == {"ended": 1, "reminded": 1}
        assert agreeing.look_after_terms() == {"ended": 0, "reminded": 0}
    assert [stored(Agreement, pk)["state"] for pk in (soon, later, over)] == [
        STATES.SIGNED,
        STATES.SIGNED,
        STATES.ENDED,
    ]
    assert told("agreements", soon) == {("agreement_ends", "secretary"), ("agreement_ends", "liaison")}
    assert told("agreements", later) == set()


def test_the_paper_says_the_links_that_were_agreed_and_the_term(as_secretary, drawn):
    page = as_secretary.page(f"/agreements/paper/{drawn(ends_on=date(2027, 5, 1))}")
    for words in ("甲方：武江北社区", "乙方：市中医院", "服务联做", "每月义诊一次", "2027-05-01", "（签字或盖章）"):
        assert words in page
    assert "人才联育" not in page
