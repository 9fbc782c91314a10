"""A need in plain words, for the resident who asked or for a group."""

from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.models import Place, PlaceKind
from app.core import display
from app.core.fields import Text, facts
from app.needs.choices import NeedState
from app.needs.models import Need


def story(need: Need) -> list[tuple[Text, str]]:
    """Return label and words, line by line: what it is, where it stands, what comes next; masked for everybody."""
    described = facts(Need)
    told: list[tuple[Text, str]] = [(described[name].label, display.masked(need, name)) for name in ("code", "title")]
    told.append((described["place"].label, display.words(building(need.place))))
    if not need.anonymous:
        told.append((described["reporter_name"].label, display.masked(need, "reporter_name")))
        told.append((described["reporter_phone"].label, display.masked(need, "reporter_phone")))
    told += [(_("Where it stands"), str(STANDS[need.state])), (_("What comes next"), str(NEXT[need.state]))]
    return [*told, (_("Questions"), gettext("the office of %(community)s", community=need.community))]


def building(place: Place | None) -> str:
    """Return the place as far as the building: behind it are doors."""
    while place is not None and place.kind is PlaceKind.UNIT and place.parent is not None:
        place = place.parent
    return place.name if place is not None else ""


STANDS: Final[dict[NeedState, Text]] = {
    NeedState.SUBMITTED: _("We have it and will answer soon."),
    NeedState.ACCEPTED: _("We have taken it on."),
    NeedState.PLANNED: _("Somebody has been put in charge and a day is set."),
    NeedState.IN_PROGRESS: _("It is being worked on."),
    NeedState.DELIVERED: _("It has been done."),
    NeedState.CLOSED: _("It has been dealt with and is closed."),
    NeedState.CLOSED_UNCONFIRMED: _("It has been done; nobody has said yet whether it is solved."),
    NeedState.REJECTED: _("The community cannot take this on."),
    NeedState.WITHDRAWN: _("It was withdrawn."),
}
NEXT: Final[dict[NeedState, Text]] = {
    NeedState.SUBMITTED: _("The community decides who takes care of it."),
    NeedState.ACCEPTED: _("The community puts somebody in charge."),
    NeedState.PLANNED: _("Who is in charge will begin."),
    NeedState.IN_PROGRESS: _("We tell you when it is done."),
    NeedState.DELIVERED: _("Please tell us whether it is solved."),
    NeedState.CLOSED: _("If it comes back, tell us and it is taken up again."),
    NeedState.CLOSED_UNCONFIRMED: _("Please tell us whether it is solved."),
    NeedState.REJECTED: _("Ask us who can help instead."),
    NeedState.WITHDRAWN: _("If you need it after all, tell us."),
}
