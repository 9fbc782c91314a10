"""Who did the work, is in charge or wrote it down does not judge it, on any door (M4)."""

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community
from app.extensions import db
from app.needs.models import Need
from app.parties.models import Party
from tests.fulfilments.conftest import TEAM, UNIT


@pytest.fixture
def also(behind):
    """Let somebody also speak for a provider, or for the person behind the account."""

    def give(login, party, role=GrantRole.LIAISON):
        with behind():
            account = db.session.scalars(select(Account).filter_by(login=login)).one()
            ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            subject = db.session.scalars(select(Party).filter_by(name=party)).one()
            db.session.add(Grant(account=account, role=role, community=ours, subject=subject))
            db.session.commit()

    return give


@pytest.fixture
def written_down(at, move):
    """An order that a worker wrote down as carried out, on the provider's word."""
    pk = at("in_progress")
    assert move("worker", "deliver", pk).status_code == 200
    return pk


@pytest.fixture
def close(send, need):
    """Let somebody close a need after a call."""

    def ask(login, pk):
        said = {"version": need(pk)["version"], "outcome": "met", "asked_how": "phone"}
        return send(login, f"needs/{pk}/move/close", **said).status_code

    return ask


def test_who_wrote_it_down_confirms_nothing(written_down, move, order, close):
    for name in ("confirm", "dispute"):
        assert move("worker", name, written_down).status_code == 409
    assert close("worker", order(written_down)["need_id"]) == 409
    assert move("secretary", "confirm", written_down).status_code == 200


def test_the_providers_people_confirm_nothing(also, at, move, order, close):
    also("worker", UNIT)
    pk = at("delivered")
    assert move("worker", "confirm", pk).status_code == 409
    assert close("worker", order(pk)["need_id"]) == 409
    assert close("secretary", order(pk)["need_id"]) == 200


def test_who_leads_the_team_confirms_nothing(also, at, move):
    also("worker", TEAM, GrantRole.VOLUNTEER)
    assert move("worker", "confirm", at("delivered", TEAM)).status_code == 409


def test_the_person_in_charge_of_the_need_confirms_nothing(at, move, order, close, behind):
    pk = at("delivered")
    with behind():
        need = db.session.get_one(Need, order(pk)["need_id"])
        need.in_charge = db.session.scalars(select(Account).filter_by(login="worker")).one()
        db.session.commit()
    assert move("worker", "confirm", pk).status_code == 409
    assert close("worker", order(pk)["need_id"]) == 409


@pytest.mark.parametrize("login", ["liaison", "coordinator", "gridlead", "volunteer", "auditor"])
def test_only_the_office_confirms(at, move, login):
    assert move(login, "confirm", at("delivered")).status_code == 403


def test_the_page_offers_no_confirming_to_who_wrote_it_down(written_down, as_worker, as_secretary):
    address = f"/fulfilments/move/confirm/{written_down}"
    assert address not in as_worker.page(f"/fulfilments/show/{written_down}")
    assert address not in as_worker.page("/fulfilments/list/")
    assert address in as_secretary.page("/fulfilments/list/")


def test_whoever_closes_many_at_once_is_asked_for_each(written_down, as_worker, order):
    page = as_worker.page(f"/needs/show/{order(written_down)['need_id']}")
    assert "/needs/move/close/" not in page
