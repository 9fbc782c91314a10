"""Taking a batch back as a whole: its rows are put away, what it filled in is emptied again.

What somebody has changed since is shown before, and kept or taken back as they choose.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import bindparam, select, update

from app.core import bulk, clock, unfinished
from app.core.actor import current
from app.core.database import transaction
from app.core.fields import shape
from app.core.history import recorded_models
from app.core.model import Recorded
from app.extensions import db
from app.imports import storing
from app.imports.models import BatchState, ImportBatch, ImportTrace
from app.imports.service import require_rights, take_on, write_down
from app.imports.storing import ROWS
from app.ledgers.world import batches, value_of, widely
from app.parties.models import Partied, Party

SHOWN: Final = 1000
"""Of so many rows it is told at most that somebody has changed them since."""
SLICE: Final = 2000
FEW: Final = 100
"""How many rows are put away, and how many are emptied one by one, in one transaction of a long ledger."""
FREED: Final[Mapping[str, Mapping[str, Callable[[Any], Any]]]] = {
    "needs": {"code": lambda row: f"{row.code[:30]}~{row.id}"},
    "units": {"credit_code": lambda row: None},
    "places": {"closed_on": lambda row: row.closed_on or clock.today()},
}
"""What no two rows may have, put away or not: it becomes free, so that the ledger can be taken in again.

A place is in use until it is closed, and only then another one may have its name.
"""


def changed_since(batch: ImportBatch) -> list[tuple[str, int]]:
    """Return the rows, by list and id, that somebody has changed since the batch was taken in; at most `SHOWN`."""
    found: list[tuple[str, int]] = []
    for some in _slices(batch):
        found += [(model.list_name, row.id) for model, trace, row in _standing(some) if row.version > trace.version]
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]


def _slices(batch: ImportBatch, filled: bool = False, size: int = SLICE) -> Iterator[list[Any]]:
    """Yield the traces of what the batch brought, or filled in, in pieces."""
    columns = (ImportTrace.id, ImportTrace.list, ImportTrace.row_id, ImportTrace.version, ImportTrace.before)
    which = ImportTrace.before.is_not(None) if filled else ImportTrace.before.is_(None)
    wanted = select(*columns).where(ImportTrace.batch_id == batch.id, which).order_by(ImportTrace.id).limit(size)
    last = 0
    while some := db.session.execute(wanted.where(ImportTrace.id > last)).all():
        last = some[-1].id
        yield list(some)


def _standing(traces: Sequence[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the model, the trace and the row as it stands, of each trace whose row is not put away."""
    models, by_list = recorded_models(), defaultdict[str, dict[int, Any]](dict)
    for trace in traces:
        by_list[trace.list][trace.row_id] = trace
    for name, own in by_list.items():
        table = models[name].__table__
        columns = [table.c[each] for each in ("id", "uid", "version", "community_id", *FREED.get(name, {}))]
        for some in batches(own):
            here = select(*columns).where(table.c.id.in_(some), table.c.archived_at.is_(None))
            yield from ((models[name], own[row.id], row) for row in db.session.connection().execute(here))


def undo(batch: ImportBatch, everything: bool = False) -> dict[str, int]:
    """Take a batch back; `everything`: also what somebody has changed since. Raises Refused, Forbidden."""
    if batch.pieces:
        begin(batch, everything)
        return go_on(batch)
    require_rights(batch)
    db.session.rollback()
    with transaction():
        take_on(batch, BatchState.APPLIED, BatchState.UNDONE)
        done = dict.fromkeys(("undone", "kept", "emptied"), 0)
        for some in _slices(batch):
            _take_back(batch, some, everything, done)
        for some in _slices(batch, filled=True):
            done["emptied"] += _empty(batch, some, everything)
        _forget_prints(batch)
        _note(batch, done)
    return done


def _note(batch: ImportBatch, done: Mapping[str, int]) -> None:
    actor = current()
    batch.undone_at, batch.undone_by_id = clock.now(), actor.user_id if actor else None
    batch.told = batch.told | {"undone": dict(done)}
    write_down("ledger_taken_back", batch, rows=done["undone"])


def _forget_prints(batch: ImportBatch) -> None:
    """From now on the same lines are new again."""
    table = ImportTrace.__table__
    own = update(table).where(table.c.batch_id == batch.id, table.c.fingerprint.is_not(None))
    db.session.connection().execute(own.values(fingerprint=None))


def _take_back(batch: ImportBatch, traces: Sequence[Any], everything: bool, done: dict[str, int]) -> None:
    by_model: defaultdict[Any, list[Any]] = defaultdict(list)
    for model, trace, row in _standing(traces):
        if everything or row.version == trace.version:
            by_model[model].append(row)
        else:
            done["kept"] += 1
    for model, going in by_model.items():
        _put_away(model, going, batch)
        done["undone"] += len(going)


# -- piece by piece -------------------------------------------------------------------------------------------------


