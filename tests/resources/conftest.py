"""Resources of the cast: recorded by somebody, brought to any state, read behind the scenes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core import clock, database
from app.core.actor import Actor, acting, system
from app.extensions import db
from app.parties.models import Party
from app.resources import service
from app.resources.choices import QuantityMode, ResourceKind, ResourceState
from app.resources.models import Resource
from app.resources.windows import Windows
from tests.cast.people import PARTIES

UNIT, PARTNER = PARTIES[:2]
"""What the liaison and the partner speak for."""


@pytest.fixture
def share(app: Flask) -> Callable[..., int]:
    """Record a resource by the hand of somebody of the cast, by default available and checked today; return its id."""

    def make(
        login: str = "secretary",
        name: str = "轮椅",
        provider: str = UNIT,
        state: ResourceState = ResourceState.AVAILABLE,
        checked_on: date | None = None,
        **columns: Any,
    ) -> int:
        with app.app_context(), acting(system("tests")):
            author = db.session.scalars(select(Account).filter_by(login=login)).one()
            community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            given = {"kind": ResourceKind.GOODS, "community": community, "name": name} | columns
            with database.transaction(), acting(Actor("tests", user_id=author.id, unbounded=True)):
                given["provider"] = db.session.scalars(select(Party).filter_by(name=provider)).one()
                resource = service.offer(**given)
                resource.state, resource.checked_on = state, checked_on or clock.today()
            return int(resource.id)

    return make


@pytest.fixture
def counted(share: Callable[..., int]) -> Callable[..., int]:
    """Record something that is counted."""
    return lambda quantity=3, **columns: share(
        quantity_mode=QuantityMode.COUNTABLE, quantity=quantity, unit_of_measure="辆", **columns
    )


@pytest.fixture
def scheduled(share: Callable[..., int]) -> Callable[..., int]:
    """Record something that is had by time."""
    return lambda windows="周六 9:00-11:30（2人）", **columns: share(
        quantity_mode=QuantityMode.SCHEDULED, windows=Windows.read(windows), **columns
    )


@pytest.fixture
def resource(behind: Callable[[], AbstractContextManager[None]]) -> Callable[[int], dict[str, Any]]:
    """Return the stored columns of a resource, and the names of its categories."""

    def read(pk: int) -> dict[str, Any]:
        with behind():
            row = db.session.scalars(select(Resource).filter_by(id=pk)).one()
            found = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
            return found | {"categories": [category.name for category in row.categories]}

    return read


@pytest.fixture
def ids(behind: Callable[[], AbstractContextManager[None]]) -> dict[str, int]:
    """The ids of our places, categories and parties by name."""
    with behind():
        found = {row.name: row.id for row in db.session.scalars(select(Party))}
        for model in (Category, Place):
            found |= {row.name: row.id for row in db.session.scalars(select(model)) if row.community.code == "wjb"}
        return found
