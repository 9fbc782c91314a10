"""One person in two communities: proposed by the number of the document, counted once after both secretaries agree.

Each community keeps a record of its own and sees nothing of the other one. What follows from the answers is a token
both records have (`Person.same_as`), by which totals over communities count them once; it is found anew every night, so
that whatever happens to a record in between, the totals follow.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, delete, false, func, or_, select, update

from app.core import access, recording
from app.core.actor import Actor, acting, current, system
from app.core.database import transaction
from app.core.model import new_uid
from app.core.moves import Refused
from app.extensions import db
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily
from app.notices import service as notices
from app.notices.kinds import Kind
from app.notices.service import Whom
from app.people.models import Person
from app.people.ties import Tie, TieState
from app.roles import Role

ASKED: Final = Kind(
    "same_person",
    _("Somebody has a record in another community too; may both be counted as one person?"),
    fixed=True,
    done_by=("tie", "erase", "archive"),
    icon="person-check",
)
TIED: Final = "tie"
_SECRETARY: Final = Whom(roles=(Role.SECRETARY,), verb="a")


def ties_of(person: Person) -> list[Tie]:
    """Return the sides of this record, for who may answer; nobody else is told that there are any."""
    if not access.may_row("a", person):
        return []
    own = select(Tie).where(Tie.community_id == person.community_id, Tie.person_id == person.id)
    return [*db.session.scalars(own.order_by(Tie.id))]


def waiting() -> ColumnElement[bool]:
    """Return the SQL for the people about whom the actor is asked, as secretary of their community."""
    actor = current()
    held = actor.held if actor is not None else ()
    mine = [one.community_id for one in held if one.role is Role.SECRETARY and one.community_id is not None]
    asked = select(Tie.person_id).where(Tie.state == TieState.ASKED, Tie.community_id.in_(mine))
    return Person.id.in_(asked) if mine else false()


def answer(person: Person, agrees: bool) -> None:
    """Answer for this record whether it is counted as one with those of other communities; the caller commits.

    Raises Forbidden, and Refused where nothing is asked.
    """
    actor = current()
    if actor is None or not access.may_row("a", person):
        raise access.Forbidden
    state = TieState.AGREED if agrees else TieState.REFUSED
    found = [tie for tie in ties_of(person) if tie.state is not state]
    if not found:
        raise Refused(_("Nothing is asked about this person, or it has been answered so already."))
    # The other side is out of the secretary's sight; what follows for it follows from both answers.
    with acting(Actor(actor.label, actor.user_id, actor.held, unbounded=True)):
        for tie in found:
            tie.state, tie.answered_by_id = state, actor.user_id
        recording.remark(TIED, person, agrees=agrees)
        db.session.flush()
        _settle(_like(person))
    notices.settle(person, TIED)


def _like(person: Person) -> list[Person]:
    """Return this record and those in use with the same number in other communities, and what else has its token."""
    same = Person.id_number_index == person.id_number_index, Person.id_type == person.id_type
    ways = [Person.id == person.id]
    if person.id_number_index is not None:
        ways.append(same[0] & same[1])
    if person.same_as is not None:
        ways.append(Person.same_as == person.same_as)
    return [*db.session.scalars(select(Person).where(or_(*ways)).order_by(Person.id))]


# -- what follows from the answers ----------------------------------------------------------------------------------


def _settle(people: list[Person]) -> int:
    """Let those have a token in common whose secretaries agree, and nobody else; return how many change."""
    groups = _groups(people, _agreed(people))
    changed = 0
    for group in groups:
        known = min((one.same_as for one in group if one.same_as), default=None)
        token = (known or new_uid()) if len(group) > 1 else None
        changed += _keep([one for one in group if one.same_as != token], token)
    return changed


def _agreed(people: Iterable[Person]) -> list[tuple[int, int]]:
    """Return the pairs among these records to which both sides agreed and that still have the same number."""
    known = {one.id: one for one in people}
    sides: defaultdict[str, list[int]] = defaultdict(list)
    agreed = select(Tie).where(Tie.person_id.in_(known), Tie.state == TieState.AGREED)
    for tie in db.session.scalars(agreed):
        sides[tie.pair].append(tie.person_id)
    pairs = ((ids[0], ids[1]) for ids in sides.values() if len(ids) == 2)
    return [(one, other) for one, other in pairs if _same(known[one], known[other])]


def _same(one: Person, other: Person) -> bool:
    numbers = {(person.id_number_index, person.id_type) for person in (one, other)}
    return len(numbers) == 1 and one.id_number_index is not None and not (one.archived_at or other.archived_at)


def _groups(people: list[Person], pairs: list[tuple[int, int]]) -> list[list[Person]]:
    """Return the records by who is one with whom, directly or by a third one."""
    leader = {one.id: one.id for one in people}
    for one, other in pairs:
        first, second = leader[one], leader[other]
        leader = {pk: first if led == second else led for pk, led in leader.items()}
    found: defaultdict[int, list[Person]] = defaultdict(list)
    for person in people:
        found[leader[person.id]].append(person)
    return [*found.values()]


def _keep(people: list[Person], token: str | None) -> int:
    """Write the token in plain SQL: it is no change of the record, and nobody's open form of it becomes stale."""
    table = Person.__table__
    if people:
        ids = [one.id for one in people]
        db.session.execute(update(table).where(table.c.id.in_(ids)).values(same_as=token))
        for one in people:
            db.session.expire(one, ["same_as"])
    return len(people)


