"""Writing history: what a transaction changed is noted at each flush and written right before the commit.

So a row that is written twice in one transaction leaves one entry, and the lock on the end of a chain is held for no
longer than the commit takes. Each step of a timeline has an entry, whether or not it changed a column: the first step
of a row tells what changed, each further one stands by itself, by whoever made it. An entry costs two statements: the
end of the chain is read and locked, and the entries are added; a trigger moves the end.
"""

import enum
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from flask import Flask, current_app, has_request_context, request
from sqlalchemy import Connection, bindparam, event, insert, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.base import LoaderCallableStatus

from app.core import chain, clock, heads, keyring, plans
from app.core.access import OutOfScope
from app.core.actor import Actor, current
from app.core.fields import Worded
from app.core.history import (
    CHAINED,
    INSTALLATION,
    STEP,
    ChainHead,
    Entry,
    is_sensitive,
    recorded_columns,
)
from app.core.model import Recorded
from app.core.sealed import bound_to
from app.core.sealing import opened
from app.core.subject_keys import keys_of
from app.core.timeline import Step, digest_of
from app.extensions import db

PENDING: Final = "sidan.history"
REQUEST: Final = "sidan.request-id"
_text: Final = json.JSONEncoder(ensure_ascii=False).encode
NO_CHANGE: Final[dict[str, Any]] = {}
_UNKNOWN: Final = LoaderCallableStatus.NO_VALUE


@dataclass
class Change:
    """What one transaction does with one row: as it was, and what is noted without a value."""

    actor: Actor
    fresh: bool
    before: dict[str, Any] = field(default_factory=dict)
    act: str = ""


@dataclass
class Pending:
    """What a transaction has to write into history."""

    rows: dict[Any, Change] = field(default_factory=dict)
    steps: dict[Any, list[tuple[Step, Actor]]] = field(default_factory=dict)
    """By row, in the order they were made."""
    notes: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[tuple[Any, Actor, str, dict[str, Any]]] = field(default_factory=list)


