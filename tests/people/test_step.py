"""The step that makes the person whole: who was there stays as they were, and is found by the tail of a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import MetaData, insert, select

from app.core import clock, revisions, sealing
from app.core.actor import acting, system
from app.extensions import db
from app.people import tails
from app.people.models import Person
from tests.before import portal_at

BEFORE = "0018"
MOMENT = clock.now().replace(tzinfo=None)
COMMON = {"version": 3, "created_at": MOMENT, "changed_at": MOMENT, "sought": ""}
NUMBERS = {"a" * 32: ["13800007001", "0751-8880000"], "b" * 32: ["13900007002"], "c" * 32: []}


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Flask]:
    """A portal with people in it, as the version before kept them."""
    with portal_at(BEFORE, tmp_path) as app:
        with app.app_context(), db.engine.begin() as connection:
            tables = MetaData()
            tables.reflect(connection)
            community = {"code": "a", "name": "甲", "level_names": [], "settings": {}, "uid": "0" * 32} | COMMON
            connection.execute(insert(tables.tables["community"]), [community])
            for number, (uid, phones) in enumerate(NUMBERS.items(), start=1):
                party = {"id": number, "uid": uid, "kind": "person", "name": f"张{number}", "known": False}
                connection.execute(insert(tables.tables["party"]), [party | {"community_id": 1, "sought": ""}])
                connection.execute(insert(tables.tables["person"]), [person(number, uid, phones)])
        yield app


def person(number: int, uid: str, phones: list[str]) -> dict[str, Any]:
    sealed = sealing.closed(Person, "phones", uid, phones).token
    return {"id": number, "uid": uid, "community_id": 1, "name": f"张{number}", "phones": sealed} | COMMON


def test_the_people_of_before_are_found_by_the_last_four_digits(old: Flask):
    with old.app_context():
        upgrade(str(revisions.MIGRATIONS))
        with acting(system("tests")):
            rows = db.session.scalars(select(Person).order_by(Person.id)).all()
            assert [row.phones for row in rows] == [*NUMBERS.values()]
            assert [(row.birth, row.tags, row.version) for row in rows] == [(None, None, 3)] * 3
            assert [row.phone_tails for row in rows] == [tails.kept(1, phones) for phones in NUMBERS.values()]
            assert rows[0].phone_tails == tails.digest(1, "7001")
