"""Nobody is booked twice at one time, however many people book at once (R2, R3)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.timeline import Step
from app.extensions import db
from app.fulfilments.choices import FulfilmentState as State
from app.fulfilments.models import Fulfilment
from app.needs.choices import NeedState
from tests.fulfilments.conftest import PARTNER, UNIT

NINE, TEN, ELEVEN = (f"2026-11-25T{hour}:00" for hour in ("09", "10", "11"))


@pytest.fixture(autouse=True)
def sunday(app):
    """Let it be the Sunday before."""
    clock.clock.fixed = clock.parse_local("2026-11-22T08:00")


@pytest.fixture
def when(at, move):
    """Let the unit take an order and agree on a time, and return the answer and the order."""

    def agree(scheduled_at, provider=UNIT, **given):
        pk = at("claimed", provider)
        return move("worker", "schedule", pk, scheduled_at=scheduled_at, **given), pk

    return agree


def test_a_second_appointment_at_the_same_time_is_refused_and_names_the_first(when, order):
    first, pk = when(NINE)
    second, other = when("2026-11-25T09:59")
    assert (first.status_code, second.status_code) == (200, 409)
    assert order(pk)["code"] in second.json["message"]
    assert (order(other)["state"], order(other)["scheduled_at"]) == (State.CLAIMED, None)


def test_one_appointment_may_follow_the_other(when):
    assert [when(moment)[0].status_code for moment in (TEN, NINE, ELEVEN)] == [200, 200, 200]


def test_how_long_it_takes_counts(when):
    assert when(NINE, minutes=121)[0].status_code == 200
    assert when(ELEVEN)[0].status_code == 409
    assert when("2026-11-25T11:01")[0].status_code == 200


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_it_takes_between_a_minute_and_a_day(when, minutes):
    answer = when(NINE, minutes=minutes)[0]
    assert (answer.status_code, list(answer.json["message"])) == (422, ["minutes"])


def test_another_provider_is_free(when):
    assert [when(NINE, provider)[0].status_code for provider in (UNIT, PARTNER)] == [200, 200]


def test_what_is_returned_missed_or_called_off_frees_the_time(when, move):
    for login, name in (("coordinator", "return"), ("gridlead", "miss"), ("worker", "cancel")):
        answer, pk = when(NINE)
        assert answer.status_code == 200
        assert move(login, name, pk).status_code == 200


def test_an_offer_for_a_time_that_is_taken_is_refused(when, send, parties, accepted, offer):
    when(NINE)
    given = {"need": accepted(), "provider": parties[UNIT]}
    assert send("worker", "fulfilments/", scheduled_at=NINE, **given).status_code == 409
    assert offer(scheduled_at=TEN)


def test_of_two_offers_for_the_same_time_one_is_taken(offer, move):
    first, second = offer(scheduled_at=NINE), offer(scheduled_at=NINE)
    assert [move("liaison", "claim", pk).status_code for pk in (first, second)] == [200, 409]


def test_a_day_that_has_passed_is_not_agreed_on(when):
    assert when("2026-11-20T09:00")[0].status_code == 422


# -- many at once ---------------------------------------------------------------------------------------------------

CROWD = 12


@pytest.fixture
def crowd(as_person):
    """Twelve browsers of those who agree on dates, each with its token."""
    people = [as_person(login) for login in ("secretary", "worker", "coordinator", "liaison") * (CROWD // 4)]
    return [(person, person.token()) for person in people]


def speak(member, address, **given):
    person, token = member
    return person.client.post(f"/api/v1/{address}", json=given, headers={"X-CSRFToken": token})


def test_of_many_who_book_the_same_hour_at_once_one_succeeds(crowd, at, behind):
    pks = [at("claimed") for _each in crowd]

    def book(pair):
        member, pk = pair
        return speak(member, f"fulfilments/{pk}/move/schedule", version=2, scheduled_at=NINE).status_code

    with ThreadPoolExecutor(CROWD) as pool:
        codes = Counter(pool.map(book, zip(crowd, pks, strict=True)))
    assert codes == {200: 1, 409: CROWD - 1}
    with behind():
        booked = select(func.count()).select_from(Fulfilment).where(Fulfilment.state == State.SCHEDULED)
        assert db.session.scalar(booked) == 1


def test_an_order_is_taken_once_by_many_who_take_it_at_once(as_person, offer, order, behind):
    pk = offer()
    people = [as_person("liaison") for _each in range(8)]
    members = [(person, person.token()) for person in people]
    with ThreadPoolExecutor(8) as pool:
        claims = pool.map(lambda member: speak(member, f"fulfilments/{pk}/move/claim", version=1).status_code, members)
        codes = Counter(claims)
    assert codes == {200: 1, 409: 7}
    with behind():
        claimed = select(func.count()).select_from(Step).where(Step.list == "fulfilments", Step.move == "claim")
        assert db.session.scalar(claimed) == 1


def test_orders_of_one_need_that_move_at_once_leave_it_where_they_say(crowd, accepted, at, offer, order, need):
    pk = accepted(quantity_asked=CROWD)
    pks = [
        at("in_progress", provider, offer(provider, need=pk, quantity=1)) for provider in (UNIT, PARTNER) for _ in "12"
    ]
    pks += [at("in_progress", pk=offer(need=pk, quantity=CROWD - 4))]
    desk = [member for member in crowd if member[0].login != "liaison"][: len(pks)]

    def deliver(pair):
        member, number = pair
        said = {"version": 4, "measures": "做完了", "quantity_delivered": order_quantity[number]}
        return speak(member, f"fulfilments/{number}/move/deliver", **said).status_code

    order_quantity = {number: order(number)["quantity_asked"] for number in pks}
    with ThreadPoolExecutor(len(pks)) as pool:
        codes = Counter(pool.map(deliver, zip(desk, pks, strict=True)))
    assert codes == {200: len(pks)}
    assert need(pk)["state"] is NeedState.DELIVERED
    assert need(pk)["live_orders"] == len(pks)


def test_what_is_disputed_goes_on_although_somebody_else_has_the_time_by_now(when, move, order):
    answer, pk = when(NINE)
    for login, name in (("liaison", "start"), ("liaison", "deliver")):
        assert move(login, name, pk).status_code == 200
    assert [when(NINE)[0].status_code, move("worker", "dispute", pk).status_code] == [200, 200]
    assert (answer.status_code, order(pk)["state"]) == (200, State.IN_PROGRESS)
