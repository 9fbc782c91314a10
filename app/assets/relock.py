"""`python -m app.assets.relock FOLDER`: renew the hashes after a change of version or of the list of icons.

FOLDER holds the wheels: `pip download --no-deps --dest FOLDER NAME==VERSION` for each. Before committing the result,
compare the files with the release of the work itself; decision 0012 says how.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from app.assets import fetch, icons, lock
from app.assets.lock import Carrier

HEADER = """\
# The wheels that carry the styles, scripts and icons of others; none of them is installed.
# Written by python -m app.assets.relock from app/assets.lock.json.
"""


def renewed(locked: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the lock with the hashes of the wheels in a folder. Raises OSError, KeyError."""
    return {"carriers": [_carrier(carrier, folder / carrier["wheel"]) for carrier in locked["carriers"]]}


def _carrier(carrier: dict[str, Any], path: Path) -> dict[str, Any]:
    with ZipFile(path) as wheel:
        files = [_file(file, wheel.read(file["member"])) for file in carrier["files"]]
    return carrier | {"sha256": lock.digest(path.read_bytes()), "files": files}


def _file(file: dict[str, Any], member: bytes) -> dict[str, Any]:
    served = icons.cut(member, file["icons"]) if "icons" in file else member
    return file | {"sha256": lock.digest(served)}


def requirements(carriers: Sequence[Carrier]) -> str:
    """Return the requirements file that goes with a lock."""
    lines = [f"{one.name}=={one.version} --hash=sha256:{one.sha256}\n" for one in carriers]
    return HEADER + "".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Write lock and requirements; 2 when called wrongly."""
    if len(arguments) != 1:
        sys.stderr.write("python -m app.assets.relock FOLDER\n")
        return 2
    locked = renewed(json.loads(lock.LOCK.read_text(encoding="utf-8")), Path(arguments[0]))
    lock.LOCK.write_text(json.dumps(locked, indent=2) + "\n", encoding="utf-8")
    fetch.REQUIREMENTS.write_text(requirements(lock.load()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
