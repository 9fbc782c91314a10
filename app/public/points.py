"""Point codes: what stands on the posters of a place. Anybody may know them; renewing one takes the posters away."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from app.called import PORTAL
from app.communities.models import Place
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
"""The act in the history of a place."""


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

    `lately`: it was until a moment ago, so that what somebody began to write there still arrives.
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
    found: str | None = db.session.scalar(select(PointCode.code).where(*_now_of(place)))
    return found


def _now_of(place: Place) -> tuple[Any, ...]:
    here = (PointCode.community_id == place.community_id, PointCode.place_id == place.id)
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
    moment, actor = clock.now(), current()
    for earlier in db.session.scalars(select(PointCode).where(*_now_of(place))):
        earlier.replaced_at = moment
    made = PointCode(community_id=place.community_id, place_id=place.id, code=_free(), made_at=moment)
    made.made_by_id = actor.user_id if actor is not None else None
    db.session.add(made)
    # Whoever opened the place before, to renew or close it, looks at it again first.
    flag_modified(place, "changed_at")
    recording.remark(RENEWED, place)
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
    wanted = select(Place).where(Place.id == known.place_id).options(joinedload(Place.community))
    with acting(system("public")):
        place = db.session.scalars(wanted).one()
    since = known.replaced_at
    current_one = since is None and place.is_open
    lately = since is not None and place.is_open and clock.now() - since < STILL_TYPING
    office = office_of(place.community)
    return Point(signs, place.id, place.community_id, place.full_name, office, current_one, lately)
