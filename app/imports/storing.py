"""What stands by until a ledger is taken in: the file and the rows read from it, encrypted, piece by piece."""

import json
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import insert, select

from app.core import recording
from app.core.files import vault
from app.core.sheets.ledger import Draft
from app.extensions import db
from app.imports.models import ImportBatch, ImportPart
from app.imports.strange import SHOWN, folded

INDEX: Final = -1
"""The number of the piece that says where in the whole ledger the rows stand, by what becomes of them."""
STRANGE: Final = -2
"""The number of the piece that says which words for places nobody knows, and of how many rows."""
FILE: Final = 0
"""The number of the piece that is the file itself."""
ROWS: Final = 200
"""How many rows stand in a piece."""

Places = dict[str, list[int]]


def keep_file(batch: ImportBatch, data: bytes) -> None:
    """Keep the file; part of the current transaction."""
    _keep(batch, FILE, data)


def keep_rows(batch: ImportBatch, drafts: Sequence[Draft], along: Sequence[Draft] = ()) -> None:
    """Keep the rows, in the place of those there are; part of the current transaction."""
    forget_rows(batch)
    after = add_rows(batch, FILE + 1, drafts)
    add_rows(batch, after, along)
    keep_index(batch, index(drafts))


def add_rows(batch: ImportBatch, number: int, drafts: Sequence[Draft]) -> int:
    """Keep rows as the pieces from a number on, and return the next number; part of the current transaction."""
    for start in range(0, len(drafts), ROWS):
        plain = [draft.plain() for draft in drafts[start : start + ROWS]]
        _keep(batch, number, _packed(_said_once(plain)))
        number += 1
    return number


