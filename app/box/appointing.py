"""Puts the posts of a box into the database, with the people who hold them. What the community ended stays ended."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.accounts import service as accounts
from app.accounts.models import Account, Grant, GrantRole
from app.box.contents import PlaceEntry, PostEntry
from app.box.report import Report
from app.communities.models import Community, Place
from app.core import clock
from app.core.rules import Violation
from app.core.spans import meet
from app.extensions import db
from app.people.models import Person
from app.people.phones import found_by
from app.posts import service as posts
from app.posts.choices import ROLES
from app.posts.models import Post, post_grant


def appoint(
    entry: PostEntry,
    community: Community,
    places: Mapping[PlaceEntry, Place],
    complete: Callable[[Any, dict[str, Any]], None],
    report: Report,
) -> Post | None:
    """Make the post unless the community has it or had it then, else complete it, and return it.

    None where the record of the person is archived: nobody comes back by a file. Raises Violation of the keys of the
    section.
    """
    columns = {name: value for name, value in entry.columns.items() if value is not None and value is not False}
    where = [places[place] for place in entry.places]
    person = _holder(entry, community, where)
    if person.archived_at is not None:
        who = {"duty": entry.duty.label, "name": entry.name}
        report.kept.append(_("%(duty)s %(name)s: the record of the person is archived and stays so.", **who))
        return None
    known = _known(person, entry, where)
    if known is None:
        report.made["posts"] += 1
        columns |= {"community": community, "places": where, "grants": _roles_held(person, entry, where)}
        return posts.appoint(person=person.party, duty=entry.duty, **columns)
    if known.archived_at is None and not known.is_over():
        complete(known, _unsaid(known, columns, where))
    return known


def _unsaid(known: Post, columns: dict[str, Any], places: Sequence[Place]) -> dict[str, Any]:
    """Return what a file says of a post that the community may not know yet."""
    # An empty last day says that it goes on.
    said = columns if known.until is not None else {key: one for key, one in columns.items() if key != "until"}
    return said if set(places) <= set(known.places) else said | {"places": places}


def _roles_held(person: Person, entry: PostEntry, places: Sequence[Place]) -> list[Grant]:
    """Return the grants that are the role of the post already and belong to none; they end with it from now on.

    In a file the role and the post are one thing; on the pages a role given by hand stays a thing by itself.
    """
    today, until = clock.today(), entry.columns["until"]
    if not entry.columns["gives_role"] or person.account is None or (until is not None and until < today):
        return []
    alike = select(Grant).filter_by(
        account_id=person.account.id, community_id=person.community_id, role=GrantRole.of(ROLES[entry.duty])
    )
    unended = or_(Grant.ends_on.is_(None), Grant.ends_on >= today)
    here = Grant.place_id.in_([place.id for place in places]), Grant.archived_at.is_(None), unended
    return [*db.session.scalars(alike.where(*here, Grant.id.not_in(select(post_grant.c.grant_id))))]


# -- who holds it ---------------------------------------------------------------------------------------------------


def _holder(entry: PostEntry, community: Community, places: Sequence[Place]) -> Person:
    """Return the record of who holds the post: that of the account, that of the same name and phone, or a new one."""
    account = accounts.find(entry.account.login) if entry.account is not None else None
    person = _signing_in(account, community)
    if account is not None:
        _require_own_name(entry, account, person)
    person = person or _namesake(entry, account, community, places)
    if person is None:
        person = Person(community=community, name=entry.name, phones=entry.phones)
        db.session.add(person)
    if person.archived_at is None:
        _complete(person, entry, account)
    return person


def _signing_in(account: Account | None, community: Community) -> Person | None:
    if account is None:
        return None
    mine = select(Person).filter_by(community_id=community.id, account_id=account.id)
    return db.session.scalars(mine).one_or_none()


def _require_own_name(entry: PostEntry, account: Account, person: Person | None) -> None:
    """Refuse a row that names one person and the login name of another: the role would go to the wrong one."""
    if entry.name not in {account.name, person.name if person is not None else account.name}:
        said = {"login": account.login, "name": account.name, "other": entry.name}
        raise Violation({"name": [_("The account “%(login)s” belongs to %(name)s, not to %(other)s.", **said)]})


def _complete(person: Person, entry: PostEntry, account: Account | None) -> None:
    if account is not None and person.account not in (None, account):
        raise Violation({"login": [_("This is the record of somebody else.")]})
    if account is not None and person.account is None:
        person.account = account
    if not person.phones and entry.phones:
        person.phones = entry.phones
    db.session.flush()


def _namesake(
    entry: PostEntry, account: Account | None, community: Community, places: Sequence[Place]
) -> Person | None:
    """Return the person of this name who has one of the phones, or holds this very post, or another one phoneless.

    Where nobody in use is meant so, an archived record may be. A name alone means no resident without a post, nor one
    who signs in: many share one. Raises Violation where several may be meant.
    """
    here = select(Person).filter_by(community_id=community.id, name=entry.name).order_by(Person.id)
    # Who signs in by another account is somebody else.
    found = [one for one in db.session.scalars(here) if account is None or one.account_id is None]
    in_use = [one for one in found if one.archived_at is None]
    meant = _meant(in_use, entry, account, places)
    if meant:
        return meant[0] if account is None else _only(meant, entry)
    gone = _meant([one for one in found if one.archived_at is not None], entry, account, places)
    if gone:
        return _standing(gone[0])
    mute = [one for one in in_use if one.appointed and not one.phones and (account or one.account_id is None)]
    return None if entry.phones else _only(mute, entry)


def _meant(found: Sequence[Person], entry: PostEntry, account: Account | None, places: Sequence[Place]) -> list[Person]:
    """Return those who have one of the phones, else those who hold or held this very post, the phoneless first."""
    own = [account.phone] if account is not None and account.phone else []
    wanted = set(map(found_by, [*entry.phones, *own]))
    sharing = [one for one in found if wanted & set(map(found_by, one.phones or ()))]
    others = sorted((one for one in found if not (entry.phones and one.phones)), key=lambda one: bool(one.phones))
    return sharing or [one for one in others if _known(one, entry, places) is not None]


def _standing(person: Person) -> Person:
    """Return the record into which this one was merged, or this one."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def _only(meant: Sequence[Person], entry: PostEntry) -> Person | None:
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
