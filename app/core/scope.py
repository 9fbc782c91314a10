"""Row scope below every door: reads are narrowed and writes checked in the session itself.

Page, form, REST, bulk action, export, job and command all end in the same session, so none can forget. Without an
actor nothing is visible and nothing can be written. Core and text SQL pass by; the places that use them are listed in
`tests/whole/test_core_sql.py`.
"""

from functools import cache
from typing import Any

from sqlalchemy import event, false
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import ORMExecuteState, RelationshipProperty, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.attributes import flag_modified

from app.core import rules
from app.core.access import OutOfScope
from app.core.actor import Actor, current
from app.core.clock import now
from app.core.fields import facts
from app.core.model import Guarded, Recorded, Scoped, Sought


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


def _criteria(actor: Actor | None) -> tuple[Any, ...]:
    if actor is None:
        return _nothing()
    if "criteria" not in actor.memo:
        actor.memo["criteria"] = tuple(_only(model, model.visible(actor)) for model in guarded_models())
    return actor.memo["criteria"]  # type: ignore[return-value]  # the memo holds anything


@cache
def _nothing() -> tuple[Any, ...]:
    return tuple(_only(model, false()) for model in guarded_models())


def _only(model: type[Guarded], condition: Any) -> Any:
    return with_loader_criteria(model, condition, include_aliases=True)


@event.listens_for(Session, "do_orm_execute")
def narrow(state: ORMExecuteState) -> None:
    """Add the actor's scope to a statement."""
    actor = current()
    # A column load refreshes an object the session already holds; it was scoped when it came in.
    if state.is_column_load or (actor is not None and actor.unbounded):
        return
    if not state.is_select and any(issubclass(mapper.class_, Guarded) for mapper in state.all_mappers):
        # A statement that writes many rows at once would pass by the checks of each.
        raise OutOfScope
    state.statement = state.statement.options(*_criteria(actor))


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
    if isinstance(row, Sought) and row.sought != (words := row.found_by()):
        row.sought = words


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
