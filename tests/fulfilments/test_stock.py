"""What is promised of a resource is promised once: taking reserves, giving back frees, however many take at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.communities.models import Community
from app.core import clock
from app.extensions import db
from app.fulfilments.choices import FulfilmentState as State
from app.fulfilments.stock import held
from app.parties.models import Party
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.models import Resource
from app.resources.windows import Windows
from tests.fulfilments.conftest import PARTNER, UNIT

SATURDAY = "2026-11-28T09:30"


@pytest.fixture(autouse=True)
def sunday(app):
    """Let it be a Sunday."""
    clock.clock.fixed = clock.parse_local("2026-11-22T08:00")


@pytest.fixture
def share(behind):
    """Let a provider share something, which is available."""

    def make(quantity=None, provider=UNIT, windows=None, **columns):
        mode = QuantityMode.COUNTABLE if quantity else QuantityMode.SCHEDULED if windows else QuantityMode.UNLIMITED
        with behind():
            ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            party = db.session.scalars(select(Party).filter_by(name=provider)).one()
            said = {
                "name": "轮椅",
                "kind": ResourceKind.GOODS,
                "state": ResourceState.AVAILABLE,
                "unit_of_measure": "辆",
            }
            said |= {"checked_on": clock.today(), "quantity_mode": mode, "quantity": quantity}
            said |= {"windows": Windows.read(windows) if windows else None}
            row = Resource(community=ours, provider=party, **said | columns)
            db.session.add(row)
            db.session.commit()
            return int(row.id)

    return make


@pytest.fixture
def left(behind):
    """Return how many of a resource are left, and whether it is offered."""

    def read(pk):
        with behind():
            row = db.session.get_one(Resource, pk)
            return row.left, row.state

    return read


def test_taking_an_order_reserves_and_giving_it_back_frees(share, offer, move, left, order):
    pk = share(5)
    for name, login in (("return", "coordinator"), ("cancel", "worker")):
        one = offer(resource=pk, quantity=3)
        assert left(pk)[0] == 5
        assert move("liaison", "claim", one).status_code == 200
        assert left(pk)[0] == 2
        assert move(login, name, one).status_code == 200
        assert left(pk)[0] == 5


@pytest.mark.parametrize(("login", "name"), [("liaison", "decline"), ("worker", "cancel")])
def test_an_offer_holds_nothing(share, offer, move, left, login, name):
    pk = share(5)
    assert move(login, name, offer(resource=pk, quantity=3)).status_code == 200
    assert left(pk)[0] == 5


def test_what_was_agreed_by_telephone_is_reserved_at_once(share, offer, left):
    pk = share(5)
    offer(resource=pk, quantity=4, said_by="黄主任")
    assert left(pk)[0] == 1


def test_the_last_one_is_taken_once_and_then_offered_no_more(share, offer, move, left, send, accepted):
    pk = share(1)
    first, second = offer(resource=pk), offer(resource=pk)
    assert [move("liaison", "claim", one).status_code for one in (first, second)] == [200, 409]
    assert left(pk) == (0, ResourceState.EXHAUSTED)
    assert send("worker", "fulfilments/", need=accepted(), resource=pk).status_code == 409
    assert move("coordinator", "return", first).status_code == 200
    assert left(pk) == (1, ResourceState.AVAILABLE)


def test_what_was_not_needed_is_free_once_the_resident_has_confirmed(share, at, offer, move, left):
    pk = share(5)
    one = at("in_progress", pk=offer(resource=pk, quantity=3))
    assert move("liaison", "deliver", one, quantity_delivered=1).status_code == 200
    assert left(pk)[0] == 2
    assert move("worker", "confirm", one).status_code == 200
    assert left(pk)[0] == 4
    assert move("secretary", "reverse", one).status_code == 200
    assert left(pk)[0] == 5


def test_a_dispute_is_never_refused_for_want_of_stock(share, at, offer, move, left):
    pk = share(3)
    one = at("in_progress", pk=offer(resource=pk, quantity=2))
    assert move("liaison", "deliver", one, quantity_delivered=1).status_code == 200
    other = offer(resource=pk, quantity=1)
    assert move("liaison", "claim", other).status_code == 200
    assert move("worker", "dispute", one).status_code == 200
    assert left(pk)[0] == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"state": ResourceState.PAUSED},
        {"valid_to": date(2020, 1, 1)},
        {"checked_on": date(2020, 1, 1)},
    ],
)
def test_what_is_not_there_is_not_offered(share, send, accepted, columns):
    answer = send("worker", "fulfilments/", need=accepted(), resource=share(5, **columns))
    assert answer.status_code == 409
    assert answer.json["message"]


def test_more_than_is_left_is_not_offered(share, send, accepted):
    assert send("worker", "fulfilments/", need=accepted(), resource=share(5), quantity=6).status_code == 409


def test_the_provider_need_not_be_named_beside_its_resource(share, send, accepted, parties):
    answer = send("worker", "fulfilments/", need=accepted(), resource=share(5))
    assert (answer.status_code, answer.json["result"]["provider"]) == (201, parties[UNIT])


def test_nobody_offers_what_belongs_to_another(share, send, accepted, parties):
    answer = send("worker", "fulfilments/", need=accepted(), resource=share(5), provider=parties[PARTNER])
    assert (answer.status_code, list(answer.json["message"])) == (422, ["resource"])


def test_a_window_takes_as_many_as_it_has_room_for(share, at, offer, move):
    pk = share(windows="周六 9:00-11:30（2人）")
    orders = [at("claimed", pk=offer(resource=pk)) for _each in "123"]
    codes = [move("worker", "schedule", one, scheduled_at=SATURDAY).status_code for one in orders]
    assert codes == [200, 200, 409]
    assert move("worker", "schedule", orders[2], scheduled_at="2026-12-05T09:30").status_code == 200
    assert move("coordinator", "return", orders[0]).status_code == 200
    assert at("claimed", pk=offer(resource=pk, scheduled_at=SATURDAY))


def test_nothing_is_dated_when_it_is_shut(share, at, offer, move):
    one = at("claimed", pk=offer(resource=share(windows="周六 9:00-11:30")))
    for moment in ("2026-11-27T09:30", "2026-11-28T11:30"):
        assert move("worker", "schedule", one, scheduled_at=moment).status_code == 409
    assert move("worker", "schedule", one, scheduled_at="2026-11-28T11:29").status_code == 200


# -- many at once ---------------------------------------------------------------------------------------------------

CROWD = 12


@pytest.fixture
def crowd(as_person):
    """Twelve browsers of those who note what was agreed, each with its token."""
    people = [as_person(login) for login in ("secretary", "worker", "coordinator") * (CROWD // 3)]
    return [(person, person.token()) for person in people]


def rush(crowd, pks, name, **given):
    """Let everybody make the same move on an order of their own at the same moment."""

    def work(pair):
        (person, token), pk = pair
        said = {"version": 1} | given
        address = f"/api/v1/fulfilments/{pk}/move/{name}"
        return person.client.post(address, json=said, headers={"X-CSRFToken": token}).status_code

    with ThreadPoolExecutor(len(crowd)) as pool:
        return Counter(pool.map(work, zip(crowd, pks, strict=True)))


def test_two_people_cannot_take_the_last_unit(crowd, share, offer, left):
    pk = share(4)
    codes = rush(crowd, [offer(resource=pk) for _each in crowd], "assign", said_by="黄主任")
    assert codes == {200: 4, 409: CROWD - 4}
    assert left(pk) == (0, ResourceState.EXHAUSTED)


def test_a_window_is_not_overbooked_by_many_at_once(crowd, share, at, offer):
    pk = share(windows="周六 9:00-11:30（5人）")
    orders = [at("claimed", pk=offer(resource=pk)) for _each in crowd]
    assert rush(crowd, orders, "schedule", version=2, scheduled_at=SATURDAY) == {200: 5, 409: CROWD - 5}


@given(st.sampled_from(State), st.none() | st.integers(1, 9), st.none() | st.integers(0, 9))
def test_an_order_holds_something_exactly_while_somebody_relies_on_it(state, taken, done):
    pieces = held(state, taken, done)
    relied_on = {State.CLAIMED, State.SCHEDULED, State.IN_PROGRESS, State.DELIVERED}
    assert pieces >= 0
    assert (pieces > 0) if state in relied_on else True
    assert (pieces == 0) if state not in {*relied_on, State.CONFIRMED} else True
    assert pieces <= max(taken or 1, done or 0)
