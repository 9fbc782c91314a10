"""The stage the tests play on: one portal, and a database that is fresh for each test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import NullPool, create_engine

from app import create_app
from app.core import clock, database, heads
from app.core.actor import acting, system
from app.core.files import vault
from app.extensions import db
from tests.cast import people


class SqliteStage:
    """Keeps a filled file and copies it for each test."""

    def __init__(self, folder: Path) -> None:
        self.file, self.filled = folder / "sidan.db", folder / "filled.db"
        self.url = f"sqlite:///{self.file}"

    def keep(self) -> None:
        """Keep the database as it is now, for `bring_back`."""
        shutil.copy(self.file, self.filled)

    def bring_back(self) -> None:
        """Begin again from what was kept."""
        for tail in ("-wal", "-shm"):
            Path(f"{self.file}{tail}").unlink(missing_ok=True)
        shutil.copy(self.filled, self.file)

    def close(self) -> None:
        """Nothing stays: the folder is pytest's."""


class PostgresStage:
    """Keeps a filled database and makes each test's from it as a template."""

    def __init__(self, url: str, apart: str = "") -> None:
        parts = urlsplit(url.replace("+psycopg", ""))
        self.maintenance = parts._replace(scheme="postgresql+psycopg").geturl()
        # Where several processes share the tests, each has databases of its own.
        base = parts.path[1:] + os.environ.get("PYTEST_XDIST_WORKER", "") + apart
        self.name, self.filled = f"{base}_test", f"{base}_filled"
        self.url = parts._replace(scheme="postgresql+psycopg", path=f"/{self.name}").geturl()
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)', f'CREATE DATABASE "{self.name}"')

    def _run(self, *statements: str) -> None:
        engine = create_engine(self.maintenance, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def keep(self) -> None:
        """Keep the database as it is now, for `bring_back`."""
        self._run(
            f'DROP DATABASE IF EXISTS "{self.filled}" WITH (FORCE)',
            f'CREATE DATABASE "{self.filled}" TEMPLATE "{self.name}"',
        )

    def bring_back(self) -> None:
        """Begin again from what was kept."""
        self._run(
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)',
            f'CREATE DATABASE "{self.name}" TEMPLATE "{self.filled}"',
        )

    def close(self) -> None:
        """Remove both databases."""
        for name in (self.name, self.filled):
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Stage:
    """The portal and its database."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.database: Any = PostgresStage(url) if url else SqliteStage(folder)
        self.app: Flask = create_app(
            {"TESTING": True, "INSTANCE": folder, "DATABASE_URL": self.database.url, "NOW": None}
        )
        database.upgrade(self.app)
        with self.app.app_context(), acting(system("tests")), database.transaction():
            people.enter()
        self._let_go()
        self.database.keep()

    def _let_go(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    @contextmanager
    def play(self) -> Iterator[Flask]:
        """Give one test the portal with the cast on it."""
        clock.clock.fixed = None
        self._let_go()
        self.database.bring_back()
        # What is kept of the ends of history belongs to the database of the test before.
        shutil.rmtree(Path(self.app.config["INSTANCE"]) / heads.FOLDER, ignore_errors=True)
        shutil.rmtree(Path(self.app.config["INSTANCE"]) / vault.FOLDER, ignore_errors=True)
        try:
            yield self.app
        finally:
            clock.clock.fixed = None
            self._let_go()
