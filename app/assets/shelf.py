"""What the portal serves beside its pages: our own files and those of others, each under an address of its content."""

import gzip
import logging
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

import config
from app.assets import lock, store

STATIC: Final = config.ROOT / "app" / "static"
OWN_LICENCE: Final = "Apache-2.0.txt"
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
"""By our own table: what the system says about .js differs from machine to machine."""
ABSENT: Final = "missing"

log = logging.getLogger(__name__)


class Asset:
    """One file as it was at the start; in memory only compressed, and only once somebody has asked for it."""

    def __init__(self, name: str, path: Path) -> None:
        self.path = path
        self.kind = TYPES.get(Path(name).suffix, "application/octet-stream")
        self.fingerprint = _fingerprint(path.read_bytes())

    @cached_property
    def packed(self) -> bytes | None:
        """The content compressed, once for all who ask; None where the file is another by now.

        The server itself compresses nothing.
        """
        content = self.path.read_bytes() if self.path.is_file() else b""
        return gzip.compress(content, 9, mtime=0) if _fingerprint(content) == self.fingerprint else None

    @property
    def content(self) -> bytes | None:
        """The content as it is; None where the file is another by now."""
        return gzip.decompress(self.packed) if self.packed is not None else None


def _fingerprint(content: bytes) -> str:
    return lock.digest(content)[:8]


class Shelf:
    """The files by name; one that is missing or corrupted is known by name only."""

    def __init__(self, instance: Path) -> None:
        self.carriers = lock.load()
        others = {file.name: store.standing(file, instance) for file in lock.files_of(self.carriers)}
        paths = dict(_own()) | others
        self._assets = {name: Asset(name, path) if path is not None else None for name, path in paths.items()}

    def find(self, name: str, fingerprint: str) -> Asset | None:
        """Return the file if its content still is the one of the address."""
        asset = self._assets.get(name)
        return asset if asset and asset.fingerprint == fingerprint else None

    def fingerprint(self, name: str) -> str:
        """Return what the address of a file changes with. Raises LookupError for a name nobody knows."""
        if name not in self._assets:
            raise LookupError(f"there is no asset {name}")
        asset = self._assets[name]
        return asset.fingerprint if asset else ABSENT

    def tell(self, instance: Path) -> None:
        """Write each file that is missing or corrupted to the log."""
        absent = [file for file in lock.files_of(self.carriers) if self._assets[file.name] is None]
        for fault in store.faults(absent, instance):
            log.error("asset %s; run flask assets fetch", fault)


def _own() -> Iterator[tuple[str, Path | None]]:
    yield OWN_LICENCE, config.ROOT / "LICENSE"
    for path in (*STATIC.iterdir(), *(STATIC / "licences").iterdir()):
        if path.is_file():
            yield path.name, path
