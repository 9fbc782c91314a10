"""Many new rows at once, each with all it would get by itself: defaults, stamps, seals, indexes, step and history.

Everything costly is made while nobody waits. Inside the transaction the rows only get their ids and are written, a
table at a time, so that thousands hold the lock for about a second. What a single row is told by signals is not sent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import bindparam, func, select, text

from app.core import access, clock, database, entries, plans, recording, rules, sealing, seeking, subject_keys
from app.core.actor import Actor, current
from app.core.history import STEP
from app.core.model import Recorded, Sought, new_uid
from app.core.plans import AT_ONCE, model_of, plan
from app.core.timeline import FirstSteps, Step, digest_of
from app.extensions import db

CREATED: Final = "create"

Preparer = Callable[[Any, "Bulk"], None]
_PREPARERS: Final[dict[type, Preparer]] = {}


def prepares(model: type, preparer: Preparer) -> None:
    """Let a package complete the new rows of a model, or of all that inherit from it, as it does with single ones."""
    _PREPARERS[model] = preparer


@dataclass(slots=True)
class Made:
    """One new row, and the ids of the rows it names that are as new as itself.

    Once it is ready, all is in the form in which it is written, but for what is known only then: its own id too.
    """

    row: Any
    late: list[tuple[str, Any]] = field(default_factory=list)
    step: dict[str, Any] | None = None
    """The step it begins with, by column."""
    line: list[Any] = field(default_factory=list)
    """The row as the driver wants it."""
    history: str = ""
    """What history says of the row."""
    step_line: list[Any] = field(default_factory=list)
    step_texts: tuple[str, str] = ("", "")
    """What the digest of the step is made of around the id of the row."""
    grams: str | None = None
    """The parts of words the row is found by, on SQLite."""

    def put(self, name: str, value: Any) -> None:
        """Let the row say something else; nothing that is sensitive."""
        model: Any = model_of(self.row)
        setattr(self.row, name, value)
        if not self.line:
            return
        _statement(model).put(self.line, name, value)
        if self.grams is not None and name in seeking.columns(model):
            self.grams = seeking.ready(self.row)
        if name in _recorded(model):
            self.tell(name, value)

    def tell(self, name: str, value: Any) -> None:
        """Let history say something of a row that is ready."""
        self.history = entries.with_value(self.history, name, value)


class Bulk:
    """Rows to be written together by the current actor; `verb`: what the actor must be allowed to do with each.

    `single`: it is one row, of which nothing is worth being worked out for all.
    """

    def __init__(self, verb: str = "c", single: bool = False) -> None:
        actor = current()
        if actor is None:
            raise access.OutOfScope
        self.actor: Actor = actor
        self.verb = verb
        self.moment = clock.now()
        self.steps = FirstSteps(actor, self.moment)
        self._examiner = rules.examiner if single else cache(rules.Examiner)
        self._stamps = {
            "version": 1,
            **dict.fromkeys(("created_at", "changed_at"), self.moment),
            **dict.fromkeys(("created_by_id", "changed_by_id"), actor.user_id),
        }
        self.made: defaultdict[type, list[Made]] = defaultdict(list)
        self.links: list[tuple[Any, str, Any, str, Any]] = []
        self.acts: list[Callable[[], None]] = []
        self.after: list[Callable[[], None]] = []
        self.wrapped: list[dict[str, str]] = []
        """The keys of the rows of which something sensitive is told, as they are kept."""

    def add(
        self,
        row: Any,
        move: str = "",
        target: str | None = None,
        freely: bool = False,
        checked: bool = False,
        **said: Any,
    ) -> Made:
        """Take a row, with the step it begins with, if its list keeps a timeline. Raises Violation, OutOfScope.

        `freely`: the row follows from another one, whose list decides who may write both. `checked`: it has just been
        held to the rules of its list.
        """
        held = vars(row)
        held["uid"] = held.get("uid") or new_uid()
        for model, preparer in _PREPARERS.items():
            if isinstance(row, model):
                preparer(row, self)
        self._stamp(row)
        if isinstance(row, Sought):
            row.sought = row.found_by()
        self._require(row, freely)
        if isinstance(row, Recorded) and not checked:
            self._require_rules(row)
        made = self._made(row)
        if move:
            made.step = self.steps.step(row, move, target, said)
        self.made[model_of(row)].append(made)
        return made

    def first(self, act: Callable[[], None]) -> None:
        """Do something once the transaction has begun and before the rows are written."""
        self.acts.append(act)

    def last(self, act: Callable[[], None]) -> None:
        """Do something, in the same transaction, after the rows have been written."""
        self.after.append(act)

    def patch(self, row: Any, **columns: Any) -> None:
        """Let a row that is ready already say something else."""
        made = next(one for one in reversed(self.made[model_of(row)]) if one.row is row)
        for name, value in columns.items():
            made.put(name, value)

    def _stamp(self, row: Any) -> None:
        """Let the row take what it takes by itself."""
        held, known = vars(row), plan(model_of(row))
        # No session will ask what was set since.
        if isinstance(row, Recorded):
            held |= self._stamps
        held |= {key: value for key, value in known.usual.items() if held.get(key) is None}
        held |= {key: make() for key, make in known.made.items() if held.get(key) is None}

    def _require(self, row: Any, freely: bool) -> None:
        """Hold the row to what the scope asks of a single one."""
        if not isinstance(row, Recorded):
            return
        held, own = vars(row), getattr(row, "community_id", None)
        named = (held.get(name) for name in plan(model_of(row)).relations.values())
        if any(getattr(target, "community_id", None) not in (own, None) for target in named if target is not None):
            raise access.OutOfScope
        if not (freely or self.actor.unbounded or access.may_row(self.verb, row, self.actor)):
            raise access.OutOfScope

    def _require_rules(self, row: Any) -> None:
        """Stop with a Violation unless every rule of the row's list holds."""
        found = self._examiner(model_of(row)).errors(row)
        if found:
            raise rules.Violation(found)

    def _made(self, row: Any) -> Made:
        known, held = plan(model_of(row)), vars(row)
        made = Made(row)
        for key, relation in known.relations.items():
            target = held.get(relation)
            if target is not None and target.id is None:
                made.late.append((key, target))
            elif target is not None:
                held[key] = target.id
        for name, table, own, other in known.lists:
            # What was asked from the database is not asked again once the transaction has begun.
            self.links += [(table, own, row, other, target.id or target) for target in held.get(name) or ()]
        return made

    def ready(self) -> None:
        """Bring all rows into the form in which they are written, column by column; before the transaction begins."""
        for model, several in self.made.items():
            self._ready(model, [made for made in several if not made.line])

    def _ready(self, model: type, several: Sequence[Made]) -> None:
        rows = [vars(made.row) for made in several]
        if issubclass(model, Recorded):
            keys = entries.SubjectKeys()
            for made, said in zip(several, entries.told(model, rows, keys), strict=True):
                made.history = said
            self.wrapped += subject_keys.kept(keys)
        if sealing.columns(model):
            rows = [*sealing.shut_rows(model, rows)]
        for made, line in zip(several, _statement(model).lines(rows), strict=True):
            made.line, made.grams = line, seeking.ready(made.row)
        steps = [(made, made.step) for made in several if made.step is not None]
        lines = _step_statement().lines([step for _made, step in steps])
        for (made, step), line in zip(steps, lines, strict=True):
            made.step_line, made.step_texts = line, self.steps.texts(step)

    # -- inside the transaction -------------------------------------------------------------------------------------

    def write(self) -> None:
        """Give the rows their ids and write them; part of the current transaction, whose end writes their history."""
        for act in self.acts:
            act()
        self.ready()
        if sum(map(len, self.made.values())) > AT_ONCE:
            database.make_room()
        models = sorted(self.made, key=lambda model: _order()[plan(model).table.name])
        for model in models:
            self._number(model)
        for model in models:
            self._insert(model)
        plans.add(db.session.connection(), plan(subject_keys.SubjectKey).table, self.wrapped)
        self._link()
        self._insert_steps()
        recording.add(self._entries())
        for act in self.after:
            act()

    def _number(self, model: type) -> None:
        """Give ids; a row whose id is that of another row takes it over."""
        own = [made for made in self.made[model] if all(key != "id" for key, _row in made.late)]
        statement = _statement(model)
        for made, number in zip(own, _ids(plan(model).table, len(own)), strict=True):
            vars(made.row)["id"] = number
            statement.put(made.line, "id", number)
        for made in self.made[model]:
            for key, target in made.late:
                if key == "id":
                    made.put("id", target.id)

    def _insert(self, model: type) -> None:
        known, statement, connection = plan(model), _statement(model), db.session.connection()
        for made in self.made[model]:
            for key, target in made.late:
                made.put(key, target.id)
                if key in known.named:
                    made.tell(known.named[key], target.id)
        plans.write(connection, statement, [made.line for made in self.made[model]])
        if seeking.is_beside(model):
            seeking.put(connection, model, [(made.row.id, made.grams) for made in self.made[model]])

    def _link(self) -> None:
        by_table: defaultdict[Any, list[dict[str, int]]] = defaultdict(list)
        for table, own, row, other, target in self.links:
            by_table[table].append({own: row.id, other: target if isinstance(target, int) else target.id})
        for table, pairs in by_table.items():
            plans.add(db.session.connection(), table, pairs)

    def _insert_steps(self) -> None:
        statement, lines = _step_statement(), []
        for made in self.everything():
            if made.step_line:
                statement.put(made.step_line, "row_id", made.row.id)
                lines.append(made.step_line)
        plans.write(db.session.connection(), statement, lines)

    def _entries(self) -> Iterator[dict[str, Any]]:
        entering = recording.Entering(CREATED, self.actor)
        for made in self.everything():
            if made.step is not None:
                uid = made.step["uid"]
                digest = self.steps.digest(uid, made.row.id, made.step_texts)
                yield entering.entry(made.row, entries.with_step(made.history, digest), uid)
            elif isinstance(made.row, Recorded):
                yield entering.entry(made.row, made.history, None)

    def everything(self) -> Iterator[Made]:
        """Yield all that is written, table by table."""
        return (made for several in self.made.values() for made in several)


