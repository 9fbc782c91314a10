"""The step that seals what older versions kept plain: nothing is lost, and nothing plain stays behind in any file."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import MetaData, Table, insert, select, text

from app import create_app
from app.accounts.models import Account
from app.core import clock, database, revisions, sealing
from app.core.actor import acting, system
from app.extensions import db
from app.needs.models import Need
from tests.before import portal_at
from tests.stage import PostgresStage
from tests.whole.traces import plain_files, plain_texts

BEFORE = "0004"
ROWS = 2500
MOMENT = clock.now().replace(tzinfo=None)
COMMON = {"version": 3, "created_at": MOMENT, "changed_at": MOMENT}


def phone(number: int) -> str:
    return f"1397{number:07d}"


def address(number: int) -> str:
    return f"柳堤路{number}栋2单元301"


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Flask]:
    """A portal whose database was filled by the version before sealing."""
    given = os.environ.get("SIDAN_TEST_DATABASE_URL")
    stage = PostgresStage(given, "_steps") if given else None
    with portal_at(BEFORE, tmp_path, stage.url if stage else None) as app:
        with app.app_context():
            fill()
        yield app
    if stage:
        stage.close()


def fill() -> None:
    """Write a community, accounts and needs as they stood then, and delete some of them."""
    with db.engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        put(connection, tables.tables["community"], [{"code": "a", "name": "甲", "level_names": [], "settings": {}}])
        put(connection, tables.tables["account"], [person(number) for number in range(20)])
        put(connection, tables.tables["need"], [need(number) for number in range(ROWS)])
        connection.execute(text("DELETE FROM need WHERE code = 'X0'"))


def put(connection: Any, table: Table, rows: list[dict[str, Any]]) -> None:
    more = [{"uid": f"{number:032x}", "sought": ""} | COMMON for number in range(len(rows))]
    filled = [
        {name: value for name, value in (one | row).items() if name in table.c}
        for one, row in zip(more, rows, strict=True)
    ]
    connection.execute(insert(table), filled)


def person(number: int) -> dict[str, Any]:
    return {"login": f"p{number}", "name": f"张{number}", "active": True, "phone": phone(number) if number else None}


def need(number: int) -> dict[str, Any]:
    codes = {"kind": "help", "urgency": "normal", "state": "submitted", "channel": "other"}
    flags = dict.fromkeys(("anonymous", "collective", "open_to_volunteers"), False)
    counts = {"reopened_count": 0, "paused_minutes": 0, "community_id": 1, "received_at": MOMENT}
    told = {"address": address(number) if number % 3 else None, "reporter_phone": phone(number) if number % 2 else None}
    return codes | flags | counts | {"code": f"X{number}", "title": f"第{number}件"} | told


def test_the_step_seals_what_is_there_and_loses_nothing(old: Flask):
    with old.app_context():
        upgrade(str(revisions.MIGRATIONS))
        with acting(system("tests")):
            needs = {row.code: row for row in db.session.scalars(select(Need))}
            people = db.session.scalars(select(Account).order_by(Account.id)).all()
            assert [one.phone for one in people] == [None, *(phone(number) for number in range(1, 20))]
            assert len(needs) == ROWS - 1
            for number in range(1, ROWS):
                row, was = needs[f"X{number}"], need(number)
                assert (row.address, row.reporter_phone) == (was["address"], was["reporter_phone"])
                assert (row.version, row.title) == (3, was["title"])
            found = select(Need.code).where(sealing.holds(Need, "reporter_phone", phone(7)))
            assert db.session.scalars(found).all() == ["X7"]


def test_nothing_plain_stays_behind(old: Flask):
    secrets = {phone(7), phone(2499), address(8), address(2498), "柳堤路1栋"}
    with old.app_context():
        assert {word for word in secrets if any(word in said for said in plain_texts())} == secrets
        upgrade(str(revisions.MIGRATIONS))
        assert [(word, said) for said in plain_texts() for word in secrets if word in said] == []
    assert [(word, file) for file, said in plain_files(old) for word in secrets if word.encode() in said] == []


def test_what_is_deleted_is_overwritten_at_once(tmp_path: Path):
    """Forgetting somebody is destroying a key; it must not stay in the file of SQLite."""
    app = create_app(
        {"TESTING": True, "INSTANCE": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}", "NOW": None}
    )
    database.upgrade(app)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO subject_key VALUES ('someone', 'a-key-that-was-here')"))
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM subject_key WHERE row_uid = 'someone'"))
        db.session.remove()
        db.engine.dispose()
    held = (tmp_path / "a.db").read_bytes()
    assert b"CREATE TABLE subject_key" in held
    assert b"a-key-that-was-here" not in held
