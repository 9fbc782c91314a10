"""At which step of the migrations the code and a database are, told without Alembic: who serves does not migrate."""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

MIGRATIONS: Final = Path(__file__).parents[1] / "migrations"
STANDING: Final = "alembic_version"
"""The table in which Alembic keeps at which step a database is."""


@cache
def steps() -> tuple[str, ...]:
    """Return the steps this code knows, in order: each is the name of its file, and follows the one before."""
    return tuple(sorted(file.stem for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def newest() -> str:
    """Return the step whose tables are those of this code."""
    return steps()[-1]


def of(connection: Connection) -> str:
    """Return the step a database is at; empty where it has no tables yet."""
    if not inspect(connection).has_table(STANDING):
        return ""
    return connection.scalar(text(f"SELECT version_num FROM {STANDING}")) or ""  # noqa: S608 - a name of ours
