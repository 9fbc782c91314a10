"""The frame of every page: menu, headers that keep strangers out, and the health check."""

import secrets
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app.called import PORTAL
from app.core import display, gate, masking, menu, standing, tallies
from app.core.access import may
from app.core.fields import facts, shape
from app.extensions import db

pages = Blueprint("pages", __name__)

# A phone takes a photo for a file field without the permission `camera`: that one is for scripts.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def start(app: Flask) -> None:
    """Give every page the frame."""
    app.register_blueprint(pages)
    app.after_request(_protect)
    app.context_processor(_frame)
    standing.start(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        shown=display.shown,
        titled=display.titled,
        marks=display.marks,
        facts=facts,
        shape=shape,
        described=_described,
        portal=PORTAL,
        menu_lines=menu.lines,
        may=may,
    )
    app.jinja_env.filters.update(words=display.words, duration=display.duration, masked_text=masking.free_text)


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
    words = {"menu": menu.groups, "first_views": menu.first_views, "community_name": _community_name, "look": _look()}
    counts = {"tallies": tallies.tallies, "figure": tallies.figure, "waiting": tallies.waiting}
    me = {"me": g.get("account"), "nonce": nonce, "demo": current_app.config["DEMO"]}
    return words | counts | me


def _look() -> dict[str, Any]:
    """Return how the person wants pages to look; kept in a cookie, so that no page flickers."""
    theme, _, size = request.cookies.get("look", "").partition(".")
    return {"theme": "dark" if theme == "dark" else "light", "large": size == "large"}


def _community_name() -> str:
    """Return the community the person works in, where it is only one."""
    names: tuple[str, ...] = g.account.communities if g.get("account") else ()
    return names[0] if len(names) == 1 else ""


def _described(field: Any) -> dict[str, Any]:
    """Return what ties a control to its help and its errors."""
    about = [f"{field.id}-errors"] * bool(field.errors) + [f"{field.id}-help"] * bool(field.description)
    found: dict[str, Any] = {"aria-describedby": " ".join(about)} if about else {}
    return found | ({"aria-invalid": "true"} if field.errors else {})


@pages.get("/health")
@gate.public
def health() -> ResponseReturnValue:
    """Tell whether the portal answers and its database too; no secrets."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
