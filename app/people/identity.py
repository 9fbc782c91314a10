"""Identity numbers (GB 11643 and its kin): read as people type them, checked, and what they say of sex and birth.

The area code is never a reason to refuse a number: areas are renamed and merged, and people keep their numbers.
Residence permits of people from Hong Kong, Macau and Taiwan (81, 82, 83) and the newer permanent residence cards of
foreigners (9) are made by the same rule.
"""

import enum
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled, NotUnderstood
from app.people.birth import Birth
from app.people.choices import Sex

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""2 to the power of the place, modulo 11 (ISO 7064, MOD 11-2)."""
CHECKS: Final = "10X98765432"
LONGEST: Final = 18


@enum.unique
class IdType(Labelled):
    """What sort of document the number stands on."""

    RESIDENT = "resident", _("Resident identity card")
    HMT_PERMIT = "hmt_permit", _("Residence permit for Hong Kong, Macau and Taiwan")
    FOREIGN_PERMANENT = "foreign_permanent", _("Permanent residence card of a foreigner")
    PASSPORT = "passport", _("Passport")
    HM_TRAVEL = "hm_travel", _("Mainland travel permit for Hong Kong and Macau")
    TW_TRAVEL = "tw_travel", _("Mainland travel permit for Taiwan")
    BIRTH_CERTIFICATE = "birth_certificate", _("Medical certificate of birth")
    OFFICER = "officer", _("Officer's card")
    OTHER = "other", _("Another document")


COMPUTED: Final = frozenset({IdType.RESIDENT, IdType.HMT_PERMIT, IdType.FOREIGN_PERMANENT})
"""The kinds whose number shows which of them it is."""

_EIGHTEEN: Final = re.compile(r"\d{17}[\dX]", re.ASCII)
_FIFTEEN: Final = re.compile(r"\d{15}", re.ASCII)
_OLD_CARD: Final = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
_PREFIXES: Final = {"81": IdType.HMT_PERMIT, "82": IdType.HMT_PERMIT, "83": IdType.HMT_PERMIT}
_SHAPES: Final = {
    IdType.PASSPORT: re.compile(r"[A-Z0-9]{5,17}", re.ASCII),
    IdType.HM_TRAVEL: re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII),
    IdType.TW_TRAVEL: re.compile(r"\d{8}(\d{2})?", re.ASCII),
    IdType.BIRTH_CERTIFICATE: re.compile(r"[A-Z]\d{9}", re.ASCII),
    # The hyphens and blanks of the paper are gone; what is left may be characters such as 南字第…号.
    IdType.OFFICER: re.compile(r"\w{4,18}"),
    IdType.OTHER: re.compile(r"\w{3,18}"),
}

# The numbers of those who were a hundred years old when cards had 15 digits; their century is not the last one.
_CENTENARIANS: Final = frozenset({"996", "997", "998", "999"})

LENGTH: Final = _("An identity number has 18 characters, that of an old card 15; count again.")
SIGNS: Final = _("An identity number is made of digits; only the last character may be an X.")
CHECK: Final = _("The last character does not fit the others; compare the number with the card.")
WHICH: Final = _("Say what sort of document this number stands on.")
NOT_SUCH: Final = _("A number of this document looks different; compare it with the paper.")
NOT_THIS_KIND: Final = _("By its number this is another sort of document.")
IMPOSSIBLE: Final = _("The birthday in the number does not exist or lies too far away; compare it with the card.")
CENTENARIAN: Final = _("Type the 18 digits of the new card.")


@dataclass(frozen=True, slots=True)
class Identity:
    """A number as it is kept, and what it says."""

    kind: IdType
    number: str
    birth: Birth | None = None
    sex: Sex | None = None
    upgraded: bool = False
    """Whether an old number of 15 digits was typed."""


def read(text: str, kind: IdType | None = None) -> Identity:
    """Read a number as somebody typed it; `kind`: of the document, where it was said.

    Raises NotUnderstood with what is wrong with it.
    """
    tidy = tidied(text)
    if kind is not None and kind not in COMPUTED:
        if not _SHAPES[kind].fullmatch(tidy):
            raise NotUnderstood(NOT_SUCH)
        return Identity(kind, tidy)
    found = _computed(tidy, kind)
    if kind is not None and found.kind is not kind:
        raise NotUnderstood(NOT_THIS_KIND)
    return found


def tidied(text: str) -> str:
    """Return a number in capitals of normal width, without blanks, hyphens and dots; a multiplication sign is an X."""
    flat = unicodedata.normalize("NFKC", text).upper().replace("×", "X")
    return "".join(sign for sign in flat if not sign.isspace() and sign not in "-.'·")


def comparable(text: str) -> str:
    """Return the form in which numbers are compared: an old one of 15 digits is the same as that of 18."""
    tidy = tidied(text)
    return upgraded(tidy) if _FIFTEEN.fullmatch(tidy) and tidy[-3:] not in _CENTENARIANS else tidy


def upgraded(fifteen: str) -> str:
    """Return the 18 characters of an old number: with its century and the character it is checked by."""
    body = f"{fifteen[:6]}19{fifteen[6:]}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the last character for the first 17 digits (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return CHECKS[total % 11]


def _computed(tidy: str, kind: IdType | None) -> Identity:
    if _OLD_CARD.fullmatch(tidy):
        # The year on it has two digits; what it says of birth is not enough to go by.
        return Identity(IdType.FOREIGN_PERMANENT, tidy)
    if _FIFTEEN.fullmatch(tidy):
        if tidy[-3:] in _CENTENARIANS:
            raise NotUnderstood(CENTENARIAN)
        return _spoken(upgraded(tidy), was_short=True)
    if len(tidy) not in (15, LONGEST):
        raise NotUnderstood(WHICH if kind is None and not tidy.isdigit() else LENGTH)
    if not _EIGHTEEN.fullmatch(tidy):
        raise NotUnderstood(SIGNS)
    return _spoken(tidy, was_short=False)


def _spoken(number: str, was_short: bool) -> Identity:
    born = _birth(number)
    if number[-1] != check_character(number[:-1]):
        raise NotUnderstood(CHECK)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Identity(_kind(number), number, born, sex, was_short)


def _kind(number: str) -> IdType:
    return IdType.FOREIGN_PERMANENT if number[0] == "9" else _PREFIXES.get(number[:2], IdType.RESIDENT)


def _birth(number: str) -> Birth:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    # In a partial birth a nought says that something is not known; in a number it is a mistake.
    if not (month and day):
        raise NotUnderstood(IMPOSSIBLE)
    try:
        return Birth(year, month, day).checked()
    except NotUnderstood:
        raise NotUnderstood(IMPOSSIBLE) from None