# -- many at once put away -----------------------------------------------------------------------------------------


def put_away(model: Any, rows: Sequence[Any], reason: str, columns: Mapping[str, Callable[[Any], Any]]) -> None:
    """Archive many rows at once, each with its step and its history; part of the current transaction.

    `rows`: of each id, uid, community_id and what `columns` needs; `columns`: what else changes, by what it was.
    """
    actor, moment = current(), clock.now()
    if actor is None:
        raise access.OutOfScope
    table, connection = plan(model).table, db.session.connection()
    timed = {"archived_at": moment, "changed_at": moment, "changed_by_id": actor.user_id, "archive_reason": reason}
    values = [{name: change(row) for name, change in columns.items()} for row in rows]
    update = table.update().where(table.c.id == bindparam("this")).values(timed | {"version": table.c.version + 1})
    for start in range(0, len(rows), AT_ONCE):
        pairs = zip(rows[start : start + AT_ONCE], values[start : start + AT_ONCE], strict=True)
        some = [{"this": row.id, **value} for row, value in pairs]
        connection.execute(update.values({name: bindparam(name) for name in columns}), some)
    steps = [_step_of_archive(model, row, actor, moment, reason) for row in rows if model.list_name in Step.told]
    plans.add(connection, Step.__table__, map(_plain, steps))
    by_row = {step.row_id: step for step in steps}
    told = {"archived_at": [None, recording.stored(moment)], "archive_reason": [None, reason]}
    recording.add(
        _archived(model, row, told | _changed(row, value), by_row.get(row.id), actor)
        for row, value in zip(rows, values, strict=True)
    )


