"""The board of the grid staff: posts and people by duty, places without a head, and who has too much (S2-11, S2-14).

Everything is counted from the posts of today, in a handful of statements whatever their number, and each number opens
exactly its rows.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.communities.models import Place, PlaceKind
from app.core import clock
from app.core.listing import Quick
from app.extensions import db
from app.parties.models import Party
from app.posts.choices import GRID_STAFF, HEADS, PostDuty
from app.posts.models import Post, post_place

MOST_GRIDS: Final = 3
"""More grids than this are too many for one head; 17 heads on 47 grids (account 002) have fewer than 3 each."""
MOST_HOUSEHOLDS: Final = 1500
"""More households than this are too many for one person: a city grid has 300 to 500, times three."""
SHOWN: Final = 100
"""How many vacancies and people the board names."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many posts, people and places a duty has today."""

    duty: PostDuty
    posts: int
    people: int
    places: int


@dataclass(frozen=True, slots=True)
class Level:
    """How many open places of a kind there are, and how many of them have nobody at the head."""

    kind: PlaceKind
    duty: PostDuty
    places: int
    vacant: int
    address: str


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody of the grid staff has."""

    person: Party
    grids: int
    households: int


@dataclass(frozen=True, slots=True)
class Board:
    """One reading of the board."""

    counts: list[Count]
    grid_people: int
    """How many people the grid staff proper are; somebody who is head and worker is one."""
    levels: list[Level]
    vacancies: list[Place]
    loads: list[Load]


def read(places: Any) -> Board:
    """Read the board as far as the actor sees it; `places`: the list of places, which opens the vacancies."""
    counts, people = _counts()
    return Board(counts, people, _levels(places), _vacancies(), _loads())


def _counts() -> tuple[list[Count], int]:
    staff = select(func.count(Post.person_id.distinct())).where(Post.in_force(), Post.duty.in_(GRID_STAFF))
    posts, held = func.count(Post.id.distinct()), func.count(Post.person_id.distinct())
    places = func.count(post_place.c.place_id.distinct())
    rows = select(Post.duty, posts, held, places, staff.scalar_subquery()).select_from(Post)
    rows = rows.outerjoin(post_place, post_place.c.post_id == Post.id).where(Post.in_force()).group_by(Post.duty)
    found = {row[0]: row for row in db.session.execute(rows)}
    people = next((row[4] for row in found.values()), 0)
    return [Count(*found[duty][:4]) for duty in PostDuty if duty in found], people


# -- vacancies ------------------------------------------------------------------------------------------------------


def is_open() -> ColumnElement[bool]:
    """Return the SQL for the places in use today."""
    return or_(Place.closed_on.is_(None), Place.closed_on > clock.today())


def vacant() -> ColumnElement[bool]:
    """Return the SQL for the open places that should have a head and have none today."""
    kinds = (and_(Place.kind == kind, Place.id.not_in(headed(duty))) for kind, duty in HEADS.items())
    return and_(is_open(), or_(*kinds))


def headed(duty: PostDuty) -> Any:
    """Return the SQL for the ids of the places for which somebody has this duty today."""
    held = select(post_place.c.place_id).join(Post, Post.id == post_place.c.post_id)
    return held.where(Post.in_force(), Post.duty == duty)


VACANT: Final = {"vacant": Quick(_("Without a head"), vacant)}
"""The set of places the board opens."""


def _levels(places: Any) -> list[Level]:
    without = func.count().filter(vacant())
    rows = select(Place.kind, func.count(), without).where(is_open(), Place.kind.in_(HEADS)).group_by(Place.kind)
    found = {kind: (total, missing) for kind, total, missing in db.session.execute(rows)}
    return [
        Level(kind, duty, *found[kind], places.url("list", quick="vacant", kind=kind.value))
        for kind, duty in HEADS.items()
        if kind in found
    ]


def _vacancies() -> list[Place]:
    found = select(Place).where(vacant()).options(joinedload(Place.parent))
    return [*db.session.scalars(found.order_by(Place.community_id, Place.path).limit(SHOWN))]


# -- overload -------------------------------------------------------------------------------------------------------


def _loads() -> list[Load]:
    """Return who of the grid staff has more grids or households than one person can look after, most first."""
    grids, households = _grids(), _households()
    most = (func.coalesce(grids.c.count, 0), func.coalesce(households.c.total, 0))
    rows = select(Party, *most).outerjoin(grids, grids.c.person_id == Party.id)
    rows = rows.outerjoin(households, households.c.person_id == Party.id)
    rows = rows.where(or_(most[0] > MOST_GRIDS, most[1] > MOST_HOUSEHOLDS)).order_by(most[1].desc(), Party.id)
    return [Load(*row) for row in db.session.execute(rows.limit(SHOWN))]


def _grids() -> Any:
    held = select(Post.person_id, func.count(post_place.c.place_id.distinct()).label("count"))
    held = held.join(post_place, post_place.c.post_id == Post.id).join(Place, Place.id == post_place.c.place_id)
    is_head = Post.in_force(), Post.duty == PostDuty.GRID_LEAD, Place.kind == PlaceKind.GRID
    return held.where(*is_head).group_by(Post.person_id).subquery()


def _households() -> Any:
    held = select(Post.person_id, func.sum(Post.households).label("total"))
    return held.where(Post.in_force(), Post.duty.in_(GRID_STAFF)).group_by(Post.person_id).subquery()
