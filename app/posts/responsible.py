"""Who is responsible for a door: who has which duty from its place up the tree, today or on a past day (S2-14)."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, or_, select

from app.communities.models import Community, Place
from app.communities.service import PlaceFinder
from app.core import checks, clock
from app.core.reads import KEPT
from app.extensions import db
from app.posts.choices import HEADS, PostDuty
from app.posts.models import Post, post_place

SHOWN: Final = 200
"""How many places below another, and how many posts of a page, are shown at most."""
_ROOM: Final = re.compile(r"(?:\d+|[-—－#号室房户门])$")
_LONGEST_ROOM: Final = 8

Holders = list[tuple[PostDuty, list[Post]]]
"""Who has which duty, in the order of the duties."""


@dataclass(frozen=True, slots=True)
class Here:
    """A place with who is responsible for it; `vacant`: the duty that should be held and is not."""

    place: Place
    holders: Holders
    vacant: PostDuty | None


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a place: it and those it lies in, the nearest first, what lies in it, and the whole community."""

    chain: list[Here]
    below: list[Here]
    everywhere: Holders


def find(words: str) -> list[Place]:
    """Return the places these words may mean in the communities in sight; a room at their end is of its building."""
    if not words or checks.visible(words) is not None:
        return []
    finders = [PlaceFinder(community) for community in db.session.scalars(select(Community).order_by(Community.id))]
    for _number in range(_LONGEST_ROOM):
        found = [place for finder in finders for place in finder.find(words)]
        if found or not _ROOM.search(words):
            return found
        words = _ROOM.sub("", words)
    return []


def about(place: Place | None, day: date) -> About:
    """Say who is responsible for a place, or for none: what lies directly in the communities."""
    above, below = chain_of(place) if place is not None else [], _below(place, day)
    held = _held([*above, *below], day)
    said = [_here(one, held, day) for one in above], [_here(one, held, day) for one in below]
    return About(*said, _everywhere(place, day))


def chain(place: Place, day: date) -> list[Here]:
    """Return the place and those it lies in, the nearest first, with who is responsible."""
    above = chain_of(place)
    held = _held(above, day)
    return [_here(one, held, day) for one in above]


def chain_of(place: Place) -> list[Place]:
    """Return the place and those it lies in, the nearest first."""
    segments = place.path.strip("/").split("/")
    paths = ["/" + "/".join(segments[:count]) + "/" for count in range(1, len(segments))]
    asked = {"community": place.community_id, "paths": paths}
    return [place, *db.session.scalars(_at_paths(), asked)] if paths else [place]


@cache
def _at_paths() -> Any:
    at_them = (Place.community_id == bindparam("community"), Place.path.in_(bindparam("paths", expanding=True)))
    return select(Place).where(*at_them).order_by(Place.path.desc()).execution_options(**{KEPT: True})


def _below(place: Place | None, day: date) -> list[Place]:
    lying = Place.parent_id == place.id if place is not None else Place.parent_id.is_(None)
    there = (
        or_(Place.opened_on.is_(None), Place.opened_on <= day),
        or_(Place.closed_on.is_(None), Place.closed_on > day),
    )
    found = select(Place).where(lying, *there).order_by(Place.community_id, Place.path)
    return [*db.session.scalars(found.limit(SHOWN))]


def _held(places: Iterable[Place], day: date) -> dict[int, list[Post]]:
    """Return the posts held on a day by place, in one statement."""
    found: defaultdict[int, list[Post]] = defaultdict(list)
    ids = [place.id for place in places]
    for place_id, post in db.session.execute(_at_places(day, clock.today()), {"places": ids}) if ids else ():
        found[place_id].append(post)
    return found


@lru_cache(maxsize=8)
def _at_places(day: date, _today: date) -> Any:
    """Return the statement for the posts at some places; what is in force on a day goes by today as well."""
    rows = select(post_place.c.place_id, Post).join(Post, Post.id == post_place.c.post_id)
    at_them = post_place.c.place_id.in_(bindparam("places", expanding=True))
    rows = rows.where(at_them, Post.in_force(day)).order_by(Post.since, Post.id).limit(SHOWN * 5)
    return rows.execution_options(**{KEPT: True})


def _here(place: Place, held: dict[int, list[Post]], day: date) -> Here:
    posts = held.get(place.id, [])
    head = HEADS.get(place.kind)
    missing = head is not None and not any(post.duty is head for post in posts)
    return Here(place, by_duty(posts), head if missing else None)


def by_duty(posts: list[Post]) -> Holders:
    """Return posts by duty, in the order of the duties."""
    found = ((duty, [post for post in posts if post.duty is duty]) for duty in PostDuty)
    return [(duty, some) for duty, some in found if some]


def _everywhere(place: Place | None, day: date) -> Holders:
    """Return the posts that are for a whole community."""
    found = select(Post).where(Post.in_force(day), ~Post.places.any())
    if place is not None:
        found = found.where(Post.community_id == place.community_id)
    return by_duty([*db.session.scalars(found.order_by(Post.duty, Post.id).limit(SHOWN))])
