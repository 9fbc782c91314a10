"""The arithmetic of history: how one entry is chained to the one before, and how values are sealed.

Pure: keys go in, texts come out. Losing the data key breaks both, on purpose.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable, Iterable
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

START: Final = "0" * 64
"""What stands before the first entry of a chain."""
NONCE: Final = 12

encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
"""Write a value as the one JSON text it has."""


def derived(data_key: str, purpose: str) -> bytes:
    """Return the 256-bit key for one purpose, made from the installation's data key (64 hexadecimal digits)."""
    return hmac.digest(bytes.fromhex(data_key), f"sidan {purpose}".encode(), hashlib.sha256)


def link(key: bytes, previous: str, parts: Iterable[Any]) -> str:
    """Return the hash of an entry, which holds it and all before it: HMAC-SHA256 in hexadecimal digits."""
    return link_text(key, previous, encode(list(parts)))


def link_text(key: bytes, previous: str, text: str) -> str:
    """Return the same of what is encoded already."""
    return hmac.digest(key, f"{previous}{text}".encode(), hashlib.sha256).hex()


def new_key() -> bytes:
    """Return a fresh key of 256 bits."""
    return secrets.token_bytes(32)


def sealer(key: bytes) -> Callable[[str, str], str]:
    """Return what encrypts a text (AES-256-GCM), readable only with the key and only where it is bound to."""
    encrypt = AESGCM(key).encrypt

    def seal(text: str, bound_to: str) -> str:
        nonce = os.urandom(NONCE)
        return b64encode(nonce + encrypt(nonce, text.encode(), bound_to.encode())).decode("ascii")

    return seal


def seal(key: bytes, text: str, bound_to: str) -> str:
    """Return one text encrypted, as `sealer` does many."""
    return sealer(key)(text, bound_to)


def opener(key: bytes) -> Callable[[str, str], str | None]:
    """Return what decrypts texts; it says None where the key is another or the text was moved or changed."""
    decrypt = AESGCM(key).decrypt

    def opened(sealed: str, bound_to: str) -> str | None:
        try:
            whole = a2b_base64(sealed, strict_mode=True)
            return decrypt(whole[:NONCE], whole[NONCE:], bound_to.encode()).decode()
        except (InvalidTag, ValueError):
            return None

    return opened


def unseal(key: bytes, sealed: str, bound_to: str) -> str | None:
    """Return one text decrypted, as `opener` does many."""
    return opener(key)(sealed, bound_to)
