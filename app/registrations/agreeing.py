"""What happens with agreements beyond a single row: signing makes the unit active, terms end, another follows."""

from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import clock, moves
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.moves import moved, settled
from app.core.timeline import add_step
from app.extensions import db
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.organizations.choices import UnitState
from app.registrations.cobuilding import LINKS, Agreement, AgreementState

REMIND: Final = timedelta(days=30)
"""How long before its last day the end of an agreement is told."""


def draft(**columns: Any) -> Agreement:
    """Draw an agreement up, to be signed by the secretary; the caller commits."""
    agreement = Agreement(**columns)
    agreement.state = AgreementState.DRAFT
    db.session.add(agreement)
    db.session.flush()
    add_step(db.session, agreement, "register", None, agreement.state.value)
    return agreement


@moved.connect_via(Agreement)
def note_the_day(sender: type[Agreement], row: Agreement, move: str, values: dict[str, Any]) -> None:
    """Let the signature and the reminder have their day."""
    if move == "sign":
        row.signed_on = values.get("signed_on") or clock.today()
    if move == "remind":
        row.reminded_on = clock.today()


@settled.connect_via(Agreement)
def follow(sender: type[Agreement], row: Agreement, move: str, values: dict[str, Any]) -> None:
    """A unit that has signed builds together with the community; what is renewed goes on as a draft."""
    if move == "sign":
        _begin(row)
    if move == "renew":
        said = {name: getattr(row, name) for name in (*LINKS, "title")}
        draft(community=row.community, unit=row.unit, **said)


def _begin(agreement: Agreement) -> None:
    unit = agreement.reporting_unit()
    if unit is None or unit.state is not UnitState.RECEIVED:
        return
    with acting(system("registrations")):
        moves.perform(unit, "activate", {})
        db.session.flush()


def look_after_terms() -> Counts:
    """Tell units whose agreements end within 30 days, and end those whose term is over; each by itself."""
    signed = Agreement.state == AgreementState.SIGNED, Agreement.archived_at.is_(None)
    over = Agreement.ends_on < clock.today()
    soon = Agreement.ends_on.between(clock.today(), clock.today() + REMIND), Agreement.reminded_on.is_(None)
    with acting(system("agreements")):
        ended = db.session.scalars(select(Agreement.id).where(*signed, over).order_by(Agreement.id)).all()
        ending = db.session.scalars(select(Agreement.id).where(*signed, *soon).order_by(Agreement.id)).all()
        return {
            "ended": sum(_move(pk, "run_out") for pk in ended),
            "reminded": sum(_move(pk, "remind") for pk in ending),
        }


def _move(pk: int, name: str) -> bool:
    try:
        with transaction():
            moves.perform(db.session.get_one(Agreement, pk), name, {})
    except (moves.Refused, moves.Stale):
        # Somebody was faster.
        return False
    return True


TERMS: Final = Job(
    "agreements",
    _("Look after agreements"),
    _("Tells units whose agreements end within 30 days, and ends those whose term is over."),
    look_after_terms,
    Daily(6, 10),
    {"ended": _("Agreements that ran out"), "reminded": _("Units that were reminded")},
)
