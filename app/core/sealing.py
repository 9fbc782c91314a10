"""Sealed columns: shut right before their row is written, opened when somebody looks at them.

A value is bound to table, column and the row's `uid` (AES-256-GCM, associated data): moved elsewhere it does not open.
Where a column may be looked for, an HMAC of its value stands beside it, which only an exact value finds.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import Connection, String, event, false
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session, object_session
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql import ColumnElement

from app.core import keyring
from app.core.sealed import INDEX, Closed, Sealed, bound_to
from app.extensions import db

PURPOSE: Final = "sealed columns"
BLIND_KEY: Final = "blind index"
DIGITS: Final = 32
"""Of the 64 hexadecimal digits of an HMAC; 128 bits do not meet by chance."""
MOST: Final = 10
"""Of a list of values so many are found by the index."""
BLIND: Final = String(MOST * (DIGITS + 1))
"""The type of a blind index."""
USED: Final = "sidan.sealed-under"

__all__ = ["BLIND", "INDEX", "Sealed"]

log: Final = logging.getLogger("sidan.sealing")

_COLUMNS: Final[dict[type, dict[str, Sealed]]] = {}


class KeyReplaced(Exception):
    """The data key was replaced between sealing a value and keeping it; the transaction is to be made again."""


class Opening:
    """What a sealed attribute is on its class: it opens what stands in the row, and takes plain values."""

    def __init__(self, attribute: InstrumentedAttribute[Any]) -> None:
        self.attribute = attribute

    def __get__(self, row: Any, owner: type) -> Any:
        """Return the plain value; of the class, the column."""
        held = self.attribute.__get__(row, owner)
        return held if row is None else opened(row, self.attribute.key, held)

    def __set__(self, row: Any, value: Any) -> None:
        """Take a plain value; what says the same stays as it is, and so does what cannot be opened for an empty one."""
        held = instance_dict(row).get(self.attribute.key)
        if not (isinstance(held, Closed) and opened(row, self.attribute.key, held) == value):
            self.attribute.__set__(row, value)


@event.listens_for(Mapper, "after_mapper_constructed")
def _prepare(mapper: Mapper[Any], model: Any) -> None:
    """Let the sealed columns of a model open themselves."""
    _COLUMNS[model] = found = {
        name: column.type for name, column in mapper.columns.items() if isinstance(column.type, Sealed)
    }
    for name, kind in found.items():
        missing = [
            other for other in ("uid", *([name + INDEX] if kind.found_by else [])) if other not in mapper.columns
        ]
        if missing:
            raise TypeError(f"{model.__name__}.{name} is sealed and needs {', '.join(missing)} beside it")
        setattr(model, name, Opening(getattr(model, name)))


def columns(model: type) -> Mapping[str, Sealed]:
    """Return the sealed columns of a model by name."""
    return _COLUMNS.get(model, {})


def models() -> list[type]:
    """Return the models of the portal that have sealed columns."""
    found = (model for model, names in _COLUMNS.items() if names and issubclass(model, Model))
    return sorted(found, key=lambda model: model.__name__)


# -- opening --------------------------------------------------------------------------------------------------------


def opened(row: Any, name: str, held: Any) -> Any:
    """Return what a value of a row says; None, and a line in the log, where it cannot be opened."""
    if not isinstance(held, Closed):
        return held
    return held.says(lambda token: _read(type(row), name, row.uid, token))


def opened_all(model: type, name: str, tokens: Sequence[str | None], uids: Sequence[str]) -> list[Any]:
    """Return what tokens of a column say that were asked for without their rows; with them come the uids of these."""
    unseal, about = keyring.ring().opener(PURPOSE), bound_to(model, name, "")
    pairs = list(zip(tokens, uids, strict=True))
    texts = [unseal(token, about + uid) if token is not None else None for token, uid in pairs]
    if texts.count(None) > tokens.count(None):
        lost = (uid for text, (token, uid) in zip(texts, pairs, strict=True) if text is None and token is not None)
        for uid in lost:
            _note_lost(model, name, uid)
    return [json.loads(text) if text is not None else None for text in texts] if columns(model)[name].many else texts


def _read(model: type, name: str, uid: str, token: str) -> Any:
    text = keyring.ring().open(PURPOSE, token, bound_to(model, name, uid))
    if text is None:
        _note_lost(model, name, uid)
        return None
    return json.loads(text) if columns(model)[name].many else text


def _note_lost(model: type, name: str, uid: str) -> None:
    log.error("a sealed value cannot be opened: %s", bound_to(model, name, uid))


# -- shutting -------------------------------------------------------------------------------------------------------


@event.listens_for(Mapper, "before_insert")
@event.listens_for(Mapper, "before_update")
def _shut(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    """Shut what was set, and keep its index; the attribute says the same before and after."""
    written = instance_dict(row)
    for name, kind in columns(mapper.class_).items():
        if name not in written or isinstance(written[name], Closed):
            continue
        value = written[name]
        if kind.found_by is not None:
            setattr(row, name + INDEX, _index(mapper.class_, name, value))
        if value is not None:
            written[name] = closed(mapper.class_, name, row.uid, value)
            _remember_key(object_session(row))


def _remember_key(session: Session | None) -> None:
    if session is not None:
        session.info.setdefault(USED, keyring.ring().newest)


def closed(model: type, name: str, uid: str, value: Any, seal: Callable[[str, str], str] | None = None) -> Closed:
    """Return a plain value shut for one column of one row."""
    text = json.dumps(value, ensure_ascii=False) if columns(model)[name].many else value
    seal = seal or keyring.ring().sealer(PURPOSE)
    found = Closed(seal(text, bound_to(model, name, uid)))
    found.says(lambda _token: value)
    return found


def shut_rows(model: type, rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield rows for a statement that writes many at once, with what is sealed shut and indexed.

    Each row is a dict of plain values by column, with its `uid`. SQLAlchemy's `insert` takes the rows as they are;
    COPY takes the `token` of each Closed.
    """
    _remember_key(db.session())
    seal, key = keyring.ring().sealer(PURPOSE), keyring.fixed(BLIND_KEY)
    for row in rows:
        yield row | _shut_values(model, row, seal, key)


