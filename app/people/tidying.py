"""What a person's record says by itself is filled in right before it is checked and written, at every door."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict

from app.core import clock
from app.core.bulk import Bulk, prepares
from app.core.fields import NotUnderstood
from app.core.sealed import Closed
from app.people import phones, tails
from app.people.choices import Guardianship, Relation
from app.people.models import Person
from app.people.rules import ADULT, UNSAID, changes, said_by_number

CHILDREN = frozenset({Relation.SON, Relation.DAUGHTER})


def start() -> None:
    """Tidy people from now on, in every session; before scope and history look at them."""
    if not event.contains(Session, "before_flush", _tidy):
        event.listen(Session, "before_flush", _tidy, insert=True)


def _prepare(person: Person, bulk: Bulk) -> None:
    tidy(person)


prepares(Person, _prepare)


def _tidy(session: Session, context: Any, instances: Any) -> None:
    with session.no_autoflush:
        for row in [*session.new, *session.dirty]:
            if isinstance(row, Person) and (row in session.new or session.is_modified(row)):
                tidy(row)


def tidy(person: Person) -> None:
    """Bring what was typed into the form in which it is kept, and fill in what follows from it.

    Nothing that was typed is overwritten; what does not fit together is left for the rules to refuse.
    """
    _keep_phones(person)
    if changes(person, "id_number"):
        # By another number it is no longer known to be the same person.
        person.same_as = None
    _follow_number(person)
    _follow_head(person)
    if person.consent is not None and person.consent_on is None and changes(person, "consent"):
        person.consent_on = clock.today()


def _keep_phones(person: Person) -> None:
    typed = instance_dict(person).get("phones")
    if typed is None or isinstance(typed, Closed):
        return
    person.phones = list(dict.fromkeys(phones.tidied(one) for one in typed))
    community = person.community.id if person.community is not None else person.community_id
    person.phone_tails = tails.kept(community, person.phones) if community is not None else None


def _follow_number(person: Person) -> None:
    if not changes(person, "id_number", "id_type", "sex", "birth"):
        return
    try:
        said = said_by_number(person)
    except NotUnderstood:
        return
    if said is None:
        return
    person.id_number, person.id_type = said.number, said.kind
    if person.sex in UNSAID and said.sex is not None:
        person.sex = said.sex
    if said.birth is not None and (person.birth is None or said.birth.agrees(person.birth)):
        person.birth = said.birth


def _follow_head(person: Person) -> None:
    """Let the head of the household be the guardian of the own child, as the household register says."""
    under = person.birth is not None and person.birth.may_be_under(ADULT, clock.today())
    if under and person.relation_to_head in CHILDREN and person.head_name and not person.guardian_name:
        person.guardian_name = person.head_name
        person.guardian_relation = person.guardian_relation or Guardianship.PARENT
