"""What happens with shared resources beyond a single column: what is left, what is promised, what time brings."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from blinker import Signal
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.sql import ColumnElement

from app.core import access, clock, moves
from app.core.actor import acting, current, system
from app.core.database import transaction
from app.core.fields import Text
from app.core.moves import Refused, moved
from app.core.rules import Violation
from app.core.timeline import add_step
from app.extensions import db
from app.parties.models import Party
from app.resources.choices import QuantityMode, ResourceState
from app.resources.models import RECHECK, REMIND, Resource
from app.resources.windows import Occurrence, hours, room

check_due: Final = Signal()
"""Sent with `resource` when its provider should say whether it is still there, once before it is paused."""
paused_unchecked: Final = Signal()
"""Sent with `resource` when it was paused because nobody said so."""

BATCH: Final = 200
SOON: Final = 3
"""How many of the next windows a page tells."""

Counter = Callable[[Resource, datetime, datetime], int]
"""Tells for how many a resource is taken from one moment to another."""
_COUNTERS: Final[list[Counter]] = []


def counts_taken(counter: Counter) -> Counter:
    """Let a package that keeps appointments say what is taken; a decorator."""
    _COUNTERS.append(counter)
    return counter


def taken(resource: Resource, occurrence: Occurrence) -> int:
    """Return for how many a window of the resource is taken."""
    return sum(count(resource, occurrence.begins, occurrence.ends) for count in _COUNTERS)


# -- making ---------------------------------------------------------------------------------------------------------


def offer(**columns: Any) -> Resource:
    """Record a resource, to be reviewed by the office; who speaks for one provider need not name it."""
    columns["provider"] = columns.get("provider") or own_provider()
    resource = Resource(**columns)
    resource.state = ResourceState.DRAFT
    db.session.add(resource)
    db.session.flush()
    add_step(db.session, resource, "register", None, resource.state.value)
    return resource


def own_provider() -> Party | None:
    """Return the one party the actor offers resources for, if there is just one."""
    bound = own_parties()
    found = list(db.session.scalars(select(Party).where(bound).limit(2))) if bound is not None else []
    return found[0] if len(found) == 1 else None


def own_parties() -> ColumnElement[bool] | None:
    """Return the SQL for the parties the actor offers resources for; None where that is any."""
    actor = current()
    if actor is None or actor.unbounded:
        return None
    clauses = list(access.clauses(actor, Resource.guard(), "c"))
    if any(not rule.rows for _held, rule in clauses):
        return None
    return Party.id.in_([held.subject for held, _rule in clauses if held.subject is not None])


def change(resource: Resource, values: dict[str, Any]) -> None:
    """Change what was typed; a new quantity may use it up or bring it back."""
    for name, value in values.items():
        setattr(resource, name, value)
    if "quantity" in values:
        db.session.flush()
        _settle(resource)


# -- what is left ---------------------------------------------------------------------------------------------------


def offerable(resource: Resource, at: datetime | None = None, quantity: int | None = None) -> Text | None:
    """Return why the resource cannot be offered for a moment and a quantity, in one sentence, or None if it can."""
    day = clock.local(at).date() if at is not None else clock.today()
    reasons = (_not_there(resource), _out_of_term(resource, day), _unchecked(resource))
    known = next((reason for reason in reasons if reason is not None), None)
    return known or _nothing_left(resource, quantity) or _no_window(resource, at, quantity)


def _not_there(resource: Resource) -> Text | None:
    if resource.archived_at is not None or resource.provider.archived_at is not None:
        return _("It has been archived.")
    if resource.state is not ResourceState.AVAILABLE:
        return _("It is not available now: %(state)s.", state=resource.state.label)
    return None


def _out_of_term(resource: Resource, day: date) -> Text | None:
    if resource.valid_from is not None and day < resource.valid_from:
        return _("It is available only from %(day)s.", day=resource.valid_from)
    if resource.valid_to is not None and day > resource.valid_to:
        return _("It is available only until %(day)s.", day=resource.valid_to)
    return None


def _unchecked(resource: Resource) -> Text | None:
    if resource.checked_on is None or resource.checked_on < clock.today() - RECHECK:
        return _("Nobody has asked for more than %(days)s days whether it is still there.", days=RECHECK.days)
    return None


def _nothing_left(resource: Resource, quantity: int | None) -> Text | None:
    if resource.left is None or resource.left >= (quantity or 1):
        return None
    return _("Only %(left)s %(unit)s left.", left=resource.left, unit=resource.unit_of_measure)


def _no_window(resource: Resource, at: datetime | None, quantity: int | None) -> Text | None:
    if resource.quantity_mode is not QuantityMode.SCHEDULED or at is None:
        return None
    found = window_at(resource, at)
    if found is None:
        return _("It is not open then; it is open %(windows)s.", windows=resource.windows)
    free = room(found, lambda one: taken(resource, one))
    if free is not None and free < (quantity or 1):
        return _("At that time there is room for only %(number)s more.", number=free)
    return None


def window_at(resource: Resource, moment: datetime) -> Occurrence | None:
    """Return the window of the resource a moment lies in."""
    return resource.windows.at(moment) if resource.windows is not None else None


def next_room(resource: Resource, quantity: int | None = None, until: date | None = None) -> datetime | None:
    """Return when a resource of opening times next has room for so many, within 15 days or until the end of a day.

    None where its times are taken, or its term is over before.
    """
    coming = resource.windows.coming(clock.now()) if resource.windows is not None else iter(())
    last = min((day for day in (until, resource.valid_to) if day is not None), default=date.max)
    soon = (one for one in coming if clock.local(one.begins).date() <= last)
    return next((one.begins for one in soon if _has_room(resource, one, quantity or 1)), None)


def _has_room(resource: Resource, occurrence: Occurrence, quantity: int) -> bool:
    free = room(occurrence, partial(taken, resource))
    return free is None or free >= quantity


def left_in_words(resource: Resource) -> list[str]:
    """Return what is left of a resource, in plain words."""
    if resource.quantity_mode is QuantityMode.UNLIMITED:
        return [gettext("As much as is needed.")]
    if resource.left is not None:
        return [gettext("%(left)s %(unit)s left.", left=resource.left, unit=resource.unit_of_measure)]
    coming = resource.windows.coming(clock.now()) if resource.windows is not None else iter(())
    return [_room_in_words(resource, one) for one, _number in zip(coming, range(SOON), strict=False)]


def _room_in_words(resource: Resource, occurrence: Occurrence) -> str:
    when = f"{clock.local(occurrence.begins):%Y-%m-%d} {hours(occurrence.window.begins, occurrence.window.ends)}"
    free = room(occurrence, lambda one: taken(resource, one))
    if free is None:
        return gettext("%(when)s: open.", when=when)
    if free == 0:
        return gettext("%(when)s: full.", when=when)
    return gettext("%(when)s: room for %(number)s more.", when=when, number=free)


# -- promising ------------------------------------------------------------------------------------------------------


def lock(resource: Resource) -> Resource:
    """Take the row for this transaction, as it stands now; who else wants to promise something of it waits."""
    db.session.flush()
    wanted = select(Resource).where(Resource.id == resource.id).with_for_update(of=Resource)
    with acting(system("stock")):
        row: Resource = db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    return row


def reserve(resource: Resource, quantity: int) -> None:
    """Promise so many of a resource in the caller's transaction. Raises Refused when fewer are left."""
    row = lock(resource)
    if (reason := _nothing_left(row, quantity)) is not None:
        raise Refused(reason)
    _commit(row, quantity)


