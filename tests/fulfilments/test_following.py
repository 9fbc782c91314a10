"""Needs and orders follow each other (workflows: State from orders)."""

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock
from app.core.actor import Actor, acting
from app.core.database import transaction
from app.core.timeline import Step
from app.extensions import db
from app.fulfilments import following
from app.fulfilments.choices import FulfilmentState as State
from app.needs.choices import NeedState
from app.needs.models import Need
from tests.fulfilments.conftest import PARTNER, UNIT


@pytest.fixture
def close(send, need):
    """Let somebody close a need after a call."""

    def ask(login, pk, **given):
        said = {"version": need(pk)["version"], "outcome": "met", "satisfaction": 4, "asked_how": "phone"}
        return send(login, f"needs/{pk}/move/close", **(said | given)).status_code

    return ask


@pytest.fixture
def by_hand(send, need):
    """Let somebody make a move on a need."""

    def ask(login, name, pk, **given):
        return send(login, f"needs/{pk}/move/{name}", version=need(pk)["version"], **given)

    return ask


@pytest.fixture
def worker_id(behind):
    """The id of the worker's account."""
    with behind():
        return db.session.scalars(select(Account.id).filter_by(login="worker")).one()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("offered", NeedState.PLANNED),
        ("claimed", NeedState.PLANNED),
        ("scheduled", NeedState.PLANNED),
        ("in_progress", NeedState.IN_PROGRESS),
        ("delivered", NeedState.DELIVERED),
        ("confirmed", NeedState.DELIVERED),
    ],
)
def test_a_need_stands_where_its_order_stands(at, order, need, state, expected):
    assert need(order(at(state))["need_id"])["state"] is expected


@pytest.mark.parametrize(
    ("state", "login", "name"),
    [
        ("offered", "liaison", "decline"),
        ("claimed", "liaison", "return"),
        ("scheduled", "worker", "miss"),
        ("in_progress", "worker", "cancel"),
        ("confirmed", "secretary", "reverse"),
    ],
)
def test_without_an_order_left_a_need_waits_again(at, move, order, need, state, login, name):
    pk = at(state)
    assert move(login, name, pk).status_code == 200
    row = need(order(pk)["need_id"])
    assert (row["state"], row["live_orders"]) == (NeedState.ACCEPTED, 0)


def test_a_need_for_several_is_delivered_once_there_is_enough(accepted, at, offer, need):
    pk = accepted(quantity_asked=3)
    at("delivered", pk=offer(UNIT, need=pk, quantity=1), quantity=1)
    assert need(pk)["state"] is NeedState.ACCEPTED
    at("delivered", PARTNER, offer(PARTNER, need=pk, quantity=2), quantity=2)
    assert need(pk)["state"] is NeedState.DELIVERED


def test_the_timeline_of_the_need_names_the_order_and_the_system(at, order, behind, as_secretary):
    row = order(at("in_progress"))
    with behind():
        steps = db.session.scalars(select(Step).where(Step.list == "needs", Step.move == "orders").order_by(Step.id))
        told = [(step.source, step.target, step.by_label, step.by_id, step.said["order"]) for step in steps]
    assert told == [
        ("accepted", "planned", "system:orders", None, row["code"]),
        ("planned", "in_progress", "system:orders", None, row["code"]),
    ]
    page = as_secretary.page(f"/needs/show/{row['need_id']}")
    assert row["code"] in page


@pytest.mark.parametrize("state", ["offered", "claimed", "scheduled", "in_progress"])
def test_while_orders_are_under_way_no_hand_moves_the_need(at, order, by_hand, need, worker_id, state):
    pk = order(at(state))["need_id"]
    before = need(pk)["state"]
    given = {
        "plan": {"in_charge": worker_id, "planned_on": "2030-01-01"},
        "start": {},
        "deliver": {"done_text": "自己做完了"},
    }
    for name, said in given.items():
        answer = by_hand("secretary", name, pk, **said)
        assert answer.status_code == 409
        assert answer.json["message"]
    assert need(pk)["state"] is before


def test_a_need_half_met_by_an_order_is_not_planned_by_hand_either(accepted, at, offer, by_hand, need, worker_id):
    pk = accepted(quantity_asked=3)
    at("delivered", pk=offer(need=pk, quantity=1), quantity=1)
    given = {"in_charge": worker_id, "planned_on": "2030-01-01"}
    assert need(pk)["state"] is NeedState.ACCEPTED
    assert by_hand("secretary", "plan", pk, **given).status_code == 409


