"""Who is told what of an order, by its steps as they are made."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.fulfilments.flow import PROVIDERS
from app.notices.kinds import Kind
from app.notices.news import Told
from app.notices.service import Whom
from app.roles import OFFICE, Role

_OVER: Final = ("expire", "cancel", "return", "miss", "archive")

OFFERED: Final = Kind(
    "order_offered",
    _("An order waits for your answer"),
    fixed=True,
    done_by=("claim", "assign", "decline", *_OVER),
    icon="send",
)
ASSIGNED: Final = Kind(
    "order_assigned",
    _("You were given an order that was agreed by telephone"),
    fixed=True,
    done_by=("schedule", *_OVER),
    icon="calendar-check",
    tone="plan",
)
TO_CONFIRM: Final = Kind(
    "order_to_confirm",
    _("An order was carried out; the resident is to be asked"),
    fixed=True,
    done_by=("confirm", "dispute", "cancel", "archive"),
    icon="telephone",
)
DISPUTED: Final = Kind(
    "order_disputed",
    _("An order came back: it is not done as said"),
    fixed=True,
    done_by=("deliver", *_OVER),
    icon="arrow-counterclockwise",
    tone="busy",
)
CANCELLED: Final = Kind("order_cancelled", _("An order was called off"), fixed=True, icon="slash-circle")
FELL_THROUGH: Final = Kind(
    "order_fell_through", _("An order fell through; somebody else is needed"), icon="arrow-repeat", tone="busy"
)

_THEIRS: Final = Whom(roles=PROVIDERS, verb="m")
_DESK: Final = Whom(roles=(*OFFICE, Role.COORDINATOR), people=("created_by_id",))

NEWS: Final = (
    Told("offer", OFFERED, _THEIRS),
    Told("assign", ASSIGNED, _THEIRS),
    Told("cancel", CANCELLED, _THEIRS),
    Told("dispute", DISPUTED, _THEIRS),
    Told("deliver", TO_CONFIRM, Whom(roles=OFFICE)),
    *(Told(step, FELL_THROUGH, _DESK) for step in ("decline", "expire", "return", "miss")),
)
"""Whom each step is told."""
