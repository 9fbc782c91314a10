"""Party organisations of the cast's community, and members who belong to them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.communities.models import Community, Place
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.party_orgs import service
from app.party_orgs.choices import PartyOrgKind
from app.party_orgs.models import PartyOrg
from app.people.choices import Political
from app.people.models import Person
from tests.core.conftest import program
from tests.posts.conftest import place

__all__ = ["place", "program"]


def _community(code: str) -> Community:
    return db.session.scalars(select(Community).filter_by(code=code)).one()


@pytest.fixture
def member(app: Flask) -> Callable[..., int]:
    """Register a party member; return the id of the person."""

    def make(name: str = "韦春梅", political: Political | None = Political.PARTY_MEMBER, code: str = "wjb") -> int:
        with app.app_context(), acting(system("tests")), transaction():
            person = Person(community=_community(code), name=name, political=political)
            db.session.add(person)
            db.session.flush()
            return int(person.id)

    return make


@pytest.fixture
def found(app: Flask) -> Callable[..., int]:
    """Found an organisation; return its id."""

    def make(
        name: str = "社区党委",
        kind: PartyOrgKind = PartyOrgKind.COMMITTEE,
        parent: int | None = None,
        places: tuple[str, ...] = (),
        code: str = "wjb",
    ) -> int:
        with app.app_context(), acting(system("tests")), transaction():
            community = _community(code)
            rows = select(Place).where(Place.community == community, Place.name.in_(places))
            above = db.session.get(PartyOrg, parent) if parent else None
            given: dict[str, Any] = {"parent": above, "places": [*db.session.scalars(rows)]}
            return int(service.found(community=community, name=name, kind=kind, **given).id)

    return make


@pytest.fixture
def join(app: Flask) -> Callable[..., int]:
    """Let somebody belong to an organisation; return the id of the membership."""

    def make(person: int, org: int, since: date = date(2026, 1, 1), until: date | None = None) -> int:
        with app.app_context(), acting(system("tests")), transaction():
            row, above = db.session.get_one(Person, person), db.session.get_one(PartyOrg, org)
            given = {"person": row, "org": above, "since": since, "until": until}
            return int(service.join(community=row.community, **given).id)

    return make
