"""Backups: made every night and by command while people work, tried out beside, put back (`flask backup`).

A backup is one encrypted file with all rows and contents, the same whichever database it came from.
"""

from typing import Any

from flask import current_app

from app.backups import reminding
from app.backups.jobs import JOB
from app.jobs.registry import declare


def register(appbuilder: Any) -> None:
    """Add the nightly backup and the reminders of the home page to the portal."""
    declare(JOB)
    current_app.jinja_env.globals["backup_reminders"] = reminding.reminders
