"""Residents' needs (群众需求清单): what people asked for, and what became of it (S3-06, S0-03)."""

from typing import Any

from app.needs.views import NeedView


def register(appbuilder: Any) -> None:
    """Add the list of needs to the portal."""
    appbuilder.add_view(NeedView, "m.needs")
