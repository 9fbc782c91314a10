"""How Chinese is read, from the tables of pypinyin: phrases first, then single characters.

pypinyin itself takes 55 MB as soon as it is imported, four fifths of it for phrases. Here its files are gone through
once, when the first text is read, and kept as text: 3 MB, with the same answers, to which a test holds them.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

CHARACTER: Final = re.compile(rb'"(\d+)":\s*"([^,"]*)')
"""A character, by its number, and the reading it has most often."""
PHRASE: Final = re.compile(rb'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)+)\s*\]')
FIRST: Final = re.compile(r'\[\s*"([^"]*)"')
TONES: Final = re.compile("[\u0300\u0301\u0304\u030c]")
"""The four tones as marks of their own; the dots of ü and the hat of ê are none."""
BEYOND: Final = 0x33480
"""No character with a reading has this number or a higher one."""


@dataclass
class Tables:
    """What is read how; a syllable is kept once, and a phrase says its reading only where its characters do not."""

    syllables: list[str] = field(default_factory=lambda: [""])
    characters: "array[int]" = field(default_factory=lambda: array("H", bytes(2 * BEYOND)))
    """By its number, where in `syllables` the reading of a character stands; 0: it has none."""
    phrases: dict[str, str] = field(default_factory=dict)
    """By their first character, phrases in the form "\\n银行:yin hang\\n银子:\\n"."""

    def character(self, one: str) -> str:
        """Return the reading of a character, or the character where it has none."""
        number = ord(one)
        return (number < BEYOND and self.syllables[self.characters[number]]) or one


@cache
def tables() -> Tables:
    """Go through the files of the library. Once, for it takes a fifth of a second."""
    made = Tables()
    _take_characters(made, _file("pinyin_dict.json"))
    _take_phrases(made, _file("phrases_dict.json"))
    return made


def _file(name: str) -> bytes:
    # Finding the package does not import it.
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pypinyin", name="pypinyin")
    return Path(spec.origin).with_name(name).read_bytes()


def _take_characters(made: Tables, content: bytes) -> None:
    places = {"": 0}
    for found in CHARACTER.finditer(content):
        syllable = plain(found[2].decode())
        place = places.setdefault(syllable, len(places))
        if place == len(made.syllables):
            made.syllables.append(syllable)
        made.characters[int(found[1])] = place


def _take_phrases(made: Tables, content: bytes) -> None:
    for found in PHRASE.finditer(content):
        word = found[1].decode()
        said = " ".join(plain(one) for one in FIRST.findall(found[2].decode()))
        usual = " ".join(made.character(one) for one in word)
        known = made.phrases.get(word[0], "\n")
        made.phrases[word[0]] = f"{known}{word}:{'' if said == usual else said}\n"


@cache
def plain(syllable: str) -> str:
    """Return a syllable without its tone; ü is v, as one types it: lǜ is lv."""
    parts = unicodedata.normalize("NFD", syllable)
    return unicodedata.normalize("NFC", TONES.sub("", parts)).replace("ü", "v")


def syllables(text: str) -> Iterator[str]:
    """Yield the syllables of a text; what is not Chinese stays as it is, one character after the other."""
    known, at = tables(), 0
    while at < len(text):
        word, said = _phrase(known.phrases.get(text[at], ""), text, at)
        yield from said.split(" ") if said else map(known.character, word)
        at += len(word)


def _phrase(known: str, text: str, at: int) -> tuple[str, str]:
    """Return the longest phrase that begins there, else the character, and its reading where it has one of its own."""
    word, said = text[at], ""
    for end in range(at + 1, len(text) + 1):
        begun = "\n" + text[at:end]
        if begun not in known:
            break
        found = known.find(begun + ":")
        if found >= 0:
            said = known[found + len(begun) + 1 : known.index("\n", found + 1)]
            word = text[at:end]
    return word, said
