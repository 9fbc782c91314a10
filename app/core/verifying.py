"""Verifying history: each chain is walked from its first entry, and its end compared with what was kept of it.

Entries are streamed, so that a million takes half a minute and little memory.
"""

import enum
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from app.core import heads, keyring
from app.core.chain import START, link
from app.core.history import CHAINED, STEP, Entry
from app.core.timeline import SEALED, Step, digest_of

AT_ONCE: Final = 5000


@enum.unique
class Fault(enum.Enum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    """An entry is not what was written, or was never written by the portal."""
    MISSING = "missing"
    """An entry is gone, or stands in another place."""
    CUT = "cut"
    """The last entries are gone, or the end was set back."""
    OLDER = "older"
    """A daily file remembers a later or another end: entries were cut off, or an old database was put back."""
    ELSEWHERE = "elsewhere"
    """A copy ends with an entry the database does not have."""
    FORGED_COPY = "forged_copy"
    """The first line of a copy is not what was written."""
    STEP = "step"
    """What an entry's step says was changed, or the step is gone."""
    FORGED_FILE = "forged_file"
    """A daily file is not what was written."""


@dataclass(frozen=True)
class Finding:
    """The first broken place of a chain."""

    fault: Fault
    chain: int
    seq: int
    at: datetime | None = None
    day: str = ""


@dataclass
class Walked:
    """What was found in one chain: how many entries are sound, and the hashes the daily files ask for."""

    chain: int
    entries: int = 0
    hash: str = START
    finding: Finding | None = None
    remembered: dict[int, str] = field(default_factory=dict)


def verify(
    connection: Connection, only: int | None = None, files: list[heads.DailyHeads] | None = None
) -> Iterator[Walked]:
    """Walk every chain, or one of them, and yield what was found; the findings name the first broken entry of each.

    The chains are those that have entries, an end, or are named by a daily file; `files`: other ones than the
    instance's.
    """
    ends, files = heads.ends_of(connection), list(heads.kept()) if files is None else files
    named = {number for file in files for number in file.ends}
    begun = set(connection.scalars(select(Entry.chain).distinct()))
    for number in sorted(ends.keys() | named | begun):
        if only is None or number == only:
            walked = _walk(connection, number, {file.ends[number][0] for file in files if number in file.ends})
            walked.finding = walked.finding or _at_the_end(walked, ends) or _in_the_files(walked, files)
            walked.finding = walked.finding or _in_the_steps(connection, number)
            yield walked


def forged_files() -> list[Finding]:
    """Return a finding for each daily file that is not what was written."""
    return [Finding(Fault.FORGED_FILE, 0, 0, day=file.day) for file in heads.kept() if not file.genuine]


def _walk(connection: Connection, number: int, asked: set[int]) -> Walked:
    key = keyring.fixed("history chain")
    walked = Walked(number, remembered={0: START})
    columns = [getattr(Entry, name) for name in (*CHAINED, "hash")]
    wanted = select(*columns).where(Entry.chain == number).order_by(Entry.seq)
    with connection.execute(wanted, execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows:
            walked.finding = _look_at(row, walked, key)
            if walked.finding is not None:
                break
            walked.entries, walked.hash = row.seq, row.hash
            if row.seq in asked:
                walked.remembered[row.seq] = row.hash
    return walked


def _in_the_steps(connection: Connection, number: int) -> Finding | None:
    """Compare the steps of the timelines with what their entries, which are sound, remember of them."""
    told = select(
        *(Entry.seq, Entry.at.label("noted_at"), Entry.changes, Entry.step_uid),
        *(getattr(Step, name) for name in ("uid", *SEALED)),
    )
    wanted = told.outerjoin(Step, Step.uid == Entry.step_uid).where(Entry.chain == number, Entry.step_uid.is_not(None))
    wrong: dict[str, Finding] = {}
    with connection.execute(wanted.order_by(Entry.seq), execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows:
            _none, kept = json.loads(row.changes).get(STEP, (None, None))
            # Entries from before steps were digested remember nothing.
            if kept is None:
                continue
            # A later entry may have restated what the step says; the last one counts.
            wrong.pop(row.step_uid, None)
            if row.uid is None or digest_of(row) != kept:
                wrong[row.step_uid] = Finding(Fault.STEP, number, row.seq, row.noted_at)
    return min(wrong.values(), key=_place, default=None)


def _place(finding: Finding) -> int:
    return finding.seq


def stands(connection: Connection, step: Step) -> bool:
    """Tell whether a step says what history remembers of it."""
    told = select(Entry.changes).where(Entry.list == step.list, Entry.row_id == step.row_id)
    noted = connection.scalars(told.where(Entry.step_uid == step.uid).order_by(Entry.seq.desc()))
    kept = next((pair[1] for changes in noted if (pair := json.loads(changes).get(STEP))), None)
    return kept is None or kept == digest_of(step)


def _look_at(row: Row[Any], walked: Walked, key: bytes) -> Finding | None:
    """Compare an entry with what must follow the one before."""
    if row.seq != walked.entries + 1:
        return Finding(Fault.MISSING, walked.chain, walked.entries + 1, row.at)
    parts: list[Any] = list(row[:-1])
    parts[CHAINED.index("at")] = row.at.isoformat()
    if link(key, walked.hash, parts) != row.hash:
        return Finding(Fault.CHANGED, walked.chain, row.seq, row.at)
    return None


def _at_the_end(walked: Walked, ends: heads.Ends) -> Finding | None:
    """Compare the last entry with the end the database keeps."""
    if ends.get(walked.chain, (0, START)) == (walked.entries, walked.hash):
        return None
    return Finding(Fault.CUT, walked.chain, walked.entries + 1)


def _in_the_files(walked: Walked, files: list[heads.DailyHeads]) -> Finding | None:
    """Look for an end that a daily file remembers and the chain does not have."""
    for file in files:
        seq, end = file.ends.get(walked.chain, (0, START))
        if file.genuine and walked.remembered.get(seq) != end:
            return Finding(Fault.OLDER, walked.chain, min(seq, walked.entries + 1), day=file.day)
    return None
