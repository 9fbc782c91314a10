"""What a password must be, and how it is kept."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from flask_babel import lazy_gettext as _
from werkzeug.security import check_password_hash, generate_password_hash

from app.core.fields import Text

SHORTEST: Final = 8
LONGEST: Final = 128
FEWEST_DIFFERENT: Final = 5
METHOD: Final = "scrypt:32768:8:1"
_WEAK: Final = Path(__file__).with_name("weak_passwords.txt")


def complaint(password: str, *own: str | None, mixed: bool = True) -> Text | None:
    """Return what is wrong with a password, or None.

    `own`: what others know of the person, such as login name, phone and name; it must not be part of the password.
    `mixed` False: letters alone will do.
    """
    text = _folded(password)
    if len(text) < SHORTEST:
        return _("A password needs at least %(least)s characters.", least=SHORTEST)
    if len(text) > LONGEST:
        return _("A password has at most %(most)s characters.", most=LONGEST)
    if not any(c.isalpha() for c in text) or (mixed and not any(c.isdigit() for c in text)):
        return _("A password needs both letters and digits.")
    if _is_weak(text):
        return _("This password is too common and quickly guessed; choose another.")
    if _contains(text, own):
        return _("The password must not contain your name, login name or phone number.")
    return None


def _is_weak(text: str) -> bool:
    bare = "".join(c for c in text if c.isalnum())
    return len(set(text)) < FEWEST_DIFFERENT or text in weak() or bare in weak()


def _contains(text: str, own: Iterable[str | None]) -> bool:
    known = (_folded(word) for word in own if word)
    return any(len(word) > 1 and word in text for word in known)


@cache
def weak() -> frozenset[str]:
    """Return the passwords everybody tries first."""
    lines = _WEAK.read_text(encoding="utf-8").splitlines()
    return frozenset(_folded(line) for line in lines if line and not line.startswith("#"))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def hashed(password: str) -> str:
    """Return what is stored of a password. Slow on purpose (about 0.1 s): hold no transaction meanwhile."""
    return generate_password_hash(_typed(password), METHOD)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one; as slow where there is none, so that nobody learns who exists."""
    found = check_password_hash(stored or _nobody(), _typed(password)[: LONGEST * 4])
    return found and stored is not None


@cache
def _nobody() -> str:
    return hashed("nobody has this password")


def _typed(password: str) -> str:
    # An input method may send full-width digits for the same keys.
    return unicodedata.normalize("NFKC", password)
