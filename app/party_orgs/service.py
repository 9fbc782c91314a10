"""What happens with party organisations beyond one column: locks, and what is put away."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.core.actor import acting, system
from app.core.fields import Text
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.party_orgs.models import PartyMember, PartyOrg
from app.party_orgs.rules import EMPTY
from app.people.models import Person


def found(**columns: Any) -> PartyOrg:
    """Write an organisation; the caller commits. Raises Violation."""
    org = PartyOrg(**columns)
    _require(org, "community")
    _hold(org)
    db.session.add(org)
    db.session.flush()
    return org


def change(org: PartyOrg, values: dict[str, Any]) -> None:
    """Change an organisation; the caller commits. Raises Violation."""
    with db.session.no_autoflush:
        for name, value in values.items():
            setattr(org, name, value)
    _hold(org)
    db.session.flush()


def join(**columns: Any) -> PartyMember:
    """Let somebody belong to an organisation; the caller commits. Raises Violation."""
    member = PartyMember(**columns)
    _require(member, "community", "person", "org")
    _hold_person(member.person)
    db.session.add(member)
    db.session.flush()
    return member


def change_member(member: PartyMember, values: dict[str, Any]) -> None:
    """Change since when or until when; the caller commits. Raises Violation."""
    _hold_person(member.person)
    for name, value in values.items():
        setattr(member, name, value)
    db.session.flush()


def require_empty(org: PartyOrg) -> None:
    """Refuse to put away an organisation something lies in, or somebody belongs to. Raises Refused."""
    with acting(system("party organisations")):
        below = _count(
            select(func.count(PartyOrg.id)).where(PartyOrg.parent_id == org.id, PartyOrg.archived_at.is_(None))
        )
        members = _count(select(func.count(PartyMember.id)).where(PartyMember.org_id == org.id, PartyMember.current()))
    if below:
        raise Refused(_("%(count)s organisations lie in it; put them elsewhere first.", count=below))
    if members:
        raise Refused(_("%(count)s members belong to it; let them join another one first.", count=members))


def _count(statement: Any) -> int:
    return db.session.scalar(statement) or 0


def _require(row: Any, *names: str) -> None:
    missing: dict[str, list[Text]] = {name: [EMPTY] for name in names if getattr(row, name) is None}
    if missing:
        raise Violation(missing)


def _hold(org: PartyOrg) -> None:
    """Let nobody else turn the tree round until the transaction is over; SQLite has one writer at a time anyway."""
    community = org.community.id if org.community is not None else org.community_id
    with acting(system("party organisations")), db.session.no_autoflush:
        tree = select(PartyOrg.id).where(PartyOrg.community_id == community).order_by(PartyOrg.id)
        db.session.scalars(tree.with_for_update(of=PartyOrg)).all()


def _hold_person(person: Person) -> None:
    """Let nobody else write memberships of the person until the transaction is over."""
    with acting(system("party organisations")), db.session.no_autoflush:
        db.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update(of=Person))
