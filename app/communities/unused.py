"""Which parts of the portal a community does not use: their lists are then there for nobody of it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.called import in_standard, standard_word
from app.core.fields import Boxes, NotUnderstood, Worded, WordedType
from app.parts import PARTS, lines_of

PART_NAMES: Final = LazyString(lambda: gettext(", ").join(standard_word(part.label) for part in PARTS.values()))
"""All parts, in words."""
_BETWEEN: Final = re.compile(r"[、，,;；\n]+")


class UnusedParts(Worded):
    """Some parts of the portal by their codes, in the order of the form; at least one."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "array", "items": {"type": "string", "enum": list(PARTS)}}
    boxes: ClassVar[Boxes] = (("", tuple((code, part.label) for code, part in PARTS.items())),)

    def __init__(self, codes: Iterable[str]) -> None:
        given = {*codes}
        self.codes = tuple(code for code in PARTS if code in given)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read some parts by their words or codes. Raises NotUnderstood for a word that names none."""
        return cls.of([part.strip() for part in _BETWEEN.split(text) if part.strip()])

    @classmethod
    def of(cls, given: Any) -> Self | None:
        """Read a list of parts. Raises NotUnderstood."""
        if not given:
            return None
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise NotUnderstood(_("This is not a list of parts."))
        known = {standard_word(part.label): code for code, part in PARTS.items()}
        return cls([_code(in_standard(one), known) for one in given])

    @property
    def lines(self) -> frozenset[str]:
        """Return the lines of the role table that fall away."""
        return lines_of(self.codes)

    def plain(self) -> list[str]:
        """Return it as JSON."""
        return list(self.codes)

    def ticked(self) -> frozenset[str]:
        """Return the codes, which are what the boxes say."""
        return frozenset(self.codes)

    def __str__(self) -> str:
        return gettext(", ").join(str(PARTS[code].label) for code in self.codes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnusedParts) and self.codes == other.codes

    def __hash__(self) -> int:
        return hash(self.codes)


def _code(word: str, known: Mapping[str, str]) -> str:
    code = word if word in PARTS else known.get(word)
    if code is None:
        raise NotUnderstood(
            gettext("There is no part “%(word)s”; possible: %(known)s.", word=word[:40], known=PART_NAMES)
        )
    return code


class StoredParts(WordedType):
    """A column of unused parts; what was stored is read also where the portal no longer has such a part."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(UnusedParts)

    def process_result_value(self, value: Any, dialect: Any) -> UnusedParts | None:
        """Give back what was stored."""
        return UnusedParts(value) if value else None
