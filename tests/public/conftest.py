"""A poster in a stairwell, a resident with a phone and nothing else, and codes to try."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.communities.models import Community, Place
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from app.needs.models import Need
from app.public import points, tickets
from tests.needs.life import at, ids, make
from tests.whole.conftest import scene, visit

__all__ = ["at", "ids", "make", "scene", "visit"]

HIDDEN = re.compile(r'name="(csrf_token|key|version)"[^>]*value="([^"]*)"')
BIG = re.compile(r'class="(?:big|code)">([0-9A-Z-]+)<')


class Resident:
    """Somebody with a phone, who never had an account."""

    def __init__(self, client: FlaskClient, address: str = "10.1.1.1") -> None:
        self.client, self.address = client, {"REMOTE_ADDR": address}

    def open(self, code: str, **more: Any) -> TestResponse:
        """Open what a code opens."""
        return self.client.get(f"/q/{code}", environ_base=self.address, **more)

    def hidden(self, code: str = "") -> dict[str, str]:
        """Return what the page's form carries besides what one types."""
        found = dict(HIDDEN.findall(self.open(code).get_data(as_text=True)))
        # Where nothing is asked there is no form; the token is that of the whole browser.
        return found or dict(HIDDEN.findall(self.open("").get_data(as_text=True)))

    def send(self, code: str, form: dict[str, Any], hidden: dict[str, str] | None = None) -> TestResponse:
        """Fill in the form of a page and send it."""
        hidden = self.hidden(code) if hidden is None else hidden
        # As bytes: the test client would leave a large file open.
        boundary, body = encode_multipart({name: as_file(value) for name, value in (hidden | form).items()})
        kind = f"multipart/form-data; boundary={boundary}"
        return self.client.post(f"/q/{code}", data=body, content_type=kind, environ_base=self.address)

    def report(self, code: str, text: str = "三楼的灯不亮", **form: Any) -> TestResponse:
        """Write something at a poster, and agree to how it is handled."""
        return self.send(code, {"text": text, "agreed": "y"} | form)

    def answer(self, code: str, answer: str, **form: Any) -> TestResponse:
        """Answer by the code of a need."""
        return self.send(code, {"answer": answer} | form)


def as_file(value: Any) -> Any:
    """Return a file, or files, as a browser sends them; any other value as it is."""
    if isinstance(value, list):
        return [as_file(one) for one in value]
    return FileStorage(value[0], value[1], "photos") if isinstance(value, tuple) else value


def code_on(answer: TestResponse) -> str:
    """Return the code a page shows in large letters."""
    found = BIG.search(answer.get_data(as_text=True))
    assert found, answer.status_code
    return found[1]


@pytest.fixture
def resident(app: Flask) -> Resident:
    """A resident with a phone."""
    return Resident(app.test_client())


@pytest.fixture
def another(app: Flask) -> Callable[[str], Resident]:
    """Another resident, at another address."""
    return lambda address: Resident(app.test_client(), address)


@pytest.fixture
def place_id(behind: Any) -> Callable[[str], int]:
    """The id of a place."""

    def find(name: str) -> int:
        with behind():
            return int(db.session.scalars(select(Place.id).filter_by(name=name)).one())

    return find


@pytest.fixture
def poster(app: Flask, place_id: Callable[[str], int]) -> Callable[..., str]:
    """Hang a poster up in a place, and return its code."""

    def hang(name: str = "武江北路8栋") -> str:
        with app.app_context(), acting(system("tests")), database.transaction():
            return points.renew(db.session.get_one(Place, place_id(name)))

    return hang


@pytest.fixture
def banner(app: Flask) -> Callable[..., str]:
    """Hang up the poster by which members report in, and return its code."""

    def hang(code: str = "wjb") -> str:
        with app.app_context(), acting(system("tests")), database.transaction():
            community = db.session.scalars(select(Community).filter_by(code=code)).one()
            return points.renew_for_members(community, points.code_for_members(community))

    return hang


@pytest.fixture
def ticket(app: Flask) -> Callable[[int], str]:
    """Give out the code of a need, and return it."""

    def give(pk: int) -> str:
        with app.app_context(), acting(system("tests")), database.transaction():
            return tickets.reissue(db.session.get_one(Need, pk))

    return give


@pytest.fixture
def reported(behind: Any) -> Callable[[], list[Need]]:
    """Return what has been reported, the oldest first."""

    def find() -> list[Need]:
        with behind():
            rows = list(db.session.scalars(select(Need).order_by(Need.id)))
            for row in rows:
                str((row.place.name, row.reporter_phone, row.address))
            db.session.expunge_all()
            return rows

    return find


@pytest.fixture
def share(behind):
    """Let so many of a hundred closings by code be called back."""

    def set_to(percent):
        with behind():
            db.session.scalars(select(Community).filter_by(code="wjb")).one().callback_share = percent
            db.session.commit()

    return set_to
