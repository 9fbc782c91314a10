"""The sets of party organisations and their members that figures count, each opening exactly these rows (S2-16)."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.sql import ColumnElement

from app.core.listing import Quick
from app.party_orgs.choices import PartyOrgKind
from app.party_orgs.coverage import is_member
from app.party_orgs.models import PartyMember, PartyOrg, party_org_place
from app.people.models import Person


def in_use() -> ColumnElement[bool]:
    """The organisations in use."""
    return PartyOrg.archived_at.is_(None)


def groups() -> ColumnElement[bool]:
    """Of these, the party groups."""
    return and_(in_use(), PartyOrg.kind == PartyOrgKind.GROUP)


def placed() -> ColumnElement[bool]:
    """The members who belong to an organisation today."""
    return and_(PartyMember.current(), PartyMember.person_id.in_(select(Person.id).where(is_member())))


def in_grids() -> ColumnElement[bool]:
    """Of these, the members of an organisation that is for places, by itself or by one it lies in."""
    bound: Any = select(party_org_place.c.party_org_id)
    layers = [bound]
    # Nothing lies deeper than there are kinds.
    for _kind in list(PartyOrgKind)[1:]:
        bound = select(PartyOrg.id).where(PartyOrg.parent_id.in_(bound))
        layers.append(bound)
    return and_(placed(), or_(*(PartyMember.org_id.in_(layer) for layer in layers)))


ORGS: Final = {"in_use": Quick(_("In use"), in_use), "groups": Quick(_("Party groups"), groups)}
MEMBERS: Final = {"placed": Quick(_("Members today"), placed), "in_grids": Quick(_("Members in grids"), in_grids)}
