"""Files of a form that was refused wait here, so that nobody has to choose them again; each only for who sent it."""

import hashlib
import hmac
import json
import re
import secrets
from pathlib import Path
from typing import Final

from app.core import keyring
from app.core.actor import current
from app.core.files import vault
from app.core.files.kinds import Kind
from app.core.files.service import Prepared

TOKEN: Final = re.compile(r"[0-9a-f]{32}")
LENGTH: Final = 4


def stage(prepared: Prepared) -> str:
    """Put a file aside and return the token by which the same person gets it back. Raises OSError."""
    token = secrets.token_hex(16)
    about = [prepared.name, prepared.kind.name, prepared.width, prepared.height, len(prepared.thumb)]
    head = json.dumps(about, ensure_ascii=False).encode()
    whole = len(head).to_bytes(LENGTH, "big") + head + prepared.thumb + prepared.data
    vault.put(_path(token), whole, _bound_to(token))
    return token


def take(token: str) -> Prepared | None:
    """Return what was put aside, if it is there and the same person asks."""
    if TOKEN.fullmatch(token) is None or not _path(token).exists():
        return None
    whole = vault.read(_path(token), _bound_to(token))
    return _unfolded(whole) if whole is not None else None


def forget(token: str) -> None:
    """Remove what was put aside, once the transaction is committed."""
    if TOKEN.fullmatch(token) is not None:
        vault.remove(_path(token))


def _unfolded(whole: bytes) -> Prepared:
    begin = LENGTH + int.from_bytes(whole[:LENGTH], "big")
    name, code, width, height, small = json.loads(whole[LENGTH:begin])
    thumb, data = whole[begin : begin + small], whole[begin + small :]
    return Prepared(name, Kind[code], data, thumb, width, height)


def _bound_to(token: str) -> str:
    actor = current()
    return f"staged|{actor.user_id if actor else None}|{token}"


def _path(token: str) -> Path:
    # Not the token itself: no path is ever made of what a browser says.
    name = hmac.digest(keyring.fixed("staged files"), _bound_to(token).encode(), hashlib.sha256).hex()
    return vault.folder() / vault.STAGED / name
