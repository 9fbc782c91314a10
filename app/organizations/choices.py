"""The choices of units and teams: what kind they are."""

import enum

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


@enum.unique
class TeamKind(Labelled):
    """What kind of team it is."""

    SERVICE_TEAM = "service_team", _("Service team")
    MICRO_TEAM = "micro_team", _("Micro team")
    CLUB = "club", _("Club")
    OTHER = "other", _("Other team")
