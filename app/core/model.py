"""What every table of ours has in common: identity, version, who and when, and the community it belongs to."""

import enum
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import Enum, ForeignKey, String, false, or_, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.core import access, pinyin, seeking
from app.core.actor import Actor, Held
from app.core.clock import Instant, now
from app.core.fields import Labelled, Text, about


def _codes(choices: type[enum.Enum]) -> list[str]:
    return [member.value for member in choices]


# A choice is stored as its code in a plain text column: a new choice then needs no migration.
Model.registry.update_type_annotation_map(
    {
        Labelled: Enum(Labelled, native_enum=False, create_constraint=False, length=32, values_callable=_codes),
        datetime: Instant(),
    }
)

RowSet = Callable[[Any, Actor, Held], Any]
"""Tells of a row whether it belongs to a set, for a person and the grant that is asked about.

Given the class instead of a row, the same words give the SQL.
"""


def new_uid() -> str:
    """Return 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


class Recorded:
    """A row that knows its identity, its version, who wrote it and whether it is archived."""

    list_name: ClassVar[str] = ""
    """The page name of the list the row belongs to; the line of the role table unless `guarded_by` says another."""

    guarded_by: ClassVar[str] = ""
    archivable: ClassVar[bool] = True
    attachments: ClassVar[bool] = False
    """True where rows may have photos and files; only for lists of a community."""
    portrait: ClassVar[bool] = False
    """True where the one file of a row is a picture of whom it is about; seen by who reads the row unmasked."""

    named_by: ClassVar[tuple[str, ...]] = ()
    """The columns that say what a row is called, and who may open it, where another row names it; empty: all."""

    listed_in_templates: ClassVar[bool] = False
    """True where workbooks to be filled in offer all rows in use by name; they have `is_open` and `option_order`."""

    noted_columns: ClassVar[dict[str, str]] = {}
    """Columns of which history says that they changed, by the name of the act, and never from what to what."""
    personal: ClassVar[frozenset[str]] = frozenset()
    """Columns everybody may read whose values history keeps sealed all the same, so that they can be forgotten."""
    acts: ClassVar[dict[str, Text]] = {}
    """The words for what is done to a row and is no move."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(
        default=now, info=about(_("Recorded at"), group=_("Record"), edited=False, sheet=False)
    )
    changed_at: Mapped[datetime] = mapped_column(
        default=now, info=about(_("Changed at"), group=_("Record"), edited=False, sheet=False)
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    archived_at: Mapped[datetime | None] = mapped_column(
        info=about(_("Archived at"), group=_("Record"), edited=False, sheet=False)
    )
    archive_reason: Mapped[str | None] = mapped_column(
        String(200), info=about(_("Reason for archiving"), group=_("Record"), edited=False, sheet=False)
    )

    @declared_attr
    def created_by(cls) -> Mapped[Any]:  # noqa: N805 - SQLAlchemy hands over the class
        """The person who recorded the row; nobody when the system did."""
        info = about(_("Recorded by"), group=_("Record"), edited=False, sheet=False)
        return relationship("Account", foreign_keys=[cls.created_by_id], info=info)  # type: ignore[list-item]  # set on the mapped class

    @declared_attr
    def changed_by(cls) -> Mapped[Any]:  # noqa: N805 - SQLAlchemy hands over the class
        """The person who changed the row last."""
        info = about(_("Changed by"), group=_("Record"), edited=False, sheet=False)
        return relationship("Account", foreign_keys=[cls.changed_by_id], info=info)  # type: ignore[list-item]  # set on the mapped class

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy hands over the class
        return {"version_id_col": cls.version}

    @classmethod
    def guard(cls) -> str:
        """Return the line of the role table that rules this model."""
        return cls.guarded_by or cls.list_name


class Sought:
    """A row that is found while typing: by name, other names and pinyin initials."""

    sought_in: ClassVar[tuple[str, ...]] = ("name",)
    indexed: ClassVar[bool] = False
    """True where the list grows without end: parts of words then stand in an index of their own (`seeking`)."""
    indexed_whole: ClassVar[tuple[str, ...]] = ()
    """Columns of words parted by blanks that are indexed as well, each word as it is."""
    sought: Mapped[str] = mapped_column(String(600), default="")

    def found_by(self) -> str:
        """Return what the row is found by."""
        given = (getattr(self, name) or "" for name in self.sought_in)
        flat = (text for one in given for text in (one if isinstance(one, list) else [one]))
        return pinyin.words(flat)[:600]

    @classmethod
    def holding(cls, text: str) -> ColumnElement[bool]:
        """Return the SQL for the rows the current actor finds by a text."""
        if cls.indexed:
            return seeking.holding(cls, text)
        return cls.sought.contains(text.lower(), autoescape=True)

    @classmethod
    def ways(cls, text: str) -> Sequence[ColumnElement[bool]]:
        """Return the SQL of each way a row is found by a text, each of which an index answers."""
        return [cls.holding(text)]

    @classmethod
    def showing(cls, text: str) -> ColumnElement[bool]:
        """Return the same as the ways together, for rows that are looked into one by one."""
        return seeking.seen(cls, text)


class Guarded:
    """A row that only some may see and write: those whose grants reach it and whose role allows it."""

    open_to_members: ClassVar[bool] = False
    """True where everybody who holds a grant that reaches the row may read it, whatever the role table says."""

    row_sets: ClassVar[dict[str, RowSet]] = {}
    """The sets of rows the role table names, by its words."""

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """Return the SQL that tells which rows a grant reaches."""
        raise TypeError(f"{cls.__name__} does not say what a grant reaches")

    def is_within(self, held: Held) -> bool:
        """Tell whether a grant reaches this row."""
        raise TypeError(f"{type(self).__name__} does not say what a grant reaches")

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Return the SQL that tells which rows the actor may see."""
        return access.criterion(cls, actor)

    def removable(self, actor: Actor) -> bool:
        """Tell whether the actor may delete the row; rows are archived, not deleted."""
        return False

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Tell whether the actor may do one of `verbs` with this row as it now is."""
        return any(access.may_row(verb, self, actor) for verb in verbs)


class Scoped(Guarded):
    """A row of one community; visible and writable only within the actor's grants."""

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))

    @declared_attr
    def community(cls) -> Mapped[Any]:  # noqa: N805 - SQLAlchemy hands over the class
        """The community the row belongs to."""
        info = about(_("Community"), group=_("Record"), edited=False, sheet=False)
        return relationship("Community", foreign_keys=[cls.community_id], info=info)  # type: ignore[list-item]  # set on the mapped class

    @classmethod
    def within(cls, held: Held) -> ColumnElement[bool]:
        """A grant reaches the rows of its community; one without a community reaches all."""
        return true() if held.community_id is None else cls.community_id == held.community_id

    def is_within(self, held: Held) -> bool:
        """Tell whether the row is of the grant's community."""
        return held.community_id is None or self.community_id == held.community_id


class Hanging(Scoped):
    """What hangs on a row of any list, such as a step or a file: who sees the row sees it."""

    @classmethod
    def hangs_on(cls) -> dict[str, Any]:
        """Return the models on whose rows it can hang, by the name of their list."""
        raise TypeError(f"{cls.__name__} does not say on what it hangs")

    @classmethod
    def of_list(cls, name: str, model: Any, actor: Actor) -> ColumnElement[bool]:
        """Return the SQL for what hangs on the rows of one list the actor sees."""
        raise TypeError(f"{cls.__name__} does not say on which rows of a list it hangs")

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """What hangs on the rows the actor sees."""
        if actor.unbounded:
            return true()
        return or_(false(), *(cls.of_list(name, model, actor) for name, model in cls.hangs_on().items()))

    @classmethod
    def visible_of(cls, actor: Actor, name: str) -> ColumnElement[bool]:
        """Of what the actor sees, what hangs on rows of one list: to ask about all is fifteen times as long."""
        model = cls.hangs_on().get(name)
        return false() if model is None else cls.of_list(name, model, actor)


def recorded_by(row: Any, actor: Actor) -> Any:
    """The rows the actor recorded."""
    return row.created_by_id == (actor.user_id or 0)
