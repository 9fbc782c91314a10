"""What a community may call in its own words: lists, roles, duties, the portal itself.

A name is said once, as `called(key, standard)`, and read anew each time it is shown: in the own words of the community
spoken for, else in the standard one. Whoever works in several communities reads the standard words.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from markupsafe import escape

NO_WORDS: Final[Mapping[str, str]] = {}
CATALOGUE: Final[dict[str, Any]] = {}
"""The standard word of each thing that may be named, by key: the part before the dot is its kind."""

_own: ContextVar[Mapping[str, str]] = ContextVar("own_words", default=NO_WORDS)


class Called(LazyString):
    """A name, in whatever words hold where it is shown."""

    def __init__(self, key: str, standard: Any) -> None:
        super().__init__(lambda: _own.get().get(key) or standard)
        self.key, self.standard = key, standard

    def __html__(self) -> str:
        """Somebody typed it, so it is escaped, other than the portal's own words."""
        return str(escape(str(self)))


def called(key: str, standard: Any) -> Called:
    """Return the name of a thing, and let communities name it otherwise; `key`: its kind, a dot, its code."""
    known = standard.standard if isinstance(standard, Called) else standard
    CATALOGUE[key] = known
    return Called(key, known)


def own_words() -> frozenset[tuple[str, str]]:
    """Return all own words that hold now, by key; what is made of names may be kept beside them."""
    return frozenset(_own.get().items())


def kind_of(key: str) -> str:
    """Return what sort of thing a key names."""
    return key.partition(".")[0]


def own_word(name: Any) -> str | None:
    """Return what the community spoken for calls this itself, if it does."""
    return _own.get().get(name.key) if isinstance(name, Called) else None


def standard_word(name: Any) -> str:
    """Return a name as every other community says it."""
    return str(name.standard if isinstance(name, Called) else name)


def in_standard(text: str) -> str:
    """Return a text with the own words of the community spoken for told in standard ones; for what is read back."""
    for key, word in sorted(_own.get().items(), key=lambda pair: -len(pair[1])):
        if key in CATALOGUE:
            text = text.replace(word, str(CATALOGUE[key]))
    return text


def speak(words: Mapping[str, str]) -> None:
    """Let these own words hold until the context ends; for the start of a request, which runs in one of its own."""
    _own.set(words)


@contextmanager
def speaking(words: Mapping[str, str]) -> Iterator[None]:
    """Let these own words hold inside the block."""
    token = _own.set(words)
    try:
        yield
    finally:
        _own.reset(token)


PORTAL: Final = called("portal.name", _("Sidan"))
"""What the portal is called."""
