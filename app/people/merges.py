"""What is kept of people who turned out to be one, and of those of whom somebody said that they are not."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core import clock
from app.core.model import Scoped, new_uid
from app.core.sealed import Sealed
from app.people.models import Person


class Merger(Scoped, Model):
    """That two records of one person became one, and what it takes to part them again."""

    __tablename__ = "person_merger"
    __table_args__ = (
        Index("ix_person_merger_kept", "community_id", "kept_id", "id"),
        Index("ix_person_merger_gone", "community_id", "gone_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kept: Mapped[Person] = relationship(foreign_keys=[kept_id])
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gone: Mapped[Person] = relationship(foreign_keys=[gone_id])
    changes: Mapped[str | None] = mapped_column(Sealed())
    """JSON: of each column that changed, what the record that stays said before and said then."""
    moved: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Which rows named the other record: table, id, relation."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    by: Mapped[Account | None] = relationship(foreign_keys=[by_id])
    undone_at: Mapped[datetime | None]

    @classmethod
    def guard(cls) -> str:
        """Return the line of the role table that rules people."""
        return Person.list_name


class Pair(Scoped, Model):
    """That two people who look like one are two; the lower id stands first."""

    __tablename__ = "person_pair"
    __table_args__ = (Index("ix_person_pair", "community_id", "first_id", "second_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @classmethod
    def guard(cls) -> str:
        """Return the line of the role table that rules people."""
        return Person.list_name
