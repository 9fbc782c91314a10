"""Row scope below every door: reads are narrowed and writes checked in the session itself.

Page, form, REST, bulk action, export, job and command all end in the same session, so none can forget. Without an
actor nothing is visible and nothing can be written. Core and text SQL pass by; the places that use them are listed in
`tests/whole/test_core_sql.py`.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BindParameter, Row, and_, event, false
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import ORMExecuteState, RelationshipProperty, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.visitors import replacement_traverse

from app.core import reads, rules
from app.core.access import OutOfScope
from app.core.actor import Actor, current
from app.core.clock import now, today
from app.core.fields import facts
from app.core.history import Entry
from app.core.model import Guarded, Recorded, Scoped, Sought
from app.core.reads import KEPT, OF_LIST
from app.core.timeline import Step
from app.core.unfinished import finished, key_of, seen
from app.extensions import db

Criteria = dict[tuple[type[Any], str | None], tuple[Any, frozenset[type[Any]] | tuple[()]]]
"""By model and the one list asked of: what narrows it, None for nothing, and the models that reads in its turn."""

AT_ONCE: Final = 100
"""So many rows of an answer are there at once where its columns are wanted."""
PARTY: Final = "party"
"""The table in which people, units and teams stand together, with the ids of their own rows."""


def guarded_models() -> list[type[Guarded]]:
    """Return every mapped class whose rows only some may see."""
    return sorted(_mapped_below(Guarded), key=lambda model: model.__name__)


def _mapped_below(klass: type) -> set[Any]:
    found: set[Any] = set()
    child: type
    for child in klass.__subclasses__():
        if sa_inspect(child, raiseerr=False) is not None:
            found.add(child)
        found |= _mapped_below(child)
    return found


@event.listens_for(Session, "do_orm_execute")
def narrow(state: ORMExecuteState) -> None:
    """Add the actor's scope to a statement."""
    actor = current()
    # A column load refreshes an object the session already holds; it was scoped when it came in.
    if state.is_column_load:
        return
    unbounded = actor is not None and actor.unbounded
    if not (state.is_select or unbounded) and any(issubclass(one.class_, Guarded) for one in state.all_mappers):
        # A statement that writes many rows at once would pass by the checks of each.
        raise OutOfScope
    if state.is_select or not unbounded:
        # What the statement itself says: those that bring its rows' relations along are made anew each time.
        made = _kept if state.statement.get_execution_options().get(KEPT) else _narrowed
        state.statement = made(state.statement, actor, seen(), today())


def _narrowed(statement: Any, actor: Actor | None, _work: int, _day: date) -> Any:
    return statement.options(*criteria(statement, actor))


_kept: Final = lru_cache(maxsize=512)(_narrowed)
"""The same for statements that are made once and asked again and again."""


