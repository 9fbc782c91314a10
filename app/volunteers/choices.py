"""Where a volunteer stands."""

import enum

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class VolunteerState(Labelled):
    """Where a volunteer stands; only who is active is offered orders."""

    APPLIED = "applied", _("Applied"), "info", "inbox"
    APPROVED = "approved", _("Admitted"), "plan", "check-lg"
    ACTIVE = "active", _("In service"), "good", "person-check"
    SUSPENDED = "suspended", _("Paused"), "busy", "pause-circle"
    LEFT = "left", _("Left"), "calm", "slash-circle"
