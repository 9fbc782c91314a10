"""The rules of a volunteer: who may become one, that the number stays, and who answers for a child."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select
from sqlalchemy.orm import object_session

from app.core.actor import acting, system
from app.core.fields import Text

Complaints = dict[str, Text]

STAYS: Final = ("person", "number")
"""What belongs together for good (MZ/T 061)."""


def changed(volunteer: Any, *names: str) -> bool:
    """Tell whether one of these columns has been set to something else."""
    attributes = sa_inspect(volunteer).attrs
    return any(attributes[name].history.has_changes() for name in names)


def stays_whose_it_is(volunteer: Any) -> Complaints | None:
    """The number is that of one person and of nobody else later."""
    if not sa_inspect(volunteer).has_identity:
        return None
    moved = [name for name in STAYS if changed(volunteer, "person_id" if name == "person" else name)]
    return {name: _("This stays as it is; register the other person anew.") for name in moved} or None


def person_is_in_sight(volunteer: Any) -> Complaints | None:
    """Who may not read the list of people names nobody there by an id; their name would then be read here."""
    if sa_inspect(volunteer).has_identity or volunteer.person is None or volunteer.person.is_readable():
        return None
    return {"person": _("Register somebody whose record you may not read by name and phone.")}


def person_is_free(volunteer: Any) -> Complaints | None:
    """Somebody is a volunteer once; who left and comes back has the number of before."""
    session = object_session(volunteer)
    if session is None or volunteer.archived_at is not None or not changed(volunteer, "person_id", "archived_at"):
        return None
    model = type(volunteer)
    here = model.community_id == volunteer.community_id, model.person_id == volunteer.person_id
    others = select(model.number, model.state).where(
        *here, model.archived_at.is_(None), model.id != (volunteer.id or 0)
    )
    with acting(system("volunteers")), session.no_autoflush:
        taken = session.execute(others.limit(1)).one_or_none()
    if taken is None:
        return None
    if taken.state.value == "left":
        return {"person": _("Served before as %(number)s; let them come back there.", number=taken.number)}
    return {"person": _("Is a volunteer already: %(number)s.", number=taken.number)}


def places_in_use(volunteer: Any) -> Complaints | None:
    """A place that is closed is not chosen any more."""
    added = sa_inspect(volunteer).attrs["places"].history.added or ()
    closed = any(not place.is_open for place in added)
    return {"places": _("This place is closed; choose another.")} if closed else None


def teams_are_there(volunteer: Any) -> Complaints | None:
    """A team that was archived takes nobody in."""
    added = sa_inspect(volunteer).attrs["teams"].history.added or ()
    gone = any(team.archived_at is not None for team in added)
    return {"teams": _("This is archived; choose another.")} if gone else None


def guardian_is_whole(volunteer: Any) -> Complaints | None:
    """When a guardian agreed says only something where it is known who."""
    if volunteer.guardian_agreed_on is not None and not volunteer.guardian:
        return {"guardian": _("Name the guardian who agreed.")}
    return None