def columns(statement: Any, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Return what a statement of columns that is made once says, narrowed as the session narrows it.

    The session would look for objects in the answer, which takes as long as a small question itself. Nothing that was
    not written yet is written first.
    """
    narrowed = _kept(statement, current(), seen(), today())
    found: Sequence[Row[Any]] = db.session.connection().execute(narrowed, values).all()
    return found


def by_column(statement: Any) -> list[list[Any]]:
    """Return what a statement of columns that is made anew each time says of many rows, column by column.

    Narrowed in the same way. Rows that all were there at once would be looked through as possible rubbish.
    """
    narrowed = _narrowed(statement, current(), seen(), today())
    answer = db.session.connection().execute(narrowed)
    found: list[list[Any]] = [[] for _name in answer.keys()]  # noqa: SIM118 - of an answer, not of a dict
    for some in answer.partitions(AT_ONCE):
        for held, more in zip(found, zip(*some, strict=True), strict=True):
            held.extend(more)
    return found


def criteria(statement: Any, actor: Actor | None) -> list[Any]:
    """Return what narrows a statement to what the actor sees, for each guarded model it can read.

    A criterion costs time in every statement that carries it, whether it reads the model or not.
    """
    known = _known_to(actor)
    listing = statement.get_execution_options().get(OF_LIST)
    found: dict[type[Any], Any] = {}
    asked = list(reads.models_in(statement))
    while asked:
        model = asked.pop()
        if model in found or not issubclass(model, Guarded):
            continue
        key = model, listing if hasattr(model, "visible_of") else None
        if key not in known:
            rows = condition(model, actor, key[1])
            known[key] = (None, ()) if rows is None else (_only(model, rows), reads.models_in(rows))
        found[model], more = known[key]
        asked.extend(more)
    return [found[model] for model in sorted(found, key=lambda model: model.__name__) if found[model] is not None]


def _known_to(actor: Actor | None) -> Criteria:
    if actor is None:
        return {}
    key = ("criteria", seen())
    if key not in actor.memo:
        actor.memo[key] = known(actor, seen(), today())
    found: Criteria = actor.memo[key]  # type: ignore[assignment]  # the memo holds anything
    return found


@lru_cache(maxsize=64)
def known(actor: Actor, work: int, day: date) -> Criteria:
    """Return the criteria of somebody, to be filled as they are asked for; the next request finds them again.

    They follow from the grants and the day and ask nothing of the database; making them anew was half of what a page
    took.
    """
    return {}


def condition(model: Any, actor: Actor | None, listing: str | None = None) -> Any:
    """Return the SQL for the rows of a model the actor sees; None for all.

    What somebody is still at work with is seen by nobody else, not even by who sees everything. `listing`: of what
    hangs on rows of any list, or was done to them, only what is about rows of this one.
    """
    if actor is None:
        return false()
    rows = _finished(model, seen())
    if actor.unbounded:
        return rows
    seen_rows = model.visible(actor) if listing is None else model.visible_of(actor, listing)
    return seen_rows if rows is None else and_(seen_rows, rows)


def _finished(model: Any, work: int) -> Any:
    """Return the SQL for the rows nobody is at work with; None for models of which none ever is."""
    if issubclass(model, Entry | Step):
        return finished(model.list, model.row_id, work)
    return finished(key_of(model), model.id, work) if issubclass(model, Recorded) or key_of(model) == PARTY else None


class _Value(BindParameter[Any]):
    """A value of a criterion, compared with others as SQLAlchemy does in the end, without making SQL of it first.

    A criterion stands in a statement once for each join, every time with copies of its values that have one hash, and
    SQLAlchemy keeps those in a dictionary: with five joins that was a twentieth of a page.
    """

    inherit_cache = True
    __hash__ = BindParameter.__hash__

    def __eq__(self, other: object) -> bool:  # type: ignore[override]  # nobody asks it of SQL
        return hash(self) == hash(other)


def _only(model: type[Guarded], condition: ColumnElement[bool]) -> Any:
    own: Any = replacement_traverse(condition, {}, _own_value)
    return with_loader_criteria(model, own, include_aliases=True)


def _own_value(element: Any, **_more: Any) -> Any:
    """Return the value in place of SQLAlchemy's own; None for what is no value, which stays."""
    if type(element) is not BindParameter:
        return None
    found = copy(element)
    found.__class__ = _Value
    return found


@event.listens_for(Session, "before_flush")
def check(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Stamp, check and scope every row about to be written; refuse all of it if one row is refused."""
    actor = current()
    with session.no_autoflush:
        for row in session.deleted:
            _refuse_deletion(row, actor)
        changed = [row for row in session.dirty if session.is_modified(row)]
        for row in [*session.new, *changed]:
            if isinstance(row, Recorded | Guarded):
                _write(session, row, actor, fresh=row in session.new)


def _write(session: Session, row: Any, actor: Actor | None, fresh: bool) -> None:
    if actor is None:
        raise OutOfScope
    if isinstance(row, Recorded):
        _stamp(row, actor, fresh)
    _fill_defaults(row)
    _index(row)
    _check_references(session, row)
    if isinstance(row, Scoped) and not fresh and sa_inspect(row).attrs.community_id.history.has_changes():
        # What it points at would stay behind in the community it came from.
        raise OutOfScope
    if isinstance(row, Guarded) and not (actor.unbounded or row.writable(actor, _verbs(row, fresh))):
        raise OutOfScope
    rules.require(row)


def _stamp(row: Any, actor: Actor, fresh: bool) -> None:
    row.changed_at = now()
    row.changed_by_id = actor.user_id
    if fresh:
        row.created_at = row.created_at or now()
        row.created_by_id = actor.user_id


def _index(row: Any) -> None:
    """Keep what a row is found by in step with what it is called."""
    if isinstance(row, Sought) and _may_differ(row) and row.sought != (words := row.found_by()):
        row.sought = words


def _may_differ(row: Any) -> bool:
    """Long words to search in are not loaded with a row; they are looked at only where they may have changed."""
    state = sa_inspect(row)
    if "sought" not in state.unloaded or not state.persistent:
        return True
    return any(state.attrs[name].history.has_changes() for name in row.sought_in)


def _fill_defaults(row: Any) -> None:
    """A required column left empty takes its default now, so that the rules see what will be written."""
    for attribute in sa_inspect(type(row)).column_attrs:
        column = attribute.columns[0]
        if column.default is not None and not column.nullable and getattr(row, attribute.key) is None:
            setattr(row, attribute.key, column.default.arg(None) if column.default.is_callable else column.default.arg)


def _verbs(row: Any, fresh: bool) -> str:
    """Return the verbs of which the actor needs one for what this row has become."""
    if fresh:
        return "c"
    if not isinstance(row, Recorded):
        return "e"
    attributes = sa_inspect(row).attrs
    if attributes.archived_at.history.has_changes():
        return "a"
    flow = getattr(type(row), "flow", None)
    if flow is not None and attributes[flow.column].history.has_changes():
        return "m"
    asked = {ask.sets for move in flow.moves for ask in move.asks} if flow is not None else set()
    typed = {name for name, fact in facts(type(row)).items() if fact.edited and attributes[name].history.has_changes()}
    # A move may set what it asks and leave the state; what only the form asks is editing.
    return "e" if typed - asked else "em"


def _refuse_deletion(row: Any, actor: Actor | None) -> None:
    if isinstance(row, Guarded) and not (actor and (actor.unbounded or row.removable(actor))):
        raise OutOfScope


def _check_references(session: Session, row: Any) -> None:
    """Refuse a row that newly points at something out of the actor's sight, or at another community."""
    relations = [
        relation
        for relation in sa_inspect(row).mapper.relationships
        if relation.direction.name == "MANYTOONE" and not relation.viewonly
    ]
    for relation in relations:
        if sa_inspect(row).attrs[relation.key].history.has_changes():
            _follow_relation(row, relation)
        else:
            _follow_key(session, row, relation)
    for relation in relations:
        _check_reference(row, relation)
    _check_lists(row)


def _check_reference(row: Any, relation: RelationshipProperty[Any]) -> None:
    target = sa_inspect(row).attrs[relation.key].loaded_value
    if isinstance(target, Scoped) and isinstance(row, Scoped) and target.community_id != row.community_id:
        raise OutOfScope


def _check_lists(row: Any) -> None:
    """Refuse rows of another community among those the row newly names; so do its version and time change with them."""
    state = sa_inspect(row)
    for relation in state.mapper.relationships:
        if relation.direction.name != "MANYTOMANY" or relation.viewonly:
            continue
        changes = state.attrs[relation.key].history
        if any(isinstance(one, Scoped) and one.community_id != row.community_id for one in changes.added or ()):
            raise OutOfScope
        if state.persistent and changes.has_changes():
            # Rows of the table between belong to no row's version; the row itself must be written too.
            flag_modified(row, "changed_at")


def _follow_relation(row: Any, relation: RelationshipProperty[Any]) -> None:
    """Where only the relation was set, take over its key, which the checks below look at."""
    target = getattr(row, relation.key)
    if target is not None and target.id is not None:
        setattr(row, str(next(iter(relation.local_columns)).key), target.id)


def _follow_key(session: Session, row: Any, relation: RelationshipProperty[Any]) -> None:
    """Where only the key was set, load what it points at inside the scope, so that relation and key agree."""
    column = next(iter(relation.local_columns))
    key = getattr(row, str(column.key))
    if key is None or not sa_inspect(row).attrs[str(column.key)].history.has_changes():
        return
    if column.key in ("created_by_id", "changed_by_id"):
        return
    target = session.get(relation.mapper.class_, key)
    if target is None:
        raise OutOfScope
    setattr(row, relation.key, target)
