"""History: who did what to which row, when, from what to what. Entries are only ever added, each chained to the last.

A transaction leaves one entry per row it changed, and one per further step of it, written right before it is committed
(`app.core.recording`). There is one chain per community and one for the installation, whose number is 0.
"""

import json
from datetime import datetime
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from sqlalchemy import Index, String, Text, UniqueConstraint, and_, or_, true
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.core import access, reads
from app.core.actor import Actor, Held
from app.core.fields import facts, shape
from app.core.model import Guarded, Recorded, RowSet

INSTALLATION: Final = 0
"""The chain of what belongs to no community: accounts, sign-ins, administrators."""

UNRECORDED: Final = frozenset({"created_at", "changed_at", "created_by", "changed_by", "community"})
"""What each entry says by itself, or what never changes."""

STEP: Final = "*step"
"""In an entry's changes: the digest of the step made with it. No column is called so."""

Changes = dict[str, list[Any]]
"""By column: what it was and what it became, as stored."""

CHAINED: Final = (
    *("chain", "seq", "at", "act", "list", "row_id", "row_uid", "step_uid"),
    *("actor_id", "actor_label", "roles", "request", "ip", "changes"),
)
"""The columns an entry's hash is made of, in this order."""


def _community(row: Any, actor: Actor, held: Held) -> Any:
    """The entries of the grant's community; the grant itself has narrowed them already."""
    return true() if isinstance(row, type) else True


class ChainHead(Model):
    """Where a chain ends. The database itself moves it with each entry; who writes one takes its lock first."""

    __tablename__ = "chain_head"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class Entry(Guarded, Model):
    """One act of one person or job: on a row, or one of signing in and out."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_history_row", "list", "row_id", "id"),
        Index("ix_history_actor", "actor_id", "id"),
    )
    row_sets: ClassVar[dict[str, RowSet]] = {"community": _community}

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[int]
    seq: Mapped[int]
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(32))
    """create, change, archive, restore, the name of a move, or what `recording.note` was told."""
    list: Mapped[str] = mapped_column(String(32))
    row_id: Mapped[int | None]
    row_uid: Mapped[str | None] = mapped_column(String(32))
    step_uid: Mapped[str | None] = mapped_column(String(32))
    """The step of the timeline made with it."""
    actor_id: Mapped[int | None]
    actor_label: Mapped[str] = mapped_column(String(64))
    roles: Mapped[str] = mapped_column(String(200))
    """The codes of the roles the actor held there, separated by commas."""
    request: Mapped[str] = mapped_column(String(32))
    ip: Mapped[str] = mapped_column(String(45))
    changes: Mapped[str] = mapped_column(Text)
    """JSON: by column what it was and what it became, as stored codes; sensitive values are sealed."""
    hash: Mapped[str] = mapped_column(String(64))

    by: Mapped[Any] = relationship(
        "Account", primaryjoin="foreign(Entry.actor_id) == remote(Account.id)", viewonly=True
    )

    @classmethod
    def guard(cls) -> str:
        """Return the line of the role table that rules history."""
        return "audit"

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the entries of its community, and those of the people in it."""
        if held.community_id is None:
            return true()
        return or_(cls.chain == held.community_id, and_(cls.chain == INSTALLATION, _of_reached_rows(held)))

    def is_within(self, held: Held) -> bool:
        """Tell whether the entry stands in the chain of the grant's community."""
        return held.community_id is None or self.chain == held.community_id

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees the own acts; the others as the role table says."""
        return or_(cls.actor_id == (actor.user_id or 0), access.criterion(cls, actor))

    @classmethod
    def visible_of(cls, actor: Actor, name: str) -> ColumnElement[bool]:
        """Of what the actor sees, the acts on rows of one list: those on a row of a community stand in its chain."""
        if actor.unbounded or not hasattr(recorded_models()[name], "community_id"):
            return cls.visible(actor)
        seen = access.clauses(actor, cls.guard(), "v")
        chains = {held.community_id for held, rule in seen if not rule.rows or rule.rows in cls.row_sets}
        if None in chains:
            return true()
        within = cls.chain == next(iter(chains)) if len(chains) == 1 else cls.chain.in_(chains)
        return or_(cls.actor_id == (actor.user_id or 0), within)

    def told(self) -> Changes:
        """Return by column what it was and what it became, as stored."""
        found: Changes = json.loads(self.changes)
        return found

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Nobody writes an entry by hand."""
        return False


def _of_reached_rows(held: Held) -> ColumnElement[bool]:
    """The entries about rows that stand in no community's chain although the grant reaches them."""
    found = [
        and_(Entry.list == model.list_name, reads.is_among(Entry, "row_id", model, model.within(held)))
        for model in recorded_models().values()
        if issubclass(model, Guarded) and not hasattr(model, "community_id")
    ]
    return or_(*found) if found else Entry.id.is_(None)


def recorded_models() -> dict[str, Any]:
    """Return the models whose rows have a history, by list name."""
    if not _MODELS:
        _MODELS.update({model.list_name: model for model in _mapped_below(Recorded)})
    return _MODELS


_MODELS: Final[dict[str, Any]] = {}


def _mapped_below(klass: type) -> set[Any]:
    found: set[Any] = set()
    child: type
    for child in klass.__subclasses__():
        if sa_inspect(child, raiseerr=False) is not None:
            found.add(child)
        found |= _mapped_below(child)
    return found


def recorded_columns(model: type) -> dict[str, str]:
    """Return the columns history keeps of a model, by the name of their fact."""
    if model not in _COLUMNS:
        _COLUMNS[model] = {name: shape(model, name).column for name in facts(model) if name not in UNRECORDED}
    return _COLUMNS[model]


_COLUMNS: Final[dict[type, dict[str, str]]] = {}


def is_sensitive(model: type, name: str) -> bool:
    """Tell whether a column's values stand sealed in history."""
    field = facts(model).get(name)
    personal = name in getattr(model, "personal", ())
    return field is not None and (field.sealed or field.mask is not None or personal)
