"""What is read from all lists: the home page; later figures and boards. Nothing imports it."""

from typing import Any

from flask import current_app

from app.reports.views import home_pages


def register(appbuilder: Any) -> None:
    """Add the home page to the portal."""
    current_app.register_blueprint(home_pages)
