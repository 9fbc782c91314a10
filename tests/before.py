"""A portal as an earlier version left it, for the tests of the steps that follow."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.core import migrating, revisions
from app.extensions import db


@contextmanager
def portal_at(version: str, folder: Path, url: str | None = None) -> Iterator[Flask]:
    """Give an empty portal that has come as far as this version."""
    url = url or f"sqlite:///{folder / 'old.db'}"
    app = create_app({"TESTING": True, "INSTANCE": folder, "DATABASE_URL": url, "NOW": None})
    migrating.start(app)
    with app.app_context():
        upgrade(str(revisions.MIGRATIONS), version)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
