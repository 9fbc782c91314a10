"""The party, and what organisations, teams and people have in common as parties."""

import enum
from datetime import datetime
from typing import Any, ClassVar, Final

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, String, and_, event, false, or_, true
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.core import access, bulk, masking, selects
from app.core.actor import Actor, Held, current
from app.core.bulk import Bulk
from app.core.fields import Labelled, Text
from app.core.model import Scoped, Sought, new_uid
from app.core.rules import RowRule


@enum.unique
class PartyKind(Labelled):
    """What sort of party it is."""

    ORGANIZATION = "organization", _("Organisation")
    TEAM = "team", _("Team")
    PERSON = "person", _("Person")


LISTS: Final = {PartyKind.ORGANIZATION: "units", PartyKind.TEAM: "teams", PartyKind.PERSON: "people"}
"""The list in which each kind has its own row."""


class Party(Sought, Scoped, Model):
    """An organisation, a team or a person of a community, by the name it is known by.

    It is never written by hand: it follows its own row (`Partied`), whose list decides who may write it.
    """

    __tablename__ = "party"
    __table_args__ = (Index("ix_party_kind", "community_id", "kind", "id"),)
    open_to_members = True
    indexed = True
    option_order: ClassVar[tuple[Any, ...]] = ()
    follows: ClassVar[Any] = None
    """The row whose party this is, while it is being written."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[PartyKind]
    name: Mapped[str] = mapped_column(String(80))
    known: Mapped[bool]
    """Whether everybody of the community may read the name: of organisations, teams and people who sign in here."""
    serves: Mapped[bool] = mapped_column(default=False)
    """Whether it is a volunteer, whose name those may read who work with volunteers."""
    archived_at: Mapped[datetime | None]

    def __str__(self) -> str:
        return self.name if self.is_readable() else masking.name(self.name)

    def is_readable(self) -> bool:
        """Tell whether the actor reads the name."""
        return self.known or bool(reads_names(self)) or (self.serves and bool(reads_names(self, VOLUNTEERS)))

    @classmethod
    def readable(cls) -> ColumnElement[bool]:
        """Return the SQL for the parties whose name the actor reads."""
        return or_(cls.known, reads_names(cls), and_(cls.serves, reads_names(cls, VOLUNTEERS)))

    @property
    def page(self) -> str:
        """Return the list in which the party has its own row."""
        return LISTS[self.kind]

    def opens(self, guard: str, beside: Any) -> bool:
        """Tell whether the actor may open the party's own row, which that line of the role table rules."""
        return bool(reads_names(self, guard))

    @classmethod
    def guard(cls) -> str:
        """Return no line of the role table: everybody of the community sees who is who, and nobody writes it."""
        return "parties"

    @classmethod
    def holding(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the rows the current actor finds by a text: none by a name that is masked."""
        return super().holding(text) & cls.readable()

    @classmethod
    def showing(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the same rows, looked into one by one."""
        return super().showing(text) & cls.readable()

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Tell whether the party says what its row says; whether that may be written is asked of the row itself."""
        said = self.follows.told() if self.follows is not None else {"name": None}
        return all(getattr(self, name) == value for name, value in said.items())


Party.option_order = (Party.kind, Party.id)


PEOPLE: Final = "people"
VOLUNTEERS: Final = "volunteers"


def reads_names(row: Any, listing: str = PEOPLE) -> Any:
    """Tell of a row whether the actor reads the names of a list in its community; of a class, return the SQL."""
    actor = current()
    if actor is None or actor.unbounded:
        everything = actor is not None
        return (true() if everything else false()) if isinstance(row, type) else everything
    seen = access.clauses(actor, listing, "v")
    readers = [held for held, rule in seen if not (rule.masked or rule.rows or held.place_path)]
    if isinstance(row, type):
        model: Any = row
        return or_(false(), *access.together(model, (model.within(held) for held in readers)))
    return any(row.is_within(held) for held in readers)


def reads_names_somewhere() -> bool:
    """Tell whether the actor reads the names of people in some community."""
    actor = current()
    if actor is None or actor.unbounded:
        return actor is not None
    seen = access.clauses(actor, PEOPLE, "v")
    return any(not (rule.masked or rule.rows or held.place_path) for held, rule in seen)


class Partied(Scoped):
    """A row that is also a party; write it before `Recorded` among the bases. It has `name`."""

    party_kind: ClassVar[PartyKind]

    @declared_attr
    def id(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy hands over the class
        """The id of the party, and so unique among organisations, teams and people together."""
        return mapped_column(ForeignKey("party.id"), primary_key=True)

    @declared_attr
    def party(cls) -> Mapped[Party]:  # noqa: N805 - SQLAlchemy hands over the class
        """The row among the parties; it goes where its own row goes."""
        cascade = "save-update, merge, expunge"
        return relationship(Party, foreign_keys=[cls.id], cascade=cascade)  # type: ignore[list-item]  # set on the mapped class

    @property
    def is_known(self) -> bool:
        """Tell whether everybody of the community may read the name."""
        return True

    def told(self) -> dict[str, Any]:
        """Return what the party has to say of this row; a row without a name is refused for itself."""
        row: Any = self
        known = {"known": self.is_known, "archived_at": row.archived_at}
        return {"kind": self.party_kind, "uid": row.uid, "name": row.name or ""} | known


@event.listens_for(Session, "before_flush", insert=True)
def _follow(session: Session, context: Any, instances: Any) -> None:
    """Let the party of each written row say the same as the row; before the scope looks at both."""
    with session.no_autoflush:
        for row in [*session.new, *session.dirty]:
            if isinstance(row, Partied) and (row in session.new or session.is_modified(row)):
                _keep_in_step(row, row in session.new and row.party not in session.new)


def _keep_in_step(row: Any, fresh: bool) -> None:
    if fresh:
        row.uid = row.uid or new_uid()
        row.party = Party(community_id=row.community.id if row.community is not None else row.community_id)
    # Out of sight there is nothing to keep in step, and the scope refuses the row.
    if row.party is not None:
        row.party.follows = row
        for name, said in row.told().items():
            setattr(row.party, name, said)


def _accompany(row: Any, bulk: Bulk) -> None:
    """Let a row that is written with many others have its party too."""
    row.party = Party(community_id=row.community_id, **row.told())
    bulk.add(row.party)


bulk.prepares(Partied, _accompany)


def is_bound(row: Any, name: str, held: Held) -> Any:
    """Tell whether the relation `name` of a row leads to the party a grant is bound to; of a class, return the SQL."""
    return getattr(row, f"{name}_id") == (held.subject or 0)


def bound(row: Any, actor: Actor, held: Held) -> Any:
    """The organisation, team or person a grant is bound to, among the rows of its own list."""
    return row.id == (held.subject or 0)


def chosen(name: str, *kinds: PartyKind) -> RowRule:
    """Return the rule that the party chosen under `name` is of one of these kinds and was not archived before."""

    def fits(row: Any) -> dict[str, Text] | None:
        if not sa_inspect(row).attrs[f"{name}_id"].history.has_changes() or getattr(row, name) is None:
            return None
        party = getattr(row, name)
        if party.kind not in kinds:
            return {name: _("This choice does not fit here; choose another.")}
        return {name: _("This is archived; choose another.")} if party.archived_at is not None else None

    return fits


def choices(text: str, *kinds: PartyKind) -> list[tuple[int, str]]:
    """Return the parties of these kinds as choices of a form; of people only those whose names one reads."""
    return selects.offered(Party, text, Party.kind.in_(kinds), or_(Party.kind != PartyKind.PERSON, Party.readable()))
