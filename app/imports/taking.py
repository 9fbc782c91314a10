"""Taking in what stands by: all of it at once, or, of a long ledger, piece by piece and seen at once.

Up to 10,000 new rows are one transaction. More are written in chunks, each a transaction that holds the lock for well
under a second; what a chunk has written is seen by nobody (`app.core.unfinished`) until the last one is there. Whoever
dies in between leaves what is taken up again, or taken back.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.communities.models import Community
from app.core import clock, plans, unfinished
from app.core.actor import current
from app.core.bulk import Bulk
from app.core.database import reading, transaction
from app.core.model import Recorded
from app.core.moves import Refused
from app.core.sheets.ledger import Draft
from app.extensions import db
from app.imports import storing
from app.imports.models import BatchState, ImportBatch, ImportTrace
from app.imports.service import NOT_READ, counts, imported, look, require_rights, take_on, weight, write_down
from app.ledgers.keeper import Keeper
from app.ledgers.world import World

CHUNK: Final = 4_000
"""How many new rows a chunk of a long ledger writes: about half a second of the lock, on a slow disk one."""
TAKEN_UP: Final = _("Somebody else is at work with this ledger just now.")


class Became:
    """What is ready to be written: which draft becomes which row, and what keeps each list."""

    def __init__(self, keepers: list[tuple[Keeper, list[Draft]]], bulk: Bulk) -> None:
        self.keepers = keepers
        self.bulk = bulk
        self.drafts: dict[int, Draft] = {}
        self.created: list[tuple[Draft, Any]] = []
        """What was made one by one, as a form would."""

    def write(self, batch: ImportBatch) -> int:
        """Write it, and note which rows it became; part of the current transaction. Return how many were filled in."""
        self.bulk.write()
        fills = [fill for keeper, own in self.keepers for fill in keeper.merge(own)]
        db.session.flush()
        plans.add(db.session.connection(), ImportTrace.__table__, self._traces(batch, fills))
        return len(fills)

    def _traces(self, batch: ImportBatch, fills: Sequence[Any]) -> Iterator[dict[str, Any]]:
        about = {"batch_id": batch.id, "community_id": batch.community_id}
        for made in self.bulk.everything():
            if isinstance(made.row, Recorded):
                yield about | _trace(made.row, 1, self.drafts.get(id(made.row)))
        for draft, row in self.created:
            yield about | _trace(row, row.version, draft)
        for _draft, row, before in fills:
            yield about | _trace(row, row.version, None) | {"before": storing.sealed(batch, row, before)}

    def hide(self, batch: ImportBatch) -> None:
        """Let nobody see what was written until all of the batch is; part of the current transaction."""
        ids: dict[str, list[int]] = {}
        for made in self.bulk.everything():
            ids.setdefault(unfinished.key_of(type(made.row)), []).append(made.row.id)
        for _draft, row in self.created:
            ids.setdefault(unfinished.key_of(type(row)), []).append(row.id)
        for listing, own in ids.items():
            unfinished.hide(batch.id, listing, own)


def _trace(row: Any, version: int, draft: Draft | None) -> dict[str, Any]:
    found = draft.meant.get("fingerprint") if draft is not None else None
    about = {"list": row.list_name, "row_id": row.id, "version": version}
    return about | {"fingerprint": found, "before": None}


def prepared(batch: ImportBatch, drafts: list[Draft]) -> Became:
    """Look at rows again, and make all ready while nobody waits. Raises Forbidden, Refused, Violation."""
    db.session.rollback()
    with reading():
        community = db.session.get_one(Community, batch.community_id)
        require_rights(batch)
        world = World(community, batch.history, imported(community.id))
        became = _prepared(world, drafts)
        db.session.rollback()
    return became


def _prepared(world: World, drafts: list[Draft]) -> Became:
    for draft in drafts:
        draft.undecide()
        draft.meant.pop("fill", None)
    became = Became(look(world, drafts), Bulk("i"))
    became.created = world.memo.setdefault("created", [])
    rows = world.memo.setdefault("rows", {})
    for keeper, own in became.keepers:
        for draft, made in keeper.write(own, became.bulk):
            rows[draft.sheet, draft.row] = made.row
            became.drafts[id(made.row)] = draft
    became.bulk.ready()
    return became


# -- at once --------------------------------------------------------------------------------------------------------


def apply(batch: ImportBatch) -> Mapping[str, int]:
    """Take in what stands by, all of it or nothing; return the counts. Raises Refused, Forbidden, Clash, Violation."""
    if batch.state is not BatchState.READ:
        raise Refused(NOT_READ)
    if batch.pieces:
        begin(batch)
        return go_on(batch)
    with plans.uncollected():
        return _at_once(batch)


def _at_once(batch: ImportBatch) -> Mapping[str, int]:
    drafts = storing.drafts_of(batch)
    became = prepared(batch, drafts)
    places = storing.index(drafts)
    same = places == storing.index_of(batch)
    told = counts(drafts) | {"ignored": batch.told["counts"]["ignored"]}
    with transaction():
        take_on(batch, BatchState.READ, BatchState.APPLIED)
        told |= {"filled": became.write(batch)}
        _note(batch, told)
        if not same:
            # Something has changed since they were read.
            own = [draft for draft in drafts if not draft.along]
            storing.keep_rows(batch, own, [draft for draft in drafts if draft.along])
        write_down("ledger_taken_in", batch, rows=len(became.drafts))
    return told


def _note(batch: ImportBatch, told: Mapping[str, int]) -> None:
    actor = current()
    batch.applied_at, batch.applied_by_id = clock.now(), actor.user_id if actor else None
    batch.told = batch.told | {"counts": dict(told)}


# -- piece by piece -------------------------------------------------------------------------------------------------


def begin(batch: ImportBatch) -> None:
    """Let a long ledger be taken in from now on. Raises Refused, Forbidden."""
    require_rights(batch)
    db.session.rollback()
    with transaction():
        take_on(batch, BatchState.READ, BatchState.APPLYING)
        none = dict.fromkeys(("accepted", "rejected", "duplicates", "warnings", "filled"), 0)
        _note(batch, none | {"ignored": batch.told["counts"]["ignored"]})
        batch.pieces_done, batch.moved_at = 0, clock.now()
        storing.keep_index(batch, storing.index(()))


def go_on(batch: ImportBatch) -> Mapping[str, int]:
    """Take in the rest of a long ledger, and let all of it be seen. Raises Refused, Forbidden, Clash, Violation."""
    with unfinished.seeing(batch.id):
        while batch.state is BatchState.APPLYING and batch.pieces_done < batch.pieces:
            with plans.uncollected():
                _take_in_chunk(batch)
    with transaction():
        take_on(batch, BatchState.APPLYING, BatchState.APPLIED)
        unfinished.show(batch.id)
        batch.applied_at = batch.moved_at = clock.now()
        told: Mapping[str, int] = batch.told["counts"]
        write_down("ledger_taken_in", batch, rows=told["accepted"])
    return told


def _take_in_chunk(batch: ImportBatch) -> None:
    done = batch.pieces_done
    own, last = _chunk(batch, done)
    along = storing.drafts_of(batch, after=batch.pieces)
    became = prepared(batch, [*own, *along])
    found = counts(own)
    places = storing.index(own, done * storing.ROWS, storing.index_of(batch))
    with transaction():
        take_on(batch, BatchState.APPLYING, BatchState.APPLYING)
        if batch.pieces_done != done:
            raise Refused(TAKEN_UP)
        found["filled"] = became.write(batch)
        became.hide(batch)
        before = batch.told["counts"]
        batch.told = batch.told | {"counts": before | {name: before[name] + more for name, more in found.items()}}
        storing.renew_rows(batch, done + 1, own)
        storing.keep_index(batch, places)
        batch.pieces_done, batch.moved_at = last, clock.now()


def _chunk(batch: ImportBatch, done: int) -> tuple[list[Draft], int]:
    """Return the rows of the next pieces that one transaction writes, and the number of the last of these."""
    found: list[Draft] = []
    room, number = CHUNK, done
    while number < batch.pieces and (number == done or room > 0):
        number += 1
        some = storing.drafts_of(batch, [number])
        room -= sum(map(weight, some))
        found += some
    return found, number
