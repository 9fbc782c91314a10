"""Who is told what of a volunteer."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.notices.kinds import Kind
from app.notices.news import Told
from app.notices.service import Whom
from app.roles import Role

_DESK: Final = (Role.COORDINATOR, Role.SECRETARY)

APPLIED: Final = Kind(
    "volunteer_applied",
    _("Somebody wants to become a volunteer"),
    done_by=("approve", "leave", "archive"),
    icon="person-check",
)
APPROVED: Final = Kind(
    "volunteer_approved",
    _("A volunteer was admitted and can begin"),
    done_by=("activate", "leave", "archive"),
    icon="person-check",
    tone="plan",
)
STANDING: Final = Kind(
    "volunteer_standing", _("Your service as a volunteer was changed"), fixed=True, icon="person-check"
)
INSURANCE: Final = Kind(
    "volunteer_insurance",
    _("The insurance of a volunteer soon ends"),
    done_by=("leave", "archive"),
    icon="exclamation-triangle-fill",
    tone="busy",
)

_SELF: Final = Whom(people=("account_id",))

NEWS: Final = (
    Told("register", APPLIED, Whom(roles=_DESK)),
    Told("rejoin", APPLIED, Whom(roles=_DESK)),
    Told("approve", APPROVED, Whom(roles=_DESK)),
    *(Told(step, STANDING, _SELF) for step in ("approve", "activate", "suspend", "resume")),
)
"""Whom each step is told."""
INSURED: Final = Whom(roles=(Role.COORDINATOR,), people=("account_id",))
"""Whom it is told that an insurance ends."""
