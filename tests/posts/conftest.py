"""Posts of the cast: people of the community, appointed by the hand of somebody, and what became of their roles."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community, Place
from app.core.actor import Actor, acting, system
from app.core.database import transaction
from app.extensions import db
from app.parties.models import Party
from app.people.models import Person
from app.posts import service
from app.posts.choices import PostDuty
from app.posts.models import Post
from tests.core.conftest import ids, program

__all__ = ["ids", "program"]

SINCE = date(2026, 1, 1)


@pytest.fixture
def resident(app: Flask) -> Callable[..., int]:
    """Register somebody of the community, with an account of the cast where one is named; return the id."""

    def make(name: str = "韦春梅", login: str | None = None, code: str = "wjb", **columns: Any) -> int:
        with app.app_context(), acting(system("tests")), transaction():
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            account = db.session.scalars(select(Account).filter_by(login=login)).one() if login else None
            person = Person(community=community, name=name, account=account, **columns)
            db.session.add(person)
            db.session.flush()
            return int(person.id)

    return make


@pytest.fixture
def appoint(app: Flask, resident: Callable[..., int]) -> Callable[..., int]:
    """Appoint somebody by the hand of the secretary, from the beginning of the year; return the id of the post."""

    def make(
        person: int | None = None,
        duty: PostDuty = PostDuty.GRID_LEAD,
        places: tuple[str, ...] = ("第一网格",),
        code: str = "wjb",
        **columns: Any,
    ) -> int:
        pk = person or resident(code=code)
        with app.app_context(), acting(system("tests")), transaction():
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            found = select(Place).where(Place.community == community, Place.name.in_(places))
            given: dict[str, Any] = {"places": [*db.session.scalars(found)], "since": SINCE} | columns
            author = db.session.scalars(select(Account).filter_by(login="secretary")).one()
            with acting(Actor("tests", author.id, unbounded=True)):
                party = db.session.get_one(Party, pk)
                return int(service.appoint(community=community, person=party, duty=duty, **given).id)

    return make


@pytest.fixture
def post(behind: Any) -> Callable[[int], dict[str, Any]]:
    """Return the stored columns of a post and the names of its places."""

    def read(pk: int) -> dict[str, Any]:
        with behind():
            row = db.session.scalars(select(Post).filter_by(id=pk)).one()
            found = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
            return found | {"places": [place.name for place in row.places]}

    return read


@pytest.fixture
def roles(behind: Any) -> Callable[[str], set[tuple[GrantRole, str]]]:
    """Return the roles somebody holds today, each with its place."""

    def read(login: str) -> set[tuple[GrantRole, str]]:
        with behind():
            held = select(Grant).join(Account, Account.id == Grant.account_id)
            found = db.session.scalars(held.where(Account.login == login, Grant.holding()))
            return {(grant.role, grant.place.name if grant.place else "") for grant in found}

    return read


@pytest.fixture
def place(behind: Any) -> Callable[[str], int]:
    """Return the id of a place by its name."""

    def find(name: str) -> int:
        with behind():
            return int(db.session.scalars(select(Place.id).filter_by(name=name)).one())

    return find
