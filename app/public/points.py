"""Point codes: what stands on the posters of a place, and on that of a community by which party members report in.

Anybody may know them; renewing one takes the posters away.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from app.called import PORTAL
from app.communities.models import Community, Place
from app.communities.service import words_of
from app.core import access, clock, recording
from app.core.actor import acting, current, system
from app.core.fields import Text
from app.core.moves import Refused
from app.extensions import db
from app.public import codes
from app.public.codes import Kind
from app.public.models import PointCode

STILL_TYPING: Final = timedelta(hours=1)
"""How long a form that was opened before its poster was replaced is still taken."""
RENEWED: Final = "point_code"
"""The act in the history of a place or a community."""
OFFICE_LIST: Final = "members"
"""Who may change the rows of this list hangs up the poster of the community, which leads nowhere without the list."""


@dataclass(frozen=True, slots=True)
class Office:
    """Whom a resident turns to: the community's name, its telephone where one is known, and its own words."""

    name: str
    phone: str | None
    slogan: str = ""
    portal: Text = PORTAL


@dataclass(frozen=True, slots=True)
class Point:
    """Where a poster hangs, in words and ids only. `current` False: the poster is out of date.

    `lately`: it was until a moment ago, so that what somebody began to write there still arrives. `place_id` 0: it is
    the community's, for party members.
    """

    signs: str
    place_id: int
    community_id: int
    name: str
    office: Office
    current: bool
    lately: bool


def office_of(community: Any) -> Office:
    """Return the office of a community."""
    return Office(community.name, community.phone, community.slogan or "", words_of(community).get(PORTAL.key, PORTAL))


def code_of(place: Place) -> str | None:
    """Return the code that stands on the posters of a place now; None where none was made yet."""
    return _code(place.community_id, place.id)


def code_for_members(community: Community) -> str | None:
    """Return the code by which party members report in to a community now; None where none was made yet."""
    return _code(community.id, None)


def _code(community_id: int, place_id: int | None) -> str | None:
    found: str | None = db.session.scalar(select(PointCode.code).where(*_in_force(community_id, place_id)))
    return found


def _in_force(community_id: int, place_id: int | None) -> tuple[Any, ...]:
    # A place that is None is compared by IS NULL.
    here = (PointCode.community_id == community_id, PointCode.place_id == place_id)
    return (*here, PointCode.replaced_at.is_(None))


def renew(place: Place) -> str:
    """Make a new code for a place, its first or its next; part of the caller's transaction.

    Raises Forbidden, and Refused where the place is closed.
    """
    if not access.may_row("e", place):
        raise access.Forbidden
    if not place.is_open:
        raise Refused(_("The place is closed; it has no poster."))
    db.session.execute(select(Place.id).where(Place.id == place.id).with_for_update())
    signs = _replaced(place.community_id, place.id)
    # Whoever opened the place before, to renew or close it, looks at it again first.
    flag_modified(place, "changed_at")
    recording.remark(RENEWED, place)
    return signs


def may_hang(community_id: int) -> bool:
    """Tell whether the actor hangs up the poster by which party members report in: the office of the community."""
    actor = current()
    if actor is None:
        return False
    held = (one for one, _rule in access.clauses(actor, OFFICE_LIST, "e"))
    return actor.unbounded or any(one.community_id in (None, community_id) for one in held)


def renew_for_members(community: Community, seen: str | None = None) -> str:
    """Make a new code for party members, the first or the next; part of the caller's transaction.

    `seen`: the code that is to be replaced; where another one is in force by now, that one is returned and stays.
    Raises Forbidden.
    """
    if not may_hang(community.id):
        raise access.Forbidden
    db.session.execute(select(Community.id).where(Community.id == community.id).with_for_update())
    known = code_for_members(community)
    if known is not None and known != seen:
        return known
    recording.remark(RENEWED, community)
    return _replaced(community.id, None)


def _replaced(community_id: int, place_id: int | None) -> str:
    """Take the code in force away and return the one that holds from now on."""
    moment, actor = clock.now(), current()
    for earlier in db.session.scalars(select(PointCode).where(*_in_force(community_id, place_id))):
        earlier.replaced_at = moment
    made = PointCode(community_id=community_id, place_id=place_id, code=_free(), made_at=moment)
    made.made_by_id = actor.user_id if actor is not None else None
    db.session.add(made)
    return made.code


def _free() -> str:
    """Return a code that no poster ever had."""
    while True:
        signs = codes.new(Kind.POINT)
        if db.session.scalar(select(PointCode.id).where(PointCode.code == signs)) is None:
            return signs


def find(signs: str) -> Point | None:
    """Return where a poster with this code hangs, or hung; None where no poster ever had it."""
    known = db.session.scalars(select(PointCode).where(PointCode.code == signs)).one_or_none()
    if known is None:
        return None
    if known.place_id is None:
        return _of_community(known)
    wanted = select(Place).where(Place.id == known.place_id).options(joinedload(Place.community))
    with acting(system("public")):
        place = db.session.scalars(wanted).one()
    return _point(known, place.full_name, office_of(place.community), place.is_open)


def _of_community(known: PointCode) -> Point:
    with acting(system("public")):
        community = db.session.get_one(Community, known.community_id)
    is_open = community.archived_at is None and OFFICE_LIST not in community.unused_lines
    return _point(known, community.name, office_of(community), is_open)


def _point(known: PointCode, name: str, office: Office, is_open: bool) -> Point:
    since = known.replaced_at
    lately = since is not None and is_open and clock.now() - since < STILL_TYPING
    return Point(known.code, known.place_id or 0, known.community_id, name, office, since is None and is_open, lately)
