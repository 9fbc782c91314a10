"""The stage the tests play on: one portal, and a database that is fresh for each test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine, create_engine, event

from app import create_app
from app.core import clock, database, heads, scope
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


LET_GO: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
KEEP: Final = """
DO $$ DECLARE one record; BEGIN
    CREATE SCHEMA kept;
    FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE UNLOGGED TABLE kept.%I AS TABLE public.%I', one.name, one.name);
    END LOOP;
END $$
"""
"""Copy every table into a schema beside."""
SHAPE: Final = """
SELECT md5(string_agg(piece, ',' ORDER BY piece)) FROM (
    SELECT format('%s %s %s', c.relname, c.relkind, a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
    UNION ALL
    SELECT format('%s %s %s', c.relname, t.tgname, t.tgenabled)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('%s %s', c.relname, n.conname)
    FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('%s %s', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS shape(piece)
"""
"""What there is besides rows."""
PUTTING_BACK: Final = """
SELECT 'SET session_replication_role = replica;' || string_agg(format(
    'DELETE FROM public.%1$I; INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept.%1$I;',
    relname, (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
              WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '')
), '') || coalesce((SELECT string_agg(format(
    'SELECT setval(''public.%I'', %s, %L);', sequencename, coalesce(last_value, start_value), last_value IS NOT NULL
), '') FROM pg_sequences WHERE schemaname = 'public'), '') || 'SET session_replication_role = DEFAULT'
FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
"""Say the statements that put every row back, whatever points at what; they need a superuser."""


class PostgresStage:
    """Keeps the rows of a filled database beside it, and puts them back for each test."""

    def __init__(self, url: str, apart: str = "") -> None:
        parts = urlsplit(url)._replace(scheme="postgresql+psycopg")
        # Where several processes share the tests, each has databases of its own.
        base = parts.path[1:] + os.environ.get("PYTEST_XDIST_WORKER", "") + apart
        self.name, self.filled = f"{base}_test", f"{base}_filled"
        self.url = parts._replace(path=f"/{self.name}").geturl()
        self.maintenance, self.inside = self._engine(parts.geturl()), self._engine(self.url)
        self._drop(self.name)
        self._run(self.maintenance, f'CREATE DATABASE "{self.name}"')
        self.putting_back = self.shape = ""

    def _engine(self, url: str) -> Engine:
        # One connection that stays: a new one would learn the whole catalogue again for each test. A statement
        # without parameters is sent as it is: its % are its own, and it may be several.
        how = {"no_parameters": True}
        return create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True, execution_options=how)

    def _run(self, engine: Engine, *statements: str) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def _asked(self, question: str) -> str:
        with self.inside.connect() as connection:
            return str(connection.exec_driver_sql(question).scalar_one())

    def _drop(self, name: str) -> None:
        self.inside.dispose()
        self._run(self.maintenance, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _copy(self, name: str, of: str) -> None:
        self._drop(name)
        self._run(self.maintenance, f'CREATE DATABASE "{name}" TEMPLATE "{of}"')

    def keep(self) -> None:
        """Keep the database as it is now, for `bring_back`."""
        self._copy(self.filled, self.name)
        self._run(self.inside, KEEP)
        self.putting_back, self.shape = self._asked(PUTTING_BACK), self._asked(SHAPE)

    def bring_back(self) -> None:
        """Begin again from what was kept: its rows where only rows have changed, else the whole of it."""
        self._run(self.inside, LET_GO)
        if self._asked(SHAPE) == self.shape:
            self._run(self.inside, self.putting_back)
            return
        self._copy(self.name, self.filled)
        self._run(self.inside, KEEP)

    def close(self) -> None:
        """Remove both databases."""
        for name in (self.name, self.filled):
            self._drop(name)
        self.maintenance.dispose()


class Stage:
    """The portal and its database."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.database: Any = PostgresStage(url) if url else SqliteStage(folder)
        self.app: Flask = create_app(
            {"TESTING": True, "INSTANCE": folder, "DATABASE_URL": self.database.url, "NOW": None}
        )
        self.waits = False
        with self.app.app_context():
            # Every role opens every page here: more statements than an engine keeps compiled for one community's day.
            db.engine.update_execution_options(compiled_cache={})
        if not url:
            with self.app.app_context():
                event.listen(db.engine, "connect", self._hurry)
        database.upgrade(self.app)
        with self.app.app_context(), acting(system("tests")), database.transaction():
            people.enter()
        self._let_go()
        self.database.keep()

    def _hurry(self, connection: Any, _record: Any) -> None:
        # What survives when the power goes is SQLite's to test; most tests need not wait for the disk.
        if not self.waits:
            connection.execute("PRAGMA synchronous = OFF")

    def _let_go(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    @contextmanager
    def play(self) -> Iterator[Flask]:
        """Give one test the portal with the cast on it."""
        clock.clock.fixed = None
        # A test may change who sees what.
        scope.known.cache_clear()
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
