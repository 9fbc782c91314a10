"""The choices of units and teams: what kind they are, and how a unit stands that reports in."""

import enum
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class UnitKind(Labelled):
    """What kind of organisation it is."""

    PARTY_UNIT = "party_unit", _("Party and government unit")
    ENTERPRISE = "enterprise", _("Enterprise")
    PROPERTY = "property", _("Property management")
    SOCIAL_ORG = "social_org", _("Social organisation")
    DEPARTMENT = "department", _("Functional department")
    HOSPITAL = "hospital", _("Hospital")
    SCHOOL = "school", _("School")
    MERCHANT = "merchant", _("Merchant")
    MEDIA = "media", _("Media")
    COMMUNITY = "community", _("Community body")
    OTHER = "other", _("Other organisation")


HERE: Final = (
    *(UnitKind.PARTY_UNIT, UnitKind.DEPARTMENT, UnitKind.SCHOOL),
    *(UnitKind.ENTERPRISE, UnitKind.SOCIAL_ORG),
)
"""What account 003 calls the units of the district; hospitals and property companies it counts apart."""


@enum.unique
class UnitState(Labelled):
    """Where a unit stands that reports to the community (双报到); none for all others."""

    INVITED = "invited", _("Invited to report in"), "info", "send"
    REPORTED_IN = "reported_in", _("Reported in"), "info", "inbox"
    RECEIVED = "received", _("Received by the community"), "plan", "check-lg"
    ACTIVE = "active", _("Building together"), "good", "play-circle"
    EVALUATED = "evaluated", _("Evaluated this year"), "good", "star"
    LAPSED = "lapsed", _("Lapsed"), "calm", "pause-circle"
    ENDED = "ended", _("Registration ended"), "calm", "slash-circle"


@enum.unique
class Grade(Labelled):
    """The result of a yearly evaluation (年度评议)."""

    EXCELLENT = "excellent", _("Excellent"), "good", "star"
    QUALIFIED = "qualified", _("Qualified"), "plan", "check-lg"
    FAIR = "fair", _("Fair"), "calm", "slash-circle"


@enum.unique
class TeamKind(Labelled):
    """What kind of team it is."""

    SERVICE_TEAM = "service_team", _("Service team")
    MICRO_TEAM = "micro_team", _("Micro team")
    CLUB = "club", _("Club")
    OTHER = "other", _("Other team")
