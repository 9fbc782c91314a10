"""What is done with communities and places beyond editing one row."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from blinker import Signal
from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, func, literal, or_, select, update
from sqlalchemy.sql import ColumnElement

from app.called import NO_WORDS
from app.communities import naming
from app.communities.models import Category, Community, Holiday, Place, in_subtree
from app.communities.own_words import OwnWords
from app.communities.paths import LARGEST_SORT
from app.communities.rules import LONGEST_PATH
from app.communities.worktime import SATURDAY, WorkCalendar
from app.core import access, clock, scope
from app.core.actor import Actor
from app.core.fields import NotUnderstood, Text
from app.core.moves import Refused
from app.core.reads import KEPT
from app.core.rules import Violation
from app.core.selects import offered
from app.extensions import db

NOVEMBER: Final = 11
"""From this month on the holidays of the next year are published."""

community_made: Final = Signal()
"""Sent with `community` after a new community has been written."""


def open_community(**columns: Any) -> Community:
    """Make a community and tell who listens; the caller commits."""
    community = Community(**columns)
    db.session.add(community)
    db.session.flush()
    community_made.send(Community, community=community)
    return community


def words_of(community: Community) -> dict[str, str]:
    """Return the community's own words by the key of what they name; what is not there has its standard word."""
    return dict(community.words.words) if community.words is not None else {}


def set_words(community: Community, words: Mapping[str, str]) -> None:
    """Let these be the community's own words, and all others its standard ones; the caller commits.

    Raises Violation where one is too long, no name, or taken.
    """
    try:
        community.words = OwnWords.of(words)
    except NotUnderstood as error:
        raise Violation({"words": [str(error)]}) from None


def words_for(actor: Actor) -> Mapping[str, str]:
    """Return the own words for somebody who works in one community; the standard ones for who works in several."""
    only = None if actor.everywhere or len(actor.communities) != 1 else next(iter(actor.communities))
    found = db.session.scalar(select(Community.words).where(Community.id == only)) if only is not None else None
    return found.words if found is not None else NO_WORDS


class PlaceFinder:
    """Finds the places of one community by the words people use for them; for many words in a row."""

    def __init__(self, community: Community) -> None:
        open_ones = select(Place).where(Place.community_id == community.id).order_by(Place.path)
        self.community = community
        self.places: dict[str, Place] = {}
        self.by_word: defaultdict[str, list[Place]] = defaultdict(list)
        self.by_key: defaultdict[str, list[Place]] = defaultdict(list)
        for place in db.session.scalars(open_ones):
            if place.is_open:
                self.add(place)

    def add(self, place: Place) -> None:
        """Let a place be found too, also one that is not written yet."""
        self.places[place.path] = place
        for word in {place.name, *(place.aliases or ())}:
            self.by_word[word].append(place)
        for key in _keys(place):
            self.by_key[key].append(place)

    def find(self, words: str) -> list[Place]:
        """Return the open places these words may mean; several where they are ambiguous, none where unknown.

        Understood are a name, another name, both in any spelling of their numbers, each also behind the names of the
        places it lies in (第三网格8栋) and of the community.
        """
        plain = words.strip()
        exact = self.by_word.get(plain, ())
        if len(exact) == 1:
            return [*exact]
        key = naming.key(plain.removeprefix(self.community.name))
        return list(self.by_key.get(key, ())) or self._behind_others(key)

    def _behind_others(self, key: str) -> list[Place]:
        ends = [place for own, places in self.by_key.items() if key.endswith(own) for place in places]
        return [
            place
            for place in dict.fromkeys(ends)
            if naming.reaches(key, _keys(place), [_keys(above) for above in self._above(place)])
        ]

    def _above(self, place: Place) -> Iterable[Place]:
        """The open places above, the nearest first."""
        segments = place.path.strip("/").split("/")
        paths = ("/" + "/".join(segments[:count]) + "/" for count in range(len(segments) - 1, 0, -1))
        return (self.places[path] for path in paths if path in self.places)


def _keys(place: Place) -> set[str]:
    return {naming.key(word) for word in (place.name, *(place.aliases or ()))} - {""}


def find_places(community: Community, words: str) -> list[Place]:
    """Return the open places of the community these words may mean."""
    return PlaceFinder(community).find(words)


def place_choices(text: str, *where: ColumnElement[bool]) -> list[tuple[int, str]]:
    """Return id and full name of open places for a select: those found by `text`, else those that mean the same."""
    open_today = or_(Place.closed_on.is_(None), Place.closed_on > clock.today())
    found = offered(Place, text, open_today, *where)
    return found or offered(Place, naming.key(text), open_today, *where)


def category_choices(text: str) -> list[tuple[int, str]]:
    """Return id and full name of the categories in use for a select."""
    return offered(Category, text, or_(Category.closed_on.is_(None), Category.closed_on > clock.today()))


def add_place(community: Community, name: str, parent: Place | None = None, **columns: Any) -> Place:
    """Add a place, by default one level below its parent, at the end of its siblings; the caller commits."""
    if columns.get("level") is None:
        columns["level"] = level_below(community, parent)
    if columns.get("sort") is None:
        columns["sort"] = next_sort(community, parent)
    place = Place(community=community, name=name, parent=parent, **columns)
    db.session.add(place)
    return place


def level_below(community: Community, parent: Place | None) -> int:
    """Return the level of a new place below another one, or directly below the community."""
    return 1 if parent is None else min(parent.level + 1, len(community.level_names) - 1)


