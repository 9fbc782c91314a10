"""What is said where nothing can be shown or done: one sentence, what to do, and whom to call."""

import enum

from flask import render_template
from flask_babel import lazy_gettext as _

from app.core.fields import Text
from app.core.specification import Page
from app.public.points import Office


@enum.unique
class Notice(enum.Enum):
    """What can be said, with its status."""

    UNKNOWN = (
        404,
        _("This code opens nothing"),
        _("It may have run out after 180 days, or a newer slip replaced it. Ask your community for a new one."),
    )
    BRAKED = (
        429,
        _("Too many wrong codes"),
        _("Wait a quarter of an hour and try again, or ask your community's office."),
    )
    TOO_MANY = (
        429,
        _("Too much came from here at once"),
        _("Wait an hour and try again. If it is urgent, call the community."),
    )
    OUT_OF_DATE = (
        410,
        _("This poster is out of date"),
        _("Look for a newer one, or call the community."),
    )
    TOO_LARGE = (
        413,
        _("Your photos are too large"),
        _("At most 3 photos, each up to 10 MB. Go back: your words are still there; choose smaller photos."),
    )
    STAFF = (
        403,
        _("People of the community have signed in with this browser"),
        _("So that nobody answers in a resident's place, answers are taken only from the resident's own phone."),
    )

    def __init__(self, status: int, title: Text, sentence: Text) -> None:
        self.status, self.title, self.sentence = status, title, sentence


def notice(what: Notice, office: Office | None = None, typed: str = "") -> Page:
    """Return the page that says it; `office`: whose telephone is shown, where it is known.

    `typed`: what somebody wrote that was not taken, to be copied.
    """
    values = {"title": what.title, "notice": what, "office": office, "typed": typed}
    return render_template("public/notice.html", **values), what.status
