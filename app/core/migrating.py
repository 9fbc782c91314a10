"""The steps of the migrations, run by Flask-Migrate; imported where somebody migrates, for it takes Alembic along."""

from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as go_up

from app.core.revisions import MIGRATIONS
from app.extensions import db


def start(app: Flask) -> None:
    """Let the steps and the commands of Flask-Migrate find the portal's database."""
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)


def upgrade(app: Flask) -> None:
    """Take all steps that are still to be taken."""
    start(app)
    with app.app_context():
        go_up(str(MIGRATIONS))
