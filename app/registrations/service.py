"""What happens with units, members and posts beyond a single row: receipts, seats, and second communities."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.communities.models import Community
from app.core import access, clock, moves
from app.core.actor import Actor, Held, acting, current, system
from app.core.codes import next_code
from app.core.moves import Refused, moved, settled
from app.core.rules import Violation
from app.core.timeline import add_step, steps_of
from app.extensions import db
from app.organizations.flow import VOTES
from app.organizations.ledger import kind_of
from app.organizations.models import Organization
from app.parties.models import Party
from app.people import finding
from app.people.belongings import Belonging
from app.registrations.choices import LEFT, OPEN_POSTS, MemberState, PostState, SecondState
from app.registrations.models import Member, ServicePost
from app.roles import Rule

RECEIPT: Final = "HZ"
"""How the numbers of receipts (回执) begin."""
OWN_UNIT: Final = "own unit"
"""How the role table says that somebody has to do with the members of one unit only."""

After = Callable[[Any, dict[str, Any]], None]


def _today(row: Any, name: str) -> None:
    if getattr(row, name) is None:
        setattr(row, name, clock.today())


def _receive(row: Any, values: dict[str, Any]) -> None:
    """Issue the receipt."""
    _today(row, "received_on")
    row.receipt = next_code(db.session(), row.community_id, RECEIPT, clock.today())


# -- units ----------------------------------------------------------------------------------------------------------


def _unit_reports(unit: Organization, values: dict[str, Any]) -> None:
    """What an earlier registration left behind does not count any more."""
    unit.reported_on = values.get("reported_on") or clock.today()
    unit.received_on = unit.receipt = unit.ended_on = None


def _unit_evaluated(unit: Organization, values: dict[str, Any]) -> None:
    unit.evaluated_on = values.get("evaluated_on") or clock.today()
    if not any(values.get(name) for name in VOTES):
        raise Violation({VOTES[0]: [_("Nobody has voted; ask the residents first.")]})


def _unit_ended(unit: Organization, values: dict[str, Any]) -> None:
    _today(unit, "ended_on")


_UNIT: Final[dict[str, After]] = {
    "report_in": _unit_reports,
    "receive": _receive,
    "evaluate": _unit_evaluated,
    "end": _unit_ended,
}


@moved.connect_via(Organization)
def follow_unit(sender: type[Organization], row: Organization, move: str, values: dict[str, Any]) -> None:
    """Let follow from a move of a unit what must, through whatever door it was made."""
    if move in _UNIT:
        with db.session.no_autoflush:
            _UNIT[move](row, values)


# -- members --------------------------------------------------------------------------------------------------------


def register(**columns: Any) -> Member:
    """Let a member report in; who was registered before and left gets the same row back. The caller commits.

    Raises Violation where the member is registered already, or for a column.
    """
    known = _known(columns.get("person"), columns.get("community"))
    if known is not None:
        return _again(known, columns)
    member = Member(**columns)
    _today(member, "reported_on")
    db.session.add(member)
    db.session.flush()
    add_step(db.session, member, "register", None, member.state.value)
    db.session.flush()
    ask_both(member)
    return member


WHO: Final = ("name", "phone", "id_number")
"""By what somebody is registered who is not chosen among the people."""


def enrol(community: Community, who: Mapping[str, Any], **columns: Any) -> Member:
    """Let somebody report in by name, phone and perhaps number, who may or may not be among the people.

    Who enrols need not read the people: whom these name is used if there is one, else a record is made, and nothing of
    it is told. The caller commits. Raises Forbidden and Violation, about the person under the names of `who`.
    """
    unit = columns.get("unit")
    if unit is None:
        raise Violation({"unit": [_("Please fill this in.")]})
    actor = current()
    if actor is None or not may_enrol(actor, community, unit):
        raise access.Forbidden
    # The person is found, or made, by the system's sight and the actor's hand.
    with acting(Actor(actor.label, actor.user_id, actor.held, unbounded=True)):
        person = finding.known_or_new(community, who)
        try:
            return register(community=community, person=person.party, **columns)
        except Violation as wrong:
            raise Violation(
                {"name" if name == "person" else name: said for name, said in wrong.errors.items()}
            ) from None


BY_POSTER: Final = "by_poster"
"""The step of a member who reported in by the community's QR code."""
AGAIN: Final = "by_poster_again"
"""The step of a member who did so and stands in the register already: it says what was written, the row stays."""
WRITTEN: Final = ("unit", "service_posts", "skills")
"""What of it the step says, for the office to ask about; name and phone are those of the member."""


