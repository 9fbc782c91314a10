"""What a community calls its lists, roles, duties and the portal in its own words (M9, S2-05)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.called import CATALOGUE, kind_of
from app.core.fields import Blanks, NotUnderstood, Text, Worded, WordedType

LONGEST: Final = 16
"""Signs of an own word: it stands in the menu, on the tabs of workbooks and in the names of files."""
MARKS: Final = frozenset(" ·-—（）()、")
"""What may stand in an own word beside letters and digits; it begins with one of those."""
NO_LINES: Final = _("Write one line for each: the standard word, “=”, and your own.")

KINDS: Final[dict[str, Text]] = {
    "portal": _("The portal itself"),
    "list": _("Lists"),
    "role": _("Roles"),
    "duty": _("Duties of posts"),
}
"""What may be named, in the order of the form."""


@dataclass(frozen=True, slots=True)
class OwnWords(Worded):
    """Own words by the key of what they name; what is not here is called by its standard word."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "additionalProperties": {"type": "string"}}

    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read one line for each, such as 群众需求清单=邻里需求单. Raises NotUnderstood."""
        keys = {name: key for key, name in names().items()}
        found: dict[str, str] = {}
        for line in filter(None, (one.strip() for one in text.replace("；", "\n").replace("＝", "=").splitlines())):
            name, sign, word = (part.strip() for part in line.partition("="))
            if not sign:
                raise NotUnderstood(NO_LINES)
            found[keys.get(name, name)] = word
        return cls.of(found)

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read own words by key; an empty one is the standard word again. Raises NotUnderstood."""
        if not given:
            return None
        if not isinstance(given, Mapping) or not all(isinstance(one, str) for one in (*given, *given.values())):
            raise NotUnderstood(NO_LINES)
        meant = {key: word.strip() for key, word in given.items()}
        words = {key: word for key, word in meant.items() if word and word != str(CATALOGUE.get(key, ""))}
        for key, word in words.items():
            _require(key, word)
        _require_distinct(words)
        return cls(dict(sorted(words.items()))) if words else None

    @classmethod
    def blanks(cls) -> Blanks:
        """Return what may be named: its key and standard word, by kind."""
        return tuple(
            (kind, label, tuple((key, str(word)) for key, word in CATALOGUE.items() if kind_of(key) == kind))
            for kind, label in KINDS.items()
        )

    def plain(self) -> dict[str, str]:
        """Return it as it is stored and sent."""
        return dict(self.words)

    def __str__(self) -> str:
        known = names()
        return "；".join(f"{known[key]}={word}" for key, word in self.words.items() if key in known)


def names() -> dict[str, str]:
    """Return what each thing is called where words are written as a text, by key.

    It is the standard word, with the kind before it where a list and a role, or a role and a duty, have the same.
    """
    words = Counter(str(standard) for standard in CATALOGUE.values())
    return {
        key: str(standard) if words[str(standard)] == 1 else f"{KINDS[kind_of(key)]}·{standard}"
        for key, standard in CATALOGUE.items()
    }


def _require(key: str, word: str) -> None:
    if key not in CATALOGUE and (several := [name for code, name in names().items() if str(CATALOGUE[code]) == key]):
        known = gettext(", ").join(several)
        raise NotUnderstood(gettext("“%(name)s” means several things; write one of: %(known)s.", name=key, known=known))
    if key not in CATALOGUE:
        raise NotUnderstood(gettext("Nothing called “%(name)s” can be named.", name=key[:40]))
    name = str(CATALOGUE[key])
    if len(word) > LONGEST:
        raise NotUnderstood(gettext("“%(name)s”: at most %(most)s signs.", name=name, most=LONGEST), key)
    if not word[0].isalnum() or not all(sign.isalnum() or sign in MARKS for sign in word):
        raise NotUnderstood(
            gettext("“%(name)s”: only letters, digits, blanks and the signs · - （ ） 、", name=name), key
        )


def _require_distinct(words: Mapping[str, str]) -> None:
    """Two things of a kind with one name could not be told apart, on the page and in workbooks."""
    for key, word in words.items():
        for other, standard in CATALOGUE.items():
            if other != key and kind_of(other) == kind_of(key) and words.get(other, str(standard)) == word:
                text = gettext(
                    "“%(name)s”: “%(other)s” is called “%(word)s” already.",
                    name=CATALOGUE[key],
                    other=standard,
                    word=word,
                )
                raise NotUnderstood(text, key)


class StoredWords(WordedType):
    """A column of own words; what was stored is read also where the portal no longer names such a thing."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(OwnWords)

    def process_result_value(self, value: Any, dialect: Any) -> OwnWords | None:
        """Give back what was stored."""
        return OwnWords(value) if value else None
