"""Where contents lie: encrypted, under random names in the instance's folder `files`, in step with the database.

A file is written before its row is committed and removed after; what a rolled back transaction wrote is removed with
it. Whatever a crash leaves over belongs to no row, and `service.sweep` finds it.
"""

import logging
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import instance
from app.core import chain, keyring
from app.extensions import db

FOLDER: Final = "files"
STAGED: Final = "staged"
TOUCHED: Final = "sidan.files"
PURPOSE: Final = "files"
CURRENT: Final = "root"
"""The key of contents comes from the root, which is never replaced: nothing is lost when data keys are rotated."""
BACKING_UP: Final = "backup.lock"
"""Held while a backup is made or put back: until then no content goes whose row the backup may have seen."""

log: Final = logging.getLogger("sidan.files")


@dataclass
class Touched:
    """What one transaction wrote, and what it will remove once it is committed."""

    written: list[Path] = field(default_factory=list)
    doomed: list[Path] = field(default_factory=list)


def folder() -> Path:
    """Return the folder of all contents."""
    return Path(current_app.config["INSTANCE"]) / FOLDER


def is_held() -> bool:
    """Tell whether a backup is being made or put back."""
    try:
        return instance.is_locked(Path(current_app.config["INSTANCE"]), BACKING_UP)
    except OSError:
        # Whoever cannot know leaves the contents to the sweep.
        return True


def path_of(name: str) -> Path:
    """Return where the content with this name lies; names are ours, 32 hexadecimal digits and an ending."""
    return folder() / name[:2] / name


def key_of(name: str) -> bytes:
    """Return the key of this name; the one place that knows where the keys of contents come from. Raises KeyLost."""
    if name != CURRENT:
        raise keyring.KeyLost
    return keyring.fixed(PURPOSE)


def seal(data: bytes, bound_to: str) -> bytes:
    """Return the content encrypted, readable only where it is bound to; it begins with the name of its key."""
    nonce = secrets.token_bytes(chain.NONCE)
    return CURRENT.encode("ascii") + nonce + AESGCM(key_of(CURRENT)).encrypt(nonce, data, bound_to.encode())


def unseal(whole: bytes, bound_to: str) -> bytes | None:
    """Return a content that was sealed, or None where it is not what was sealed there. Raises KeyLost."""
    try:
        return _opened(whole, bound_to)
    except (InvalidTag, ValueError) as error:
        log.warning("a sealed content cannot be read: %s", type(error).__name__)
        return None


def write(path: Path, data: bytes, bound_to: str) -> None:
    """Write a content that goes again if the transaction is rolled back. Raises OSError."""
    _touched(db.session()).written.append(path)
    put(path, data, bound_to)


def put(path: Path, data: bytes, bound_to: str) -> None:
    """Write a content, whole or not at all. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        _put(part, seal(data, bound_to))
        part.replace(path)
        settle(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _put(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def settle(directory: Path) -> None:
    """Let the new name survive a power cut as well; Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, bound_to: str) -> bytes | None:
    """Return a content, or None where it is missing or not what was written there. Raises KeyLost."""
    try:
        return _opened(path.read_bytes(), bound_to)
    except (FileNotFoundError, InvalidTag, ValueError) as error:
        log.warning("content %s cannot be read: %s", path.name, type(error).__name__)
        return None


def _opened(whole: bytes, bound_to: str) -> bytes:
    named = len(CURRENT)
    begin = named + chain.NONCE
    if len(whole) < begin:
        raise ValueError
    key = key_of(whole[:named].decode("ascii"))
    return AESGCM(key).decrypt(whole[named:begin], whole[begin:], bound_to.encode())


def remove(path: Path) -> None:
    """Remove a content once the transaction is committed."""
    _touched(db.session()).doomed.append(path)


def _touched(session: Session) -> Touched:
    found: Touched = session.info.setdefault(TOUCHED, Touched())
    return found


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        doomed = session.info.pop(TOUCHED, Touched()).doomed
        # The sweep after the backup finds what stays.
        _unlink(doomed if doomed and not is_held() else [])


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    _unlink(session.info.pop(TOUCHED, Touched()).written)


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            # The row is what counts; what stays behind is found by the sweep.
            log.exception("content %s could not be removed", path.name)
