"""How many statements a page may cost, and how they are counted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.core import edition, fresh
from app.extensions import db

LIST_AND_FORM = 6
DETAIL = 10
SHOW = 9
NEED = 7
"""The page of a need: who asks, the need with what hangs on it, its steps, its history, who is responsible, counts."""
HOME = 12
FIGURES = 14
"""The page of all figures: one statement for all that the viewer reads, one for totals, and two for durations."""
AUDIT = 32
"""The page of history: of each list the rows that stand on it, to name them; here all lists have some."""
LOOKED_INTO = (
    "/history/",
    "/print/",
    "/figures/",
    "/profile/",
    "/candidates/",
    "/resources/needs/",
    "/boards/",
    "/posts/board",
    "/posts/responsible",
    "/party_orgs/tree",
)
FILE = 16
"""A batch of rows as a file: how many there are, that they are taken out, the rows, and what they name."""


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that read or write rows."""
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.lstrip().split(maxsplit=1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            said.append(statement)

    # Counts that are still known cost nothing; here every page counts anew.
    fresh._forget()
    edition._kept.clear()
    with hearing(app, listen):
        yield said


@contextmanager
def hearing(app: Flask, listen: Callable[..., None]) -> Iterator[None]:
    """Tell `listen` each statement before it is sent, as SQLAlchemy tells it."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def most(address: str) -> int:
    """Return how many statements a page may cost."""
    if address == "/":
        return HOME
    if address == "/figures/":
        return FIGURES
    if address == "/audit/":
        return AUDIT
    if address.endswith((".xlsx", ".csv")):
        return FILE
    if "/show/" in address:
        return NEED if address.startswith("/needs/") else SHOW
    looked_into = any(part in address for part in LOOKED_INTO)
    return DETAIL if looked_into else LIST_AND_FORM
