"""Residents' needs (群众需求清单): what people asked for, and what became of it (S3-06, S0-03)."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.jobs import registry as jobs
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.needs import effects, news, reckoning, segments
from app.needs.models import Need
from app.needs.service import close_silent, resume_held
from app.needs.views import NeedView
from app.notices import kinds
from app.notices import news as notices


def _silence() -> Counts:
    return {"closed": close_silent(clock.now())}


SILENCE: Final = Job(
    "silence",
    _("Close what nobody answers"),
    _("Closes apart what was delivered and the resident has not answered in time."),
    _silence,
    Daily(1),
    {"closed": _("Closed without an answer")},
)


def _resume() -> Counts:
    return {"resumed": resume_held(clock.today())}


RESUME: Final = Job(
    "resume",
    _("Go on with what was on hold"),
    _("Lets needs go on that were put on hold until today."),
    _resume,
    Daily(0),
    {"resumed": _("Needs that go on")},
)
EFFECTS: Final = (effects.follow, segments.Segment, reckoning.DUE_STEPS)
"""What follows from moves and writes, which nobody calls by name."""


def register(appbuilder: Any) -> None:
    """Add the list of needs to the portal."""
    jobs.declare(SILENCE)
    jobs.declare(RESUME)
    appbuilder.add_view(NeedView, "m.needs")
    jobs.declare(news.REMINDERS)
    notices.declare(Need.list_name, news.NEWS)
    for kind in (news.DUE, news.OVERDUE):
        kinds.declare(kind)
