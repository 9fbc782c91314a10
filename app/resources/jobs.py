"""What time brings to shared resources: reminders, pauses, and the end of a term, each night."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.resources import service


def _nightly(act: Callable[[datetime], int]) -> Callable[[], Counts]:
    return lambda: {"resources": act(clock.now())}


_COUNTED: Final = {"resources": _("Resources")}

JOBS: Final = (
    Job(
        "remind_providers",
        _("Remind providers"),
        _("Says which resources somebody should ask about before they are paused."),
        _nightly(service.remind_providers),
        Daily(7),
        _COUNTED,
    ),
    Job(
        "pause_unchecked",
        _("Pause unchecked resources"),
        _("Pauses what nobody has asked about for 90 days."),
        _nightly(service.pause_unchecked),
        Daily(0, 10),
        _COUNTED,
    ),
    Job(
        "expire_terms",
        _("End resources whose term is over"),
        _("Ends what is past its last day."),
        _nightly(service.expire_terms),
        Daily(0, 5),
        _COUNTED,
    ),
)