def free(resource: Resource, quantity: int) -> None:
    """Give back what was promised. Raises Refused when less was promised."""
    row = lock(resource)
    if quantity > row.committed:
        raise Refused(_("More would be given back than was promised."))
    _commit(row, -quantity)


def _commit(resource: Resource, quantity: int) -> None:
    """Write what is promised as the system: who takes an order may not write the resource itself."""
    with acting(system("stock")):
        resource.committed += quantity
        db.session.flush()
        _settle(resource)


def _settle(resource: Resource) -> None:
    """Let a counted resource be used up when nothing is left, and come back when there is something."""
    if resource.left is None:
        return
    with acting(system("stock")):
        if resource.left <= 0 and resource.state is ResourceState.AVAILABLE:
            moves.perform(resource, "exhaust", {})
        elif resource.left > 0 and resource.state is ResourceState.EXHAUSTED:
            moves.perform(resource, "restock", {})
        db.session.flush()


# -- what follows from a move ---------------------------------------------------------------------------------------


@moved.connect_via(Resource)
def follow(sender: type[Resource], row: Resource, move: str, values: dict[str, Any]) -> None:
    """Let follow from a move what must, through whatever door it was made."""
    if move == "recheck" or (move == "publish" and row.checked_on is None):
        row.checked_on, row.reminded_on = clock.today(), None
    if move == "restock" and row.left is not None and row.left <= 0:
        raise Violation({"quantity": [_("%(number)s of it are promised already.", number=row.committed)]})


