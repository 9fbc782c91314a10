"""The keys of data subjects: each row with sensitive values has one; without it they cannot be read any more.

History is never changed, so what must be forgotten stands in it encrypted. Forgetting is destroying the key: the
chain still verifies, because it runs over what is encrypted.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import Connection, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import chain, keyring, plans

AT_ONCE: Final = 500
PURPOSE: Final = "subject keys"


class SubjectKey(Model):
    """The key of one row's sensitive values, itself encrypted under the data key."""

    __tablename__ = "subject_key"

    row_uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped: Mapped[str] = mapped_column(String(200))


def keys_of(connection: Connection, known: Iterable[str], fresh: Iterable[str]) -> dict[str, bytes]:
    """Return the keys of rows by uid; those of `fresh` rows, and those that are missing, are made.

    Raises KeyLost when one is there and the data key it was encrypted under is not.
    """
    found = dict(_stored(connection, known))
    made = {uid: chain.new_key() for uid in [*known, *fresh] if uid not in found}
    if made:
        plans.add(connection, SubjectKey.__table__, kept(made))
    return found | made


def _stored(connection: Connection, uids: Iterable[str]) -> Iterable[tuple[str, bytes]]:
    asked = list(uids)
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        wanted = select(SubjectKey.row_uid, SubjectKey.wrapped).where(SubjectKey.row_uid.in_(some))
        for uid, wrapped in connection.execute(wanted):
            key = unwrap(uid, wrapped)
            if key is None:
                raise keyring.KeyLost
            yield uid, key


def kept(keys: Mapping[str, bytes]) -> Iterator[dict[str, str]]:
    """Yield what is kept of the keys of rows, by uid: each encrypted under the data key."""
    seal = keyring.ring().sealer(PURPOSE)
    return ({"row_uid": uid, "wrapped": seal(key.hex(), uid)} for uid, key in keys.items())


def unwrap(uid: str, wrapped: str | None) -> bytes | None:
    """Return the key of a row, or None where it was destroyed or does not belong to the row."""
    text = keyring.ring().open(PURPOSE, wrapped, uid) if wrapped else None
    return bytes.fromhex(text) if text is not None else None


def forget(session: Session, row_uid: str) -> bool:
    """Destroy the key of a row, and with it every sensitive value history holds of it; part of the transaction.

    Returns False where there was none. History itself stays as it is, and its chain still verifies.
    """
    destroyed: Any = session.execute(delete(SubjectKey).where(SubjectKey.row_uid == row_uid))
    return bool(destroyed.rowcount)
