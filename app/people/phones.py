"""Telephone numbers with whose they are: 13800001234 is the own one, 女儿 13800001234 that of the daughter."""

import re
import unicodedata
from typing import Final

from flask_babel import lazy_gettext as _

from app.core import checks, masking, normal
from app.core.fields import Text

LONGEST_OWNER: Final = 12
TAIL: Final = 4

_NUMBER: Final = re.compile(r"\+?\d[\d\s()-]{2,}\d")
_BLANK: Final = str.maketrans(dict.fromkeys(" \t:,;()[]", " "))
_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)


def split(text: str) -> tuple[str, str]:
    """Return whose the number is, empty for the own one, and the number, of what somebody typed."""
    flat = unicodedata.normalize("NFKC", text).strip()
    found = _NUMBER.search(flat)
    if found is None:
        return "", flat
    owner = " ".join(f"{flat[: found.start()]} {flat[found.end() :]}".translate(_BLANK).split())
    return owner, _bare(found[0])


def _bare(number: str) -> str:
    """Return a number without blanks, brackets and the country's 86; a mobile number without hyphens too."""
    digits = re.sub(r"^(\+86|86(?=1\d{10}$))-?", "", re.sub(r"[\s()]", "", number))
    plain = digits.replace("-", "")
    return plain if _MOBILE.fullmatch(plain) else digits


def tidied(text: str) -> str:
    """Return a number as it is kept: whose it is, a blank, and the number."""
    owner, number = split(text)
    return f"{owner} {number}".strip()


def check(value: list[str]) -> Text | None:
    """A few telephone numbers, each with whose it is where it is not the own one."""
    parts = [split(one) for one in value]
    if any(len(owner) > LONGEST_OWNER or any(sign.isdigit() for sign in owner) for owner, _number in parts):
        return _("Write whose it is in a few characters before the number, for example 女儿 13800001234.")
    return checks.phones([number for _owner, number in parts])


def found_by(text: str) -> str:
    """Return the digits a number is found by, whoever's it is."""
    return normal.phone(split(text)[1])


def mask(text: str) -> str:
    """Show whose a number is, and of the number as much as of any other."""
    owner, number = split(text)
    return f"{owner} {masking.phone(number)}".strip()


def tails(phones: list[str]) -> list[str]:
    """Return the last four digits of the mobile numbers; of others the mask shows fewer."""
    numbers = [split(one)[1] for one in phones]
    return list(dict.fromkeys(number[-TAIL:] for number in numbers if _MOBILE.fullmatch(number)))
