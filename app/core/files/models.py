"""An attachment: a file that belongs to one row of any list that says `attachments = True`."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, exists
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship
from sqlalchemy.sql import ColumnElement

from app.core import access, clock
from app.core.actor import Actor
from app.core.files.kinds import LONGEST_NAME, Kind
from app.core.history import recorded_models
from app.core.model import Hanging, new_uid


def attachable() -> dict[str, Any]:
    """Return the models whose rows may have attachments, by list name."""
    return {name: model for name, model in recorded_models().items() if model.attachments}


def may_attach(row: Any, actor: Actor | None = None) -> bool:
    """Tell whether the actor may add files to this row and remove them: who may edit it or make moves on it."""
    return any(access.may_row(verb, row, actor) for verb in "em")


class Attachment(Hanging, Model):
    """One file of one row. Who sees the row sees it; who may edit the row or make moves on it adds and removes it.

    A portrait is seen only by who reads the row unmasked.
    """

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_row", "community_id", "list", "row_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    """Also the name under which the content lies."""
    list: Mapped[str] = mapped_column(String(32))
    row_id: Mapped[int]
    row_uid: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """As the person called it, with the ending of what it is."""
    kind: Mapped[Kind]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(32))
    width: Mapped[int | None]
    height: Mapped[int | None]
    move: Mapped[str | None] = mapped_column(String(32))
    """The move it came with, as evidence of it."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_by: Mapped[Any] = relationship("Account", foreign_keys=[made_by_id], viewonly=True)

    @classmethod
    def hangs_on(cls) -> dict[str, Any]:
        """A file is of a row of a list that takes files."""
        return attachable()

    @classmethod
    def of_list(cls, name: str, model: Any, actor: Actor) -> ColumnElement[bool]:
        """The files of the rows of one list the actor sees."""
        same = (model.id == cls.row_id, model.community_id == cls.community_id, model.uid == cls.row_uid)
        seen = access.unmasked(model, actor) if model.portrait else model.visible(actor)
        return (cls.list == name) & exists().where(*same, seen).correlate(cls)

    def row(self) -> Any:
        """Return the row it belongs to; None where that is out of sight."""
        session, model = object_session(self), attachable().get(self.list)
        found = session.get(model, self.row_id) if session is not None and model is not None else None
        fits = found is not None and (found.uid, found.community_id) == (self.row_uid, self.community_id)
        return found if fits else None

    def writable(self, actor: Actor, verbs: str) -> bool:
        """An attachment is added to a row one may write, and never changed."""
        return verbs == "c" and self.removable(actor)

    def removable(self, actor: Actor) -> bool:
        """Tell whether the actor may write the row it belongs to."""
        row = self.row()
        return row is not None and may_attach(row, actor)
