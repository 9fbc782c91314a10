"""Handing out the rows of a list as a file: exactly those that were asked for, a batch at a time, written down first.

Page, REST and command end here. Who may export is asked of the role table, grant by grant: somebody who may export in
one community and only read in another hands out the rows of the first alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy import select

from app.core import access, clock, keyset, masking, recording, telling
from app.core.actor import Actor, acting, current
from app.core.database import reading, transaction, writing
from app.core.fields import facts, shape
from app.core.history import INSTALLATION, recorded_models
from app.core.listing import Query
from app.core.sheets import cells
from app.core.sheets.cells import Cells
from app.core.sheets.keys import KEY_HEADING, key_of
from app.core.sheets.lines import lines
from app.core.sheets.paper import Column, Paper, Value
from app.core.sheets.writing import MIME, workbook
from app.core.specification import Specification
from app.extensions import db

BATCH: Final = 2_000
"""So many rows are in memory at once."""
HIDDEN: Final = masking.MASKED * 3
"""Stands in history instead of what was searched for, which may be a name."""
CSV: Final = "text/csv"
ENDINGS: Final = {"xlsx": MIME, "csv": CSV}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file on its way out: what it is called, what it is, and what yields its bytes."""

    name: str
    mime: str
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Handing:
    """What is handed out: the rows, as open as `approved` says, by whom, where and when."""

    view: Specification
    query: Query
    actor: Actor
    counts: dict[int, int]
    """How many rows of each community."""
    by: str
    moment: datetime
    approved: str = ""
    """Who approved that sensitive values stand open; empty: they stand masked."""

    @property
    def total(self) -> int:
        """Return how many rows there are in all."""
        return sum(self.counts.values())


def export(view: Specification, query: Query, ending: str) -> Outgoing:
    """Return the file with the rows of a query, once it is written down who takes them out.

    `ending`: xlsx or csv. Raises Forbidden for who may not export the list. Commits.
    """
    handing = prepared(view, query)
    # What was asked so far only read; the note is kept whatever becomes of the file.
    db.session.rollback()
    with writing(), transaction():
        note(handing, ending)
    return outgoing(handing, ending)


def outgoing(handing: Handing, ending: str) -> Outgoing:
    """Return the file of what is handed out, which must have been written down."""
    write = _as_workbook if ending == "xlsx" else _as_text
    return Outgoing(f"{_called(handing)}.{ending}", ENDINGS[ending], lambda: write(handing))


def prepared(view: Specification, query: Query) -> Handing:
    """Return what the actor would hand out. Raises Forbidden."""
    actor = current()
    if actor is None or not access.may("x", view.guard, actor):
        raise access.Forbidden
    own = replace(query, where=(*query.where, access.criterion(view.model, actor, "x")))
    return Handing(view, own, actor, _counted(view.model, own, actor), _name(actor), clock.now())


def _counted(model: Any, query: Query, actor: Actor) -> dict[int, int]:
    """Return how many rows of each community are handed out, also of those with none."""
    held = (held.community_id for held, _rule in access.clauses(actor, model.guard(), "x"))
    none = {number or INSTALLATION: 0 for number in held}
    if "community" not in facts(model):
        return {INSTALLATION: query.count(limit=None)}
    found = query.counts(model.community_id)
    # Who may export everywhere names no community.
    return ({} if found else none) | {number: 0 for number in none if number != INSTALLATION} | found


def _name(actor: Actor) -> str:
    names = telling.Names()
    names.ask(recorded_models()["users"], actor.user_id)
    names.load()
    return names.person(actor.user_id, actor.label)


def note(handing: Handing, ending: str) -> None:
    """Note in the chain of each community who takes out how many of its rows, and by which filter.

    Part of the current transaction.
    """
    act = "exported_raw" if handing.approved else "exported"
    asked = urlencode([(name, HIDDEN if name == "q" else value) for name, value in handing.query.asked], safe="*")
    found = masking.free_text(asked) or None
    for number, rows in handing.counts.items():
        recording.note(act, handing.view.list_name, into=number, rows=rows, file=ending, filter=found)


# -- what stands around the rows ------------------------------------------------------------------------------------


def _places(handing: Handing) -> str:
    """Return the names of the communities whose rows are handed out."""
    if "community" not in facts(handing.view.model):
        return ""
    target: Any = shape(handing.view.model, "community").target
    with reading():
        names = db.session.scalars(select(target.name).where(target.id.in_(handing.counts)).order_by(target.id))
        return gettext(", ").join(names)


