"""People who sign in, and what they were granted."""

import enum
import re
from datetime import date, datetime
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String, and_, or_, select, true
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, synonym, validates
from sqlalchemy.sql import ColumnElement

from app.accounts.rules import changed, community_fits, days_in_order, place_fits, stays_as_given, subject_fits
from app.core import access, checks, clock, masking, normal, sealing
from app.core.actor import Actor, Held, acting, current, system
from app.core.fields import Labelled, Text, about
from app.core.model import Guarded, Recorded, RowSet, Sought
from app.core.rules import RowRule
from app.core.sealing import BLIND, Sealed
from app.parties.models import Party
from app.roles import TITLES, Role, Rule, may_grant

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}")
OWN_COLUMNS: Final = frozenset(
    {"sought", "name", "phone", "password_hash", "changed_at", "changed_by_id", "changed_by"}
)
"""What everybody may change of the own account."""


@enum.unique
class GrantRole(Labelled):
    """The roles of `app.roles`, as a choice of a form."""

    SECRETARY = Role.SECRETARY.value, TITLES[Role.SECRETARY]
    WORKER = Role.WORKER.value, TITLES[Role.WORKER]
    COORDINATOR = Role.COORDINATOR.value, TITLES[Role.COORDINATOR]
    GRID_LEAD = Role.GRID_LEAD.value, TITLES[Role.GRID_LEAD]
    GRID_WORKER = Role.GRID_WORKER.value, TITLES[Role.GRID_WORKER]
    LIAISON = Role.LIAISON.value, TITLES[Role.LIAISON]
    PARTNER = Role.PARTNER.value, TITLES[Role.PARTNER]
    VOLUNTEER = Role.VOLUNTEER.value, TITLES[Role.VOLUNTEER]
    SUPERVISOR = Role.SUPERVISOR.value, TITLES[Role.SUPERVISOR]
    AUDITOR = Role.AUDITOR.value, TITLES[Role.AUDITOR]
    ADMIN = Role.ADMIN.value, TITLES[Role.ADMIN]

    @property
    def role(self) -> Role:
        """The role of the role table."""
        return Role(self.value)

    @classmethod
    def of(cls, role: Role) -> "GrantRole":
        """Return the choice for a role."""
        return cls.__members__[role.name]


def login_form(value: str) -> Text | None:
    """A login name starts with a letter, so that it is never taken for a phone number."""
    wrong = _("A login name has 2 to 32 small letters, digits, dots or hyphens, and starts with a letter.")
    return None if _LOGIN.fullmatch(value) else wrong


def _taken(account: "Account", column: str) -> bool:
    """Whether another account, in sight or not, has the same value."""
    session = object_session(account)
    value = getattr(account, column)
    if session is None or value is None or not sa_inspect(account).attrs[column].history.has_changes():
        return False
    same = sealing.holds(Account, column, value) if column == "phone" else getattr(Account, column) == value
    others = select(Account.id).where(same, Account.id != (account.id or 0))
    with acting(system("accounts")):
        return session.scalar(others.limit(1)) is not None


def login_is_free(account: "Account") -> dict[str, Text] | None:
    """No two accounts have the same login name."""
    return {"login": _("This login name is already in use; choose another.")} if _taken(account, "login") else None


def phone_is_free(account: "Account") -> dict[str, Text] | None:
    """No two accounts have the same phone number, because one may sign in with it."""
    return {"phone": _("Another account already has this phone number.")} if _taken(account, "phone") else None


def _all_or_below(row: Any, actor: Actor, held: Held) -> Any:
    """All accounts are listed within the grant; each one that is to be changed must be below the actor."""
    return true() if isinstance(row, type) else row.is_below(actor)


def _grants_here(row: Any, actor: Actor, held: Held) -> Any:
    """The grants of the grant's community; the grant itself has narrowed them already."""
    return true() if isinstance(row, type) else True


def _secretaries(row: Any, actor: Actor, held: Held) -> Any:
    """The grants of secretaries."""
    return row.role == GrantRole.SECRETARY


