"""What happens with partners beyond a single column: one partnership at a time, certificates, terms that end."""

from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import access, clock, moves
from app.core.actor import acting, current, system
from app.core.codes import next_code
from app.core.database import transaction
from app.core.fields import Text
from app.core.moves import moved, settled
from app.core.rules import Violation
from app.core.timeline import add_step
from app.extensions import db
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.notices.kinds import Kind
from app.notices.news import Told
from app.notices.service import Whom
from app.organizations.partners import CURRENT, OPEN, Partner, PartnerOrigin, PartnerState
from app.parties.models import Party
from app.roles import OFFICE, Role

CERTIFICATE: Final = "HH"
"""How the numbers of certificates begin (合伙)."""
REMIND: Final = timedelta(days=30)
"""How long before its last day the end of a term is told."""


def propose(**columns: Any) -> Partner:
    """Write down an application or an invitation; the caller commits.

    What a partner writes is an application. Raises Violation, also where the organisation is a partner already.
    """
    partner = Partner(**columns)
    empty: list[Text] = [_("Please fill this in.")]
    missing = {name: empty for name in ("community", "unit") if getattr(partner, name) is None}
    if missing:
        raise Violation(missing)
    if not _works_here(partner):
        partner.origin = PartnerOrigin.APPLIED
    partner.origin = partner.origin or PartnerOrigin.APPLIED
    invited = partner.origin is PartnerOrigin.INVITED
    partner.state = PartnerState.INVITED if invited else PartnerState.APPLIED
    _require_free(partner)
    db.session.add(partner)
    db.session.flush()
    add_step(db.session, partner, "invite" if invited else "register", None, partner.state.value)
    return partner


def _works_here(partner: Partner) -> bool:
    actor = current()
    if actor is None or actor.unbounded:
        return True
    here = {None, partner.community.id}
    return any(held.role in OFFICE and held.community_id in here for held in actor.held)


def _require_free(partner: Partner) -> None:
    """Refuse a second partnership of an organisation beside one that stands; two at once wait for each other."""
    community, unit = partner.community.id, partner.unit.id
    with acting(system("partners")), db.session.no_autoflush:
        db.session.scalar(select(Party.id).where(Party.id == unit).with_for_update())
        same = select(Partner.id).filter_by(community_id=community, unit_id=unit, archived_at=None)
        taken = db.session.scalar(same.where(Partner.state.in_(OPEN)).limit(1))
    if taken is not None:
        raise Violation({"unit": [_("This organisation is a partner already, or about to be one.")]})


@moved.connect_via(Partner)
def follow(sender: type[Partner], row: Partner, move: str, values: dict[str, Any]) -> None:
    """Let days and the certificate follow from a move, through whatever door it was made."""
    days = {"sign": "signed_on", "evaluate": "evaluated_on", "end": "ended_on"}
    if move in days:
        setattr(row, days[move], values.get(days[move]) or clock.today())
    if move == "run_out":
        row.ended_on = row.ends_on
    if move == "remind":
        row.reminded_on = clock.today()
    if move == "sign":
        with db.session.no_autoflush:
            row.certificate = next_code(db.session(), row.community_id, CERTIFICATE, clock.today())


@settled.connect_via(Partner)
def go_on(sender: type[Partner], row: Partner, move: str, values: dict[str, Any]) -> None:
    """What is renewed goes on as an approved entry with the same pledge, whose term is to be written and signed."""
    if move != "renew":
        return
    said = {"pledge": row.pledge, "receives": row.receives, "origin": row.origin}
    partner = Partner(community=row.community, unit=row.unit, **said)
    partner.state = PartnerState.REVIEWED
    db.session.add(partner)
    db.session.flush()
    add_step(db.session, partner, "register", None, partner.state.value)


# -- what time brings -----------------------------------------------------------------------------------------------


def look_after_terms() -> Counts:
    """Let those begin whose first day has come, tell whose term ends within 30 days, end what is over."""
    today, stands = clock.today(), (Partner.state.in_(CURRENT), Partner.archived_at.is_(None))
    soon = Partner.ends_on.between(today, today + REMIND), Partner.reminded_on.is_(None)
    begins = Partner.state == PartnerState.SIGNED, Partner.begins_on <= today, Partner.ends_on >= today
    with acting(system("partners")):
        return {
            "ended": _all("run_out", *stands, Partner.ends_on < today),
            "begun": _all("begin", *stands, *begins),
            "reminded": _all("remind", *stands, *soon),
        }


def _all(name: str, *where: Any) -> int:
    ids = db.session.scalars(select(Partner.id).where(*where).order_by(Partner.id)).all()
    return sum(_move(pk, name) for pk in ids)


def _move(pk: int, name: str) -> bool:
    try:
        with transaction():
            moves.perform(db.session.get_one(Partner, pk), name, {})
    except (access.OutOfScope, moves.Refused, moves.Stale):
        # Somebody was faster.
        return False
    return True


TERMS: Final = Job(
    "partners",
    _("Look after partnerships"),
    _("Lets partners begin on their first day, tells whose term ends within 30 days, and ends those that are over."),
    look_after_terms,
    Daily(6, 15),
    {
        "ended": _("Partnerships that ran out"),
        "begun": _("Partners that began"),
        "reminded": _("Partners that were reminded"),
    },
)

# -- who is told ----------------------------------------------------------------------------------------------------

_THEIRS: Final = Whom(roles=(Role.PARTNER,))
APPLIED: Final = Kind(
    "partner_applied",
    _("An organisation applies to be a partner of the community"),
    done_by=("review", "end", "archive"),
    icon="inbox",
)
INVITED: Final = Kind("partner_invited", _("The community invites your organisation as a partner"), icon="send")
SIGNED: Final = Kind("partner_signed", _("The community has signed your pledge; the certificate can be printed"))
ENDS: Final = Kind(
    "partner_ends",
    _("The term of a partner ends within 30 days"),
    done_by=("renew", "end", "run_out", "archive"),
    icon="clock-history",
    tone="busy",
)
NEWS: Final = (
    Told("register", APPLIED, Whom(roles=(Role.SECRETARY,))),
    Told("invite", INVITED, _THEIRS),
    Told("sign", SIGNED, _THEIRS),
    Told("remind", ENDS, Whom(roles=(Role.SECRETARY, Role.PARTNER))),
)
"""Whom each step is told."""
