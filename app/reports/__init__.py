"""What is read from all lists: the home page and history; later figures and boards. Nothing imports it."""

from typing import Any

from flask import current_app

from app.reports import chains, comparing, figure_api  # noqa: F401 - their pages hang themselves on those of others
from app.reports.audit import audit_pages
from app.reports.figure_pages import figure_pages
from app.reports.gaps import gap_pages
from app.reports.own_service import own_pages
from app.reports.views import home_pages


def register(appbuilder: Any) -> None:
    """Add the home page and the page of history to the portal."""
    current_app.register_blueprint(home_pages)
    current_app.register_blueprint(audit_pages)
    current_app.register_blueprint(figure_pages)
    current_app.register_blueprint(gap_pages)
    current_app.register_blueprint(own_pages)
