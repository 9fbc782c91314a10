"""Call-backs (回访): asking the resident on the telephone whether it is solved (S0-03)."""

from typing import Any

from app.callbacks.views import CallbackView


def register(appbuilder: Any) -> None:
    """Add the list of call-backs to the portal."""
    appbuilder.add_view(CallbackView, "m.callbacks")
