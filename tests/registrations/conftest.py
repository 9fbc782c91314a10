"""Units and members of the cast at any point of their registration, and posts to be claimed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Community
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from app.notices.models import Notice
from app.organizations.models import Organization
from app.parties.models import Party
from app.people.choices import Sex
from app.people.identity import IdType, check_character
from app.people.models import Person
from app.registrations import service
from app.registrations.choices import MemberState, PostKind, PostState

UNIT, OTHER_UNIT = "市中医院", "邻里帮社会工作服务中心"
BODY = "44020319750719042"
NUMBER = BODY + check_character(BODY)
"""A number of an identity card."""


def home(code: str) -> Community:
    return db.session.scalars(select(Community).filter_by(code=code)).one()


def party(name: str, code: str = "wjb") -> Party:
    return db.session.scalars(select(Party).filter_by(name=name, community=home(code))).one()


@pytest.fixture
def within(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """Do something behind the scenes, in one transaction."""

    @contextmanager
    def do() -> Iterator[None]:
        with app.app_context(), acting(system("tests")), database.transaction():
            yield

    return do


@pytest.fixture
def enrol(within: Any) -> Callable[..., int]:
    """Let somebody report in who was not known before; return the id of the registration."""

    def make(
        name: str = "林志远",
        unit: str | None = None,
        state: MemberState = MemberState.RECEIVED,
        code: str = "wjb",
        number: str | None = None,
        **columns: Any,
    ) -> int:
        units = {"wjb": UNIT, "qn": "桥南卫生院"}
        with within():
            identity = {"id_type": IdType.RESIDENT, "id_number": number, "sex": Sex.FEMALE} if number else {}
            person = Person(community=home(code), name=name, **identity)
            db.session.add(person)
            db.session.flush()
            given = {"community": home(code), "person": person.party, "unit": party(unit or units[code], code)}
            member = service.register(**given, **columns)
            member.state = state
            db.session.flush()
            return int(member.id)

    return make


@pytest.fixture
def post(within: Any) -> Callable[..., int]:
    """Add a service post, open to be claimed unless said otherwise; return its id."""

    def make(title: str = "楼道安全巡逻岗", state: PostState = PostState.OFFERED, **columns: Any) -> int:
        with within():
            given = {"kind": PostKind.SAFETY, "community": home("wjb")} | columns
            row = service.add_post(title=title, **given)
            row.state = state
            db.session.flush()
            return int(row.id)

    return make


@pytest.fixture
def stored(behind: Callable[[], AbstractContextManager[None]]) -> Callable[..., dict[str, Any]]:
    """Return the stored columns of a row."""

    def read(model: Any, pk: int) -> dict[str, Any]:
        with behind():
            row = db.session.get_one(model, pk)
            return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}

    return read


@pytest.fixture
def unit_id(behind: Callable[[], AbstractContextManager[None]]) -> Callable[[str], int]:
    """Return the id of a unit by its name."""

    def read(name: str = UNIT) -> int:
        with behind():
            return int(db.session.scalars(select(Organization.id).filter_by(name=name)).one())

    return read


@pytest.fixture
def told(behind: Callable[[], AbstractContextManager[None]]) -> Callable[..., set[tuple[str, str]]]:
    """Return who was told what of a row, by kind of the notice and login."""

    def read(listing: str, pk: int) -> set[tuple[str, str]]:
        about = select(Notice.kind, Account.login).join(Account, Account.id == Notice.account_id)
        with behind():
            return {tuple(row) for row in db.session.execute(about.filter(Notice.list == listing, Notice.row_id == pk))}

    return read
