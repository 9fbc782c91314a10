"""Service projects of the cast in any state, needs that take orders, and people who speak to the doors of programs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Community
from app.core import database
from app.core.actor import Actor, acting, system
from app.extensions import db
from app.parties.models import Party
from app.projects import service
from app.projects.choices import ProjectKind, ProjectState
from app.projects.models import ServiceProject
from tests.cast.people import PARTIES
from tests.fulfilments.conftest import accepted, parties, send

__all__ = ["UNIT", "accepted", "parties", "project", "run", "send"]

UNIT = PARTIES[0]


@pytest.fixture
def run(app: Flask) -> Callable[..., int]:
    """Record a project by the hand of somebody of the cast, running unless said otherwise; return its id."""

    def make(
        name: str = "楼道扶手行动",
        login: str = "secretary",
        state: ProjectState = ProjectState.RUNNING,
        provider: str | None = UNIT,
        category: str = "公共设施",
        **columns: Any,
    ) -> int:
        code = "qn" if login == "neighbour" else "wjb"
        with app.app_context(), acting(system("tests")):
            author = db.session.scalars(select(Account).filter_by(login=login)).one()
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            categories = db.session.scalars(select(Category).filter_by(name=category, community=community)).all()
            given = {"kind": ProjectKind.REGULAR, "community": community, "categories": list(categories)} | columns
            given["provider"] = db.session.scalars(select(Party).filter_by(name=provider)).first() if provider else None
            with database.transaction(), acting(Actor("tests", user_id=author.id, unbounded=True)):
                row = service.register(name=name, **given)
                row.state = state
            return int(row.id)

    return make


@pytest.fixture
def project(behind: Callable[[], AbstractContextManager[None]]) -> Callable[[int], dict[str, Any]]:
    """Return the stored columns of a project, and the ids of the needs that asked for it."""

    def read(pk: int) -> dict[str, Any]:
        with behind():
            row = db.session.scalars(select(ServiceProject).filter_by(id=pk)).one()
            found = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
            return found | {"asked_by": [need.id for need in row.asked_by]}

    return read