def start(app: Flask, request_id: Callable[[], str]) -> None:
    """Write history from now on, in every session; `request_id` gives the number a request has in the log."""
    app.extensions[REQUEST] = request_id
    for name, listener in (("before_flush", _notice), ("after_rollback", _forget), ("before_commit", _write)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def _pending(session: Session) -> Pending:
    found: Pending = session.info.setdefault(PENDING, Pending())
    return found


def note(
    act: str, list_name: str, row: Any = None, /, *, by: int | None = None, into: int = INSTALLATION, **said: Any
) -> None:
    """Write down an act that changes no described row, such as signing in; part of the current transaction.

    `row`: what it is about, with `id` and `uid`; `by`: the account that acts while the system still acts for it;
    `into`: the number of the chain it stands in; `said`: values by name, none of them secret.
    """
    told = {name: [None, stored(value)] for name, value in said.items() if value is not None}
    about = {"row_id": getattr(row, "id", None), "row_uid": getattr(row, "uid", None), "step_uid": None}
    entry = {"chain": into, "act": act, "list": list_name, "changes": chain.encode(told)} | about
    person = {"actor_id": by, "actor_label": f"person:{by}"} if by is not None else {}
    _pending(db.session()).notes.append(entry | _who(_actor(), into) | person)


def restate(act: str, row: Any, step: Step) -> None:
    """Write down that a step of a row says something else from now on; part of the current transaction.

    What it says now is what history is compared with; what it said before is nowhere kept.
    """
    number = chain_of(row)
    about = {"row_id": row.id, "row_uid": row.uid, "step_uid": step.uid}
    entry = {
        "chain": number,
        "act": act,
        "list": row.list_name,
        "changes": chain.encode({STEP: [None, digest_of(step)]}),
    }
    _pending(db.session()).notes.append(entry | about | _who(_actor(), number))


def remark(act: str, row: Any, /, **said: Any) -> None:
    """Write down an act on a row that changes none of its columns, such as adding a file; part of the transaction.

    It stands in the row's own chain, and what is said is sealed under the row's key.
    """
    _pending(db.session()).remarks.append((row, _actor(), act, said))


def add(entries: Iterable[dict[str, Any]]) -> None:
    """Let entries that are ready stand in history; part of the current transaction."""
    _pending(db.session()).notes.extend(entries)


def entry(row: Any, act: str, changes: dict[str, Any], step_uid: str | None, actor: Actor) -> dict[str, Any]:
    """Return the entry of what somebody did with a row; of what is sensitive the changes are sealed already."""
    number = chain_of(row)
    about = {"row_id": row.id, "row_uid": row.uid, "step_uid": step_uid, "changes": chain.encode(changes)}
    return {"chain": number, "act": act, "list": row.list_name} | about | _who(actor, number)


class Entering:
    """Makes the entries of one act with many rows; who acts is found out once for each chain."""

    def __init__(self, act: str, actor: Actor) -> None:
        self.act, self.actor = act, actor
        self._who: dict[int, dict[str, Any]] = {}

    def entry(self, row: Any, changes: str, step_uid: str | None) -> dict[str, Any]:
        """Return the entry of a row; `changes`: as JSON, of what is sensitive sealed already."""
        number = chain_of(row)
        if number not in self._who:
            self._who[number] = {"chain": number, "act": self.act} | _who(self.actor, number)
        about = {"list": row.list_name, "row_id": row.id, "row_uid": row.uid, "step_uid": step_uid}
        return {**self._who[number], **about, "changes": changes}


def _actor() -> Actor:
    actor = current()
    if actor is None:
        raise OutOfScope
    return actor


# -- noting at each flush -------------------------------------------------------------------------------------------


def _notice(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Remember how each changed row was, before the flush forgets it."""
    actor = current()
    if actor is None:
        return
    for row in session.new:
        if isinstance(row, Recorded):
            _pending(session).rows.setdefault(row, Change(actor, fresh=True))
        elif isinstance(row, Step):
            _pending(session).rows.setdefault(row.row, Change(actor, fresh=False))
            _pending(session).steps.setdefault(row.row, []).append((row, actor))
    for row in session.dirty:
        if isinstance(row, Recorded) and session.is_modified(row):
            _remember(session, row, actor)


def _remember(session: Session, row: Any, actor: Actor) -> None:
    change = _pending(session).rows.setdefault(row, Change(actor, fresh=False))
    for column, act in getattr(type(row), "noted_columns", NO_CHANGE).items():
        if sa_inspect(row).attrs[column].history.has_changes():
            change.act = act
    if not change.fresh and not change.before:
        change.before = _as_it_was(session, row)


def _as_it_was(session: Session, row: Any) -> dict[str, Any]:
    """Return the recorded columns as they stand in the database; asked there only where the session forgot them."""
    state: Any = sa_inspect(row)
    found, asked = {}, []
    for name, column in recorded_columns(type(row)).items():
        value = state.committed_state.get(column, state.dict.get(column, _UNKNOWN))
        if value is not _UNKNOWN:
            found[name] = opened(row, name, value)
        elif column in state.committed_state or name in state.committed_state:
            asked.append(name)
    return found | (_ask(session, row, asked) if asked else {})


def _ask(session: Session, row: Any, names: list[str]) -> dict[str, Any]:
    table = type(row).__table__
    columns = recorded_columns(type(row))
    wanted = select(*(table.c[columns[name]] for name in names)).where(table.c.id == sa_inspect(row).identity[0])
    stand = session.connection().execute(wanted).one()
    return {name: opened(row, name, value) for name, value in zip(names, stand, strict=True)}


def _forget(session: Session) -> None:
    session.info.pop(PENDING, None)


# -- writing before the commit --------------------------------------------------------------------------------------


def _write(session: Session) -> None:
    """Flush what is left and add the entries of the transaction to their chains."""
    if session.in_nested_transaction():
        return
    session.flush()
    pending: Pending | None = session.info.pop(PENDING, None)
    if pending is None:
        return
    connection = session.connection()
    entries = _entries(connection, pending)
    if entries:
        heads.keep_daily(connection)
    for number in sorted({entry["chain"] for entry in entries}):
        _append(connection, number, [entry for entry in entries if entry["chain"] == number])


def _append(connection: Connection, number: int, entries: list[dict[str, Any]]) -> None:
    """Add entries to one chain, whose end stays locked until the transaction is over."""
    end = _end(connection, number)
    key, text_of = keyring.fixed("history chain"), cache(_text_of_several)
    previous, moment = end.hash, clock.now()
    for seq, entry in enumerate(entries, start=end.seq + 1):
        entry |= {"seq": seq, "at": moment}
        previous = entry["hash"] = chain.link_text(key, previous, _text_of(entry, text_of))
    plans.add(connection, Entry.__table__, entries)


def _end(connection: Connection, number: int) -> Any:
    asked = {"chain": number}
    found = connection.execute(_end_of(), asked).one_or_none()
    if found is None:
        connection.execute(insert(ChainHead.__table__).values(chain=number, seq=0, hash=chain.START))
        found = connection.execute(_end_of(), asked).one()
    return found


@cache
def _end_of() -> Any:
    return select(ChainHead.seq, ChainHead.hash).where(ChainHead.chain == bindparam("chain")).with_for_update()


def parts(entry: Any) -> list[Any]:
    """Return what an entry's hash is made of, in the one way it can be written."""
    return [entry[name].isoformat() if name == "at" else entry[name] for name in CHAINED]


def _text_of(entry: Mapping[str, Any], of_several: Callable[..., tuple[str, str]]) -> str:
    """Return what an entry's hash is made of as the one JSON text it has; what many entries say is written once."""
    before, after = of_several(*(entry[name] for name in _OF_SEVERAL))
    row = ",".join(chain.encode(entry[name]) for name in ("row_id", "row_uid", "step_uid"))
    return f"[{entry['chain']},{entry['seq']},{before},{row},{after},{chain.encode(entry['changes'])}]"


_OF_SEVERAL: Final = ("at", "act", "list", "actor_id", "actor_label", "roles", "request", "ip")
"""What the entries of one act by one actor say alike: the first three stand before the row, the others behind it."""


def _text_of_several(at: datetime, *said: Any) -> tuple[str, str]:
    texts = [*map(chain.encode, (at.isoformat(), *said))]
    return ",".join(texts[:3]), ",".join(texts[3:])


def _entries(connection: Connection, pending: Pending) -> list[dict[str, Any]]:
    found = [(row, change, _changed(row, change)) for row, change in pending.rows.items()]
    told = [one for one in found if one[1].fresh or one[1].act or one[2] or one[0] in pending.steps]
    keys = _keys(connection, told)
    found_entries = [_entry(row, change, values, _first(pending, row), keys) for row, change, values in told]
    keys |= keys_of(connection, [row.uid for row in {one[0] for one in pending.remarks} if row.uid not in keys], [])
    remarks = [_remark(*one, keys[one[0].uid]) for one in pending.remarks]
    # What was written past the session is noted as its entry already; a file that hangs on it comes after it.
    return [*found_entries, *_further(pending), *pending.notes, *remarks]


def _first(pending: Pending, row: Any) -> Step | None:
    return pending.steps[row][0][0] if row in pending.steps else None


def _further(pending: Pending) -> Iterator[dict[str, Any]]:
    """Yield the entries of the steps of rows that made several."""
    for row, steps in pending.steps.items():
        yield from (_entry(row, Change(actor, fresh=False), {}, step, {}) for step, actor in steps[1:])


def _changed(row: Any, change: Change) -> dict[str, list[Any]]:
    """Return by column what it was and what it is, as stored codes."""
    if change.fresh:
        pairs = {name: (None, getattr(row, column)) for name, column in recorded_columns(type(row)).items()}
    else:
        columns = recorded_columns(type(row))
        pairs = {name: (was, getattr(row, columns[name])) for name, was in change.before.items()}
    told = {name: [stored(was), stored(now)] for name, (was, now) in pairs.items() if was != now}
    return {name: pair for name, pair in told.items() if pair[0] != pair[1]}


def _entry(
    row: Any, change: Change, values: dict[str, list[Any]], step: Step | None, keys: dict[str, bytes]
) -> dict[str, Any]:
    sealed = {
        name: [shut(row, name, value, keys[row.uid]) for value in pair] if is_sensitive(type(row), name) else pair
        for name, pair in values.items()
    }
    said = {STEP: [None, digest_of(step)]} if step is not None else {}
    step_uid = step.uid if step is not None else None
    return entry(row, _act(row, change, step, values), sealed | said, step_uid, change.actor)


def _remark(row: Any, actor: Actor, act: str, said: dict[str, Any], key: bytes) -> dict[str, Any]:
    told = {name: [None, shut(row, name, stored(value), key)] for name, value in said.items()}
    return entry(row, act, told, None, actor)


def _act(row: Any, change: Change, step: Step | None, values: dict[str, list[Any]]) -> str:
    if change.fresh:
        return "create"
    if step is not None:
        return step.move
    if "archived_at" in values:
        return "archive" if row.archived_at is not None else "restore"
    return change.act or "change"


def chain_of(row: Any) -> int:
    """Return the number of the chain a row's history stands in: its community's, or the installation's."""
    if row.list_name == "communities":
        return int(row.id)
    return getattr(row, "community_id", None) or INSTALLATION


def _who(actor: Actor, number: int) -> dict[str, Any]:
    codes = {held.role.value for held in actor.held if held.community_id in (None, number) or number == INSTALLATION}
    asked, is_resident = has_request_context(), bool(actor.errands) and actor.user_id is None
    return {
        "actor_id": actor.user_id,
        "actor_label": actor.label[:64],
        "roles": ",".join(sorted(codes))[:200],
        "request": current_app.extensions[REQUEST]() if asked else "",
        # Of a resident who reports or answers by a code nothing is kept but the own words.
        "ip": (request.remote_addr or "")[:45] if asked and not is_resident else "",
    }


# -- values ---------------------------------------------------------------------------------------------------------


def _keys(connection: Connection, told: Iterable[tuple[Any, Change, dict[str, Any]]]) -> dict[str, bytes]:
    """Return the keys of the rows of which sensitive values are told."""
    needed = [(row, change) for row, change, values in told if any(is_sensitive(type(row), name) for name in values)]
    known = [row.uid for row, change in needed if not change.fresh]
    return keys_of(connection, known, [row.uid for row, change in needed if change.fresh]) if needed else {}


def shut(row: Any, name: str, value: Any, key: bytes) -> Any:
    """Return a stored value sealed for one column of a row under the row's own key; nothing stays nothing."""
    if value is None:
        return None
    return {"sealed": chain.seal(key, _text(value), bound_to(type(row), name, row.uid))}


def stored(value: Any) -> Any:
    """Return a value as history keeps it: codes, ISO dates, ids."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Worded):
        return value.plain()
    if isinstance(value, list) and value and isinstance(value[0], Recorded):
        return sorted(row.id for row in value)
    return value
