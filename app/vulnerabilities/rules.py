"""What must hold for an entry: one per person and group, days in order, and a word on why it ended."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select
from sqlalchemy.orm import object_session

from app.accounts import staff
from app.accounts.models import Account
from app.core.actor import acting, system
from app.core.fields import Text

Complaints = dict[str, Text]

CARERS: Final = staff.roles_with("v", "people")
"""The roles that can look after somebody: those who may read people at all."""


def group_is_new(row: Any) -> Complaints | None:
    """Nobody stands twice in one group."""
    session, attributes, model = object_session(row), sa_inspect(row).attrs, type(row)
    watched = ("person_id", "person", "category", "ended_on")
    changed = any(attributes[name].history.has_changes() for name in watched)
    if session is None or row.ended_on is not None or row.person is None or not changed:
        return None
    same = select(model.id).filter_by(
        community_id=row.person.community_id, person_id=row.person.id, category=row.category, ended_on=None
    )
    # The other entry may be out of the sight of who writes this one.
    with acting(system("vulnerabilities")), session.no_autoflush:
        taken = session.scalar(same.where(model.id != (row.id or 0), model.archived_at.is_(None)).limit(1))
    return {"category": _("The person is in this group already.")} if taken is not None else None


def carer_works_here(row: Any) -> Complaints | None:
    """Who looks after somebody works in the community and may read people."""
    session, attributes = object_session(row), sa_inspect(row).attrs
    changed = any(attributes[name].history.has_changes() for name in ("in_charge", "in_charge_id"))
    if session is None or row.in_charge is None or row.person is None or not changed:
        return None
    works_here = staff.holding(row.person.community_id, CARERS)
    with acting(system("vulnerabilities")), session.no_autoflush:
        found = session.scalar(select(Account.id).where(Account.id == row.in_charge.id, *works_here))
    if found is None:
        return {"in_charge": _("This person does not work in the community (any more); choose another.")}
    return None


def dates_in_order(row: Any) -> Complaints | None:
    """The next check comes after the last one."""
    if row.checked_on and row.next_check and row.next_check <= row.checked_on:
        return {"next_check": _("The next check lies before the last one.")}
    return None


def end_is_explained(row: Any) -> Complaints | None:
    """An entry that ended says why; one that did not says nothing."""
    if row.ended_on is not None and not row.end_reason:
        return {"end_reason": _("Say why it ended.")}
    if row.ended_on is None and row.end_reason:
        return {"ended_on": _("Say when it ended.")}
    return None
