"""Where an order stands, and what that means for the provider's time and stock."""

import enum
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class FulfilmentState(Labelled):
    """Where an order stands."""

    OFFERED = "offered", _("Offered"), "info", "send"
    CLAIMED = "claimed", _("Taken"), "plan", "check-lg"
    SCHEDULED = "scheduled", _("Date agreed"), "plan", "calendar-check"
    IN_PROGRESS = "in_progress", _("Under way"), "busy", "tools"
    DELIVERED = "delivered", _("Carried out"), "good", "truck"
    CONFIRMED = "confirmed", _("Confirmed by the resident"), "good", "check-circle-fill"
    DECLINED = "declined", _("Declined"), "calm", "slash-circle"
    EXPIRED = "expired", _("Not answered in time"), "calm", "clock-history"
    RETURNED = "returned", _("Returned"), "calm", "arrow-counterclockwise"
    MISSED = "missed", _("Not kept"), "danger", "calendar-x"
    CANCELLED = "cancelled", _("Cancelled"), "calm", "slash-circle"
    REVERSED = "reversed", _("Reversed"), "calm", "arrow-counterclockwise"


BEFORE_DONE: Final = (
    FulfilmentState.OFFERED,
    FulfilmentState.CLAIMED,
    FulfilmentState.SCHEDULED,
    FulfilmentState.IN_PROGRESS,
)
LIVE: Final = (*BEFORE_DONE, FulfilmentState.DELIVERED)
"""An order in one of these is under way; the need then follows its orders."""

DONE: Final = (FulfilmentState.DELIVERED, FulfilmentState.CONFIRMED)

BOOKED: Final = (FulfilmentState.CLAIMED, FulfilmentState.SCHEDULED, FulfilmentState.IN_PROGRESS)
"""In these the date of an order takes the provider's time."""
