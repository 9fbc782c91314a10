"""The moves of an order (workflows: Fulfilment) and who may make them."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.fields import Text
from app.core.flow import Ask, Flow, Move
from app.fulfilments.choices import BEFORE_DONE
from app.fulfilments.choices import FulfilmentState as State
from app.fulfilments.hands import has_a_hand
from app.roles import OFFICE, Role

PROVIDERS: Final = (Role.LIAISON, Role.PARTNER, Role.VOLUNTEER)
"""The roles that act for a provider; the grant says for which."""

_DESK: Final = (*OFFICE, Role.COORDINATOR)
_REASON: Final = Ask("reason", label=_("Reason"))
_QUANTITY: Final = Ask("quantity", required=False, column="quantity_committed")


def in_time(order: Any, actor: Actor) -> Text | None:
    """An offer that ran out is not taken; the office may still note what was agreed by telephone."""
    if order.expires_at is not None and order.expires_at <= clock.now():
        return _("The time to answer is over; ask the office whether the order is still open.")
    return None


def not_the_deliverer(order: Any, actor: Actor) -> Text | None:
    """Who did the work, is in charge of the need or wrote the work down does not judge it (M4)."""
    in_charge = order.need is not None and order.need.in_charge_id
    if actor.user_id is not None and (actor.user_id == in_charge or has_a_hand(order, actor)):
        return _("You were in charge, did it or wrote it down yourself; another person of the office must judge it.")
    return None


def delivered_by_system_only(order: Any, actor: Actor) -> Text | None:
    """What was carried out is not called off; only a need that ends otherwise takes it along."""
    if order.state is State.DELIVERED and not actor.unbounded:
        return _("It has been carried out; dispute it instead.")
    return None


FLOW: Final = Flow(
    "state",
    (
        Move(
            "claim",
            _("Take the order"),
            (State.OFFERED,),
            State.CLAIMED,
            by=PROVIDERS,
            asks=(_QUANTITY,),
            guards=(in_time,),
            tone="strong",
        ),
        Move(
            "assign",
            _("Agreed by telephone"),
            (State.OFFERED,),
            State.CLAIMED,
            by=_DESK,
            asks=(Ask("provider", unless_set=True), Ask("said_by"), _QUANTITY),
            help=_("The provider agreed by telephone; write down with whom you spoke."),
        ),
        Move(
            "decline",
            _("Decline"),
            (State.OFFERED,),
            State.DECLINED,
            by=PROVIDERS,
            asks=(_REASON,),
            tone="grave",
        ),
        Move("expire", _("Let run out"), (State.OFFERED,), State.EXPIRED, by_system=True),
        Move(
            "schedule",
            _("Agree on a date"),
            (State.CLAIMED,),
            State.SCHEDULED,
            by=(*_DESK, *PROVIDERS),
            tone="strong",
            asks=(Ask("scheduled_at"), Ask("minutes", required=False), Ask("place", required=False)),
        ),
        Move(
            "start",
            _("Begin"),
            (State.SCHEDULED,),
            State.IN_PROGRESS,
            by=(*_DESK, *PROVIDERS),
            tone="strong",
        ),
        Move(
            "return",
            _("Return the order"),
            (State.CLAIMED, State.SCHEDULED),
            State.RETURNED,
            by=(Role.COORDINATOR, *PROVIDERS),
            asks=(_REASON,),
            tone="grave",
            help=_("The office will look for somebody else."),
        ),
        Move(
            "miss",
            _("Nobody came"),
            (State.SCHEDULED,),
            State.MISSED,
            by=(*_DESK, Role.GRID_LEAD),
            tone="grave",
        ),
        Move(
            "deliver",
            _("Report as carried out"),
            (State.IN_PROGRESS,),
            State.DELIVERED,
            by=(*_DESK, *PROVIDERS),
            tone="strong",
            asks=(
                Ask("measures"),
                Ask("quantity_delivered"),
                Ask("person_times", required=False),
                Ask("persons", required=False),
                Ask("households", required=False),
                Ask("delivered_on", required=False),
            ),
            photos=True,
        ),
        Move(
            "confirm",
            _("Confirm"),
            (State.DELIVERED,),
            State.CONFIRMED,
            by=OFFICE,
            asks=(Ask("satisfaction", required=False),),
            guards=(not_the_deliverer,),
            by_resident=True,
            tone="strong",
            help=_("You asked the resident, who says that it was done."),
        ),
        Move(
            "dispute",
            _("Not done as said"),
            (State.DELIVERED,),
            State.IN_PROGRESS,
            by=OFFICE,
            asks=(_REASON,),
            guards=(not_the_deliverer,),
            by_resident=True,
            tone="grave",
        ),
        Move(
            "cancel",
            _("Call off"),
            (*BEFORE_DONE, State.DELIVERED),
            State.CANCELLED,
            by=OFFICE,
            asks=(_REASON,),
            guards=(delivered_by_system_only,),
            tone="grave",
        ),
        Move(
            "reverse",
            _("Reverse"),
            (State.CONFIRMED,),
            State.REVERSED,
            by=(Role.SECRETARY,),
            asks=(_REASON,),
            tone="grave",
            help=_("Its figures are taken off again today; what earlier reports counted stays as it was."),
        ),
    ),
)
