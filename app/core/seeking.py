"""Finding rows by a part of a word, exactly and fast, however long the part is and however large the list.

Chinese has no blanks between words, so a text is cut into *grams*: each character, each two beside each other, and of
Latin letters and digits also three. A row that holds a text holds all grams of the text; those few that hold them
apart from each other are sorted out by looking into the row. Each gram carries its community, so one community's search
never walks through another's.

On SQLite the grams stand in an FTS5 table beside the list, `<table>_grams`, written with the row in the same
transaction, by this module and not by a trigger, which would have to call Python. On PostgreSQL they are an expression,
`sidan_grams`, under a GIN index, which the database keeps by itself.
"""

import itertools
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import ARRAY, Connection, Text, and_, cast, column, event, false, func, insert, or_, select, table
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.sql import ColumnElement

from app.core import masking
from app.core.actor import current
from app.extensions import db

SUFFIX: Final = "_grams"
LONGEST: Final = 16
"""How many grams of a text are asked for at most; the rest is seen in the row."""
AT_ONCE: Final = 2_000

_PARTED: Final = chr(0xE0FF)
# FTS5's tokenizer `ascii` parts words at these signs; a sign of the private area stands for each.
_SIGNS: Final = {code: 0xE000 + code for code in range(128) if not chr(code).isalnum()}

_RUNS: Final = re.compile(r"[0-9A-Za-z]{3,}")


def tidied(texts: Iterable[str | None]) -> str:
    """Return texts as they are looked through: in small letters, numbers of people masked, each once on a line."""
    return masking.free_text("\n".join(dict.fromkeys(text for text in texts if text))).lower()


def grams(text: str) -> set[str]:
    """Return all grams of a text."""
    found = {*text, *map(operator.add, text, text[1:])}
    for run in _RUNS.findall(text):
        found.update(_threes(run))
    return found


def asked(text: str) -> list[str]:
    """Return the grams a row must have to hold a text, as few and as rare as possible."""
    if len(text) < 3:
        return [text] if text else []
    threes = [*_threes(text)]
    found = {three for three in threes if _is_plain(three)}
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    covered = {at + more for at, three in enumerate(threes) if _is_plain(three) for more in (0, 1)}
    found |= {pair for at, pair in enumerate(pairs) if at not in covered}
    return sorted(found)[:LONGEST]


def _threes(text: str) -> Iterable[str]:
    return [text[at : at + 3] for at in range(len(text) - 2)]


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isalnum()


# -- asking ---------------------------------------------------------------------------------------------------------


def holding(model: Any, text: str) -> ColumnElement[bool]:
    """Return the SQL for the rows of an indexed model, in the actor's communities, whose words hold a text."""
    actor, text = current(), text.lower()
    if actor is None:
        return false()
    if actor.unbounded or actor.everywhere or not text:
        return seen(model, text)
    by_index = _in_gin if db.engine.dialect.name == "postgresql" else _in_fts
    return and_(by_index(model, asked(text), sorted(actor.communities)), seen(model, text))


def seen(model: Any, text: str) -> ColumnElement[bool]:
    """Return the SQL that looks into each row."""
    look = func.strpos if db.engine.dialect.name == "postgresql" else func.instr
    found: ColumnElement[bool] = look(model.sought, text.lower()) > 0
    return found


def _in_gin(model: Any, wanted: Sequence[str], communities: Sequence[int]) -> ColumnElement[bool]:
    kept = func.sidan_grams(model.community_id, model.sought)
    if len(wanted) == 1:
        return kept.op("&&")(_array(f"{number}:{wanted[0]}" for number in communities))
    every = (kept.op("@>")(_array(f"{number}:{one}" for one in wanted)) for number in communities)
    return or_(false(), *every)


def _array(texts: Iterable[str]) -> Any:
    return cast([*texts], ARRAY(Text))


def _in_fts(model: Any, wanted: Sequence[str], communities: Sequence[int]) -> ColumnElement[bool]:
    name = _beside(model)
    every = (" AND ".join(f'"{token(number, one)}"' for one in wanted) for number in communities)
    match = column(name).op("MATCH")(" OR ".join(f"({one})" for one in every))
    found: ColumnElement[bool] = model.id.in_(select(column("rowid")).select_from(table(name)).where(match))
    return found if communities else false()


def holding_whole(model: Any, name: str, words: Mapping[int, str]) -> ColumnElement[bool]:
    """Return the SQL for the rows of which a column indexed whole has, in each community, one word."""
    if not words:
        return false()
    if db.engine.dialect.name == "postgresql":
        kept_words = func.string_to_array(getattr(model, name), " ")
        found: ColumnElement[bool] = kept_words.op("&&")(_array(words.values()))
        return and_(model.community_id.in_(words), found)
    beside = _beside(model)
    match = column(beside).op("MATCH")(
        " OR ".join(f'"{token(number, _PARTED + one)}"' for number, one in words.items())
    )
    in_index: ColumnElement[bool] = model.id.in_(select(column("rowid")).select_from(table(beside)).where(match))
    return in_index


