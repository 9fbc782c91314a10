"""Which reports this browser has sent: its signed session keeps their uids, which open nothing."""

from typing import Final

from flask import session

KEY: Final = "sent"
MOST: Final = 5


def note(uid: str) -> None:
    """Keep that this browser has sent a report."""
    known = uids()
    if uid not in known:
        session[KEY] = [*known, uid][-MOST:]


def uids() -> list[str]:
    """Return the uids of the last reports of this browser."""
    found: list[str] = session.get(KEY, [])
    return found
