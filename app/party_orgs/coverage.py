"""Where the members are: by organisation, by grid, and who of them belongs to none (S2-16).

Political status is sensitive. Numbers are told to everybody who sees party organisations, of the communities they see;
names only to who reads people.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.communities.models import Place, PlaceKind
from app.core import access, clock
from app.core.actor import acting, current, system
from app.core.listing import Quick
from app.extensions import db
from app.party_orgs.choices import MEMBERS, PartyOrgKind
from app.party_orgs.models import PartyMember, PartyOrg, party_org_place
from app.people.choices import Political
from app.people.models import Person


@dataclass(frozen=True, slots=True)
class Branch:
    """An organisation in its tree: its members, formal and probationary, and those with all below it."""

    org: PartyOrg
    depth: int
    formal: int
    probationary: int
    together: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """One reading: the tree, and what is covered."""

    tree: list[Branch]
    kinds: list[tuple[PartyOrgKind, int]]
    members: int
    placed: int
    """How many of them belong to an organisation."""
    in_grids: int
    """How many of them belong to one that is bound to places, by itself or by what it lies in."""
    grids: int
    covered: int
    """How many open grids have an organisation, of their own or for what lies in them."""

    @property
    def unplaced(self) -> int:
        """Return how many members belong to no organisation."""
        return self.members - self.placed


def is_member() -> ColumnElement[bool]:
    """Return the SQL for the members among the people."""
    return and_(Person.archived_at.is_(None), Person.political.in_(MEMBERS))


def unplaced() -> ColumnElement[bool]:
    """Return the SQL for the members among the people who belong to no organisation today."""
    placed = select(PartyMember.person_id).where(PartyMember.current())
    return and_(is_member(), Person.id.not_in(placed))


UNPLACED: Final = {"unplaced": Quick(_("Members without an organisation"), unplaced)}
"""The set of people the page of coverage opens."""


def read() -> Coverage:
    """Read it, of the communities in which the actor sees party organisations."""
    communities = _communities()
    orgs = [*db.session.scalars(select(PartyOrg).where(PartyOrg.archived_at.is_(None)).order_by(PartyOrg.id))]
    with acting(system("party coverage")):
        counts, members = _counts(communities), _members(communities)
        places, bound = _grids(communities), _bound(communities)
    tree = _tree(orgs, counts)
    within = _in_grids(orgs, counts, bound)
    kinds = Counter(org.kind for org in orgs)
    placed = sum(counts.values())
    return Coverage(
        tree, [(kind, kinds[kind]) for kind in PartyOrgKind if kinds[kind]], members, placed, within, *places
    )


def _communities() -> Any:
    """Return the condition on communities: those in which a grant of the actor reads this list."""
    actor = current()
    if actor is None or actor.unbounded:
        return None
    return {held.community_id for held, _rule in access.clauses(actor, PartyOrg.guard(), "v")}


def _here(model: Any, communities: Any) -> Any:
    return model.community_id.in_(communities) if communities is not None else model.id.is_not(None)


Counts = Counter[tuple[int, Political]]


def _counts(communities: Any) -> Counts:
    """Return how many members each organisation has today, by status."""
    rows = select(PartyMember.org_id, Person.political, func.count(PartyMember.person_id.distinct()))
    rows = rows.join(Person, Person.id == PartyMember.person_id)
    rows = rows.where(_here(PartyMember, communities), PartyMember.current(), is_member())
    found = db.session.execute(rows.group_by(PartyMember.org_id, Person.political))
    return Counter({(org, status): count for org, status, count in found})


def _members(communities: Any) -> int:
    return db.session.scalar(select(func.count(Person.id)).where(_here(Person, communities), is_member())) or 0


# -- the tree -------------------------------------------------------------------------------------------------------


def _tree(orgs: list[PartyOrg], counts: Counts) -> list[Branch]:
    """Return the organisations, each right below the one it lies in."""
    below: defaultdict[int | None, list[PartyOrg]] = defaultdict(list)
    known = {org.id for org in orgs}
    for org in orgs:
        below[org.parent_id if org.parent_id in known else None].append(org)
    found: list[Branch] = []
    for org in sorted(below[None], key=_order):
        found += _branch(org, 0, below, counts)
    return found


def _order(org: PartyOrg) -> tuple[int, int, str]:
    return org.community_id, org.kind.rank, org.name


def _branch(org: PartyOrg, depth: int, below: dict[int | None, list[PartyOrg]], counts: Counts) -> list[Branch]:
    inner = [
        one for child in sorted(below.get(org.id, ()), key=_order) for one in _branch(child, depth + 1, below, counts)
    ]
    formal, probationary = (counts[org.id, status] for status in MEMBERS)
    together = formal + probationary + sum(one.together for one in inner if one.depth == depth + 1)
    return [Branch(org, depth, formal, probationary, together), *inner]


# -- places ---------------------------------------------------------------------------------------------------------


def _bound(communities: Any) -> set[int]:
    """Return the organisations that are bound to places by themselves."""
    rows = select(party_org_place.c.party_org_id).join(PartyOrg, PartyOrg.id == party_org_place.c.party_org_id)
    return {*db.session.scalars(rows.where(_here(PartyOrg, communities)))}


def _in_grids(orgs: list[PartyOrg], counts: Counts, bound: set[int]) -> int:
    parents = {org.id: org.parent_id for org in orgs}

    def is_bound(pk: int | None) -> bool:
        return pk is not None and (pk in bound or is_bound(parents.get(pk)))

    inside = {pk for pk in parents if is_bound(pk)}
    return sum(count for (org, _status), count in counts.items() if org in inside)


def _grids(communities: Any) -> tuple[int, int]:
    """Return how many grids are open, and in how many of them there is an organisation."""
    open_today = or_(Place.closed_on.is_(None), Place.closed_on > clock.today())
    grids = select(Place.path, Place.community_id).where(_here(Place, communities), open_today)
    paths = [*db.session.execute(grids.where(Place.kind == PlaceKind.GRID))]
    of_them = select(party_org_place.c.place_id).join(PartyOrg, PartyOrg.id == party_org_place.c.party_org_id)
    with_org = of_them.where(_here(PartyOrg, communities), PartyOrg.archived_at.is_(None))
    taken = [*db.session.execute(select(Place.path, Place.community_id).where(Place.id.in_(with_org)))]
    covered = [
        1 for path, community in paths if any(one == community and place.startswith(path) for place, one in taken)
    ]
    return len(paths), len(covered)
