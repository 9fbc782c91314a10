"""Making a move: who may, is it allowed now, are the parameters right; then the row, its timeline and the news.

Every door (page, bulk action, REST, command, job) ends here.
"""

from datetime import date, datetime
from typing import Any, Final

from blinker import Signal
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import flag_modified

from app.core import access, checks, rules
from app.core.actor import Actor, current
from app.core.fields import Labelled, Text, facts
from app.core.flow import Ask, Flow, Move
from app.core.timeline import add_step

LONGEST_REASON: Final = 500
ARCHIVED: Final = _("The row is archived; restore it first.")

moved: Final = Signal()
"""Sent by the class of the row after its state has changed and before it is written; `row`, `move`, `values`."""

settled: Final = Signal()
"""Sent by the class of the row after the row and its step were written, for what follows for other rows; the same."""


class Refused(Exception):
    """The move is not allowed now; the reason is for the person who tried."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


class Stale(Exception):
    """Somebody else has changed the row since it was opened."""


def perform(row: Any, name: str, values: dict[str, Any], version: int | None = None) -> None:
    """Make the move `name` on `row` with the given parameters.

    Raises Forbidden (403), Refused (409), Stale (409) or Violation (422); the row is then as it was in the database
    once the transaction is rolled back.
    """
    flow: Flow = type(row).flow
    move = flow.by_name.get(name)
    if move is None:
        raise access.OutOfScope
    actor = _allowed(row, move)
    if version is not None and version != row.version:
        raise Stale
    if (reason := refusal(row, move, actor)) is not None:
        raise Refused(reason)
    _require(row, move, values)
    session = object_session(row)
    if session is None:
        raise access.OutOfScope
    _apply(session, row, flow, move, values)


def _apply(session: Session, row: Any, flow: Flow, move: Move, values: dict[str, Any]) -> None:
    source, target = flow.code(row), move.leads_to(row)
    columns = {ask.name: ask.sets for ask in move.asks}
    for name, value in values.items():
        if columns[name] in facts(type(row)):
            setattr(row, columns[name], value)
    if target is not None:
        setattr(row, flow.column, target)
    # A move that changes no column is one all the same: what somebody else opened before it is stale.
    flag_modified(row, "changed_at")
    moved.send(type(row), row=row, move=move.name, values=values)
    add_step(session, row, move.name, source, flow.code(row), **told(values))
    if settled.has_receivers_for(type(row)):
        # What follows may be done by the system; this is the person's.
        session.flush()
        settled.send(type(row), row=row, move=move.name, values=values)


def by_parameter(errors: dict[str, list[Text]], move: Move) -> dict[str, list[Text]]:
    """Return complaints about columns under the names of the parameters that set them."""
    names = {ask.sets: ask.name for ask in move.asks}
    return {names.get(column, column): texts for column, texts in errors.items()}


def _allowed(row: Any, move: Move) -> Actor:
    actor = current()
    if actor is None or not may_make(row, move, actor):
        raise access.Forbidden
    return actor


def may_make(row: Any, move: Move, actor: Actor) -> bool:
    """Tell whether a grant of the actor allows this kind of move on this row, whatever state it is in."""
    if actor.unbounded or move.by_system:
        return actor.unbounded
    if move.by_resident and access.sent("m", row, actor):
        return True
    held = access.roles_for("m", row, actor)
    return bool(held & set(move.by)) if move.by else bool(held)


def asks_for(model: Any, name: str, actor: Actor) -> bool:
    """Tell whether some move asks for this column that the actor could make with some row of the list."""
    flow: Flow | None = getattr(model, "flow", None)
    asking = [move for move in flow.moves if name in {ask.sets for ask in move.asks}] if flow else []
    return any(makes_some(model, move, actor) for move in asking)


def makes_some(model: Any, move: Move, actor: Actor) -> bool:
    """Tell whether the actor could make the move with some row of the list."""
    held = {held.role for held, _rule in access.clauses(actor, model.guard(), "m")}
    return bool(held & set(move.by) if move.by else held)


def asked_column(model: Any, name: str) -> str:
    """Return the column that a parameter of some move sets; other names stay as they are."""
    flow: Flow | None = getattr(model, "flow", None)
    asks = [ask for move in flow.moves for ask in move.asks] if flow and name not in facts(model) else []
    return next((ask.sets for ask in asks if ask.name == name), name)


def refusal(row: Any, move: Move, actor: Actor) -> Text | None:
    """Return why the move is not possible now, or None."""
    if row.archived_at is not None:
        return ARCHIVED
    state = type(row).flow.state(row)
    if state is None and None not in move.sources:
        return _("“%(move)s” is not possible yet.", move=move.label)
    if state is not None and state not in move.sources:
        return _("“%(move)s” is not possible in the state “%(state)s”.", move=move.label, state=state.label)
    return next((reason for guard in move.guards if (reason := guard(row, actor)) is not None), None)


def possible(row: Any, actor: Actor | None = None) -> list[Move]:
    """Return the moves the actor can make on this row now."""
    actor = actor or current()
    if actor is None:
        return []
    flow: Flow | None = getattr(type(row), "flow", None)
    moves = flow.from_here(row) if flow else ()
    return [move for move in moves if may_make(row, move, actor) and refusal(row, move, actor) is None]


def _require(row: Any, move: Move, values: dict[str, Any]) -> None:
    """Check the parameters; those that say so may stay as the row has them."""
    unknown = set(values) - {ask.name for ask in move.asks}
    found: dict[str, list[Text]] = {name: [_("This is not asked here.")] for name in unknown}
    found |= complaints(type(row), move, values, row)
    if found:
        raise rules.Violation(found)


def complaints(model: Any, move: Move, values: dict[str, Any], row: Any = None) -> dict[str, list[Text]]:
    """Return what is wrong with the parameters of a move; without a row, what is wrong for any."""
    found = {ask.name: _complaint(model, row, ask, values) for ask in move.asks}
    return {name: [text] for name, text in found.items() if text is not None}


def _complaint(model: Any, row: Any, ask: Ask, values: dict[str, Any]) -> Text | None:
    value = values.get(ask.name)
    if value is None or value == "":
        has = row is None or getattr(row, ask.sets, None) is not None
        is_set = ask.unless_set and ask.name not in values and has
        return _("Please fill this in.") if ask.required and not is_set else None
    if ask.sets not in facts(model) and isinstance(value, str):
        return checks.visible(value) or rules.too_long(value, LONGEST_REASON)
    return None


def told(values: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a move as they are kept in the timeline."""
    return {name: spoken(value) for name, value in values.items() if value is not None}


def spoken(value: Any) -> Any:
    """Return a parameter as it is kept in the timeline."""
    if isinstance(value, Labelled):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [spoken(one) for one in value]
    if isinstance(value, str | int | float | bool):
        return value
    # Who reads the timeline of a row does not always read the row that was chosen.
    return str(getattr(value, "as_said", value))


def label_of(model: Any, ask: Ask) -> Text:
    """Return the words for a parameter: its own, or those of the column it sets."""
    if ask.label is not None:
        return ask.label
    return facts(model)[ask.sets].label if ask.sets in facts(model) else _("Reason")
