"""The brake on guessing: five wrong passwords for one account, then nobody is answered for a while, each time longer.

It counts per account and never per address: a whole community centre may share one address, and a guesser may have
many.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.traces import Brake
from app.core import clock
from app.core.database import transaction, writing
from app.extensions import db

TRIES: Final = 5
FIRST: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=8)
FORGOTTEN: Final = timedelta(hours=24)
NOTED_EVERY: Final = timedelta(minutes=1)


class Braked(Exception):
    """No password is looked at for this account before `until`; `first` in this brake, or for a minute."""

    def __init__(self, until: datetime, first: bool = True) -> None:
        super().__init__(until)
        self.until, self.first = until, first

    @property
    def minutes(self) -> int:
        """The minutes left, rounded up."""
        return max(1, -(-int((self.until - clock.now()).total_seconds()) // 60))


def key_of(account_id: int | None, name: str) -> str:
    """Return the key of an account, or of a name nobody has: guessing at it brakes alike."""
    known = f"account:{account_id}" if account_id is not None else f"name:{name}"
    return hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()


def take(key: str) -> None:
    """Count one try, before the password is looked at, in a transaction of its own. Raises Braked.

    Counting first keeps the number of answers exact when many guesses arrive at once; a right password releases.
    """
    moment = clock.now()
    with writing(), transaction():
        db.session.execute(delete(Brake).where(Brake.last_at < moment - FORGOTTEN))
        brake = _locked(key, moment)
        until = brake.until if brake.until is not None and brake.until > moment else None
        first = moment - brake.last_at >= NOTED_EVERY or brake.tries <= TRIES
        if until is None:
            _count(brake, moment)
        elif first:
            # More tries than there may be: that one has been noted.
            brake.tries, brake.last_at = TRIES + 1, moment
    if until is not None:
        raise Braked(until, first)


def _count(brake: Brake, moment: datetime) -> None:
    brake.tries = 1 if brake.until is not None else brake.tries + 1
    brake.until, brake.last_at = None, moment
    if brake.tries >= TRIES:
        brake.until = moment + min(FIRST * 2**brake.rounds, LONGEST)
        brake.rounds += 1


def _locked(key: str, moment: datetime) -> Brake:
    """Return the row of the key, made if need be, locked until the transaction ends."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"key": key, "tries": 0, "rounds": 0, "last_at": moment}
    db.session.execute(insert(Brake).values(**values).on_conflict_do_nothing(index_elements=["key"]))
    return db.session.scalars(select(Brake).filter_by(key=key).with_for_update()).one()


def release(key: str) -> None:
    """Forget the wrong passwords of an account; part of the caller's transaction."""
    db.session.execute(delete(Brake).filter_by(key=key))
