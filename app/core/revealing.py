"""Revealing one masked value: for a reason, one at a time, written down, and not too often in a day.

Finding rows by a sealed value stands here too: who may reveal it may also ask whose it is.
"""

import enum
from datetime import date
from typing import Any, Final

from blinker import Signal
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core import access, checks, clock, display, masking, recording, rules, sealing
from app.core.actor import Actor, current
from app.core.database import transaction
from app.core.fields import Labelled, Text, facts
from app.core.history import INSTALLATION
from app.extensions import db

MOST: Final = 30
"""How many values one person reveals in a day."""
SHOWN: Final = 30
"""For how many seconds a revealed value stands on the screen."""
LONGEST: Final = 100
FOUND: Final = 50
"""So many rows are shown of those a value finds."""
TOO_OFTEN: Final = _(
    "You have looked at %(most)s masked values today; that is all for one day. The secretary has been told. "
    "If it cannot wait, ask a colleague.",
    most=MOST,
)

revealed_too_often: Final = Signal()
"""Sent once a day for a person who wants to reveal more than MOST values; `row`, `account_id`."""


@enum.unique
class Purpose(Labelled):
    """Why somebody must see the whole value."""

    CALLBACK = "callback", _("Calling back to verify")
    SERVICE = "service", _("Service at home")
    EMERGENCY = "emergency", _("Emergency")
    CHECK = "check", _("Checking the records")
    OTHER = "other", _("Another reason")


class TooOften(Exception):
    """The person has revealed enough for today."""


class RevealTally(Model):
    """How many values a person has revealed on the last day they did."""

    __tablename__ = "reveal_tally"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    day: Mapped[date]
    count: Mapped[int]


def sensitive(model: Any) -> list[str]:
    """Return the columns of a model that are masked for somebody."""
    return [name for name, field in facts(model).items() if field.sealed or field.mask is not None]


def revealable(model: Any) -> list[str]:
    """Return the columns of a model that some role may reveal."""
    return sensitive(model) if access.somebody_may("R", model.guard()) else []


def findable(model: Any) -> list[str]:
    """Return the sealed columns of a model whose exact values may be looked for."""
    return [
        name for name in revealable(model) if name in sealing.columns(model) and sealing.columns(model)[name].found_by
    ]


def can_reveal(row: Any, name: str) -> bool:
    """Tell whether a value stands masked before the current actor, who may reveal it."""
    field = facts(type(row))[name]
    masked = bool(field.sealed or field.mask) and display.hides(row, field)
    return masked and getattr(row, name) not in (None, "", []) and access.may_row("R", row)


def reveal(row: Any, name: str, purpose: Purpose | None, text: str = "") -> Any:
    """Return the value of a masked column, and write down who saw it and why.

    Raises OutOfScope for a column that is masked for nobody, Forbidden, Violation where the reason is none, and
    TooOften. Commits: that somebody looked is kept whatever happens next.
    """
    if name not in revealable(type(row)):
        raise access.OutOfScope
    actor = current()
    if actor is None or actor.user_id is None or not access.may_row("R", row):
        raise access.Forbidden
    _require_reason(purpose, text)
    found = getattr(row, name)
    write_down(row, actor.user_id, column=name, reason=purpose, text=masking.free_text(text) or None)
    return found


def _require_reason(purpose: Purpose | None, text: str) -> None:
    found: dict[str, list[Text]] = {}
    if purpose is None:
        found["reason"] = [_("Say why you must see it.")]
    elif purpose is Purpose.OTHER and not text:
        found["text"] = [_("Please fill this in.")]
    if (complaint := checks.visible(text) or rules.too_long(text, LONGEST)) is not None:
        found["text"] = [complaint]
    if found:
        raise rules.Violation(found)


def write_down(row: Any, account_id: int, **said: Any) -> None:
    """Count and keep one look; beyond MOST the first one is kept as a refusal and the others are only refused.

    Raises TooOften. Commits.
    """
    into = recording.chain_of(row)
    with transaction():
        count = _count(account_id)
        if count <= MOST + 1:
            recording.note("reveal" if count <= MOST else "reveal_refused", row.list_name, row, into=into, **said)
    if count == MOST + 1:
        revealed_too_often.send(type(row), row=row, account_id=account_id)
    if count > MOST:
        raise TooOften


def _count(account_id: int) -> int:
    """Count one look more, and return how many it is today; of two at the same moment each gets its own number."""
    today, tally = clock.today(), RevealTally.__table__.c
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    one = insert(RevealTally).values(account_id=account_id, day=today, count=1)
    again = {"count": case((tally.day == today, tally.count + 1), else_=1), "day": today}
    counted = one.on_conflict_do_update(index_elements=["account_id"], set_=again).returning(RevealTally.count)
    return int(db.session.execute(counted).scalar_one())


def find(model: Any, name: str, value: str, *where: Any) -> list[Any]:
    """Return the rows whose sealed column is exactly this value, of those the actor may reveal, the newest first.

    That somebody looked is written down, never for what. Raises Forbidden, and Violation where the value is none.
    Commits.
    """
    actor = current()
    if actor is None or not access.may("R", model.guard(), actor):
        raise access.Forbidden
    wrong = checks.visible(value)
    if wrong is not None or not sealing.can_find(model, name, value):
        raise rules.Violation({name: [wrong or _("Type the whole number.")]})
    with transaction():
        recording.note("find", model.list_name, into=_chain(model, actor), column=name)
    within = (access.criterion(model, actor, "R"), model.archived_at.is_(None), *where)
    found = select(model).where(sealing.holds(model, name, value), *within)
    return [*db.session.scalars(found.order_by(model.id.desc()).limit(FOUND))]


def _chain(model: Any, actor: Actor) -> int:
    """Return the chain of the community in which the actor looks; the installation's where it is more than one."""
    numbers = {held.community_id for held, _rule in access.clauses(actor, model.guard(), "R")}
    only = numbers.pop() if len(numbers) == 1 else None
    return only if only is not None else INSTALLATION
