"""The rules of party organisations and their members: nothing lies in its like, and nobody belongs to two."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import or_, select
from sqlalchemy.orm import object_session

from app.core.fields import Text
from app.core.spans import meet
from app.party_orgs.choices import MEMBERS

Complaints = dict[str, Text]

EMPTY: Final = _("Please fill this in.")
ARCHIVED: Final = _("This is archived; choose another.")


def _changes(row: Any, *names: str) -> bool:
    attributes = sa_inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


def name_is_free(org: Any) -> Complaints | None:
    """No two organisations in use of one community have the same name."""
    session, model = object_session(org), type(org)
    if session is None or org.archived_at is not None or not _changes(org, "name", "archived_at"):
        return None
    same = select(model.id).where(model.community_id == _community(org), model.name == org.name)
    others = same.where(model.id != (org.id or 0), model.archived_at.is_(None)).limit(1)
    with session.no_autoflush:
        return {"name": _("There is one of this name already.")} if session.scalar(others) is not None else None


def lies_in_an_upper_one(org: Any) -> Complaints | None:
    """An organisation lies in one of a kind before its own, what lies in it is of one after; so never in a circle."""
    if org.kind is None or org.archived_at is not None:
        return None
    if org.parent is not None and _changes(org, "parent_id", "kind", "archived_at"):
        if org.parent.archived_at is not None:
            return {"parent": ARCHIVED}
        if org.parent.kind.rank >= org.kind.rank:
            said = {"kind": org.kind.label, "above": org.parent.kind.label}
            return {"parent": _("A %(kind)s does not lie in a %(above)s; choose one above it.", **said)}
    return _stays_above(org) if _changes(org, "kind") else None


def _stays_above(org: Any) -> Complaints | None:
    session, model = object_session(org), type(org)
    if session is None or org.id is None:
        return None
    with session.no_autoflush:
        below = (
            session.scalars(select(model).where(model.parent_id == org.id, model.archived_at.is_(None))).unique().all()
        )
    wrong = next((one for one in below if one.kind.rank <= org.kind.rank), None)
    return {"kind": _("“%(name)s” lies in it and must stay below.", name=wrong.name)} if wrong is not None else None


def _community(row: Any) -> int | None:
    return row.community.id if row.community is not None else row.community_id


# -- members --------------------------------------------------------------------------------------------------------


def is_a_member(member: Any) -> Complaints | None:
    """Only who is recorded as a member, formal or probationary, belongs to an organisation."""
    if member.person is None or not _changes(member, "person_id") or member.person.political in MEMBERS:
        return None
    return {"person": _("The record of this person does not say party member; correct it first.")}


def days_in_order(member: Any) -> Complaints | None:
    """Somebody leaves on or after the day of joining."""
    if member.until is not None and member.since is not None and member.until < member.since:
        return {"until": _("The last day lies before the first day.")}
    return None


def organization_is_there(member: Any) -> Complaints | None:
    """Nobody newly joins an organisation that was archived."""
    if member.org is not None and _changes(member, "org_id") and member.org.archived_at is not None:
        return {"org": ARCHIVED}
    return None


def belongs_to_one(member: Any) -> Complaints | None:
    """Nobody belongs to two organisations at a time: a member of a group is one of its branch by that."""
    session, model = object_session(member), type(member)
    if session is None or member.person is None or member.archived_at is not None:
        return None
    if not _changes(member, "person_id", "since", "until", "archived_at"):
        return None
    same = model.person_id == member.person.id, model.id != (member.id or 0), model.archived_at.is_(None)
    later = or_(model.until.is_(None), model.until >= member.since)
    with session.no_autoflush:
        others = (
            session.scalars(select(model).where(model.community_id == _community(member), *same, later)).unique().all()
        )
    taken = next((one for one in others if meet(member.since, member.until, one.since, one.until)), None)
    if taken is None:
        return None
    said = {"name": taken.org, "day": taken.since}
    return {"person": _("This person belongs to “%(name)s” already, since %(day)s.", **said)}
