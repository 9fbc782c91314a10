"""Who is told what of a service project."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.notices.kinds import Kind
from app.notices.news import Told
from app.notices.service import Whom
from app.roles import OFFICE, Role

TO_APPROVE: Final = Kind(
    "project_to_approve",
    _("A service project waits for approval"),
    done_by=("approve", "archive"),
    icon="journal-check",
)
APPROVED: Final = Kind("project_approved", _("A service project was approved and can start"), done_by=("start",))

NEWS: Final = (
    Told("register", TO_APPROVE, Whom(roles=(Role.SECRETARY,))),
    Told("approve", APPROVED, Whom(roles=OFFICE, people=("created_by_id",))),
)
"""Whom each step is told."""