# -- what time brings -----------------------------------------------------------------------------------------------


def pause_unchecked(now: datetime) -> int:
    """Pause what nobody has asked about for 90 days; return how many. For a job: running again changes nothing.

    Only what somebody was reminded of on an earlier day: after a long pause of the portal itself reminders come first.
    Meanwhile it is not offered anyway.
    """
    old = Resource.checked_on < _day(now) - RECHECK
    reminded = ~_unreminded() & (Resource.reminded_on < _day(now))
    return _each("pause_unchecked", _offered(old) & reminded, _pause)


def _pause(resource: Resource) -> None:
    moves.perform(resource, "pause", {})
    paused_unchecked.send(Resource, resource=resource)


def expire_terms(now: datetime) -> int:
    """End what is past its last day; return how many."""
    going = Resource.state.in_((ResourceState.AVAILABLE, ResourceState.PAUSED))
    over = going & (Resource.valid_to < _day(now))
    return _each("expire_terms", over, lambda resource: moves.perform(resource, "expire", {}))


def remind_providers(now: datetime) -> int:
    """Tell those who listen, once, that a provider should say whether a resource is still there; return how many."""
    due = Resource.checked_on <= _day(now) - RECHECK + REMIND
    return _each("remind_providers", _offered(due) & _unreminded(), _remind)


def _unreminded() -> ColumnElement[bool]:
    """Return the SQL for what nobody was reminded of since it was last checked."""
    return or_(Resource.reminded_on.is_(None), Resource.reminded_on < Resource.checked_on)


def _remind(resource: Resource) -> None:
    resource.reminded_on = clock.today()
    check_due.send(Resource, resource=resource)


def _offered(where: ColumnElement[bool]) -> ColumnElement[bool]:
    return (Resource.state == ResourceState.AVAILABLE) & or_(Resource.checked_on.is_(None), where)


def _day(now: datetime) -> date:
    return clock.local(now).date()


def _each(job: str, where: ColumnElement[bool], act: Callable[[Resource], None]) -> int:
    """Do something with each row, one transaction each, so that none holds up another."""
    with acting(system(job)):
        done = 0
        for pk in _ids(where):
            with transaction():
                found = select(Resource).where(Resource.id == pk, Resource.archived_at.is_(None), where)
                for resource in db.session.scalars(found.with_for_update(of=Resource)):
                    act(resource)
                    done += 1
        return done


def _ids(where: ColumnElement[bool]) -> Iterator[int]:
    """Yield the ids of the rows meant, some at a time; rows that were dealt with are no longer among them."""
    last = 0
    while True:
        after = select(Resource.id).where(where, Resource.archived_at.is_(None), Resource.id > last)
        found = db.session.scalars(after.order_by(Resource.id).limit(BATCH)).all()
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1]
