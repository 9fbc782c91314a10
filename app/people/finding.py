"""Finding somebody by what is written on a slip, for who may not read the people: searched before it is made (S0-01).

Whether somebody was known is told to nobody: both ways look alike.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.communities.models import Community
from app.core import checks, sealing
from app.core.fields import NotUnderstood, Text
from app.core.rules import Violation, too_long
from app.extensions import db
from app.people import identity, likeness
from app.people import phones as telephones
from app.people.models import Person

LONGEST: Final = {"name": 40, "phone": 20, "id_number": 30, "guardian_name": 40, "guardian_phone": 32}
NEEDED: Final = ("name", "phone")
MADE_WITH: Final = ("name", "birth", "guardian_name", "guardian_phone", "consent", "consent_version")
_EMPTY: Final = _("Please fill this in.")


def known_or_new(community: Community, who: Mapping[str, Any]) -> Person:
    """Return the person of a community with this number or phone, always of this name, or a new one.

    `who`: name and phone, perhaps id_number, birth, guardian_name and guardian_phone, and consent and consent_version,
    which are kept only with a new record. The caller commits, and sees to it that the whole community is in sight.
    Raises Violation under the names of `who`.
    """
    require(who)
    likeness.take_turns(community.id)
    return _by_number(community, who) or _by_phone(community, who) or _made(community, who)


def require(who: Mapping[str, Any]) -> None:
    """Refuse what is no name, phone or number. Raises Violation."""
    found = {name: said for name in LONGEST if (said := complaint(name, who.get(name))) is not None}
    if found:
        raise Violation({name: [said] for name, said in found.items()})


def complaint(name: str, value: str | None) -> Text | None:
    """Return what is wrong with one of the texts somebody is found by, or None."""
    if not value:
        return _EMPTY if name in NEEDED else None
    wrong = too_long(value, LONGEST[name]) or checks.visible(value)
    if wrong is not None:
        return wrong
    if "phone" in name:
        return checks.phone(value)
    if "*" in value:
        return _("Type the whole value; a mask is not stored.")
    return _not_a_number(value) if name == "id_number" else None


def _not_a_number(value: str) -> Text | None:
    try:
        identity.read(value)
    except NotUnderstood as wrong:
        return str(wrong)
    return None


def own_numbers(person: Person) -> list[str]:
    """Return the phones of a person that are nobody else's, the first to be called first."""
    split = [telephones.split(phone) for phone in person.phones or ()]
    return [number for owner, number in split if not owner]


def _holder(community: Community, who: Mapping[str, Any]) -> Person | None:
    """Return the person in use whose document has this number, whatever the name."""
    if not who.get("id_number"):
        return None
    wanted = sealing.holds(Person, "id_number", identity.comparable(who["id_number"]))
    here = select(Person).filter_by(community_id=community.id, archived_at=None)
    person: Person | None = db.session.scalars(here.where(wanted).order_by(Person.id).limit(1)).first()
    return person


def _by_number(community: Community, who: Mapping[str, Any]) -> Person | None:
    person = _holder(community, who)
    # Were another name enough, a number would buy the masked name of whoever has it.
    return person if person is not None and person.name == who["name"] else None


def _by_phone(community: Community, who: Mapping[str, Any]) -> Person | None:
    """Return the person in use of exactly this name who has, as an own number, this phone, and no other document."""
    wanted = telephones.found_by(who["phone"])
    here = select(Person).filter_by(community_id=community.id, name=who["name"], archived_at=None)
    found = db.session.scalars(here.where(sealing.holds(Person, "phones", wanted)).order_by(Person.id))
    return next((person for person in found if _answers(person, wanted) and _may_have(person, who)), None)


def _answers(person: Person, wanted: str) -> bool:
    """Tell whether one of a person's own numbers is found by these digits."""
    return wanted in map(telephones.found_by, own_numbers(person))


def _may_have(person: Person, who: Mapping[str, Any]) -> bool:
    given = identity.comparable(who.get("id_number") or "")
    return not given or not person.id_number or identity.comparable(person.id_number) == given


def _made(community: Community, who: Mapping[str, Any]) -> Person:
    columns = {name: who.get(name) for name in MADE_WITH}
    if _holder(community, who) is None:
        columns["id_number"] = who.get("id_number")
    else:
        # To refuse it would tell that the number is known here.
        columns["remark"] = gettext("The number typed with this record is that of another person here; compare them.")
    person = Person(community=community, phones=[who["phone"]], **columns)
    db.session.add(person)
    try:
        db.session.flush()
    except Violation as wrong:
        raise Violation({"phone" if name == "phones" else name: said for name, said in wrong.errors.items()}) from None
    return person
