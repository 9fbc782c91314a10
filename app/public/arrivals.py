"""The page behind the code of a community: a party member reports in, and gets a receipt."""

from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import checks
from app.core.actor import acting
from app.core.database import Clash, transaction
from app.core.errors import STALE
from app.core.fields import Text
from app.core.forms import Flag, Line
from app.core.model import new_uid
from app.core.rules import Violation
from app.core.specification import Page
from app.people.finding import LONGEST
from app.public import enrolling, quotas
from app.public.enrolling import Slip
from app.public.forms import AGAIN, DoorForm, TooLong, cleaned, filled, plausible, says_something, ticked, visible
from app.public.notices import Notice, notice
from app.public.points import Point
from app.public.reports import BUSY
from app.registrations.choices import PostKind

LONGEST_UNIT: Final = 80
LONGEST_SKILLS: Final = 120
KINDS: Final = "kinds"
"""How the boxes of the eight kinds are called in the form."""
_FILTERS: Final = {"filters": [cleaned]}
_NEEDED: Final = {"aria-required": "true"}


class ArrivalForm(DoorForm):
    """What a party member writes who reports in."""

    name = Line(
        _("Your name"),
        [filled, TooLong(LONGEST["name"]), visible, says_something],
        **_FILTERS,
        render_kw=_NEEDED | {"autocomplete": "name"},
    )
    unit = Line(
        _("Your unit"),
        [filled, TooLong(LONGEST_UNIT), visible, says_something],
        **_FILTERS,
        description=_("Type some of its name and choose; if it does not appear, write the full name."),
        render_kw=_NEEDED | {"autocomplete": "off", "list": "units"},
    )
    phone = Line(
        _("Your phone"),
        [filled, plausible],
        filters=[checks.dialled],
        description=_("The community calls you by it; nobody else sees it."),
        render_kw=_NEEDED | {"autocomplete": "tel", "inputmode": "tel"},
    )
    skills = Line(
        _("What do you do best? (may stay empty)"),
        [TooLong(LONGEST_SKILLS), visible],
        **_FILTERS,
    )
    grown = Flag(_("I am a party member in service and at least 18 years old."), [ticked])

    def wished(self) -> tuple[PostKind, ...]:
        """Return the kinds that were ticked; what is none of the eight is left out."""
        given = set(request.form.getlist(KINDS))
        return tuple(kind for kind in PostKind if kind.value in given)

    def slip(self) -> Slip:
        """Return what was written."""
        unit = " ".join((self.unit.data or "").split())
        return Slip(self.name.data or "", self.phone.data or "", unit, self.wished(), self.skills.data)

    def typed(self) -> str:
        """Return what was written, right or wrong, to be copied."""
        return "\n".join(one.data for one in (self.name, self.unit, self.phone, self.skills) if one.data)[:1000]


def page(point: Point) -> Page:
    """Show the form of the community's poster, and take what was written."""
    form, sent = ArrivalForm(), request.method == "POST"
    if not point.current and not (sent and point.lately):
        return notice(Notice.OUT_OF_DATE, point.office, form.typed() if sent else "")
    if not sent:
        form.key.data = new_uid()
        return _form(form, point)
    form.keep_secret()
    if not form.validate():
        return _refused(form, point, 422, AGAIN if "csrf_token" in form.errors else None)
    return _report_in(form, point)


def _report_in(form: ArrivalForm, point: Point) -> Page:
    slip = form.slip()
    try:
        with acting(enrolling.scanning()), transaction():
            number = enrolling.report_in(point, slip, form.key.data)
    except Violation as error:
        form.complain({name if name in form else "": texts for name, texts in error.errors.items()})
        return _refused(form, point, 422)
    except quotas.TooMany:
        return _refused(form, point, 429, BUSY)
    except Clash:
        return _refused(form, point, 409, STALE)
    values: dict[str, Any] = {"number": number, "slip": slip, "office": point.office}
    return render_template("public/arrived.html", title=gettext("You have reported in"), **values)


def _refused(form: ArrivalForm, point: Point, status: int, complaint: Text | None = None) -> Page:
    if complaint is not None:
        form.complain({"": [complaint]})
    return _form(form, point, status)


def _form(form: ArrivalForm, point: Point, status: int = 200) -> Page:
    values: dict[str, Any] = {"form": form, "office": point.office, "units": enrolling.units_of(point)}
    values |= {"kinds": PostKind, "wished": form.wished()}
    return render_template("public/arrival.html", title=gettext("Party members report in"), **values), status
