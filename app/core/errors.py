"""Errors as sentences: each status has a page and a JSON answer, in Chinese, without traces, SQL or addresses."""

import logging
from typing import Any, Final

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.core import tallies
from app.core.access import Forbidden, OutOfScope
from app.core.actor import set_actor
from app.core.database import Clash, NotMigrated, Unavailable, is_full, is_passing
from app.core.fields import Text
from app.core.hosts import Misdirected
from app.core.keyring import KeyLost
from app.core.moves import Refused, Stale
from app.core.revealing import TOO_OFTEN, TooOften
from app.core.rules import Violation
from app.core.sealing import KeyReplaced
from app.extensions import db

log = logging.getLogger(__name__)

SENTENCES: Final[dict[int, tuple[Text, Text]]] = {
    400: (
        _("This address or form was not understood"),
        _("Go back and try again; if you typed the address, check it."),
    ),
    401: (_("Please sign in"), _("Sign in and try again.")),
    403: (_("Your role does not allow this"), _("Ask the community's secretary if you need it for your work.")),
    404: (_("There is nothing here"), _("It may have been moved, or it is not within what you look after.")),
    405: (_("This cannot be done this way"), _("Go back and use the buttons of the page.")),
    409: (_("This is not possible now"), _("Open the page again to see how things stand.")),
    410: (_("This link is no longer valid"), _("Ask for a new one.")),
    413: (_("At most 20 MB can be sent at once"), _("Go back: what you typed is still there. Send less, or in parts.")),
    415: (_("This kind of content is not understood"), _("Send a form or JSON.")),
    422: (_("Some of this is not right"), _("Go back and correct it.")),
    429: (_("Too many attempts"), _("Wait a little and try again.")),
    500: (
        _("Something went wrong on our side"),
        _("Nothing was saved. Try again; if it happens again, tell the administrator the number below."),
    ),
    503: (_("The portal is not ready"), _("Wait a moment and try again.")),
}


def start(app: Flask) -> None:
    """Let the application answer every error with a sentence."""
    app.register_error_handler(HTTPException, lambda error: answer(error.code or 500, getattr(error, "sentence", None)))
    app.register_error_handler(CSRFError, lambda _error: answer(400, _CSRF))
    app.register_error_handler(Forbidden, lambda error: answer(403, error.sentence))
    app.register_error_handler(OutOfScope, lambda _error: answer(404))
    app.register_error_handler(Refused, lambda error: answer(409, error.reason))
    app.register_error_handler(Stale, lambda _error: answer(409, STALE))
    app.register_error_handler(Clash, lambda _error: answer(409, CLASH))
    app.register_error_handler(Violation, _violation)
    app.register_error_handler(Misdirected, lambda _error: answer(400, _elsewhere()))
    for fault in (Unavailable, DBAPIError, PoolTimeout, OSError):
        app.register_error_handler(fault, _fault)
    app.register_error_handler(TooOften, lambda _error: answer(429, TOO_OFTEN))
    app.register_error_handler(KeyReplaced, lambda _error: answer(503, _BUSY))
    app.register_error_handler(KeyLost, lambda _error: answer(503, _KEY_LOST))
    app.register_error_handler(NotMigrated, lambda _error: answer(503, _NOT_MIGRATED))
    app.register_error_handler(Exception, _unexpected)


STALE: Final = _("Somebody else has changed this meanwhile. Look at it again before you go on.")
CLASH: Final = _("There is already an entry like this.")
LEAVES: Final = _("With this the row would leave what you look after.")
NO_PLACE: Final = _("Choose one of the places you look after.")
_CSRF: Final = _("The page was open too long, or you signed in elsewhere. Go back, reload the page and send it again.")
_NOT_MIGRATED: Final = _(
    "The database has not been brought up to this version yet; the administrator runs “flask db upgrade”."
)
_FULL: Final = _(
    "There is no room left on the disk. Nothing was saved; tell the administrator, and try again when there is room."
)
_KEY_LOST: Final = _("A key of the portal is missing, nothing was saved; the administrator runs “flask doctor”.")
_BUSY: Final = _("The database is busy or cannot be reached. Nothing was saved; try again in a moment.")


def answer(status: int, sentence: Text | None = None) -> ResponseReturnValue:
    """Return the page, or the JSON for programs, of an error."""
    db.session.rollback()
    title, advice = SENTENCES.get(status) or SENTENCES[400 if status < 500 else 500]
    if request.path.startswith("/api/"):
        return jsonify(message=str(sentence or title)), status
    if request_ctx.url_adapter is None:
        # A host that is none: the pages cannot say where their styles are.
        return f"{title}\n", status, {"Content-Type": "text/plain; charset=utf-8"}
    tallies.none()
    return render_template(
        "error.html", status=status, title=title, sentence=sentence or advice, back=_before(status)
    ), status


def _before(status: int) -> str | None:
    """Return the page one came from, to see how things stand there; not where what was typed would be gone."""
    came = request.referrer or ""
    if status not in (403, 404, 409) or not came.startswith(request.host_url) or came == request.url:
        return None
    return f"/{came.removeprefix(request.host_url).lstrip('/')}"


def _elsewhere() -> Text:
    said: Text = gettext("Open the portal at its own address: %(address)s", address=current_app.config["BASE_URL"])
    return said


def _fault(error: Exception) -> ResponseReturnValue:
    """Answer what lies in the state of database or disk; anything else is an error of ours."""
    cause = error.__cause__ if isinstance(error, Unavailable) else error
    if not isinstance(error, Unavailable) and not is_passing(error):
        return _unexpected(error)
    log.error("database unavailable: %s", type(cause or error).__name__, exc_info=error)
    _forget_who()
    return answer(503, _FULL if is_full(cause) else _BUSY)


def _forget_who() -> None:
    """Leave the frame of the page empty: it would ask the same database what waits for this person."""
    g.account = None
    set_actor(None)


def _violation(error: Violation) -> ResponseReturnValue:
    db.session.rollback()
    messages: dict[str, Any] = {name: [str(text) for text in texts] for name, texts in error.errors.items()}
    if request.path.startswith("/api/"):
        return jsonify(message=messages), 422
    return answer(422, " ".join(text for texts in messages.values() for text in texts))


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    _forget_who()
    return answer(500)
