"""Making one person of two records, and two again (S0-01): nothing is lost, and both histories stay.

What stays fills its blanks from the other; where both say something, it is asked which holds. What named the other
record names the one that stays. The other is archived as it was and leads to it, so that all of it can be undone.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from flask_appbuilder import Model
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Mapper, RelationshipDirection

from app.accounts.models import Grant
from app.core import access, clock, payload, recording
from app.core.database import Clash
from app.core.fields import Text, facts, shape
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.parties.models import Party
from app.people import identity, portraits, rights
from app.people.merges import Merger, Pair
from app.people.models import Person
from app.roles import LIST_TITLES

UNITS: Final = (
    ("id_number", "id_type"),
    ("consent", "consent_on", "consent_version"),
    ("guardian_name", "guardian_phone", "guardian_relation", "guardian_consent_on"),
)
"""Columns that say one thing together; the first tells whether it is said at all."""
ADDED: Final = ("phones", "tags")
"""Columns of which both records' values stay."""
MERGED: Final = "merge"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What merging would do: which columns are filled, and in which both records say something else."""

    filled: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)


def units() -> Iterator[tuple[str, ...]]:
    """Yield the columns of a person that are merged, those that belong together as one, by their first."""
    later = {name for unit in UNITS for name in unit}
    yield from UNITS
    for name, one in facts(Person).items():
        if one.edited and name not in {*later, *ADDED, "account"}:
            yield (name,)


def proposal(kept: Person, gone: Person) -> Proposal:
    """Return what merging `gone` into `kept` would do."""
    found = Proposal()
    for first, *_more in units():
        mine, theirs = getattr(kept, first), getattr(gone, first)
        if theirs in (None, "") or _same(first, mine, theirs):
            continue
        (found.filled if mine in (None, "") else found.contradictions).append(first)
    return found


def _same(name: str, mine: Any, theirs: Any) -> bool:
    return (
        bool(identity.comparable(mine or "") == identity.comparable(theirs)) if name == "id_number" else mine == theirs
    )


def merge(kept: Person, gone: Person, taken: Iterable[str] = ()) -> Merger:
    """Make one of two records; `taken`: the contradictions in which the other record holds. The caller commits.

    Raises Violation beside `other` or a column, and Refused where what names the two cannot name one.
    """
    _require(kept, gone)
    values = _values(kept, gone, _chosen(proposal(kept, gone), set(taken)))
    before = {name: spoken(kept, name) for name in _columns()}
    with rights.seeing_everything():
        merger = Merger(community=kept.community, kept=kept, gone=gone, by_id=rights.acting_id())
        db.session.add(merger)
        _put_away(gone, kept)
        set_values(kept, values)
        # What follows from a number is filled in when it is written.
        after = {name: spoken(kept, name) for name in before}
        changes = {name: [was, after[name]] for name, was in before.items() if was != after[name]}
        merger.changes = json.dumps(changes, ensure_ascii=False)
        merger.moved = _lead(gone, kept)
        portraits.carry(gone, kept)
        recording.remark(MERGED, kept, other=gone.id)
        db.session.flush()
    return merger


def _columns() -> list[str]:
    return [*ADDED, *(name for unit in units() for name in unit)]


def _chosen(proposed: Proposal, taken: set[str]) -> set[str]:
    if strange := taken - {*proposed.contradictions}:
        raise Violation({"take": [_("There is no choice to make in “%(name)s”.", name=", ".join(sorted(strange)))]})
    return {*proposed.filled, *taken}


def _require(kept: Person, gone: Person) -> None:
    """Stop unless the actor may change the one and archive the other, and they can be one person."""
    if not (access.may_row("e", kept) and access.may_row("a", kept) and access.may_row("a", gone)):
        raise access.Forbidden
    if (reason := _apart(kept, gone)) is not None:
        raise Violation({"other": [reason]})


def _apart(kept: Person, gone: Person) -> Text | None:
    """Return why two records cannot be of one person, or None."""
    numbers = [identity.comparable(one.id_number) for one in (kept, gone) if one.id_number]
    reasons = {
        _("Choose another record than this one."): kept.id == gone.id,
        _("Both records must be of one community."): kept.community_id != gone.community_id,
        _("Only records in use can be merged."): bool(kept.archived_at or gone.archived_at),
        _("The numbers of their documents differ: they are two people."): len({*numbers}) > 1,
        _("Both sign in here by accounts of their own; close one of the accounts first."): bool(
            kept.account_id and gone.account_id
        ),
        _("The other one signs in here: open that record, and merge this one into it."): bool(
            gone.account_id and not kept.account_id
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _values(kept: Person, gone: Person, firsts: set[str]) -> dict[str, Any]:
    """Return what the record that stays says from now on, of the columns that change."""
    names = [name for unit in units() if unit[0] in firsts for name in unit]
    found = {name: getattr(gone, name) for name in names if getattr(kept, name) != getattr(gone, name)}
    added = {name: _both(getattr(kept, name), getattr(gone, name)) for name in ADDED}
    return found | {name: both for name, both in added.items() if both != (getattr(kept, name) or [])}


def _both(mine: list[str] | None, theirs: list[str] | None) -> list[str]:
    return list(dict.fromkeys([*(mine or []), *(theirs or [])]))


def spoken(person: Person, name: str) -> Any:
    """Return a column as JSON; of a relation the id."""
    value = getattr(person, name)
    return getattr(person, shape(Person, name).column) if shape(Person, name).kind == "one" else payload.spoken(value)


def set_values(person: Person, values: dict[str, Any]) -> None:
    """Let the record say this from now on. Raises Violation."""
    for name, value in values.items():
        setattr(person, name, value)
    db.session.flush()


def _put_away(gone: Person, kept: Person) -> None:
    # First, so that the number of a document is free for the record that stays.
    gone.merged_into = kept
    gone.archived_at, gone.archive_reason = clock.now(), gettext("Merged into another record")
    db.session.flush()


# -- what names a person ---------------------------------------------------------------------------------------------


def references() -> Iterator[tuple[Any, str, str]]:
    """Yield each relation of another row to a person, or to a person as a party: model, relation, column.

    Not those of grants: a role is given to one record, and ends with it.
    """
    mapper: Mapper[Any]
    for mapper in sorted(Model.registry.mappers, key=lambda one: one.class_.__name__):
        if mapper.class_ in (Person, Party, Grant, Merger, Pair):
            continue
        for relation in mapper.relationships:
            if relation.direction is RelationshipDirection.MANYTOONE and relation.mapper.class_ in (Person, Party):
                (column,) = relation.local_columns
                if not column.primary_key and not relation.viewonly:
                    yield mapper.class_, relation.key, mapper.get_property_by_column(column).key


def _lead(gone: Person, kept: Person) -> list[list[Any]]:
    """Let whatever names the one record name the other, and return what did."""
    moved: list[list[Any]] = []
    for model, relation, column in references():
        found = select(model).where(getattr(model, column) == gone.id).order_by(model.id)
        for row in db.session.scalars(found).unique().all():
            lead(row, relation, kept)
            moved.append([model.__tablename__, row.id, relation])
    return moved


def lead(row: Any, relation: str, person: Person) -> None:
    """Let a relation of a row lead to another person. Raises Refused where that one stands there already."""
    target = type(row).__mapper__.relationships[relation].mapper.class_
    setattr(row, relation, person if target is Person else person.party)
    try:
        db.session.flush()
    except (Violation, Clash):
        title = LIST_TITLES.get(row.guard(), row.guard())
        raise Refused(
            _("Both stand in “%(list)s”, which takes one of them only: end one of the entries first.", list=title)
        ) from None


def forget(person: Person) -> None:
    """Let nothing be kept of what the person's record said before others were merged into it."""
    of_them = select(Merger).where(or_(Merger.kept_id == person.id, Merger.gone_id == person.id))
    for merger in db.session.scalars(of_them):
        merger.changes = None
    db.session.flush()


# -- two who look like one -------------------------------------------------------------------------------------------


def tell_apart(one: Person, other: Person) -> None:
    """Keep that these are two people, so that nobody is asked again. Raises Violation."""
    if not (access.may_row("a", one) and access.may_row("a", other)):
        raise access.Forbidden
    if one.id == other.id or one.community_id != other.community_id:
        raise Violation({"other": [_("Choose another record than this one.")]})
    first, second = sorted((one.id, other.id))
    if not told_apart([(first, second)]):
        db.session.add(Pair(community=one.community, first_id=first, second_id=second, by_id=rights.acting_id()))


def told_apart(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of these pairs, each with the lower id first, of which it is known that they are two people."""
    wanted = {*pairs}
    if not wanted:
        return set()
    ids = {pk for pair in wanted for pk in pair}
    found = select(Pair.first_id, Pair.second_id).where(or_(Pair.first_id.in_(ids), Pair.second_id.in_(ids)))
    return {(first, second) for first, second in db.session.execute(found)} & wanted
