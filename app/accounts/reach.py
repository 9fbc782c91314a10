"""Who works where: the people a row may concern, each with the grants by which they reach it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, or_, select

from app.accounts.models import Account, Grant, GrantRole
from app.accounts.sessions import held_by
from app.communities.models import Community, Place
from app.core import clock, edition, scope
from app.core.actor import Actor, Held, acting, system
from app.core.reads import KEPT
from app.parties.models import Party
from app.roles import Role

edition.rests_on(Account, Grant, Place, Community, Party)


def working(community_id: int, roles: Collection[Role], ids: Collection[int]) -> list[Actor]:
    """Return who holds one of these roles in the community today, and of the people with these ids who holds any.

    Only people who may sign in; each as an actor with the grants that were asked about.
    """
    about = (community_id, frozenset(roles), frozenset(ids), clock.today())
    found = edition.kept(("working", *about), lambda: _working(*about))
    return [Actor(f"person:{number}", number, held) for number, held in found]


def _working(
    community_id: int, roles: Collection[Role], ids: Collection[int], day: date
) -> tuple[tuple[int, tuple[Held, ...]], ...]:
    asked = {"community": community_id, "roles": [GrantRole.of(role) for role in roles], "people": [*ids]}
    found: defaultdict[int, list[Held]] = defaultdict(list)
    with acting(system("reach")):
        for row in scope.columns(_grants(day), asked):
            found[row.account_id].append(held_by(row))
    return tuple((number, tuple(held)) for number, held in found.items())


@lru_cache(maxsize=2)
def _grants(_day: date) -> Any:
    """Return the statement, made once a day: which grants hold goes by the day."""
    some_role = Grant.role.in_(bindparam("roles", expanding=True))
    meant = or_(some_role, Grant.account_id.in_(bindparam("people", expanding=True)))
    columns = (Grant.account_id, Grant.role, Grant.community_id, Grant.subject_id, Place.path, Community.unused)
    return (
        select(*columns)
        .join(Account, Account.id == Grant.account_id)
        .outerjoin(Place, Place.id == Grant.place_id)
        .join(Community, Community.id == Grant.community_id)
        .where(Grant.community_id == bindparam("community"), Grant.holding(), Account.active, meant)
        .execution_options(**{KEPT: True})
    )
