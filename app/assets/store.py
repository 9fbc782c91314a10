"""Where the files of others stand once fetched: beside our own, or in the instance where the program is read-only."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import config
from app.assets.lock import File

VENDOR: Final = config.ROOT / "app" / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is not there, or whose content is not the one of the lock."""

    path: Path
    missing: bool

    def __str__(self) -> str:
        return f"{'missing' if self.missing else 'corrupted'}: {self.path}"


def folders(instance: Path) -> tuple[Path, Path]:
    """The folders to look in and to write to, the preferred one first."""
    return VENDOR, instance / "assets"


def standing(file: File, instance: Path) -> Path | None:
    """Return where a file stands as the lock says, None where it is missing or corrupted."""
    paths = (path for folder in folders(instance) if (path := folder / file.name).is_file())
    return next((path for path in paths if file.fits(path.read_bytes())), None)


def faults(files: Iterable[File], instance: Path) -> list[Fault]:
    """Return what is wrong with the files, nothing if each is as the lock says."""
    return [_fault(file.name, instance) for file in files if standing(file, instance) is None]


def _fault(name: str, instance: Path) -> Fault:
    places = [folder / name for folder in folders(instance)]
    corrupted = next((path for path in places if path.is_file()), None)
    return Fault(corrupted or places[0], missing=corrupted is None)


def keep(contents: dict[str, bytes], instance: Path) -> Path:
    """Write the files, each whole or not at all, and return their folder. Raises OSError when no folder takes them."""
    preferred, spare = folders(instance)
    try:
        return _write(contents, preferred)
    except OSError:
        return _write(contents, spare)


def _write(contents: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        part = folder / f"{name}.{os.getpid()}"
        try:
            part.write_bytes(content)
            part.replace(folder / name)
        finally:
            part.unlink(missing_ok=True)
    return folder