def _shut_values(model: type, row: Mapping[str, Any], seal: Callable[[str, str], str], key: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in columns(model).items():
        value = row.get(name)
        if name in row and value is not None:
            found[name] = closed(model, name, row["uid"], value, seal)
        if name in row and kind.found_by is not None:
            found[name + INDEX] = _index(model, name, value, key)
    return found


def check_key(session: Session) -> None:
    """Refuse to keep what was sealed under a key that has been replaced meanwhile, and may be removed any moment."""
    if session.in_nested_transaction():
        return
    used = session.info.pop(USED, None)
    if used is not None and used != keyring.ring().newest:
        raise KeyReplaced


def forget_key(session: Session) -> None:
    """Nothing was kept."""
    session.info.pop(USED, None)


def start() -> None:
    """Check the key of what is about to be kept, in every session; after history has been written."""
    for name, listener in (("before_commit", check_key), ("after_rollback", forget_key)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


# -- looking for a value --------------------------------------------------------------------------------------------


def _index(model: type, name: str, value: Any, key: bytes | None = None) -> str | None:
    if not value:
        return None
    found = [digest(model, name, one, key) for one in (value if isinstance(value, list) else [value])]
    return " ".join(found[:MOST])


def digest(model: type, name: str, value: str, key: bytes | None = None) -> str:
    """Return the blind index of a value: nobody without the key can tell what it is of, or of which other column.

    `key`: that of blind indexes, where it has been found already.
    """
    found_by = columns(model)[name].found_by
    about = bound_to(model, name, found_by(value) if found_by is not None else value)
    return hmac.digest(key or keyring.fixed(BLIND_KEY), about.encode(), hashlib.sha256).hex()[:DIGITS]


def can_find(model: Any, name: str, value: str) -> bool:
    """Tell whether a value is one that rows can be found by."""
    kind = columns(model)[name]
    return kind.found_by is not None and bool(kind.found_by(value))


def holds(model: Any, name: str, value: str) -> ColumnElement[bool]:
    """Return the SQL for the rows whose sealed column is, or whose sealed list has, exactly this value."""
    if not can_find(model, name, value):
        return false()
    index, wanted = getattr(model, name + INDEX), digest(model, name, value)
    found: ColumnElement[bool] = index.contains(wanted) if columns(model)[name].many else index == wanted
    return found
