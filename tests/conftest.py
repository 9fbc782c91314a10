"""What every test may use: the portal, the cast signed in, and the rule that in CI nothing is skipped."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

import config
from app.accounts import sessions
from app.accounts.models import Account
from app.assets import fetch
from app.communities.models import Category, Community, Place
from app.core import database
from app.core.actor import Actor, acting, system
from app.extensions import db
from app.needs import service
from app.needs.models import Need
from tests.stage import Stage

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped."""
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed run."""
    if os.environ.get("SIDAN_NO_SKIPS") and skipped and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Person:
    """A browser with somebody signed in: sends the CSRF token a page would have given it."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client, self.login = client, login

    def get(self, address: str, **kwargs: Any) -> TestResponse:
        """Open an address."""
        return self.client.get(address, **kwargs)

    def post(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(address, data={"csrf_token": self.token(), **(data or {})}, **kwargs)

    def token(self) -> str:
        """Return the CSRF token of this browser, without opening a page for it each time."""
        with self.client.session_transaction() as session:
            kept = session.setdefault("csrf_token", "kept in the session")
        return str(URLSafeTimedSerializer(self.client.application.secret_key or "", salt="wtf-csrf-token").dumps(kept))

    def page(self, address: str) -> str:
        """Open an address that must be there, and return the page."""
        response = self.get(address)
        assert response.status_code == 200, f"{self.login} {address}: {response.status_code}"
        return response.get_data(as_text=True)


@pytest.fixture(scope="session", autouse=True)
def assets_at_hand(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fetch the styles and scripts of others once per machine, as an installation does."""
    fetch.ensure(config.load({"INSTANCE": tmp_path_factory.mktemp("assets"), "TESTING": True}))


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The portal for all tests of a run, on SQLite or where SIDAN_TEST_DATABASE_URL says."""
    made = Stage(tmp_path_factory.mktemp("instance"), os.environ.get("SIDAN_TEST_DATABASE_URL"))
    # What stands for the whole run need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()
    made.database.close()


@pytest.fixture
def app(stage: Stage) -> Iterator[Flask]:
    """The portal with the cast on it and nothing else."""
    with stage.play() as portal:
        yield portal


@pytest.fixture
def as_person(app: Flask) -> Callable[[str], Person]:
    """Sign somebody of the cast in and return their browser."""

    def sign_in(login: str) -> Person:
        client = app.test_client()
        with app.app_context(), acting(system("tests")), database.transaction():
            account = db.session.scalars(select(Account).filter_by(login=login)).one()
            token = sessions.begin(account.id, "")
        with client.session_transaction() as session:
            session["sid"] = token
        return Person(client, login)

    return sign_in


def _as(login: str) -> Any:
    @pytest.fixture(name=f"as_{login}")
    def fixture(as_person: Callable[[str], Person]) -> Person:
        return as_person(login)

    return fixture


as_secretary, as_worker, as_coordinator = _as("secretary"), _as("worker"), _as("coordinator")
as_gridlead, as_gridworker, as_liaison = _as("gridlead"), _as("gridworker"), _as("liaison")
as_partner, as_volunteer, as_auditor = _as("partner"), _as("volunteer"), _as("auditor")
as_admin, as_supervisor, as_neighbour = _as("admin"), _as("supervisor"), _as("neighbour")


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    """A browser with nobody signed in."""
    return app.test_client()


@pytest.fixture
def acting_as(app: Flask) -> Callable[[str], AbstractContextManager[Actor]]:
    """Let somebody of the cast act in the session itself, below every page."""

    @contextmanager
    def act(login: str) -> Iterator[Actor]:
        with app.app_context():
            with acting(system("tests")), database.transaction():
                account = db.session.scalars(select(Account).filter_by(login=login)).one()
                token = sessions.begin(account.id, "")
            found = sessions.find(token)
            db.session.remove()
            assert found is not None
            with acting(found[1]):
                yield found[1]

    return act


@pytest.fixture
def behind(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """Look behind the scenes: the session with everything visible."""

    @contextmanager
    def look() -> Iterator[None]:
        with app.app_context(), acting(system("tests")):
            yield
            db.session.rollback()

    return look


@pytest.fixture
def register(app: Flask) -> Callable[..., int]:
    """Register a need as somebody of the cast, and return its id."""

    def make(
        login: str = "secretary", title: str = "楼下路灯不亮", place: str | None = "武江北路8栋", **columns: Any
    ) -> int:
        code = "qn" if login == "neighbour" else "wjb"
        with app.app_context(), acting(system("tests")):
            author = db.session.scalars(select(Account).filter_by(login=login)).one()
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            found = db.session.scalars(select(Place).filter_by(name=place, community=community)).one_or_none()
            category = db.session.scalars(select(Category).filter_by(name="公共设施", community=community)).one()
            given = {"category": category, "place": found} | columns
            with database.transaction(), acting(Actor("tests", user_id=author.id, unbounded=True)):
                need = service.register(title=title, community=community, **given)
            return int(need.id)

    return make


@pytest.fixture
def need(behind: Callable[[], AbstractContextManager[None]]) -> Callable[[int], dict[str, Any]]:
    """Return the stored columns of a need."""

    def read(pk: int) -> dict[str, Any]:
        with behind():
            row = db.session.scalars(select(Need).filter_by(id=pk)).one()
            return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}

    return read
