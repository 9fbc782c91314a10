"""A depot of tiny wheels, a lock that fits them, and folders to fetch into."""

import json
import os
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from app.assets import fetch, lock, relock, store

WHEEL = "tiny_style-1.0-py3-none-any.whl"
SHEET = b"".join(
    (
        b'<svg xmlns="http://www.w3.org/2000/svg">',
        *(
            f'<symbol class="bi bi-{name}" viewBox="0 0 16 16" id="{name}"><path d="M{name}"/></symbol>'.encode()
            for name in ("house", "house-fill", "bell")
        ),
        b"</svg>",
    )
)
MEMBERS = {
    "tiny/style.css": b"body { color: black }",
    "tiny/sheet.svg": SHEET,
    "tiny_style-1.0.dist-info/LICENSE": b"Do as you like.",
    "tiny_style-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny-style\nVersion: 1.0\n",
    "tiny_style-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "tiny_style-1.0.dist-info/RECORD": b"",
    "../../outside.css": b"body { color: red }",
}


class Depot:
    """One wheel in a folder, and the lock for it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wheel = folder / "wheels", folder / "wheels" / WHEEL
        self.vendor, self.instance = folder / "program" / "vendor", folder / "instance"
        self.folder.mkdir()
        self.instance.mkdir()
        self.pack()
        self.lock(relock.renewed({"carriers": [carrier()]}, self.folder))

    def pack(self, **changed: bytes | None) -> None:
        """Make the wheel anew, some members (by the last word of their name) changed or, with None, left out."""
        with ZipFile(self.wheel, "w") as file:
            for name, content in MEMBERS.items():
                packed = changed.get(Path(name).stem, content)
                if packed is not None:
                    file.writestr(name, packed)

    def lock(self, content: dict[str, Any]) -> None:
        """Write lock and requirements."""
        lock.LOCK.write_text(json.dumps(content), encoding="utf-8")
        fetch.REQUIREMENTS.write_text(relock.requirements(lock.load()), encoding="utf-8")

    def trust_the_wheel(self) -> None:
        """Let the lock name the wheel as it is now, and leave what it says about the members."""
        content = json.loads(lock.LOCK.read_text(encoding="utf-8"))
        content["carriers"][0]["sha256"] = lock.digest(self.wheel.read_bytes())
        self.lock(content)

    def settings(self, **changed: Any) -> dict[str, Any]:
        """Return the settings of an installation without network."""
        return {"INSTANCE": self.instance, "ASSETS_DIR": self.folder} | changed

    def fetched(self) -> dict[str, bytes]:
        """Return what stands beside the program."""
        return {path.name: path.read_bytes() for path in self.vendor.iterdir()} if self.vendor.exists() else {}


def carrier() -> dict[str, Any]:
    """Return the lock's entry without hashes."""
    files = [
        {"name": "style.css", "member": "tiny/style.css"},
        {"name": "few.svg", "member": "tiny/sheet.svg", "icons": ["house", "bell"]},
        {"name": "tiny-style.txt", "member": "tiny_style-1.0.dist-info/LICENSE"},
    ]
    work = {"name": "Tiny", "version": "1.0", "licence": "MIT", "holder": "Nobody", "files": ["style.css"]}
    about = {"name": "tiny-style", "version": "1.0", "wheel": WHEEL, "licence": "MIT", "text": "tiny-style.txt"}
    return about | {"files": files, "works": [work]}


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """Nothing has been fetched yet; the wheels lie in a folder; pip knows no settings of this machine."""
    monkeypatch.setattr(lock, "LOCK", tmp_path / "lock.json")
    monkeypatch.setattr(fetch, "REQUIREMENTS", tmp_path / "requirements.txt")
    monkeypatch.setattr(store, "VENDOR", tmp_path / "program" / "vendor")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return Depot(tmp_path)
