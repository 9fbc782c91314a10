"""The rules of a person: what a document's number says must agree, and children have a guardian."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select
from sqlalchemy.orm import object_session

from app.core import access, clock, display, sealing
from app.core.actor import Actor, acting, current
from app.core.fields import NotUnderstood, Text
from app.people import identity
from app.people.choices import AGREED, Sex
from app.people.identity import Identity

Complaints = dict[str, Text]

CHILD: Final = 14
"""Below this age all of somebody's data is sensitive, and the guardian agrees (PIPL, articles 28 and 31)."""
ADULT: Final = 18
SELF_SUPPORTING: Final = 16
"""From this age on who lives by the own work needs no guardian (Civil Code, article 18)."""

LONGEST_TAG: Final = 20
MOST_TAGS: Final = 10
UNSAID: Final = frozenset({None, Sex.UNKNOWN, Sex.UNSTATED})
"""What says nothing against the sex in a number."""

SAYS_OTHERWISE: Final = _("The number of the document says otherwise; correct one of the two.")


def said_by_number(person: Any) -> Identity | None:
    """Return what the number of a person says; None where there is none. Raises NotUnderstood."""
    return identity.read(person.id_number, person.id_type) if person.id_number else None


def changes(person: Any, *names: str) -> bool:
    """Tell whether one of these columns has been set to something else."""
    attributes = sa_inspect(person).attrs
    return any(attributes[name].history.has_changes() for name in names)


def agrees_with_number(person: Any) -> Complaints | None:
    """A number is one of its document, and says no other sex or birthday than what was typed."""
    if not changes(person, "id_number", "id_type", "sex", "birth"):
        return None
    try:
        said = said_by_number(person)
    except NotUnderstood as wrong:
        kind = wrong.args[0] in (identity.WHICH, identity.NOT_THIS_KIND)
        return {"id_type" if kind else "id_number": wrong.args[0]}
    found: Complaints = {}
    if said is not None and said.birth and person.birth and not said.birth.agrees(person.birth):
        found["birth"] = SAYS_OTHERWISE
    if said is not None and said.sex and person.sex not in {said.sex, *UNSAID}:
        found["sex"] = SAYS_OTHERWISE
    return found


def number_is_free(person: Any) -> Complaints | None:
    """No two people in use of one community have the same number; who it is is told only to who may see them."""
    session, actor = object_session(person), current()
    if session is None or actor is None or person.archived_at is not None or not person.id_number:
        return None
    if not changes(person, "id_number", "id_type", "archived_at"):
        return None
    model = type(person)
    same = sealing.holds(model, "id_number", person.id_number), model.id_type == person.id_type
    here = model.community_id == person.community_id, model.archived_at.is_(None), model.id != (person.id or 0)
    # Whoever has it must be found, also out of the sight of who asks.
    with acting(Actor(actor.label, actor.user_id, unbounded=True)), session.no_autoflush:
        taken = session.scalars(select(model).where(*same, *here).limit(1)).first()
    return {"id_number": _taken_by(taken, actor)} if taken is not None else None


def _taken_by(person: Any, actor: Actor) -> Text:
    if access.may_row("v", person, actor):
        return _("This number is that of %(name)s, who is registered already.", name=display.titled(person))
    return _("Somebody in this community has this number already; ask the office to look it up.")


def guardian_is_named(person: Any) -> Complaints | None:
    """Somebody under 18 has a guardian; of a child under 14 it is known who that is and how to reach them."""
    today, born = clock.today(), person.birth
    if born is None or person.archived_at is not None or not born.may_be_under(ADULT, today):
        return None
    if person.from_ledger:
        # Old ledgers seldom say it; it is asked for when somebody next opens the record.
        return None
    if person.job and not born.may_be_under(SELF_SUPPORTING, today):
        return None
    found: Complaints = {}
    if not person.guardian_name:
        found["guardian_name"] = _("Name the guardian of somebody under 18.")
    if not born.may_be_under(CHILD, today):
        return found
    if person.guardian_relation is None:
        found["guardian_relation"] = _("Say what the guardian of a child under 14 is to the child.")
    is_head = person.guardian_name and person.guardian_name == person.head_name
    if not (person.guardian_phone or person.phones or is_head):
        found["guardian_phone"] = _("Give a phone of the guardian of a child under 14.")
    return found


def consent_is_whole(person: Any) -> Complaints | None:
    """For a child under 14 the guardian agrees, separately (PIPL, article 31)."""
    child = person.birth is not None and person.birth.may_be_under(CHILD, clock.today())
    if child and person.consent in AGREED and person.guardian_consent_on is None:
        return {"guardian_consent_on": _("A child under 14 cannot agree alone; say when the guardian agreed.")}
    return None


def tags_are_short(person: Any) -> Complaints | None:
    """A few short words."""
    tags = person.tags or []
    if len(tags) > MOST_TAGS:
        return {"tags": _("At most %(most)s tags.", most=MOST_TAGS)}
    if any(len(tag) > LONGEST_TAG for tag in tags):
        return {"tags": _("A tag has at most %(most)s characters.", most=LONGEST_TAG)}
    return None


def merged_stays_archived(person: Any) -> Complaints | None:
    """A record that was merged into another one comes back only by undoing that."""
    if person.merged_into_id is not None and person.archived_at is None and changes(person, "archived_at"):
        return {"archived_at": _("It was merged into another record; undo that instead.")}
    return None
