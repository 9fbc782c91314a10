"""Who is told of what in dual registration."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.notices.kinds import Kind
from app.notices.news import Told
from app.notices.service import Whom
from app.roles import OFFICE, Role

UNIT_INVITED: Final = Kind(
    "unit_invited",
    _("Your unit is asked to report in to the community"),
    done_by=("report_in", "archive"),
    icon="send",
)
UNIT_REPORTED: Final = Kind(
    "unit_reported",
    _("A unit has reported in; sign the slip and issue the receipt"),
    fixed=True,
    done_by=("receive", "end", "archive"),
    icon="inbox",
)
UNIT_RECEIVED: Final = Kind("unit_received", _("The community has received your unit; the receipt can be printed"))
MEMBER_REPORTED: Final = Kind(
    "member_reported",
    _("A party member has reported in"),
    done_by=("receive", "transfer", "withdraw", "archive"),
    icon="person-check",
)
MEMBER_AGAIN: Final = Kind(
    "member_again",
    _("Somebody who is registered already has reported in by the QR code; ask what has changed"),
    icon="person-check",
)
MEMBER_RECEIVED: Final = Kind(
    "member_received", _("The community has received a member; a service post can be claimed")
)
POST_CLAIMED: Final = Kind(
    "post_claimed",
    _("A member claims a service post; confirm it"),
    done_by=("confirm_post", "decline_post", "transfer", "withdraw", "archive"),
    icon="check-lg",
)
SECOND_ASKED: Final = Kind(
    "second_asked",
    _("A member wants to be registered in two communities; do you agree?"),
    fixed=True,
    done_by=("agree_second", "refuse_second", "transfer", "withdraw", "archive"),
    icon="send",
)

UNIT_IDLE: Final = Kind(
    "unit_idle",
    _("Nothing has happened with a unit for a year; keep the registration or let it lapse"),
    done_by=("keep", "lapse", "end", "archive"),
    icon="clock-history",
)
MEMBER_IDLE: Final = Kind(
    "member_idle",
    _("A member has done nothing for a year; keep the registration or let the member leave"),
    done_by=("keep", "transfer", "withdraw", "archive"),
    icon="clock-history",
)
ONE_IS_IDLE: Final = Kind(
    "own_registration_idle",
    _("Nothing has been carried out for a year; the secretary is asked whether the registration goes on"),
    done_by=("keep", "lapse", "end", "transfer", "withdraw", "archive"),
    icon="clock-history",
)

AGREEMENT_ENDS: Final = Kind(
    "agreement_ends",
    _("A co-building agreement ends within 30 days"),
    done_by=("renew", "finish", "run_out", "archive"),
    icon="clock-history",
    tone="busy",
)

FEEDBACK_SENT: Final = Kind(
    "feedback_sent",
    _("The community tells how a member of your unit did in the quarter; acknowledge it"),
    done_by=("acknowledge",),
    icon="journal-text",
)

_SECRETARY: Final = Whom(roles=(Role.SECRETARY,))
_THEIRS: Final = Whom(roles=(Role.LIAISON, Role.VOLUNTEER))

UNIT_NEWS: Final = (
    Told("invite", UNIT_INVITED, Whom(roles=(Role.LIAISON,))),
    Told("report_in", UNIT_REPORTED, _SECRETARY),
    Told("receive", UNIT_RECEIVED, Whom(roles=(Role.LIAISON,))),
    Told("ask_lapse", UNIT_IDLE, _SECRETARY),
    Told("ask_lapse", ONE_IS_IDLE, Whom(roles=(Role.LIAISON,))),
)
MEMBER_NEWS: Final = (
    Told("register", MEMBER_REPORTED, _SECRETARY),
    Told("report_in", MEMBER_REPORTED, _SECRETARY),
    Told("by_poster_again", MEMBER_AGAIN, Whom(roles=OFFICE)),
    Told("receive", MEMBER_RECEIVED, _THEIRS),
    Told("claim_post", POST_CLAIMED, Whom(roles=OFFICE)),
    Told("ask_second", SECOND_ASKED, _SECRETARY),
    Told("ask_lapse", MEMBER_IDLE, _SECRETARY),
    Told("ask_lapse", ONE_IS_IDLE, _THEIRS),
)
AGREEMENT_NEWS: Final = (Told("remind", AGREEMENT_ENDS, Whom(roles=(Role.SECRETARY, Role.LIAISON))),)
FEEDBACK_NEWS: Final = (Told("send", FEEDBACK_SENT, Whom(roles=(Role.LIAISON,))),)
"""Whom each step is told."""
