"""The talent: what somebody is good at, and which group of the community they help in."""

from datetime import date
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, ForeignKey, Index, String, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.communities.models import all_rows
from app.core import checks
from app.core.actor import Actor, Held
from app.core.fields import about
from app.core.flow import Flow, Move
from app.core.model import Recorded, RowSet, Scoped
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.parties.models import Party, PartyKind, chosen, is_bound
from app.roles import OFFICE, Role
from app.talents.choices import Field, FoundBy, TalentState
from app.talents.rules import certificates_are_short, person_is_new

_FOUND, _INVITED, _ACTIVE, _RESTING = TalentState
_BY: Final = (*OFFICE, Role.COORDINATOR)

FLOW: Final = Flow(
    "state",
    (
        Move("invite", _("Invite"), (_FOUND, _RESTING), _INVITED, by=_BY, tone="strong"),
        Move("join", _("Takes part"), (_INVITED,), _ACTIVE, by=_BY, tone="strong"),
        Move("rest", _("Takes no part for now"), (_INVITED, _ACTIVE), _RESTING, by=_BY),
    ),
)

_WHO, _WHAT, _WHERE = _("The person"), _("What the person can do"), _("Where the person helps")


def oneself(row: Any, actor: Actor, held: Held) -> Any:
    """The talents of the person a grant is bound to."""
    return is_bound(row, "person", held)


@keeps_timeline
class Talent(Recorded, Scoped, Model):
    """Somebody with a profession or craft that helps the community (S2-12)."""

    __tablename__ = "talent"
    __table_args__ = (
        Index("ix_talent_newest", "community_id", "archived_at", "id"),
        Index("ix_talent_field", "community_id", "field", "id"),
        Index("ix_talent_state", "community_id", "state", "id"),
        Index(
            "ix_talent_person",
            *("community_id", "person_id"),
            unique=True,
            sqlite_where=column("archived_at").is_(None),
            postgresql_where=column("archived_at").is_(None),
        ),
    )
    list_name = "talents"
    guarded_by = "volunteers"
    flow: ClassVar[Flow] = FLOW
    row_sets: ClassVar[dict[str, RowSet]] = {"names": all_rows, "self": oneself}
    rules: ClassVar[tuple[RowRule, ...]] = (chosen("person", PartyKind.PERSON), person_is_new, certificates_are_short)

    person_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    person: Mapped[Party] = relationship(
        lazy="joined", info=about(_("Person"), _("A person of the list of people."), listed=True, group=_WHO)
    )
    state: Mapped[TalentState] = mapped_column(
        default=TalentState.FOUND, info=about(_("State"), listed=True, edited=False, group=_WHO)
    )
    found_by: Mapped[FoundBy | None] = mapped_column(info=about(_("Found by"), group=_WHO))
    found_on: Mapped[date | None] = mapped_column(info=about(_("Found on"), check=checks.not_future, group=_WHO))
    field: Mapped[Field] = mapped_column(info=about(_("Field"), listed=True, group=_WHAT))
    profession: Mapped[str | None] = mapped_column(
        String(60), info=about(_("Profession or craft"), listed=True, searched=True, group=_WHAT)
    )
    speciality: Mapped[str | None] = mapped_column(
        String(200),
        info=about(_("Speciality"), _("What the person does best."), listed=True, searched=True, group=_WHAT),
    )
    certificates: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), default=list, info=about(_("Certificates"), _("One per line."), group=_WHAT)
    )
    availability: Mapped[str | None] = mapped_column(
        String(120), info=about(_("When available"), _("In words, for example 周末 or 工作日晚上."), group=_WHERE)
    )
    think_tank: Mapped[bool] = mapped_column(
        default=False, info=about(_("Think tank"), _("Advises the community (智囊团)."), listed=True, group=_WHERE)
    )
    service_group: Mapped[bool] = mapped_column(
        default=False, info=about(_("Service group"), _("Lends a hand (服务团)."), listed=True, group=_WHERE)
    )
    remark: Mapped[str | None] = mapped_column(String(200), info=about(_("Remark"), group=_WHERE))

    def __str__(self) -> str:
        return f"{self.person} · {self.profession or self.field}"
