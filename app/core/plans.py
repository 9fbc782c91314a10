"""What must be known of a table to write thousands of its rows: found out once, so that each row costs little.

Values are brought into the form the driver wants before the transaction begins; within it the driver only writes.
"""

import enum
import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.engine import Dialect

from app.core.clock import Instant
from app.core.history import is_sensitive, recorded_columns
from app.core.model import Recorded
from app.extensions import db

AT_ONCE: Final = 500
"""How many rows one statement writes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a model: its table and columns, the relation of each key, and its lists of rows.

    `usual`: what a column takes by itself. `made`: what makes that anew for each row. `named`: by key, under which name
    history keeps it. `recorded`: name, column and whether it is sensitive, of each column history keeps.
    """

    table: Any
    columns: tuple[str, ...]
    usual: Mapping[str, Any]
    made: Mapping[str, Callable[[], Any]]
    relations: Mapping[str, str]
    lists: tuple[tuple[str, Any, str, str], ...]
    named: Mapping[str, str]
    recorded: tuple[tuple[str, str, bool], ...]


_PLANS: Final[dict[Any, Plan]] = {}


def plan(model: Any) -> Plan:
    """Return what is known of a model."""
    if model not in _PLANS:
        _PLANS[model] = _planned(model)
    return _PLANS[model]


def _planned(model: Any) -> Plan:
    mapper = sa_inspect(model)
    attributes = {attribute.key: attribute.columns[0] for attribute in mapper.column_attrs}
    defaults = {key: column.default for key, column in attributes.items() if column.default is not None}
    usual = {key: default.arg for key, default in defaults.items() if not default.is_callable}
    made = {key: partial(default.arg, None) for key, default in defaults.items() if default.is_callable}
    relations, lists = {}, []
    for relation in mapper.relationships:
        if relation.direction.name == "MANYTOONE" and not relation.viewonly:
            relations[str(next(iter(relation.local_columns)).key)] = relation.key
        elif relation.direction.name == "MANYTOMANY" and not relation.viewonly:
            own = next(remote.key for _local, remote in relation.synchronize_pairs)
            other = next(remote.key for _local, remote in relation.secondary_synchronize_pairs)
            lists.append((relation.key, relation.secondary, own, other))
    recorded = recorded_columns(model) if issubclass(model, Recorded) else {}
    named = {column: name for name, column in recorded.items() if column in relations}
    kept = tuple((name, column, is_sensitive(model, name)) for name, column in recorded.items())
    return Plan(mapper.local_table, tuple(attributes), usual, made, relations, tuple(lists), named, kept)


class Plain:
    """A new row no session knows of: to set a column or to ask for one costs no more than with any object."""

    of: Any = None
    """The model it is a row of."""


def fresh(model: Any, values: Mapping[str, Any]) -> Any:
    """Return a new row with these values, which is a `Plain` one.

    It is for rows that only `Bulk` writes, and of models where nothing follows from setting a value.
    """
    row = _plain(model)()
    vars(row).update(values)
    return row


def named(model: Any, values: Mapping[str, Any]) -> Any:
    """Return a new plain row with these values; each row it names it names by its key as well."""
    keys = {key: getattr(values.get(relation), "id", None) for key, relation in plan(model).relations.items()}
    return fresh(model, keys | dict(values))


@cache
def _plain(model: Any) -> Any:
    """Return a class with all a model can do, of which the columns and relations are plain attributes."""
    empty = dict.fromkeys(sa_inspect(model).attrs.keys())
    about = {**empty, "of": model, "__init__": object.__init__}
    # Called as usual, the metaclass would map the class too.
    return type.__new__(type(model), model.__name__, (Plain, model), about)


def model_of(row: Any) -> Any:
    """Return the model of a row, also of a plain one."""
    return row.of if isinstance(row, Plain) else type(row)