def token(community_id: int, gram: str) -> str:
    """Return a gram of a community as FTS5 keeps it."""
    return f"{community_id}{_PARTED}{gram.translate(_SIGNS)}"


def _beside(model: Any) -> str:
    return f"{model.__tablename__}{SUFFIX}"


# -- keeping, on SQLite ---------------------------------------------------------------------------------------------


def kept(community_id: int, words: str, whole: Iterable[str | None] = ()) -> str:
    """Return what FTS5 is given of a row; of `whole` each word as it is."""
    found, before = grams(words.translate(_SIGNS)), f"{community_id}{_PARTED}"
    found.update(_PARTED + word.translate(_SIGNS) for text in whole if text for word in text.split())
    # FTS5 keeps no order of them.
    return before + f" {before}".join(found) if found else ""


def keep(connection: Connection, model: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Index new rows of a model, given with all that is indexed; part of the caller's transaction."""
    if not is_beside(model):
        return
    rest = iter(rows)
    while some := [*itertools.islice(rest, AT_ONCE)]:
        put(connection, model, [(one["id"], _kept(model, one)) for one in some])


def ready(row: Any) -> str | None:
    """Return what FTS5 is to be given of a new row, which may have no id yet; None where nothing is."""
    if not is_beside(type(row)):
        return None
    return _kept(type(row), {name: getattr(row, name) for name in columns(type(row))})


def put(connection: Connection, model: Any, rows: Sequence[tuple[int, str | None]]) -> None:
    """Give FTS5 rows by id that are ready; part of the caller's transaction."""
    into = f"INSERT INTO {_beside(model)} (rowid, grams) VALUES (?, ?)"  # noqa: S608 - a name of our own
    for start in range(0, len(rows), AT_ONCE):
        connection.exec_driver_sql(into, rows[start : start + AT_ONCE])


def keep_anew(connection: Connection) -> None:
    """Index all rows from the beginning: for a database whose rows were put into it past the session."""
    models = [mapper.class_ for mapper in Model.registry.mappers if _is_indexed(mapper.class_)]
    for model in models if connection.dialect.name == "sqlite" else ():
        name, stands = _beside(model), model.__table__
        connection.execute(insert(table(name, column(name))), [{name: "delete-all"}])
        wanted = select(*(stands.c[one] for one in ("id", *columns(model)))).order_by(stands.c.id)
        found = connection.execute(wanted, execution_options={"yield_per": AT_ONCE})
        keep(connection, model, (dict(row) for row in found.mappings()))


def told(row: Any) -> dict[str, Any]:
    """Return of a row all that is indexed; nothing where its list has no index."""
    return {name: getattr(row, name) for name in ("id", *columns(type(row)))} if _is_indexed(type(row)) else {}


def _kept(model: Any, row: Mapping[str, Any]) -> str:
    return kept(row["community_id"], row["sought"], (row[name] for name in model.indexed_whole))


def _forget(connection: Connection, model: Any, pk: int) -> None:
    """Take a row out, as it still stands in the database; FTS5 wants to be told what it was given."""
    stands = model.__table__
    wanted = select(*(stands.c[one] for one in columns(model))).where(stands.c.id == pk)
    was: Any = connection.execute(wanted).mappings().one()
    name = _beside(model)
    out = insert(table(name, column(name), column("rowid"), column("grams")))
    connection.execute(out, [{name: "delete", "rowid": pk, "grams": _kept(model, was)}])


def columns(model: Any) -> tuple[str, ...]:
    """Return what the index of a model is made of."""
    return ("community_id", "sought", *model.indexed_whole)


def is_beside(model: Any) -> bool:
    """Tell whether the index of a model is a table beside it."""
    return _is_indexed(model) and db.engine.dialect.name == "sqlite"


def _is_indexed(model: Any) -> bool:
    return bool(getattr(model, "indexed", False))


@event.listens_for(Mapper, "after_insert")
def _index_new(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    if _is_indexed(type(row)):
        keep(connection, type(row), [told(row)])


@event.listens_for(Mapper, "before_update")
def _index_changed(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    if not (_is_indexed(type(row)) and connection.dialect.name == "sqlite"):
        return
    attributes = sa_inspect(row).attrs
    if any(attributes[name].history.added for name in columns(type(row))):
        _forget(connection, type(row), row.id)
        _index_new(mapper, connection, row)


@event.listens_for(Mapper, "before_delete")
def _index_gone(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    if _is_indexed(type(row)) and connection.dialect.name == "sqlite":
        _forget(connection, type(row), row.id)


def tidy(connection: Any) -> None:
    """Let the index no longer hold what its rows no longer say; `connection` is SQLite's own."""
    named = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'").fetchall()
    for (name,) in named:
        if name.endswith(SUFFIX):
            connection.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')")  # noqa: S608 - our own tables
