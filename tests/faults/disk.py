"""A small disk that runs full and is emptied again."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 24 * 1024 * 1024


class MountedDisk:
    """A disk in memory, filled to the last byte."""

    sentence = "磁盘已满"

    def __init__(self, folder: Path) -> None:
        self.filler = folder / "filler"

    def fill(self, pid: int) -> None:
        """Leave no room."""
        with self.filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                return

    def empty(self, pid: int) -> None:
        """Make room again."""
        self.filler.unlink()


class LimitedFiles:
    """The next best where nobody may mount a disk: no file of the process grows any more."""

    sentence = "数据库"

    def fill(self, pid: int) -> None:
        """Let files end where the smallest ends."""
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))

    def empty(self, pid: int) -> None:
        """Let files grow again."""
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path) -> Iterator[MountedDisk | LimitedFiles]:
    """Put a small disk at the folder, as far as one may."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        yield LimitedFiles()
        return
    try:
        yield MountedDisk(folder)
    finally:
        command = ["umount", "--lazy", str(folder)]
        subprocess.run(command, check=True)
