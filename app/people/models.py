"""The person: one record a community keeps of somebody, to which every role of theirs leads."""

from typing import Any, ClassVar

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Account
from app.communities.models import Place, Placed
from app.core import checks, display, masking, normal
from app.core.actor import Actor, Held
from app.core.fields import about
from app.core.model import Recorded, RowSet, Sought
from app.core.sealing import BLIND, Sealed
from app.parties.models import Partied, PartyKind, reads_names


def oneself(row: Any, actor: Actor, held: Held) -> Any:
    """The person who acts."""
    return row.account_id == (actor.user_id or 0)


class Person(Partied, Recorded, Sought, Placed, Model):
    """Somebody the community knows; the same person in another community is a record of its own there."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("community_id", "account_id"),
        Index("ix_person_newest", "community_id", "archived_at", "id"),
        Index("ix_person_place", "community_id", "place_id", "id"),
        Index("ix_person_phones", "community_id", "phones_index"),
    )
    list_name = "people"
    party_kind = PartyKind.PERSON
    row_sets: ClassVar[dict[str, RowSet]] = {"self": oneself}

    name: Mapped[str] = mapped_column(String(40), info=about(_("Full name"), listed=True, mask=masking.name))
    phones: Mapped[list[str]] = mapped_column(
        Sealed(32, many=True, found_by=normal.phone),
        default=list,
        info=about(
            _("Phones"),
            _("One per line; the first is called first."),
            listed=True,
            mask=masking.phone,
            check=checks.phones,
        ),
    )
    phones_index: Mapped[str | None] = mapped_column(BLIND)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Place | None] = relationship(
        info=about(_("Place"), _("Where the person lives, as exactly as it is known."), listed=True)
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account | None] = relationship(
        foreign_keys=[account_id],
        info=about(
            _("Account"), _("If the person signs in here; everybody of the community then knows the name."), sheet=False
        ),
    )

    def __str__(self) -> str:
        return display.shown(self, "name")

    @property
    def is_known(self) -> bool:
        """Tell whether the person signs in here; the names of those who do stand beside what they did."""
        if sa_inspect(self).attrs.account.history.has_changes():
            return self.account is not None
        return self.account_id is not None

    @classmethod
    def holding(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the rows found by a text: none for those who may not read the names."""
        found: ColumnElement[bool] = super().holding(text) & reads_names(cls)
        return found
