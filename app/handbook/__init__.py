"""The handbook: the pages of `docs/handbook` as the portal shows them at `/help/`, and which chapter tells of a list.

The pages are read from the folder as they are; their order and what stands in the contents is what the handbook's own
index (`README.md`) links to.
"""

from typing import Any

from flask import current_app

from app.handbook import chapters
from app.handbook.views import help_pages


def register(appbuilder: Any) -> None:
    """Add the handbook to the portal, and give templates the address of a list's chapter."""
    current_app.register_blueprint(help_pages)
    current_app.jinja_env.globals["chapter"] = chapters.address
