"""A portal with needs and photos, its backups, and a new machine to put them on."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from app import create_app
from app.backups import folder, rows, tables
from app.core import clock, database, revisions
from app.core.files import service, vault
from app.extensions import db
from app.needs.models import Need
from tests.core.files.conftest import picture
from tests.stage import PostgresStage, SqliteStage

PHONE = "13800005678"
OWN = frozenset({"history", "chain_head", "job_run", "subject_key", "edition"})
"""Tables in which the portal writes down that a backup was made or put back, and that all rows may be others now."""


MAKING = r"""
SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%\_grams\_%' ESCAPE '\' ORDER BY rowid
"""
"""Asks for what makes the tables, without what an index of words makes for itself."""
MADE: list[str] = []
"""What makes the tables of this version on SQLite."""


@dataclass
class Ran:
    """How a command ended and what it said."""

    code: int
    said: str

    def refused(self) -> bool:
        """Tell whether it ended with one Chinese sentence and nothing from inside."""
        lines = self.said.strip().splitlines()
        return (
            self.code != 0 and len(lines) == 1 and "Error" not in self.said and any("一" <= c <= "龥" for c in lines[0])
        )


def run(app: Flask, *words: str) -> Ran:
    """Run a command of the portal."""
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Ran(result.exit_code, result.output)


def sums(app: Flask) -> dict[str, tuple[int, str]]:
    """Return count and sum of every table."""
    with app.app_context(), database.reading(), db.engine.connect() as connection:
        found = {shape.name: rows.summed(connection, shape) for shape in rows.shapes(connection)}
        return {name: (one.rows, one.value) for name, one in found.items() if name not in OWN}


def contents(app: Flask) -> dict[str, bytes]:
    """Return what lies in the folder of files."""
    where = Path(app.config["INSTANCE"]) / vault.FOLDER
    return {str(path.relative_to(where)): path.read_bytes() for path in where.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def tables_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tables of a new SQLite database by all their steps once only; a copy of them is as good."""
    steps = tables.bring_to

    def bring_to(connection: Connection, wanted: str) -> None:
        if connection.dialect.name != "sqlite" or tables.there(connection) or wanted != revisions.newest():
            steps(connection, wanted)
        elif not MADE:
            steps(connection, wanted)
            MADE.extend(connection.scalars(text(MAKING)))
        else:
            for statement in MADE:
                connection.exec_driver_sql(statement)
            connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": wanted})

    monkeypatch.setattr(tables, "bring_to", bring_to)


@pytest.fixture(autouse=True)
def no_backups(app: Flask) -> Iterator[None]:
    """Each test begins and ends without backups."""
    where = Path(app.config["INSTANCE"])

    def clear() -> None:
        shutil.rmtree(where / folder.DEFAULT, ignore_errors=True)
        (where / folder.DRILL).unlink(missing_ok=True)

    clear()
    yield
    clear()


@pytest.fixture
def photo(acting_as: Any) -> Callable[[int], str]:
    """Add a photo to a need, and return the name its content lies under."""

    def add(pk: int) -> str:
        with acting_as("secretary"), database.transaction():
            row = db.session.scalars(select(Need).where(Need.id == pk)).one()
            made = service.attach(row, BytesIO(picture(size=(80, 60))), "楼道灯.jpg")
            db.session.flush()
            return str(made.uid)

    return add


@pytest.fixture
def filled(register: Any, photo: Any) -> list[str]:
    """Four needs with phones, two photos; returns the names of the contents."""
    pks = [register(title=f"楼道灯{number}", reporter_phone=PHONE, reporter_name="张三丰") for number in range(4)]
    return [photo(pk) for pk in pks[:2]]


@pytest.fixture
def backup(app: Flask, filled: list[str]) -> Path:
    """A backup of that."""
    made = run(app, "backup", "create")
    assert made.code == 0, made.said
    with app.app_context():
        return next(iter(folder.backups().values()))


@pytest.fixture
def new_machine(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Install the portal anew on another machine: `keys` from the sheet that was kept, or its own."""
    opened: list[tuple[Flask, Any]] = []

    def install(keys: bool = True) -> Flask:
        where = tmp_path / f"new{len(opened)}"
        where.mkdir(mode=0o700)
        if keys:
            shutil.copytree(Path(app.config["INSTANCE"]) / "keys", where / "keys")
        url = os.environ.get("SIDAN_TEST_DATABASE_URL")
        own = PostgresStage(url, apart=f"_new{len(opened)}") if url else SqliteStage(where)
        made = create_app({"TESTING": True, "INSTANCE": where, "DATABASE_URL": own.url, "NOW": None})
        opened.append((made, own))
        return made

    yield install
    for made, own in opened:
        with made.app_context():
            db.session.remove()
            db.engine.dispose()
        own.close()
    clock.clock.fixed = None
