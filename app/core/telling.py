"""Telling history: the moves and changes of a row in one stream, in the words of the interface and behind its masks."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import class_mapper

from app.core import display, scope
from app.core.chain import unseal
from app.core.fields import RELATED, Text, facts, shape
from app.core.history import Entry, recorded_models
from app.core.masking import MASKED
from app.core.plans import fresh, plan
from app.core.reads import KEPT, OF_LIST
from app.core.revealing import Purpose
from app.core.sealed import bound_to
from app.core.subject_keys import SubjectKey, unwrap
from app.core.timeline import Step
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
    "exported": _("Exported"),
    "exported_raw": _("Exported with sensitive values open"),
    "ledger_read": _("Ledger read"),
    "ledger_taken_in": _("Ledger taken in"),
    "ledger_taken_back": _("Ledger taken back"),
    "ledger_put_aside": _("Ledger put aside"),
    "ledger_returned": _("Rejected rows of a ledger handed out"),
    "token_made": _("Token for a program made"),
    "token_ended": _("Token for a program taken back"),
    "attach": _("File added"),
    "detach": _("File removed"),
    "reveal": _("Looked at a masked value"),
    "reveal_refused": _("Looked at too many masked values"),
    "find": _("Looked for a number"),
    "keys_rotated": _("Data key replaced"),
    "backup_made": _("Backup made"),
    "backup_verified": _("Backup put back for trial"),
    "backup_restored": _("Backup restored"),
    "copied": _("All data of the person handed out"),
    "erased": _("Personal data erased"),
}
"""What is done to rows of every list, and what is done without any row."""

LOOKS: Final = frozenset({"reveal", "reveal_refused", "find"})
"""The acts of looking at what is masked."""

FILES: Final = {"xlsx": "Excel", "csv": "CSV"}
"""What people call the kinds of files that are handed out."""

RESTATED: Final = frozenset({"erased"})
"""The acts after which a step says something else than before."""

CALLED: Final[dict[str, Text]] = {
    "resident": _("The resident, by code"),
    "system:public": _("A resident, at a poster"),
}
"""Who acts without an account, by the label of the actor; everybody else is the system."""

SAID: Final[dict[str, Text]] = {"login": _("Login name"), "purpose": _("For"), "backup": _("Backup")}
"""The words for what an act without a row was told with."""

REMARKED: Final[dict[str, Text]] = {"file": _("File")}
"""The words for what an act on a row was told with that changes none of its columns."""


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
            self._found |= {(model, row.id): display.titled(row) for row in known}

    def of(self, model: Any, pk: int | None) -> str:
        """Return what a row is called; a dash where there is none or it is out of sight."""
        return self._found.get((model, pk or 0), display.EMPTY)

    def row(self, model: Any, pk: int) -> str:
        """Return what a row is called; its number where it is no more, or out of sight."""
        return self._found.get((model, pk)) or gettext("No. %(number)s (no longer there, or out of sight)", number=pk)

    def person(self, pk: int | None, label: str = "") -> str:
        """Return who it was; `label`: that of the actor, for those without an account."""
        if pk is None:
            return str(CALLED[label]) if label in CALLED else gettext("The system")
        return self._found.get((_accounts(), pk)) or gettext("Somebody outside")


def _accounts() -> Any:
    return recorded_models()["users"]


def act_label(model: Any, act: str) -> Text:
    """Return the words for an act on a row of this list."""
    flow = getattr(model, "flow", None)
    move = flow.by_name.get(act) if flow is not None else None
    return move.label if move is not None else ACTS.get(act) or getattr(model, "acts", {}).get(act, act)


def column_of(model: Any, act: str, name: str) -> str:
    """Return the column a parameter of an act sets; its own name where it sets none."""
    flow = getattr(model, "flow", None)
    move = flow.by_name.get(act) if flow is not None else None
    return next((ask.sets for ask in (move.asks if move is not None else ()) if ask.name == name), name)


def looked(model: Any, entry: Entry) -> list[tuple[Text, str]]:
    """Return at which column somebody looked, and why."""
    said = {name: pair[1] for name, pair in entry.told().items()}
    reason = next((one for one in Purpose if one.value == said.get("reason")), None)
    why = " ".join(str(part) for part in (reason, said.get("text")) if part)
    found: list[tuple[Text, str]] = [(_("Column"), str(facts(model)[said["column"]].label))]
    return [*found, (_("Reason"), why)] if why else found


def taken_out(entry: Entry) -> str:
    """Return what was exported, or which ledger it was, in words; nothing for any other act."""
    if not entry.act.startswith(("exported", "ledger")):
        return ""
    said = {name: pair[1] for name, pair in entry.told().items()}
    if entry.act.startswith("ledger"):
        rows = [gettext("%(count)s rows", count=said["rows"])] if "rows" in said else []
        return gettext("; ").join([str(said.get("file", "")), *rows])
    words = [gettext("%(count)s rows as %(kind)s", count=said["rows"], kind=FILES.get(said["file"], said["file"]))]
    # The filter stands as the address of the list said it.
    words += [gettext("Filter of the address: “%(filter)s”", filter=said["filter"])] if said.get("filter") else []
    return gettext("; ").join(words)


def entries_of(row: Any) -> list[tuple[Entry, str | None]]:
    """Return the entries of a row the actor may see, the newest first, each with the wrapped key of the row."""
    found = scope.columns(_entries(row.list_name), {"row": row.id, "uid": row.uid})
    names = plan(Entry).columns
    # There may be two hundred: as plain rows they cost no more than what they say.
    return [(fresh(Entry, dict(zip(names, line, strict=False))), line.wrapped) for line in found]


@lru_cache(maxsize=64)
def _entries(listing: str) -> Any:
    own = (Entry.list == listing, Entry.row_id == bindparam("row"), Entry.row_uid == bindparam("uid"))
    columns = (getattr(Entry, name) for name in plan(Entry).columns)
    found = select(*columns, SubjectKey.wrapped).outerjoin(SubjectKey, SubjectKey.row_uid == Entry.row_uid).where(*own)
    return found.order_by(Entry.id.desc()).limit(MOST).execution_options(**{KEPT: True, OF_LIST: listing})


def stream(view: Any, row: Any, brief: bool = True) -> list[Told]:
    """Return what happened to a row, the newest first: its moves for everybody who sees it, changes as history allows.

    `brief`: what the row was registered with, and what a move says by itself, is left out.
    """
    steps = {step.uid: step for step in _steps_of(row)} if view.list_name in Step.told else {}
    entries = entries_of(row)
    names = names_of(row, entries, steps.values())
    teller = _Teller(view, row, names, brief)
    # A step stands with the entry that made it, not with one that restated it.
    told = [
        teller.entry(entry, key, None if entry.act in RESTATED else steps.pop(entry.step_uid or "", None))
        for entry, key in entries
    ]
    return sorted([*told, *(teller.step(step) for step in reversed(steps.values()))], key=_when, reverse=True)


def _steps_of(row: Any) -> Iterable[Any]:
    """Return what the steps of a row say, oldest first; of steps only what is told."""
    return scope.columns(_steps(row.list_name), {"community": row.community_id, "row": row.id})


@lru_cache(maxsize=64)
def _steps(listing: str) -> Any:
    told = (Step.uid, Step.at, Step.move, Step.source, Step.target, Step.by_id, Step.by_label, Step.said)
    own = (Step.community_id == bindparam("community"), Step.list == listing, Step.row_id == bindparam("row"))
    return select(*told).where(*own).order_by(Step.id).execution_options(**{KEPT: True, OF_LIST: listing})


def _when(told: Told) -> datetime:
    return told.at


def names_of(row: Any, entries: Iterable[tuple[Entry, str | None]], steps: Iterable[Step] = ()) -> Names:
    """Return what those are called who did these things with a row, and the rows its changes lead to."""
    names = Names()
    for step in steps:
        names.ask(_accounts(), step.by_id)
    for entry, key in entries:
        names.ask(_accounts(), entry.actor_id)
        for target, pk in _related(type(row), entry, key):
            names.ask(target, pk)
    names.load()
    return names


def _related(model: type, entry: Entry, wrapped: str | None) -> Iterator[tuple[Any, int]]:
    for name, pair in entry.told().items():
        if name in facts(model) and shape(model, name).kind in RELATED:
            found = [opened(model, name, value, entry, wrapped) for value in pair]
            pks = [pk for value in found for pk in (value if isinstance(value, list) else [value])]
            yield from ((shape(model, name).target, pk) for pk in pks if isinstance(pk, int))


class Forgotten:
    """What stands for a value whose key was destroyed."""


def opened(model: type, name: str, value: Any, entry: Entry, wrapped: str | None) -> Any:
    """Return a value of an entry as it was stored; the class Forgotten where its key was destroyed.

    `wrapped`: the key of the row, as it is kept.
    """
    # What is written in words may be kept as an object too.
    if not (isinstance(value, dict) and value.keys() == {"sealed"}):
        return value
    key = unwrap(str(entry.row_uid), wrapped)
    text = unseal(key, value["sealed"], bound_to(model, name, entry.row_uid)) if key else None
    return Forgotten if text is None else json.loads(text)


class _Teller:
    """Turns entries and steps of one row into lines."""

    def __init__(self, view: Any, row: Any, names: Names, brief: bool) -> None:
        self.view, self.row, self.names, self.brief = view, row, names, brief
        self.model = type(row)

    def step(self, step: Step) -> Told:
        """Tell a step of the timeline."""
        by = self.names.person(step.by_id, step.by_label)
        return Told(step.at, act_label(self.model, step.move), by, self._said(step))

    def _said(self, step: Step | None) -> list[tuple[Text, str]]:
        said = self.view.step_said(step) if step is not None else []
        return [(label, display.careful(words, self.row)) for label, words in said]

    def entry(self, entry: Entry, wrapped: str | None, step: Step | None) -> Told:
        """Tell an entry, together with the step that was made with it."""
        # How a row came to be is told by its first step: an order is offered, or agreed by telephone.
        act = step.move if step is not None and entry.act == "create" else entry.act
        label, by = act_label(self.model, act), self.names.person(entry.actor_id, entry.actor_label)
        if entry.act in LOOKS:
            return Told(entry.at, label, by, looked(self.model, entry))
        said, left_out = self._said(step), self._told_by(step)
        told = {
            name: self._change(name, pair, wrapped, entry)
            for name, pair in entry.told().items()
            if name in facts(self.model) and not (self.brief and (entry.act == "create" or name in left_out))
        }
        changes = [change for name, change in told.items() if not self.brief or self._is_news(name, change, said)]
        said = [*said, *self._remarked(entry, wrapped)]
        return Told(entry.at, label, by, said, changes)

    def _is_news(self, name: str, change: tuple[Text, str, str], said: list[tuple[Text, str]]) -> bool:
        """Tell whether a change reads as one, and is not the very words the move was made with."""
        _label, was, became = change
        repeats = shape(self.model, name).kind == "text" and became in {words for _about, words in said}
        # Behind a mask two values may look alike; that one took the place of the other is news.
        return not repeats and (was != became or MASKED in became)

    def _told_by(self, step: Step | None) -> set[str]:
        """Return the columns of which a step says enough."""
        if step is None:
            return set()
        flow = getattr(self.model, "flow", None)
        return {getattr(flow, "column", ""), *(column_of(self.model, step.move, name) for name in step.said)}

    def _remarked(self, entry: Entry, wrapped: str | None) -> Iterator[tuple[Text, str]]:
        for name, (_was, value) in entry.told().items():
            if name in REMARKED:
                found = opened(self.model, name, value, entry, wrapped)
                yield REMARKED[name], gettext("Erased") if found is Forgotten else str(found)

    def _change(self, name: str, pair: list[Any], wrapped: str | None, entry: Entry) -> tuple[Text, str, str]:
        was, became = (self._words(name, value, wrapped, entry) for value in pair)
        return facts(self.model)[name].label, was, became

    def _words(self, name: str, value: Any, wrapped: str | None, entry: Entry) -> str:
        value = opened(self.model, name, value, entry, wrapped)
        if value is Forgotten:
            return gettext("Erased")
        words = in_words(self.model, name, value, self.names)
        return words if value in (None, "") else display.veiled(words, self.row, facts(self.model)[name])


def in_words(model: type, name: str, value: Any, names: Names) -> str:
    """Return a stored code in the words of the interface."""
    form = shape(model, name)
    if form.kind == "one":
        return names.of(form.target, value)
    if form.kind == "many":
        return display.words([names.of(form.target, pk) for pk in value or ()])
    if form.kind == "choice":
        value = next((member for member in form.choices or () if member.value == value), value)
    elif form.kind == "instant" and value is not None:
        value = datetime.fromisoformat(value)
    elif form.kind == "flag" and value is not None:
        value = bool(value)
    elif form.worded is not None:
        value = form.worded.of(value)
    return display.words(value)
