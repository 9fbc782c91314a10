"""The choices of a talent: the field, how somebody was found, and where it stands."""

import enum

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class Field(Labelled):
    """In which field somebody is good."""

    HEALTH = "health", _("Medicine and health")
    LAW = "law", _("Law and mediation")
    EDUCATION = "education", _("Education and training")
    PSYCHOLOGY = "psychology", _("Psychology")
    CULTURE = "culture", _("Culture and arts")
    SPORTS = "sports", _("Sports and fitness")
    TECHNOLOGY = "technology", _("Science and technology")
    ENGINEERING = "engineering", _("Building and repairs")
    CRAFTS = "crafts", _("Crafts and intangible heritage")
    BUSINESS = "business", _("Business and management")
    GOVERNANCE = "governance", _("Party building and governance")
    OTHER = "other", _("Other field")


@enum.unique
class FoundBy(Labelled):
    """How the community came to know."""

    VISIT = "visit", _("Home visit")
    SURVEY = "survey", _("Survey")
    RECOMMENDED = "recommended", _("Recommended by others")
    SELF = "self", _("Offered it")
    OTHER = "other", _("Otherwise")


@enum.unique
class TalentState(Labelled):
    """How far somebody takes part."""

    FOUND = "found", _("Found by the community"), "info", "search"
    INVITED = "invited", _("Invited"), "busy", "envelope"
    ACTIVE = "active", _("Takes part"), "good", "check-circle"
    RESTING = "resting", _("Takes no part now"), "calm", "pause-circle"
