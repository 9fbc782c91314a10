"""The page behind the code of a poster: the form, and the receipt."""

from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.accounts import sign_in
from app.core.actor import acting
from app.core.database import Clash, transaction
from app.core.errors import STALE
from app.core.fields import Text
from app.core.model import new_uid
from app.core.rules import Violation
from app.core.specification import Page
from app.public import codes, opened, paper, quotas, reporting, sent, tickets
from app.public.forms import AGAIN, ReportForm
from app.public.notices import Notice, notice
from app.public.points import Point
from app.public.reporting import Receipt

FIELDS: Final = {"title": "text", "reporter_phone": "phone"}
"""Under which field of the form a complaint about a column stands."""
BUSY: Final[Text] = _(
    "Too much came from here at once. What you typed is still here: wait an hour, or call the community."
)


def page(point: Point) -> Page:
    """Show the form of a poster, and take what was written."""
    form, posted = ReportForm(), request.method == "POST"
    if not point.current and not (posted and point.lately):
        return notice(Notice.OUT_OF_DATE, point.office, form.typed() if posted else "")
    if not posted:
        form.key.data = new_uid()
        return _form(form, point)
    form.keep_secret()
    return _sent(form, point)


def _sent(form: ReportForm, point: Point) -> Page:
    if _has_pictures() and not _may_draw():
        return _refused(form, point, 429, BUSY)
    if not form.validate():
        return _refused(form, point, 422, AGAIN if "csrf_token" in form.errors else None)
    try:
        known = reporting.already(point, form.words(), form.key.data)
    except reporting.Spent:
        # Somebody went back to the page and typed something else: that is a report of its own.
        form.renew_secret()
        known = None
    if known is not None:
        form.photos.forget()
        return _receipt(known, point)
    number = reporting.sent_before(point, form.words(), sent.uids())
    if number is not None:
        form.photos.forget()
        return _sent_before(number, point)
    return _report(form, point)


def _sent_before(number: str, point: Point) -> Page:
    """Tell who went back and sent the same once more; the code was shown then, and only then."""
    values: dict[str, Any] = {"number": number, "office": point.office, "shown_code": not sign_in.worked_here()}
    return render_template("public/sent_before.html", title=gettext("We have it already"), **values)


def _has_pictures() -> bool:
    return any(one.filename for one in request.files.getlist("photos"))


def _may_draw() -> bool:
    """Tell whether pictures from this address are looked at, in a transaction of its own."""
    try:
        with transaction():
            quotas.spend(quotas.TRIES, quotas.address())
    except quotas.TooMany:
        return False
    return True


def _report(form: ReportForm, point: Point) -> Page:
    secret = form.key.data
    try:
        with acting(reporting.reporter(point, secret)), transaction():
            need = reporting.report(point, form.words(), secret, with_code=not sign_in.worked_here())
            form.photos.keep(need, "register")
            receipt = reporting.receipt_of(need, secret)
    except Violation as error:
        form.complain({FIELDS.get(name, name): texts for name, texts in error.errors.items()})
        return _refused(form, point, 422)
    except quotas.TooMany:
        return _refused(form, point, 429, BUSY)
    except Clash:
        return _twice(form, point)
    sent.note(reporting.uid_of(secret or ""))
    return _receipt(receipt, point)


def _twice(form: ReportForm, point: Point) -> Page:
    """Both halves of a double click came at the same moment; this one came second."""
    try:
        known = reporting.already(point, form.words(), form.key.data)
    except reporting.Spent:
        known = None
    if known is not None:
        return _receipt(known, point)
    form.renew_secret()
    return _refused(form, point, 409, STALE)


def _refused(form: ReportForm, point: Point, status: int, complaint: Text | None = None) -> Page:
    if complaint is not None:
        form.complain({"": [complaint]})
    form.photos.put_aside()
    return _form(form, point, status)


def _form(form: ReportForm, point: Point, status: int = 200) -> Page:
    values: dict[str, Any] = {"form": form, "point": point, "office": point.office}
    return render_template("public/report.html", title=gettext("Tell the community"), **values), status


def _receipt(receipt: Receipt, point: Point) -> Page:
    values: dict[str, Any] = {"receipt": receipt, "office": point.office, "point": point, "code": None}
    if receipt.signs is not None and not sign_in.worked_here():
        opened.note(tickets.mark_of(receipt.signs))
        values |= {"code": codes.written(receipt.signs), "qr": paper.picture(receipt.signs)}
    return render_template("public/receipt.html", title=gettext("We have it"), **values)
