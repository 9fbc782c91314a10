"""Telling history: the moves and changes of a row in one stream, in the words of the interface and behind its masks."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from app.core import display
from app.core.chain import unseal
from app.core.fields import Text, facts, shape
from app.core.history import Entry, recorded_models
from app.core.sealed import bound_to
from app.core.subject_keys import SubjectKey, unwrap
from app.core.timeline import Step, steps_of
from app.extensions import db

MOST: Final = 200
"""Entries of one row are told up to here, the newest first."""

ACTS: Final[dict[str, Text]] = {
    "create": _("Registered"),
    "register": _("Registered"),
    "change": _("Edited"),
    "edit": _("Edited"),
    "archive": _("Archived"),
    "restore": _("Restored"),
    "password": _("Password set"),
    "sign_in": _("Signed in"),
    "sign_in_refused": _("Sign-in refused"),
    "sign_in_braked": _("Sign-in stopped after too many wrong passwords"),
    "sign_out": _("Signed out"),
    "sign_outs": _("Sign-ins ended"),
    "link_made": _("One-time link made"),
    "link_used": _("One-time link used"),
    "history_verified": _("History verified"),
    "history_exported": _("History exported"),
    "token_made": _("Token for a program made"),
    "token_ended": _("Token for a program taken back"),
}
"""What is done to rows of every list, and what is done without any row."""


@dataclass
class Told:
    """One line of the stream."""

    at: datetime
    label: Text
    by: str
    said: list[tuple[Text, str]] = field(default_factory=list)
    changes: list[tuple[Text, str, str]] = field(default_factory=list)
    """Column, what it was, what it became."""


class Names:
    """What related rows and people are called, as far as the reader may see them; few statements for all."""

    def __init__(self) -> None:
        self._asked: defaultdict[Any, set[int]] = defaultdict(set)
        self._found: dict[tuple[Any, int], str] = {}

    def ask(self, model: Any, pk: int | None) -> None:
        """Remember that a name will be needed."""
        if pk is not None:
            self._asked[model].add(pk)

    def load(self) -> None:
        """Load the names: one statement per model, none for rows that are at hand."""
        for model, pks in self._asked.items():
            mapper = class_mapper(model)
            at_hand = {pk: db.session().identity_map.get(mapper.identity_key_from_primary_key((pk,))) for pk in pks}
            missing = [pk for pk, row in at_hand.items() if row is None]
            rows = [*db.session.scalars(select(model).where(model.id.in_(missing)))] if missing else []
            known = [*rows, *(row for row in at_hand.values() if row is not None)]
            self._found |= {(model, row.id): str(row) for row in known}

    def of(self, model: Any, pk: int | None) -> str:
        """Return what a row is called; a dash where there is none or it is out of sight."""
        return self._found.get((model, pk or 0), display.EMPTY)

    def person(self, pk: int | None) -> str:
        """Return who it was."""
        if pk is None:
            return gettext("The system")
        return self._found.get((_accounts(), pk)) or gettext("Somebody outside")


def _accounts() -> Any:
    return recorded_models()["users"]


def act_label(model: Any, act: str) -> Text:
    """Return the words for an act on a row of this list."""
    flow = getattr(model, "flow", None)
    move = flow.by_name.get(act) if flow is not None else None
    return move.label if move is not None else ACTS.get(act, act)


def entries_of(row: Any) -> list[tuple[Entry, str | None]]:
    """Return the entries of a row the actor may see, the newest first, each with the wrapped key of the row."""
    found = (
        select(Entry, SubjectKey.wrapped)
        .outerjoin(SubjectKey, SubjectKey.row_uid == Entry.row_uid)
        .where(Entry.list == row.list_name, Entry.row_id == row.id, Entry.row_uid == row.uid)
    )
    return [(entry, key) for entry, key in db.session.execute(found.order_by(Entry.id.desc()).limit(MOST))]


def stream(view: Any, row: Any, brief: bool = True) -> list[Told]:
    """Return what happened to a row, the newest first: its moves for everybody who sees it, changes as history allows.

    `brief`: what the row was registered with, and what a move says by itself, is left out.
    """
    steps = {step.uid: step for step in steps_of(db.session(), row)} if view.list_name in Step.told else {}
    entries = entries_of(row)
    names = _names(row, entries, steps.values())
    teller = _Teller(view, row, names, brief)
    told = [teller.entry(entry, key, steps.pop(entry.step_uid or "", None)) for entry, key in entries]
    return sorted([*told, *(teller.step(step) for step in reversed(steps.values()))], key=_when, reverse=True)


def _when(told: Told) -> datetime:
    return told.at


def _names(row: Any, entries: Iterable[tuple[Entry, str | None]], steps: Iterable[Step]) -> Names:
    names = Names()
    for step in steps:
        names.ask(_accounts(), step.by_id)
    for entry, _key in entries:
        names.ask(_accounts(), entry.actor_id)
        for target, pk in _related(type(row), entry):
            names.ask(target, pk)
    names.load()
    return names


def _related(model: type, entry: Entry) -> Iterator[tuple[Any, int]]:
    for name, pair in entry.told().items():
        if name in facts(model) and shape(model, name).kind == "one":
            yield from ((shape(model, name).target, pk) for pk in pair if isinstance(pk, int))


class _Teller:
    """Turns entries and steps of one row into lines."""

    def __init__(self, view: Any, row: Any, names: Names, brief: bool) -> None:
        self.view, self.row, self.names, self.brief = view, row, names, brief
        self.model = type(row)

    def step(self, step: Step) -> Told:
        """Tell a step of the timeline."""
        by = self.names.person(step.by_id)
        return Told(step.at, act_label(self.model, step.move), by, self.view.step_said(step))

    def entry(self, entry: Entry, wrapped: str | None, step: Step | None) -> Told:
        """Tell an entry, together with the step that was made with it."""
        said = self.view.step_said(step) if step is not None else []
        left_out = {*step.said, getattr(getattr(self.model, "flow", None), "column", "")} if step is not None else set()
        changes = [
            self._change(name, pair, wrapped, entry)
            for name, pair in entry.told().items()
            if name in facts(self.model) and not (self.brief and (entry.act == "create" or name in left_out))
        ]
        label = act_label(self.model, entry.act)
        return Told(entry.at, label, self.names.person(entry.actor_id), said, changes)

    def _change(self, name: str, pair: list[Any], wrapped: str | None, entry: Entry) -> tuple[Text, str, str]:
        was, became = (self._words(name, value, wrapped, entry) for value in pair)
        return facts(self.model)[name].label, was, became

    def _words(self, name: str, value: Any, wrapped: str | None, entry: Entry) -> str:
        if isinstance(value, dict):
            key = unwrap(str(entry.row_uid), wrapped)
            text = unseal(key, value["sealed"], bound_to(self.model, name, entry.row_uid)) if key else None
            if text is None:
                return gettext("Erased")
            value = json.loads(text)
        words = in_words(self.model, name, value, self.names)
        return words if value in (None, "") else display.veiled(words, self.row, facts(self.model)[name])


def in_words(model: type, name: str, value: Any, names: Names) -> str:
    """Return a stored code in the words of the interface."""
    form = shape(model, name)
    if form.kind == "one":
        return names.of(form.target, value)
    if form.kind == "choice":
        value = next((member for member in form.choices or () if member.value == value), value)
    elif form.kind == "instant" and value is not None:
        value = datetime.fromisoformat(value)
    elif form.kind == "flag" and value is not None:
        value = bool(value)
    return display.words(value)
