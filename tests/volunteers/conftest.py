"""Volunteers of the cast in any state, and people who speak to the doors of programs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Community, Place
from app.core import database
from app.core.actor import Actor, acting, system
from app.extensions import db
from app.organizations.models import Team
from app.people.models import Person
from app.volunteers import service
from app.volunteers.availability import Availability
from app.volunteers.choices import VolunteerState
from app.volunteers.models import Volunteer
from app.volunteers.skills import Skills
from tests.fulfilments.conftest import accepted, move, offer, order, parties, send

__all__ = ["accepted", "enlist", "move", "offer", "order", "parties", "resident", "send", "volunteer"]


@pytest.fixture
def resident(app: Flask) -> Callable[..., int]:
    """Register somebody among the people; return the id."""

    def make(name: str = "莫桂兰", code: str = "wjb", **columns: Any) -> int:
        with app.app_context(), acting(system("tests")), database.transaction():
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            person = Person(community=community, name=name, **columns)
            db.session.add(person)
            db.session.flush()
            return int(person.id)

    return make


@pytest.fixture
def enlist(app: Flask, resident) -> Callable[..., int]:
    """Register a volunteer by the secretary's hand, in service unless said otherwise; return the id.

    `skills`, `times`: in words; `teams`, `places`: by name; `who`: more of the person.
    """

    def make(
        name: str = "莫桂兰",
        state: VolunteerState = VolunteerState.ACTIVE,
        login: str = "secretary",
        who: dict[str, Any] | None = None,
        **columns: Any,
    ) -> int:
        person = resident(name, "qn" if login == "neighbour" else "wjb", **(who or {}))
        with app.app_context(), acting(system("tests")):
            author = db.session.scalars(select(Account).filter_by(login=login)).one()
            words = {"skills": Skills.read, "availability": Availability.read}
            given = {key: words[key](said) if key in words else said for key, said in columns.items()}
            for key, model in (("teams", Team), ("places", Place)):
                if key in given:
                    given[key] = db.session.scalars(select(model).where(model.name.in_(given[key]))).all()
            with database.transaction(), acting(Actor("tests", user_id=author.id, unbounded=True)):
                row = service.register(person=db.session.get_one(Person, person).party, **given)
                row.state = state
            return int(row.id)

    return make


@pytest.fixture
def volunteer(behind: Callable[[], AbstractContextManager[None]]) -> Callable[[int], dict[str, Any]]:
    """Return the stored columns of a volunteer, and the name of the person."""

    def read(pk: int) -> dict[str, Any]:
        with behind():
            row = db.session.get_one(Volunteer, pk)
            found = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
            return found | {"name": row.person.name, "teams": [team.name for team in row.teams]}

    return read
