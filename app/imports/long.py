"""Ledgers of more rows than are read while somebody waits: kept as they were sent, and read by the worker.

Of a long ledger the sheets of one list are read. At no time more than a chunk of its rows is held: each is read, looked
at, and put by encrypted before the next one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import chain, islice
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts.models import Account
from app.called import speaking
from app.communities.models import Community, Place
from app.communities.service import words_for
from app.core import clock, plans
from app.core.access import Forbidden, OutOfScope, may_row
from app.core.actor import Actor, acting, system
from app.core.database import Clash, transaction, writing
from app.core.errors import CLASH, SENTENCES
from app.core.moves import Refused
from app.core.rules import Violation
from app.core.sheets.book import HEADS, MOST_ROWS, Book, TooMany, Unreadable
from app.core.sheets.ledger import Draft
from app.extensions import db
from app.imports import registry, service, storing, strange, taking, undoing
from app.imports.models import BatchState, ImportBatch
from app.imports.service import Asked, Taken
from app.imports.understanding import Choice, Understood, rows
from app.jobs import service as jobs
from app.ledgers.keeper import Earlier, Keeper
from app.ledgers.world import World
from app.people.rights import clerk_of, rights_of

AT_ONCE: Final = 20_000 + HEADS
"""So many rows are read while who sent them waits."""
CHUNK: Final = 2_000
"""How many rows are read and put by together."""
BY_COMMAND: Final = 500_000 + HEADS
"""So many rows are read of a file that was sent by command."""
STALE: Final = timedelta(minutes=10)
"""After so long without a piece done nobody is at work any more."""
MOST_ALONG: Final = 2_000
"""So many rows of other sheets are kept beside, for the rows of a long ledger to name."""
JOB: Final = "ledgers"
DRY: Final = _("For a dry run this is too long; send it without: nothing is written before you take it in.")
STOPPED: Final = _("It could not go on: %(why)s")


def send(community: Community, data: bytes, file_name: str, asked: Asked) -> ImportBatch:
    """Read a ledger, or let the worker read it where it is long. Raises Unreadable, Forbidden, Refused."""
    try:
        return service.stage(community, data, file_name, replace(asked, most_rows=min(asked.most_rows, AT_ONCE)))
    except TooMany:
        if asked.most_rows <= AT_ONCE:
            raise
    return leave(db.session.get_one(Community, community.id), data, file_name, asked)


def leave(community: Community, data: bytes, file_name: str, asked: Asked, now: bool = False) -> ImportBatch:
    """Keep a long ledger until the worker has read it; `now`: whoever calls reads it. Raises Forbidden, Refused."""
    service.require_asked(community, asked)
    community_id = community.id
    db.session.rollback()
    with transaction():
        batch = service.new_batch(community_id, data, file_name, asked)
        batch.state, batch.moved_at = BatchState.WAITING, clock.now()
        storing.keep_file(batch, data)
        service.write_down("ledger_sent", batch)
        if not now:
            jobs.ask(JOB, batch.id)
    return batch


# -- reading --------------------------------------------------------------------------------------------------------


class Sieve(dict[tuple[str, int], Any]):
    """The rows of a chunk and those beside it; of rows further up only the place is known."""

    def __init__(self, sheets: Mapping[str, int]) -> None:
        super().__init__()
        self.sheets = sheets
        """By name of the sheet, the last row that was looked at."""

    def __missing__(self, place: tuple[str, int]) -> Earlier:
        if place[1] > self.sheets.get(place[0], 0):
            raise KeyError(place)
        return Earlier(*place)

    def get(self, place: tuple[str, int], default: Any = None) -> Any:
        """Return a row, or what is still known of it."""
        try:
            return self[place]
        except KeyError:
            return default


class Reader:
    """Reads one long ledger, chunk by chunk."""

    def __init__(self, taken: Taken, world: World, book: Book) -> None:
        self.taken, self.world, self.book = taken, world, book
        self._only_one_list()
        self.along = list(islice(chain.from_iterable(self._rows(one) for one in taken.others), MOST_ALONG))
        for draft in self.along:
            draft.along = True
        self.keepers: dict[str, Keeper] = {}
        self.last: dict[str, int] = {}
        self.counts = dict.fromkeys(("accepted", "rejected", "duplicates", "warnings"), 0)
        self.places: storing.Places = storing.index(())
        self.strange: Counter[str] = Counter()
        self.read = 0
        self.waiting = chain.from_iterable(self._rows(one) for one in taken.sheets)

    def _only_one_list(self) -> None:
        """Leave away the sheets of other lists than the one with the most rows."""
        size: dict[str, int] = {}
        for one in self.taken.sheets:
            if one.ledger is not None:
                size[one.ledger.list_name] = size.get(one.ledger.list_name, 0) + len(one.layout.data)
        largest = max(size, key=lambda name: size[name], default="")
        own = [one for one in self.taken.sheets if one.ledger is not None and one.ledger.list_name == largest]
        self.taken.others = [one for one in [*self.taken.sheets, *self.taken.others] if one not in own]
        self.taken.sheets = own

    def _rows(self, one: Understood) -> Iterator[Draft]:
        return rows(one, self.book, service.sight_of(self.world), spend=True)

    @property
    def pieces(self) -> int:
        """Return of how many pieces the ledger consists at most."""
        return -(-sum(len(one.layout.data) for one in self.taken.sheets) // storing.ROWS)

    def next(self) -> list[Draft]:
        """Return the next rows, looked at; none where there are no more."""
        with plans.uncollected():
            some = list(islice(self.waiting, CHUNK))
            if some:
                self._look(some)
        self.places = storing.index(some, self.read, self.places)
        self.strange += strange.count(some, self.world)
        self.read += len(some)
        for name, more in service.counts(some).items():
            self.counts[name] += more
        return some

    def _look(self, some: list[Draft]) -> None:
        self.world.forget_rows()
        self.world.drafts = Sieve(self.last)
        self.world.drafts.update({(draft.sheet, draft.row): draft for draft in [*some, *self.along]})
        for name in dict.fromkeys(draft.ledger for draft in [*self.along, *some]):
            ledger, kind = registry.KEEPERS[name]
            keeper = self.keepers.setdefault(name, kind(ledger, self.world))
            own = [draft for draft in some if draft.ledger == name]
            # Those beside are looked at once, with the first chunk.
            keeper.look([*(draft for draft in self.along if draft.ledger == name and not self.last), *own])

    def forget(self, some: list[Draft]) -> None:
        """Keep only the places of rows that have been put by."""
        for keeper in self.keepers.values():
            keeper.forget(some)
        self.last |= {draft.sheet: draft.row for draft in some}


def read(batch: ImportBatch) -> None:
    """Read a ledger that was left. What it is if it cannot be read stands in the batch. Raises Forbidden, Refused."""
    data = storing.file_of(batch)
    if data is None:
        raise Refused(service.GONE)
    most = BY_COMMAND if batch.by_id is None else MOST_ROWS
    asked = Asked(batch.asked, batch.history, service.chosen(batch), most)
    community = db.session.get_one(Community, batch.community_id)
    try:
        with service.laid_out(community, data, asked) as (taken, world, book):
            del data
            _put_by(batch, Reader(taken, world, book))
    except Unreadable as wrong:
        db.session.rollback()
        with transaction():
            service.take_on(batch, BatchState.WAITING, BatchState.FAILED)
            batch.fault, batch.fault_text = wrong.fault.value, str(wrong.sentence)[:300]


def _put_by(batch: ImportBatch, reader: Reader) -> None:
    with writing(), transaction():
        service.take_on(batch, BatchState.WAITING, BatchState.WAITING)
        storing.forget_rows(batch)
        batch.pieces, batch.pieces_done = reader.pieces, 0
    number = storing.FILE + 1
    while some := reader.next():
        with writing(), transaction():
            service.take_on(batch, BatchState.WAITING, BatchState.WAITING)
            number = storing.add_rows(batch, number, some)
            batch.pieces_done, batch.moved_at = number - 1, clock.now()
        reader.forget(some)
    with writing(), transaction():
        service.take_on(batch, BatchState.WAITING, BatchState.READ)
        storing.add_rows(batch, number, reader.along)
        storing.keep_index(batch, reader.places)
        storing.keep_strange(batch, reader.strange)
        batch.pieces = batch.pieces_done = number - 1
        batch.told, batch.moved_at = reader.taken.told(reader.counts), clock.now()
        service.write_down("ledger_read", batch)


def survey(community: Community, data: bytes, asked: Asked) -> tuple[list[Draft], dict[str, Any]]:
    """Read a long ledger and keep nothing; return its first rows, and what was understood of it."""
    with service.laid_out(community, data, asked) as (taken, world, book):
        reader = Reader(taken, world, book)
        first: list[Draft] = []
        while some := reader.next():
            first += some[: AT_ONCE - len(first)]
            reader.forget(some)
        return first, taken.told(reader.counts)


def choose(batch: ImportBatch, choices: Mapping[str, Choice], history: bool) -> None:
    """Read a ledger again as somebody said that it is to be read. Raises Unreadable, Refused, Forbidden."""
    if batch.pieces * storing.ROWS <= AT_ONCE:
        service.choose(batch, choices, history)
        return
    asked = Asked(batch.asked, history, choices)
    service.require_asked(db.session.get_one(Community, batch.community_id), asked)
    db.session.rollback()
    with transaction():
        service.take_on(batch, BatchState.READ, BatchState.WAITING)
        batch.choices, batch.history = {sheet: asdict(choice) for sheet, choice in choices.items()}, history
        batch.moved_at = clock.now()
        jobs.ask(JOB, batch.id)


def name_places(batch: ImportBatch, meant: Mapping[str, Place]) -> int:
    """Let words of a ledger be other names of open places of its community, read it again, and return how many.

    Raises Forbidden, Violation, Refused, Unreadable.
    """
    asked = {words for words, _rows in storing.strange_of(batch)} & meant.keys()
    with transaction():
        service.take_on(batch, BatchState.READ, BatchState.READ)
        for words in sorted(asked):
            place = meant[words]
            if place.community_id != batch.community_id or not may_row("e", place):
                raise Forbidden
            place.aliases = [*dict.fromkeys([*place.aliases, words])]
    choose(batch, service.chosen(batch), batch.history)
    return len(asked)


# -- the worker -----------------------------------------------------------------------------------------------------


def apply(batch: ImportBatch) -> Mapping[str, int] | None:
    """Take a ledger in, or let the worker do it where it is long; then None. Raises Refused, Forbidden, Clash."""
    if not batch.pieces:
        return taking.apply(batch)
    if batch.state is BatchState.READ:
        taking.begin(batch)
    elif not batch.is_busy:
        raise Refused(service.NOT_READ)
    _ask(batch)
    return None


def undo(batch: ImportBatch, everything: bool) -> dict[str, int] | None:
    """Take a ledger back, or let the worker do it where it is long; then None. Raises Refused, Forbidden."""
    if not batch.pieces:
        return undoing.undo(batch, everything)
    undoing.begin(batch, everything)
    _ask(batch)
    return None


def _ask(batch: ImportBatch) -> None:
    with transaction():
        batch.fault_text, batch.moved_at = None, clock.now()
        jobs.ask(JOB, batch.id)


def work(number: int | None = None) -> dict[str, int]:
    """Go on with one ledger, or with all nobody has been at work with for a while."""
    with acting(system(JOB)):
        found = select(ImportBatch.id).where(ImportBatch.state.in_(BUSY), ImportBatch.fault_text.is_(None))
        stale = found.where(ImportBatch.moved_at < clock.now() - STALE)
        numbers = list(db.session.scalars(found.where(ImportBatch.id == number) if number is not None else stale))
    for one in numbers:
        _work(one)
    return {"ledgers": len(numbers)}


def is_left(batch: ImportBatch) -> bool:
    """Tell whether nobody seems to be at work any more with a ledger that is not finished."""
    return batch.is_busy and batch.moved_at is not None and batch.moved_at < clock.now() - STALE


def _work(number: int) -> None:
    with acting(system(JOB)):
        actor = _actor_of(db.session.get_one(ImportBatch, number))
    db.session.rollback()
    db.session.expunge_all()
    with acting(actor), speaking(words_for(actor)):
        batch = db.session.get_one(ImportBatch, number)
        state = batch.state
        try:
            STEPS[state](batch)
        except (Refused, Forbidden, OutOfScope, Clash, Violation) as wrong:
            db.session.rollback()
            # Where it stands otherwise by now, somebody has taken it back meanwhile, and that goes on.
            if batch.state is state:
                _stop(batch, wrong)


STEPS: Final[Mapping[BatchState, Callable[[ImportBatch], object]]] = {
    BatchState.WAITING: read,
    BatchState.APPLYING: taking.go_on,
    BatchState.UNDOING: undoing.go_on,
}
BUSY: Final = tuple(STEPS)


def _actor_of(batch: ImportBatch) -> Actor:
    """Return who let this be done, with the rights that hold now; by command that is a secretary."""
    who = {BatchState.APPLYING: batch.applied_by_id, BatchState.UNDOING: batch.undone_by_id}
    account = db.session.get(Account, who.get(batch.state, batch.by_id) or 0)
    community = db.session.get_one(Community, batch.community_id)
    if account is None:
        return Actor("system:cli", held=(clerk_of(community),))
    return rights_of(account, community)


def _stop(batch: ImportBatch, wrong: Exception) -> None:
    """Say why the work cannot go on; what was done stays unseen until somebody lets it go on or takes it back."""
    if isinstance(wrong, Refused):
        why = str(wrong.reason)
    elif isinstance(wrong, Violation):
        why = " ".join(str(text) for texts in wrong.errors.values() for text in texts)
    else:
        why = str(CLASH if isinstance(wrong, Clash) else SENTENCES[403][0])
    with transaction():
        batch.fault_text = (STOPPED % {"why": why})[:300]
