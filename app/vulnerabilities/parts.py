"""The sets of entries that figures count: each opens as exactly the rows that were counted (S3-08)."""

from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.listing import Quick
from app.vulnerabilities.models import Vulnerability


def current() -> ColumnElement[bool]:
    """The entries that have not ended."""
    return Vulnerability.ended_on.is_(None)


def to_check() -> ColumnElement[bool]:
    """Of these, the entries somebody should have looked at by today."""
    return current() & (Vulnerability.next_check <= clock.today())


PARTS: Final = {"current": Quick(_("In the groups now"), current)}
