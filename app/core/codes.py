"""Running numbers such as XQ20261122001: prefix, day, number within the community's day."""

from datetime import date
from functools import cache
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column


class CodeCounter(Model):
    """The last number given out, per community, prefix and day."""

    __tablename__ = "code_counter"
    __table_args__ = (UniqueConstraint("community_id", "prefix", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    prefix: Mapped[str] = mapped_column(String(8))
    day: Mapped[date]
    last: Mapped[int]


def next_code(session: Session, community_id: int, prefix: str, day: date) -> str:
    """Return the next free code; two at the same moment never get the same one.

    The counter row is taken in the caller's transaction: a rollback gives the number back.
    """
    return next_codes(session, community_id, prefix, day, 1)[0]


def next_codes(session: Session, community_id: int, prefix: str, day: date, count: int) -> list[str]:
    """Return so many free codes in a row; otherwise as `next_code`."""
    asked = {"community_id": community_id, "prefix": prefix, "day": day, "last": count}
    last = session.connection().execute(_taking(session.get_bind().dialect.name), asked).scalar_one()
    return [f"{prefix}{day:%Y%m%d}{number:03d}" for number in range(last - count + 1, last + 1)]


@cache
def _taking(dialect: str) -> Any:
    table = CodeCounter.__table__
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    # The number asked for is added to the one there is.
    more = insert.on_conflict_do_update(
        index_elements=["community_id", "prefix", "day"], set_={"last": table.c.last + insert.excluded.last}
    )
    return more.returning(table.c.last)
