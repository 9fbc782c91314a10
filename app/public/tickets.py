"""Ticket codes: given out once, kept as a keyed hash, good for 180 days, and replaced by the next one (S0-03)."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from app.communities.models import Place
from app.core import clock, keyring
from app.core.actor import acting, current, system
from app.core.moves import ARCHIVED, Refused
from app.core.timeline import add_step
from app.extensions import db
from app.needs.guards import not_the_deliverer
from app.needs.models import Need
from app.public import codes
from app.public.codes import Kind
from app.public.models import TicketCode

LIFE: Final = timedelta(days=180)
MARK: Final = 16
ISSUED: Final = "code"
"""The step in the timeline of a need whose asker was given a code."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a code that works opens. `issued_by_id`: who printed it; None where the form of a poster gave it out.

    `mark`: what a browser may keep of the code, to be known again as one that has opened it.
    """

    id: int
    need: Need
    issued_by_id: int | None
    mark: str


def hash_of(signs: str) -> str:
    """Return what is kept of a code: nobody finds the code from it without the key of the instance."""
    return hmac.digest(keyring.fixed("ticket codes"), signs.encode(), hashlib.sha256).hex()


def mark_of(signs: str) -> str:
    """Return what a browser keeps of a code it has opened; it opens nothing."""
    return hash_of(signs)[:MARK]


def drawn_from(secret: str) -> str:
    """Return the code that belongs to a form, so that the second half of a double click shows the same one.

    `secret`: the 128 random bits that only this form carries. Without the key of the instance nothing follows from it.
    """
    digest = hmac.digest(keyring.fixed("codes of forms"), secret.encode(), hashlib.sha256)
    return codes.of_bits(Kind.TICKET, int.from_bytes(digest))


def issue(need: Need, signs: str | None = None) -> str:
    """Give out a code for a need, the only one that works from now on; part of the caller's transaction.

    Returns its signs, which nobody can tell later.
    """
    db.session.execute(select(Need.id).where(Need.id == need.id).with_for_update())
    moment, actor, signs = clock.now(), current(), signs or codes.new(Kind.TICKET)
    for earlier in _in_force(need):
        earlier.revoked_at = moment
    ticket = TicketCode(community_id=need.community_id, need_id=need.id, hash=hash_of(signs), issued_at=moment)
    ticket.expires_at, ticket.issued_by_id = moment + LIFE, actor.user_id if actor is not None else None
    db.session.add(ticket)
    need.code_issued_at = moment
    return signs


def _in_force(need: Need) -> list[TicketCode]:
    of_it = select(TicketCode).where(TicketCode.community_id == need.community_id, TicketCode.need_id == need.id)
    return list(db.session.scalars(of_it.where(TicketCode.revoked_at.is_(None))))


def reissue(need: Need) -> str:
    """Give out a code at the desk, which the timeline tells; part of the caller's transaction.

    Raises Refused where the row is archived, or where the actor did the work and would hold the means to confirm it.
    """
    actor = current()
    if need.archived_at is not None:
        raise Refused(ARCHIVED)
    if actor is not None and not_the_deliverer(need, actor) is not None:
        raise Refused(_("You were in charge or delivered it yourself; another person must print the slip."))
    signs = issue(need)
    add_step(db.session, need, ISSUED, None, None)
    return signs


def find(signs: str) -> Ticket | None:
    """Return what a code opens; None where it was never given out, has run out or was replaced: all alike."""
    wanted = select(TicketCode).where(TicketCode.hash == hash_of(signs), TicketCode.revoked_at.is_(None))
    found = db.session.scalars(wanted.where(TicketCode.expires_at > clock.now())).one_or_none()
    need = _need_of(found) if found is not None else None
    if found is None or need is None:
        return None
    return Ticket(found.id, need, found.issued_by_id, found.hash[:MARK])


def _need_of(ticket: TicketCode) -> Need | None:
    with_place = joinedload(Need.place).joinedload(Place.parent)
    wanted = select(Need).where(Need.id == ticket.need_id, Need.archived_at.is_(None))
    with acting(system("public")):
        found: Need | None = db.session.scalars(wanted.options(with_place, joinedload(Need.community))).one_or_none()
    return found


def note_use(ticket_id: int) -> None:
    """Keep when a code was answered with; part of the caller's transaction."""
    db.session.get_one(TicketCode, ticket_id).used_at = clock.now()


def forget_old() -> int:
    """Remove the codes that have run out, and return how many."""
    old: Any = db.session.execute(delete(TicketCode).where(TicketCode.expires_at < clock.now()))
    return int(old.rowcount)
