"""Accounts: who signs in, what each was granted, and how they prove who they are."""

from typing import Any

from flask import current_app

from app.accounts import leftovers
from app.accounts.pages import pages
from app.accounts.views import AccountView, GrantView


def register(appbuilder: Any) -> None:
    """Add the pages of accounts to the portal."""
    # Flask-Login would mark each visit in the cookie to notice a changed browser; our sign-ins stand on the server.
    appbuilder.sm.lm.session_protection = None
    current_app.register_blueprint(pages)
    leftovers.declare()
    appbuilder.add_view(AccountView, "m.users")
    appbuilder.add_view(GrantView, "m.grants")
