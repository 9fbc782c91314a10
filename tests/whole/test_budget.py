"""How many statements a page costs: few, and no more when there are more rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.core import clock, fresh
from app.core.fields import RELATED, shape
from app.extensions import db
from tests.whole.scene import Scene, list_of
from tests.whole.walk import ROLES, doors, makes, passes, spares

LIST_AND_FORM = 6
DETAIL = 10
HOME = 12
FIGURES = 14
"""The page of all figures: one statement for all that the viewer reads, one for totals, and two for durations."""
LOOKED_INTO = (
    "/show/",
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
MORE = 60


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that read or write rows."""
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.lstrip().split(maxsplit=1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            said.append(statement)

    with app.app_context():
        engine = db.engine
    # Counts that are still known cost nothing; here every page counts anew.
    fresh._forget()
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def most(address: str) -> int:
    """Return how many statements a page may cost."""
    if address == "/":
        return HOME
    if address == "/figures/":
        return FIGURES
    if address.endswith((".xlsx", ".csv")):
        return FILE
    looked_into = any(part in address for part in LOOKED_INTO)
    return DETAIL if looked_into else LIST_AND_FORM


def costs(app: Flask, scene: Scene, person: Any, rows: dict[str, int]) -> dict[str, int]:
    """Return what each page costs that this person may open."""
    role, found = ROLES[person.login], {}
    for door in doors(app, scene, person.login, rows):
        if door.method == "GET" and passes(door, role) and makes(door, role) and "setup" not in door.endpoint:
            with counting(app) as said:
                status = person.get(door.address).status_code
            assert status in (200, 302, 404, 409) or spares(door, role), (door.address, status)
            found[door.address] = len(said)
    for view in scene.lists():
        for query in queries(view, rows):
            with counting(app) as said:
                person.get(f"{view.route_base}/list/?{query}")
            found[f"{view.route_base}/list/?{query}"] = len(said)
    return found


def queries(view: Any, rows: dict[str, int]) -> list[str]:
    """Return some ways to ask a list: by name, by a row, ordered, in long pages."""
    found = ["size=200", *(f"order={name}" for name in view.order_names)]
    for name in view.filter_columns:
        form = shape(view.model, name)
        if form.kind in RELATED:
            found.append(f"{name}={rows[list_of(form.target)]}")
    return [*found, "q=路灯", *(f"quick={name}" for name in view.quick_filters)]


@pytest.mark.parametrize("login", ROLES)
def test_each_page_keeps_to_its_budget(app: Flask, scene: Scene, visit, login: str):
    clock.clock.fixed = clock.now()
    rows: dict[str, int] = {}
    found = costs(app, scene, visit(login), rows)
    assert {address: cost for address, cost in found.items() if cost > most(address)} == {}
    assert found["/"] >= 1


@pytest.mark.parametrize("login", ["secretary", "gridworker", "auditor", "supervisor"])
def test_more_rows_cost_no_more_statements(app: Flask, scene: Scene, visit, login: str):
    # That somebody is still there is written down once a minute; here no minute passes.
    clock.clock.fixed = clock.now()
    person, rows = visit(login), {}
    # One row of each list was there before those it could name; the next names them all.
    for view in (*scene.lists(), *scene.lists()):
        scene.make(view, login)
    few = costs(app, scene, person, rows)
    for view in scene.lists():
        for _number in range(MORE if view.list_name == "needs" else 8):
            scene.make(view, login)
    many = costs(app, scene, person, rows)
    assert {address: (few[address], many[address]) for address in few if many[address] > few[address]} == {}
