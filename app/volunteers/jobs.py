"""What time brings to volunteers: the end of an insurance."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.volunteers import service


def _remind() -> Counts:
    return {"volunteers": service.remind_insurance()}


JOBS: Final = (
    Job(
        "remind_insurance",
        _("Remind of insurances"),
        _("Tells volunteers and their coordinators whose insurance ends within 30 days."),
        _remind,
        Daily(7, 30),
        {"volunteers": _("Volunteers")},
    ),
)
