"""Telling, reading and switching off. What is told is written in the transaction of what it tells."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, delete, select, update

from app.accounts import reach
from app.core import access, clock
from app.core.access import OutOfScope
from app.core.actor import acting, current, system
from app.extensions import db
from app.notices.kinds import Kind, known
from app.notices.models import Mute, Notice
from app.roles import Role

KEPT: Final = timedelta(days=90)
TALLY: Final = "notices"


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is told of a row: the holders of roles, and the people in columns of it; as far as they see the row.

    `verb` "m": only those of them who make moves on it.
    """

    roles: tuple[Role, ...] = ()
    people: tuple[str, ...] = ()
    verb: str = "v"


# -- telling --------------------------------------------------------------------------------------------------------


def tell(  # noqa: PLR0913 - what a notice consists of
    kind: Kind,
    row: Any,
    whom: Whom,
    *,
    move: str | None = None,
    for_at: datetime | None = None,
    but: Collection[int] = (),
) -> set[int]:
    """Tell people of a row and return whom; never who does it, nobody who does not see the row, and none of `but`."""
    ids = {getattr(row, column) for column in whom.people} - {None}
    with db.session.no_autoflush:
        actors = reach.working(row.community_id, whom.roles, ids)
        seeing = {actor.user_id for actor in actors if actor.user_id and access.may_row(whom.verb, row, actor)}
    about = {"list": row.list_name, "row_id": row.id, "move": move, "for_at": for_at}
    return _write(kind, seeing - set(but), about)


def tell_person(kind: Kind, account_id: int) -> set[int]:
    """Tell one person of what happened to the own account, and return whom."""
    return _write(kind, {account_id}, {})


def _write(kind: Kind, ids: set[int], about: dict[str, Any]) -> set[int]:
    doer = current()
    by_id = doer.user_id if doer is not None else None
    told = ids - {by_id}
    told -= set() if kind.fixed or not told else _deaf(kind, told)
    db.session.add_all(Notice(account_id=one, kind=kind.code, by_id=by_id, **about) for one in sorted(told))
    return told


def _deaf(kind: Kind, ids: Iterable[int]) -> set[int]:
    """Return who of these people does not want this kind."""
    muted = select(Mute.account_id).where(Mute.account_id.in_(ids), Mute.kind == kind.code)
    with acting(system("notices")), db.session.no_autoflush:
        return set(db.session.scalars(muted))


def settle(row: Any, step: str) -> None:
    """Note that what was asked for about a row is done, for all who were told of it."""
    done = [kind.code for kind in known().values() if step in kind.done_by]
    if not done:
        return
    table = Notice.__table__
    about = (table.c.list == row.list_name, table.c.row_id == row.id, table.c.kind.in_(done), table.c.done_at.is_(None))
    with db.session.no_autoflush:
        db.session.connection().execute(update(table).where(*about).values(done_at=clock.now()))


# -- reading --------------------------------------------------------------------------------------------------------


def _me() -> int:
    actor = current()
    if actor is None or actor.user_id is None:
        raise OutOfScope
    return actor.user_id


def unread() -> Select[Any]:
    """Return the query for the notices the actor has not read and that nobody has seen to."""
    actor = current()
    mine = Notice.account_id == (actor.user_id or 0 if actor is not None else 0)
    return select(Notice.id).where(mine, Notice.read_at.is_(None), Notice.done_at.is_(None))


def page(before: int | None, size: int) -> list[Notice]:
    """Return the actor's notices, the newest first: those before a number, one more than the page holds."""
    mine = select(Notice).where(Notice.account_id == _me())
    found = mine.where(Notice.id < before) if before is not None else mine
    return list(db.session.scalars(found.order_by(Notice.id.desc()).limit(size + 1)))


def read(notice_id: int) -> None:
    """Mark one of the own notices as read. Raises OutOfScope."""
    notice = db.session.get(Notice, notice_id)
    if notice is None:
        raise OutOfScope
    notice.read_at = notice.read_at or clock.now()


UNREAD: Final = "unread"


def unread_about(model: Any) -> Any:
    """Return the query for the unread notices about the row a model stands for; one sees only one's own."""
    about = (Notice.list == model.list_name, Notice.row_id == model.id, Notice.read_at.is_(None))
    return select(Notice.id).where(*about)


def read_of(listing: str, row_id: int) -> None:
    """Mark the own notices about a row as read."""
    table = Notice.__table__
    _mark(table.c.list == listing, table.c.row_id == row_id)


def read_all() -> None:
    """Mark all own notices as read."""
    _mark()


def _mark(*where: Any) -> None:
    table = Notice.__table__
    mine = update(table).where(table.c.account_id == _me(), table.c.read_at.is_(None), *where)
    db.session.connection().execute(mine.values(read_at=clock.now()))


# -- switching off --------------------------------------------------------------------------------------------------


def choices() -> list[tuple[Kind, bool]]:
    """Return the kinds one can switch off, and whether the actor wants each."""
    muted = set(db.session.scalars(select(Mute.kind).where(Mute.account_id == _me())))
    return [(kind, kind.code not in muted) for kind in known().values() if not kind.fixed]


def choose(wanted: Collection[str]) -> None:
    """Let the actor be told of these kinds and not of the others; what cannot be switched off stays on."""
    me, muted = _me(), {one.kind: one for one in db.session.scalars(select(Mute).where(Mute.account_id == _me()))}
    for kind in (kind for kind in known().values() if not kind.fixed):
        if kind.code in wanted and kind.code in muted:
            db.session.delete(muted[kind.code])
        elif kind.code not in wanted and kind.code not in muted:
            db.session.add(Mute(account_id=me, kind=kind.code))


def forget_old() -> int:
    """Remove the notices of more than 90 days ago, and return how many."""
    table = Notice.__table__
    found = db.session.connection().execute(delete(table).where(table.c.made_at < clock.now() - KEPT))
    return int(found.rowcount)
