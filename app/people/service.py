"""What belongs to a person beyond the own row: the account by which somebody signs in."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community
from app.core import sealing
from app.core.actor import Actor, acting, current
from app.core.rules import Violation
from app.extensions import db
from app.parties.models import Party, PartyKind
from app.people import likeness
from app.people.models import Person


def let_volunteers_be_people(sender: type[Grant], columns: dict[str, Any]) -> None:
    """A volunteer is a person of the community, and speaks for herself unless she leads a team."""
    account, community = columns.get("account"), columns.get("community")
    actor = current()
    if columns.get("role") is not GrantRole.VOLUNTEER or account is None or community is None or actor is None:
        return
    # Who gives the role need not be one who may write people.
    with acting(Actor(actor.label, actor.user_id, unbounded=True)):
        person = person_of(account, community, columns.get("subject"))
    columns["subject"] = columns.get("subject") or person.party


def person_of(account: Account, community: Community, chosen: Party | None = None) -> Person:
    """Return the record of who signs in: the one there is or was chosen, that with the same phone, or a new one.

    Raises Violation when the chosen one is somebody else's.
    """
    known = db.session.scalars(select(Person).filter_by(account_id=account.id, community_id=community.id)).one_or_none()
    if chosen is not None and chosen.kind is PartyKind.PERSON and chosen.community_id == community.id:
        return _linked(chosen, account, known)
    person = known or _namesake(account, community)
    if person is None:
        person = Person(community=community, name=account.name, phones=[account.phone] if account.phone else [])
        db.session.add(person)
    person.account = account
    db.session.flush()
    return person


def _linked(chosen: Party, account: Account, known: Person | None) -> Person:
    person: Person = db.session.get_one(Person, chosen.id)
    if person is not known and (known is not None or person.account_id is not None):
        raise Violation({"subject": [_("This is the record of somebody else.")]})
    person.account = account
    db.session.flush()
    return person


def _namesake(account: Account, community: Community) -> Person | None:
    """Return the one person in use of the same name and phone who does not sign in yet."""
    if not account.phone:
        return None
    likeness.take_turns(community.id)
    here = select(Person).filter_by(community_id=community.id, name=account.name, account_id=None, archived_at=None)
    found = db.session.scalars(here.where(sealing.holds(Person, "phones", account.phone))).all()
    return found[0] if len(found) == 1 else None
