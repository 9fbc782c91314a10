"""Rows as they stand, of any table, on SQLite and PostgreSQL alike: read as plain JSON values, and put back.

What the tables are is asked of the database, not of the code: a backup is put back into the tables of its own version
first. Columns are taken by name, for their order differs between databases.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, bindparam, cast, column, delete, func, insert, inspect, select, table, types
from sqlalchemy.sql import ColumnElement, TableClause

from app.core import seeking

AT_ONCE: Final = 1000
VERSION: Final = "alembic_version"
"""The table that says which version the tables are of; it is made, not copied."""

Plain = list[Any]
"""One row: a JSON value per column, in the order of `Shape.columns`."""


@dataclass(frozen=True)
class Shape:
    """A table as the database describes it."""

    name: str
    columns: dict[str, types.TypeEngine[Any]]
    key: tuple[str, ...]

    @property
    def at_once(self) -> int:
        """How many rows are taken at a time: one where a row may hold a whole file."""
        return 1 if any(isinstance(kind, types.LargeBinary) for kind in self.columns.values()) else AT_ONCE

    @property
    def kept(self) -> TableClause:
        """The table in statements."""
        return table(self.name, *(column(name, kind) for name, kind in self.columns.items()))


class Sum:
    """Counts rows, and sums them up to one number that does not depend on their order; two equal ones: same rows."""

    def __init__(self) -> None:
        self.rows = 0
        self._total = 0

    def add(self, row: Plain) -> str:
        """Take a row in, and return it as its one JSON text."""
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        self._total += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
        self.rows += 1
        return line

    @property
    def value(self) -> str:
        """The sum, in hexadecimal digits."""
        return f"{self._total % 2**256:064x}"


def shapes(connection: Connection) -> list[Shape]:
    """Return the tables of the database by name, without the one that says their version and the indexes of words."""
    asked = inspect(connection)
    names = (name for name in sorted(asked.get_table_names()) if name != VERSION and seeking.SUFFIX not in name)
    return [_shape(asked, name) for name in names]


def _shape(asked: Any, name: str) -> Shape:
    columns = {one["name"]: one["type"] for one in asked.get_columns(name)}
    key = asked.get_pk_constraint(name)["constrained_columns"]
    return Shape(name, dict(sorted(columns.items())), tuple(key))


def count(connection: Connection, shape: Shape) -> int:
    """Return how many rows the table has."""
    return int(connection.scalar(select(func.count()).select_from(shape.kept)) or 0)


# -- reading --------------------------------------------------------------------------------------------------------


def read(connection: Connection, shape: Shape) -> Iterator[Plain]:
    """Yield the rows of a table by its key, a part at a time."""
    kept = shape.kept
    asked = select(*(_asked(kept.c[name]) for name in shape.columns)).order_by(*(kept.c[name] for name in shape.key))
    with connection.execute(asked, execution_options={"yield_per": shape.at_once}) as found:
        for row in found:
            yield [_plain(value) for value in row]


def _asked(asked: ColumnElement[Any]) -> ColumnElement[Any]:
    # JSON stays the text it is: read as a value, the word null and nothing at all would be the same.
    return cast(asked, types.Text) if isinstance(asked.type, types.JSON) else asked


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return value


def summed(connection: Connection, shape: Shape) -> Sum:
    """Return count and sum of the rows that stand in a table."""
    total = Sum()
    for row in read(connection, shape):
        total.add(row)
    return total


# -- writing --------------------------------------------------------------------------------------------------------

FROM_PLAIN: Final[dict[type[types.TypeEngine[Any]], Callable[[Any], Any]]] = {
    types.DateTime: datetime.fromisoformat,
    types.Date: date.fromisoformat,
    types.Time: time.fromisoformat,
    types.LargeBinary: base64.b64decode,
}


def write(connection: Connection, shape: Shape, given: Iterable[Plain]) -> None:
    """Add rows to a table."""
    put = _putting(connection, shape)
    readers = [_reader(kind) for kind in shape.columns.values()]
    left = iter(given)
    while part := [_named(shape, readers, row) for row in islice(left, shape.at_once)]:
        connection.execute(put, part)


def _putting(connection: Connection, shape: Shape) -> Any:
    values = {name: _bound(connection, name, kind) for name, kind in shape.columns.items()}
    return insert(shape.kept).values(values)


def _bound(connection: Connection, name: str, kind: types.TypeEngine[Any]) -> ColumnElement[Any]:
    if not isinstance(kind, types.JSON):
        return bindparam(f"v_{name}", type_=kind)
    text = bindparam(f"v_{name}", type_=types.Text())
    # SQLite has no such type, and would make a number of the text.
    return text if connection.dialect.name == "sqlite" else cast(text, kind)


def _reader(kind: types.TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, types.Numeric) and kind.asdecimal:
        return Decimal
    return next((read for wanted, read in FROM_PLAIN.items() if isinstance(kind, wanted)), _same)


def _same(value: Any) -> Any:
    return value


def _named(shape: Shape, readers: list[Callable[[Any], Any]], row: Plain) -> dict[str, Any]:
    pairs = zip(shape.columns, readers, row, strict=True)
    return {f"v_{name}": None if value is None else reader(value) for name, reader, value in pairs}


def empty(connection: Connection, shape: Shape) -> None:
    """Remove the rows the steps of the database put there themselves."""
    connection.execute(delete(shape.kept))
