"""Handing out the rows of a list as a file: exactly those that were asked for, a batch at a time, written down first.

Page, REST and command end here. Who may export is asked of the role table, grant by grant: somebody who may export in
one community and only read in another hands out the rows of the first alone.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
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
from app.core.sheets import cells, marks
from app.core.sheets.cells import Cells
from app.core.sheets.keys import KEY_HEADING, key_of
from app.core.sheets.paper import Column, Paper, Value
from app.core.sheets.writing import MIME, workbook
from app.core.specification import Specification
from app.extensions import db

BATCH: Final = 500
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
    found, text = _cells(handing), io.StringIO()
    lines = csv.writer(text)
    lines.writerow([*(str(facts(found.model)[name].label) for name in found.names), KEY_HEADING])
    yield "\ufeff".encode()
    for number, row in enumerate(_rows(handing, found), 1):
        lines.writerow([_written(value) for value in row])
        if number % BATCH == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    found = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return found


def _written(value: Value) -> Any:
    if isinstance(value, str):
        return marks.shut(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _cells(handing: Handing) -> Cells:
    return Cells(handing.view.model, cells.names_of(handing.view.model), raw=bool(handing.approved))


def _rows(handing: Handing, found: Cells) -> Iterator[list[Value]]:
    """Yield the rows, each with its key; every batch follows the last row of the one before."""
    columns = _columns(handing, found)
    part = handing.query
    try:
        while True:
            with acting(handing.actor), reading():
                rows = part.picked_columns(columns, BATCH)
                said = found.said(rows)
                db.session.expunge_all()
            for row, line in zip(rows, said, strict=True):
                line.append(key_of(row.uid, row.version))
                yield line
            if len(rows) < BATCH:
                return
            part = keyset.after(handing.query, rows[-1])
    finally:
        db.session.rollback()


def _columns(handing: Handing, found: Cells) -> list[Any]:
    """Return what is asked of each row: who it is, its cells, its version and what it is ordered by."""
    model, order = handing.view.model, handing.query.order[0]
    more = [] if order in (*found.stored, "id", "uid", "version") else [getattr(model, order)]
    return [model.id, model.uid, *found.columns, model.version, *more]
