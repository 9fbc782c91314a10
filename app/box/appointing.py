"""Puts the posts of a box into the database, with the people who hold them. What the community ended stays ended."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import Account
from app.box.contents import PlaceEntry, PostEntry
from app.communities.models import Community, Place
from app.core.rules import Violation
from app.core.spans import meet
from app.extensions import db
from app.people.models import Person
from app.people.phones import found_by
from app.posts import service as posts
from app.posts.models import Post


def appoint(
    entry: PostEntry,
    community: Community,
    places: Mapping[PlaceEntry, Place],
    complete: Callable[[Any, dict[str, Any]], None],
) -> bool:
    """Make the post unless the community has it or had it then, else complete it; tell whether it was made.

    Raises Violation of the keys of the section.
    """
    columns = {name: value for name, value in entry.columns.items() if value}
    where = [places[place] for place in entry.places]
    person = _holder(entry, community, where)
    known = _known(person, entry, where)
    if known is None:
        posts.appoint(community=community, person=person.party, duty=entry.duty, places=where, **columns)
    elif known.archived_at is None and not known.is_over():
        # An empty last day says that it goes on.
        said = columns if known.until is not None else {key: one for key, one in columns.items() if key != "until"}
        complete(known, said)
    return known is None


# -- who holds it ---------------------------------------------------------------------------------------------------


def _holder(entry: PostEntry, community: Community, places: Sequence[Place]) -> Person:
    """Return the record of who holds the post: that of the account, that of the same name and phone, or a new one."""
    account = accounts.find(entry.account.login) if entry.account is not None else None
    person = _signing_in(account, community) or _namesake(entry, community, places)
    if person is None:
        person = Person(community=community, name=entry.name, phones=entry.phones)
        db.session.add(person)
    if account is not None and person.account not in (None, account):
        raise Violation({"login": [_("This is the record of somebody else.")]})
    if account is not None and person.account is None:
        person.account = account
    if not person.phones and entry.phones:
        person.phones = entry.phones
    db.session.flush()
    return person


def _signing_in(account: Account | None, community: Community) -> Person | None:
    if account is None:
        return None
    mine = select(Person).filter_by(community_id=community.id, account_id=account.id)
    return db.session.scalars(mine).one_or_none()


def _namesake(entry: PostEntry, community: Community, places: Sequence[Place]) -> Person | None:
    """Return the person of this name who has one of the phones, or holds this very post, or another one phoneless.

    A name alone means no resident without a post: many share one. Raises Violation where several may be meant.
    """
    here = select(Person).filter_by(community_id=community.id, name=entry.name, archived_at=None)
    found = sorted(db.session.scalars(here.order_by(Person.id)), key=lambda one: bool(one.phones))
    wanted = set(map(found_by, entry.phones))
    sharing = (one for one in found if wanted & set(map(found_by, one.phones or ())))
    mute = [one for one in found if not one.phones]
    holding = (one for one in (mute if wanted else found) if _known(one, entry, places) is not None)
    meant = next(sharing, None) or next(holding, None)
    return meant if meant is not None or wanted else _only([one for one in mute if one.appointed], entry)


def _only(meant: list[Person], entry: PostEntry) -> Person | None:
    if len(meant) > 1:
        raise Violation({"name": [_("Several people are called “%(name)s”; add the telephone.", name=entry.name)]})
    return meant[0] if meant else None


# -- which post it is -----------------------------------------------------------------------------------------------


def _known(person: Person, entry: PostEntry, places: Sequence[Place]) -> Post | None:
    """Return the post of the person with this duty for one of these places: from the same day on, or in those days."""
    alike = select(Post).where(
        Post.community_id == person.community_id, Post.person_id == person.id, Post.duty == entry.duty
    )
    rows = list(db.session.scalars(alike.order_by(Post.archived_at.is_(None).desc(), Post.since.desc(), Post.id)))
    here = [row for row in rows if set(row.places) & set(places) or not (row.places or places)]
    since, until = entry.columns["since"], entry.columns["until"]
    if since is None:
        return here[0] if here else None
    same = next((row for row in here if row.since == since), None)
    return same or next(
        (row for row in here if row.archived_at is None and meet(row.since, row.until, since, until)), None
    )
