"""What must hold for a talent: one entry per person, and short certificates."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select
from sqlalchemy.orm import object_session

from app.core.actor import acting, system
from app.core.fields import Text

Complaints = dict[str, Text]

MOST: Final = 10
LONGEST: Final = 60


def person_is_new(row: Any) -> Complaints | None:
    """Nobody stands twice in the list."""
    session, attributes, model = object_session(row), sa_inspect(row).attrs, type(row)
    changed = any(attributes[name].history.has_changes() for name in ("person_id", "person", "archived_at"))
    if session is None or row.person is None or row.archived_at is not None or not changed:
        return None
    same = select(model.id).filter_by(community_id=row.person.community_id, person_id=row.person.id, archived_at=None)
    # The other entry may be out of the sight of who writes this one.
    with acting(system("talents")), session.no_autoflush:
        taken = session.scalar(same.where(model.id != (row.id or 0)).limit(1)) is not None
    return {"person": _("The person stands in this list already.")} if taken else None


def certificates_are_short(row: Any) -> Complaints | None:
    """A few lines."""
    lines = row.certificates or []
    if len(lines) > MOST:
        return {"certificates": _("At most %(most)s lines.", most=MOST)}
    if any(len(line) > LONGEST for line in lines):
        return {"certificates": _("A line has at most %(most)s characters.", most=LONGEST)}
    return None
