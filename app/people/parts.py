"""The sets of people that figures count: each opens as exactly the rows that were counted."""

from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy.sql import ColumnElement

from app.core.listing import Quick
from app.people.choices import Political
from app.people.models import Person

MEMBERS: Final = (Political.PARTY_MEMBER, Political.PROBATIONARY)


def registered() -> ColumnElement[bool]:
    """The people in use."""
    return Person.archived_at.is_(None)


def party_members() -> ColumnElement[bool]:
    """Of these, the members and probationary members of the party."""
    return registered() & Person.political.in_(MEMBERS)


PARTS: Final = {
    "registered": Quick(_("Registered"), registered),
    "party_members": Quick(_("Party members"), party_members),
}
