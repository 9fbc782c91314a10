"""That opening one row never reads a whole list: it costs the same however many rows there are."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from flask import Flask
from flask_appbuilder import Model

from tests.whole.counting import hearing
from tests.whole.scene import Scene
from tests.whole.test_budget import pages

pytestmark = pytest.mark.one_database  # how a statement is gone about is each database's own; SQLite says it plainly

SET_UP: Final = {"account", "account_grant", "alembic_version", "community", "place", "unfinished"}
"""Tables that hold what is set up once, or nearly nothing."""
OPENED: Final = ("/show/", "/history/", "/edit/", "/print/")

GATHERED: Final = re.compile(r"SEARCH (\w+) .*\((community_id=\?|.*place_id=\?|.*archived_at=\?)\)$")
"""A list made of all rows of a community, of a place, or of those not archived."""

SCOPES: Final = ("secretary", "gridworker", "liaison", "volunteer", "supervisor")
"""One of each kind of scope: a community, a place, a unit, oneself, several communities."""
BADGES: Final = "SELECT (SELECT count(*)"
"""The statement that counts what waits, for every page alike and up to so many; see `app/core/tallies`."""

Plan = list[tuple[int, int, int, str]]
"""Steps as SQLite tells them: number, number of the step around it, nothing, words."""


@contextmanager
def planning(app: Flask) -> Iterator[dict[str, Plan]]:
    """Collect how SQLite goes about each statement that reads."""
    found: dict[str, Plan] = {}

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if statement.startswith("SELECT") and not statement.startswith(BADGES) and statement not in found:
            other = connection.connection.driver_connection.cursor()
            found[statement] = other.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()

    with hearing(app, listen):
        yield found


def read_whole(plan: Plan, tables: Iterable[str]) -> set[str]:
    """Return the tables a statement reads from end to end, or of which it gathers a whole community's rows."""
    listed: set[int] = set()
    found = set()
    for number, around, _none, said in plan:
        if said.startswith("LIST") or around in listed:
            listed.add(number)
        hit = re.match(r"SCAN (\w+)", said) or (number in listed and GATHERED.match(said))
        found |= {hit[1]} if hit else set()
    return {name for name in found if re.sub(r"_\d+$", "", name) in tables}


@pytest.mark.parametrize("login", SCOPES)
def test_opening_a_row_reads_no_list_as_a_whole(app: Flask, scene: Scene, visit, login: str):
    person, rows = visit(login), {}
    # One row of each list was there before those it could name; the next names them all.
    for view in (*scene.lists(), *scene.lists()):
        scene.make(view, login)
    growing = {*Model.metadata.tables} - SET_UP
    assert {"need", "person", "fulfilment"} <= growing
    wrong = {}
    for address in pages(app, scene, login, rows):
        if any(part in address for part in OPENED):
            with planning(app) as plans:
                person.get(address)
            wrong |= {(address, name): said for said, plan in plans.items() for name in read_whole(plan, growing)}
    assert wrong == {}
