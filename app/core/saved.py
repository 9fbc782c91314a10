"""Views of a list that a person has kept under a name: the filters and the order of its address."""

from datetime import datetime
from functools import cache
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, bindparam, select, true
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.actor import Actor, current
from app.core.model import Guarded
from app.core.reads import KEPT
from app.extensions import db

MOST: Final = 12
"""How many views one person keeps of one list."""


class SavedView(Guarded, Model):
    """One kept view of one person; nobody else sees it."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("ix_saved_view_account", "account_id", "list", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    list: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    @classmethod
    def visible(cls, actor: Actor) -> ColumnElement[bool]:
        """Everybody sees the own views."""
        return true() if actor.unbounded else cls.account_id == (actor.user_id or 0)

    def writable(self, actor: Actor, verbs: str) -> bool:
        """Everybody keeps views for themselves."""
        return actor.user_id is not None and self.account_id == actor.user_id

    def removable(self, actor: Actor) -> bool:
        """Everybody forgets the own views."""
        return actor.user_id is not None and self.account_id == actor.user_id


def views_of(listing: str) -> "list[SavedView]":
    """Return the person's own views of a list."""
    return [*db.session.scalars(_own_views(), {"me": _me(), "list": listing})]


@cache
def _own_views() -> Any:
    mine = (SavedView.account_id == bindparam("me"), SavedView.list == bindparam("list"))
    return select(SavedView).where(*mine).order_by(SavedView.id).limit(MOST).execution_options(**{KEPT: True})


def keep(listing: str, name: str, query: str) -> None:
    """Keep a view; one of the same name is replaced, and beyond MOST the oldest goes."""
    present = views_of(listing)
    for view in [view for view in present if view.name == name] or present[: max(0, len(present) - MOST + 1)]:
        db.session.delete(view)
    db.session.add(SavedView(account_id=_me(), list=listing, name=name, query=query))


def forget(pk: int) -> str | None:
    """Forget one of the own views, and return its list; None if there is no such view."""
    view = db.session.scalars(select(SavedView).filter_by(id=pk, account_id=_me())).one_or_none()
    if view is None:
        return None
    listing: str = view.list
    db.session.delete(view)
    return listing


def _me() -> int:
    actor = current()
    return actor.user_id or 0 if actor else 0
