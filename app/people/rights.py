"""Who may hand out or erase what is kept of a person, and whom they find (PIPL, articles 45 and 47)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask_babel import gettext
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import Account, Grant
from app.accounts.sessions import held_by
from app.communities.models import Community, Place
from app.core import access
from app.core.actor import Actor, Held, acting, current, system
from app.core.moves import Refused
from app.extensions import db
from app.people.models import Person
from app.roles import Role

COPY: Final = "xR"
"""The verbs of the list of people that handing everything out needs: it exports, and it reveals."""
ERASE: Final = "a"
"""Erasing is for who archives."""


def clerk(code: str | None, login: str | None) -> Actor:
    """Return who acts by a command: the secretary's rights in the community with this code, or somebody's own.

    Of somebody's own grants only those of the community, where one is named; without a name and a code it is the
    only community there is. Raises Refused.
    """
    with acting(system("cli")):
        community = _community(code) if code or not login else None
        if login:
            return _somebody(login, community)
    held = clerk_of(community) if community is not None else None
    return Actor("system:cli", held=(held,) if held is not None else ())


def clerk_of(community: Community) -> Held:
    """Return the rights of a secretary of the community, by which commands work in nobody's name."""
    return Held(Role.SECRETARY, community.id, unused=community.unused_lines)


def _community(code: str | None) -> Community:
    wanted = select(Community).filter_by(code=code) if code else select(Community)
    found = db.session.scalars(wanted.limit(2)).all()
    if len(found) == 1:
        return found[0]
    if code:
        raise Refused(gettext("There is no community with the code “%(code)s”.", code=code))
    raise Refused(gettext("Name the --community, or act --as somebody."))


def _somebody(login: str, community: Community | None) -> Actor:
    account = service.find(login)
    if account is None or not account.active:
        raise Refused(gettext("There is no account “%(login)s” that is open.", login=login))
    return rights_of(account, community)


def rights_of(account: Account, community: Community | None = None) -> Actor:
    """Return somebody as who acts by a command or a job, with the grants that hold now, in one community or in all."""
    columns = (Grant.role, Grant.community_id, Place.path, Grant.subject_id, Community.unused)
    grants = select(*columns).outerjoin(Place, Place.id == Grant.place_id)
    grants = grants.outerjoin(Community, Community.id == Grant.community_id)
    mine = grants.where(Grant.account_id == account.id, Grant.holding())
    if community is not None:
        mine = mine.where(Grant.community_id == community.id)
    return Actor(f"person:{account.id}", account.id, tuple(held_by(row) for row in db.session.execute(mine)))


@contextmanager
def allowed(pk: int, verbs: str) -> Iterator[Person]:
    """Give the person with this id, if the actor sees them and may do all of `verbs` with them. Raises Refused.

    In the block everything is seen that hangs on the person, also what the own role does not show.
    """
    _require(pk, verbs)
    # What was loaded in the actor's sight keeps to it, also in what is loaded from there.
    db.session.expunge_all()
    with seeing_everything():
        yield db.session.get_one(Person, pk)


def _require(pk: int, verbs: str) -> None:
    person: Person | None = db.session.scalars(select(Person).filter_by(id=pk)).one_or_none()
    if person is None:
        raise Refused(gettext("There is nobody with the number %(id)s.", id=pk))
    if not all(access.may_row(verb, person) for verb in verbs):
        raise Refused(gettext("This role may not do that; ask the secretary."))


@contextmanager
def seeing_everything() -> Iterator[None]:
    """Let who was found to be allowed see everything in the block; it is still they who act."""
    actor = current()
    if actor is None:
        raise access.OutOfScope
    with acting(Actor(actor.label, actor.user_id, actor.held, unbounded=True)):
        yield


def other_records(account: Account, community_id: int) -> bool:
    """Tell whether the account is also somebody's of another community."""
    found = select(Person.id).where(Person.account_id == account.id, Person.community_id != community_id)
    return db.session.scalar(found.where(Person.archived_at.is_(None)).limit(1)) is not None


def acting_id() -> int | None:
    """Return the account that acts; None where the system does."""
    actor = current()
    return actor.user_id if actor is not None else None
