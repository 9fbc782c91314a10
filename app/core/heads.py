"""Where each chain ended, kept outside of the database, one file a day.

A chain alone cannot show that its last entries were cut off, or that the whole database is an old copy; a file that
remembers a later end can. The first entry of a day writes the file with the ends before it; `flask audit verify`
writes it again with the ends it found.
"""

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import current_app
from sqlalchemy import Connection, select

from app.core import chain, clock, keyring
from app.core.history import ChainHead

FOLDER: Final = "heads"

log: Final = logging.getLogger("sidan.history")

Ends = dict[int, tuple[int, str]]
"""By chain: the number of its last entry, and that entry's hash."""


@dataclass(frozen=True)
class DailyHeads:
    """One day's file; `genuine` False where its content is not ours."""

    day: str
    ends: Ends
    genuine: bool


def keep_daily(connection: Connection) -> None:
    """Write the file of today unless it is there."""
    path = _path(clock.today().isoformat())
    if path.exists():
        return
    try:
        write(ends_of(connection))
    except OSError:
        # The database is where the work is; that its shadow is missing must not stop anybody.
        log.exception("the ends of history could not be kept")


def ends_of(connection: Connection) -> Ends:
    """Return where each chain ends, as the database says."""
    found = connection.execute(select(ChainHead.chain, ChainHead.seq, ChainHead.hash).order_by(ChainHead.chain))
    return {row.chain: (row.seq, row.hash) for row in found}


def write(ends: Ends) -> Path:
    """Write the file of today, whole or not at all."""
    day = clock.today().isoformat()
    path = _path(day)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_suffix(f".{secrets.token_hex(4)}")
    kept = {str(number): list(end) for number, end in ends.items()}
    part.write_text(json.dumps({"day": day, "ends": kept, "seal": _seal(day, kept)}, indent=1), encoding="utf-8")
    part.replace(path)
    return path


def kept(folder: Path | None = None) -> Iterator[DailyHeads]:
    """Yield the files there are, of the instance or in another folder, the oldest first."""
    for path in _files(folder or _folder()):
        yield _read(path)


def contents() -> dict[str, str]:
    """Return the text of each file of the instance by its name, for a backup."""
    return {path.name: path.read_text(encoding="utf-8") for path in _files(_folder())}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("????-??-??.json"))


def _folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / FOLDER


def _read(path: Path) -> DailyHeads:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        ends = {int(number): (int(seq), str(end)) for number, (seq, end) in content["ends"].items()}
        genuine = content["day"] == path.stem and hmac.compare_digest(
            content["seal"], _seal(content["day"], content["ends"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return DailyHeads(path.stem, {}, genuine=False)
    return DailyHeads(path.stem, ends, genuine)


def _seal(day: str, kept_ends: dict[str, Any]) -> str:
    key = keyring.fixed("history heads")
    return hmac.digest(key, chain.encode([day, kept_ends]).encode(), hashlib.sha256).hex()


def _path(day: str) -> Path:
    return _folder() / f"{day}.json"