def report_by_poster(
    community: Community, who: Mapping[str, Any], form: str, number: str, *, unit: str, **columns: Any
) -> str:
    """Let somebody without an account report in by name and phone; the caller commits.

    Acts for the system, because who reports sees nothing: whether the person or the registration was known shows
    neither in what is returned nor in what is raised. `form`: what the very same form is recognised by, which counts
    once for good, whatever has become of the member since; `unit`: its name. Returns the number of the receipt, that
    of the first time. Raises Violation.
    """
    person = finding.known_or_new(community, who).party
    known = _known(person, community)
    if known is not None and (first := _first_number(known, form)) is not None:
        return first
    told = {"form": form, "number": number}
    if known is None or (known.archived_at is None and known.state in LEFT):
        member = register(community=community, person=person, unit=_unit_named(community, unit), **columns)
        add_step(db.session, member, BY_POSTER, None, member.state.value, **told)
    else:
        written = {name: str(value) for name, value in ({"unit": unit} | columns).items() if value}
        add_step(db.session, known, AGAIN, None, known.state.value, **told, **written)
    return number


def _first_number(member: Member, form: str) -> str | None:
    """Return the number a form was given before."""
    steps = steps_of(db.session, member)
    return next((str(step.said["number"]) for step in steps if step.said.get("form") == form), None)


def _unit_named(community: Community, name: str) -> Party:
    """Return the unit of a name; one nobody knew is made, without a registration, as ledgers do."""
    known = select(Organization).filter_by(community_id=community.id, name=name, archived_at=None)
    unit = db.session.scalars(known.order_by(Organization.id).limit(1)).first()
    if unit is None:
        unit = Organization(community=community, name=name, kind=kind_of(name))
        db.session.add(unit)
        db.session.flush()
    party: Party = unit.party
    return party


def may_enrol(actor: Actor, community: Community | None = None, unit: Party | None = None) -> bool:
    """Tell whether somebody may register people by name: for a unit of a community, or for any of those reached."""
    if actor.unbounded:
        return True
    here = {None, community.id} if community is not None else {None, *actor.communities}
    clauses = access.clauses(actor, Member.guard(), "c")
    return any(held.community_id in here and _speaks_for(held, rule, unit) for held, rule in clauses)


def _speaks_for(held: Held, rule: Rule, unit: Party | None) -> bool:
    """Tell whether a grant lets register people other than oneself, for this unit or any."""
    if rule.rows == OWN_UNIT:
        return unit is None or held.subject == unit.id
    return not rule.rows


def _known(person: Any, community: Any) -> Member | None:
    """Return the registration there is of a person, also one the actor does not see."""
    if person is None or community is None:
        return None
    with acting(system("registrations")), db.session.no_autoflush:
        known = select(Member).filter_by(community_id=community.id, person_id=person.id)
        found: Member | None = db.session.scalars(known).one_or_none()
    return found


def _again(member: Member, columns: dict[str, Any]) -> Member:
    if member.archived_at is not None:
        raise Violation({"person": [_("The registration of this member was archived; restore it.")]})
    if member.state not in LEFT:
        raise Violation({"person": [_("This member is registered in the community already.")]})
    for name in ("unit", "party_joined_on", "service_posts", "skills"):
        if columns.get(name) is not None:
            setattr(member, name, columns[name])
    moves.perform(member, "report_in", {"reported_on": columns.get("reported_on")})
    return member


def _member_reports(member: Member, values: dict[str, Any]) -> None:
    member.reported_on = values.get("reported_on") or clock.today()
    member.received_on = member.receipt = member.left_on = None
    member.second = member.other_community = None


def _claims(member: Member, values: dict[str, Any]) -> None:
    """Take a seat of the post; two who want the last one at once wait for each other here."""
    post: ServicePost = values["post"]
    _lock(post)
    if post.archived_at is not None or post.state not in OPEN_POSTS:
        raise Refused(_("The post is not open to be claimed: %(state)s.", state=post.state.label))
    if post.ends_on is not None and post.ends_on < clock.today():
        raise Refused(_("The term of the post ended on %(day)s.", day=post.ends_on))
    if post.taken >= post.wanted:
        raise Refused(_("All seats of the post are taken; choose another."))


