"""Codes people read off paper and type: how they are written, read, and told apart from a slip of the finger.

The signs are the ten digits and the letters but I, L, O and U, so that none is taken for another; whoever types O, I
or L means 0 or 1. The last sign is a check: over the field of 32 elements each place has a factor of its own, so every
single wrong sign and every two signs that changed places are found. A point code has 8 signs, a ticket code 12.
"""

import enum
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS: Final = 5
"""What one sign is worth."""
GROUP: Final = 4
LONGEST: Final = 64
"""More than this nobody types; nothing longer is looked at."""
_POLYNOMIAL: Final = 0b100101
_MEANT: Final = str.maketrans("OIL", "011")
_BETWEEN: Final = frozenset(" -_./\\·‐‑‒–—―−－～~　")


@enum.unique
class Kind(enum.Enum):
    """What a code opens; the value is its number of signs, by which the two are told apart."""

    POINT = 8
    TICKET = 12


@dataclass(frozen=True, slots=True)
class Code:
    """A code whose check is right; whether it was ever given out is another question."""

    kind: Kind
    signs: str

    def __str__(self) -> str:
        return written(self.signs)


def new(kind: Kind) -> str:
    """Return the signs of a new code, drawn by lot: 35 bits for a point, 55 for a ticket."""
    return of_bits(kind, secrets.randbits(BITS * (kind.value - 1)))


def of_bits(kind: Kind, number: int) -> str:
    """Return the signs of the code that says a number; what of the number is too much is left out."""
    signs = "".join(ALPHABET[number >> BITS * place & 31] for place in range(kind.value - 1))
    return signs + check_sign(signs)


def check_sign(signs: str) -> str:
    """Return the sign that belongs at the end."""
    return ALPHABET[_doubled(_sum(signs))]


def _sum(signs: str) -> int:
    total = 0
    for sign in signs:
        total = _doubled(total) ^ ALPHABET.index(sign)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value >> BITS else value


def read(typed: str) -> Code | None:
    """Return the code somebody typed, in whatever case, width and groups; None where it was mistyped or is none."""
    if len(typed) > LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_MEANT)
    signs = "".join(sign for sign in plain if sign not in _BETWEEN)
    kind = next((kind for kind in Kind if kind.value == len(signs)), None)
    if kind is None or not set(signs) <= set(ALPHABET) or _sum(signs):
        return None
    return Code(kind, signs)


def picked(typed: str) -> str:
    """Return the code in what somebody typed or pasted, be it the whole address of a page."""
    return re.split(r"[?#\s]", typed.strip().rpartition("/q/")[2], maxsplit=1)[0] if "/q/" in typed else typed


def written(signs: str) -> str:
    """Return a code in groups of four, as it stands on paper."""
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
