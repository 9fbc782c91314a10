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
from app.core.files import service as files
from app.core.moves import Refused
from app.core.timeline import Step, steps_of
from app.extensions import db
from app.people import belongings, mentions, merging, parting, rights, tying
from app.people.models import ERASED, Person

KEPT: Final = frozenset({"consent", "consent_on", "consent_version", "guardian_consent_on"})
"""That, when and to which text somebody agreed; who keeps data must be able to prove it (PIPL, articles 14 and 69)."""
_OWN_KEPT: Final = KEPT | {"name", "account"}
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
    "person_merger",
    "person_tie",
    "attachment",
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
        for other in parting.absorbed(person):
            _empty(other, reason)
        merging.forget(person)
    with database.transaction(), rights.seeing_everything():
        anew = _forget(pk)
    return Outcome(entrance, anew, database.rewrite(*TABLES, *belongings.tables()))


def _empty(person: Person, reason: str) -> Entrance:
    _rename_in_steps(person)
    entrance, first = _close_entrance(person), person.name != str(ERASED)
    own = [(row, one.kept) for row, one in belongings.rows(person)]
    for row, _kept in own:
        _empty_steps(row)
    tying.forget(person)
    files.wipe(person)
    for row, kept in [(person, _OWN_KEPT), *own]:
        for name, value in _emptied(row, kept).items():
            setattr(row, name, value)
        if first:
            row.archived_at, row.archive_reason = row.archived_at or clock.now(), reason
    db.session.flush()
    return entrance


def _rename_in_steps(person: Person) -> None:
    """Let the steps that name the person in words name nobody; history goes by what they say from now on."""
    for row, step in mentions.steps(person):
        _restate(row, step, {name: str(ERASED) for name, words in step.said.items() if words == person.name})


def _empty_steps(row: Any) -> None:
    """Let the steps of a row that is the person's own no longer say what was personal in it."""
    for step in steps_of(db.session(), row) if type(row).list_name in Step.told else []:
        _restate(row, step, {name: str(ERASED) for name in step.said if name in type(row).personal})


def _restate(row: Any, step: Step, instead: dict[str, Any]) -> None:
    """Let a step say something else; one that somebody tampered with stays as it is, to be found."""
    if instead.items() <= step.said.items() or not verifying.stands(db.session.connection(), step):
        return
    step.said = step.said | instead
    recording.restate("erased", row, step)


def _emptied(row: Any, kept: frozenset[str]) -> dict[str, Any]:
    """Return what each column becomes; of a relation also its key. A new column is emptied unless it is named above."""
    found: dict[str, Any] = {"name": str(ERASED)} if isinstance(row, Person) else {}
    for name, field in facts(type(row)).items():
        if field.edited and name not in kept:
            form = shape(type(row), name)
            empty: Any = [] if form.kind in ("list", "many") else None
            found |= {name: empty, form.column: empty}
    return {name: value for name, value in found.items() if getattr(row, name) != value}


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
    people = [person, *parting.absorbed(person)]
    # Who signs in by the account elsewhere was parted from it above.
    rows: list[Any] = [*people, *(one.account for one in people if one.account is not None)]
    rows += [row for one in people for row, _belonging in belongings.rows(one)]
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
