"""The choices of a need: what kind it is, how it was heard of, where it stands and how it ended."""

import enum

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class NeedState(Labelled):
    """Where a need stands; 已落地 delivered, 已办结 closed and satisfied are three different things."""

    SUBMITTED = "submitted", _("Submitted"), "info", "inbox"
    ACCEPTED = "accepted", _("Accepted"), "plan", "check-lg"
    PLANNED = "planned", _("Planned"), "plan", "calendar-check"
    IN_PROGRESS = "in_progress", _("In progress"), "busy", "tools"
    ON_HOLD = "on_hold", _("On hold"), "calm", "pause-circle"
    REFERRED = "referred", _("Referred"), "busy", "send"
    DELIVERED = "delivered", _("Delivered"), "good", "truck"
    CLOSED = "closed", _("Closed"), "good", "check-circle-fill"
    CLOSED_UNCONFIRMED = "closed_unconfirmed", _("Closed without an answer"), "calm", "check-circle"
    REJECTED = "rejected", _("Not accepted"), "calm", "slash-circle"
    MERGED = "merged", _("Merged"), "calm", "link-45deg"
    UNRESOLVABLE = "unresolvable", _("Explained"), "calm", "chat-dots"
    WITHDRAWN = "withdrawn", _("Withdrawn"), "calm", "arrow-counterclockwise"


@enum.unique
class Holder(Labelled):
    """With whom a need lies, whose time it is that passes."""

    OFFICE = "office", _("The community")
    IN_CHARGE = "in_charge", _("The person in charge")
    PROVIDER = "provider", _("Who was asked to do it")
    BODY = "body", _("Another body")
    RESIDENT = "resident", _("The resident, to answer")
    NOBODY = "nobody", _("Nobody: on hold")


OPEN_STATES = (
    NeedState.SUBMITTED,
    NeedState.ACCEPTED,
    NeedState.PLANNED,
    NeedState.IN_PROGRESS,
    NeedState.ON_HOLD,
    NeedState.REFERRED,
    NeedState.DELIVERED,
)
ANSWERABLE = (NeedState.DELIVERED, NeedState.CLOSED, NeedState.CLOSED_UNCONFIRMED)
"""Where the resident may still say that it is not solved."""
WORKING_STATES = (NeedState.ACCEPTED, NeedState.PLANNED, NeedState.IN_PROGRESS)
RUNNING_STATES = (*WORKING_STATES, NeedState.REFERRED)
"""Where the time to get it done passes."""


@enum.unique
class NeedKind(Labelled):
    """What sort of word it is (诉求、心愿、建议、困难)."""

    HELP = "help", _("Asks for help")
    APPEAL = "appeal", _("Appeal")
    SUGGESTION = "suggestion", _("Suggestion")
    HAZARD = "hazard", _("Hazard")


@enum.unique
class Channel(Labelled):
    """How we heard of it (S0-03)."""

    VISIT = "visit", _("Home visit")
    HALL = "hall", _("Service hall")
    PHONE = "phone", _("Telephone")
    WECHAT = "wechat", _("WeChat")
    HOTLINE = "hotline", _("12345 hotline")
    QR = "qr", _("QR code")
    MEETING = "meeting", _("Meeting")
    POINT = "point", _("Listening point")
    UNIT = "unit", _("Unit reporting in")
    OTHER = "other", _("Other channel")


@enum.unique
class Urgency(Labelled):
    """How soon it must be answered."""

    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent"), "busy", "exclamation-circle"
    CRITICAL = "critical", _("Critical"), "danger", "exclamation-triangle-fill"


@enum.unique
class VulnerableGroup(Labelled):
    """The group of people in difficulty the person belongs to (S3-08)."""

    EXTREME_POVERTY = "extreme_poverty", _("Extreme poverty")
    SUBSISTENCE = "subsistence_allowance", _("Subsistence allowance")
    ELDER_ALONE = "elder_alone", _("Elder living alone")
    ADVANCED_AGE = "advanced_age", _("Advanced age")
    DISABLED_ELDER = "disabled_elder", _("Disabled elder")
    DISABILITY = "disability", _("Disability")
    CHILD = "child_in_difficulty", _("Child in difficulty")
    LEFT_BEHIND = "left_behind", _("Left behind")
    WOMAN = "women_in_need", _("Woman in need")
    VETERAN = "veteran_benefit", _("Veteran with benefits")
    SPECIAL = "special_attention", _("Needs special attention")


@enum.unique
class Outcome(Labelled):
    """Whether what was asked for has been met."""

    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    UNMET = "unmet", _("Not met")


@enum.unique
class AskedHow(Labelled):
    """How the person was asked whether it is solved."""

    CODE = "code", _("By code")
    PHONE = "phone", _("By telephone")
    VISIT = "visit", _("At a visit")
    WINDOW = "window", _("At the window")
