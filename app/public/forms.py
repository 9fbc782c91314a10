"""The forms of the public door: few fields, large, and everything typed stays when something is wrong."""

import re
import unicodedata
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.validators import Length, ValidationError

from app.core import checks
from app.core.fields import Text
from app.core.files import staging
from app.core.files.fields import Photos
from app.core.files.kinds import ONLY
from app.core.forms import Flag, Kept, Line, Number, Paragraph, PortalForm
from app.core.model import new_uid
from app.core.moves import LONGEST_REASON
from app.public.answering import Said
from app.public.reporting import LONGEST_TEXT, Words

LONGEST_ADDRESS: Final = 120
LONGEST_SHOWN: Final = 5000
LONGEST_WORDS: Final = LONGEST_REASON
MOST_PHOTOS: Final = 3
ONLY_PHOTOS: Final[Text] = _("Only photos (JPG, PNG, WebP) can be added here.")
AGAIN: Final[Text] = _("This page was open for a long time. What you typed is still here; please send it once more.")
"""Said where a form comes without the token of the browser's session, or with that of one that is over."""
_NEVER_MEANT: Final = re.compile(rf"[\u200b\ufeff]|{checks.STRAY_JOINER}")
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""What counts as a letter or a symbol and shows nothing."""


def cleaned(text: str | None) -> str | None:
    """Return a text without the signs keyboards and copied pages leave behind unseen; nothing left is no value."""
    return (_NEVER_MEANT.sub("", text).strip() or None) if text else text


class TooLong(Length):
    """A text of so many characters at most."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most, message=_("At most %(max)s characters."))


def says_something(form: Any, field: Any) -> None:
    """Ask for at least one sign that shows."""
    shown = (sign for sign in field.data or "" if unicodedata.category(sign)[0] in "LNPS")
    if field.data and not set(shown) - _BLANK:
        raise ValidationError(gettext("Please fill this in."))


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


def ticked(form: Any, field: Any) -> None:
    """Ask for a tick."""
    if not field.data:
        raise ValidationError(gettext("Please tick this."))


class Pictures(Photos):
    """A few photos by somebody without an account."""

    accept = "image/jpeg,image/png,image/webp"
    most = MOST_PHOTOS
    about: Text = _("At most 3. Where a photo was taken is removed. Please take no photos of faces or papers.")

    def pre_validate(self, form: Any) -> None:
        """Look at the first few, and say that there were more."""
        room = max(0, self.most - len(self.tokens))
        if len(self.uploads) > room:
            self.uploads = self.uploads[:room]
            self.wrong.append(gettext("At most 3 photos; the first 3 are kept. If that is right, send it again."))
        super().pre_validate(form)

    def _look_at(self, upload: FileStorage) -> None:
        known = len(self.data)
        super()._look_at(upload)
        if len(self.data) > known and not self.data[-1].kind.is_picture:
            self.data.pop()
            self.wrong.append(str(ONLY_PHOTOS))
        self.wrong = [text.replace(str(ONLY), str(ONLY_PHOTOS)) for text in self.wrong]

    def forget(self) -> None:
        """Let go of what was put aside; the same form has been taken before."""
        for token in self.tokens:
            staging.forget(token)


class CodeForm(PortalForm):
    """Where one types a code."""

    code = Line(
        _("Code from a slip or a poster"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class DoorForm(PortalForm):
    """What every form at a poster asks besides: consent, and nothing in the field that only programs see."""

    agreed = Flag(_("I have read how my words are handled, and agree."), [ticked])
    # People do not see this field; programs that fill in everything fall for it.
    website = Line(_("Please leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    key = Kept()

    def validate_website(self, field: Any) -> None:
        """Refuse, in words, what no person fills in."""
        if field.data:
            field.data, field.raw_data = None, [""]
            raise ValidationError(gettext("Please leave this empty, and send it again."))

    def keep_secret(self) -> None:
        """Keep the random bits that make a double click one; draw new ones where the form carries none of ours."""
        given = self.key.data or ""
        if len(given) != 32 or set(given) - set("0123456789abcdef"):
            self.renew_secret()

    def renew_secret(self) -> None:
        """Draw new random bits: what is sent next is another one."""
        self.key.data = new_uid()
        self.key.raw_data = [self.key.data]


class ReportForm(DoorForm):
    """What somebody writes at a poster."""

    text = Paragraph(
        _("What is it about?"),
        [filled, TooLong(LONGEST_TEXT), visible, says_something],
        filters=[cleaned],
        description=_("In your own words; nobody's name is needed."),
        render_kw={"rows": "5", "aria-required": "true"},
    )
    address = Line(
        _("Where exactly? (may stay empty)"),
        [TooLong(LONGEST_ADDRESS), visible],
        filters=[cleaned],
        description=_("For example: third floor, beside the lift."),
    )
    photos = Pictures(_("Photos (may stay empty)"))
    phone = Line(
        _("Your telephone (may stay empty)"),
        [plausible],
        filters=[checks.dialled],
        description=_("Only for calling you about this matter. Without it, look here what became of it."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )

    def words(self) -> Words:
        """Return what was written."""
        return Words(self.text.data or "", self.address.data, self.phone.data)

    def typed(self) -> str:
        """Return what was written, right or wrong, to be copied."""
        return "\n".join(one.data for one in (self.text, self.address) if one.data)[:LONGEST_SHOWN]


class AnswerForm(PortalForm):
    """What comes with an answer."""

    points = Number(_("How satisfied are you? (may stay empty)"))
    words = Paragraph(
        _("In your words (may stay empty)"),
        [TooLong(LONGEST_WORDS), visible],
        filters=[cleaned],
        render_kw={"rows": "3"},
    )
    phone = Line(
        _("Telephone"),
        [plausible],
        filters=[checks.dialled],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    version = Kept()

    def said(self) -> Said:
        """Return what came with it."""
        return Said(self.points.data, self.words.data, self.phone.data)

    def seen(self) -> int | None:
        """Return the version the page was opened at."""
        given = self.version.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
