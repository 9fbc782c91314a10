"""Pinyin initials, by which people find names faster than by characters: 曾小玲 by zxl, 武江北路8栋 by wjbl8d."""

import re
from collections.abc import Iterable
from typing import Final

from app.core import readings

SURNAMES: Final = {
    "曾": "z",
    "单": "s",
    "仇": "q",
    "查": "z",
    "解": "x",
    "区": "o",
    "任": "r",
    "盖": "g",
    "尉": "w",
    "朴": "p",
    "翟": "z",
    "覃": "q",
    "冼": "x",
    "缪": "m",
    "乐": "y",
    "折": "s",
    "种": "c",
    "重": "c",
    "繁": "p",
    "秘": "b",
    "黑": "h",
    "召": "s",
    "祭": "z",
    "员": "y",
    "晟": "c",
    "万俟": "mq",
    "尉迟": "yc",
    "澹台": "tt",
    "宓": "m",
    "洗": "x",
    "适": "k",
    "佴": "n",
    "逄": "p",
    "郗": "x",
    "芮": "r",
}
"""Characters read otherwise as a surname than in other words, and their initials."""

_KEPT = re.compile(r"[a-z0-9]")


def initials(text: str) -> str:
    """Return the initials of a text in small letters; digits and Latin letters stay, everything else goes."""
    for surname, letters in SURNAMES.items():
        if text.startswith(surname):
            return letters + _plain(text[len(surname) :])
    return _plain(text)


def _plain(text: str) -> str:
    return _kept(syllable[0] for syllable in readings.syllables(text))


def words(texts: Iterable[str]) -> str:
    """Return the texts and the initials of each as one line to search in."""
    given = [text.lower() for text in texts if text]
    return " ".join(dict.fromkeys([*given, *(initials(text) for text in given)]))


def spelled(text: str) -> str:
    """Return a text spelled out in small letters, without blanks: 陈秀兰 is chenxiulan."""
    return _kept(readings.syllables(text))


def _kept(parts: Iterable[str]) -> str:
    return "".join(_KEPT.findall("".join(parts).lower()))
