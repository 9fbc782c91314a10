"""The sets of talents that figures count: each opens as exactly the rows that were counted (S2-12)."""

from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy.sql import ColumnElement

from app.core.listing import Quick
from app.talents.models import Talent


def registered() -> ColumnElement[bool]:
    """The talents that are registered, whatever they do now."""
    return Talent.archived_at.is_(None)


PARTS: Final = {"registered": Quick(_("Registered"), registered)}
"""Think tank and service group are quick filters of the page itself."""
