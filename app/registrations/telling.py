"""Drafting quarterly feedback from what was really done, and what follows from its moves."""

from datetime import date, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select

from app.core import clock
from app.core.actor import acting, system
from app.core.database import Clash, transaction
from app.core.fields import Text
from app.core.moves import moved
from app.core.rules import Violation
from app.core.timeline import add_step
from app.extensions import db
from app.fulfilments.choices import DONE
from app.fulfilments.models import Fulfilment
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.registrations.choices import MemberState
from app.registrations.feedback import Feedback, FeedbackState, a_quarter, a_year
from app.registrations.models import Member

DRAFTING: Final = 10
"""On so many first days of a quarter the feedback of the last one is drafted."""
_EMPTY: Final = _("Please fill this in.")


def term(year: int, quarter: int) -> tuple[date, date]:
    """Return the first and the last day of a quarter."""
    first = date(year, 3 * quarter - 2, 1)
    after = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return first, after - timedelta(days=1)


def last_quarter(day: date) -> tuple[int, int]:
    """Return year and number of the quarter before the one a day lies in."""
    quarter = (day.month - 1) // 3
    return (day.year, quarter) if quarter else (day.year - 1, 4)


def draft(member: Member | None, year: int | None, quarter: int | None, **columns: Any) -> Feedback:
    """Draft the feedback of a member for a quarter that has begun; the caller commits.

    Raises Violation for a quarter that is none or lies ahead, and where there is one already.
    """
    if member is None or year is None or quarter is None:
        given = {"member": member, "year": year, "quarter": quarter}
        raise Violation({name: [_EMPTY] for name, value in given.items() if value is None})
    _require_begun(year, quarter)
    if _known(member, year, quarter):
        raise Violation({"member": [_("The feedback of this quarter has been drafted already.")]})
    columns["community"], columns["unit"] = member.community, member.unit
    feedback = Feedback(member=member, year=year, quarter=quarter, **columns, **_counted(member, *term(year, quarter)))
    feedback.state = FeedbackState.DRAFTED
    db.session.add(feedback)
    db.session.flush()
    add_step(db.session, feedback, "register", None, feedback.state.value)
    return feedback


def _require_begun(year: int, quarter: int) -> None:
    found: dict[str, list[Text]] = {}
    for name, wrong in (("year", a_year(year)), ("quarter", a_quarter(quarter))):
        if wrong is not None:
            found[name] = [wrong]
    if not found and term(year, quarter)[0] > clock.today():
        found["quarter"] = [_("The quarter has not begun yet.")]
    if found:
        raise Violation(found)


def _known(member: Member, year: int, quarter: int) -> bool:
    same = select(Feedback.id).filter_by(
        community_id=member.community_id, member_id=member.id, year=year, quarter=quarter
    )
    return db.session.scalar(same.limit(1)) is not None


def _counted(member: Member, first: date, last: date) -> dict[str, int]:
    """Return what was carried out between two days: by the member, with person-times, and by the unit."""
    hers = or_(Fulfilment.taker_id == member.person_id, Fulfilment.provider_id == member.person_id)
    times = func.coalesce(func.sum(Fulfilment.person_times), 0)
    done = select(func.count(Fulfilment.id), times).where(
        Fulfilment.community_id == member.community_id,
        Fulfilment.state.in_(DONE),
        Fulfilment.delivered_on.between(first, last),
        Fulfilment.archived_at.is_(None),
    )
    # Who drafts need not see each order to count it.
    with acting(system("feedback")), db.session.no_autoflush:
        orders, person_times = db.session.execute(done.where(hers)).one()
        unit_orders, _times = db.session.execute(done.where(Fulfilment.provider_id == member.unit_id)).one()
    return {"orders": orders, "person_times": int(person_times), "unit_orders": unit_orders}


@moved.connect_via(Feedback)
def note_the_day(sender: type[Feedback], row: Feedback, move: str, values: dict[str, Any]) -> None:
    """Let the acknowledgement have its day."""
    if move == "acknowledge":
        row.acknowledged_on = clock.today()


def draft_all() -> Counts:
    """Draft the feedback of the last quarter of all who serve, in the first days of a quarter."""
    today = clock.today()
    if today.day > DRAFTING or today.month not in (1, 4, 7, 10):
        return {"drafted": 0}
    year, quarter = last_quarter(today)
    have = select(Feedback.member_id).filter_by(year=year, quarter=quarter)
    serving = Member.state.in_((MemberState.ACTIVE, MemberState.EVALUATED)), Member.archived_at.is_(None)
    began = Member.received_on <= term(year, quarter)[1]
    with acting(system("feedback")):
        wanted = select(Member.id).where(*serving, began, Member.id.not_in(have)).order_by(Member.id)
        return {"drafted": sum(_draft(pk, year, quarter) for pk in db.session.scalars(wanted).all())}


def _draft(pk: int, year: int, quarter: int) -> bool:
    try:
        with transaction():
            member = db.session.get_one(Member, pk)
            if Feedback.guard() in member.community.unused_lines:
                return False
            draft(member, year, quarter)
    except (Clash, Violation):
        # Somebody of the office was faster.
        return False
    return True


QUARTERLY: Final = Job(
    "feedback",
    _("Draft quarterly feedback"),
    _("In the first days of a quarter drafts what each serving member did in the last one."),
    draft_all,
    Daily(5, 40),
    {"drafted": _("Feedback drafted")},
)