def renew_rows(batch: ImportBatch, number: int, drafts: Sequence[Draft]) -> None:
    """Keep what became of the rows of some pieces; part of the current transaction."""
    table = ImportPart.__table__
    last = number - (-len(drafts) // ROWS)
    own = table.delete().where(table.c.batch_id == batch.id, table.c.number >= number, table.c.number < last)
    db.session.connection().execute(own)
    add_rows(batch, number, drafts)


def keep_index(batch: ImportBatch, places: Places) -> None:
    """Keep where which rows stand; part of the current transaction."""
    table = ImportPart.__table__
    own = table.delete().where(table.c.batch_id == batch.id, table.c.number == INDEX)
    db.session.connection().execute(own)
    _keep(batch, INDEX, _packed(places))


def index_of(batch: ImportBatch) -> Places:
    """Return where which rows stand; nothing once they have been destroyed."""
    content = db.session.scalar(select(ImportPart.content).filter_by(batch_id=batch.id, number=INDEX))
    found: Places = _opened(batch, INDEX, content) if content is not None else {}
    return found


def keep_strange(batch: ImportBatch, words: Counter[str]) -> None:
    """Keep which words for places nobody knows; part of the current transaction."""
    _keep(batch, STRANGE, _packed(folded(words).most_common(SHOWN)))


def strange_of(batch: ImportBatch) -> list[tuple[str, int]]:
    """Return which words for places nobody knows, and of how many rows; the most first."""
    content = db.session.scalar(select(ImportPart.content).filter_by(batch_id=batch.id, number=STRANGE))
    return [(words, rows) for words, rows in _opened(batch, STRANGE, content)] if content is not None else []


def _keep(batch: ImportBatch, number: int, content: bytes) -> None:
    about = {"batch_id": batch.id, "community_id": batch.community_id, "number": number}
    sealed = vault.seal(content, _bound_to(batch, number))
    db.session.connection().execute(insert(ImportPart.__table__), about | {"content": sealed})


def _packed(plain: Any) -> bytes:
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _opened(batch: ImportBatch, number: int, content: bytes) -> Any:
    opened = vault.unseal(content, _bound_to(batch, number))
    return json.loads(zlib.decompress(opened)) if opened is not None else []


def _bound_to(batch: ImportBatch, number: int) -> str:
    return f"import_part|{batch.uid}|{number}"


def file_of(batch: ImportBatch) -> bytes | None:
    """Return the file as it was sent; None once it has been destroyed."""
    content = db.session.scalar(select(ImportPart.content).filter_by(batch_id=batch.id, number=FILE))
    return vault.unseal(content, _bound_to(batch, FILE)) if content is not None else None


def drafts_of(batch: ImportBatch, pieces: Iterable[int] | None = None, after: int = FILE) -> list[Draft]:
    """Return the rows, or those of some pieces, or those of the pieces after one."""
    wanted = select(ImportPart.number, ImportPart.content).where(
        ImportPart.batch_id == batch.id, ImportPart.number > after
    )
    if pieces is not None:
        wanted = wanted.where(ImportPart.number.in_(list(pieces)))
    found: list[Draft] = []
    for number, content in db.session.execute(wanted.order_by(ImportPart.number)):
        found += map(Draft.of, _said_again(_opened(batch, number, content)))
    return found


ALIKE: Final = ("sheet", "ledger", "section", "at", "keys", "read")
"""What most rows of a piece have as its first row has it."""


def _said_once(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows of a piece, each without what it has as the first one does."""
    first = {name: rows[0][name] for name in ALIKE if name in rows[0]}
    for row in rows:
        for name, value in first.items():
            if row.get(name) == value:
                del row[name]
            else:
                # Nothing has to be said too, for what is not said is as in the first.
                row.setdefault(name, type(value)())
    return {"first": first, "rows": rows}


def _said_again(piece: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a piece whole, each with dicts of its own; what was read earlier may stand in it so."""
    if isinstance(piece, list):
        yield from piece
        return
    first = piece["first"]
    own = [name for name, value in first.items() if isinstance(value, dict)]
    for row in piece["rows"]:
        yield {**first, **{name: {**first[name]} for name in own}, **row}


def first_of(batch: ImportBatch, most: int) -> list[Draft]:
    """Return the first rows."""
    return drafts_of(batch, range(FILE + 1, FILE + 1 + -(-most // ROWS)))


def rows_of(batch: ImportBatch, places: Sequence[int]) -> list[Draft]:
    """Return the rows at these places of the whole ledger; only the pieces they stand in are opened."""
    wanted = sorted({place // ROWS + FILE + 1 for place in places})
    found: dict[int, Draft] = {}
    for number in wanted:
        for at, draft in enumerate(drafts_of(batch, [number])):
            found[(number - FILE - 1) * ROWS + at] = draft
    return [found[place] for place in places if place in found]


def index(drafts: Iterable[Draft], start: int = 0, found: Places | None = None) -> Places:
    """Return by what becomes of them where the rows stand in the whole ledger; `found`: of those before `start`."""
    found = {"rejected": [], "warned": [], "duplicate": [], "accepted": []} if found is None else found
    for place, draft in enumerate(drafts, start):
        if not draft.along:
            found[draft.verdict].append(place)
            if draft.warnings and draft.verdict == "accepted":
                found["warned"].append(place)
    return found


def sealed(batch: ImportBatch, row: Any, before: dict[str, Any]) -> str:
    """Return encrypted what a row of a list said before its blanks were filled in."""
    plain = {name: recording.stored(value) for name, value in before.items()}
    text = json.dumps(plain, ensure_ascii=False).encode()
    return b64encode(vault.seal(text, f"import_trace|{batch.uid}|{row.uid}")).decode("ascii")


def opened(batch: ImportBatch, row: Any, before: str) -> dict[str, Any]:
    """Return what a row of a list said before."""
    text = vault.unseal(b64decode(before), f"import_trace|{batch.uid}|{row.uid}")
    found: dict[str, Any] = json.loads(text) if text is not None else {}
    return found


def forget_rows(batch: ImportBatch) -> None:
    """Destroy the rows; part of the current transaction."""
    table = ImportPart.__table__
    db.session.connection().execute(table.delete().where(table.c.batch_id == batch.id, table.c.number != FILE))


def forget(batch: ImportBatch) -> None:
    """Destroy file and rows; part of the current transaction."""
    table = ImportPart.__table__
    db.session.connection().execute(table.delete().where(table.c.batch_id == batch.id))
