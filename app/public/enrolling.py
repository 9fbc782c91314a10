"""Reporting in at the community's poster: by a party member without an account, who is told nothing of anybody (S2-21).

Whether the person, the unit or the registration was known looks alike from outside, to the last sign of the receipt.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.communities.models import Community
from app.core import clock, keyring
from app.core.actor import Actor, acting, system
from app.extensions import db
from app.organizations.choices import UnitState
from app.organizations.models import Organization
from app.people.choices import Consent
from app.public import quotas
from app.public.points import Point
from app.public.reporting import CONSENT
from app.registrations import service
from app.registrations.choices import PostKind
from app.registrations.kinds import PostKinds

RECEIPT: Final = "SM"
"""How the numbers of what was scanned (扫码) begin; the receipt of the community itself has a number of its own."""
SHOWN: Final = 500
"""So many units are offered at most."""
REPORTING: Final = (
    UnitState.INVITED,
    UnitState.REPORTED_IN,
    UnitState.RECEIVED,
    UnitState.ACTIVE,
    UnitState.EVALUATED,
)
"""Units in one of these have to do with dual registration, and their names are offered to who reports in."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What somebody wrote who reports in."""

    name: str
    phone: str
    unit: str
    kinds: tuple[PostKind, ...] = ()
    skills: str | None = None


def scanning() -> Actor:
    """Return who acts for somebody who reports in, whose people and registrations must be found by the whole sight."""
    return system("public")


def form_of(slip: Slip, secret: str) -> str:
    """Return what the very same form is recognised by, on whatever day it is sent once more."""
    written = [secret, slip.name, slip.phone, slip.unit, [kind.value for kind in slip.kinds], slip.skills]
    return hmac.digest(keyring.fixed("receipts of members"), json.dumps(written).encode(), hashlib.sha256).hex()[:32]


def number_of(form: str) -> str:
    """Return the number of the receipt: of the day and the form, whatever is known of who stands in it."""
    return f"{RECEIPT}{clock.today():%Y%m%d}{int(form, 16) % 10**6:06}"


def units_of(point: Point) -> list[str]:
    """Return the names of the units that report in to the community, for who looks for the own one."""
    here = Organization.community_id == point.community_id, Organization.archived_at.is_(None)
    wanted = select(Organization.name).where(*here, Organization.state.in_(REPORTING))
    with acting(scanning()):
        return list(db.session.scalars(wanted.order_by(Organization.name).limit(SHOWN)))


def report_in(point: Point, slip: Slip, secret: str) -> str:
    """Register who wrote a slip, `reported_in`, for the office to receive; part of the caller's transaction.

    Acts as the one who is `scanning`. Returns the number of the receipt. Raises TooMany, or Violation by column.
    """
    quotas.spend(quotas.ARRIVALS, quotas.address())
    quotas.spend(quotas.AT_COMMUNITY, f"community|{point.community_id}")
    form = form_of(slip, secret)
    who = {"name": slip.name, "phone": slip.phone, "consent": Consent.ONLINE, "consent_version": CONSENT}
    wishes = PostKinds.read("、".join(str(kind.label) for kind in slip.kinds))
    community = db.session.get_one(Community, point.community_id)
    columns = {"service_posts": wishes, "skills": slip.skills}
    return service.report_by_poster(community, who, form, number_of(form), unit=slip.unit, **columns)
