"""The resident's contact: shown to who goes there, from when a date is agreed, and each look is written down."""

import pytest
from sqlalchemy import select

from app.core.history import Entry
from app.core.revealing import MOST
from app.extensions import db
from tests.fulfilments.conftest import UNIT

SECRET = {"reporter_name": "欧阳小明", "reporter_phone": "13512345678", "address": "武江北路8栋1单元302"}


@pytest.fixture
def secret(accepted, offer):
    """An order for a need with all that is nobody's business."""
    return offer(UNIT, need=accepted(**SECRET))


def look(person, pk):
    return person.post(f"/fulfilments/contact/{pk}")


@pytest.mark.parametrize("state", ["offered", "claimed"])
def test_before_a_date_is_agreed_nobody_sees_it(as_liaison, at, secret, state):
    at(state, pk=secret)
    assert look(as_liaison, secret).status_code == 409
    assert "约好时间" in as_liaison.page(f"/fulfilments/show/{secret}")


@pytest.mark.parametrize("state", ["scheduled", "in_progress"])
@pytest.mark.parametrize("login", ["liaison", "worker"])
def test_from_then_on_who_goes_there_sees_it(as_person, at, secret, state, login):
    at(state, pk=secret)
    person = as_person(login)
    page = look(person, secret).get_data(as_text=True)
    assert [said for said in SECRET.values() if said not in page] == []
    for address in (f"/fulfilments/contact/{secret}", f"/fulfilments/show/{secret}"):
        assert SECRET["reporter_phone"] not in person.page(address)


def test_the_coordinator_reads_given_name_building_and_phone(as_coordinator, at, secret):
    at("scheduled", pk=secret)
    page = look(as_coordinator, secret).get_data(as_text=True)
    asked = as_coordinator.client.post(
        f"/api/v1/fulfilments/{secret}/contact", json={}, headers={"X-CSRFToken": as_coordinator.token()}
    ).json["result"]
    assert (asked["reporter_name"], asked["reporter_phone"]) == ("小明", SECRET["reporter_phone"])
    assert asked["address"] == "武江北路8栋***"
    assert all(said in page for said in ("小明", SECRET["reporter_phone"], "武江北路8栋***"))
    assert not any(said in page for said in ("欧阳", "302"))


@pytest.mark.parametrize("state", ["delivered", "confirmed"])
def test_afterwards_nobody_sees_it(as_liaison, at, secret, state):
    at(state, pk=secret)
    assert look(as_liaison, secret).status_code == 409


@pytest.mark.parametrize("login", ["partner", "volunteer", "gridworker", "auditor"])
def test_nobody_else_sees_it(as_person, at, secret, login):
    at("scheduled", pk=secret)
    assert look(as_person(login), secret).status_code == 403


def test_each_look_is_written_down_with_the_order(as_liaison, at, secret, behind, order):
    at("scheduled", pk=secret)
    assert look(as_liaison, secret).status_code == 200
    about = order(secret)
    with behind():
        entry = db.session.scalars(select(Entry).filter_by(act="reveal")).one()
        assert (entry.list, entry.row_id) == ("needs", about["need_id"])
        assert entry.told()["text"][1] == about["code"]
        assert SECRET["reporter_phone"] not in entry.changes


def test_nobody_looks_all_day(as_liaison, at, secret):
    at("scheduled", pk=secret)
    codes = [look(as_liaison, secret).status_code for _each in range(MOST + 1)]
    assert set(codes[:-1]) == {200}
    assert codes[-1] == 429


def test_a_program_looks_under_the_same_rules(as_liaison, as_neighbour, at, secret, behind, order, move):
    address = f"/api/v1/fulfilments/{secret}/contact"

    def ask(person):
        return person.client.post(address, json={}, headers={"X-CSRFToken": person.token()})

    assert ask(as_liaison).status_code == 409
    at("scheduled", pk=secret)
    assert SECRET.items() <= ask(as_liaison).json["result"].items()
    assert ask(as_neighbour).status_code == 404
    code = order(secret)["code"]
    with behind():
        assert db.session.scalars(select(Entry).filter_by(act="reveal")).one().told()["text"][1] == code
    assert move("liaison", "return", secret, reason="来不了").status_code == 200
    assert ask(as_liaison).status_code == 409
