"""The timeline of a row: every step it took, who made it and when."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, ClassVar, Final

from blinker import Signal
from flask_appbuilder import Model
from sqlalchemy import JSON, ForeignKey, Index, String, and_, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship
from sqlalchemy.sql import ColumnElement

from app.core import access, chain, clock, keyring
from app.core.actor import Actor, current
from app.core.model import Hanging, new_uid
from app.core.reads import KEPT, OF_LIST

stepped: Final = Signal()
"""Sent by the class of a row when a step of it is written, in the same transaction; `row`, `step`."""


class Step(Hanging, Model):
    """One step of one row: registered, moved, archived or restored. Steps are only ever added."""

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_row", "community_id", "list", "row_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    list: Mapped[str] = mapped_column(String(32))
    row_id: Mapped[int]
    move: Mapped[str] = mapped_column(String(32))
    source: Mapped[str | None] = mapped_column(String(32))
    target: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    by: Mapped[Any] = relationship("Account", foreign_keys=[by_id], viewonly=True)
    by_label: Mapped[str] = mapped_column(String(64))
    said: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was given with the step: parameters by name, codes for choices, words for relations."""

    told: ClassVar[dict[str, Any]] = {}
    """The models that keep a timeline, by list name."""
    row: ClassVar[Any] = None
    """The row the step was made with, while it is being written."""

    @classmethod
    def hangs_on(cls) -> dict[str, Any]:
        """A step is of a row of a list that keeps a timeline."""
        return cls.told

    @classmethod
    def of_list(cls, name: str, model: Any, actor: Actor) -> ColumnElement[bool]:
        """The steps of the rows of one list the actor sees."""
        # Asked of the one row and not among all that the actor sees: a list may be long.
        seen = select(model.id).where(model.id == cls.row_id, model.visible(actor)).correlate(cls)
        return and_(cls.list == name, seen.exists())

    def writable(self, actor: Actor, verbs: str) -> bool:
        """A step is added together with its row, which is checked by itself; nobody changes it later."""
        model, session = self.told.get(self.list), object_session(self)
        row = session.get(model, self.row_id) if model and actor.errands and session else None
        if row is not None and access.sent("v", row, actor):
            return verbs == "c"
        held = [held for verb in "cema" for held, _rule in access.clauses(actor, model.guard(), verb)] if model else []
        return verbs == "c" and any(self.is_within(one) for one in held)


SEALED: Final = ("list", "row_id", "move", "source", "target", "at", "by_id", "by_label", "said")
"""What a step says: the columns its digest in history is made of, in this order."""


def digest_of(step: Any) -> str:
    """Return the digest of what a step says, which its entry in history keeps."""
    parts = [getattr(step, name) for name in SEALED]
    parts[SEALED.index("at")] = step.at.isoformat()
    return chain.link(keyring.fixed("history steps"), step.uid, parts)


class FirstSteps:
    """Makes the first steps of many rows, by one actor at one moment, ready but for the ids of the rows."""

    def __init__(self, actor: Actor, moment: datetime) -> None:
        self.by: dict[str, Any] = {"source": None, "at": moment, "by_id": actor.user_id, "by_label": actor.label}
        self.key = keyring.fixed("history steps")
        self._around = cache(self._encoded)

    def step(self, row: Any, move: str, target: str | None, said: dict[str, Any]) -> dict[str, Any]:
        """Return a step of a row by column."""
        about = {"uid": new_uid(), "list": row.list_name, "community_id": row.community_id}
        return {**about, "move": move, "target": target, "said": said, **self.by}

    def texts(self, step: Mapping[str, Any]) -> tuple[str, str]:
        """Return what the digest of a step is made of before and after the id of its row."""
        before, after = self._around(step["list"], step["move"], step["target"])
        return before, f"{after}{chain.encode(step['said'])}]"

    def _encoded(self, listing: str, move: str, target: str | None) -> tuple[str, str]:
        """Return the same without what was said, which stands last."""
        said = {**self.by, "list": listing, "move": move, "target": target, "at": self.by["at"].isoformat()}
        place = SEALED.index("row_id")
        before, after = ([said[name] for name in names] for names in (SEALED[:place], SEALED[place + 1 : -1]))
        return f"{chain.encode(before)[:-1]},", f",{chain.encode(after)[1:-1]},"

    def digest(self, step_uid: str, row_id: int, texts: tuple[str, str]) -> str:
        """Return the digest of a step, as `digest_of` does."""
        return chain.link_text(self.key, step_uid, f"{texts[0]}{row_id}{texts[1]}")


def keeps_timeline(model: Any) -> Any:
    """Let a list keep a timeline of its rows; a class decorator."""
    Step.told[model.list_name] = model
    return model


def add_step(session: Session, row: Any, move: str, source: str | None, target: str | None, /, **said: Any) -> Step:
    """Write one step of a row, made by the current actor now; `said`: the parameters, whatever they are called."""
    actor = current()
    if actor is None:
        raise access.OutOfScope
    step = Step(
        list=row.list_name,
        row_id=row.id,
        community=row.community,
        move=move,
        source=source,
        target=target,
        at=clock.now(),
        by_id=actor.user_id,
        by_label=actor.label,
        said=said,
    )
    step.row = row  # type: ignore[misc]  # of this one step, not of all
    session.add(step)
    stepped.send(type(row), row=row, step=step)
    return step


def steps_of(session: Session, row: Any) -> list[Step]:
    """Return the steps of a row, oldest first."""
    return list(session.scalars(_steps(row.list_name), {"community": row.community_id, "row": row.id}))


@lru_cache(maxsize=64)
def _steps(listing: str) -> Any:
    own = (Step.community_id == bindparam("community"), Step.list == listing, Step.row_id == bindparam("row"))
    return select(Step).where(*own).order_by(Step.id).execution_options(**{KEPT: True, OF_LIST: listing})
