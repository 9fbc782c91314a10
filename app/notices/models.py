"""A notice: that something happened to a row, for one person. What it says is read from the row when it is shown."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.actor import Actor
from app.core.model import Guarded


class Notice(Guarded, Model):
    """One notice of one person; nobody else sees it."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "list", "row_id", "for_at"),
        Index("ix_notice_account", "account_id", "id"),
        Index("ix_notice_unread", "account_id", "read_at", "done_at", "id"),
        Index("ix_notice_row", "list", "row_id", "kind"),
        Index("ix_notice_made", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(32))
    list: Mapped[str] = mapped_column(String(32), default="")
    row_id: Mapped[int | None]
    """The row it leads to; nothing where it is about the person's own account."""
    move: Mapped[str | None] = mapped_column(String(32))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    for_at: Mapped[datetime | None]
    """The due date a reminder is about: it is told once for each."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    """When what it asked for was done, by whomever."""

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees the own notices."""
        return true() if actor.unbounded else cls.account_id == (actor.user_id or 0)

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Whoever does something may have it told; only the reader marks it as read."""
        return verbs == "c" or self.account_id == actor.user_id


class Mute(Guarded, Model):
    """A kind of notice that a person does not want."""

    __tablename__ = "notice_mute"
    __table_args__ = (UniqueConstraint("account_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(32))

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees the own choice."""
        return true() if actor.unbounded else cls.account_id == (actor.user_id or 0)

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Everybody chooses for themselves."""
        return self.account_id == actor.user_id

    def removable(self, actor: Actor) -> bool:
        """Everybody chooses for themselves."""
        return self.account_id == actor.user_id
