"""The page of the needs: only what differs from every other list."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import false, or_
from sqlalchemy.sql import ColumnElement

from app.accounts import staff
from app.communities.models import Place, in_subtree
from app.communities.service import category_choices, place_choices
from app.core import access
from app.core.actor import current
from app.core.fields import Text
from app.core.listing import Quick
from app.core.messaging import Messaging
from app.core.timeline import Step
from app.core.views import ListView, ScopedInterface
from app.needs import service
from app.needs.choices import OPEN_STATES, WORKING_STATES, Channel, NeedState
from app.needs.models import Need, overdue
from app.needs.parts import PARTS
from app.needs.story import story


def waiting() -> ColumnElement[bool]:
    """The needs nobody has answered yet."""
    return Need.state == NeedState.SUBMITTED


def at_posters() -> ColumnElement[bool]:
    """What residents reported at posters and nobody has looked at yet."""
    return waiting() & (Need.channel == Channel.QR)


def mine() -> ColumnElement[bool]:
    """The open needs the actor is in charge of."""
    actor = current()
    return (Need.in_charge_id == (actor.user_id if actor else 0)) & Need.state.in_(WORKING_STATES)


def unfinished() -> ColumnElement[bool]:
    """The needs that are not at an end."""
    return Need.state.in_(OPEN_STATES)


class NeedView(Messaging, ListView):
    """群众需求清单."""

    datamodel = ScopedInterface(Need)
    list_title = _("Residents' needs")
    menu_group = _("The four lists")
    icon = "chat-left-text"
    short_title = _("Needs")
    add_hint = _("Register a need")
    empty_hint = _("No need matches. Register what a resident told you, or clear the filters.")
    list_columns = [
        "code",
        "title",
        "category",
        "place",
        "urgency",
        "state",
        "in_charge",
        "received_at",
        "resolution_due",
    ]
    filter_columns = ("state", "category", "place", "urgency", "channel", "kind", "received_at", "resolution_due")
    quiet_filters = ("community", "in_charge", "response_due", "accepted_at", "closed_at")
    order_names = ("received_at", "resolution_due", "code", "urgency", "state")
    default_order = ("received_at", "desc")
    quick_filters = {
        "open": Quick(_("Open"), unfinished),
        "waiting": Quick(_("To be accepted"), waiting),
        "scanned": Quick(_("From posters, to be looked at"), at_posters),
        "mine": Quick(_("In my charge"), mine),
        "overdue": Quick(_("Overdue"), overdue),
    }
    parts = PARTS
    badge_filters = ("waiting", "mine")
    alarm_column = "resolution_due"
    loud_filters = ("overdue",)
    bulk_moves = ("accept",)

    def told_outside(self, row: Need) -> list[tuple[Text, str]]:
        """What a resident or a group may be told."""
        return story(row)

    def create(self, values: dict[str, Any]) -> Need:
        """Register it."""
        return service.register(**values)

    def change(self, row: Need, values: dict[str, Any]) -> None:
        """Change it, and when it is due with it."""
        super().change(row, values)
        service.due_anew(row)

    def _said_label(self, step: Step, name: str) -> Text:
        return _("Service order") if name == "order" else super()._said_label(step, name)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer the open places, the categories in use, and the people of the community as persons in charge."""
        if name == "in_charge":
            return staff.choices(text, service.HANDS)
        if name == "place":
            return place_choices(text, _within_reach())
        if name == "category":
            return category_choices(text)
        return super().choices(name, text)


def _within_reach() -> ColumnElement[bool]:
    """Return the SQL for the places where the actor may write needs: who has a grid is offered that grid."""
    actor = current()
    grants = [held for verb in "cem" for held, _rule in access.clauses(actor, Need.guard(), verb)] if actor else []
    return or_(false(), *(Place.within(held) & in_subtree(held.place_path or "/") for held in dict.fromkeys(grants)))
