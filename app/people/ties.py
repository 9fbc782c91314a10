"""What is kept of records in two communities that may be of one person: each community's own side, and its answer."""

import enum
from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.fields import Labelled
from app.core.model import Scoped
from app.people.models import Person


@enum.unique
class TieState(Labelled):
    """Whether the secretary agrees that two records are counted as one person."""

    ASKED = "asked", _("To be agreed")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Not agreed")


class Tie(Scoped, Model):
    """One side of two records with the same number of a document; the other side is a row of the other community."""

    __tablename__ = "person_tie"
    __table_args__ = (
        Index("ix_person_tie_person", "community_id", "person_id", "pair", unique=True),
        Index("ix_person_tie_state", "community_id", "state", "person_id"),
        Index("ix_person_tie_pair", "pair"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    pair: Mapped[str] = mapped_column(String(32))
    """What both sides have in common, and nothing else has."""
    other_community: Mapped[str] = mapped_column(String(60))
    """The name of the other community: all that is told of the other side."""
    state: Mapped[TieState] = mapped_column(default=TieState.ASKED)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @classmethod
    def guard(cls) -> str:
        """Return the line of the role table that rules people."""
        return Person.list_name

    def writable(self, actor: Any, verbs: str) -> bool:
        """Only the system writes it, after it was asked who answers."""
        return False
