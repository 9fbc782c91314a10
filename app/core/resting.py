"""A connection that rested is asked whether it still answers, before somebody works with it.

PostgreSQL may have been restarted meanwhile, or a firewall have forgotten the connection. The pool itself would ask
each time, which is a tenth of a page. While people work a connection hardly rests; what is lost then is told as any
loss is, in a sentence and without losing a word (R6).
"""

import time
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import InvalidatePoolError

RESTED: Final = 5.0
"""Seconds."""
_DIALECT: Final = "sidan.asks-whether-it-answers"
_SINCE: Final = "sidan.rests-since"


@event.listens_for(Engine, "do_connect")
def _know(dialect: Dialect, record: Any, *_how: Any) -> None:
    """Note how to ask; a file does not go away."""
    if dialect.name == "postgresql":
        record.info[_DIALECT] = dialect


@event.listens_for(Engine, "checkin")
def _rest(_connection: Any, record: Any) -> None:
    record.info[_SINCE] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _ask(connection: Any, record: Any, _borrowed: Any) -> None:
    """Ask a connection that rested; where it does not answer, the pool makes new ones for all."""
    since, dialect = record.info.get(_SINCE), record.info.get(_DIALECT)
    if since is None or dialect is None or time.monotonic() - since < RESTED:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None
