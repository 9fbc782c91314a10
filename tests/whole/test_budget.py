"""That a page costs no more statements when there are more rows; that it costs few is asked in every walk."""

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.fields import RELATED, shape
from tests.whole.counting import LIST_AND_FORM, counting
from tests.whole.scene import Scene, list_of
from tests.whole.walk import ROLES, doors, makes, passes, spares

MORE = 60


def pages(app: Flask, scene: Scene, login: str, rows: dict[str, int]) -> list[str]:
    """Return the pages that somebody may open."""
    role, found = ROLES[login], []
    for door in doors(app, scene, login, rows):
        opens = passes(door, role) and makes(door, role) and not spares(door, role)
        if door.method == "GET" and opens and "setup" not in door.endpoint:
            found.append(door.address)
    return found


def questions(scene: Scene, rows: dict[str, int]) -> list[str]:
    """Return some ways to ask each list: by name, by a row, ordered, in long pages."""
    return [f"{view.route_base}/list/?{query}" for view in scene.lists() for query in queries(view, rows)]


def queries(view: Any, rows: dict[str, int]) -> list[str]:
    """Return some ways to ask one list."""
    found = ["size=200", *(f"order={name}" for name in view.order_names)]
    for name in view.filter_columns:
        form = shape(view.model, name)
        if form.kind in RELATED:
            found.append(f"{name}={rows[list_of(form.target)]}")
    return [*found, "q=路灯", *(f"quick={name}" for name in view.quick_filters)]


def costs(app: Flask, person: Any, addresses: Iterable[str]) -> dict[str, int]:
    """Return how many statements each address costs."""
    found = {}
    for address in addresses:
        with counting(app) as said:
            status = person.get(address).status_code
        # Not every list is asked by words.
        assert status in (200, 302, 400, 403, 404, 409), (address, status)
        found[address] = len(said)
    return found


@pytest.mark.parametrize("login", ROLES)
def test_each_way_to_ask_a_list_keeps_to_its_budget(app: Flask, scene: Scene, visit, login: str):
    clock.clock.fixed = clock.now()
    rows: dict[str, int] = {}
    doors(app, scene, login, rows)
    # What a question costs is the list's; the secretary asks them all, and each other role a third of them.
    share = slice(None) if login == "secretary" else slice(list(ROLES).index(login) % 3, None, 3)
    found = costs(app, visit(login), questions(scene, rows)[share])
    assert {address: cost for address, cost in found.items() if cost > LIST_AND_FORM} == {}
    assert max(found.values()) >= 1


@pytest.mark.parametrize("login", ["secretary", "gridworker", "supervisor"])
def test_more_rows_cost_no_more_statements(app: Flask, scene: Scene, visit, login: str):
    # That somebody is still there is written down once a minute; here no minute passes.
    clock.clock.fixed = clock.now()
    person, rows = visit(login), {}
    # One row of each list was there before those it could name; the next names them all.
    for view in (*scene.lists(), *scene.lists()):
        scene.make(view, login)
    asked = pages(app, scene, login, rows)
    # How rows are found is the same for whoever sees them; what is shown of them is not.
    asked += questions(scene, rows) if login == "secretary" else []
    few = costs(app, person, asked)
    for view in scene.lists():
        for _number in range(MORE if view.list_name == "needs" else 8):
            scene.make(view, login)
    many = costs(app, person, asked)
    assert {address: (few[address], many[address]) for address in few if many[address] > few[address]} == {}