def test_closing_a_need_confirms_what_was_carried_out(at, order, close, need):
    pk = at("delivered")
    assert close("worker", order(pk)["need_id"]) == 200
    assert (order(pk)["state"], order(pk)["satisfaction"]) == (State.CONFIRMED, 4)
    assert need(order(pk)["need_id"])["state"] is NeedState.CLOSED


def test_a_need_that_is_withdrawn_takes_its_orders_along(accepted, at, offer, order, by_hand, need):
    pk = accepted("liaison", quantity_asked=9)
    orders = [
        at("delivered", pk=offer(need=pk, quantity=1), quantity=1),
        at("claimed", pk=offer(need=pk)),
        offer(need=pk),
    ]
    ended = offer(PARTNER, need=pk)
    assert by_hand("liaison", "withdraw", pk, reason="不用了").status_code == 200
    assert {order(one)["state"] for one in [*orders, ended]} == {State.CANCELLED}
    assert (need(pk)["state"], need(pk)["live_orders"]) == (NeedState.WITHDRAWN, 0)


def test_reopening_disputes_what_was_carried_out(at, order, by_hand, need):
    pk = at("delivered")
    assert by_hand("secretary", "reopen", order(pk)["need_id"], reason="灯还是不亮").status_code == 200
    assert order(pk)["state"] is State.IN_PROGRESS
    assert need(order(pk)["need_id"])["state"] is NeedState.IN_PROGRESS


def test_a_closed_need_reopens_to_be_worked_on_whatever_was_confirmed(at, move, order, close, by_hand, need):
    pk = at("delivered")
    number = order(pk)["need_id"]
    assert close("worker", number) == 200
    assert by_hand("secretary", "reopen", number, reason="又坏了").status_code == 200
    assert need(number)["state"] is NeedState.ACCEPTED
    assert (order(pk)["state"], order(pk)["doubted_on"]) == (State.CONFIRMED, clock.today())
    assert move("secretary", "reverse", pk).status_code == 200
    assert need(number)["state"] is NeedState.ACCEPTED


def test_what_did_not_help_is_done_anew_and_only_that_counts(at, offer, order, close, by_hand, need):
    first = at("confirmed")
    number = order(first)["need_id"]
    assert close("worker", number) == 200
    assert by_hand("secretary", "reopen", number, reason="又坏了").status_code == 200
    second = offer(PARTNER, need=number)
    assert need(number)["state"] is NeedState.PLANNED
    at("delivered", PARTNER, pk=second)
    assert need(number)["state"] is NeedState.DELIVERED
    assert close("worker", number) == 200
    assert (order(second)["state"], order(second)["doubted_on"]) == (State.CONFIRMED, None)


def test_a_need_delivered_by_hand_after_its_order_was_declined_reopens_as_accepted(
    offer, move, order, need, by_hand, behind
):
    declined = offer()
    assert move("liaison", "decline", declined).status_code == 200
    pk = order(declined)["need_id"]
    with behind():
        db.session.get_one(Need, pk).state = NeedState.DELIVERED
        db.session.commit()
    assert by_hand("secretary", "reopen", pk, reason="又坏了").status_code == 200
    assert need(pk)["state"] is NeedState.ACCEPTED


def resident(pk):
    return Actor(f"resident:{pk}", unbounded=True)


def test_the_resident_says_solved_and_all_is_confirmed(at, order, app):
    pk = at("delivered")
    with app.app_context(), acting(resident(pk)), transaction():
        following.confirm_all(db.session.get_one(Need, order(pk)["need_id"]), 5)
    assert (order(pk)["state"], order(pk)["satisfaction"]) == (State.CONFIRMED, 5)


def test_the_resident_says_not_solved_and_work_goes_on(at, order, need, app):
    pk = at("delivered")
    with app.app_context(), acting(resident(pk)), transaction():
        following.dispute_all(db.session.get_one(Need, order(pk)["need_id"]), "没人来过")
    assert order(pk)["state"] is State.IN_PROGRESS
    assert need(order(pk)["need_id"])["state"] is NeedState.IN_PROGRESS
