"""FAB's identity layer, used for what it is good at: the registry of views and the current user.

Roles, permissions, sessions and sign-in are ours; none of FAB's own pages or APIs is registered.
"""

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.manager import SecurityManager

from app.core.access import may

_VERBS = {
    "list": "v",
    "show": "v",
    "get": "v",
    "info": "v",
    "add": "c",
    "post": "c",
    "edit": "e",
    "put": "e",
    "delete": "a",
}


class PortalSecurity(SecurityManager):
    """Answers FAB's questions about permissions from the role table, without a statement to the database."""

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Tell whether the current actor may do what FAB calls `can_list` and so on with a list."""
        verb = _VERBS.get(permission_name.removeprefix("can_"))
        view = next((v for v in self.appbuilder.baseviews if v.class_permission_name == view_name), None)
        return bool(verb and view and may(verb, getattr(view, "guard", "")))

    def load_user(self, pk: int) -> None:
        """Never trust a user id in the cookie: the session on the server says who it is."""

    def create_jwt_manager(self, app: Flask) -> None:
        """Leave FAB's JSON web tokens out: they would pass by brakes and sessions."""

    def register_views(self) -> None:
        """Register none of FAB's account pages."""


class Portal(AppBuilder):
    """FAB's registry without FAB's own pages (index, back, language, security, OpenAPI, menu)."""

    _lists: tuple[int, list[Any]] = 0, []
    """The views of the lists among so many views; more are registered only at the start."""

    def _add_admin_views(self) -> None:
        """Register nothing: each address of the portal is one of ours and carries a rule."""

    def _add_global_static(self) -> None:
        """Serve none of FAB's scripts and styles."""

    def list_views(self) -> list[Any]:
        """Return the views of the lists, in menu order."""
        views = self.baseviews
        if self._lists[0] != len(views):
            self._lists = len(views), [view for view in views if hasattr(view, "list_name")]
        return self._lists[1]
