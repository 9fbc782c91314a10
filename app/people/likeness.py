"""Who may be the same person: asked before somebody is registered, so that nobody is registered twice (S0-01)."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.communities.models import Community
from app.core import sealing
from app.core.actor import acting, system
from app.core.fields import NotUnderstood, Text
from app.extensions import db
from app.people import identity
from app.people.birth import Birth
from app.people.models import Person
from app.people.phones import found_by

MOST: Final = 50
"""So many people of the same name, phone or number are looked at."""
TOLD_BY: Final = ("name", "id_number", "phones", "birth", "address")
"""The columns that tell people apart."""
SHOWN: Final = 10


@dataclass(frozen=True)
class Traits:
    """What tells people apart, in the form in which it is compared."""

    name: str
    number: str
    phones: frozenset[str]
    birth: Birth | None
    address: str


@dataclass(frozen=True)
class Likely:
    """Somebody who may be the same, and why."""

    person: Person
    reasons: list[Text]


def traits(values: Mapping[str, Any]) -> Traits:
    """Return what tells a person apart, of what was typed or stands in a row."""
    number = identity.comparable(values.get("id_number") or "")
    phones = frozenset(found_by(one) for one in values.get("phones") or ())
    return Traits(
        "".join((values.get("name") or "").split()),
        number,
        phones - {""},
        values.get("birth") or _born(number),
        _plain(values.get("address")),
    )


def _born(number: str) -> Birth | None:
    try:
        return identity.read(number).birth
    except NotUnderstood:
        return None


def _plain(text: str | None) -> str:
    """Return an address without blanks and signs, in which people differ."""
    flat = unicodedata.normalize("NFKC", text or "").lower()
    return "".join(sign for sign in flat if sign.isalnum())


def reasons(one: Traits, other: Traits) -> list[Text]:
    """Return why two records may be of the same person; a name alone is no reason."""
    same_name, born = one.name == other.name, bool(one.birth and other.birth and one.birth.agrees(other.birth))
    shared = bool(one.phones & other.phones)
    found = [
        (_("same number of the document"), bool(one.number) and one.number == other.number),
        (_("same name and phone"), same_name and shared),
        (_("same name and date of birth"), same_name and born),
        (_("same name and address"), same_name and bool(one.address) and one.address == other.address),
        (_("same phone and date of birth"), shared and born and not same_name),
    ]
    return [reason for reason, holds in found if holds]


def take_turns(community_id: int) -> None:
    """Let nobody else look for somebody to register here until the transaction is over; SQLite has one writer anyway.

    Of two who register the same person at the same moment the second one then finds the record of the first.
    """
    # Rows that name the community are written meanwhile: its key does not change.
    mine = select(Community.id).where(Community.id == community_id).with_for_update(key_share=True)
    with acting(system("people")), db.session.no_autoflush:
        db.session.scalar(mine)


def likely(values: Mapping[str, Any], community: Any) -> list[Likely]:
    """Return who of those the actor sees in a community may be the person about to be registered."""
    mine = traits(values)
    found = [Likely(person, reasons(mine, traits_of(person))) for person in _candidates(mine, community.id)]
    return [one for one in found if one.reasons][:SHOWN]


def like(person: Person) -> list[Likely]:
    """Return who of those the actor sees in the same community may be this person again."""
    mine = traits_of(person)
    others = [one for one in _candidates(mine, person.community_id) if one is not person]
    found = [Likely(one, reasons(mine, traits_of(one))) for one in others]
    return [one for one in found if one.reasons][:SHOWN]


def _candidates(mine: Traits, community_id: int) -> Iterable[Person]:
    ways = [Person.name == mine.name, *(sealing.holds(Person, "phones", phone) for phone in sorted(mine.phones))]
    if mine.number:
        ways.append(sealing.holds(Person, "id_number", mine.number))
    asked = select(Person).where(Person.community_id == community_id, Person.archived_at.is_(None), or_(*ways))
    return db.session.scalars(asked.order_by(Person.id.desc()).limit(MOST))


def traits_of(person: Person) -> Traits:
    """Return what tells a person apart."""
    return traits({name: getattr(person, name) for name in TOLD_BY})


def key(found: Iterable[Likely]) -> str:
    """Return what the form sends back to say that none of these is the person."""
    return " ".join(str(one.person.id) for one in found)


def are_others(found: Iterable[Likely], said: str) -> bool:
    """Tell whether of each of these it was said that it is somebody else."""
    return {str(one.person.id) for one in found} <= set(said.split())
