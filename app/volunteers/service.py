"""What happens with volunteers beyond a single column: registering, finding their person, admitting, reminding."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.communities.models import Community
from app.core import access, clock, moves
from app.core.actor import Actor, Errand, acting, current, system
from app.core.codes import next_code
from app.core.database import transaction
from app.core.fields import Text
from app.core.moves import Refused, moved
from app.core.rules import Violation
from app.core.timeline import Step, add_step, stepped
from app.extensions import db
from app.notices import service as notices
from app.parties.models import Party, PartyKind
from app.people import finding
from app.people.models import Person
from app.people.rules import ADULT
from app.volunteers.choices import VolunteerState
from app.volunteers.models import Volunteer, ending
from app.volunteers.news import INSURANCE, INSURED

PREFIX: Final = "ZY"
AT_ONCE: Final = 200
_EMPTY: Final = _("Please fill this in.")


# -- registering ----------------------------------------------------------------------------------------------------


def register(**columns: Any) -> Volunteer:
    """Record somebody who wants to serve, under a number nobody had before; the caller commits.

    Raises Violation, also where the person is a volunteer already.
    """
    volunteer = Volunteer(**columns)
    if volunteer.person is None:
        raise Violation({"person": [_EMPTY]})
    volunteer.community = volunteer.community or volunteer.person.community
    volunteer.state = VolunteerState.APPLIED
    with db.session.no_autoflush:
        volunteer.number = next_code(db.session, volunteer.community.id, PREFIX, clock.today())
        if volunteer.person.kind is PartyKind.PERSON:
            volunteer.guardian = volunteer.guardian or person_of(volunteer).guardian_name
    db.session.add(volunteer)
    db.session.flush()
    add_step(db.session, volunteer, "register", None, volunteer.state.value)
    return volunteer


def enrol(community: Community, who: Mapping[str, Any], **columns: Any) -> Volunteer:
    """Record somebody by name and phone who may or may not be among the people; the caller commits.

    Who enrols need not be one who may read the people: the record of the same name and phone is used if there is one,
    else one is made, and nothing of it is told. `who`: name, phone and perhaps birth, guardian_name, guardian_phone.
    Raises Forbidden and Violation, about the person under the names of `who`.
    """
    actor = current()
    if actor is None or not may_enrol(community, actor):
        raise access.Forbidden
    # The person is found, or made, by the system's sight and the actor's hand.
    with acting(Actor(actor.label, actor.user_id, actor.held, unbounded=True)):
        person = finding.known_or_new(community, who)
        return register(community=community, person=person.party, **columns)


def may_enrol(community: Community, actor: Actor) -> bool:
    """Tell whether somebody may register volunteers in a community."""
    clauses = access.clauses(actor, Volunteer.guard(), "c")
    return actor.unbounded or any(held.community_id in (None, community.id) for held, _rule in clauses)


def person_of(volunteer: Volunteer) -> Person:
    """Return the record of the person, whoever asks."""
    with acting(system("volunteers")), db.session.no_autoflush:
        pk = volunteer.person.id if volunteer.person is not None else volunteer.person_id
        person: Person = db.session.get_one(Person, pk)
    return person


@stepped.connect_via(Volunteer)
def let_names_be_read(sender: type[Volunteer], row: Volunteer, step: Step) -> None:
    """Let who works with volunteers read the name of somebody as long as they are one of the list."""
    if step.move not in ("register", "archive", "restore"):
        return
    db.session.flush()
    with acting(system("volunteers")):
        row.person.serves = step.move != "archive"
        db.session.flush()


# -- moving ---------------------------------------------------------------------------------------------------------


@moved.connect_via(Volunteer)
def follow(sender: type[Volunteer], row: Volunteer, move: str, values: dict[str, Any]) -> None:
    """Refuse to admit a child whose guardian has not agreed, through whatever door. Raises Refused."""
    if move != "approve":
        return
    birth = person_of(row).birth
    is_child = birth is not None and birth.may_be_under(ADULT, clock.today())
    if is_child and not (row.guardian and row.guardian_agreed_on):
        raise Refused(_("Under 18: first name the guardian, and the day on which the guardian agreed."))


def leave(volunteer: Volunteer, reason: str | None) -> None:
    """Let volunteers end their own service; the caller commits. Raises Forbidden, Refused and Violation.

    The role table gives them no moves; the workflow gives them this one, with the own row and nothing else.
    """
    actor = current()
    if actor is None or own(volunteer.community_id) is not volunteer:
        raise access.Forbidden
    errand = Errand(Volunteer.list_name, "vm", (("id", volunteer.id),))
    with acting(Actor(actor.label, actor.user_id, actor.held, errands=(errand,))):
        moves.perform(volunteer, "leave", {"reason": reason})
        db.session.flush()


def own(community_id: int | None = None) -> Volunteer | None:
    """Return the volunteer who signs in by the actor's account; in a community, or the first there is."""
    actor = current()
    if actor is None or actor.user_id is None:
        return None
    mine = select(Person.id).where(Person.account_id == actor.user_id)
    found = select(Volunteer).where(Volunteer.person_id.in_(mine), Volunteer.archived_at.is_(None))
    if community_id is not None:
        found = found.where(Volunteer.community_id == community_id)
    volunteer: Volunteer | None = db.session.scalars(found.order_by(Volunteer.id).limit(1)).first()
    return volunteer


# -- orders ---------------------------------------------------------------------------------------------------------


_VOUCHING: Final[dict[str, Callable[[Party], bool]]] = {}


def vouch(name: str, serves: Callable[[Party], bool]) -> None:
    """Let a list above tell of people who serve the community without being volunteers; the last of a name holds."""
    _VOUCHING[name] = serves


def out_of_service(party: Party) -> Text | None:
    """Return why a person is not offered work now, in one sentence, or None; units and teams always are."""
    if party.kind is not PartyKind.PERSON:
        return None
    here = Volunteer.community_id == party.community_id, Volunteer.person_id == party.id
    with acting(system("volunteers")), db.session.no_autoflush:
        state = db.session.scalar(select(Volunteer.state).where(*here, Volunteer.archived_at.is_(None)))
        vouched = state is None and any(serves(party) for serves in _VOUCHING.values())
    if state is VolunteerState.ACTIVE or vouched:
        return None
    if state is None:
        return _("This person is no volunteer; register them as one, or choose a unit or a team.")
    return _("This volunteer is not in service now: %(state)s.", state=state.label)


# -- what time brings -----------------------------------------------------------------------------------------------


def remind_insurance() -> int:
    """Tell volunteers and coordinators, once for each end, that an insurance soon ends; return of how many."""
    reminded = 0
    while ids := _untold():
        for pk in ids:
            with transaction():
                reminded += _remind(db.session.get_one(Volunteer, pk))
    return reminded


def _untold() -> list[int]:
    told = or_(Volunteer.reminded_for.is_(None), Volunteer.reminded_for != Volunteer.insurance_until)
    found = select(Volunteer.id).where(Volunteer.archived_at.is_(None), ending(), told)
    ids = list(db.session.scalars(found.order_by(Volunteer.id).limit(AT_ONCE)))
    db.session.rollback()
    return ids


def _remind(volunteer: Volunteer) -> bool:
    ends = volunteer.insurance_until
    if ends is None or volunteer.reminded_for == ends:
        return False
    volunteer.reminded_for = ends
    moment = datetime.combine(ends, time(), clock.SHANGHAI)
    notices.tell(INSURANCE, volunteer, INSURED, for_at=moment)
    return True
