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
    """One file in memory."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content
        self.kind = TYPES.get(Path(name).suffix, "application/octet-stream")
        self.fingerprint = lock.digest(content)[:8]

    @cached_property
    def packed(self) -> bytes:
        """The content compressed, once for all who ask; the server itself compresses nothing."""
        return gzip.compress(self.content, 9, mtime=0)


class Shelf:
    """The files by name; one that is missing or corrupted is known by name only."""

    def __init__(self, instance: Path) -> None:
        self.carriers = lock.load()
        contents = dict(_own()) | {file.name: store.stored(file, instance) for file in lock.files_of(self.carriers)}
        self._assets = {
            name: Asset(name, content) if content is not None else None for name, content in contents.items()
        }

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


def _own() -> Iterator[tuple[str, bytes | None]]:
    yield OWN_LICENCE, (config.ROOT / "LICENSE").read_bytes()
    for path in (*STATIC.iterdir(), *(STATIC / "licences").iterdir()):
        if path.is_file():
            yield path.name, path.read_bytes()
