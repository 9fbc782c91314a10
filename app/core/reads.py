"""Which models a statement can read: those it names, and those whose rows it brings along."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, cast

from flask_appbuilder import Model
from sqlalchemy import BindParameter, Column, ColumnElement, Table, select
from sqlalchemy.orm import Mapper, RelationshipProperty

KEPT: Final = "kept"
"""The execution option of a statement that is made once: what narrows it is kept with it."""
OF_LIST: Final = "of_list"
"""The execution option of a statement about what hangs on rows of one list, by its name: it sees no other's."""
LEAVES: Final = (Column, BindParameter)
"""Parts with nothing below them; a column does not lead to its table, the statement does."""
JOINED: Final = frozenset(("joined", False))


def is_among(own: Any, column: str, model: Any, *seen: Any) -> ColumnElement[bool]:
    """Return the SQL that the row a column of `own` names is among those seen of a model.

    Asked of the one row, never among all that are seen: a list may be long.
    """
    return select(model.id).where(model.id == getattr(own, column), *seen).correlate(own).exists()


def models_in(statement: Any) -> frozenset[type[Any]]:
    """Return the mapped classes a statement, or a part of one, can read; rather one too many than one too few."""
    named = {part.name for part in _parts(statement) if isinstance(part, Table)}
    mappers = {mapper for name in named for mapper in _mappers(len(Model.metadata.tables)).get(name, ())}
    return frozenset(mapper.class_ for mapper in _brought(mappers | set(_optional(statement))))


def _parts(statement: Any) -> Iterable[Any]:
    """Return the parts of a statement, each once: many stand in it again and again, with all that is below them."""
    found, asked = {id(statement): statement}, [statement]
    while asked:
        part = asked.pop()
        if not isinstance(part, LEAVES):
            new = {id(one): one for one in part.get_children() if id(one) not in found}
            found |= new
            asked.extend(new.values())
    return found.values()


@lru_cache(maxsize=1)
def _mappers(tables: int) -> dict[str, list[Mapper[Any]]]:
    """Return the mappers by the name of their table; `tables`: how many there are, for one more makes it anew."""
    found: dict[str, list[Mapper[Any]]] = {}
    for mapper in Model.registry.mappers:
        found.setdefault(str(cast("Table", mapper.local_table).name), []).append(mapper)
    return found


def _optional(statement: Any) -> Iterator[Mapper[Any]]:
    """Yield what the loader options of a statement name."""
    # There is no public way to ask a statement for its options.
    for option in getattr(statement, "_with_options", ()):
        for element in getattr(option, "context", ()):
            for step in element.path.path:
                if isinstance(step, RelationshipProperty):
                    yield step.mapper


def _brought(mappers: Iterable[Mapper[Any]]) -> set[Mapper[Any]]:
    """Return the mappers and those whose rows always come along with theirs."""
    found: set[Mapper[Any]] = set()
    asked = list(mappers)
    while asked:
        mapper = asked.pop()
        if mapper not in found:
            found.add(mapper)
            asked.extend(relation.mapper for relation in mapper.relationships if relation.lazy in JOINED)
    return found
