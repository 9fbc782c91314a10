"""A chain of history as a file: one line of JSON per entry, in which every sensitive value stays sealed.

The first line says which chain it is and where it ends, and bears a seal; so a copy that was changed or cut is found
out wherever the portal's keys are. What the seals in it hide can be read by nobody who has only the file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from app.core import chain, clock, heads, keyring
from app.core.history import CHAINED, Entry
from app.core.verifying import AT_ONCE, Fault, Finding, Walked

LONGEST_LINE: Final = 1024 * 1024


class NoCopy(Exception):
    """The file is no copy of a chain."""


def lines(connection: Connection, number: int, about: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a copy of one chain; `about` says in words whose it is."""
    seq, end = heads.ends_of(connection).get(number, (0, chain.START))
    first: dict[str, Any] = {**about, "chain": number, "entries": seq, "at": clock.now().isoformat(), "end": end}
    yield _line(first | {"seal": _seal(first)})
    columns = [getattr(Entry, name) for name in (*CHAINED, "hash")]
    wanted = select(*columns).where(Entry.chain == number, Entry.seq <= seq).order_by(Entry.seq)
    for row in connection.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield _line(row._asdict() | {"at": row.at.isoformat()})


def _line(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"


def _seal(first: Mapping[str, Any]) -> str:
    told = [first[name] for name in sorted(first) if name != "seal"]
    return chain.link(keyring.fixed("history chain"), str(first["end"]), told)


def verify(connection: Connection, given: Iterable[str]) -> Walked:
    """Walk a copy from its first entry; then compare its end with its first line and with the database.

    Raises NoCopy where the file is none at all.
    """
    told = iter(given)
    first = _read(next(told, ""))
    if first is None or not isinstance(first.get("chain"), int) or not isinstance(first.get("entries"), int):
        raise NoCopy
    walked = Walked(first["chain"])
    walked.finding = _walk(walked, told) or _at_the_end(connection, walked, first)
    return walked


def _read(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line[:LONGEST_LINE])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _walk(walked: Walked, told: Iterable[str]) -> Finding | None:
    key = keyring.fixed("history chain")
    for line in told:
        entry, seq = _read(line) or {}, walked.entries + 1
        if entry.get("seq") != seq:
            return Finding(Fault.MISSING, walked.chain, seq)
        if chain.link(key, walked.hash, [entry.get(name) for name in CHAINED]) != entry.get("hash"):
            return Finding(Fault.CHANGED, walked.chain, seq)
        walked.entries, walked.hash = seq, entry["hash"]
    return None


def _at_the_end(connection: Connection, walked: Walked, first: dict[str, Any]) -> Finding | None:
    """Compare where a copy ends with what its first line says, and with the entry of that number in the database."""
    if "end" not in first or first.get("seal") != _seal(first):
        return Finding(Fault.FORGED_COPY, walked.chain, 0)
    if (first["entries"], first["end"]) != (walked.entries, walked.hash):
        return Finding(Fault.CUT, walked.chain, walked.entries + 1)
    wanted = select(Entry.hash).where(Entry.chain == walked.chain, Entry.seq == walked.entries)
    if walked.entries and connection.scalar(wanted) != walked.hash:
        return Finding(Fault.ELSEWHERE, walked.chain, walked.entries)
    return None
