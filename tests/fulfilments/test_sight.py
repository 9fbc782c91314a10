"""Who sees an order and the need behind it: masked for the provider once it is offered, and for nobody else."""

import pytest
from sqlalchemy import select

from app.core import access
from app.core.actor import acting
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs.models import Need
from tests.fulfilments.conftest import PARTNER, SPEAKERS, TEAM, UNIT, VOLUNTEER

SECRET = {"reporter_name": "欧阳小明", "reporter_phone": "13512345678", "address": "武江北路8栋1单元302"}


@pytest.fixture
def secret(accepted):
    """A need with all that is nobody's business."""
    return accepted(title="老人家里的灯不亮", **SECRET)


@pytest.mark.parametrize("provider", [UNIT, PARTNER, VOLUNTEER, TEAM])
def test_a_provider_sees_the_need_once_it_is_offered_and_masked(as_person, secret, offer, provider):
    person = as_person(SPEAKERS[provider])
    for address in (f"/needs/show/{secret}", f"/api/v1/needs/{secret}"):
        assert person.get(address).status_code == 404
    pk = offer(provider, need=secret)
    pages = [f"/needs/show/{secret}", "/needs/list/", f"/api/v1/needs/{secret}", f"/fulfilments/show/{pk}"]
    pages += ["/api/v1/needs/", "/fulfilments/list/"]
    for address in pages:
        assert "老人家里的灯不亮" in person.page(address), address
    for address in (*pages, f"/needs/history/{secret}", f"/fulfilments/history/{pk}"):
        assert not [said for said in SECRET.values() if said in person.page(address)], address


@pytest.mark.parametrize("login", ["partner", "volunteer"])
def test_another_provider_sees_the_order_but_not_the_need(as_person, secret, offer, login):
    pk, person = offer(UNIT, need=secret), as_person(login)
    assert person.get(f"/needs/show/{secret}").status_code == 404
    for address in (f"/fulfilments/show/{pk}", "/fulfilments/list/", f"/fulfilments/history/{pk}"):
        assert "老人家里的灯不亮" not in person.page(address)
    assert person.get("/needs/options?q=老人").json["results"] == []


@pytest.mark.parametrize(("name", "state"), [("decline", "offered"), ("return", "claimed")])
def test_who_declines_or_returns_sees_the_need_no_more(as_liaison, secret, at, offer, move, name, state):
    pk = at(state, pk=offer(need=secret))
    assert as_liaison.get(f"/needs/show/{secret}").status_code == 200
    assert move("liaison", name, pk).status_code == 200
    assert as_liaison.get(f"/needs/show/{secret}").status_code == 404
    assert as_liaison.get(f"/fulfilments/show/{pk}").status_code == 200


def test_a_provider_keeps_seeing_what_it_has_done(as_liaison, secret, at, offer):
    at("confirmed", pk=offer(need=secret))
    assert as_liaison.get(f"/needs/show/{secret}").status_code == 200


def test_a_provider_does_not_move_the_need_itself(as_liaison, secret, at, offer):
    at("in_progress", pk=offer(need=secret))
    page = as_liaison.page(f"/needs/show/{secret}")
    assert "/needs/move/" not in page
    assert as_liaison.post(f"/needs/move/deliver/{secret}", {"done_text": "做完了"}).status_code == 403


def test_grid_people_see_the_orders_of_their_places(as_gridlead, as_gridworker, accepted, offer):
    here, there = offer(need=accepted(place="武江北路8栋")), offer(PARTNER, need=accepted(place="二建宿舍"))
    for person in (as_gridlead, as_gridworker):
        assert person.get(f"/fulfilments/show/{here}").status_code == 200
        assert person.get(f"/fulfilments/show/{there}").status_code == 404


def test_the_supervisor_and_the_neighbour_see_no_orders(as_supervisor, as_neighbour, offer):
    pk = offer()
    for person in (as_supervisor, as_neighbour):
        assert person.get(f"/fulfilments/show/{pk}").status_code == 404


def test_the_administrator_has_no_business_with_orders(as_admin, offer):
    assert as_admin.get(f"/fulfilments/show/{offer()}").status_code == 403


def test_what_the_database_finds_is_what_each_need_says_of_itself(acting_as, secret, accepted, offer, behind):
    accepted()
    offer(UNIT, need=secret)
    for login in ("liaison", "partner", "volunteer"):
        with acting_as(login) as actor:
            found = set(db.session.scalars(select(Need.id)))
            orders = set(db.session.scalars(select(Fulfilment.id).where(Fulfilment.provider.has(name=UNIT))))
        with behind():
            needs = db.session.scalars(select(Need)).all()
            with acting(actor):
                assert found == {need.id for need in needs if access.may_row("v", need, actor)}
        assert len(found) == (1 if login == "liaison" else 0)
        assert len(orders) == 1


def test_our_orders_are_those_of_whom_one_speaks_for(as_person, offer):
    offer(UNIT)
    for login, count in (("liaison", 1), ("partner", 0), ("volunteer", 0), ("secretary", 0)):
        rows = as_person(login).get("/api/v1/fulfilments/?quick=ours").json
        assert rows["count"] == count
    offer(TEAM)
    offer(VOLUNTEER)
    assert as_person("volunteer").get("/api/v1/fulfilments/?quick=ours").json["count"] == 2
