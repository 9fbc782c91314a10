"""Reporting in at the community's poster: by a party member without an account, who is told nothing of anybody (S2-21).

Whether the person, the unit or the registration was known looks alike from outside, to the last sign of the receipt.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.communities.models import Community
from app.core import clock, keyring
from app.core.actor import Actor, acting, system
from app.extensions import db
from app.organizations.choices import UnitState
from app.organizations.ledger import kind_of
from app.organizations.models import Organization
from app.parties.models import Party
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


def number_of(slip: Slip, secret: str) -> str:
    """Return the number of the receipt: that of the form and of who stands in it, whatever is known of them."""
    about = f"{secret}|{slip.name}|{slip.phone}"
    digest = hmac.digest(keyring.fixed("receipts of members"), about.encode(), hashlib.sha256)
    return f"{RECEIPT}{clock.today():%Y%m%d}{int.from_bytes(digest[:8]) % 10**6:06}"


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
    number = number_of(slip, secret)
    who = {"name": slip.name, "phone": slip.phone, "consent": Consent.ONLINE, "consent_version": CONSENT}
    wishes = PostKinds.read("、".join(str(kind.label) for kind in slip.kinds))
    community = db.session.get_one(Community, point.community_id)
    unit = _unit(community, slip.unit)
    service.report_by_poster(community, who, number, unit=unit, service_posts=wishes, skills=slip.skills)
    return number


def _unit(community: Community, name: str) -> Party:
    """Return the unit of a name; one nobody knew is made, without a registration, as ledgers do."""
    known = select(Organization).filter_by(community_id=community.id, name=name, archived_at=None)
    unit = db.session.scalars(known.order_by(Organization.id).limit(1)).first()
    if unit is None:
        unit = Organization(community=community, name=name, kind=kind_of(name))
        db.session.add(unit)
        db.session.flush()
    return unit.party
