"""The lock: which files of others the portal shows, the wheels they travel in, licences and hashes.

A carrier is a wheel of the Python package index that contains a work of others, unchanged; see decision 0012.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import config
from app.assets import icons

LOCK = config.ROOT / "app" / "assets.lock.json"
PLAIN_NAME: Final = re.compile(r"\w[\w.+-]*", re.ASCII)


def digest(content: bytes) -> str:
    """The SHA-256 of a content, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _plain(name: str) -> str:
    """Return the name if it is that of a file in its own folder. Raises ValueError."""
    if not PLAIN_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a plain file name")
    return name


@dataclass(frozen=True, slots=True)
class File:
    """One file the portal serves: its name here, where it stands in the wheel, the SHA-256 of what is served.

    Where `icons` are named, the member is a sheet of icons, and only these are cut out of it.
    """

    name: str
    member: str
    sha256: str
    icons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _plain(self.name)

    def made_from(self, member: bytes) -> bytes:
        """Return what is served, from the content of the member."""
        return icons.cut(member, self.icons) if self.icons else member

    def fits(self, content: bytes) -> bool:
        """Tell whether the content is the one the lock names."""
        return digest(content) == self.sha256


@dataclass(frozen=True, slots=True)
class Work:
    """A work of others: who holds the rights, its licence (an SPDX name), and the files it is used in."""

    name: str
    version: str
    licence: str
    holder: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A wheel and what is taken out of it; `text` is the file with the carrier's own licence."""

    name: str
    version: str
    wheel: str
    sha256: str
    licence: str
    text: str
    files: tuple[File, ...]
    works: tuple[Work, ...]

    def __post_init__(self) -> None:
        _plain(self.wheel)


def load() -> tuple[Carrier, ...]:
    """Read the lock. Raises ValueError for a name that leads out of its folder."""
    return tuple(_carrier(entry) for entry in json.loads(LOCK.read_text(encoding="utf-8"))["carriers"])


def _carrier(entry: dict[str, Any]) -> Carrier:
    files = tuple(File(**one | {"icons": tuple(one.get("icons", ()))}) for one in entry["files"])
    works = tuple(Work(**one | {"files": tuple(one["files"])}) for one in entry["works"])
    return Carrier(**entry | {"files": files, "works": works})


def files_of(carriers: Iterable[Carrier]) -> list[File]:
    """The files of all carriers."""
    return [file for carrier in carriers for file in carrier.files]
