"""Making two records of one again (S0-01): what somebody changed in the meantime stays, and is named."""

import json
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import access, clock, payload, recording
from app.core.database import Clash
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.people import portraits, rights
from app.people.merges import Merger
from app.people.merging import ADDED, lead, references, set_values, spoken
from app.people.models import ERASED, Person

PARTED: Final = "part"


def standing(gone: Person) -> Merger | None:
    """Return how the record came to be merged, if it is."""
    found = select(Merger).where(Merger.gone_id == gone.id, Merger.undone_at.is_(None))
    merger: Merger | None = db.session.scalars(found.order_by(Merger.id.desc()).limit(1)).first()
    return merger


def absorbed(person: Person) -> list[Person]:
    """Return the records that were merged into this one, and into those."""
    found: list[Person] = []
    layer = [person.id]
    while layer:
        merged = select(Person).where(Person.community_id == person.community_id, Person.merged_into_id.in_(layer))
        rows = list(db.session.scalars(merged.order_by(Person.id)))
        found, layer = [*found, *rows], [row.id for row in rows]
    return found


def part(gone: Person) -> list[str]:
    """Make two records again, and return the columns that stay because somebody changed them later.

    The caller commits. Raises Refused.
    """
    if gone.merged_into_id is None:
        raise Refused(_("This record has not been merged into another one."))
    if not all(access.may_row("a", one) for one in (gone, gone.merged_into)):
        raise access.Forbidden
    with rights.seeing_everything():
        merger, kept = standing(gone), gone.merged_into
        if merger is None or kept is None or kept.name == str(ERASED) or kept.archived_at is not None:
            raise Refused(_("The record it was merged into is no longer there; this cannot be undone."))
        stays = _give_back(kept, gone, json.loads(merger.changes or "{}"))
        _bring_back(gone)
        portraits.give_back(kept, gone)
        _lead_back(merger, kept, gone)
        merger.undone_at = clock.now()
        recording.remark(PARTED, kept, other=gone.id)
        db.session.flush()
    return stays


def _bring_back(gone: Person) -> None:
    gone.merged_into = None
    gone.merged_into_id = None
    gone.archived_at = gone.archive_reason = None
    try:
        db.session.flush()
    except (Violation, Clash):
        raise Refused(
            _("The two records cannot both stand any more; look at the numbers of their documents.")
        ) from None


def _give_back(kept: Person, gone: Person, changes: dict[str, list[Any]]) -> list[str]:
    """Let the record that stayed say what it said before, where nobody has changed it since; return where not."""
    was = payload.values(Person, {name: before for name, (before, _after) in changes.items()}, changes)
    back, stays = {}, []
    for name, value in was.items():
        if name in ADDED:
            only_theirs = {*(getattr(gone, name) or [])} - {*(value or [])}
            back[name] = [one for one in getattr(kept, name) or [] if one not in only_theirs]
        elif spoken(kept, name) == changes[name][1]:
            back[name] = value
        else:
            stays.append(name)
    try:
        set_values(kept, back)
    except Violation as wrong:
        said = next(iter(wrong.errors.values()))
        raise Refused(_("The record would not be right any more: %(said)s", said=said[0])) from None
    return stays


def _lead_back(merger: Merger, kept: Person, gone: Person) -> None:
    known = {(model.__tablename__, relation): (model, column) for model, relation, column in references()}
    for table, pk, relation in merger.moved:
        model, column = known.get((table, relation), (None, ""))
        row = db.session.get(model, pk) if model is not None else None
        if row is not None and getattr(row, column) == kept.id:
            lead(row, relation, gone)
