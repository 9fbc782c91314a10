"""Who works where: the people a row may concern, each with the grants by which they reach it."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import or_, select

from app.accounts.models import Account, Grant, GrantRole
from app.accounts.sessions import held_by
from app.communities.models import Community, Place
from app.core.actor import Actor, Held, acting, system
from app.extensions import db
from app.roles import Role


def working(community_id: int, roles: Collection[Role], ids: Collection[int]) -> list[Actor]:
    """Return who holds one of these roles in the community today, and of the people with these ids who holds any.

    Only people who may sign in; each as an actor with the grants that were asked about.
    """
    meant = or_(Grant.role.in_([GrantRole.of(role) for role in roles]), Grant.account_id.in_(ids))
    columns = (Grant.account_id, Grant.role, Grant.community_id, Grant.subject_id, Place.path, Community.unused)
    grants = select(*columns).join(Account, Account.id == Grant.account_id).outerjoin(Place, Place.id == Grant.place_id)
    grants = grants.join(Community, Community.id == Grant.community_id)
    found: defaultdict[int, list[Held]] = defaultdict(list)
    with acting(system("reach")), db.session.no_autoflush:
        for row in db.session.execute(
            grants.where(Grant.community_id == community_id, Grant.holding(), Account.active, meant)
        ):
            found[row.account_id].append(held_by(row))
    return [Actor(f"person:{number}", number, tuple(held)) for number, held in found.items()]
