"""How often one may knock: wrong codes, reports and refused forms are counted per address, per place and in all.

Counted is by stretches of time that begin on the clock, in the database, so that several processes count together.
The address of a household is the first half of its IPv6 address; it is kept as a keyed hash and for a day.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import request
from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock, keyring
from app.core.database import transaction, writing
from app.extensions import db
from app.public.models import Knock

KEPT: Final = timedelta(days=1)
EVERYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many times in a stretch of time, and not more."""

    name: str
    most: int
    within: timedelta


GUESSES: Final = Quota("guesses", 10, timedelta(minutes=15))
"""Wrong codes from one address."""
ALARM: Final = Quota("guesses", 300, timedelta(hours=1))
"""Wrong codes from everywhere; beyond it each address has fewer."""
FEW: Final = Quota("guesses", 3, timedelta(minutes=15))
"""What one address has then. Nobody with a right code is kept waiting by what others do elsewhere."""
REPORTS: Final = Quota("reports", 10, timedelta(hours=1))
"""Reports from one address."""
AT_POINT: Final = Quota("reports", 30, timedelta(hours=1))
"""Reports at one place."""
ARRIVALS: Final = Quota("arrivals", 30, timedelta(hours=1))
"""Members who report in from one address; a hall full of them has one."""
AT_COMMUNITY: Final = Quota("arrivals", 200, timedelta(hours=1))
"""Members who report in to one community."""
TRIES: Final = Quota("tries", 20, timedelta(hours=1))
"""Forms with photos from one address, taken or refused: drawing a picture anew costs us more than sending it."""


class TooMany(Exception):
    """It has been done too often from here, or at this place, within the last hour."""


def address() -> str:
    """Return what counts as one address."""
    try:
        given = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "none"
    return str(ipaddress.ip_network((given, 64), strict=False)) if given.version == 6 else str(given)


def used(quota: Quota, whose: str) -> int:
    """Return how often it has been done in the stretch that runs."""
    since = _begin(quota.within)
    known = select(Knock.count).where(Knock.key == _key(quota, whose), Knock.since == since)
    return db.session.scalar(known) or 0


def is_spent(quota: Quota, whose: str) -> bool:
    """Tell whether nothing is left."""
    return used(quota, whose) >= quota.most


def count(quota: Quota, whose: str) -> int:
    """Count once more and return which time it was; part of the caller's transaction."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    key, since = _key(quota, whose), _begin(quota.within)
    again = {"count": case((Knock.since == since, Knock.count + 1), else_=1), "since": since}
    made = insert(Knock).values(key=key, since=since, count=1)
    db.session.execute(made.on_conflict_do_update(index_elements=["key"], set_=again))
    return int(db.session.scalars(select(Knock.count).where(Knock.key == key)).one())


def spend(quota: Quota, whose: str) -> None:
    """Count once more, as part of the caller's transaction. Raises TooMany."""
    if count(quota, whose) > quota.most:
        raise TooMany


def _begin(within: timedelta) -> datetime:
    seconds = int(within.total_seconds())
    moment = int(clock.now().timestamp())
    return datetime.fromtimestamp(moment - moment % seconds, UTC)


def _key(quota: Quota, whose: str) -> str:
    about = f"{quota.name}|{quota.within.total_seconds():.0f}|{whose}"
    return hmac.digest(keyring.fixed("knocks"), about.encode(), hashlib.sha256).hex()


# -- guessing at codes ----------------------------------------------------------------------------------------------


def may_guess() -> bool:
    """Tell whether a code from this address is looked at."""
    most = FEW.most if is_spent(ALARM, EVERYWHERE) else GUESSES.most
    return used(GUESSES, address()) < most


def guessed_wrong() -> bool:
    """Count a wrong code, in a transaction of its own, and tell whether it is still answered as one."""
    # What has been read so far need not be the newest, and the counter is to be.
    db.session.rollback()
    with writing(), transaction():
        most = FEW.most if count(ALARM, EVERYWHERE) > ALARM.most else GUESSES.most
        return count(GUESSES, address()) <= most


def forget_old() -> int:
    """Remove the counters of yesterday, and return how many."""
    old: Any = db.session.execute(delete(Knock).where(Knock.since < clock.now() - KEPT))
    return int(old.rowcount)
