"""Where else a person stands: rows that name them by relation, by their phone, or only by writing their name."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, String, cast, or_, select
from sqlalchemy import inspect as sa_inspect

from app.accounts.models import Account, Grant
from app.core import sealing
from app.core.fields import Text, facts, shape
from app.core.files.models import Attachment
from app.core.history import recorded_models
from app.core.timeline import Step
from app.extensions import db
from app.parties.models import Party
from app.people import phones as telephones
from app.people.models import ERASED, Person

AUTHORS: Final = frozenset({"created_by", "changed_by"})
"""Relations that say only who typed something."""


def _others() -> list[Any]:
    """Return the models of the community's other lists."""
    own = (Person, Account, Grant)
    return [model for model in recorded_models().values() if model not in own and hasattr(model, "community_id")]


def related(person: Person) -> Iterator[tuple[Any, list[Text]]]:
    """Yield the rows of other lists that name a person, each with the labels of the columns that do."""
    for model in _others():
        keys = {name: key for name in facts(model) if (key := _key(person, model, name)) is not None}
        columns = {name: shape(model, name).column for name in keys}
        for row in _rows(model, person, (getattr(model, columns[name]) == key for name, key in keys.items())):
            yield row, [facts(model)[name].label for name, key in keys.items() if getattr(row, columns[name]) == key]


def _key(person: Person, model: type, name: str) -> int | None:
    """Return what a relation of another list holds where it leads to the person; None where it never does."""
    target = shape(model, name).target
    if name in AUTHORS or target not in {Party, Person, Account}:
        return None
    return person.account_id if target is Account else person.id


def by_phone(person: Person) -> Iterator[Any]:
    """Yield the rows of other lists that keep one of the person's phones; who called need not have been the person."""
    numbers = [number for phone in person.phones or () if (number := telephones.found_by(phone))]
    for model in _others():
        sought = [name for name, kind in sealing.columns(model).items() if kind.found_by is not None]
        yield from _rows(model, person, (sealing.holds(model, name, one) for name in sought for one in numbers))


def in_words(person: Person) -> Iterator[Any]:
    """Yield the rows in which the name is written, steps of timelines among them; it may be somebody else's too."""
    if person.name == str(ERASED):
        return
    for model in [*_others(), Person, Step]:
        found = _rows(model, person, [_written(column, person.name) for column in _texts(model)])
        yield from (row for row in found if row is not person)


def steps(person: Person) -> Iterator[tuple[Any, Step]]:
    """Yield the steps of timelines whose words for a relation are the person's name, each with its row.

    None where somebody else of the community is called the same: the words do not say who was meant.
    """
    if person.name == str(ERASED) or _has_namesake(person):
        return
    for step in _rows(Step, person, [_written(Step.said, person.name)]):
        row = db.session.get(recorded_models()[step.list], step.row_id)
        if row is not None and person.name in step.said.values():
            yield row, step


def _has_namesake(person: Person) -> bool:
    people = select(Person.id).filter_by(community_id=person.community_id, name=person.name)
    accounts = select(Account.id).where(Account.name == person.name, Account.id != (person.account_id or 0))
    others = people.where(Person.id != person.id).limit(1), accounts.limit(1)
    return any(db.session.scalar(one) is not None for one in others)


def files(person: Person) -> Iterable[Attachment]:
    """Return the files of the community the person added, and those of the own row."""
    own = (Attachment.list == Person.list_name) & (Attachment.row_id == person.id)
    added = Attachment.made_by_id == (person.account_id or 0)
    return _rows(Attachment, person, [own, added])


def _rows(model: Any, person: Person, conditions: Iterable[ColumnElement[bool]]) -> list[Any]:
    wanted = [*conditions]
    if not wanted:
        return []
    found = select(model).where(model.community_id == person.community_id, or_(*wanted)).order_by(model.id)
    return [*db.session.scalars(found).unique()]


def _texts(model: Any) -> list[Any]:
    """Return the columns in which words stand as they were written."""
    mapped = sa_inspect(model).column_attrs
    return [one for attr in mapped if type((one := getattr(model, attr.key)).type) in _WRITTEN and attr.key != "sought"]


_WRITTEN: Final = frozenset({String, JSON})
"""The types of such columns, and no type derived from them: choices are stored as codes."""


def _written(column: Any, name: str) -> ColumnElement[bool]:
    if isinstance(column.type, JSON):
        escaped = json.dumps(name)[1:-1]
        return or_(*(cast(column, String).contains(one, autoescape=True) for one in (name, escaped)))
    found: ColumnElement[bool] = column.contains(name, autoescape=True)
    return found
