"""What a person shows of the groups they are in."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import select

from app.core import access
from app.core.specification import Panel
from app.extensions import db
from app.people.models import Person
from app.vulnerabilities.models import Vulnerability

SHOWN: Final = 20


def of_the_person(view: Any) -> Callable[[Person], list[Panel]]:
    """Return what makes the panel of a person, with the pages of `view`."""

    def panels(person: Person) -> list[Panel]:
        if not access.may("v", view.guard):
            return []
        found = select(Vulnerability).filter_by(community_id=person.community_id, person_id=person.id)
        entries = list(db.session.scalars(found.order_by(Vulnerability.id.desc()).limit(SHOWN)))
        adds = access.may("c", view.guard) and person.archived_at is None
        values = {"entries": entries, "view": view, "adds": adds}
        return [("vulnerabilities/panel.html", values)] if entries or adds else []

    return panels
