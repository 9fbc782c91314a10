"""A need in plain words, for the resident who asked or for a group."""

from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.models import Place, PlaceKind
from app.core import display
from app.core.actor import acting, system
from app.core.fields import Text, facts
from app.extensions import db
from app.needs.choices import NeedState
from app.needs.models import Need
from app.needs.orders import orders


def story(need: Need) -> list[tuple[Text, str]]:
    """Return label and words, line by line: what it is, where it stands, what comes next; masked for everybody."""
    described = facts(Need)
    told: list[tuple[Text, str]] = [(described[name].label, display.masked(need, name)) for name in ("code", "title")]
    told.append((described["place"].label, display.words(building(need.place))))
    if not need.anonymous:
        told.append((described["reporter_name"].label, display.masked(need, "reporter_name")))
        told.append((described["reporter_phone"].label, display.masked(need, "reporter_phone")))
    stands, follows = standing(need)
    told += [(_("Where it stands"), str(stands)), *instead(need), (_("What comes next"), str(follows))]
    return [*told, (_("Questions"), gettext("the office of %(community)s", community=need.community))]


def instead(need: Need) -> list[tuple[Text, str]]:
    """Return what whoever asked has to know where the community does not do it, or not now; nothing for other states.

    Nobody of the staff is named, and of a need it was merged into only where that stands.
    """
    described, names = facts(Need), _INSTEAD.get(need.state, ())
    # Whom to call is said in full: it is the telephone of a body, given to be called.
    plain = {name: display.words(getattr(need, name)) for name in _IN_FULL}
    said = [(described[name].label, plain.get(name) or display.masked(need, name)) for name in names]
    if need.state is NeedState.MERGED and need.merged_into_id is not None:
        said.append((_("How far that is"), str(_of_the_other(need.merged_into_id))))
    return [(label, words) for label, words in said if words != display.EMPTY]


def _of_the_other(need_id: int) -> Text:
    """Return where a need stands; the asker of one that was merged into it does not see the need itself."""
    with acting(system("story")), db.session.no_autoflush:
        other = db.session.get_one(Need, need_id)
        return standing(other)[0]


def standing(need: Need) -> tuple[Text, Text]:
    """Return where a need stands and what comes next, in plain words: those of its orders while they say more."""
    return orders.told(need) or (STANDS[need.state], NEXT[need.state])


def building(place: Place | None) -> str:
    """Return the place as far as the building: behind it are doors."""
    while place is not None and place.kind is PlaceKind.UNIT and place.parent is not None:
        place = place.parent
    return place.name if place is not None else ""


_INSTEAD: Final[dict[NeedState, tuple[str, ...]]] = {
    NeedState.REJECTED: ("reject_reason", "who_can_help"),
    NeedState.REFERRED: ("referred_body", "referred_phone"),
    NeedState.ON_HOLD: ("resume_on",),
    NeedState.UNRESOLVABLE: ("explanation",),
}
"""The columns told of a need in some states."""
_IN_FULL: Final = ("who_can_help", "referred_body", "referred_phone")

STANDS: Final[dict[NeedState, Text]] = {
    NeedState.SUBMITTED: _("We have it and will answer soon."),
    NeedState.ACCEPTED: _("We have taken it on."),
    NeedState.PLANNED: _("Somebody has been put in charge and a day is set."),
    NeedState.IN_PROGRESS: _("It is being worked on."),
    NeedState.DELIVERED: _("It has been done."),
    NeedState.CLOSED: _("It has been dealt with and is closed."),
    NeedState.CLOSED_UNCONFIRMED: _("It has been done; nobody has said yet whether it is solved."),
    NeedState.ON_HOLD: _("It has to wait for a while."),
    NeedState.REFERRED: _("Another body takes care of it."),
    NeedState.REJECTED: _("The community cannot take this on."),
    NeedState.MERGED: _("Others have asked for the same; it is dealt with together with theirs."),
    NeedState.UNRESOLVABLE: _("It cannot be solved; we explain why."),
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
    NeedState.ON_HOLD: _("It goes on by itself on the day we have set."),
    NeedState.REFERRED: _("You can ask there how far it is; if it is solved, please tell us."),
    NeedState.REJECTED: _("Whoever can help instead is named here; call us if you cannot reach them."),
    NeedState.MERGED: _("What becomes of it, you can read here."),
    NeedState.UNRESOLVABLE: _("If you do not agree, call us."),
    NeedState.WITHDRAWN: _("If you need it after all, tell us."),
}
