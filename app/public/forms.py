"""The forms of the public door: few fields, large, and everything typed stays when something is wrong."""

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.validators import Length, ValidationError

from app.core import checks
from app.core.fields import Text
from app.core.files import staging
from app.core.files.fields import Photos
from app.core.forms import Flag, Kept, Line, Number, Paragraph, PortalForm
from app.core.moves import LONGEST_REASON
from app.public.answering import Said
from app.public.reporting import LONGEST_TEXT, Words

LONGEST_ADDRESS: Final = 120
LONGEST_WORDS: Final = LONGEST_REASON
MOST_PHOTOS: Final = 3


class TooLong(Length):
    """A text of so many characters at most."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most, message=_("At most %(max)s characters."))


def visible(form: Any, field: Any) -> None:
    """Refuse characters nobody can see."""
    if field.data and (complaint := checks.visible(field.data)) is not None:
        raise ValidationError(str(complaint))


def plausible(form: Any, field: Any) -> None:
    """Refuse what is no telephone number."""
    if field.data and (complaint := checks.phone(field.data)) is not None:
        raise ValidationError(str(complaint))


def filled(form: Any, field: Any) -> None:
    """Ask for what cannot be left empty."""
    if not field.data:
        raise ValidationError(gettext("Please fill this in."))


class Pictures(Photos):
    """A few photos by somebody without an account."""

    accept = "image/jpeg,image/png,image/webp"
    most = MOST_PHOTOS
    about: Text = _("At most 3. Where a photo was taken is removed. Please take no photos of faces or papers.")

    def _look_at(self, upload: FileStorage) -> None:
        known = len(self.data)
        super()._look_at(upload)
        if len(self.data) > known and not self.data[-1].kind.is_picture:
            self.data.pop()
            self.wrong.append(gettext("Only photos (JPG, PNG, WebP) can be added here."))

    def forget(self) -> None:
        """Let go of what was put aside; the same form has been taken before."""
        for token in self.tokens:
            staging.forget(token)


class CodeForm(PortalForm):
    """Where one types a code."""

    code = Line(_("Code"), render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})


class ReportForm(PortalForm):
    """What somebody writes at a poster."""

    text = Paragraph(
        _("What is it about?"),
        [filled, TooLong(LONGEST_TEXT), visible],
        description=_("In your own words; nobody's name is needed."),
        render_kw={"rows": "5", "aria-required": "true"},
    )
    address = Line(
        _("Where exactly? (may stay empty)"),
        [TooLong(LONGEST_ADDRESS), visible],
        description=_("For example: third floor, beside the lift."),
    )
    photos = Pictures(_("Photos (may stay empty)"))
    phone = Line(
        _("Your telephone (may stay empty)"),
        [plausible],
        description=_("Only for calling you about this matter. Without it, look here what became of it."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    agreed = Flag(_("I have read how my words are handled, and agree."), [filled])
    # People do not see this field; programs that fill in everything fall for it.
    website = Line(_("Please leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    key = Kept()

    def validate_website(self, field: Any) -> None:
        """Refuse, in words, what no person fills in."""
        if field.data:
            field.data, field.raw_data = None, [""]
            raise ValidationError(gettext("Please leave this empty, and send it again."))

    def words(self) -> Words:
        """Return what was written."""
        return Words(self.text.data or "", self.address.data, self.phone.data)


class AnswerForm(PortalForm):
    """What comes with an answer."""

    points = Number(_("How satisfied are you? (may stay empty)"))
    words = Paragraph(_("In your words (may stay empty)"), [TooLong(LONGEST_WORDS), visible], render_kw={"rows": "3"})
    phone = Line(_("Telephone"), [plausible], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    version = Kept()

    def said(self) -> Said:
        """Return what came with it."""
        return Said(self.points.data, self.words.data, self.phone.data)

    def seen(self) -> int | None:
        """Return the version the page was opened at."""
        given = self.version.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
