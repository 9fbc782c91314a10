"""A backup on disk: a first line, a header anybody may read, and pieces, each encrypted and bound to its place.

The key comes from the root key, which is never replaced and never lies in a backup, and from a salt of the backup's
own; so whoever kept the keys opens every backup there ever was, and nobody else opens any. A piece is bound to the
header and to its number; the last one says that it is the last. What was cut, changed, moved or added is found out.
"""

import hashlib
import hmac
import json
import secrets
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from flask_babel import gettext

from app.core import keyring
from config import Refusal

MAGIC: Final = b"SIDAN BACKUP 1\n"
PURPOSE: Final = "backups"
LARGEST: Final = 64 * 1024 * 1024
"""No piece is longer, in bytes; a length beyond it was never written by the portal."""
LAST: Final = b"X"
_LENGTH: Final = struct.Struct(">I")
_NONCE: Final = struct.Struct(">4xQ")
"""The number of a piece is its nonce, of 12 bytes: no two pieces under the key of one backup have the same."""


class BadBackup(Refusal):
    """The file cannot be used as a backup; the text says why."""


class Writer:
    """Writes the pieces of one backup, in order."""

    def __init__(self, file: IO[bytes], made_at: datetime) -> None:
        self._file, self._number = file, 0
        header = {"made_at": made_at.isoformat(), "root": root_name(), "salt": secrets.token_hex(32)}
        told = json.dumps(header).encode()
        self._cipher, self._bound_to = _cipher(header["salt"]), told
        file.write(MAGIC + _LENGTH.pack(len(told)) + told)

    def put(self, kind: bytes, content: bytes) -> None:
        """Add a piece: one byte that says what it is, and what stands in it."""
        nonce = _NONCE.pack(self._number)
        piece = self._cipher.encrypt(nonce, kind + content, self._bound_to)
        self._file.write(_LENGTH.pack(len(piece)) + piece)
        self._number += 1

    def say(self, kind: bytes, said: Any) -> None:
        """Add a piece of JSON."""
        self.put(kind, json.dumps(said, ensure_ascii=False).encode())


class Reader:
    """Reads the pieces of one backup. Raises BadBackup where it is none, or was made with other keys."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        header, told = _header(file)
        if header["root"] != root_name():
            raise BadBackup(
                gettext("This backup was made with another root key: put the keys of that portal into the folder keys.")
            )
        self._cipher, self._bound_to = _cipher(header["salt"]), told

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield kind and content of each piece, the last one too. Raises BadBackup where one is not what was written.

        What was yielded counts only once the end was reached.
        """
        number, kind = 0, b""
        while kind != LAST:
            whole = self._piece(number)
            kind, number = whole[:1], number + 1
            yield kind, whole[1:]
        if self._file.read(1):
            raise changed()

    def _piece(self, number: int) -> bytes:
        (length,) = _LENGTH.unpack(_exactly(self._file, _LENGTH.size))
        if length > LARGEST:
            raise changed()
        try:
            return self._cipher.decrypt(_NONCE.pack(number), _exactly(self._file, length), self._bound_to)
        except InvalidTag:
            raise changed() from None


def root_name() -> str:
    """Return the public name of the root key."""
    return keyring.key_id(current_app.config["DATA_KEY"])


def changed() -> BadBackup:
    """Return the complaint about a backup that is not what was written."""
    return BadBackup(gettext("The backup was changed or damaged: use another one."))


def _cut() -> BadBackup:
    return BadBackup(gettext("The backup is cut off: use another one."))


def _exactly(file: IO[bytes], count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise _cut()
    return found


def _header(file: IO[bytes]) -> tuple[dict[str, str], bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BadBackup(gettext("The file is no backup of this portal."))
    (length,) = _LENGTH.unpack(_exactly(file, _LENGTH.size))
    told = _exactly(file, min(length, 4096))
    try:
        header = json.loads(told)
        return {name: str(header[name]) for name in ("root", "salt")}, told
    except (ValueError, KeyError, TypeError):
        raise changed() from None


def _cipher(salt: str) -> AESGCM:
    return AESGCM(hmac.digest(keyring.fixed(PURPOSE), salt.encode(), hashlib.sha256))
