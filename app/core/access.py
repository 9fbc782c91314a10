"""Who may do what with which row: the role table applied to the actor's grants.

A permission and its scope are tested on the same grant: two posts are two grants, not one wide one.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, false, or_, true
from sqlalchemy.sql import ColumnElement

from app.core.actor import Actor, Held, current
from app.roles import Role, Rule, rules, words


class Forbidden(Exception):
    """The actor's roles do not allow this at all."""


class OutOfScope(Exception):
    """The row is outside the actor's grants; to the actor it does not exist."""


def clauses(actor: Actor, listing: str, verb: str) -> Iterator[tuple[Held, Rule]]:
    """Yield each grant of the actor with each rule that allows `verb` on the list."""
    for held in actor.held:
        for rule in rules(held.role, listing):
            if verb in rule.verbs:
                yield held, rule


def may(verb: str, listing: str, actor: Actor | None = None) -> bool:
    """Tell whether the actor may do `verb` with some row of the list."""
    actor = actor or current()
    if actor is None:
        return False
    return actor.unbounded or any(True for _ in clauses(actor, listing, verb))


def where_may(word: str, listing: str, actor: Actor | None = None) -> frozenset[int]:
    """Return the communities in which the table lets the actor do what it says of the list in a word."""
    actor = actor or current()
    held = [one for one in actor.held if word in words(one.role, listing)] if actor is not None else []
    return frozenset(one.community_id for one in held if one.community_id is not None)


def may_row(verb: str, row: Any, actor: Actor | None = None) -> bool:
    """Tell whether the actor may do `verb` with this row."""
    actor = actor or current()
    if actor is None:
        return False
    return actor.unbounded or any(_reaches(held, rule, row, actor) for held, rule in clauses(actor, row.guard(), verb))


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


def _reaches(held: Held, rule: Rule, row: Any, actor: Actor) -> bool:
    return row.is_within(held) and (not rule.rows or bool(_row_set(type(row), rule)(row, actor, held)))


def _row_set(model: Any, rule: Rule) -> Any:
    return model.row_sets.get(rule.rows, _no_row)


def _no_row(row: Any, actor: Actor, held: Held) -> Any:
    return false() if isinstance(row, type) else False


def criterion(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the SQL that tells which rows of a guarded model the actor may see by the role table."""
    if actor.unbounded:
        return true()
    if model.open_to_members:
        return or_(false(), *(model.within(held) for held in actor.held))
    seen = clauses(actor, model.guard(), "v")
    return or_(false(), *(_clause(model, held, rule, actor) for held, rule in seen))


def _clause(model: Any, held: Held, rule: Rule, actor: Actor) -> ColumnElement[bool]:
    within: ColumnElement[bool] = model.within(held)
    return and_(within, _row_set(model, rule)(model, actor, held)) if rule.rows else within
