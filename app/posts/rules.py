"""The rules of a post: it has its place, its days lie in those of the places, and nobody holds the same one twice."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import or_, select
from sqlalchemy.orm import object_session

from app.core import clock
from app.core.fields import Text
from app.core.spans import meet
from app.posts.choices import ROLES, WIDE, PostDuty

Complaints = dict[str, Text]

EMPTY = _("Please fill this in.")


def is_somewhere(post: Any) -> Complaints | None:
    """A post has a place, unless its duty may be for the whole community."""
    return {"places": EMPTY} if not post.places and post.duty not in WIDE else None


def names_company(post: Any) -> Complaints | None:
    """Of part-time workers it is known whom they work for (S2-23); old ledgers seldom say it."""
    if post.duty is PostDuty.PART_TIME and not post.company and not post.from_ledger:
        return {"company": _("Name the company of a part-time worker.")}
    return None


def days_in_order(post: Any) -> Complaints | None:
    """A post ends on or after the day it begins."""
    if post.until is not None and post.since is not None and post.until < post.since:
        return {"until": _("The last day lies before the first day.")}
    return None


def role_fits(post: Any) -> Complaints | None:
    """Only the duties of a grid go with a role."""
    if post.gives_role and post.duty not in ROLES:
        return {"gives_role": _("No role goes with this duty; only with those of a grid.")}
    return None


# -- the days of the places -----------------------------------------------------------------------------------------


def places_are_there(post: Any) -> Complaints | None:
    """The days of a post lie within those of its places; said when either is set, for a place may close later."""
    if post.archived_at is not None or not _changes(post, "places", "since", "until"):
        return None
    found = (_not_there(place, post.since, post.until) for place in post.places)
    return next((complaint for complaint in found if complaint is not None), None)


def _not_there(place: Any, since: date, until: date | None) -> Complaints | None:
    if place.opened_on is not None and since < place.opened_on:
        return {"since": _("“%(place)s” has been there only since %(day)s.", place=place.name, day=place.opened_on)}
    if place.closed_on is None or (until is not None and until <= place.closed_on):
        return None
    if place.closed_on <= clock.today() and (until is None or until > clock.today()):
        return {"places": _("“%(place)s” is closed; choose another.", place=place.name)}
    return {
        "until": _("“%(place)s” closes on %(day)s; let the post end by then.", place=place.name, day=place.closed_on)
    }


def _changes(post: Any, *names: str) -> bool:
    attributes = sa_inspect(post).attrs
    return any(attributes[name].history.has_changes() for name in names)


# -- held once ------------------------------------------------------------------------------------------------------


def is_held_once(post: Any) -> Complaints | None:
    """Nobody has the same duty for the same place twice at the same time."""
    if post.archived_at is not None or not _changes(post, "places", "since", "until", "archived_at"):
        return None
    taken = next((other for other in _alike(post) if _meets(post, other)), None)
    if taken is None:
        return None
    said = {"name": post.person, "duty": post.duty.label, "day": taken.since}
    shared = [place for place in taken.places if place in post.places]
    if not shared:
        return {"since": _("%(name)s is %(duty)s already, since %(day)s.", **said)}
    return {"places": _("%(name)s is %(duty)s at “%(place)s” already, since %(day)s.", place=shared[0].name, **said)}


def _meets(post: Any, other: Any) -> bool:
    shares = any(place in post.places for place in other.places) or not (post.places or other.places)
    return shares and meet(post.since, post.until, other.since, other.until)


def _alike(post: Any) -> Iterable[Any]:
    """Return the other posts of this duty the person has, from the day this one begins on."""
    session, model = object_session(post), type(post)
    if session is None or post.person is None:
        return ()
    same = model.person_id == post.person.id, model.duty == post.duty, model.id != (post.id or 0)
    later = or_(model.until.is_(None), model.until >= post.since)
    here = model.community_id == (post.community.id if post.community is not None else post.community_id)
    with session.no_autoflush:
        return session.scalars(select(model).where(here, *same, later, model.archived_at.is_(None))).unique().all()
