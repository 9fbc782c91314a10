"""What residents without an account hold: codes of places and of needs, and how often an address has knocked.

None of these rows says anything about a person. A ticket code stands here only as a keyed hash.
"""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import Instant


class PointCode(Model):
    """The code on the posters of one place, or one that stood there before. No secret: it hangs in the stairwell.

    Without a place it is that of the whole community, by which party members report in.
    """

    __tablename__ = "point_code"
    __table_args__ = (Index("ix_point_code_place", "community_id", "place_id", "replaced_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    replaced_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when posters with this code are out of date."""


class TicketCode(Model):
    """A code by which whoever asked looks a need up and answers. Its hash is found without knowing whose it is."""

    __tablename__ = "ticket_code"
    __table_args__ = (Index("ix_ticket_code_need", "community_id", "need_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when a later code of the same need has been in force."""
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was last answered with."""


class Knock(Model):
    """How often something was done from one address, or at one place, in the stretch of time that runs."""

    __tablename__ = "knock"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """A keyed hash; the address itself is kept nowhere."""
    since: Mapped[datetime] = mapped_column(Instant, index=True)
    count: Mapped[int]
