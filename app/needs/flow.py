"""The life of a need: the moves between its states, who makes them, and why one is not possible now."""

from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.fields import Text
from app.core.flow import Ask, Flow, Move
from app.core.model import recorded_by
from app.needs.choices import ANSWERABLE, WORKING_STATES, NeedState
from app.needs.orders import orders
from app.roles import OFFICE, Role

STILL_OPEN: Final = timedelta(days=15)
"""How long after the end the resident may still answer or have it taken up again."""


def only_in_charge(need: Any, actor: Actor) -> Text | None:
    """Who is in charge says that work starts and is done."""
    if actor.user_id is not None and need.in_charge_id == actor.user_id:
        return None
    return _("Only the person in charge can do this.")


def not_the_deliverer(need: Any, actor: Actor) -> Text | None:
    """Who did the work does not judge it (M4)."""
    in_charge = actor.user_id is not None and actor.user_id in (need.in_charge_id, need.delivered_by_id)
    return DELIVERER if in_charge or orders.did(need, actor) else None


def follows_no_order(need: Any, actor: Actor) -> Text | None:
    """While orders are under way a need follows them, and no hand."""
    return _("Service orders for it are under way; the need follows them.") if need.live_orders else None


def reporter_or_office(need: Any, actor: Actor) -> Text | None:
    """The reporter takes back the own words; the office may for anybody."""
    office = any(held.role in OFFICE and need.is_within(held) for held in actor.held)
    if office or actor.unbounded or actor.errands or recorded_by(need, actor):
        return None
    return _("Only who reported it, or the office, can withdraw it.")


def silence_is_the_residents(need: Any, actor: Actor) -> Text | None:
    """What was closed for want of an answer is only closed otherwise by the answer."""
    if need.state is NeedState.CLOSED_UNCONFIRMED and not actor.errands:
        return _("It was closed without an answer; only the resident can still give one.")
    return None


def not_too_late(need: Any, actor: Actor) -> Text | None:
    """The resident may answer what is delivered at any time, and what is closed within 15 days."""
    if actor.errands and need.closed_at is not None and clock.now() - need.closed_at > STILL_OPEN:
        return _("It was closed more than 15 days ago; please report it anew.")
    return None


def back_to_work(need: Any) -> NeedState:
    """A reopened need stands where its orders say; without any a delivered one goes on, a closed one starts again."""
    by_hand = NeedState.IN_PROGRESS if need.state is NeedState.DELIVERED else NeedState.ACCEPTED
    return orders.reopens_to(need) or by_hand


DELIVERER: Final = _("You were in charge or delivered it yourself; another person of the office must confirm it.")

_REASON = Ask("reason", label=_("Reason"))
_REPORTERS = (Role.LIAISON, Role.PARTNER, Role.VOLUNTEER)

FLOW = Flow(
    "state",
    (
        Move(
            "accept",
            _("Accept"),
            (NeedState.SUBMITTED,),
            NeedState.ACCEPTED,
            by=(*OFFICE, Role.GRID_LEAD),
            asks=(Ask("category", unless_set=True), Ask("place", unless_set=True), Ask("urgency", unless_set=True)),
            tone="strong",
        ),
        Move(
            "reject",
            _("Do not accept"),
            (NeedState.SUBMITTED,),
            NeedState.REJECTED,
            by=OFFICE,
            asks=(
                Ask("reason", label=_("Reason"), help=_("The person who asked will read it.")),
                Ask("who_can_help", help=_("Whom to turn to instead, with telephone.")),
            ),
            tone="grave",
        ),
        Move(
            "plan",
            _("Plan"),
            (NeedState.ACCEPTED,),
            NeedState.PLANNED,
            by=(*OFFICE, Role.GRID_LEAD, Role.COORDINATOR),
            asks=(Ask("in_charge"), Ask("planned_on")),
            guards=(follows_no_order,),
            tone="strong",
        ),
        Move(
            "start",
            _("Start"),
            (NeedState.PLANNED,),
            NeedState.IN_PROGRESS,
            guards=(follows_no_order, only_in_charge),
            tone="strong",
        ),
        Move(
            "deliver",
            _("Report as delivered"),
            (NeedState.IN_PROGRESS,),
            NeedState.DELIVERED,
            asks=(Ask("done_text"), Ask("done_on", required=False)),
            guards=(follows_no_order, only_in_charge),
            tone="strong",
            photos=True,
        ),
        Move(
            "close",
            _("Close"),
            (NeedState.DELIVERED, NeedState.CLOSED_UNCONFIRMED),
            NeedState.CLOSED,
            by=OFFICE,
            by_resident=True,
            asks=(Ask("outcome"), Ask("satisfaction", required=False), Ask("asked_how")),
            guards=(not_the_deliverer, silence_is_the_residents, not_too_late),
            tone="strong",
        ),
        Move(
            "close_unconfirmed",
            _("Close without an answer"),
            (NeedState.DELIVERED,),
            NeedState.CLOSED_UNCONFIRMED,
            by_system=True,
        ),
        Move(
            "reopen",
            _("Reopen"),
            ANSWERABLE,
            back_to_work,
            by=(Role.SECRETARY,),
            by_resident=True,
            asks=(_REASON,),
            guards=(not_too_late,),
        ),
        Move(
            "withdraw",
            _("Withdraw"),
            (*WORKING_STATES, NeedState.SUBMITTED, NeedState.DELIVERED),
            NeedState.WITHDRAWN,
            by=(*OFFICE, *_REPORTERS),
            by_resident=True,
            asks=(_REASON,),
            guards=(reporter_or_office,),
            tone="grave",
        ),
        Move(
            "make_project",
            _("Make a service project of it"),
            (*WORKING_STATES, NeedState.DELIVERED, NeedState.CLOSED),
            by=OFFICE,
            help=_("A draft that names this need; the need stays as it is."),
        ),
    ),
)
