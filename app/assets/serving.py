"""Addresses of assets: `/assets/<fingerprint>/<name>`, kept by browsers for a year; and the page of licences."""

from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for
from flask.sessions import SessionMixin
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.assets.shelf import Shelf
from app.core import gate, hosts, rows

STATIC: Final = "static"
"""The endpoint keeps Flask's name, by which the rest of the portal knows requests that need no sign-in."""
KEPT: Final = "public, max-age=31536000, immutable"

pages = Blueprint("assets", __name__)


class Cookies(hosts.Cookies):
    """Leaves assets alone: what is kept for a year neither sets a cookie nor depends on one."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, except on an asset."""
        if request.endpoint != STATIC:
            super().save_session(app, session, response)


def start(app: Flask) -> None:
    """Serve the assets, and give templates `asset(name)`; the log names what is missing or corrupted."""
    instance = Path(app.config["INSTANCE"])
    app.extensions["assets"] = Shelf(instance)
    app.extensions["assets"].tell(instance)
    app.add_url_rule("/assets/<fingerprint>/<filename>", endpoint=STATIC, view_func=serve)
    app.url_defaults(_with_fingerprint)
    app.session_interface = Cookies()
    app.jinja_env.globals.update(asset=asset, icon=icon)
    if not app.debug:
        app.jinja_env.standing.update(asset=asset, icon=icon)  # type: ignore[attr-defined]  # of our extension
    app.register_blueprint(pages)


def asset(name: str) -> str:
    """Return the address of an asset. Raises LookupError for a name nobody knows."""
    return url_for(STATIC, filename=name)


def icon(name: str) -> Markup:
    """Return one of the icons of the sprite."""
    return Markup(rows.icon(asset("icons.svg"), name))  # noqa: S704 - it escapes what it is given


def _with_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == STATIC:
        values["fingerprint"] = _shelf().fingerprint(values["filename"])


def _shelf() -> Shelf:
    """Return the files as they were at the start; in debug mode as they are now."""
    if current_app.debug:
        return Shelf(Path(current_app.config["INSTANCE"]))
    shelf: Shelf = current_app.extensions["assets"]
    return shelf


@gate.public
def serve(fingerprint: str, filename: str) -> ResponseReturnValue:
    """Answer with a file, compressed where the browser takes that; 404 when its content has changed since."""
    found = _shelf().find(filename, fingerprint)
    if found is None or found.packed is None:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(found.packed if packed else found.content, mimetype=found.kind)
    if packed:
        response.content_encoding = "gzip"
    response.set_etag(f"{fingerprint}-gzip" if packed else fingerprint)
    response.headers["Cache-Control"] = KEPT
    response.vary.add("Accept-Encoding")
    return response.make_conditional(request)


@pages.get("/licences/")
@gate.public
def licences() -> ResponseReturnValue:
    """Show whose works the portal is made of, and under which licences."""
    return render_template("licences.html", carriers=_shelf().carriers)
