"""The step that says since when the clock of doing runs: for the needs of before it is found in their timelines."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import MetaData, insert, select

from app.core import clock, revisions
from app.core.actor import acting, system
from app.extensions import db
from app.needs.models import Need
from tests.before import portal_at

BEFORE = "0035"
MOMENT = clock.now().replace(tzinfo=None)
COMMON = {"version": 3, "created_at": MOMENT, "changed_at": MOMENT}
LIVES = {
    "waits": ({}, []),
    "accepted": ({"accepted_at": 2}, [("accept", 2)]),
    "referred": ({}, [("refer", 1)]),
    "came back": ({"accepted_at": 5}, [("refer", 1), ("return_referral", 5)]),
    "reopened": ({"accepted_at": 2}, [("accept", 2), ("reopen", 7), ("reopen", 9)]),
    "from a ledger": ({"accepted_at": 0}, []),
}
"""What needs went through: which columns say when, and their steps; in days since they were received."""
SINCE = {"waits": None, "accepted": 2, "referred": 1, "came back": 1, "reopened": 9, "from a ledger": 0}


def day(number: int) -> Any:
    return MOMENT + timedelta(days=number)


def need(number: int, title: str) -> dict[str, Any]:
    usual = {"code": f"XQ{number}", "state": "accepted", "urgency": "normal", "kind": "help", "channel": "other"}
    flags = ("anonymous", "collective", "open_to_volunteers", "reopened_count", "paused_minutes", "sought")
    due = {"accepted_at": None, "resolution_due": day(30) if title != "waits" else None, "received_at": MOMENT}
    when = {name: day(value) for name, value in LIVES[title][0].items()}
    about = {"id": number, "uid": f"{number:032d}", "community_id": 1, "title": title}
    return about | usual | dict.fromkeys(flags, 0) | {"sought": ""} | due | when | COMMON


def step(number: int, move: str, at: int) -> dict[str, Any]:
    about = {"list": "needs", "row_id": number, "community_id": 1, "move": move, "at": day(at), "said": {}}
    return about | {"uid": f"{number}{move}{at}", "by_label": "tests"}


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Flask]:
    """A portal with needs in it, as the version before kept them."""
    with portal_at(BEFORE, tmp_path) as app:
        with app.app_context(), db.engine.begin() as connection:
            found = MetaData()
            found.reflect(connection)
            community = {"code": "a", "name": "甲", "level_names": [], "settings": {}, "uid": "0" * 32, "sought": ""}
            connection.execute(insert(found.tables["community"]), [community | COMMON])
            for number, (title, (_columns, steps)) in enumerate(LIVES.items(), start=1):
                connection.execute(insert(found.tables["need"]), [need(number, title)])
                for move, at in steps:
                    connection.execute(insert(found.tables["step"]), [step(number, move, at)])
        yield app


def test_the_needs_of_before_know_since_when_their_clock_runs(old: Flask):
    with old.app_context():
        upgrade(str(revisions.MIGRATIONS))
        with acting(system("tests")):
            rows = db.session.scalars(select(Need).order_by(Need.id)).all()
            began = {row.title: row.work_since and (row.work_since.replace(tzinfo=None) - MOMENT).days for row in rows}
            assert began == SINCE
            assert {row.version for row in rows} == {3}
