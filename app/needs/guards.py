"""Why a move of a need is not possible now, and where those lead that go by how things stand."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.fields import Text
from app.core.model import recorded_by
from app.needs.choices import NeedState
from app.needs.orders import orders
from app.roles import OFFICE


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
    """The resident may answer what is delivered at any time, and what is closed within 15 days (a setting)."""
    if actor.errands and need.closed_at is not None and clock.now() - need.closed_at > need.community.still_open:
        days = need.community.still_open.days
        return _("It was closed more than %(days)s days ago; please report it anew.", days=days)
    return None


def is_called(need: Any, actor: Actor) -> Text | None:
    """The subdistrict answers where it was called."""
    return None if need.escalated_at is not None else _("The subdistrict has not been called.")


def not_called_in_vain(need: Any, actor: Actor) -> Text | None:
    """The subdistrict is called again once it has answered."""
    if need.escalated_at is not None and need.street_answered_at is None:
        return _("The subdistrict has been called already and has not answered yet.")
    return None


def back_to_work(need: Any) -> NeedState:
    """A reopened need stands where its orders say; without any a delivered one goes on, a closed one starts again."""
    by_hand = NeedState.IN_PROGRESS if need.state is NeedState.DELIVERED else NeedState.ACCEPTED
    return orders.reopens_to(need) or by_hand


def where_it_stood(need: Any) -> NeedState:
    """A need that goes on stands where its orders say; without any where it stood before."""
    return orders.stands(need) or need.held_from or NeedState.PLANNED


DELIVERER: Final = _("You were in charge or delivered it yourself; another person of the office must confirm it.")
