"""Registrations in which nothing has happened for a year: the system asks the secretary, who decides (S2-21).

Something happened where work was carried out, an agreement signed, a year evaluated, or somebody was received or
kept. Nothing lapses by itself.
"""

from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from app.core import clock, moves
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import moved
from app.extensions import db
from app.fulfilments.choices import DONE
from app.fulfilments.models import Fulfilment
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.organizations.choices import UnitState
from app.organizations.models import Organization
from app.registrations.choices import MemberState
from app.registrations.cobuilding import Agreement
from app.registrations.models import Member

UNITS: Final = (UnitState.RECEIVED, UnitState.ACTIVE, UnitState.EVALUATED)
MEMBERS: Final = (MemberState.RECEIVED, MemberState.POST_CLAIMED, MemberState.ACTIVE, MemberState.EVALUATED)
"""Who stands in one of these is expected to do something; who was not received yet waits for the community."""


def a_year_ago(day: date) -> date:
    """Return the same day of the year before; of 29 February the last of that month."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def idle_members(limit: date) -> ColumnElement[bool]:
    """Return the SQL for the members of whom nothing is known since a day."""
    came = or_(Fulfilment.taker_id == Member.person_id, Fulfilment.provider_id == Member.person_id)
    done = _done(limit).where(Fulfilment.community_id == Member.community_id, came).exists()
    days = Member.reported_on, Member.received_on, Member.evaluated_on
    return and_(_quiet(Member, MEMBERS, days, limit), ~done)


def idle_units(limit: date) -> ColumnElement[bool]:
    """Return the SQL for the units of which, and of whose members, nothing is known since a day."""
    theirs = select(Member.person_id).where(Member.unit_id == Organization.id, Member.archived_at.is_(None))
    came = or_(
        Fulfilment.provider_id == Organization.id,
        Fulfilment.taker_id.in_(theirs),
        Fulfilment.provider_id.in_(theirs),
    )
    done = _done(limit).where(Fulfilment.community_id == Organization.community_id, came).exists()
    signed = select(Agreement.id).where(Agreement.unit_id == Organization.id, Agreement.signed_on >= limit).exists()
    days = Organization.reported_on, Organization.received_on, Organization.evaluated_on
    return and_(_quiet(Organization, UNITS, days, limit), ~done, ~signed)


def _done(limit: date) -> Any:
    carried_out = Fulfilment.state.in_(DONE), Fulfilment.archived_at.is_(None)
    return select(Fulfilment.id).where(Fulfilment.delivered_on >= limit, *carried_out)


def _quiet(model: Any, states: tuple[Any, ...], days: tuple[Any, ...], limit: date) -> ColumnElement[bool]:
    """Return the SQL for rows in these states, with no such day since the limit, of which nobody was asked yet."""
    quiet = (or_(day.is_(None), day < limit) for day in (*days, model.kept_on))
    recorded = model.created_at < clock.day_starts(limit)
    return and_(model.state.in_(states), model.archived_at.is_(None), model.lapse_asked_on.is_(None), recorded, *quiet)


@moved.connect_via(Member)
@moved.connect_via(Organization)
def note_the_day(sender: type[Any], row: Any, move: str, values: dict[str, Any]) -> None:
    """Remember since when it is asked; once it is decided, or a registration begins anew, nothing is asked any more."""
    if move == "ask_lapse":
        row.lapse_asked_on = clock.today()
    elif move in ANSWERS:
        row.lapse_asked_on = None
        row.kept_on = clock.today() if move == "keep" else None


ANSWERS: Final = ("keep", "lapse", "end", "transfer", "withdraw", "report_in")
"""The moves that answer the question."""


def ask() -> Counts:
    """Ask of each registration that has been idle for a year whether it lapses; each by itself."""
    limit = a_year_ago(clock.today())
    with acting(system("registrations")):
        units = db.session.scalars(select(Organization.id).where(idle_units(limit)).order_by(Organization.id)).all()
        members = db.session.scalars(select(Member.id).where(idle_members(limit)).order_by(Member.id)).all()
        return {
            "units": sum(_ask(Organization, pk) for pk in units),
            "members": sum(_ask(Member, pk) for pk in members),
        }


def _ask(model: Any, pk: int) -> bool:
    try:
        with transaction():
            row = db.session.get_one(model, pk)
            # A registration of which nobody sees anything is not asked about.
            if Member.guard() in row.community.unused_lines:
                return False
            moves.perform(row, "ask_lapse", {})
    except (moves.Refused, moves.Stale):
        # Somebody was faster.
        return False
    return True


IDLE: Final = Job(
    "idle_registrations",
    _("Ask about idle registrations"),
    _("Asks the secretary whether the registration lapses of units and members with whom nothing happened for a year."),
    ask,
    Daily(6, 20),
    {"units": _("Units asked about"), "members": _("Members asked about")},
)
