"""Who works in a community today: that somebody does is no secret, what they were granted is."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.core import selects
from app.core.actor import acting, current, system
from app.roles import Role, rules


def roles_with(verb: str, listing: str) -> tuple[GrantRole, ...]:
    """Return the roles that may do `verb` with some rows of a list; the street does not work on rows."""
    able = (role for role in Role if any(verb in rule.verbs for rule in rules(role, listing)))
    return tuple(GrantRole.of(role) for role in able if role is not Role.SUPERVISOR)


def holding(community_id: int, roles: Iterable[GrantRole]) -> Any:
    """Return the SQL for the people who hold one of these roles in a community today and may sign in."""
    held = select(Grant.account_id).where(Grant.community_id == community_id, Grant.role.in_(roles), Grant.holding())
    return (Account.active.is_(True), Account.id.in_(held))


def choices(text: str, roles: Iterable[GrantRole]) -> list[tuple[int, str]]:
    """Return those who hold one of these roles where the actor works, as choices of a form."""
    actor, roles = current(), tuple(roles)
    found: dict[int, str] = {}
    for community_id in sorted(actor.communities if actor else ()):
        # Grants are not for everybody to see; that somebody works here is.
        with acting(system("choices")):
            found |= dict(selects.offered(Account, text, *holding(community_id, roles)))
    return list(found.items())[: selects.OFFERED]
