"""Statements that only count, given to the driver as it was given them before.

To make the statement that counts what waits under twenty lists, narrowed to what somebody sees, takes many times what
the database takes to answer it, and every write of anybody has it asked anew by everybody. So it is kept as the driver
was asked it: for one person with the grants of today, and for so short a time that a moment written into it, as that
from which a need is overdue, may be a little old.
"""

import sys
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, event

from app.core import clock
from app.core.actor import Actor, current
from app.core.unfinished import seen
from app.extensions import db

KEPT_FOR: Final = 60.0
"""Seconds."""
MOST_KEPT: Final = 500

_asked: Final[dict[Hashable, tuple[float, str, Any]]] = {}


@event.listens_for(Engine, "engine_disposed")
def _forget(_engine: Engine) -> None:
    """Whatever database comes next may be of another kind."""
    _asked.clear()


def numbers(about: Hashable, make: Callable[[], Select[Any]]) -> tuple[int, ...]:
    """Return the numbers of the one row that a statement asks for; `about` tells it from others of the same person."""
    key = (_who(), seen(), clock.today(), clock.clock.fixed, about)
    moment, said, values = _asked.get(key, (0.0, "", None))
    if said and time.monotonic() - moment < KEPT_FOR:
        return tuple(db.session.connection().exec_driver_sql(said, values).one())
    with _overheard(db.session.connection()) as heard:
        found = tuple(db.session.execute(make()).one())
    if len(_asked) >= MOST_KEPT:
        _asked.clear()
    said, values = heard[-1]
    # Many people are asked the same words with other values.
    _asked[key] = (time.monotonic(), sys.intern(said), values)
    return found


def _who() -> Actor | None:
    """Return who acts, without what else is kept with them for one request: a statement is kept longer."""
    actor = current()
    return replace(actor, memo={}) if actor is not None else None


@contextmanager
def _overheard(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Give what the driver is asked meanwhile: each statement and its values."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, said: str, values: Any, *_about: Any) -> None:
        heard.append((said, values))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(connection, "before_cursor_execute", hear)
