"""What the tests of the whole use: rows of every list, and people who walk through every door."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Person
from tests.whole.scene import Scene
from tests.whole.walk import Visitor


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Make rows for any list by the hand of anybody."""
    return Scene(app)


@pytest.fixture
def visit(as_person: Callable[[str], Person]) -> Callable[[str], Visitor]:
    """Sign somebody of the cast in."""
    return lambda login: Visitor(as_person(login).client, login)
