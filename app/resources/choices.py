"""The choices of a shared resource: what kind it is, how much of it there is, and where it stands."""

import enum

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class ResourceKind(Labelled):
    """What is shared."""

    SERVICE = "service", _("Service")
    SKILL = "skill", _("Skill")
    FACILITY = "facility", _("Facility")
    VENUE = "venue", _("Venue")
    GOODS = "goods", _("Goods")
    FUND = "fund", _("Funds")
    PEOPLE = "people", _("Helping hands")


@enum.unique
class QuantityMode(Labelled):
    """How much of it there is."""

    UNLIMITED = "unlimited", _("Unlimited")
    COUNTABLE = "countable", _("By number")
    SCHEDULED = "scheduled", _("By time")


@enum.unique
class ResourceState(Labelled):
    """Where a resource stands; only what is available is offered."""

    DRAFT = "draft", _("To be reviewed"), "info", "inbox"
    REVIEWED = "reviewed", _("Reviewed"), "plan", "check-lg"
    AVAILABLE = "available", _("Available"), "good", "check-circle-fill"
    PAUSED = "paused", _("Paused"), "calm", "pause-circle"
    EXHAUSTED = "exhausted", _("Used up"), "busy", "hourglass-split"
    EXPIRED = "expired", _("Term over"), "calm", "calendar-x"
