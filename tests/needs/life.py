"""Bringing a need through its life in the pages, each step by the hand of who makes it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Category, Place
from app.core import clock
from app.extensions import db

ROWS = {
    "accept": {"category": "公共设施", "place": "武江北路8栋", "urgency": "urgent"},
    "plan": {"in_charge": "gridworker", "planned_on": "2030-01-01"},
    "start": {},
    "deliver": {"done_text": "换了新灯"},
    "close": {"outcome": "met", "satisfaction": "5", "asked_how": "phone"},
}

MONDAY = "2026-11-23T10:00"


@pytest.fixture
def monday(app):
    """Let it be a Monday at ten."""
    clock.clock.fixed = clock.parse_local(MONDAY)


def later(**span):
    """Let time pass."""
    clock.clock.fixed += timedelta(**span)


@pytest.fixture
def ids(behind):
    """The ids of places, categories and people of 武江北社区, by name and login."""
    with behind():
        found = {
            row.name: row.id
            for model in (Category, Place)
            for row in db.session.scalars(select(model))
            if row.community.code == "wjb"
        }
        return found | {row.login: row.id for row in db.session.scalars(select(Account))}


@pytest.fixture
def make(as_person, ids):
    """Let somebody make a move in the page, and return the status."""

    def move(login, pk, name, **given):
        values = {key: ids.get(value, value) for key, value in (ROWS.get(name, {}) | given).items()}
        return as_person(login).post(f"/needs/move/{name}/{pk}", values).status_code

    return move


@pytest.fixture
def at(make, register):
    """Bring a new need to a state, and return its id."""

    def bring(state):
        pk = register()
        steps = (("worker", "accept"), ("secretary", "plan"), ("gridworker", "start"), ("gridworker", "deliver"))
        order = ["submitted", "accepted", "planned", "in_progress", "delivered", "closed"]
        for login, name in (*steps, ("worker", "close"))[: order.index(state)]:
            assert make(login, pk, name) == 302, (login, name)
        return pk

    return bring
