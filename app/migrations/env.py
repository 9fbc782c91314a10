"""How Alembic meets the portal's database."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from flask_appbuilder import Model
from sqlalchemy import Connection, Enum

from app.core.clock import Instant
from app.extensions import db


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave out the tables of FAB's own accounts and permissions: the portal has its own."""
    return not (kind == "table" and name is not None and name.startswith("ab_"))


def written(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database: a step must not depend on the code of today."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime()"
    if kind == "type" and isinstance(thing, Enum):
        return f"sa.String(length={thing.length})"
    return False


def migrate(connection: Connection) -> None:
    """Run the steps in one transaction."""
    settings = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection, target_metadata=Model.metadata, include_object=ours, render_item=written, **settings
    )
    with context.begin_transaction():
        context.run_migrations()


with db.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # SQLite changes a table by making it anew; the references to it must not be followed meanwhile.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    try:
        migrate(connection)
    finally:
        if connection.dialect.name == "sqlite":
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
