"""The folder of the backups: what is there, which of them stay, and when the last drill was.

A backup bears the moment it was made in its name, in Shanghai time. What has another name is nobody's business here.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final

from flask import current_app

from app import instance
from app.core import clock
from app.core.files import vault

DEFAULT: Final = "backups"
LOCK: Final = vault.BACKING_UP
DRILL: Final = "drill.json"
NAME: Final = "sidan-{:%Y%m%d-%H%M%S}.backup"
PATTERN: Final = re.compile(r"sidan-(\d{8}-\d{6})\.backup")
PART: Final = ".part"

Period = Callable[[date], object]
PERIODS: Final[tuple[tuple[int, Period], ...]] = (
    (7, lambda day: day),
    (4, lambda day: day.isocalendar()[:2]),
    (12, lambda day: (day.year, day.month)),
)
"""How many days, weeks and months that have a backup keep their last one."""


def place() -> Path:
    """Return the folder, made where it is missing. Raises InstanceError."""
    chosen = current_app.config["BACKUP_DIR"]
    return instance.make_folder(Path(chosen) if chosen else _instance() / DEFAULT)


def _instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def name_of(moment: datetime) -> str:
    """Return what a backup of this moment is called."""
    return NAME.format(clock.local(moment))


def moment_of(name: str) -> datetime | None:
    """Return when a backup of this name was made, in Shanghai time; None where the name is not that of a backup."""
    found = PATTERN.fullmatch(name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=clock.SHANGHAI) if found else None
    except ValueError:
        return None


def backups() -> dict[datetime, Path]:
    """Return the backups there are by when they were made, the newest first; none where the folder is out of reach."""
    chosen = current_app.config["BACKUP_DIR"]
    try:
        paths = [*(Path(chosen) if chosen else _instance() / DEFAULT).iterdir()]
    except OSError:
        return {}
    found = {moment: path for path in paths if (moment := moment_of(path.name)) is not None}
    return dict(sorted(found.items(), reverse=True))


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """Return which backups stay: the last one of each of the last 7 days, 4 weeks and 12 months that have one.

    Pure. Days are those of Shanghai, weeks begin on Monday; days without a backup do not count, so that a machine that
    was off loses nothing.
    """
    newest_first = sorted(moments, reverse=True)
    stay: set[datetime] = set()
    for most, period in PERIODS:
        lasts: dict[object, datetime] = {}
        for moment in newest_first:
            lasts.setdefault(period(clock.local(moment).date()), moment)
        stay |= {*list(lasts.values())[:most]}
    return stay


def rotate() -> list[Path]:
    """Remove the backups that need not stay, and return them."""
    there = backups()
    gone = [path for moment, path in there.items() if moment not in kept(there)]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


# -- drills ---------------------------------------------------------------------------------------------------------


def note_drill(backup: Path) -> None:
    """Remember that a backup was just found sound, whole or not at all."""
    path = _instance() / DRILL
    part = path.with_suffix(f".{secrets.token_hex(4)}")
    part.write_text(json.dumps({"at": clock.now().isoformat(), "backup": backup.name}), encoding="utf-8")
    part.replace(path)


def last_drill() -> datetime | None:
    """Return when a backup was last found sound; None where that never was."""
    try:
        told = json.loads((_instance() / DRILL).read_text(encoding="utf-8"))
        return clock.parse_local(told["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
