"""The public door `/q/…`: for phones, in large type, without an account and without a script (S0-03, S1-11).

A code in the address opens a form at a poster, or what became of a need. Neither is kept by browsers (`no-store`),
sent on (`no-referrer`) or written to the log.
"""

import re
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError

import config
from app.core.fields import Text
from app.core.gate import public
from app.core.specification import Page
from app.public import arrivals, codes, opened, points, quotas, reports, tickets, visits
from app.public.codes import Code, Kind
from app.public.forms import CodeForm
from app.public.notices import Notice, notice
from app.public.reporting import CONSENT

pages: Final = Blueprint("public", __name__)
NUMBERED: Final = re.compile(r"\s*[A-Za-zＡ-Ｚａ-ｚ]{2}[\d\s-]{9,20}")
"""The running number of a need or an order, such as XQ20261122001."""
NUMBER: Final[Text] = _(
    "This is the number of the matter, which opens nothing. Type the code (12 signs, in groups of four) from your slip."
)
LARGEST: Final = 32 * config.MEGABYTE
"""Three photos of the size that is promised, and the words."""


@pages.before_request
def _ask_for_token() -> None:
    """Take no form that was not made here.

    The platform's own check wants to see the address the form came from, which these pages tell nobody.
    """
    if request.method != "POST":
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise CSRFError("from elsewhere")
    request.max_content_length = LARGEST
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as error:
        if not _asks_again():
            raise CSRFError(str(error)) from None


def _asks_again() -> bool:
    """Tell whether the page itself looks for the token, and shows what was typed once more where there is none."""
    return codes.read((request.view_args or {}).get("code", "")) is not None


@pages.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Page:
    return notice(Notice.TOO_LARGE)


@pages.after_request
def _tell_nobody(response: Response) -> Response:
    """Whoever follows a link from here takes no code along."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@pages.route("/q/", methods=["GET", "POST"])
@public
def door() -> Page:
    """Ask for a code."""
    form = CodeForm()
    if request.method != "POST":
        return _door(form)
    typed = codes.picked(form.code.data or "")
    code = codes.read(typed)
    if code is not None:
        return redirect(url_for("public.at", code=code.signs), 303)
    return _door(form, 422, NUMBER) if NUMBERED.fullmatch(typed) else _mistyped(form, 422)


@pages.get("/q/privacy")
@public
def privacy() -> Page:
    """Say in plain words what happens with what somebody writes here."""
    return render_template("public/privacy.html", title=gettext("How your words are handled"), version=CONSENT)


@pages.route("/q/<code>", methods=["GET", "POST"])
@public
def at(code: str) -> Page:
    """Open what a code opens."""
    found = codes.read(code)
    if found is None:
        return _mistyped(CodeForm(code=code[: codes.LONGEST]), 404)
    try:
        return _opened(found)
    except quotas.TooMany:
        return notice(Notice.TOO_MANY)


def _opened(code: Code) -> Page:
    """Show what is behind a code. Codes that are unknown, have run out or were replaced are answered alike.

    The code of a poster is no secret, and who has opened a code does not guess it: neither waits for the brake.
    """
    page = _poster(code.signs) if code.kind is Kind.POINT else None
    if page is None and not opened.knows(code.signs) and not quotas.may_guess():
        return notice(Notice.BRAKED)
    if code.kind is Kind.TICKET:
        page = _ticket(code.signs)
    if page is not None:
        return page
    return notice(Notice.UNKNOWN if quotas.guessed_wrong() else Notice.BRAKED)


def _poster(signs: str) -> Page | None:
    """Show the form of a poster; None where no poster ever had this code."""
    point = points.find(signs)
    if point is None:
        return None
    return reports.page(point) if point.place_id else arrivals.page(point)


def _ticket(signs: str) -> Page | None:
    ticket = tickets.find(signs)
    if ticket is None:
        return None
    opened.note(ticket.mark)
    return visits.page(ticket)


def _door(form: CodeForm, status: int = 200, complaint: Text | None = None) -> Page:
    values: dict[str, Any] = {"form": form, "complaint": complaint}
    return render_template("public/door.html", title=gettext("Look up with a code"), **values), status


def _mistyped(form: CodeForm, status: int) -> Page:
    said = gettext("This is not quite the code on your paper. Compare it sign by sign and type it again.")
    return _door(form, status, said)
