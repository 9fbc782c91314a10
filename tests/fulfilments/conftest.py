"""A need somebody accepted, and people who offer, take, keep and judge orders for it, through programs' doors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.communities.models import Community
from app.core import clock
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs.choices import NeedState
from app.needs.models import Need
from app.parties.models import Party
from tests.cast.people import PARTIES

UNIT, PARTNER, VOLUNTEER, TEAM = PARTIES
SPEAKERS = {UNIT: "liaison", PARTNER: "partner", VOLUNTEER: "volunteer", TEAM: "volunteer"}
GIVEN: dict[str, dict[str, Any]] = {
    "decline": {"reason": "这周人手不够"},
    "return": {"reason": "师傅病了"},
    "dispute": {"reason": "居民说没修好"},
    "cancel": {"reason": "已经另外解决"},
    "reverse": {"reason": "登记错了"},
    "deliver": {"measures": "换了灯泡，修好了开关", "quantity_delivered": 1},
}
"""What a move asks, unless a test says otherwise."""


@pytest.fixture
def parties(behind) -> dict[str, int]:
    """The ids of the parties, by name."""
    with behind():
        return {party.name: party.id for party in db.session.scalars(select(Party))}


@pytest.fixture
def send(as_person) -> Callable[..., TestResponse]:
    """Let somebody speak to a door for programs."""
    browsers: dict[str, Any] = {}

    def ask(login: str, address: str, **given: Any) -> TestResponse:
        if login not in browsers:
            person = as_person(login)
            browsers[login] = person, person.token()
        person, token = browsers[login]
        return person.client.post(f"/api/v1/{address}", json=given, headers={"X-CSRFToken": token})

    return ask


@pytest.fixture
def accepted(register, behind) -> Callable[..., int]:
    """Register a need that has been accepted."""

    def make(login: str = "secretary", state: NeedState = NeedState.ACCEPTED, **columns: Any) -> int:
        pk = register(login, **columns)
        with behind():
            db.session.get(Need, pk).state = state
            db.session.commit()
        return int(pk)

    return make


@pytest.fixture
def offer(send, parties, accepted) -> Callable[..., int]:
    """Let somebody offer a need to a provider, and return the id of the order."""

    def make(provider: str = UNIT, login: str = "worker", need: int | None = None, **given: Any) -> int:
        given |= {"need": need if need is not None else accepted(), "provider": parties[provider]}
        answer = send(login, "fulfilments/", **given)
        assert answer.status_code == 201, answer.json
        return int(answer.json["id"])

    return make


@pytest.fixture
def order(behind) -> Callable[[int], dict[str, Any]]:
    """Return the stored columns of an order."""

    def read(pk: int) -> dict[str, Any]:
        with behind():
            row = db.session.get_one(Fulfilment, pk)
            return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}

    return read


@pytest.fixture
def move(send, order) -> Callable[..., TestResponse]:
    """Let somebody make a move on an order."""

    def make(login: str, name: str, pk: int, **given: Any) -> TestResponse:
        if name == "schedule" and "scheduled_at" not in given:
            given["scheduled_at"] = (clock.now() + timedelta(days=1, hours=2 * pk)).isoformat()
        said = {"version": order(pk)["version"]} | GIVEN.get(name, {}) | given
        return send(login, f"fulfilments/{pk}/move/{name}", **said)

    return make


STEPS = ("claim", "schedule", "start", "deliver")
REACHED = {"offered": 0, "claimed": 1, "scheduled": 2, "in_progress": 3, "delivered": 4, "confirmed": 5}


@pytest.fixture
def at(offer, move, parties, order) -> Callable[..., int]:
    """Bring an order to a state by the hands of its provider, confirmed by the worker."""

    def bring(state: str, provider: str = UNIT, pk: int | None = None, **given: Any) -> int:
        quantity = given.get("quantity")
        pk = pk or offer(provider, "secretary", **given)
        for name in STEPS[: REACHED[state]]:
            said = {"quantity_delivered": quantity} if name == "deliver" and quantity else {}
            answer = move(SPEAKERS[provider], name, pk, **said)
            assert answer.status_code == 200, (name, answer.json)
        if state == "confirmed":
            assert move("worker", "confirm", pk, satisfaction=5).status_code == 200
        return pk

    return bring


@pytest.fixture
def community(behind) -> int:
    """The id of our community."""
    with behind():
        return int(db.session.scalars(select(Community.id).filter_by(code="wjb")).one())
