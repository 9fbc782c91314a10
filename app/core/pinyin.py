"""Pinyin initials, by which people find names faster than by characters: 曾小玲 by zxl, 武江北路8栋 by wjbl8d."""

import re
from collections.abc import Iterable
from typing import Final

from app.core import readings

SURNAMES: Final = {
    "万俟": "mo qi",
    "尉迟": "yu chi",
    "澹台": "tan tai",
    "曾": "zeng",
    "单": "shan",
    "仇": "qiu",
    "查": "zha",
    "解": "xie",
    "区": "ou",
    "任": "ren",
    "盖": "ge",
    "尉": "wei",
    "朴": "piao",
    "翟": "zhai",
    "覃": "qin",
    "冼": "xian",
    "缪": "miao",
    "乐": "yue",
    "折": "she",
    "种": "chong",
    "重": "chong",
    "繁": "po",
    "秘": "bi",
    "黑": "he",
    "召": "zhao",
    "祭": "zhai",
    "员": "yun",
    "晟": "cheng",
    "宓": "mi",
    "洗": "xian",
    "适": "kuo",
    "佴": "nai",
    "逄": "pang",
    "郗": "xi",
    "芮": "rui",
}
"""Surnames whose characters are read otherwise in other words; those of two characters first."""

_KEPT = re.compile(r"[a-z0-9]")


def initials(text: str) -> str:
    """Return the initials of a name in small letters; digits and Latin letters stay, everything else goes."""
    return _initials(_of_a_name(text))


def words(texts: Iterable[str]) -> str:
    """Return the texts and the initials of each as one line to search in: those of a name and those of other words.

    Whether 乐园 is somebody or somewhere, nobody can tell from its characters.
    """
    given = [text.lower() for text in texts if text]
    read = (_initials(syllables) for text in given for syllables in (_of_a_name(text), readings.syllables(text)))
    return " ".join(dict.fromkeys([*given, *read]))


def spelled(text: str) -> str:
    """Return a name spelled out in small letters, without blanks: 陈秀兰 is chenxiulan."""
    return _kept(_of_a_name(text))


def spelled_out(text: str) -> str:
    """Return words that are no person's name spelled out in the same way: 解放路 is jiefanglu."""
    return _kept(readings.syllables(text))


def _of_a_name(text: str) -> list[str]:
    surname = next((one for one in SURNAMES if text.startswith(one)), "")
    return [*SURNAMES.get(surname, "").split(), *readings.syllables(text[len(surname) :])]


def _initials(syllables: Iterable[str]) -> str:
    return _kept(syllable[0] for syllable in syllables)


def _kept(parts: Iterable[str]) -> str:
    return "".join(_KEPT.findall("".join(parts).lower()))