def _frees(member: Member, values: dict[str, Any]) -> None:
    if member.post is not None:
        _lock(member.post)
        member.freed = member.post  # type: ignore[misc]  # of this one row, not of all
        member.post = None


def _lock(post: ServicePost) -> None:
    """Let nobody else take or free a seat of the post until the transaction is over."""
    with acting(system("registrations")):
        db.session.refresh(post, with_for_update=True)


def _member_evaluated(member: Member, values: dict[str, Any]) -> None:
    member.evaluated_on = values.get("evaluated_on") or clock.today()


def _leaves(member: Member, values: dict[str, Any]) -> None:
    member.left_on = values.get("left_on") or clock.today()
    _frees(member, values)


def _says(state: SecondState) -> After:
    def say(member: Member, values: dict[str, Any]) -> None:
        member.second = state

    return say


_MEMBER: Final[dict[str, After]] = {
    "report_in": _member_reports,
    "receive": _receive,
    "claim_post": _claims,
    "decline_post": _frees,
    "leave_post": _frees,
    "evaluate": _member_evaluated,
    "transfer": _leaves,
    "withdraw": _leaves,
    "ask_second": _says(SecondState.ASKED),
    "agree_second": _says(SecondState.AGREED),
    "refuse_second": _says(SecondState.REFUSED),
}


@moved.connect_via(Member)
def follow_member(sender: type[Member], row: Member, move: str, values: dict[str, Any]) -> None:
    """Let follow from a move of a member what must, through whatever door it was made."""
    if move in _MEMBER:
        with db.session.no_autoflush:
            _MEMBER[move](row, values)


@settled.connect_via(Member)
def follow_others(sender: type[Member], row: Member, move: str, values: dict[str, Any]) -> None:
    """Let posts and the other community follow; whoever makes the move may write neither, so the system does."""
    with acting(system("registrations")):
        if move == "claim_post":
            _seat(values["post"], 1, "claim", PostState.OFFERED)
        elif move == "confirm_post" and row.post is not None:
            _seat(row.post, 0, "confirm", PostState.CLAIMED)
        elif row.freed is not None:
            _seat(row.freed, -1)
            row.freed = None  # type: ignore[misc]  # of this one row, not of all
        if move in ("report_in", "ask_both"):
            ask_both(row)
        if move in ("transfer", "withdraw"):
            _stop_asking(row)
        db.session.flush()


def _seat(post: ServicePost, more: int, move: str = "", source: PostState | None = None) -> None:
    post.taken += more
    if post.state is source:
        moves.perform(post, move, {})


def serves(party: Party) -> bool:
    """Tell whether a person is a member the community has received, and so is offered work like a volunteer."""
    received = MemberState.RECEIVED, MemberState.POST_CLAIMED, MemberState.ACTIVE, MemberState.EVALUATED
    hers = select(Member.id).filter_by(community_id=party.community_id, person_id=party.id)
    return db.session.scalar(hers.where(Member.state.in_(received)).limit(1)) is not None


OWN: Final = Belonging(Member, "person", frozenset({"person", "unit", "reported_on"}))
"""What stays of a registration whose person was erased: that somebody of the unit had reported in, and when."""


# -- posts ----------------------------------------------------------------------------------------------------------


def add_post(**columns: Any) -> ServicePost:
    """Record a service post, to be offered by the office; the caller commits."""
    post = ServicePost(**columns)
    post.state = PostState.DRAFT
    db.session.add(post)
    db.session.flush()
    add_step(db.session, post, "register", None, post.state.value)
    return post


# -- a second community ---------------------------------------------------------------------------------------------


def ask_both(member: Member) -> None:
    """Where the member is registered in another community too, let the secretaries of both be asked.

    Each is told of the own member and the name of the other community, and sees nothing else of it.
    """
    others = member.elsewhere()
    with acting(system("registrations")):
        for other in others:
            _ask(member, other.community.name)
            _ask(other, member.community.name)
        db.session.flush()


def _ask(member: Member, name: str) -> None:
    member.other_community = name
    moves.perform(member, "ask_second", {})


def _stop_asking(member: Member) -> None:
    for one in (member, *member.elsewhere()):
        one.second = one.other_community = None
