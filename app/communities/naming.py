"""How place words are compared: people write 第3网格, 第叁网格, 网格3; 8栋, 8幢, 8号楼; and mean the same."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

from app.core.sheets.headings import FORMAL

_DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_PLAIN: Final = str.maketrans(FORMAL, "一二二三三四五六六七八九十百千")
_SPOKEN: Final = frozenset(_DIGITS) | frozenset(_UNITS)
_NUMERAL: Final = f"[0-9]+|[零〇一二两三四五六七八九十百千{FORMAL}]+"

_DASHES: Final = re.compile("[‐‑‒–—―−－]")
_NOISE: Final = re.compile(r"(?<!\d)[-./、,，。·]|[-./、,，。·](?!\d)|[\s()（）]")
_BUILDING: Final = re.compile(
    rf"第?\s*({_NUMERAL}|[0-9]*[a-z])\s*(?:号\s*(?:楼栋|楼|栋|幢|座)|#\s*(?:楼|栋|幢|座)?|楼栋|[栋幢座]楼?)"
)
_NUMBERED: Final = re.compile(rf"第?\s*({_NUMERAL})\s*号?\s*(微网格|网格|片区|小区|单元)")
_REVERSED: Final = re.compile(rf"(微网格|网格|片区|单元|楼栋|栋)\s*第?\s*({_NUMERAL})(?:\s*号)?(?!\d)")


@lru_cache(maxsize=20_000)
def key(words: str) -> str:
    """Return the text under which all spellings of one place name are equal."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", words)).casefold()
    plain = _BUILDING.sub(lambda found: _marked(found[1], "栋"), plain)
    plain = _NUMBERED.sub(lambda found: _marked(found[1], found[2]), plain)
    plain = _REVERSED.sub(lambda found: _marked(found[2], found[1].removeprefix("楼")), plain)
    return _NOISE.sub("", plain)


def _marked(numeral: str, word: str) -> str:
    """The bars keep a number from being read with the word before it: 三网格8栋 is no 网格8."""
    numeral = numeral.translate(_PLAIN)
    value = number(numeral) if numeral[0] in _SPOKEN else numeral.lstrip("0") or "0"
    return f"|{numeral if value is None else value}{word}|"


def reaches(wanted: str, own: Collection[str], above: Sequence[Collection[str]]) -> bool:
    """Tell whether the key `wanted` names a place: by its own key, or behind those of places it lies in.

    `above` holds the keys of the places above, the nearest first; any of them may be left out (第三网格8栋).
    """
    return any(wanted == key or (wanted.endswith(key) and _leads(wanted[: -len(key)], above)) for key in own if key)


def _leads(rest: str, above: Sequence[Collection[str]]) -> bool:
    return any(reaches(rest, keys, above[nearer + 1 :]) for nearer, keys in enumerate(above))


def number(word: str) -> int | None:
    """Read a number written in Chinese numerals; None if they make no number."""
    if not any(character in _UNITS for character in word):
        return _positional(word)
    total, pending = 0, 0
    for character in word:
        if character in _UNITS:
            total += (pending or 1) * _UNITS[character]
            pending = 0
        else:
            pending = _DIGITS[character]
    return total + pending


def _positional(word: str) -> int | None:
    """Read 二〇 or 一二 digit by digit."""
    digits = [_DIGITS[character] for character in word if character in _DIGITS]
    return int("".join(map(str, digits))) if digits and len(digits) == len(word) else None


def numeral(value: int) -> str:
    """Write a number from 1 to 99 in Chinese numerals."""
    signs = "零一二三四五六七八九"
    tens, ones = divmod(value, 10)
    before = "" if not tens else ("" if tens == 1 else signs[tens]) + "十"
    return before + (signs[ones] if ones or not tens else "")
