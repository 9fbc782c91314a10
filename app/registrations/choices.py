"""The choices of dual registration: how members and their posts stand, and what kinds of posts there are."""

import enum
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class MemberState(Labelled):
    """Where a party member stands who reports in to the community of the own home."""

    REPORTED_IN = "reported_in", _("Reported in"), "info", "inbox"
    RECEIVED = "received", _("Received by the community"), "plan", "check-lg"
    POST_CLAIMED = "post_claimed", _("Post claimed"), "plan", "send"
    ACTIVE = "active", _("Serving"), "good", "play-circle"
    EVALUATED = "evaluated", _("Evaluated this year"), "good", "star"
    TRANSFERRED = "transferred", _("Transferred"), "calm", "arrow-repeat"
    WITHDRAWN = "withdrawn", _("Left the register"), "calm", "slash-circle"


LEFT: Final = (MemberState.TRANSFERRED, MemberState.WITHDRAWN)
"""Who stands here is registered no longer, and may report in again."""


@enum.unique
class SecondState(Labelled):
    """Whether the secretary agrees that somebody reports in to two communities."""

    ASKED = "asked", _("To be agreed")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Not agreed")


@enum.unique
class PostKind(Labelled):
    """The eight kinds of service posts (服务岗位)."""

    ORGANISATION = "organisation", _("Organisation building")
    LEGAL_AID = "legal_aid", _("Legal aid")
    HARDSHIP = "hardship", _("Help in hardship and employment")
    GOVERNANCE = "governance", _("Community governance")
    HEALTH = "health", _("Health and medical care")
    CULTURE = "culture", _("Culture, arts and sports")
    SAFETY = "safety", _("Safety education and patrols")
    OTHER = "other", _("Other posts")


@enum.unique
class PostState(Labelled):
    """Where a service post stands; members claim it until it is closed or full."""

    DRAFT = "draft", _("To be offered"), "info", "inbox"
    OFFERED = "offered", _("Open to be claimed"), "plan", "send"
    CLAIMED = "claimed", _("Claimed"), "plan", "check-lg"
    CONFIRMED = "confirmed", _("Confirmed"), "good", "check-circle"
    PUBLICISED = "publicised", _("Publicised"), "good", "check2-all"
    CLOSED = "closed", _("Closed post"), "calm", "slash-circle"


OPEN_POSTS: Final = (PostState.OFFERED, PostState.CLAIMED, PostState.CONFIRMED, PostState.PUBLICISED)
"""In these a post takes members as long as there is room."""
