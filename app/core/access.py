"""Who may do what with which row: the role table applied to the actor's grants.

A permission and its scope are tested on the same grant: two posts are two grants, not one wide one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import and_, false, or_, true
from sqlalchemy.sql import ColumnElement, operators
from sqlalchemy.sql.elements import BinaryExpression

from app.core.actor import Actor, Errand, Held, current
from app.core.fields import Text
from app.roles import Role, Rule, rules, words


class Forbidden(Exception):
    """The actor's roles do not allow this at all; `sentence`: what to do, where it is not the usual advice."""

    def __init__(self, sentence: Text | None = None) -> None:
        super().__init__()
        self.sentence = sentence


class OutOfScope(Exception):
    """The row is outside the actor's grants; to the actor it does not exist."""


def clauses(actor: Actor, listing: str, verb: str) -> Iterator[tuple[Held, Rule]]:
    """Yield each grant of the actor with each rule that allows `verb` on the list, where the community uses it."""
    for held in actor.held:
        for rule in rules(held.role, listing) if listing not in held.unused else ():
            if verb in rule.verbs:
                yield held, rule


def may(verb: str, listing: str, actor: Actor | None = None) -> bool:
    """Tell whether the actor may do `verb` with some row of the list."""
    actor = actor or current()
    if actor is None:
        return False
    return actor.unbounded or any(True for _ in clauses(actor, listing, verb))


def only_some(verb: str, listing: str) -> bool:
    """Tell whether every rule by which the actor may do `verb` with rows of the list names only some of them."""
    actor = current()
    found = [rule for _held, rule in clauses(actor, listing, verb)] if actor is not None else []
    return bool(found) and all(rule.rows for rule in found)


def only_at_places(verb: str, listing: str) -> bool:
    """Tell whether each grant by which the actor may do `verb` with rows of the list holds for a place."""
    actor = current()
    held = [held for held, _rule in clauses(actor, listing, verb)] if actor is not None else []
    return bool(held) and all(one.place_path is not None for one in held)


def is_unused(listing: str) -> bool:
    """Tell whether no community of the actor uses the part of the portal this list belongs to."""
    actor = current()
    return actor is not None and bool(actor.held) and all(listing in held.unused for held in actor.held)


def where_may(word: str, listing: str, actor: Actor | None = None) -> frozenset[int]:
    """Return the communities in which the table lets the actor do what it says of the list in a word."""
    actor = actor or current()
    held = (
        [one for one in actor.held if listing not in one.unused and word in words(one.role, listing)]
        if actor is not None
        else []
    )
    return frozenset(one.community_id for one in held if one.community_id is not None)


def somebody_may(verb: str, listing: str) -> bool:
    """Tell whether any role may do `verb` with rows of the list."""
    return any(verb in rule.verbs for role in Role for rule in rules(role, listing))


def may_row(verb: str, row: Any, actor: Actor | None = None) -> bool:
    """Tell whether the actor may do `verb` with this row."""
    actor = actor or current()
    if actor is None:
        return False
    granted = any(_reaches(held, rule, row, actor) for held, rule in clauses(actor, row.guard(), verb))
    return actor.unbounded or granted or sent(verb, row, actor)


def sees(row: Any) -> bool:
    """Tell whether the current actor sees a row that is there, as `criterion` does of the rows in the database."""
    actor = current()
    if actor is None or not row.open_to_members:
        return may_row("v", row, actor)
    return actor.unbounded or any(map(row.is_within, actor.held)) or sent("v", row, actor)


def sent(verb: str, row: Any, actor: Actor) -> bool:
    """Tell whether an errand of the actor allows `verb` with this row."""
    return any(
        verb in errand.verbs and all(getattr(row, name) == value for name, value in errand.where)
        for errand in _errands(type(row), actor)
    )


def _errands(model: Any, actor: Actor) -> Iterator[Errand]:
    # By the list itself and not by its line of the table: an errand to a need is none to what else the line rules.
    return (errand for errand in actor.errands if errand.list_name == getattr(model, "list_name", None))


def roles_for(verb: str, row: Any, actor: Actor) -> set[Role]:
    """Return the roles by whose grant the actor may do `verb` with this row."""
    return {held.role for held, rule in clauses(actor, row.guard(), verb) if _reaches(held, rule, row, actor)}


def masked(row: Any, actor: Actor | None = None) -> bool:
    """Tell whether the `!` columns of this row are masked for the actor: unless one grant shows it plain."""
    actor = actor or current()
    if actor is None or actor.unbounded:
        return actor is None
    seen = clauses(actor, row.guard(), "v")
    return not any(not rule.masked and _reaches(held, rule, row, actor) for held, rule in seen)


def masks(listing: str) -> bool:
    """Tell whether some rows of a list are masked for the current actor."""
    actor = current()
    return actor is None or any(rule.masked for _held, rule in clauses(actor, listing, "v"))


def _reaches(held: Held, rule: Rule, row: Any, actor: Actor) -> bool:
    return row.is_within(held) and (not rule.rows or bool(_row_set(type(row), rule)(row, actor, held)))


def _row_set(model: Any, rule: Rule) -> Any:
    return model.row_sets.get(rule.rows, _no_row)


def _no_row(row: Any, actor: Actor, held: Held) -> Any:
    return false() if isinstance(row, type) else False


def criterion(model: Any, actor: Actor, verb: str = "v") -> ColumnElement[bool]:
    """Return the SQL that tells with which rows of a guarded model the actor may do `verb` by the role table."""
    if actor.unbounded:
        return true()
    ways = [_named(model, errand) for errand in _errands(model, actor)] if verb == "v" else []
    if model.open_to_members and verb == "v":
        return or_(false(), *ways, *together(model, (model.within(held) for held in actor.held)))
    seen = clauses(actor, model.guard(), verb)
    return or_(false(), *ways, *together(model, (_clause(model, held, rule, actor) for held, rule in seen)))


def unmasked(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the SQL that tells which rows of a guarded model the actor sees with nothing masked."""
    if actor.unbounded:
        return true()
    seen = [(held, rule) for held, rule in clauses(actor, model.guard(), "v") if not rule.masked]
    return or_(false(), *together(model, (_clause(model, held, rule, actor) for held, rule in seen)))


def together(model: Any, ways: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Return conditions with those that name nothing but a community made one: sixty of them are slow to go through."""
    found: list[ColumnElement[bool]] = []
    whole: list[int] = []
    for way in ways:
        number = _community(model, way)
        if number is None:
            found.append(way)
        else:
            whole.append(number)
    if whole:
        several = dict.fromkeys(whole)
        found.append(model.community_id.in_([*several]) if len(several) > 1 else model.community_id == whole[0])
    return found


def _community(model: Any, way: Any) -> int | None:
    """Return the number of the community where a condition says that the row is of it, and nothing else."""
    if not isinstance(way, BinaryExpression) or way.operator is not operators.eq:
        return None
    left: Any = way.left
    is_own = left.key == "community_id" and getattr(left, "table", None) is model.__table__
    return getattr(way.right, "value", None) if is_own else None


def _named(model: Any, errand: Errand) -> ColumnElement[bool]:
    return and_(*(getattr(model, name) == value for name, value in errand.where))


def _clause(model: Any, held: Held, rule: Rule, actor: Actor) -> ColumnElement[bool]:
    within: ColumnElement[bool] = model.within(held)
    return and_(within, _row_set(model, rule)(model, actor, held)) if rule.rows else within
