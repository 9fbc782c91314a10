"""The frame of every page: menu, headers that keep strangers out, and the health check."""

import secrets
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app.core import display, gate, masking
from app.core.access import may
from app.core.actor import current
from app.core.fields import facts, shape
from app.extensions import db

pages = Blueprint("pages", __name__)

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def start(app: Flask) -> None:
    """Give every page the frame."""
    app.register_blueprint(pages)
    app.after_request(_protect)
    app.context_processor(_frame)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(shown=display.shown, facts=facts, shape=shape)
    app.jinja_env.filters.update(words=display.words, masked_text=masking.free_text)


def nonce() -> str:
    """Return this response's nonce for scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    script = f"'self' 'nonce-{g.nonce}'" if "nonce" in g else "'self'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {script}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _frame() -> dict[str, Any]:
    return {"menu": _menu, "me": g.get("account"), "nonce": nonce, "may": may, "demo": current_app.config["DEMO"]}


def _menu() -> list[tuple[str, list[Any]]]:
    """Return the lists the actor may see, by group, in menu order."""
    if current() is None:
        return []
    groups: dict[str, list[Any]] = {}
    for view in current_app.extensions["appbuilder"].list_views():
        if view.menu_group and may("v", view.guard):
            groups.setdefault(str(view.menu_group), []).append(view)
    return list(groups.items())


@pages.get("/health")
@gate.public
def health() -> ResponseReturnValue:
    """Tell whether the portal answers and its database too; no secrets."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
