"""The instance: one folder with everything one portal keeps, its lock and its keys."""

import json
import os
import secrets
import shutil
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import IO, Any, Final

from config import Refusal

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK: Final = "lock"
RUNNING: Final = (
    "门户已经在运行{where}：请直接打开它，或先在原来的窗口按 Ctrl+C 停止；另开一份请用 SIDAN_INSTANCE 指定别的文件夹。"
)
INSTALLED: Final = "installed"
KEYS: Final = {"SECRET_KEY": "secret.key", "DATA_KEY": "data.key"}
RING: Final = "data-{:04}.key"
# Windows forbids reading locked bytes, so the lock stands far behind what the next start wants to read.
LOCKED_BYTE: Final = 1 << 20


class InstanceError(Refusal):
    """The instance cannot be used."""


class KeyMissing(InstanceError):
    """Data are there, the key they were written with is not."""


class AlreadyRunning(InstanceError):
    """Another process serves this instance."""


def make_folder(folder: Path) -> Path:
    """Make the folder, readable by its owner only, and see that it can be written. Raises InstanceError."""
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        raise InstanceError(
            f"不能写入文件夹 {folder}：请给当前用户写权限，或用 SIDAN_INSTANCE 指定另一个文件夹。"
        ) from None
    return folder


class Lock:
    """Held while one process serves the instance; the system releases it if that process dies.

    `said`: the sentence for who comes second.
    """

    def __init__(self, folder: Path, name: str = LOCK, said: str = RUNNING) -> None:
        self.path, self.said = folder / name, said
        self._file: IO[str] | None = None

    def take(self, address: str) -> None:
        """Take the lock and write down where the portal runs. Raises AlreadyRunning."""
        file = self.path.open("a+", encoding="utf-8")
        try:
            _lock(file)
        except OSError:
            file.close()
            raise AlreadyRunning(self._refusal()) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "address": address}))
        file.flush()
        self._file = file

    def close(self) -> None:
        """Give the lock back; the file stays, so that nobody locks a file that is being removed."""
        if self._file:
            self._file.truncate(0)
            self._file.close()
            self._file = None

    def _refusal(self) -> str:
        """Where the other process runs, as far as it has said."""
        try:
            holder = json.loads(self.path.read_text(encoding="utf-8"))
            where = "（" + "，".join(filter(None, [holder["address"], f"进程 {holder['pid']}"])) + "）"
        except (OSError, ValueError, KeyError, TypeError):
            where = ""
        return self.said.format(where=where)


def is_locked(folder: Path, name: str = LOCK) -> bool:
    """Tell whether a process holds the lock now."""
    path = folder / name
    if not path.exists():
        return False
    with path.open("a+", encoding="utf-8") as file:
        try:
            _lock(file)
        except OSError:
            return True
    return False


def _lock(file: IO[str]) -> None:
    """Lock without waiting. Raises OSError when somebody else holds it."""
    if sys.platform == "win32":
        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def has_database(folder: Path, address: str) -> bool:
    """Whether data may already exist: the SQLite file is there, or this instance was installed before."""
    scheme, _, rest = address.partition("://")
    if not scheme.startswith("sqlite"):
        return (folder / INSTALLED).exists()
    name = rest.partition("?")[0].removeprefix("/")
    if not name or name == ":memory:":
        return False
    return Path(name).is_file() and Path(name).stat().st_size > 0


def complete(config: MutableMapping[str, Any]) -> None:
    """Make folders and keys of a new instance, and put the keys into `config` where none was given.

    Keys are made only while there are no data. DATA_KEY becomes the root key, DATA_KEYS those that were given, the
    newest first; without any the ring is files (`app.core.keyring`). Raises InstanceError, KeyMissing.
    """
    folder = make_folder(Path(config["INSTANCE"]))
    fresh = not has_database(folder, config["SQLALCHEMY_DATABASE_URI"])
    config["DATA_KEYS"] = tuple((config.get("DATA_KEY") or "").split(",")) if config.get("DATA_KEY") else ()
    config["DATA_KEY"] = config["DATA_KEYS"][-1] if config["DATA_KEYS"] else None
    for name, file in KEYS.items():
        config[name] = config.get(name) or _key(folder / "keys" / file, name, fresh)
    (folder / INSTALLED).touch()
    if not config["DATA_KEYS"]:
        _complete_ring(folder, fresh)


def ring_files(folder: Path) -> list[Path]:
    """Return the files of the ring in the folder of the keys, the newest first."""
    return sorted(folder.glob("data-[0-9][0-9][0-9][0-9].key"), reverse=True)


def add_to_ring(folder: Path) -> Path:
    """Make a new data key, which encrypts from now on, in the instance `folder`."""
    newest = next((int(file.stem[-4:]) for file in ring_files(folder / "keys")), 0)
    path = folder / "keys" / RING.format(newest + 1)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    _write_key(path)
    (folder / INSTALLED).write_text(path.name, encoding="ascii")
    return path


def mark(folder: Path) -> None:
    """Write down the newest data key there is as the one that is written with."""
    names = [file.name for file in ring_files(folder / "keys")]
    (folder / INSTALLED).write_text("".join(names[:1]), encoding="ascii")


def _complete_ring(folder: Path, fresh: bool) -> None:
    """See that the data key written with last is there; the marker of the installation names it. Raises KeyMissing.

    While there are no data the keys may still be exchanged for those of another installation, to restore its backup.
    """
    if fresh and ring_files(folder / "keys"):
        mark(folder)
    newest = (folder / INSTALLED).read_text(encoding="ascii")
    if not newest and not ring_files(folder / "keys"):
        add_to_ring(folder)
    elif newest and not (folder / "keys" / newest).is_file():
        raise _missing(folder / "keys" / newest, "DATA_KEY")


def _key(path: Path, name: str, fresh: bool) -> str:
    """Read the key, or make it while nothing has been written with one."""
    if path.is_file() and (kept := path.read_text(encoding="ascii").strip()):
        return kept
    if not fresh:
        raise _missing(path, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return _write_key(path)


def _missing(path: Path, name: str) -> KeyMissing:
    return KeyMissing(
        f"已有数据，却找不到密钥文件 {path}：请从密钥备份恢复这个文件（或设置 SIDAN_{name}），"
        "不要新建，否则原有数据将无法读取。"
    )


def _write_key(path: Path) -> str:
    """Write a new key for its owner only, whole or not at all."""
    part = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    part.replace(path)
    return path.read_text(encoding="ascii").strip()


def empty(folder: Path) -> None:
    """Remove everything the instance keeps, except the lock its caller holds."""
    for entry in folder.iterdir():
        if entry.name == LOCK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
