"""What the tests of the whole use: rows of every list, and people who walk through every door."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.core import database
from tests.conftest import Person
from tests.whole.scene import Scene
from tests.whole.special import register_need
from tests.whole.walk import Visitor


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Make rows for any list by the hand of anybody. In each community a need is there for what is about a need."""
    made = Scene(app)
    for login in ("secretary", "neighbour"):
        with made._as(login), database.transaction():
            register_need(login)
    return made


@pytest.fixture
def visit(as_person: Callable[[str], Person]) -> Callable[[str], Visitor]:
    """Sign somebody of the cast in."""
    return lambda login: Visitor(as_person(login).client, login)


@pytest.fixture
def ours(scene: Scene) -> dict[str, int]:
    """A row of each list, of our community."""
    rows = {view.list_name: scene.make(view, "secretary") for view in scene.lists()}
    scene.look_like_one()
    return rows
