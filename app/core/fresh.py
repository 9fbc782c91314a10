"""What is counted for a page, kept for a few seconds and no longer than until something is written.

Between two pages mostly nothing has happened. What somebody does is counted on the very next page, also where several
processes serve that one process made by forking; only what others write (the worker, a command) can be some seconds
late.
"""

import mmap
import secrets
import time
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from app.core import clock
from app.core.actor import current
from app.extensions import db

KEPT_FOR: Final = 3.0
"""Seconds."""
MOST_KEPT: Final = 500

Found = TypeVar("Found")

_BEGUN: Final = "sidan.begun-after"
_MARK: Final = 8
_kept: Final[dict[Any, tuple[float, Any]]] = {}
_shared: Final = mmap.mmap(-1, _MARK)
"""Stands for the last write; memory that this process shares with those it is forked into."""


def _last() -> bytes:
    return _shared[:_MARK]


# The engine tells before it commits: who begins in between would still see what was, so the session tells again after.
@event.listens_for(Engine, "commit")
@event.listens_for(Session, "after_commit")
@event.listens_for(Engine, "engine_disposed")
def _forget(*_about: Any) -> None:
    """Whatever was written, or whatever database comes next: count anew."""
    # A number drawn, not counted: two processes that write at once must not leave the same.
    _shared[:_MARK] = secrets.token_bytes(_MARK)
    _kept.clear()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A transaction sees what was written before it began."""
    connection.info[_BEGUN] = _last()


def kept(about: Hashable, make: Callable[[], Found]) -> Found:
    """Return what was made for the current actor about the same, or make it."""
    seen = db.session.connection().info.get(_BEGUN)
    key = (seen, current(), about, clock.today(), clock.clock.fixed)
    moment, found = _kept.get(key, (0.0, None))
    if found is not None and seen == _last() and time.monotonic() - moment < KEPT_FOR:
        same: Found = found
        return same
    made = make()
    if len(_kept) >= MOST_KEPT:
        # Of what stood before another process wrote nobody makes use any more.
        _kept.clear()
    _kept[key] = (time.monotonic(), made)
    return made
