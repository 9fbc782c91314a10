"""What follows from the orders of a need for the need (workflows: State from orders)."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Protocol

from app.fulfilments.choices import DONE, FulfilmentState
from app.needs.choices import NeedState

FOLLOWING: Final = (NeedState.ACCEPTED, NeedState.PLANNED, NeedState.IN_PROGRESS, NeedState.DELIVERED)
"""A need in one of these stands where its orders say; one in any other is left alone."""

_WAITING: Final = frozenset({FulfilmentState.OFFERED, FulfilmentState.CLAIMED, FulfilmentState.SCHEDULED})


class Order(Protocol):
    """What counts of an order."""

    @property
    def state(self) -> FulfilmentState:
        """Where it stands."""

    @property
    def quantity_delivered(self) -> int | None:
        """How many were carried out."""

    @property
    def doubted_on(self) -> date | None:
        """When the need was taken up again although this order was confirmed."""


def state_from_orders(orders: Iterable[Order], asked: int | None) -> NeedState:
    """Return where a need stands that asks for `asked` pieces (None: uncounted) and has, or had, these orders.

    What was confirmed before the need was taken up again counts no longer: the resident says that it did not help.
    """
    standing = list(orders)
    states = {order.state for order in standing}
    if FulfilmentState.IN_PROGRESS in states:
        return NeedState.IN_PROGRESS
    if states & _WAITING:
        return NeedState.PLANNED
    done = [order.quantity_delivered or 0 for order in standing if order.state in DONE and not order.doubted_on]
    met = sum(done) >= asked if asked is not None else bool(done)
    return NeedState.DELIVERED if met else NeedState.ACCEPTED
