"""Erasing a person: everything personal goes, everything that refers to them remains (S2-11, S0-01; PIPL, article 47).

In two transactions: what a transaction changes is written into history right before its commit, sealed under the
person's key. So the columns are emptied first, and the key destroyed afterwards. Stopped between the two, the same
command again finishes the work.
"""

import enum
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.accounts import emptying
from app.core import checks, clock, database, recording, rules, subject_keys, verifying
from app.core.fields import facts, shape
from app.core.moves import Refused
from app.extensions import db
from app.people import belongings, mentions, rights
from app.people.models import ERASED, Person

KEPT: Final = frozenset({"consent", "consent_on", "consent_version", "guardian_consent_on"})
"""That, when and to which text somebody agreed; who keeps data must be able to prove it (PIPL, articles 14 and 69)."""
LONGEST: Final = 200
TABLES: Final = (
    "person",
    "party",
    "account",
    "subject_key",
    "sign_in",
    "access_token",
    "one_time_link",
    "saved_view",
    "step",
    "member",
)
"""In which the values stood."""


@enum.unique
class Entrance(enum.Enum):
    """What became of the account by which the person signed in."""

    NONE = "none"
    CLOSED = "closed"
    STAYS = "stays"
    """Somebody works elsewhere by it; only the roles of this community ended."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What erasing a person came to."""

    entrance: Entrance
    anew: bool
    """False where everything had been erased before."""
    wiped: bool
    """Whether the files of the database no longer hold anything either."""


def require_reason(person: Person, reason: str) -> None:
    """Refuse a reason that is empty, too long, or would itself keep what is to be erased. Raises Refused."""
    wrong = checks.visible(reason) or rules.too_long(reason, LONGEST) if reason else _("Please fill this in.")
    if wrong is not None:
        raise Refused(wrong)
    numbers = (number for phone in person.phones or () for number in phone.split())
    said = [one for one in (person.name, person.id_number, *numbers) if one and one != str(ERASED)]
    if any(one in reason for one in said):
        raise Refused(_("The reason stays; write it without the name and the numbers of the person."))


def erase(pk: int, reason: str) -> Outcome:
    """Erase what is kept of a person, for a reason that stays. Commits, twice. Raises Refused."""
    with database.transaction(), rights.allowed(pk, rights.ERASE) as person:
        require_reason(person, reason)
        entrance = _empty(person, reason)
    with database.transaction(), rights.seeing_everything():
        anew = _forget(pk)
    return Outcome(entrance, anew, database.rewrite(*TABLES))


def _empty(person: Person, reason: str) -> Entrance:
    _rename_in_steps(person)
    entrance, first = _close_entrance(person), person.name != str(ERASED)
    for name, value in _emptied(person).items():
        setattr(person, name, value)
    if first:
        person.archived_at, person.archive_reason = person.archived_at or clock.now(), reason
    belongings.empty(person)
    db.session.flush()
    return entrance


def _rename_in_steps(person: Person) -> None:
    """Let the steps that name the person in words name nobody; history goes by what they say from now on.

    A step that somebody tampered with stays as it is, to be found.
    """
    found = [one for one in mentions.steps(person) if verifying.stands(db.session.connection(), one[1])]
    for row, step in found:
        step.said = {name: str(ERASED) if words == person.name else words for name, words in step.said.items()}
        recording.restate("erased", row, step)


def _emptied(person: Person) -> dict[str, Any]:
    """Return what each column becomes; of a relation also its key. A new column is emptied unless it is named above."""
    found: dict[str, Any] = {"name": str(ERASED)}
    for name, field in facts(Person).items():
        if field.edited and name not in {"name", "account", *KEPT}:
            form = shape(Person, name)
            empty: Any = [] if form.kind == "list" else None
            found |= {name: empty, form.column: empty}
    return {name: value for name, value in found.items() if getattr(person, name) != value}


def _close_entrance(person: Person) -> Entrance:
    account, here = person.account, person.community_id
    if account is None:
        return Entrance.NONE
    if emptying.is_emptied(account):
        return Entrance.CLOSED
    emptying.end_grants(account, here)
    if emptying.works_elsewhere(account, here) or rights.other_records(account, here):
        person.account = None
        person.account_id = None
        return Entrance.STAYS
    emptying.empty(account, str(ERASED))
    return Entrance.CLOSED


def _forget(pk: int) -> bool:
    """Destroy the keys of what history keeps, and write down that it was done; False where nothing was left to do."""
    person = db.session.get_one(Person, pk)
    # Who signs in by the account elsewhere was parted from it above.
    rows = [person, *([person.account] if person.account is not None else []), *belongings.rows(person)]
    destroyed = [subject_keys.forget(db.session(), row.uid) for row in rows]
    if any(destroyed):
        recording.note("erased", person.list_name, person, into=person.community_id)
    return any(destroyed)


def said(outcome: Outcome) -> list[str]:
    """Return what is said about it, a sentence each."""
    entrances = {
        Entrance.CLOSED: gettext("The account is closed and emptied."),
        Entrance.STAYS: gettext("The account works elsewhere and stays; its roles in this community have ended."),
    }
    done = gettext("The personal data has been erased.") if outcome.anew else gettext("It had been erased before.")
    found = [done, *([entrances[outcome.entrance]] if outcome.entrance in entrances else [])]
    if not outcome.wiped:
        found.append(
            gettext("The database is in use, and its files may still hold traces: give the same command again later.")
        )
    return [*found, gettext("Backups made before still hold it: destroy them when their time is over.")]