def begin(batch: ImportBatch, everything: bool = False) -> None:
    """Let nobody see any more what a long ledger brought, and take it back from now on. Raises Refused, Forbidden."""
    require_rights(batch)
    source = BatchState.APPLYING if batch.state is BatchState.APPLYING else BatchState.APPLIED
    going: defaultdict[str, list[int]] = defaultdict(list)
    for some in _slices(batch):
        for model, trace, row in _standing(some):
            if everything or row.version == trace.version:
                going[unfinished.key_of(model)].append(row.id)
                if issubclass(model, Partied):
                    going[unfinished.key_of(Party)].append(row.id)
    db.session.rollback()
    with transaction():
        take_on(batch, source, BatchState.UNDOING)
        for listing, ids in going.items():
            unfinished.hide(batch.id, listing, ids)
        actor = current()
        batch.undone_by_id = actor.user_id if actor else None
        batch.told = batch.told | {"everything": everything, "undone": dict.fromkeys(("undone", "kept", "emptied"), 0)}
        batch.pieces_done, batch.moved_at = 0, clock.now()


def go_on(batch: ImportBatch) -> dict[str, int]:
    """Take back the rest of a long ledger, and be done with it. Raises Refused, Forbidden."""
    everything = bool(batch.told["everything"])
    with unfinished.seeing(batch.id):
        handled = 0
        for some in _slices(batch):
            handled += len(some)
            with _step(batch, handled) as done:
                _take_back(batch, some, everything, done)
        for some in _slices(batch, filled=True, size=FEW):
            with _step(batch, handled) as done:
                done["emptied"] += _empty(batch, some, everything)
    with transaction():
        take_on(batch, BatchState.UNDOING, BatchState.UNDONE)
        _forget_prints(batch)
        unfinished.show(batch.id)
        found: dict[str, int] = batch.told["undone"]
        _note(batch, found)
    return found


@contextmanager
def _step(batch: ImportBatch, handled: int) -> Iterator[dict[str, int]]:
    """Do one step in a transaction of its own, which adds to what was done."""
    db.session.rollback()
    with transaction():
        take_on(batch, BatchState.UNDOING, BatchState.UNDOING)
        done = dict(batch.told["undone"])
        yield done
        batch.told = batch.told | {"undone": done}
        batch.pieces_done, batch.moved_at = min(batch.pieces, handled // ROWS), clock.now()


def _put_away(model: Any, rows: Sequence[Any], batch: ImportBatch) -> None:
    reason = gettext("Taking in of the ledger %(number)s undone", number=batch.id)
    bulk.put_away(model, rows, reason, FREED.get(model.list_name, {}))
    if issubclass(model, Partied):
        parties = Party.__table__
        for some in batches(row.id for row in rows):
            away = update(parties).where(parties.c.id.in_(some)).values(archived_at=clock.now())
            db.session.connection().execute(away)


def _empty(batch: ImportBatch, traces: Sequence[Any], everything: bool) -> int:
    """Empty again what the batch filled in, where it still says the same."""
    models, emptied = recorded_models(), 0
    again: dict[tuple[str, int], tuple[Recorded, int]] = {}
    with widely():
        for trace in traces:
            row: Recorded | None = db.session.get(models[trace.list], trace.row_id)
            if row is None or row.archived_at is not None or not (everything or row.version == trace.version):
                continue
            before = storing.opened(batch, row, str(trace.before))
            if before:
                if row.version == trace.version:
                    again[trace.list, trace.row_id] = row, trace.version
                for name, value in before.items():
                    setattr(row, name, _value(row, name, value))
                emptied += 1
        db.session.flush()
    _as_before(batch, again)
    return emptied


def _as_before(batch: ImportBatch, again: Mapping[tuple[str, int], tuple[Recorded, int]]) -> None:
    """Let rows that say again what they said not count as changed since an earlier ledger.

    `again`: by list and id, the row as it stands now, and its version once it was filled in.
    """
    table, here = ImportTrace.__table__, ImportBatch.community_id == batch.community_id
    earlier = select(ImportBatch.id).where(here, ImportBatch.id < batch.id, ImportBatch.state == BatchState.APPLIED)
    raised: list[dict[str, int]] = []
    for name in {name for name, _id in again}:
        for some in batches(row_id for listing, row_id in again if listing == name):
            wanted = select(table.c.id, table.c.row_id, table.c.version).where(
                table.c.batch_id.in_(earlier), table.c.list == name, table.c.row_id.in_(some)
            )
            for trace in db.session.connection().execute(wanted).all():
                row, filled = again[name, trace.row_id]
                if trace.version < filled:
                    # One version was the filling in; the others are the emptying just now.
                    raised.append({"this": trace.id, "by": row.version - filled + 1})
    if raised:
        change = table.update().where(table.c.id == bindparam("this"))
        db.session.connection().execute(change.values(version=table.c.version + bindparam("by")), raised)


def _value(row: Any, name: str, plain: Any) -> Any:
    form = shape(type(row), name)
    if form.kind == "one" and plain is not None:
        return db.session.get(form.target, plain)
    return value_of(form, plain)
