"""Places of the community, by name, for people who look behind the scenes or act."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.communities.models import Community, Place
from app.extensions import db


@pytest.fixture
def community_called() -> Callable[[str], Community]:
    """Return a community the actor sees, by code."""
    return lambda code: db.session.scalars(select(Community).filter_by(code=code)).one()


@pytest.fixture
def place_called() -> Callable[[str], Place]:
    """Return a place the actor sees, by name."""
    return lambda name: db.session.scalars(select(Place).filter_by(name=name)).one()
