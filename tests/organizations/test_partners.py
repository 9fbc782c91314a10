"""Community partners (S0-05): applied or invited, approved, signed, in service, reviewed, renewed or ended."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.rules import Violation
from app.extensions import db
from app.notices.models import Notice
from app.organizations import partnering
from app.organizations.models import Organization
from app.organizations.partners import Partner, PartnerOrigin, PartnerState
from tests.core.conftest import Program
from tests.organizations.test_units import pk_of
from tests.registrations.conftest import OTHER_UNIT, UNIT, home, party, stored, told, within

__all__ = ["stored", "told", "within"]

PLEDGE = "每月第一个星期六免费刀具打磨"
TERM = {"begins_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def today(app):
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")


@pytest.fixture
def partner(within):
    """Make a partnership of the partner's organisation, as far along as is said; return the id."""

    def make(state=PartnerState.REVIEWED, unit=OTHER_UNIT, code="wjb", **columns):
        with within():
            given = {"pledge": PLEDGE, **TERM} | columns
            row = partnering.propose(community=home(code), unit=party(unit, code), **given)
            row.state = state
            db.session.flush()
            return row.id

    return make


def move(person, name, pk, **values):
    return person.post(f"/partners/move/{name}/{pk}", values).status_code


def heard(behind, pk):
    with behind():
        return {one.kind for one in db.session.scalars(select(Notice).filter_by(list="partners", row_id=pk))}


def test_a_partner_applies_for_the_own_organisation_only(as_partner, behind, told):
    unit, other = pk_of(behind, Organization, OTHER_UNIT), pk_of(behind, Organization, UNIT)
    assert OTHER_UNIT in as_partner.page("/partners/add")
    form = {"unit": unit, "origin": "invited", "pledge": PLEDGE}
    answer = as_partner.post("/partners/add", form)
    assert answer.status_code == 302
    pk = int(answer.location.rsplit("/", 1)[1])
    row = Program(as_partner.client).get(f"/api/v1/partners/{pk}").json["result"]
    assert (row["state"], row["origin"]) == ("applied", "applied")
    assert told("partners", pk) == {("partner_applied", "secretary")}
    assert as_partner.post("/partners/add", form | {"unit": other}).status_code == 422
    assert Program(as_partner.client).post("/api/v1/partners/", unit=other, origin="applied").status_code == 422


def test_from_invitation_to_renewal(as_secretary, as_worker, as_partner, behind, stored, told):
    unit = pk_of(behind, Organization, OTHER_UNIT)
    answer = as_worker.post("/partners/add", {"unit": unit, "origin": "invited"})
    pk = int(answer.location.rsplit("/", 1)[1])
    assert told("partners", pk) == {("partner_invited", "partner")}
    assert move(as_worker, "review", pk) == 409
    edit = {name: str(value) for name, value in TERM.items()} | {"pledge": PLEDGE}
    version = stored(Partner, pk)["version"]
    assert as_partner.post(f"/partners/edit/{pk}", edit | {"version": version}).status_code == 302
    assert move(as_partner, "review", pk) == 403
    assert move(as_worker, "review", pk) == 302
    assert move(as_worker, "sign", pk) == 403
    assert move(as_secretary, "sign", pk) == 302
    row = stored(Partner, pk)
    assert (row["certificate"], row["signed_on"]) == ("HH20261126001", clock.today())
    assert move(as_worker, "begin", pk) == 302
    assert move(as_secretary, "evaluate", pk) == 422
    assert move(as_secretary, "evaluate", pk, grade="excellent") == 302
    assert move(as_secretary, "renew", pk) == 302
    with behind():
        new = db.session.scalars(select(Partner).order_by(Partner.id.desc())).unique().first()
        said = (new.id != pk, new.state, new.pledge, new.ends_on, new.certificate)
    assert said == (True, PartnerState.REVIEWED, PLEDGE, None, None)
    assert stored(Partner, pk)["state"] is PartnerState.RENEWED


def test_what_was_signed_is_changed_by_nobody_through_any_door(as_secretary, as_partner, partner, stored):
    pk = partner(PartnerState.SIGNED)
    version = stored(Partner, pk)["version"]
    for person in (as_secretary, as_partner):
        answer = Program(person.client).put(f"/api/v1/partners/{pk}", version=version, pledge="再说")
        assert (answer.status_code, list(answer.json["message"])) == (422, ["pledge"])
    page = as_secretary.post(f"/partners/edit/{pk}", {"pledge": "再说", "version": version})
    assert page.status_code == 422
    assert "签订的内容不再改" in page.get_data(as_text=True)


