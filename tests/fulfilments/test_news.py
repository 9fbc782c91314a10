"""Who is told what of an order."""

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.extensions import db
from app.notices.models import Notice
from tests.fulfilments.conftest import TEAM, UNIT


@pytest.fixture
def told(behind):
    """Return who was told of a kind of news, and how many of them still have something to do about it."""

    def read(kind):
        with behind():
            found = select(Account.login, Notice.done_at).join(Account, Account.id == Notice.account_id)
            rows = db.session.execute(found.where(Notice.kind == kind)).all()
        return {login for login, _done in rows}, sum(done is None for _login, done in rows)

    return read


@pytest.mark.parametrize(("provider", "login"), [(UNIT, "liaison"), (TEAM, "volunteer")])
def test_an_offer_is_told_to_the_providers_people_and_nobody_else(offer, move, told, provider, login):
    pk = offer(provider)
    assert told("order_offered") == ({login}, 1)
    assert move(login, "claim", pk).status_code == 200
    assert told("order_offered") == ({login}, 0)


def test_what_falls_through_is_told_to_the_office_and_the_coordinator(offer, move, told):
    assert move("liaison", "decline", offer(UNIT)).status_code == 200
    assert told("order_fell_through")[0] == {"secretary", "worker", "coordinator"}


def test_what_was_carried_out_waits_for_the_office(at, move, told):
    pk = at("delivered")
    assert told("order_to_confirm") == ({"secretary", "worker"}, 2)
    assert move("worker", "confirm", pk).status_code == 200
    assert told("order_to_confirm")[1] == 0


def test_who_does_it_is_told_that_it_came_back_or_was_called_off(at, move, told):
    assert move("worker", "dispute", at("delivered")).status_code == 200
    assert move("worker", "cancel", at("claimed")).status_code == 200
    assert told("order_disputed")[0] == told("order_cancelled")[0] == {"liaison"}
