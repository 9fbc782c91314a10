"""Where a need stands by its orders: the table of the workflows, line by line, and for any orders at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fulfilments.choices import FulfilmentState as Order
from app.fulfilments.states import state_from_orders
from app.needs.choices import NeedState as Need

DAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Stub:
    """An order as the function sees it."""

    state: Order
    quantity_delivered: int | None = None
    doubted_on: date | None = None


def orders(*states: Order | tuple[Order, int]) -> list[Stub]:
    return [Stub(*one) if isinstance(one, tuple) else Stub(one) for one in states]


@pytest.mark.parametrize(
    ("asked", "standing", "expected"),
    [
        (None, orders(Order.IN_PROGRESS), Need.IN_PROGRESS),
        (None, orders(Order.OFFERED, Order.DELIVERED, Order.IN_PROGRESS), Need.IN_PROGRESS),
        (None, orders(Order.OFFERED), Need.PLANNED),
        (None, orders(Order.CLAIMED, Order.CONFIRMED), Need.PLANNED),
        (None, orders(Order.SCHEDULED, Order.DECLINED), Need.PLANNED),
        (None, orders(Order.DELIVERED), Need.DELIVERED),
        (None, orders(Order.CONFIRMED, Order.RETURNED), Need.DELIVERED),
        (None, orders((Order.DELIVERED, 0)), Need.DELIVERED),
        (3, orders((Order.DELIVERED, 1), (Order.CONFIRMED, 2)), Need.DELIVERED),
        (3, orders((Order.DELIVERED, 1), (Order.CONFIRMED, 1)), Need.ACCEPTED),
        (3, orders((Order.DELIVERED, 3), (Order.REVERSED, 3)), Need.DELIVERED),
        (3, orders((Order.REVERSED, 3)), Need.ACCEPTED),
        (1, orders(Order.DELIVERED), Need.ACCEPTED),
        (None, orders(Order.DECLINED, Order.EXPIRED, Order.RETURNED, Order.MISSED, Order.CANCELLED), Need.ACCEPTED),
        (None, orders(), Need.ACCEPTED),
        (None, [Stub(Order.CONFIRMED, 1, DAY)], Need.ACCEPTED),
        (1, [Stub(Order.CONFIRMED, 1, DAY), Stub(Order.DELIVERED, 1)], Need.DELIVERED),
        (2, [Stub(Order.CONFIRMED, 1, DAY), Stub(Order.CONFIRMED, 1)], Need.ACCEPTED),
    ],
)
def test_the_first_line_that_holds_says_where_the_need_stands(asked: int | None, standing: list[Stub], expected: Need):
    assert state_from_orders(standing, asked) is expected


any_orders = st.lists(
    st.builds(Stub, st.sampled_from(Order), st.none() | st.integers(0, 9), st.none() | st.just(DAY)), max_size=6
)


def has(standing: Iterable[Stub], *states: Order) -> bool:
    return any(order.state in states for order in standing)


@given(any_orders, st.none() | st.integers(1, 9))
def test_each_line_holds_for_whatever_orders(standing: list[Stub], asked: int | None):
    found = state_from_orders(standing, asked)
    assert (found is Need.IN_PROGRESS) is has(standing, Order.IN_PROGRESS)
    if found is Need.PLANNED:
        assert has(standing, Order.OFFERED, Order.CLAIMED, Order.SCHEDULED)
    if found in (Need.DELIVERED, Need.ACCEPTED):
        assert not has(standing, Order.OFFERED, Order.CLAIMED, Order.SCHEDULED, Order.IN_PROGRESS)
        done = [one for one in standing if one.state in (Order.DELIVERED, Order.CONFIRMED) and not one.doubted_on]
        enough = sum(one.quantity_delivered or 0 for one in done) >= asked if asked else bool(done)
        assert (found is Need.DELIVERED) is enough


@given(any_orders, st.none() | st.integers(1, 9), st.randoms())
def test_the_order_of_the_orders_means_nothing(standing: list[Stub], asked: int | None, random):
    shuffled = random.sample(standing, len(standing))
    assert state_from_orders(shuffled, asked) is state_from_orders(standing, asked)
