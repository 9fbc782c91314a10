"""Taking ledgers in: read and understood, shown before anything is written, taken in as a whole or not at all."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.communities.models import Community, Place
from app.core import access, plans, recording
from app.core.actor import current
from app.core.database import reading, transaction
from app.core.moves import Refused
from app.core.sheets import reading as book_reading
from app.core.sheets.book import MOST_ROWS, Book, Unreadable
from app.core.sheets.headings import comparable
from app.core.sheets.ledger import Draft, Sight
from app.core.sheets.writing import letters
from app.extensions import db
from app.imports import registry, storing, strange
from app.imports.models import BatchState, ImportBatch, ImportTrace, LedgerWord
from app.imports.places import PlaceKeeper
from app.imports.understanding import Choice, Understood, header, ignored, rows, understand
from app.ledgers.keeper import Keeper
from app.ledgers.world import World, batches
from app.roles import Role

NOT_READ: Final = _("This ledger has been taken in, undone or put aside already.")
GONE: Final = _("The rows of this ledger are no longer kept; send the file again.")
MOST_TOLD: Final = 1000
"""Of how many rows without data it is kept where they stand."""
ONE_TRANSACTION: Final = 10_000
"""So many new rows are taken in at once, which holds the lock for about a second; what is more goes piece by piece."""
ONE_BY_ONE: Final = 50
"""How many rows written in bulk one takes as long as that is made or changed as its form would."""
ONLY_SECRETARY: Final = _("How things stood in old ledgers only the secretary takes over.")


# -- who may --------------------------------------------------------------------------------------------------------


def importable(community: Community) -> list[str]:
    """Return the lists of a community into which the actor may take ledgers."""
    actor = current()
    if actor is None:
        return []
    return [
        listing
        for listing in registry.listed()
        if actor.unbounded
        or any(
            held.community_id == community.id for held, _rule in access.clauses(actor, registry.GUARDS[listing], "i")
        )
    ]


def is_unused(batch: ImportBatch) -> bool:
    """Tell whether a ledger holds rows of a list its community does not use."""
    lists = {one["list"] for one in batch.told.get("header", ())}
    gone = db.session.get_one(Community, batch.community_id).unused_lines
    return any(registry.GUARDS.get(listing) in gone for listing in lists)


def may_take_history(community: Community) -> bool:
    """Tell whether the actor may take over how things stood (workflows.md: only the secretary)."""
    actor = current()
    held = actor.held if actor is not None else ()
    is_secretary = any(one.role is Role.SECRETARY and one.community_id == community.id for one in held)
    return is_secretary or (actor is not None and actor.unbounded)


def may_name_places(batch: ImportBatch) -> bool:
    """Tell whether the actor keeps the places of the community of a ledger."""
    actor = current()
    held = (one for one, _rule in access.clauses(actor, Place.guard(), "e")) if actor is not None else ()
    return any(one.community_id in (None, batch.community_id) for one in held)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ledger is to be read as: into which list (`auto`: what it holds), whether as things stood, and how.

    `choices`: what somebody said of its sheets. `most_rows`: how many rows are read at all.
    """

    listing: str = registry.AUTO
    history: bool = False
    choices: Mapping[str, Choice] = field(default_factory=dict)
    most_rows: int = MOST_ROWS


# -- reading --------------------------------------------------------------------------------------------------------


