"""Programs that act for the cast, and what is said to the database."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

from app.accounts import sessions
from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from tests.conftest import TOKEN


class Program:
    """Something that speaks JSON with somebody's sign-in."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        found = TOKEN.search(client.get("/roles/").get_data(as_text=True))
        self.headers = {"X-CSRFToken": found[1] if found else ""}

    def get(self, address: str, **query: Any) -> TestResponse:
        """Ask for something; `query` is what stands in `q=`."""
        return self.client.get(address, query_string={"q": json.dumps(query)} if query else None)

    def send(self, verb: str, address: str, /, **body: Any) -> TestResponse:
        """Send JSON."""
        return self.client.open(address, method=verb, json=body, headers=self.headers)

    def post(self, address: str, /, **body: Any) -> TestResponse:
        """Register something, or make a move."""
        return self.send("POST", address, **body)

    def put(self, address: str, /, **body: Any) -> TestResponse:
        """Change something."""
        return self.send("PUT", address, **body)


@pytest.fixture
def program(app: Flask) -> Callable[[str], Program]:
    """Sign somebody of the cast in and return a program that acts for them."""

    def make(login: str) -> Program:
        client = app.test_client()
        with app.app_context(), acting(system("tests")), database.transaction():
            account = db.session.scalars(select(Account).filter_by(login=login)).one()
            token = sessions.begin(account.id, "")
        with client.session_transaction() as session:
            session["sid"] = token
        return Program(client)

    return make


@pytest.fixture
def ids(app: Flask) -> Callable[..., int]:
    """Return the id of a place, category, community or account by its name or login."""
    kinds: dict[str, Any] = {"place": Place, "category": Category, "community": Community, "account": Account}

    def find(kind: str, **by: Any) -> int:
        with app.app_context(), acting(system("tests")):
            rows = db.session.scalars(select(kinds[kind]).filter_by(**by).order_by(kinds[kind].id)).all()
            found = int(rows[0].id)
            db.session.rollback()
            return found

    return find


@pytest.fixture
def spoken(app: Flask) -> Iterator[list[str]]:
    """Collect the statements said to the database, those that only frame a transaction left aside."""
    found: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.split(maxsplit=1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "CREATE"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    yield found
    event.remove(Engine, "before_cursor_execute", listen)
