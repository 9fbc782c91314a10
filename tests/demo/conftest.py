"""The portal before the demo, and the one in which it has been told."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask_appbuilder import Model

from app import demo
from app.accounts import passwords
from app.core.actor import acting, system
from app.extensions import db
from tests.stage import Stage

PASSWORD = "lantern-4827"


@contextmanager
def cleared(app: Flask) -> Iterator[Flask]:
    """Take everybody off the portal."""
    with pytest.MonkeyPatch.context() as patch, app.app_context(), acting(system("tests")):
        patch.setitem(app.config, "DEMO_PASSWORD", PASSWORD)
        # Twelve passwords are hashed at each start; here that need not be hard work.
        patch.setattr(passwords, "METHOD", "scrypt:1024:8:1")
        for table in reversed(Model.metadata.sorted_tables):
            # What was done stays written, whatever becomes of the rows.
            if not table.name.startswith("ab_") and table.name not in ("history", "chain_head"):
                db.session.execute(table.delete())
        db.session.commit()
        yield app


@pytest.fixture
def empty(app: Flask) -> Iterator[Flask]:
    """The portal without anybody on it."""
    with cleared(app) as portal:
        yield portal


@pytest.fixture(scope="module")
def story(stage: Stage) -> Iterator[Flask]:
    """The portal on which the demo was told, once for all who only listen."""
    with stage.play() as app:
        with cleared(app) as portal:
            assert demo.load(portal) == PASSWORD
        yield app


@pytest.fixture
def told(story: Flask) -> Iterator[Flask]:
    """The same, with everything visible."""
    with story.app_context(), acting(system("tests")):
        yield story
        db.session.rollback()