class Taken:
    """A ledger that was read: its sheets, and all its rows in order."""

    def __init__(self, sheets: list[Understood], hidden: Sequence[str], others: list[Understood]) -> None:
        self.sheets = sheets
        self.hidden = hidden
        self.others = others
        self.drafts: list[Draft] = []
        """The rows that were asked for."""
        self.along: list[Draft] = []
        """Those of the other sheets, which they may name."""

    def read(self, book: Book, world: World) -> None:
        """Read all rows."""
        self.drafts = [draft for one in self.sheets for draft in rows(one, book, sight_of(world))]
        self.along = [draft for one in self.others for draft in rows(one, book, sight_of(world))]
        for draft in self.along:
            draft.along = True

    def told(self, counted: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Return what is kept of it for good: no word of any row. `counted`: how many rows are what, where known."""
        without = [row for one in self.sheets for row in ignored(one)]
        return {
            "header": [header(one) for one in self.sheets],
            "ignored": without[:MOST_TOLD],
            "other_sheets": list(dict.fromkeys(one.part for one in self.others if one.layout.header)),
            "unread_sheets": [one.sheet.name for one in self.others if not one.layout.header],
            "hidden_sheets": list(self.hidden),
            "might_be": {one.part: list(one.might_be) for one in [*self.sheets, *self.others]},
            "counts": dict(counted or counts(self.drafts)) | {"ignored": len(without)},
        }


def sight_of(world: World) -> Sight:
    """Return what is known while a sheet is read."""
    return Sight(world.today, world.find, keeps=world.keeps)


def counts(drafts: Iterable[Draft]) -> dict[str, int]:
    """Return how many rows are what."""
    some = [draft for draft in drafts if not draft.along]
    by_verdict = Counter(draft.verdict for draft in some)
    found = {"accepted": by_verdict["accepted"], "rejected": by_verdict["rejected"]}
    return found | {"duplicates": by_verdict["duplicate"], "warnings": sum(len(draft.warnings) for draft in some)}


def read(community: Community, data: bytes, asked: Asked) -> tuple[Taken, World]:
    """Read a ledger and decide of each row; nothing is written. Raises Unreadable, Forbidden and Refused."""
    with plans.uncollected(), laid_out(community, data, asked) as (taken, world, book):
        taken.read(book, world)
        look(world, [*taken.drafts, *taken.along])
    return taken, world


def require_asked(community: Community, asked: Asked) -> list[str]:
    """Return the lists the actor may import. Raises Forbidden and Refused where what is asked is not among them."""
    lists = importable(community)
    if not lists or (asked.listing != registry.AUTO and registry.list_of(asked.listing) not in lists):
        raise access.Forbidden
    if asked.history and not may_take_history(community):
        raise Refused(ONLY_SECRETARY)
    return lists


@contextmanager
def laid_out(community: Community, data: bytes, asked: Asked) -> Iterator[tuple[Taken, World, Book]]:
    """Find what the sheets of a ledger are, and let its rows be read in the block, in which nothing is written."""
    lists = require_asked(community, asked)
    book = book_reading.read(data, asked.most_rows)
    del data
    # What was read before a long file was parsed may be outdated by now, and nobody shall wait for us.
    db.session.rollback()
    with reading():
        world = World(community, asked.history, imported(community.id))
        yield understood(book, world.community_id, lists, asked), world, book
        db.session.rollback()


def understood(book: Book, community_id: int, lists: list[str], asked: Asked) -> Taken:
    """Return what the sheets of a book are, of those into these lists apart from the others. Raises Unreadable."""
    listing, choices = asked.listing, asked.choices
    words = _words(community_id)
    # Each sheet is taken for what it is most like, also where the actor may not take that in.
    sheets = understand(book, registry.ledgers(registry.listed()), words, choices)
    wanted = [one for one in sheets if _is_asked(one, listing) and one.ledger and one.ledger.list_name in lists]
    if not wanted and listing != registry.AUTO:
        # Nothing looks most like it; then whatever has its columns is.
        own = [registry.ledger(listing)] if listing in registry.KEEPERS else registry.ledgers([listing])
        sheets = understand(book, own, words, choices, {})
        wanted = [one for one in sheets if one.ledger is not None]
        wanted = wanted or [one for one in sheets if one.layout.header]
    return Taken(wanted, book.hidden, [one for one in sheets if one not in wanted])


def _is_asked(one: Understood, listing: str) -> bool:
    if one.ledger is None:
        return False
    return listing == registry.AUTO or one.ledger.list_name == registry.list_of(listing)


def _words(community_id: int) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for word in db.session.scalars(select(LedgerWord).filter_by(community_id=community_id)):
        found.setdefault(word.ledger, {}).setdefault(word.column, []).append(word.heading)
    return found


def imported(community_id: int) -> Any:
    """Return what tells which rows of a list came from lines of earlier ledgers."""

    def ask(listing: str, prints: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in batches(prints):
            wanted = select(ImportTrace.fingerprint, ImportTrace.row_id).where(
                ImportTrace.community_id == community_id,
                ImportTrace.list == listing,
                ImportTrace.fingerprint.in_(some),
            )
            found |= {str(one): pk for one, pk in db.session.execute(wanted)}
        return found

    return ask


def look(world: World, drafts: Sequence[Draft]) -> list[tuple[Keeper, list[Draft]]]:
    """Decide of each row, list by list; return what keeps each with its rows."""
    world.drafts = {(draft.sheet, draft.row): draft for draft in drafts}
    found = []
    for name in registry.KEEPERS:
        own = [draft for draft in drafts if draft.ledger == name]
        if own:
            ledger, kind = registry.KEEPERS[name]
            keeper = kind(ledger, world)
            keeper.look(own)
            found.append((keeper, own))
    for keeper, _own in found:
        if isinstance(keeper, PlaceKeeper):
            strange.name_new(drafts, keeper.finder)
    return found


# -- standing by ----------------------------------------------------------------------------------------------------


def stage(community: Community, data: bytes, file_name: str, asked: Asked) -> ImportBatch:
    """Read a ledger and let it stand by until somebody has looked at it. Raises Unreadable, Forbidden, Refused."""
    # What a ledger is made of goes before rubbish is looked for again, so that nobody looks through all of it.
    with plans.uncollected():
        return _stage(community, data, file_name, asked)


def _stage(community: Community, data: bytes, file_name: str, asked: Asked) -> ImportBatch:
    community_id = community.id
    taken, world = read(community, data, asked)
    with transaction():
        batch = new_batch(community_id, data, file_name, asked)
        batch.told = taken.told()
        batch.pieces = pieces_of(taken.drafts)
        storing.keep_file(batch, data)
        storing.keep_rows(batch, taken.drafts, taken.along)
        storing.keep_strange(batch, strange.count(taken.drafts, world))
        write_down("ledger_read", batch)
    return batch


def pieces_of(drafts: Sequence[Draft]) -> int:
    """Return of how many pieces a ledger consists that is too much for one transaction; 0 where it is not."""
    return -(-len(drafts) // storing.ROWS) if sum(map(weight, drafts)) > ONE_TRANSACTION else 0


def weight(draft: Draft) -> int:
    """Return how long a row holds the lock, in new rows that are written in bulk."""
    return ONE_BY_ONE if registry.KEEPERS[draft.ledger][1].is_slow(draft) else int(draft.verdict == "accepted")


def new_batch(community_id: int, data: bytes, file_name: str, asked: Asked) -> ImportBatch:
    """Return a new batch of the actor's; part of the current transaction."""
    actor = current()
    batch = ImportBatch(
        community_id=community_id,
        by_id=actor.user_id if actor else None,
        asked=asked.listing,
        file_name=_tidy(file_name),
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        history=asked.history,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def _tidy(name: str) -> str:
    plain = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())
    return plain[-120:] or "ledger"


def choose(batch: ImportBatch, choices: Mapping[str, Choice], history: bool | None = None) -> None:
    """Read the ledger again as somebody said that it is to be read. Raises Unreadable, Refused."""
    community = db.session.get_one(Community, batch.community_id)
    history = batch.history if history is None else history
    data = storing.file_of(batch)
    if data is None:
        raise Refused(GONE)
    taken, world = read(community, data, Asked(batch.asked, history, choices))
    with transaction():
        take_on(batch, BatchState.READ, BatchState.READ)
        batch.choices = {sheet: asdict(choice) for sheet, choice in choices.items()}
        batch.told, batch.history, batch.pieces = taken.told(), history, pieces_of(taken.drafts)
        storing.keep_rows(batch, taken.drafts, taken.along)
        storing.keep_strange(batch, strange.count(taken.drafts, world))


def chosen(batch: ImportBatch) -> dict[str, Choice]:
    """Return what somebody said of the sheets of a ledger."""
    return {
        sheet: Choice(one["ledger"], {int(place): key for place, key in one["columns"].items()})
        for sheet, one in batch.choices.items()
    }


def remember(batch: ImportBatch) -> None:
    """Let the headings of a ledger mean from now on what somebody has chosen for them."""
    with transaction():
        for one in batch.told["header"]:
            _remember(batch, one)


def _remember(batch: ImportBatch, one: Mapping[str, Any]) -> None:
    chosen = batch.choices.get(one.get("part", one["sheet"]), {}).get("columns", {})
    if not chosen or one["ledger"] is None:
        return
    ledger = registry.ledger(one["ledger"])
    known = {word.heading: word for word in db.session.scalars(_words_of(batch.community_id, ledger.name))}
    for place, key in chosen.items():
        heading = comparable(one["headings"].get(letters(int(place)), ""))[:60]
        if not heading or key not in ledger.by_key or key in ledger.lexicon.known.get(heading, ()):
            continue
        word = known.get(heading) or LedgerWord(
            community_id=batch.community_id, ledger=ledger.name, heading=heading, column=key
        )
        word.column = key
        db.session.add(word)


def _words_of(community_id: int, ledger: str) -> Any:
    return select(LedgerWord).filter_by(community_id=community_id, ledger=ledger)


def take_on(batch: ImportBatch, of: BatchState, to: BatchState) -> None:
    """Bring a batch from one state to another, as the only one who does."""
    state = db.session.scalar(select(ImportBatch.state).where(ImportBatch.id == batch.id).with_for_update())
    if state is not of:
        raise Refused(NOT_READ)
    batch.state = to


def write_down(act: str, batch: ImportBatch, **said: Any) -> None:
    """Write into the community's history what was done with a ledger; part of the current transaction."""
    told = {"file": batch.file_name, "digest": batch.digest, **said}
    recording.note(act, "imports", batch, into=batch.community_id, **told)


def require_rights(batch: ImportBatch) -> None:
    """Let only those take a ledger in or back who may import each of its lists. Raises Forbidden, Refused."""
    community = db.session.get_one(Community, batch.community_id)
    lists = {one["list"] for one in batch.told["header"]} - {None}
    if not lists <= {*importable(community)}:
        raise access.Forbidden
    if batch.history and not may_take_history(community):
        raise Refused(ONLY_SECRETARY)


def discard(batch: ImportBatch) -> None:
    """Put a ledger aside that nobody wants to take in; its file and rows are destroyed."""
    with transaction():
        take_on(batch, BatchState.READ, BatchState.DISCARDED)
        storing.forget(batch)
        write_down("ledger_put_aside", batch)


__all__ = ["Unreadable", "choose", "discard", "importable", "read", "stage"]