class Account(Recorded, Sought, Guarded, Model):
    """A person who signs in, by login name or phone."""

    __tablename__ = "account"
    list_name = "users"
    named_by = ("name", "created_by_id")
    sought_in = ("name", "login")
    archivable = False
    open_to_members = True
    row_sets: ClassVar[dict[str, RowSet]] = {"own community": _all_or_below, "Secretary": _all_or_below}
    rules: ClassVar[tuple[RowRule, ...]] = (login_is_free, phone_is_free)
    noted_columns: ClassVar[dict[str, str]] = {"password_hash": "password"}
    personal: ClassVar[frozenset[str]] = frozenset({"name", "login"})

    name: Mapped[str] = mapped_column(String(40), info=about(_("Full name"), listed=True, searched=True))
    login: Mapped[str] = mapped_column(
        String(32),
        unique=True,
        info=about(
            _("Login name"),
            _("Small letters and digits, for example wangfang."),
            listed=True,
            searched=True,
            check=login_form,
        ),
    )
    phone: Mapped[str | None] = mapped_column(
        Sealed(20, found_by=normal.phone),
        info=about(
            _("Mobile phone"),
            _("One may sign in with it."),
            listed=True,
            mask=masking.phone,
            check=checks.mobile,
        ),
    )
    phone_index: Mapped[str | None] = mapped_column(BLIND, unique=True)
    active: Mapped[bool] = mapped_column(default=True, info=about(_("Active"), listed=True, edited=False))
    last_sign_in: Mapped[datetime | None] = mapped_column(info=about(_("Last sign-in"), listed=True, edited=False))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    username = synonym("login")

    # Only for reading: somebody may be the one who changed the own row, and a flush could not put the two in order.
    created_by: Mapped["Account | None"] = relationship(
        foreign_keys="Account.created_by_id",
        remote_side="Account.id",
        viewonly=True,
        info=about(_("Recorded by"), edited=False, sheet=False),
    )
    changed_by: Mapped["Account | None"] = relationship(
        foreign_keys="Account.changed_by_id",
        remote_side="Account.id",
        viewonly=True,
        info=about(_("Changed by"), edited=False, sheet=False),
    )
    grants: Mapped[list["Grant"]] = relationship(
        foreign_keys="Grant.account_id", back_populates="account", order_by="Grant.id"
    )

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in; the name is Flask-Login's."""
        return self.active

    def get_id(self) -> str:
        """The id as text; the name is Flask-Login's."""
        return str(self.id)

    def get_full_name(self) -> str:
        """The one name a person has; the method is Flask-AppBuilder's."""
        return self.name

    def __str__(self) -> str:
        return self.name

    @validates("login")
    def _small_letters(self, key: str, value: str | None) -> str:
        return (value or "").strip().lower()

    @validates("phone")
    def _none_if_empty(self, key: str, value: str | None) -> str | None:
        return (value or "").strip() or None

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the people who hold or held a grant in its community; one without a community reaches all."""
        if held.community_id is None:
            return true()
        return _holds(_GRANTS.community_id == held.community_id)

    def is_within(self, held: Held) -> bool:
        """Tell whether the person holds or held a grant in the grant's community, or was only just made."""
        if held.community_id is None or self._made_by(current()):
            return True
        return any(grant.is_within(held) for grant in self.grants)

    def _made_by(self, actor: Actor | None) -> bool:
        return actor is not None and actor.user_id is not None and actor.user_id == self.created_by_id

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees the own account, those just made, and the people of the own communities."""
        if actor.unbounded:
            return true()
        own = cls.id == (actor.user_id or 0)
        return or_(own, cls.created_by_id == (actor.user_id or 0), access.criterion(cls, actor))

    @classmethod
    def managed(cls, actor: Actor) -> ColumnElement[bool]:
        """The accounts the actor sees in the list of users: by a grant that allows that list, and those just made."""
        if actor.unbounded:
            return true()
        seen = [_listed(held, rule) for held, rule in access.clauses(actor, cls.guard(), "v")]
        return or_(cls.created_by_id == (actor.user_id or 0), *seen)

    def opens(self, guard: str, beside: Any) -> bool:
        """Tell whether the actor finds the account in the list of users when a row of a community names it.

        Who is named there holds or held a grant in that community: the database need not be asked of each name.
        """
        actor = current()
        seen = access.clauses(actor, guard, "v") if actor is not None else ()
        return any(rule.rows != "Secretary" and beside.is_within(held) for held, rule in seen)

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Tell whether the actor may write the row as it now is: a person below, or of the own row what is theirs."""
        if verbs == "c":
            return access.may("c", self.guard(), actor)
        if self.id == actor.user_id:
            return changed(self) <= OWN_COLUMNS
        return self.is_below(actor)

    def is_below(self, actor: Actor) -> bool:
        """Tell whether the actor may manage the account.

        That is so when every grant it still holds, in sight or not, is one the actor could have given.
        """
        if actor.unbounded:
            return True
        givers = [held for held, _rule in access.clauses(actor, self.guard(), "e")]
        if self.id == actor.user_id or not givers:
            return False
        return all(any(_could_give(held, *grant) for held in givers) for grant in self._held_anywhere())

    def _held_anywhere(self) -> list[tuple[Role, int | None]]:
        """The grants that hold today or will, also those the actor cannot see."""
        session = object_session(self)
        if session is None:
            return []
        unended = or_(_GRANTS.ends_on.is_(None), _GRANTS.ends_on >= clock.today())
        found = select(_GRANTS.role, _GRANTS.community_id).where(
            _GRANTS.account_id == self.id, _GRANTS.archived_at.is_(None), unended
        )
        return [(role.role, community_id) for role, community_id in session.execute(found)]


