"""The nightly backup: a new one, and the old ones that need not stay are removed."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.backups import folder, making
from app.backups.making import Made
from app.core import recording
from app.core.database import transaction
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily


def save() -> tuple[Made, Counts]:
    """Make a backup, write it down, and remove the old ones; needs an actor of the system."""
    made = making.create()
    with transaction():
        recording.note("backup_made", "", backup=made.path.name)
    gone = folder.rotate()
    return made, {"rows": made.rows, "files": made.files, "missing": made.missing, "removed": len(gone)}


def back_up() -> Counts:
    """Make the nightly backup, and return what was dealt with."""
    return save()[1]


JOB: Final = Job(
    "backup",
    _("Back up"),
    _("Makes an encrypted backup of everything and removes old ones."),
    back_up,
    Daily(2),
    {
        "rows": _("Rows saved"),
        "files": _("Files saved"),
        "missing": _("Files missing"),
        "removed": _("Old backups removed"),
    },
)
