"""What tests of accounts need besides the cast: doing what a sign-in page does, and a clock to hold."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.accounts import passwords
from app.accounts.models import Account
from app.core import clock
from app.core.database import transaction
from app.extensions import db
from tests.cast.people import PASSWORD

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """A browser at the sign-in page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def sign_in(self, name: str, password: str = PASSWORD, onward: str = "", **kwargs: Any) -> TestResponse:
        """Fill in the sign-in page and send it."""
        address = f"/login/?next={onward}" if onward else "/login/"
        return self.post(address, {"username": name, "password": password}, page="/login/", **kwargs)

    def post(self, address: str, data: dict[str, Any], page: str, **kwargs: Any) -> TestResponse:
        """Open a page for its token, then send a form."""
        found = TOKEN.search(self.client.get(page).get_data(as_text=True))
        assert found, f"no form at {page}"
        return self.client.post(address, data={"csrf_token": found[1], **data}, **kwargs)

    def is_in(self) -> bool:
        """Tell whether a page for members opens."""
        return self.client.get("/profile/").status_code == 200

    @property
    def sid(self) -> str | None:
        """Return what the cookie carries of the sign-in."""
        with self.client.session_transaction() as session:
            found: str | None = session.get("sid")
        return found


@pytest.fixture
def browser(app: Flask) -> Callable[[], Browser]:
    """Open a browser nobody has signed in with."""
    return lambda: Browser(app.test_client())


@pytest.fixture
def signed_in(browser: Callable[[], Browser]) -> Callable[[str], Browser]:
    """Sign somebody in through the page."""

    def enter(login: str) -> Browser:
        opened = browser()
        assert opened.sign_in(login).status_code == 302
        return opened

    return enter


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the passwords that were really looked at; each time no transaction may be open."""
    seen: list[str] = []
    really = passwords.matches

    def look(stored: str | None, password: str) -> bool:
        assert not db.session.registry().in_transaction(), "a transaction is open while a password is hashed"
        seen.append(password)
        return really(stored, password)

    monkeypatch.setattr(passwords, "matches", look)
    return seen


@pytest.fixture
def held_clock(app: Flask) -> Callable[[timedelta], None]:
    """Hold the clock at a Monday morning; each call moves it on."""
    clock.clock.fixed = MORNING

    def move_on(by: timedelta) -> None:
        clock.clock.fixed = clock.now() + by

    return move_on


@pytest.fixture
def change(behind: Callable[[], AbstractContextManager[None]]) -> Callable[..., None]:
    """Change an account of the cast behind the scenes."""

    def write(who: str, **columns: Any) -> None:
        with behind(), transaction():
            account = db.session.scalars(select(Account).filter_by(login=who)).one()
            for name, value in columns.items():
                setattr(account, name, value)

    return write


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the SELECT, INSERT, UPDATE and DELETE statements of a block."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        said: list[str] = []

        def hear(*args: Any) -> None:
            if args[2].split(None, 1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                said.append(args[2])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", hear)
        try:
            yield said
        finally:
            event.remove(engine, "before_cursor_execute", hear)

    return counting


@pytest.fixture
def id_of(behind: Callable[[], AbstractContextManager[None]]) -> Callable[[str], int]:
    """Return the id of somebody's account."""

    def look_up(login: str) -> int:
        with behind():
            return db.session.scalars(select(Account.id).filter_by(login=login)).one()

    return look_up
