"""How Alembic meets the portal's database."""

import re
from typing import Any, Final, Literal

from alembic import context
from flask import current_app
from flask_appbuilder import Model
from sqlalchemy import Connection, Enum

from app.core.clock import Instant
from app.core.fields import WordedText, WordedType
from app.core.sealed import Sealed
from app.extensions import db

GRAMS: Final = re.compile(r"_grams(_\w+)?$")


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave out the tables of FAB's own accounts, and the search index, which steps write themselves."""
    foreign = kind == "table" and name is not None and name.startswith("ab_")
    return not (foreign or GRAMS.search(name or ""))


def written(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database: a step must not depend on the code of today."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime()"
    if kind == "type" and isinstance(thing, Sealed):
        return "sa.Text()"
    if kind == "type" and isinstance(thing, WordedText):
        return f"sa.String(length={thing.length})"
    if kind == "type" and isinstance(thing, WordedType):
        return "sa.JSON()"
    if kind == "type" and isinstance(thing, Enum):
        return f"sa.String(length={thing.length})"
    return False


def migrate(connection: Connection) -> bool:
    """Run the steps in one transaction; return whether one of them took something away that must not stay behind."""
    sealing: list[bool] = []
    settings = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        include_object=ours,
        render_item=written,
        on_version_apply=lambda step, **more: sealing.append(hasattr(step.up_revision.module, "LEAVES_TRACES")),
        **settings,
    )
    with context.begin_transaction():
        context.run_migrations()
    return any(sealing)


def wipe(connection: Connection) -> None:
    """Write the database anew, so that its files no longer hold what its rows no longer say."""
    connection.rollback()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    else:
        driver.autocommit = True
        driver.execute("VACUUM FULL")
        driver.autocommit = False


with db.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # SQLite changes a table by making it anew; the references to it must not be followed meanwhile.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    try:
        if migrate(connection):
            wipe(connection)
    finally:
        if connection.dialect.name == "sqlite":
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
