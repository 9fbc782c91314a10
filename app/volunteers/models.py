"""The volunteer: a person of the community who serves, under a number of their own (S2-25, S3-05, MZ/T 061)."""

from datetime import date, timedelta
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, and_, column, or_, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship
from sqlalchemy.sql import ColumnElement

from app.communities.models import Place, all_rows
from app.core import access, checks, clock, masking, pinyin
from app.core.actor import Actor, Held
from app.core.fields import Text, WordedType, about, facts
from app.core.flow import Ask, Flow, Move
from app.core.model import Recorded, RowSet, Scoped, Sought
from app.core.rules import RowRule
from app.core.timeline import keeps_timeline
from app.organizations.models import Team
from app.parties.models import Party, PartyKind, chosen
from app.people.models import Person
from app.roles import Role
from app.volunteers import rules
from app.volunteers.availability import Availability
from app.volunteers.choices import VolunteerState
from app.volunteers.skills import Skills
from app.volunteers.training import Training, complaint

_APPLIED, _APPROVED, _ACTIVE, _SUSPENDED, _LEFT = VolunteerState

SOON: Final = timedelta(days=30)
"""How long before the end of an insurance it is said that it ends."""
OWN_COLUMNS: Final = ("skills", "skill_text", "availability", "intentions", "places")
"""What volunteers change of their own row: when, where and with what they help."""

_DESK: Final = (Role.SECRETARY, Role.COORDINATOR)
"""Of those whom the workflow lets move volunteers, the ones whom the role table lets: a worker only registers them."""
_REASON: Final = Ask("reason", required=False, label=_("Reason"))

FLOW: Final = Flow(
    "state",
    (
        Move("approve", _("Admit"), (_APPLIED,), _APPROVED, by=_DESK, tone="strong"),
        Move("activate", _("Begin service"), (_APPROVED,), _ACTIVE, by=_DESK, tone="strong"),
        Move("suspend", _("Pause service"), (_ACTIVE,), _SUSPENDED, by=_DESK, asks=(_REASON,)),
        Move("resume", _("Take up service again"), (_SUSPENDED,), _ACTIVE, by=_DESK, tone="strong"),
        Move(
            "leave",
            _("End service"),
            (_APPLIED, _APPROVED, _ACTIVE, _SUSPENDED),
            _LEFT,
            by=_DESK,
            by_resident=True,
            asks=(_REASON,),
            tone="grave",
        ),
        Move(
            "rejoin",
            _("Come back"),
            (_LEFT,),
            _APPLIED,
            by=_DESK,
            help=_("The number stays the same; admit them again."),
        ),
    ),
)

volunteer_place: Final = Table(
    "volunteer_place",
    Model.metadata,
    Column("volunteer_id", ForeignKey("volunteer.id"), primary_key=True),
    Column("place_id", ForeignKey("place.id"), primary_key=True),
    Index("ix_volunteer_place_place", "place_id", "volunteer_id"),
)

team_member: Final = Table(
    "team_member",
    Model.metadata,
    Column("team_id", ForeignKey("team.id"), primary_key=True),
    Column("volunteer_id", ForeignKey("volunteer.id"), primary_key=True),
    Index("ix_team_member_volunteer", "volunteer_id", "team_id"),
)

# The plain table: who one is oneself is part of the scope.
_PEOPLE: Final = Person.__table__.c


_OWN: Final = "own people"


def oneself(row: Any, actor: Actor, held: Held) -> Any:
    """The volunteer who acts: the person the grant is bound to, or who signs in by this account."""
    mine = select(_PEOPLE.id).where(_PEOPLE.account_id == (actor.user_id or 0))
    if isinstance(row, type):
        model: Any = row
        return or_(model.person_id == (held.subject or 0), model.person_id.in_(mine))
    if row.person_id == held.subject:
        return True
    session = object_session(row)
    if session is None:
        return False
    # One page asks about the same row again and again, each time for another verb.
    if _OWN not in actor.memo:
        actor.memo[_OWN] = frozenset(session.scalars(mine))
    return row.person_id in actor.memo[_OWN]  # type: ignore[operator]  # the memo holds anything


_WHO, _WHAT, _SAFE = _("The volunteer"), _("What, when and where"), _("Insurance, training and guardian")


