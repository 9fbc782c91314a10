"""What the home page and `doctor` say of the backups: none for two days, none tried this month."""

from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext

from app.backups import folder
from app.core import clock
from app.core.actor import Actor, current
from app.core.fields import Text
from app.roles import Role

LONGEST: Final = timedelta(days=2)


def is_overdue() -> bool:
    """Tell whether the newest backup is older than two days, or there is none."""
    newest = next(iter(folder.backups()), None)
    return newest is None or clock.now() - newest > LONGEST


def is_drilled() -> bool:
    """Tell whether a backup was put back for trial and found sound in this month of Shanghai."""
    last = folder.last_drill()
    return last is not None and _month(last) == _month(clock.now())


def _month(moment: datetime) -> tuple[int, int]:
    local = clock.local(moment)
    return local.year, local.month


def reminders() -> list[Text]:
    """Return what the person at the home page should hear of the backups; no statement is made.

    The administrator, who can do it, hears both; a secretary, whose work it is that would be lost, hears that there
    is no backup.
    """
    actor = current()
    if _holds(actor, Role.ADMIN):
        return [*([overdue()] if is_overdue() else []), *([] if is_drilled() else [undrilled()])]
    if _holds(actor, Role.SECRETARY) and is_overdue():
        return [gettext("There has been no backup for two days: please tell the administrator.")]
    return []


def overdue() -> Text:
    """Return the sentence about a backup that is missing."""
    return gettext("There has been no backup for two days: see the jobs, or make one by command.")


def undrilled() -> Text:
    """Return the sentence about a drill that is missing."""
    return gettext("No backup has been put back for trial this month: try the newest one by command.")


def _holds(actor: Actor | None, role: Role) -> bool:
    return actor is not None and any(held.role is role for held in actor.held)
