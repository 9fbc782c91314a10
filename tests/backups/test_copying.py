"""A community's portal grows into a district's: everything goes over to PostgreSQL, or nothing does."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app import create_app
from app.backups import rows
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.needs.models import Need
from tests.backups.conftest import contents, run, sums
from tests.stage import PostgresStage

URL = os.environ.get("SIDAN_TEST_DATABASE_URL")


@pytest.fixture
def small(tmp_path: Path, app: Flask, backup: Path) -> Iterator[Flask]:
    """The portal of one community on SQLite, with its photos."""
    where = tmp_path / "small"
    where.mkdir(mode=0o700)
    (where / "keys").mkdir(mode=0o700)
    for key in (Path(app.config["INSTANCE"]) / "keys").iterdir():
        (where / "keys" / key.name).write_bytes(key.read_bytes())
    made = create_app({"TESTING": True, "INSTANCE": where, "NOW": None})
    assert run(made, "backup", "restore", backup).code == 0
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def district() -> Iterator[PostgresStage]:
    """An empty database on PostgreSQL."""
    assert URL
    made = PostgresStage(URL, apart="_district")
    yield made
    made.close()


def test_rows_files_and_history_are_the_same_in_the_district(small, district):
    before = sums(small)
    ran = run(small, "db", "copy", district.url)
    assert ran.code == 0, ran.said
    assert "两边一致" in ran.said
    large = create_app(
        {"TESTING": True, "INSTANCE": small.config["INSTANCE"], "DATABASE_URL": district.url, "NOW": None}
    )
    try:
        assert sums(large) == before
        assert len(contents(large)) == 4
        assert run(large, "audit", "verify").code == 0
        with large.app_context(), acting(system("tests")), transaction():
            row = db.session.query(Need).order_by(Need.id).first()
            row.title = "楼道灯换了"
        assert run(large, "audit", "verify").code == 0
    finally:
        with large.app_context():
            db.session.remove()
            db.engine.dispose()


def is_empty(district: PostgresStage) -> bool:
    engine = create_engine(district.url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar()
    engine.dispose()
    return found == 0


def test_a_row_that_is_lost_on_the_way_leaves_the_other_database_empty(small, district, monkeypatch):
    whole = rows.write

    def losing(connection: Any, shape: rows.Shape, given: Any) -> None:
        found = list(given)
        whole(connection, shape, found[1:] if shape.name == "need" else found)

    monkeypatch.setattr(rows, "write", losing)
    ran = run(small, "db", "copy", district.url)
    assert ran.code == 1
    assert "什么都没有留下" in ran.said
    assert is_empty(district)


def test_a_photo_that_is_lost_is_found(small, district):
    next(Path(small.config["INSTANCE"]).glob("files/*/*")).unlink()
    assert run(small, "db", "copy", district.url).code == 1
    assert is_empty(district)


def test_a_database_that_is_not_empty_is_left_alone(small, app):
    before = sums(app)
    assert run(small, "db", "copy", app.config["SQLALCHEMY_DATABASE_URI"]).refused()
    assert sums(app) == before


def test_another_kind_of_address_is_refused(small):
    assert run(small, "db", "copy", "sqlite:///other.db").refused()


def test_a_server_that_does_not_answer_is_said_in_one_sentence(small):
    assert run(small, "db", "copy", "postgresql://nobody@127.0.0.1:9/nothing").refused()


if not URL:
    # Without a server there is nothing to copy to.
    del test_rows_files_and_history_are_the_same_in_the_district
    del test_a_row_that_is_lost_on_the_way_leaves_the_other_database_empty
    del test_a_photo_that_is_lost_is_found, test_a_database_that_is_not_empty_is_left_alone