@keeps_timeline
class Volunteer(Recorded, Sought, Scoped, Model):
    """Somebody who serves the community without pay; the number stands for them wherever the name is masked.

    A volunteer serves named places or the whole community, and is seen in the whole community like what is shared.
    """

    __tablename__ = "volunteer"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        Index(
            "ix_volunteer_person",
            *("community_id", "person_id"),
            unique=True,
            sqlite_where=column("archived_at").is_(None),
            postgresql_where=column("archived_at").is_(None),
        ),
        Index("ix_volunteer_newest", "community_id", "archived_at", "id"),
        Index("ix_volunteer_state", "community_id", "state", "id"),
        Index("ix_volunteer_insurance", "community_id", "state", "insurance_until"),
        Index("ix_volunteer_registered", "community_id", "registered_on", "id"),
    )
    list_name = "volunteers"
    flow: ClassVar[Flow] = FLOW
    option_order: ClassVar[tuple[Any, ...]] = ()
    personal: ClassVar[frozenset[str]] = frozenset(
        {"person", "teams", *OWN_COLUMNS, "insurance_until", "training", "guardian_agreed_on"}
    )
    row_sets: ClassVar[dict[str, RowSet]] = {"names": all_rows, "self": oneself}
    rules: ClassVar[tuple[RowRule, ...]] = (
        chosen("person", PartyKind.PERSON),
        rules.stays_whose_it_is,
        rules.person_is_in_sight,
        rules.person_is_free,
        rules.places_in_use,
        rules.teams_are_there,
        rules.guardian_is_whole,
    )
    acts: ClassVar[dict[str, Text]] = {"register": _("Registered as a volunteer")}

    number: Mapped[str] = mapped_column(
        String(24),
        info=about(
            _("Volunteer number"), _("Stands for the person in public."), searched=True, edited=False, group=_WHO
        ),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    person: Mapped[Party] = relationship(
        foreign_keys=[person_id],
        lazy="joined",
        innerjoin=True,
        info=about(_("Person"), _("One of the list of people."), group=_WHO),
    )
    state: Mapped[VolunteerState] = mapped_column(
        default=VolunteerState.APPLIED, info=about(_("State"), edited=False, group=_WHO)
    )
    registered_on: Mapped[date] = mapped_column(
        default=clock.today, info=about(_("Registered on"), _("Empty: today."), check=checks.not_future, group=_WHO)
    )
    teams: Mapped[list[Team]] = relationship(
        secondary=team_member, order_by=Team.id, overlaps="members", info=about(_("Teams"), group=_WHO)
    )
    skills: Mapped[Skills | None] = mapped_column(
        WordedType(Skills), info=about(_("Skills"), _("For example 测血压血糖、陪诊."), group=_WHAT)
    )
    skill_text: Mapped[str | None] = mapped_column(
        String(200), info=about(_("Other skills"), _("What is not among the boxes."), searched=True, group=_WHAT)
    )
    availability: Mapped[Availability | None] = mapped_column(
        WordedType(Availability),
        info=about(_("Has time"), _("For example 周三、六下午；周日全天. Empty: not said."), group=_WHAT),
    )
    intentions: Mapped[str | None] = mapped_column(
        String(200), info=about(_("Wants to do"), _("In the person's own words."), searched=True, group=_WHAT)
    )
    places: Mapped[list[Place]] = relationship(
        secondary=volunteer_place,
        order_by=Place.id,
        info=about(_("Serves in"), _("With all that lies in it. Empty: the whole community."), group=_WHAT),
    )
    insurance_until: Mapped[date | None] = mapped_column(
        info=about(_("Insured until"), _("The last day of the accident insurance."), group=_SAFE)
    )
    training: Mapped[Training | None] = mapped_column(
        WordedType(Training),
        info=about(_("Training"), _("One a line: 2026-03-05 急救培训 4小时."), check=complaint, group=_SAFE),
    )
    guardian: Mapped[str | None] = mapped_column(
        String(40),
        info=about(
            _("Guardian"),
            _("Of somebody under 18. Empty: as in the record of the person."),
            mask=masking.name,
            group=_SAFE,
        ),
    )
    guardian_agreed_on: Mapped[date | None] = mapped_column(
        info=about(_("Guardian agreed on"), _("To the service as a volunteer."), check=checks.not_future, group=_SAFE)
    )
    reminded_for: Mapped[date | None]
    """The end of the insurance of which it was said that it comes."""

    def __str__(self) -> str:
        return f"{self.number} {self.person}"

    def found_by(self) -> str:
        """Return what the volunteer is found by: number, skills and wishes; by name only who may read it finds them."""
        said = (self.number, str(self.skills or ""), self.skill_text, self.intentions)
        return pinyin.words(text for text in said if text)[:600]

    @classmethod
    def holding(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the volunteers the current actor finds by a text."""
        named = select(Party.id).where(Party.community_id == cls.community_id, Party.serves, Party.holding(text))
        found: ColumnElement[bool] = or_(super().holding(text), cls.person_id.in_(named))
        return found

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Tell whether the actor may do one of `verbs` with the row as it now is; of the own row what is theirs."""
        if not super().writable(actor, verbs):
            return False
        return writes_whole(self, actor) or self._changed() <= {*OWN_COLUMNS}

    def _changed(self) -> set[str]:
        typed = {name for name, fact in facts(type(self)).items() if fact.edited}
        return {name for name in typed if rules.changed(self, name)}

    @property
    def account_id(self) -> int | None:
        """Return the account by which the person signs in, whoever asks; for what they are told."""
        session = object_session(self)
        mine = select(_PEOPLE.account_id).where(_PEOPLE.id == self.person_id)
        return session.scalar(mine) if session is not None else None

    @property
    def is_insured(self) -> bool:
        """Tell whether the insurance holds today."""
        return self.insurance_until is not None and self.insurance_until >= clock.today()

    @property
    def ends_soon(self) -> bool:
        """Tell whether the insurance of somebody who serves has ended or soon will."""
        limit = clock.today() + SOON
        serves = self.state in (VolunteerState.ACTIVE, VolunteerState.SUSPENDED)
        return serves and self.insurance_until is not None and self.insurance_until <= limit


Volunteer.option_order = (Volunteer.number, Volunteer.id)

# Teams stand below volunteers and are written without them; from here on a team has members.
Team.members = relationship(
    Volunteer,
    secondary=team_member,
    order_by=Volunteer.id,
    overlaps="teams",
    info=about(_("Members"), _("Volunteers, found by number, name or skill.")),
)


def writes_whole(volunteer: Any, actor: Actor) -> bool:
    """Tell whether the actor may write all of the row, and not only as the volunteer it is about."""
    if actor.unbounded or access.sent("m", volunteer, actor):
        return True
    clauses = [pair for verb in "cema" for pair in access.clauses(actor, Volunteer.guard(), verb)]
    return any(volunteer.is_within(held) and rule.rows != "self" for held, rule in clauses)


def ending() -> ColumnElement[bool]:
    """Return the SQL for those who serve and whose insurance has ended or soon will."""
    serves = Volunteer.state.in_((VolunteerState.ACTIVE, VolunteerState.SUSPENDED))
    return and_(serves, Volunteer.insurance_until <= clock.today() + SOON)