# -- statements -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Insertion:
    """The statement that adds rows of a table, and what brings the value of a column into the driver's form."""

    table: Any
    sql: str
    places: Mapping[str, int]
    converts: Mapping[int, Callable[[Any], Any]]

    def lines(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        """Return rows as the driver wants them; what one does not say is empty."""
        columns = [[row.get(name) for row in rows] for name in self.places]
        known: dict[Any, dict[Any, Any]] = {}
        for place, convert in self.converts.items():
            columns[place] = each(columns[place], convert, known.setdefault(convert, {}))
        return [list(line) for line in zip(*columns, strict=True)]

    def without_empty(self, lines: Sequence[Any]) -> tuple[str, list[tuple[Any, ...]]]:
        """Return the statement and the rows without the columns of which all rows say nothing.

        To tell SQLite's driver that a column is empty takes it four times as long as to hand over a text.
        """
        columns = [*zip(*lines, strict=True)]
        said = {
            name: columns[place]
            for name, place in self.places.items()
            # What is left away becomes what the database gives by itself.
            if not are_empty(columns[place]) or self.table.c[name].server_default is not None
        }
        return insertion(self.table, said).sql, [*zip(*said.values(), strict=True)]

    def put(self, line: list[Any], name: str, value: Any) -> None:
        """Let a row that is ready say something else."""
        place = self.places[name]
        line[place] = self.converts[place](value) if place in self.converts and value is not None else value


def are_empty(values: Sequence[Any]) -> bool:
    """Tell whether all values of a column are empty; of most columns the first one says that they are not."""
    return values[0] is None and values.count(None) == len(values)


def each(values: Sequence[Any], convert: Callable[[Any], Any], known: dict[Any, Any] | None = None) -> list[Any]:
    """Return the values of one column converted, of equal ones each once; what is empty stays empty.

    `known`: what other columns had converted in the same way.
    """
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return list(values)
    # Of other kinds equal values may be written differently, or not be known to be equal.
    if len(kinds) == 1 and issubclass(kind := kinds.pop(), str | int | date | enum.Enum):
        known = {} if known is None or not issubclass(kind, datetime) else known
        known[None] = None
        known.update((value, convert(value)) for value in set(values).difference(known))
        return [known[value] for value in values]
    return [None if value is None else convert(value) for value in values]


_INSERTIONS: Final[dict[tuple[str, Any, tuple[str, ...]], Insertion]] = {}


def insertion(table: Any, names: Iterable[str]) -> Insertion:
    """Return the statement that adds rows with these columns to a table of the current database."""
    dialect, columns = db.engine.dialect, tuple(names)
    key = dialect.name, table, columns
    if key not in _INSERTIONS:
        _INSERTIONS[key] = _insertion(dialect, table, columns)
    return _INSERTIONS[key]


def _insertion(dialect: Dialect, table: Any, names: tuple[str, ...]) -> Insertion:
    preparer = dialect.identifier_preparer
    columns = [table.c[name] for name in names]
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    told = ", ".join(preparer.format_column(column) for column in columns)
    marks = ", ".join([mark] * len(columns))
    sql = f"INSERT INTO {preparer.format_table(table)} ({told}) VALUES ({marks})"  # noqa: S608 - names of our own tables
    # Moments are brought into the same form whichever column they stand in.
    moment = Instant().dialect_impl(dialect).bind_processor(dialect)
    converts = (moment if isinstance(column.type, Instant) else _processor(column, dialect) for column in columns)
    known = {place: convert for place, convert in enumerate(converts) if convert is not None}
    return Insertion(table, sql, {name: place for place, name in enumerate(names)}, known)


def _processor(column: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return found


def write(connection: Connection, statement: Insertion, lines: Sequence[Any]) -> None:
    """Add rows that are ready, so many at once as one statement takes."""
    # What single rows leave empty differs each time, and each time it would be another statement.
    sql, rows = statement.without_empty(lines) if len(lines) > 1 else (statement.sql, [*map(tuple, lines)])
    for start in range(0, len(rows), AT_ONCE):
        connection.exec_driver_sql(sql, rows[start : start + AT_ONCE])


def add(connection: Connection, table: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows that all have the same columns."""
    some = list(rows)
    if some:
        statement = insertion(table, some[0])
        write(connection, statement, statement.lines(some))


# -- memory ---------------------------------------------------------------------------------------------------------

_lock: Final = threading.Lock()
_busy: Final[list[int]] = [0]


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody look for rubbish meanwhile: with thousands of rows that are all needed it is looked for in vain."""
    with _lock:
        _busy[0] += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _busy[0] -= 1
            if not _busy[0]:
                gc.enable()