def next_sort(community: Community, parent: Place | None) -> int:
    """Return the place at the end of those that lie in the same one; in one that is not written yet none does."""
    if parent is not None and parent.id is None:
        return 1
    beside = select(func.max(Place.sort)).where(Place.community_id == community.id)
    last = db.session.scalar(beside.where(Place.parent_id == (parent.id if parent is not None else None))) or 0
    return min(last + 1, LARGEST_SORT)


def move_place(place: Place, new_parent: Place | None, sort: int | None = None) -> None:
    """Put a place, with everything below it, below another one or elsewhere among its neighbours; the caller commits.

    Raises Violation when the new parent is of another community, closed, or below the place itself.
    """
    _require_writable(place)
    before = place.path
    if new_parent is not None and new_parent.path.startswith(before):
        raise Violation({"parent": [_("A place cannot lie below itself.")]})
    with db.session.no_autoflush:
        if sort is None and place.parent is not new_parent:
            sort = next_sort(place.community, new_parent)
        place.parent = new_parent
        place.sort = place.sort if sort is None else sort
        place.path = place.own_path()
    db.session.flush()
    if place.path != before:
        _carry_along(place, before)


def _carry_along(place: Place, before: str) -> None:
    """Give everything below a moved place its new path, in one statement."""
    table = Place.__table__
    rest = func.substr(table.c.path, len(before) + 1)
    below = (table.c.community_id == place.community_id) & in_subtree(before)
    longest = db.session.scalar(select(func.max(func.length(table.c.path))).where(below)) or 0
    if longest - len(before) + len(place.path) > LONGEST_PATH:
        raise Violation({"parent": [_("The tree is too deep here.")]})
    db.session.execute(update(table).where(below).values(path=literal(place.path) + rest))
    for known in db.session:
        if isinstance(known, Place) and known is not place:
            db.session.expire(known, ["path"])


def _require_writable(place: Place) -> None:
    if not access.may_row("e", place):
        raise access.Forbidden


def close_place(place: Place, on: date, reason: str, with_children: bool = False) -> list[Place]:
    """Close a place at the end of a day, its history stays; return what was closed. The caller commits.

    Raises Refused when it is closed already, or when open places lie below and `with_children` does not say so.
    """
    _require_writable(place)
    if not place.is_open:
        raise Refused(_("The place is closed already."))
    below = [child for child in open_below(place, on) if child is not place]
    if below and not with_children:
        raise Refused(
            _("%(count)s open places lie below; close them with it, or move them elsewhere first.", count=len(below))
        )
    # Deepest first: a place cannot outlast the one it lies in.
    closing = [*sorted(below, key=lambda child: child.depth, reverse=True), place]
    for one in closing:
        one.closed_on, one.close_reason = on, reason
    return closing


def open_below(place: Place, on: date) -> list[Place]:
    """Return the place and the places below it that stay open after the day."""
    still = select(Place).where(Place.community_id == place.community_id, in_subtree(place.path)).order_by(Place.path)
    return [one for one in db.session.scalars(still) if one.closed_on is None or one.closed_on > on]


def reopen_place(place: Place) -> None:
    """Open a closed place again; the caller commits."""
    _require_writable(place)
    if place.closed_on is None:
        raise Refused(_("The place is open."))
    place.closed_on, place.close_reason = None, None


def is_working_day(community: Community, day: date) -> bool:
    """Tell whether the office works on a day: by the community's holidays, else Monday to Friday."""
    works = db.session.scalar(select(Holiday.works).where(Holiday.community_id == community.id, Holiday.day == day))
    return day.weekday() < SATURDAY if works is None else works


def next_working_day(community: Community, day: date) -> date:
    """Return the first working day after `day`."""
    coming = (day + timedelta(days=ahead) for ahead in range(1, 60))
    return next((one for one in coming if is_working_day(community, one)), day + timedelta(days=1))


def calendar_of(community: Community) -> WorkCalendar:
    """Return when the office of a community works; what its holidays do not say is Monday to Friday."""
    days = scope.columns(_holidays(), {"community": community.id})
    return WorkCalendar(community.office_hours, {row.day: row.works for row in days})


@cache
def _holidays() -> Any:
    own = select(Holiday.day, Holiday.works).where(Holiday.community_id == bindparam("community"))
    return own.execution_options(**{KEPT: True})


def unknown_year(community_ids: Collection[int]) -> int | None:
    """Return the year whose holidays somebody should enter: this one, or from November on the next."""
    today = clock.today()
    coming = Holiday.day > date(today.year, 12, 31)
    near = (Holiday.day >= date(today.year, 1, 1), Holiday.day <= date(today.year + 1, 12, 31))
    known = select(Holiday.community_id, coming).where(Holiday.community_id.in_(community_ids), *near).distinct()
    found = {(pk, bool(later)) for pk, later in db.session.execute(known)}
    asked = (False, True) if today.month >= NOVEMBER else (False,)
    return next((today.year + later for later in asked if any((pk, later) not in found for pk in community_ids)), None)


def unknown_said(year: int) -> Text:
    """Return what is said where dates lie in a year whose holidays nobody has entered."""
    return _(
        "The holidays of %(year)s are not entered yet: until then Monday to Friday count as working days.", year=year
    )


def today_for(community: Community) -> date:
    """Return the day that counts as today for the date checks of the community's imports."""
    return community.reference_date or clock.today()