def _called(handing: Handing) -> str:
    moment = f"{clock.local(handing.moment):%Y%m%d-%H%M}"
    parts = (str(handing.view.list_title), _places(handing), moment, handing.by)
    return "_".join("".join(sign for sign in part if sign.isalnum() or sign in "-、") for part in parts if part)


def _paper(handing: Handing, names: Sequence[str], rows: Iterable[Sequence[Value]]) -> Paper:
    title = f"{_places(handing)} {handing.view.list_title}".strip()
    columns = [cells.column_of(handing.view.model, name) for name in names]
    key = Column(KEY_HEADING, width=40, hidden=True)
    foot = gettext("Exported by %(name)s on %(moment)s", name=handing.by, moment=_moment(handing))
    return Paper(str(handing.view.list_title), title, note_of(handing), [*columns, key], rows, foot, handing.by)


def _moment(handing: Handing) -> str:
    return f"{clock.local(handing.moment):%Y-%m-%d %H:%M}"


def note_of(handing: Handing) -> str:
    """Return who hands out what: the line above the headings."""
    said = [
        gettext("Exported by: %(name)s", name=handing.by),
        gettext("Exported at: %(moment)s", moment=_moment(handing)),
        gettext("Rows: %(count)s", count=handing.total),
    ]
    chips = gettext(", ").join(words for _name_, _value, words in handing.query.chips)
    said += [gettext("Filter: %(words)s", words=chips)] if chips else []
    said.append(
        gettext("Sensitive values stand open, approved by %(name)s; not to be passed on", name=handing.approved)
        if handing.approved
        else gettext("Sensitive values are masked")
    )
    return "　".join(said)


# -- the rows -------------------------------------------------------------------------------------------------------


def _as_workbook(handing: Handing) -> Iterator[bytes]:
    found = _cells(handing)
    with acting(handing.actor):
        paper = _paper(handing, found.names, _rows(handing, found))
    yield from workbook(paper, handing.moment)


def _as_text(handing: Handing) -> Iterator[bytes]:
    """Yield a csv file: UTF-8 with the mark by which spreadsheets know it, the headings in the first line."""
    found = _cells(handing)
    headings = [*(str(facts(found.model)[name].label) for name in found.names), KEY_HEADING]
    yield "\ufeff".encode()
    yield lines([[heading] for heading in headings]).encode()
    for batch in _batches(handing, found):
        yield lines(batch).encode("utf-8", "replace")


def _cells(handing: Handing) -> Cells:
    model = handing.view.model
    return Cells(model, handing.query.columns or cells.names_of(model), raw=bool(handing.approved))


def _rows(handing: Handing, found: Cells) -> Iterator[Sequence[Value]]:
    """Yield the rows, each with its key."""
    for batch in _batches(handing, found):
        yield from zip(*batch, strict=True)


def _batches(handing: Handing, found: Cells) -> Iterator[list[Sequence[Value]]]:
    """Yield the columns of so many rows at once, the last of them the keys; every batch follows the one before."""
    columns = _columns(handing, found)
    part = handing.query
    try:
        while True:
            with acting(handing.actor), reading():
                held = dict(zip(columns, part.picked_columns(columns.values(), BATCH), strict=True))
                said = _said(found, held)
                db.session.expunge_all()
            yield said
            if len(held["id"]) < BATCH:
                return
            part = keyset.after(handing.query, _place(handing, held))
    finally:
        db.session.rollback()


def _said(found: Cells, held: Mapping[str, Sequence[Any]]) -> list[Sequence[Value]]:
    """Return the columns of a batch as cells, and its keys."""
    stored = [held[name] for name in found.stored]
    keys = [*map(key_of, held["uid"], held["version"])]
    return [*found.by_column(held["id"], held["uid"], *stored), keys]


def _place(handing: Handing, held: Mapping[str, Sequence[Any]]) -> Any:
    """Return what of the last row the next batch follows."""
    order = handing.query.order[0]
    value = held[order][-1]
    is_kept = isinstance(value, datetime) and value.tzinfo is None
    return SimpleNamespace(**{"id": held["id"][-1], order: value.replace(tzinfo=UTC) if is_kept else value})


def _columns(handing: Handing, found: Cells) -> dict[str, Any]:
    """Return what is asked of each row: who it is, its cells, its version and what it is ordered by."""
    model, order = handing.view.model, handing.query.order[0]
    stored = dict(zip(found.stored, found.columns, strict=True))
    asked = {"id": model.id, "uid": model.uid, **stored, "version": model.version}
    return asked if order in asked else {**asked, order: getattr(model, order)}