def _could_give(held: Held, role: Role, community_id: int | None) -> bool:
    """Whether who holds `held` may give this role there; a grant limited to a place gives nothing."""
    reaches = held.community_id is None or held.community_id == community_id
    return reaches and held.place_path is None and may_grant(held.role, role)


class Grant(Recorded, Guarded, Model):
    """A role given to a person: in a community, for a place or not, from a day to a day (both included)."""

    __tablename__ = "account_grant"
    __table_args__ = (
        Index("ix_account_grant_account", "account_id"),
        Index("ix_account_grant_community", "community_id", "account_id"),
        Index("ix_account_grant_subject", "community_id", "subject_id"),
    )
    list_name = "grants"
    guarded_by = "users"
    archivable = False
    row_sets: ClassVar[dict[str, RowSet]] = {"own community": _grants_here, "Secretary": _secretaries}
    rules: ClassVar[tuple[RowRule, ...]] = (
        community_fits,
        place_fits,
        subject_fits,
        days_in_order,
        stays_as_given,
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(
        foreign_keys=[account_id], back_populates="grants", info=about(_("Person"), listed=True)
    )
    role: Mapped[GrantRole] = mapped_column(info=about(_("Role"), listed=True))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    community: Mapped[Any] = relationship(
        "Community", foreign_keys=[community_id], info=about(_("Community"), listed=True)
    )
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place: Mapped[Any] = relationship(
        "Place",
        foreign_keys=[place_id],
        info=about(
            _("Place"), _("Needed for grid leads and grid workers; the role then holds there and below."), listed=True
        ),
    )
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    subject: Mapped[Party | None] = relationship(
        foreign_keys=[subject_id],
        lazy="joined",
        info=about(
            _("Speaks for"),
            _("Liaisons and partners: their organisation. Volunteers: themselves, or the team they lead."),
            listed=True,
        ),
    )
    starts_on: Mapped[date] = mapped_column(default=clock.today, info=about(_("From"), listed=True))
    ends_on: Mapped[date | None] = mapped_column(
        info=about(_("Until"), _("The last day; empty: until it is ended."), listed=True)
    )

    def __str__(self) -> str:
        where = self.subject or self.place or self.community
        return f"{self.role.label} · {where}" if where is not None else str(self.role.label)

    @property
    def is_new(self) -> bool:
        """Whether the grant is only being given."""
        return not sa_inspect(self).has_identity

    @property
    def community_key(self) -> int | None:
        """The id of the community, also while the row is being written."""
        return self.community.id if self.community is not None else self.community_id

    def holds(self) -> bool:
        """Tell whether the grant holds today."""
        day = clock.today()
        begun = self.starts_on is None or self.starts_on <= day
        in_use = self.archived_at is None and (self.subject is None or self.subject.archived_at is None)
        return begun and (self.ends_on is None or self.ends_on >= day) and in_use

    @classmethod
    def holding(cls) -> ColumnElement[bool]:
        """The SQL for the grants that hold today; who spoke for what is archived speaks for nothing."""
        day = clock.today()
        unended = or_(cls.ends_on.is_(None), cls.ends_on >= day)
        in_use = or_(cls.subject_id.is_(None), cls.subject.has(archived_at=None))
        return and_(cls.archived_at.is_(None), cls.starts_on <= day, unended, in_use)

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the grants of its community; one without a community reaches all."""
        return true() if held.community_id is None else cls.community_id == held.community_id

    def is_within(self, held: Held) -> bool:
        """Tell whether this is a grant of the other's community."""
        return held.community_id is None or self.community_key == held.community_id

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees the own grants; the others as the role table says."""
        return or_(cls.account_id == (actor.user_id or 0), access.criterion(cls, actor))

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Tell whether the actor may give or end this grant, by one of the own grants."""
        verb = "c" if verbs == "c" else "e"
        return any(self._given_by(held) for held, _rule in access.clauses(actor, self.guard(), verb))

    def _given_by(self, held: Held) -> bool:
        # Without a role the rules complain beside the field.
        return self.role is None or _could_give(held, self.role.role, self.community_key)


# The plain table: who is reached is asked about all grants, not about those the actor may list.
_GRANTS: Final = Grant.__table__.c


def _listed(held: Held, rule: Rule) -> ColumnElement[bool]:
    """The accounts one clause of the role table lets one see, by the grant it belongs to."""
    if rule.rows != "Secretary":
        return Account.within(held)
    secretaries = _GRANTS.role == GrantRole.SECRETARY
    here = true() if held.community_id is None else _GRANTS.community_id == held.community_id
    return _holds(and_(secretaries, here))


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    # Asked of the one account, by its own grants: a page names four, and a community may have given hundreds.
    return select(_GRANTS.id).where(_GRANTS.account_id == Account.id, condition).correlate(Account).exists()
