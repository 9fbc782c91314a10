"""What single values must look like. A check answers with what is wrong, or with None."""

import re
import unicodedata
from datetime import date, datetime
from typing import Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.fields import Text

_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE: Final = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,5})?|[2-9]\d{6,7}|[19]\d{4}|400-?\d{3}-?\d{4}", re.ASCII)
STRAY_JOINER: Final = r"(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
"""Between pictures U+200D makes one of several, such as a family; elsewhere it is only unseen."""
_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udfff]"
    rf"|{STRAY_JOINER}"
)

_BETWEEN_DIGITS: Final = re.compile(r"[\s()\-‐-―−·.]+")
_COUNTRY: Final = re.compile(r"(?:\+|00)?86(?=[01])")

MOST_PHONES: Final = 5


def phone(value: str) -> Text | None:
    """A mobile number, a landline with area code, or a service line such as 12345."""
    if _MOBILE.fullmatch(value) or _LANDLINE.fullmatch(value):
        return None
    return _("A mobile number has 11 digits, for example 13800001234; a landline reads 0751-8880000.")


def dialled(text: str | None) -> str | None:
    """Return a telephone number as it is dialled here, however it was typed; what is none stays as it is."""
    if not text or phone(text) is None:
        return text
    digits = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    known = (digits, _COUNTRY.sub("", digits, count=1))
    return next((one for one in known if phone(one) is None), text)


def mobile(value: str) -> Text | None:
    """A mobile number: 11 digits starting 13 to 19."""
    return None if _MOBILE.fullmatch(value) else _("A mobile number has 11 digits, for example 13800001234.")


def visible(value: str) -> Text | None:
    """A text without characters nobody can see; they break searching, sheets and databases."""
    # Nothing that is not seen can be printed, which is found out much faster; a line break cannot either.
    if value.isprintable() or not _UNSEEN.search(value):
        return None
    return _("There are invisible control characters in the text; delete them or type it again.")


NUMBERS: Final = (phone, mobile)
"""The checks of one telephone number."""


def phones(value: list[str]) -> Text | None:
    """A few telephone numbers, each as `phone` wants it."""
    if len(value) > MOST_PHONES:
        return _("At most %(most)s numbers.", most=MOST_PHONES)
    return next((wrong for number in value if (wrong := phone(number)) is not None), None)


def not_future(value: date | datetime) -> Text | None:
    """A day or moment that has come."""
    if isinstance(value, datetime):
        return _("The time lies in the future.") if value > clock.now() else None
    return _("The date lies in the future.") if value > clock.today() else None


def plausible(value: date | datetime) -> Text | None:
    """A day or moment of this or the last century, or the near future."""
    # At the ends of the calendar there is no other time zone to go to.
    known = 1000 < value.year < 3000
    day = clock.local(value).date() if known and isinstance(value, datetime) else value
    return None if 1900 <= day.year <= 2100 else _("The year must lie between 1900 and 2100.")


def not_negative(value: int) -> Text | None:
    """A number of zero or more."""
    return _("The number must not be negative.") if value < 0 else None


def stars(value: int) -> Text | None:
    """A rating of one to five."""
    return None if 1 <= value <= 5 else _("Give 1 to 5 points.")


def positive(value: int) -> Text | None:
    """A number of one or more."""
    return _("The number must be at least 1.") if value < 1 else None
