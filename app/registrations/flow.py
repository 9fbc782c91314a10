"""The moves of members (workflows: MemberRegistration) and of service posts, and who may make them."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.fields import Text
from app.core.flow import Ask, Flow, Move
from app.organizations.flow import lapse_is_asked
from app.registrations.choices import LEFT, OPEN_POSTS, PostState, SecondState
from app.registrations.choices import MemberState as State
from app.roles import OFFICE, Role

_SECRETARY: Final = (Role.SECRETARY,)
_THEIRS: Final = (Role.LIAISON, Role.VOLUNTEER)
_REASON: Final = Ask("reason", label=_("Reason"))
HERE: Final = tuple(state for state in State if state not in LEFT)
"""In these somebody is registered with the community."""


def both_agree(member: Any, actor: Actor) -> Text | None:
    """Who is registered in another community is received once the secretaries of both agree."""
    others = member.elsewhere()
    said = {one.second for one in (member, *others)} if others else set()
    if SecondState.REFUSED in said:
        return _("The member is registered in another community too, and one of the secretaries does not agree.")
    if said - {SecondState.AGREED}:
        return _("The member is registered in another community too; the secretaries of both must agree first.")
    return None


def is_elsewhere(member: Any, actor: Actor) -> Text | None:
    """Only for who is registered in another community too, and where it has not been asked yet."""
    if member.second is None and member.elsewhere():
        return None
    return _("The member is registered in no other community, or it has been asked already.")


def is_asked(member: Any, actor: Actor) -> Text | None:
    """Only what was asked is answered."""
    return None if member.second is SecondState.ASKED else _("No other community has asked.")


def has_room(post: Any, actor: Actor) -> Text | None:
    """A post that nobody can claim any more is not offered."""
    if post.ends_on is not None and post.ends_on < clock.today():
        return _("Its term ended on %(day)s; change the last day first.", day=post.ends_on)
    return None


FLOW: Final = Flow(
    "state",
    (
        Move(
            "receive",
            _("Receive"),
            (State.REPORTED_IN,),
            State.RECEIVED,
            by=OFFICE,
            guards=(both_agree,),
            tone="strong",
        ),
        Move(
            "claim_post",
            _("Claim a post"),
            (State.RECEIVED,),
            State.POST_CLAIMED,
            by=(*_THEIRS, *OFFICE),
            asks=(Ask("post"),),
            tone="strong",
        ),
        Move("confirm_post", _("Confirm the post"), (State.POST_CLAIMED,), State.ACTIVE, by=OFFICE, tone="strong"),
        Move(
            "decline_post",
            _("Choose another post"),
            (State.POST_CLAIMED,),
            State.RECEIVED,
            by=OFFICE,
            asks=(_REASON,),
            help=_("The seat becomes free; the member claims another post."),
        ),
        Move(
            "leave_post",
            _("Give the post back"),
            (State.ACTIVE,),
            State.RECEIVED,
            by=(*_THEIRS, *OFFICE),
            asks=(_REASON,),
        ),
        Move(
            "evaluate",
            _("Evaluate the year"),
            (State.ACTIVE,),
            State.EVALUATED,
            by=_SECRETARY,
            asks=(Ask("grade"), Ask("evaluated_on", required=False)),
        ),
        Move("carry_on", _("Carry on"), (State.EVALUATED,), State.ACTIVE, by=_SECRETARY, tone="strong"),
        Move("ask_lapse", _("Ask whether the registration lapses"), HERE, by_system=True),
        Move("keep", _("Keep the registration"), HERE, by=_SECRETARY, guards=(lapse_is_asked,), tone="strong"),
        Move(
            "transfer",
            _("Transfer"),
            HERE,
            State.TRANSFERRED,
            by=OFFICE,
            asks=(_REASON, Ask("left_on", required=False)),
            tone="grave",
            help=_("The member moves to another community or unit; write down to which."),
        ),
        Move(
            "withdraw",
            _("Leave the register"),
            HERE,
            State.WITHDRAWN,
            by=(*_THEIRS, *OFFICE),
            asks=(_REASON, Ask("left_on", required=False)),
            tone="grave",
        ),
        Move(
            "report_in",
            _("Report in again"),
            LEFT,
            State.REPORTED_IN,
            by=(*_THEIRS, *OFFICE),
            asks=(Ask("unit", unless_set=True), Ask("reported_on", required=False)),
            tone="strong",
        ),
        Move(
            "ask_both",
            _("Ask both secretaries"),
            (State.REPORTED_IN,),
            by=OFFICE,
            guards=(is_elsewhere,),
            help=_("The member is registered in another community too; the secretaries of both must agree."),
        ),
        Move("ask_second", _("A second community asks"), tuple(State), by_system=True),
        Move(
            "agree_second",
            _("Agree to a second community"),
            tuple(State),
            by=_SECRETARY,
            guards=(is_asked,),
        ),
        Move(
            "refuse_second",
            _("Do not agree to a second community"),
            tuple(State),
            by=_SECRETARY,
            asks=(_REASON,),
            guards=(is_asked,),
            tone="grave",
        ),
    ),
)

POST_FLOW: Final = Flow(
    "state",
    (
        Move(
            "offer",
            _("Offer the post"),
            (PostState.DRAFT, PostState.CLOSED),
            PostState.OFFERED,
            by=OFFICE,
            guards=(has_room,),
            tone="strong",
        ),
        Move("claim", _("Note a claim"), (PostState.OFFERED,), PostState.CLAIMED, by_system=True),
        Move("confirm", _("Note a confirmed claim"), (PostState.CLAIMED,), PostState.CONFIRMED, by_system=True),
        Move(
            "publicise",
            _("Publicise"),
            (PostState.CONFIRMED,),
            PostState.PUBLICISED,
            by=OFFICE,
            tone="strong",
            help=_("Who serves on it now hangs on the notice board."),
        ),
        Move("close", _("Close the post"), OPEN_POSTS, PostState.CLOSED, by=OFFICE, tone="grave"),
    ),
)