def forget(person: Person) -> None:
    """Keep nothing of what ties an erased record to others; the caller commits."""
    ties, own = Tie.__table__, [tie.pair for tie in db.session.scalars(select(Tie).filter_by(person_id=person.id))]
    if own:
        db.session.execute(delete(ties).where(ties.c.pair.in_(own)))
    _keep([person], None)


# -- what is proposed -----------------------------------------------------------------------------------------------


def look() -> Counts:
    """Ask about records of two communities with the same number, and let the tokens follow from the answers."""
    with acting(system("ties")):
        asked = followed = 0
        for ids in _alike():
            with transaction():
                people = [*db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))]
                asked += _ask(people)
                followed += _settle(people)
        with transaction():
            followed += _leave()
        return {"asked": asked, "followed": followed}


def _alike() -> list[list[int]]:
    """Return the ids of the records in use that have a number in common."""
    number = Person.id_number_index, Person.id_type
    several = select(*number).where(Person.archived_at.is_(None), Person.id_number_index.is_not(None))
    shared = several.group_by(*number).having(func.count(Person.community_id.distinct()) > 1).subquery()
    same = (Person.id_number_index == shared.c.id_number_index) & (Person.id_type == shared.c.id_type)
    found: defaultdict[tuple[Any, Any], list[int]] = defaultdict(list)
    for pk, index, kind in db.session.execute(
        select(Person.id, *number).join(shared, same).where(Person.archived_at.is_(None))
    ):
        found[index, kind].append(pk)
    return [*found.values()]


def _ask(people: list[Person]) -> int:
    """Ask both secretaries about each two of these records of which they were not asked yet; return how many pairs."""
    sides: defaultdict[str, set[int]] = defaultdict(set)
    for tie in db.session.scalars(select(Tie).where(Tie.person_id.in_([one.id for one in people]))):
        sides[tie.pair].add(tie.person_id)
    known = {frozenset(ids) for ids in sides.values()}
    new = [pair for pair in combinations(people, 2) if frozenset({pair[0].id, pair[1].id}) not in known]
    for one, other in new:
        pair = new_uid()
        for mine, theirs in ((one, other), (other, one)):
            side = {"community": mine.community, "other_community": theirs.community.name}
            db.session.add(Tie(person=mine, pair=pair, **side))
            notices.tell(ASKED, mine, _SECRETARY)
        db.session.flush()
    return len(new)


def _leave() -> int:
    """Take the token from records that have no longer anybody to share it with."""
    held = select(Person).where(Person.same_as.is_not(None))
    by_token: defaultdict[str | None, list[Person]] = defaultdict(list)
    for person in db.session.scalars(held.order_by(Person.id)):
        by_token[person.same_as].append(person)
    return sum(_settle(people) for people in by_token.values())


TIES: Final = Job(
    "same_people",
    _("Find people of two communities"),
    _("Asks both secretaries about people with the same number of a document in two communities."),
    look,
    Daily(5, 20),
    {"asked": _("Pairs asked about"), "followed": _("Records that follow the answers")},
)
