"""The keys of an instance: the root key that never changes, and the ring of data keys that are replaced now and then.

From the root derive the keys of history and of the blind indexes. What is encrypted names the key of the ring it was
encrypted under; the newest one encrypts. The ring is the files `keys/data-NNNN.key`, or what SIDAN_DATA_KEY says:
the newest first, the root last.
"""

import re
from base64 import b16encode
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Final

from flask import Flask, current_app

from app.core import chain
from app.instance import ring_files

EXTENSION: Final = "sidan.keyring"
TOKEN: Final = re.compile(r"([0-9a-f]{8})\.(.+)", re.DOTALL)
NAMED: Final = 9
"""So many characters of a token name its key, the point behind it among them."""

Purpose = str
"""What a key is for; each purpose has a key of its own."""


class KeyLost(Exception):
    """A key is missing without which the rest cannot be kept."""


class Ring:
    """The data keys, the newest first, and the root."""

    def __init__(self, root: str, keys: Iterable[str]) -> None:
        self.root = root
        self._keys = {key_id(key): key for key in keys}
        self.newest = next(iter(self._keys))

    @property
    def names(self) -> list[str]:
        """The names of the keys, the newest first."""
        return [*self._keys]

    def seal(self, purpose: Purpose, text: str, bound_to: str) -> str:
        """Return a text encrypted under the newest key, which its first characters name."""
        return self.sealer(purpose)(text, bound_to)

    def sealer(self, purpose: Purpose) -> Callable[[str, str], str]:
        """Return what encrypts texts under the newest key, given each with what it is bound to."""
        seal = chain.sealer(_derived(self._keys[self.newest], purpose))
        return lambda text, bound_to: f"{self.newest}.{seal(text, bound_to)}"

    def open(self, purpose: Purpose, token: str, bound_to: str) -> str | None:
        """Return what a token says, or None where its key is not here or it belongs elsewhere."""
        key, sealed = self._split(token)
        return chain.unseal(_derived(key, purpose), sealed, bound_to) if key is not None else None

    def opener(self, purpose: Purpose) -> Callable[[str, str], str | None]:
        """Return what opens tokens as `open` does, with every key made ready once for all of them."""
        ready = {f"{name}.": chain.opener(_derived(key, purpose)) for name, key in self._keys.items()}

        def opened(token: str, bound_to: str) -> str | None:
            under = ready.get(token[:NAMED])
            return under(token[NAMED:], bound_to) if under is not None else self.open(purpose, token, bound_to)

        return opened

    def _split(self, token: str) -> tuple[str | None, str]:
        found = TOKEN.fullmatch(token)
        # Before there was a ring, the root itself encrypted and no key was named.
        return (self._keys.get(found[1]), found[2]) if found else (self.root, token)


def key_id(key: str) -> str:
    """Return the public name of a key: eight hexadecimal digits, from which nobody learns the key."""
    return b16encode(chain.derived(key, "key name")[:4]).decode("ascii").lower()


@cache
def _derived(key: str, purpose: Purpose) -> bytes:
    return chain.derived(key, purpose)


def used_by(token: str) -> str:
    """Return the name of the key a token was made under; empty for the root before there was a ring."""
    found = TOKEN.fullmatch(token)
    return found[1] if found else ""


class Keyring:
    """Hands out the ring of the instance, read anew when its files change, so that a running portal follows."""

    def __init__(self, root: str, given: tuple[str, ...], folder: Path) -> None:
        self.folder = folder
        self._root = root
        self._given = Ring(root, given) if given else None
        self._seen = 0
        self._ring: Ring | None = None

    @property
    def by_environment(self) -> bool:
        """Tell whether the operator keeps the keys outside of the instance."""
        return self._given is not None

    def ring(self) -> Ring:
        """Return the ring as it is now."""
        if self._given is not None:
            return self._given
        seen = self.folder.stat().st_mtime_ns
        if self._ring is None or seen != self._seen:
            keys = [file.read_text(encoding="ascii").strip() for file in ring_files(self.folder)]
            self._ring, self._seen = Ring(self._root, keys), seen
        return self._ring


def start(app: Flask) -> None:
    """Let the application find its keys."""
    folder = Path(app.config["INSTANCE"]) / "keys"
    app.extensions[EXTENSION] = Keyring(app.config["DATA_KEY"], app.config["DATA_KEYS"], folder)


def keyring() -> Keyring:
    """Return the keyring of the current application."""
    found: Keyring = current_app.extensions[EXTENSION]
    return found


def ring() -> Ring:
    """Return the keys of the current application as they are now."""
    return keyring().ring()


def fixed(purpose: Purpose) -> bytes:
    """Return a key that is never replaced, for one purpose."""
    return _derived(current_app.config["DATA_KEY"], purpose)
