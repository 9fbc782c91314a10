"""The public door `/q/…`: for phones, in large type, without an account and without a script (S0-03, S1-11).

A code in the address opens a form at a poster, or what became of a need. Neither is kept by browsers (`no-store`),
sent on (`no-referrer`) or written to the log.
"""

from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms.validators import ValidationError

from app.core.fields import Text
from app.core.gate import public
from app.core.specification import Page
from app.public import codes, quotas, reports, tickets, visits
from app.public.codes import Code, Kind
from app.public.forms import CodeForm
from app.public.notices import Notice, notice
from app.public.reporting import CONSENT

pages: Final = Blueprint("public", __name__)


@pages.before_request
def _ask_for_token() -> None:
    """Take no form that was not made here.

    The platform's own check wants to see the address the form came from, which these pages tell nobody.
    """
    if request.method != "POST":
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from None
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise CSRFError("from elsewhere")


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
    if request.method == "GET":
        return _door(form)
    code = codes.read(form.code.data or "")
    return redirect(url_for("public.at", code=code.signs), 303) if code is not None else _mistyped(form, 422)


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
    """Show what is behind a code. Codes that are unknown, have run out or were replaced are answered alike."""
    if not quotas.may_guess():
        return notice(Notice.BRAKED)
    page = reports.page(code.signs) if code.kind is Kind.POINT else _ticket(code.signs)
    if page is not None:
        return page
    return notice(Notice.UNKNOWN if quotas.guessed_wrong() else Notice.BRAKED)


def _ticket(signs: str) -> Page | None:
    ticket = tickets.find(signs)
    return visits.page(ticket) if ticket is not None else None


def _door(form: CodeForm, status: int = 200, complaint: Text | None = None) -> Page:
    values: dict[str, Any] = {"form": form, "complaint": complaint}
    return render_template("public/door.html", title=gettext("Look up with a code"), **values), status


def _mistyped(form: CodeForm, status: int) -> Page:
    said = gettext("This is not quite the code on your paper. Compare it sign by sign and type it again.")
    return _door(form, status, said)
