"""A community's box: what it starts with, from a file or from the answers to eight questions; read again, no harm."""

from typing import Any

from flask import current_app

from app.box.views import setup_pages
from app.box.whole import LISTING, WITH_PEOPLE
from app.exports.choices import WHOLES


def register(appbuilder: Any) -> None:
    """Add the page of the questions, and let a box with its people be asked for like a raw export."""
    current_app.register_blueprint(setup_pages)
    WHOLES[LISTING] = WITH_PEOPLE
