"""Who is told what of a shared resource: the office of a new one, its provider before and when it is paused."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.notices import service as notices
from app.notices.kinds import Kind
from app.notices.news import Told
from app.notices.service import Whom
from app.resources.models import Resource
from app.resources.service import check_due, paused_unchecked
from app.roles import OFFICE, Role

_ENDED: Final = ("pause", "expire", "archive")

TO_REVIEW: Final = Kind(
    "resource_to_review",
    _("A resource waits to be looked at"),
    done_by=("review", "archive"),
    icon="box-seam",
)
CHECK_DUE: Final = Kind(
    "resource_check_due",
    _("Say whether this resource is still there; without a word it is soon offered no more"),
    fixed=True,
    done_by=("recheck", *_ENDED),
    icon="clock",
    tone="busy",
)
PAUSED: Final = Kind(
    "resource_paused",
    _("A resource is offered no more, because nobody said that it is still there"),
    fixed=True,
    done_by=("recheck", "expire", "archive"),
    icon="alarm",
    tone="danger",
)

_PROVIDER: Final = Whom(roles=(Role.LIAISON, Role.PARTNER), people=("created_by_id",), verb="m")
"""Who speaks for the provider, and who recorded it: many providers have no account, and somebody asks for them."""

NEWS: Final = (Told("register", TO_REVIEW, Whom(roles=OFFICE)),)
"""Whom each step is told."""
OF_TIME: Final = (CHECK_DUE, PAUSED)
"""What no step tells of: time does."""


@check_due.connect
def _remind(sender: type[Resource], resource: Resource) -> None:
    notices.tell(CHECK_DUE, resource, _PROVIDER)


@paused_unchecked.connect
def _tell_paused(sender: type[Resource], resource: Resource) -> None:
    notices.tell(PAUSED, resource, _PROVIDER)
