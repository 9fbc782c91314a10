"""What the tests of notices use: moves by somebody of the cast, and a look at what each was told."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.core import moves
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.needs.models import Need
from app.notices.models import Notice

Told = dict[str, list[str]]


@pytest.fixture
def step(acting_as: Any) -> Callable[..., None]:
    """Make a move of a need by the hand of somebody."""

    def make(login: str, name: str, pk: int, in_charge: str = "", **values: Any) -> None:
        with acting_as(login), transaction():
            if in_charge:
                with acting(system("tests")):
                    values["in_charge"] = db.session.scalars(select(Account).filter_by(login=in_charge)).one()
            moves.perform(db.session.get_one(Need, pk), name, values)

    return make


@pytest.fixture
def told(app: Flask) -> Callable[..., Told]:
    """Return by login the kinds each was told, the oldest first; about one row where it is given."""

    def read(pk: int | None = None) -> Told:
        wanted = select(Account.login, Notice.kind).join(Account, Account.id == Notice.account_id).order_by(Notice.id)
        with app.app_context(), acting(system("tests")):
            rows = db.session.execute(wanted.where(Notice.row_id == pk) if pk else wanted).all()
            db.session.rollback()
        found: Told = {}
        for login, kind in rows:
            found.setdefault(login, []).append(kind)
        return found

    return read
