"""The moves of a unit that reports in (workflows: UnitRegistration), and who may make them."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core.actor import Actor
from app.core.fields import Text
from app.core.flow import Ask, Flow, Move
from app.organizations.choices import UnitState as State
from app.roles import OFFICE, Role

REPORTING: Final = (State.REPORTED_IN, State.RECEIVED, State.ACTIVE, State.EVALUATED)
"""A unit in one of these is registered with the community."""

VOTES: Final = ("votes_excellent", "votes_qualified", "votes_fair")
"""How many of the residents asked voted for which grade."""

EXPECTED: Final = (State.RECEIVED, State.ACTIVE, State.EVALUATED)
"""Of a unit in one of these the community expects something."""

_REASON: Final = Ask("reason", label=_("Reason"))


def slip_is_complete(unit: Any, actor: Actor) -> Text | None:
    """The slip says whom the community calls. These columns are masked, so the form of the unit asks for them."""
    if unit.contact_name and unit.contact_phone:
        return None
    return _("Write down contact person and contact phone first; they stand on the registration slip.")


def lapse_is_asked(row: Any, actor: Actor) -> Text | None:
    """Only what was asked is answered."""
    return None if row.lapse_asked_on is not None else _("Nobody has asked whether it lapses.")


FLOW: Final = Flow(
    "state",
    (
        Move("invite", _("Invite to report in"), (None,), State.INVITED, by=OFFICE),
        Move(
            "report_in",
            _("Hand in the registration slip"),
            (State.INVITED, State.LAPSED, State.ENDED),
            State.REPORTED_IN,
            by=(Role.LIAISON, *OFFICE),
            asks=(
                Ask("party_org", unless_set=True),
                Ask("member_count", unless_set=True),
                Ask("reported_on", required=False),
            ),
            guards=(slip_is_complete,),
            tone="strong",
            help=_("The secretary signs the slip and issues a receipt."),
        ),
        Move(
            "receive",
            _("Sign and issue the receipt"),
            (State.REPORTED_IN,),
            State.RECEIVED,
            by=(Role.SECRETARY,),
            asks=(Ask("received_on", required=False),),
            tone="strong",
        ),
        Move("activate", _("Begin building together"), (State.RECEIVED,), State.ACTIVE, by_system=True),
        Move(
            "evaluate",
            _("Evaluate the year"),
            (State.ACTIVE,),
            State.EVALUATED,
            by=(Role.SECRETARY,),
            asks=(Ask("grade"), *(Ask(name) for name in VOTES), Ask("evaluated_on", required=False)),
            help=_("With the votes of the residents, at least once a year."),
        ),
        Move("carry_on", _("Carry on"), (State.EVALUATED,), State.ACTIVE, by=(Role.SECRETARY,), tone="strong"),
        Move("ask_lapse", _("Ask whether the registration lapses"), EXPECTED, by_system=True),
        Move(
            "keep", _("Keep the registration"), EXPECTED, by=(Role.SECRETARY,), guards=(lapse_is_asked,), tone="strong"
        ),
        Move(
            "lapse",
            _("Let it lapse"),
            EXPECTED,
            State.LAPSED,
            by=(Role.SECRETARY,),
            asks=(_REASON,),
            tone="grave",
            help=_("The unit has done nothing with the community for a year."),
        ),
        Move(
            "end",
            _("End the registration"),
            (*REPORTING, State.LAPSED),
            State.ENDED,
            by=(Role.LIAISON, Role.SECRETARY),
            asks=(_REASON, Ask("ended_on", required=False)),
            tone="grave",
        ),
    ),
)
