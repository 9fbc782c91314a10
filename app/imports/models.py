"""A ledger on its way into the lists: the file, the rows read from it, and which rows of the lists they became."""

import enum
from datetime import date, datetime
from typing import Any, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, or_, true
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.core import access, clock
from app.core.actor import Actor, Held
from app.core.fields import Labelled
from app.core.model import Scoped, new_uid

PEOPLE: Final = "people"
"""Who may import people may see whatever anybody imports in the community."""


@enum.unique
class BatchState(Labelled):
    """Where a ledger stands."""

    WAITING = "waiting", _("Being read"), "busy", "hourglass-split"
    READ = "read", _("Waits to be taken in"), "info", "inbox"
    APPLYING = "applying", _("Being taken in"), "busy", "hourglass-split"
    APPLIED = "applied", _("Taken in"), "good", "check-circle-fill"
    UNDOING = "undoing", _("Being taken back"), "busy", "hourglass-split"
    UNDONE = "undone", _("Undone"), "calm", "arrow-counterclockwise"
    DISCARDED = "discarded", _("Put aside"), "calm", "slash-circle"
    FAILED = "failed", _("Not readable"), "danger", "exclamation-triangle-fill"


class ImportBatch(Scoped, Model):
    """One file somebody sent: who, when, what it was taken for, and how many rows became what."""

    __tablename__ = "import_batch"
    __table_args__ = (
        Index("ix_import_batch_newest", "community_id", "id"),
        Index("ix_import_batch_digest", "community_id", "digest"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    by: Mapped[Any] = relationship("Account", foreign_keys=[by_id])
    asked: Mapped[str] = mapped_column(String(32))
    """The list it was sent to, or `auto`."""
    file_name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    history: Mapped[bool] = mapped_column(default=False)
    state: Mapped[BatchState] = mapped_column(default=BatchState.READ)
    fault: Mapped[str | None] = mapped_column(String(32))
    fault_text: Mapped[str | None] = mapped_column(String(300))
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What somebody said of its sheets and columns."""
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was understood of it, and the counts; no word of any row."""
    applied_at: Mapped[datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    applied_by: Mapped[Any] = relationship("Account", foreign_keys=[applied_by_id])
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    undone_by: Mapped[Any] = relationship("Account", foreign_keys=[undone_by_id])
    pieces: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of how many pieces it consists whose rows are not all read, taken in or taken back at once; 0: all at once."""
    pieces_done: Mapped[int] = mapped_column(default=0, server_default="0")
    moved_at: Mapped[datetime | None]
    """When the last piece was done; long ago, it is taken up again."""
    forgotten_on: Mapped[date | None]
    """When file and rows were destroyed; who, when, counts and headings stay."""

    @property
    def is_busy(self) -> bool:
        """Tell whether it is being worked at."""
        return self.state in (BatchState.WAITING, BatchState.APPLYING, BatchState.UNDOING)

    @classmethod
    def guard(cls) -> str:
        """Return the line of the role table: what a ledger of people needs."""
        return PEOPLE

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees what they sent; the office of a community whatever was sent there."""
        if actor.unbounded:
            return true()
        reached = [held.community_id for held, _rule in access.clauses(actor, PEOPLE, "i")]
        return or_(cls.by_id == (actor.user_id or 0), cls.community_id.in_([one for one in reached if one is not None]))

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Tell whether the actor may take it in, or undo it: who sent it, and the office."""
        if actor.unbounded:
            return True
        own = self.by_id == actor.user_id and self.community_id in actor.communities
        return own or any(self.is_within(held) for held, _rule in access.clauses(actor, PEOPLE, "i"))


class Follows(Scoped):
    """What belongs to a batch, and is seen and written where it is."""

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Nobody reads it but by its batch, whose pages have asked already."""
        return true() if actor.unbounded else cls.community_id.in_(actor.communities)

    def writable(self, actor: Actor, verbs: str) -> bool:
        """It is written with its batch, which is checked by itself."""
        return actor.unbounded or self.community_id in actor.communities

    def removable(self, actor: Actor) -> bool:
        """File and rows are destroyed after 30 days."""
        return self.writable(actor, "a")


class ImportPart(Follows, Model):
    """A piece of what stands by until it is taken in, encrypted: where which rows are, the file (0), then its rows."""

    __tablename__ = "import_part"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportTrace(Follows, Model):
    """Which row of a list a row of a ledger became, or filled in."""

    __tablename__ = "import_trace"
    __table_args__ = (
        Index("ix_import_trace_batch", "batch_id", "list", "row_id"),
        Index("ix_import_trace_print", "community_id", "list", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    list: Mapped[str] = mapped_column(String(32))
    row_id: Mapped[int]
    version: Mapped[int]
    """Of the row right after it was taken in; a higher one says that somebody has changed it since."""
    fingerprint: Mapped[str | None] = mapped_column(String(32))
    """Of what the row of the ledger says, so that the same file adds nothing; empty once it is undone."""
    before: Mapped[str | None] = mapped_column(Text)
    """Encrypted: what a row that was there already said before."""


class LedgerWord(Scoped, Model):
    """A heading this community uses for a column of a sort of ledger; it goes before the usual ones."""

    __tablename__ = "ledger_word"
    __table_args__ = (UniqueConstraint("community_id", "ledger", "heading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ledger: Mapped[str] = mapped_column(String(32))
    heading: Mapped[str] = mapped_column(String(60))
    column: Mapped[str] = mapped_column(String(32))

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the words of its community."""
        return true() if held.community_id is None else cls.community_id == held.community_id

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody who works in the community reads its ledgers alike."""
        return true() if actor.unbounded else cls.community_id.in_(actor.communities)

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Who imports teaches it."""
        return actor.unbounded or self.community_id in actor.communities
