"""Locks a box that holds people: sealed with words that are shown once and kept nowhere."""

import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask_babel import lazy_gettext as _

from app.box.contents import BoxError, Complaint

ENDING: Final = ".enc"
BEGINS: Final = b"SIDAN-BOX-1\n"
SALT, NONCE = 16, 12
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another."""
GROUPS, IN_A_GROUP = 5, 4
COST: Final = 2**15
"""Of scrypt: a tenth of a second and 32 MB for each guess."""
MEMORY: Final = 64 * 1024 * 1024


def new_words() -> str:
    """Return new words to lock a file with: about a hundred bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _at in range(IN_A_GROUP)) for _group in range(GROUPS))


def lock(data: bytes, words: str) -> bytes:
    """Return the locked file."""
    salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    return BEGINS + salt + nonce + _key(words, salt).encrypt(nonce, data, BEGINS)


def is_locked(data: bytes) -> bool:
    """Tell whether a file is locked."""
    return data.startswith(BEGINS)


def unlock(data: bytes, words: str) -> bytes:
    """Return what is in a locked file. Raises BoxError for wrong words and for a file that was changed."""
    salted, sealed = len(BEGINS) + SALT, len(BEGINS) + SALT + NONCE
    try:
        return _key(words, data[len(BEGINS) : salted]).decrypt(data[salted:sealed], data[sealed:], BEGINS)
    except (InvalidTag, ValueError):
        raise BoxError([Complaint(0, _("These words do not open the file, or it is damaged."))]) from None


def _key(words: str, salt: bytes) -> AESGCM:
    plain = "".join(words.split()).replace("-", "").lower().encode()
    return AESGCM(hashlib.scrypt(plain, salt=salt, n=COST, r=8, p=1, maxmem=MEMORY, dklen=32))