def test_an_organisation_is_one_partner_at_a_time(as_worker, partner, behind):
    pk = partner()
    unit = pk_of(behind, Organization, OTHER_UNIT)
    answer = Program(as_worker.client).post("/api/v1/partners/", unit=unit, origin="invited")
    assert (answer.status_code, list(answer.json["message"])) == (422, ["unit"])
    assert move(as_worker, "end", pk, reason="停业") == 302
    assert Program(as_worker.client).post("/api/v1/partners/", unit=unit, origin="invited").status_code == 201


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"begins_on": None}, "起止日期"),
        ({"begins_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}, "期限已经过了"),
    ],
)
def test_nothing_is_signed_without_a_term_that_lasts(as_secretary, partner, columns, words):
    answer = as_secretary.post(f"/partners/move/sign/{partner(**columns)}")
    assert answer.status_code == 409
    assert words in answer.get_data(as_text=True)


def test_bad_input_is_said_beside_its_field(as_worker, behind):
    unit = pk_of(behind, Organization, OTHER_UNIT)
    term = {"begins_on": "2026-05-02", "ends_on": "2026-05-01"}
    program = Program(as_worker.client)
    answer = program.post("/api/v1/partners/", unit=unit, origin="applied", **term)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["ends_on"])
    assert list(program.post("/api/v1/partners/", origin="applied").json["message"]) == ["unit"]


def test_time_lets_partners_begin_reminds_once_and_ends_terms(app, partner, stored, told):
    late = {"begins_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}
    soon = partner(PartnerState.SIGNED, ends_on=date(2026, 12, 20))
    over = partner(PartnerState.ACTIVE, unit=UNIT, ends_on=date(2026, 11, 25))
    later = partner(PartnerState.SIGNED, unit="桥南卫生院", code="qn", **late)
    with app.app_context():
        assert partnering.look_after_terms() == {"ended": 1, "begun": 1, "reminded": 1}
        assert partnering.look_after_terms() == {"ended": 0, "begun": 0, "reminded": 0}
    states = [stored(Partner, pk)["state"] for pk in (soon, over, later)]
    assert states == [PartnerState.ACTIVE, PartnerState.ENDED, PartnerState.SIGNED]
    assert stored(Partner, over)["ended_on"] == date(2026, 11, 25)
    assert {("partner_ends", "secretary"), ("partner_ends", "partner")} <= told("partners", soon)


@pytest.mark.parametrize("login", ["gridworker", "liaison", "volunteer", "admin"])
def test_who_has_no_line_opens_none(as_person, partner, login):
    pk = partner()
    assert as_person(login).get(f"/partners/show/{pk}").status_code == 403
    assert as_person(login).get(f"/partners/certificate/{pk}").status_code == 403


def test_a_partner_sees_the_own_and_the_neighbour_none_of_ours(as_partner, as_neighbour, partner):
    mine, other = partner(), partner(unit=UNIT)
    assert as_partner.get(f"/partners/show/{mine}").status_code == 200
    assert as_partner.get(f"/partners/show/{other}").status_code == 404
    assert Program(as_partner.client).get("/api/v1/partners/").json["ids"] == [mine]
    assert as_neighbour.get(f"/partners/show/{mine}").status_code == 404
    assert move(as_partner, "end", mine, reason="店铺搬走") == 302


def test_the_certificate_says_who_what_and_how_long(as_secretary, partner, stored):
    pk = partner()
    assert "HH2026" not in as_secretary.page(f"/partners/certificate/{pk}")
    assert move(as_secretary, "sign", pk) == 302
    page = as_secretary.page(f"/partners/certificate/{pk}")
    for words in ("社区合伙人证书", "HH20261126001", OTHER_UNIT, PLEDGE, "2026-12-31", "签字或盖章"):
        assert words in page


def test_the_figure_counts_partners_of_today(as_secretary, partner):
    partner(PartnerState.ACTIVE)
    partner(PartnerState.APPLIED, unit=UNIT)
    assert '<a href="/partners/list/?quick=current">1</a>' in as_secretary.page("/figures/")


def test_the_service_asks_for_what_is_needed(behind):
    with behind(), pytest.raises(Violation):
        partnering.propose(origin=PartnerOrigin.INVITED)
