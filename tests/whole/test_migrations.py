"""The steps that make the database: exactly the tables of the code, numbered, forward only."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_appbuilder import Model
from sqlalchemy import Enum, inspect, text

from app import create_app
from app.core import database, revisions
from app.core.clock import Instant
from app.extensions import db

SENTENCE = re.compile('<section class="error">(.*?)</section>', re.DOTALL)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Flask]:
    """A portal whose database is still empty."""
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    app = create_app({"TESTING": True, "INSTANCE": tmp_path, "DATABASE_URL": url, "NOW": None})
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def script() -> ScriptDirectory:
    return ScriptDirectory(str(revisions.MIGRATIONS))


def ours(thing: Any, name: str | None, kind: str, *more: Any) -> bool:
    """Leave out the tables of the framework's own accounts, and the index of parts of words."""
    return not (kind == "table" and (name or "").startswith("ab_")) and not beside(name or "")


def beside(name: str) -> bool:
    """Tell whether this is a part of the search index, which each database keeps in its own way."""
    return re.search(r"_grams(_\w+)?$", name) is not None


def same_type(context: Any, inspected: Any, column: Any, found: Any, wanted: Any) -> bool | None:
    """Tell whether a type differs; our own types are what they store."""
    if isinstance(wanted, Enum):
        return bool(found.length != wanted.length)
    return False if isinstance(wanted, Instant) else None


def differences(app: Flask) -> list[Any]:
    options = {"include_object": ours, "compare_type": same_type, "compare_server_default": True}
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Model.metadata))


def test_the_steps_make_exactly_the_tables_of_the_code(app: Flask):
    assert differences(app) == []


def test_an_empty_database_gets_our_tables_and_none_of_the_frameworks(fresh: Flask):
    database.upgrade(fresh)
    assert differences(fresh) == []
    with fresh.app_context():
        tables = {name for name in inspect(db.engine).get_table_names() if not beside(name)}
    wanted = {name for name in Model.metadata.tables if not name.startswith("ab_")}
    assert tables == wanted | {"alembic_version"}


def test_upgrading_twice_changes_nothing(fresh: Flask):
    database.upgrade(fresh)
    assert database.is_current(fresh)
    database.upgrade(fresh)
    assert database.is_current(fresh)


def test_every_constraint_has_a_name_of_the_convention(app: Flask):
    unnamed, prefixes = [], ("pk_", "fk_", "uq_", "ck_", "ix_")
    with app.app_context():
        inspector = inspect(db.engine)
        for table in inspector.get_table_names():
            if table == "alembic_version" or beside(table):
                continue
            found = [
                inspector.get_pk_constraint(table),
                *inspector.get_foreign_keys(table),
                *inspector.get_indexes(table),
            ]
            found += inspector.get_unique_constraints(table)
            unnamed += [(table, one) for one in found if not (one["name"] or "").startswith(prefixes)]
    assert unnamed == []


def test_the_steps_are_numbered_without_gaps_and_lead_to_one_end():
    steps = [revision.revision for revision in script().walk_revisions()][::-1]
    assert len(script().get_heads()) == 1
    assert steps == [f"{number:04d}" for number in range(1, len(steps) + 1)]
    assert revisions.steps() == tuple(steps)
    assert revisions.newest() == script().get_current_head()


def test_where_a_database_stands_is_told_as_alembic_tells_it(fresh: Flask):
    with fresh.app_context(), db.engine.connect() as connection:
        assert revisions.of(connection) == ""
    database.upgrade(fresh)
    with fresh.app_context(), db.engine.connect() as connection:
        assert revisions.of(connection) == MigrationContext.configure(connection).get_current_revision()


def test_there_is_no_way_back():
    for path in (revisions.MIGRATIONS / "versions").glob("*.py"):
        assert "def downgrade" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("address", ["/", "/login/", "/needs/list/", "/health", "/nothing"])
def test_an_unmigrated_database_answers_one_chinese_sentence(fresh: Flask, address: str):
    answer = fresh.test_client().get(address)
    found = SENTENCE.search(answer.get_data(as_text=True))
    assert answer.status_code == 503
    assert found
    assert "flask db upgrade" in found[1]
    assert "数据库" in found[1]
    assert "SELECT" not in found[1]


def test_the_portal_wakes_up_once_the_database_is_made(fresh: Flask):
    client = fresh.test_client()
    assert client.get("/login/").status_code == 503
    database.upgrade(fresh)
    assert client.get("/login/").status_code == 200


def test_a_database_of_a_newer_version_is_left_alone(fresh: Flask):
    database.upgrade(fresh)
    with fresh.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(database.DatabaseNewer):
        database.upgrade(fresh)
    assert fresh.test_client().get("/login/").status_code == 503
    with fresh.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
