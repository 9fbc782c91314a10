"""When a need is due after its urgency or category changed: as if that had been known when the clock began.

Whatever changes it ends here, at the flush: form, program, ledger and move. An answer that was given stays judged by
what was promised until then; the time for doing it is reckoned anew until it is at an end.
"""

from datetime import datetime
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import event, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Session

from app.core import clock, display
from app.core.fields import Text
from app.core.timeline import Step, add_step
from app.needs.choices import OPEN_STATES, Holder, NeedState
from app.needs.clocks import answer_from, asked, work_anew
from app.needs.models import Need
from app.needs.segments import Segment

DUE_STEPS: Final = ("due_anew", "due_sooner")
"""The steps of a need that is due at another moment; the second: earlier than before, or already overdue."""
SORTED_BY: Final = ("urgency", "category", "category_id")
"""The columns by which its limits are found."""


def moved_said(step: Step) -> tuple[Text, str]:
    """Return in one sentence from when to when a need was put."""
    before, due = (display.words(datetime.fromisoformat(step.said[name])) for name in ("before", "due"))
    sentence = gettext("Urgency or category changed; instead of %(before)s it is due %(due)s.", before=before, due=due)
    return _("Remark"), sentence


# Written after the listener that lets needs lie where they do, and put before it: that one reads what this one sets.
@event.listens_for(Session, "before_flush", insert=True)
def _reckon(session: Session, context: Any, instances: Any) -> None:
    with session.no_autoflush:
        for need in [row for row in session.dirty if isinstance(row, Need)]:
            if need.state is NeedState.SUBMITTED and _changed(need, *SORTED_BY, "received_at"):
                _answer_anew(session, need)
            elif need.state in OPEN_STATES and need.work_since is not None and _changed(need, *SORTED_BY):
                _work_anew(session, need)


def _changed(need: Need, *names: str) -> bool:
    attributes: Any = sa_inspect(need).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _answer_anew(session: Session, need: Need) -> None:
    before = need.response_due
    # Emptied, it takes its default only after this: now.
    answer_from(need, need.received_at or clock.now())
    _say(session, need, before, need.response_due, clock.now())


def _work_anew(session: Session, need: Need) -> None:
    before = need.resolution_due
    work_anew(need, asked(lambda: _pauses(session, need)))
    _say(session, need, before, need.resolution_due, need.held_at or clock.now())


def _pauses(session: Session, need: Need) -> list[tuple[datetime, datetime]]:
    """Return from when to when its time stood still since the clock began; the pause that lasts is not among them."""
    still = select(Segment.begun_at, Segment.ended_at).where(
        Segment.community_id == need.community_id,
        Segment.need_id == need.id,
        Segment.holder == Holder.NOBODY,
        Segment.begun_at >= need.work_since,
    )
    return [(begun, ended) for begun, ended in session.execute(still.order_by(Segment.id))]


def _say(session: Session, need: Need, before: datetime | None, due: datetime | None, moment: datetime) -> None:
    """Write into the timeline that it is due at another moment; of a clock that had no moment there is nothing to say.

    `moment`: until when its time has passed.
    """
    if before is None or due is None or before == due:
        return
    pressing = due < before or due < moment
    said = {"before": before.isoformat(), "due": due.isoformat()}
    add_step(session, need, DUE_STEPS[pressing], need.state.value, need.state.value, **said)