def _changed(row: Any, value: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [recording.stored(getattr(row, name)), recording.stored(now)] for name, now in value.items()}


def _step_of_archive(model: Any, row: Any, actor: Actor, moment: datetime, reason: str) -> Step:
    by = {"by_id": actor.user_id, "by_label": actor.label}
    about = {"list": model.list_name, "row_id": row.id, "community_id": row.community_id, "uid": new_uid()}
    said = {"move": "archive", "source": None, "target": None, "at": moment, "said": {"reason": reason}}
    step: Step = plans.fresh(Step, said | about | by)
    return step


def _archived(model: Any, row: Any, told: dict[str, Any], step: Step | None, actor: Actor) -> dict[str, Any]:
    said = {STEP: [None, digest_of(step)]} if step is not None else {}
    about = Gone(row.id, row.uid, row.community_id, model.list_name)
    return recording.entry(about, "archive", told | said, step.uid if step is not None else None, actor)


@dataclass(frozen=True, slots=True)
class Gone:
    """What history has to know of a row."""

    id: int
    uid: str
    community_id: int
    list_name: str


# -- rows as they are written ---------------------------------------------------------------------------------------


@cache
def _order() -> Mapping[str, int]:
    """Return in which place each table is written: after those its rows name."""
    return {table.name: place for place, table in enumerate(Model.metadata.sorted_tables)}


def _statement(model: type) -> plans.Insertion:
    known = plan(model)
    return plans.insertion(known.table, known.columns)


@cache
def _recorded(model: Any) -> frozenset[str]:
    return frozenset(name for name, _column, sensitive in plan(model).recorded if not sensitive)


def _step_statement() -> plans.Insertion:
    known = plan(Step)
    return plans.insertion(known.table, [name for name in known.columns if name != "id"])


def _plain(step: Step) -> dict[str, Any]:
    held = vars(step)
    return {name: held.get(name) for name in plan(Step).columns if name != "id"}


def _ids(table: Any, count: int) -> Iterable[int]:
    """Return ids nobody else gets: of the sequence, or, as SQLite has one writer, those after the last."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        taken = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return list(connection.scalars(taken, {"name": table.name, "count": count}))
    last = connection.scalar(select(func.max(table.c.id))) or 0
    return range(last + 1, last + count + 1)
