"""Vulnerable groups (困难群众分类台账): who needs attention, why, and when somebody last looked (S3-08)."""

from typing import Any, Final

from app.people import belongings
from app.people.belongings import Belonging
from app.people.models import Person
from app.vulnerabilities.models import Vulnerability
from app.vulnerabilities.panel import of_the_person
from app.vulnerabilities.parts import PARTS
from app.vulnerabilities.views import VulnerabilityView

KEPT: Final = frozenset({"person", "category", "level", "in_charge", "checked_on", "next_check", "ended_on"})
"""What stays of an entry whose person was erased: what it counted as, and none of the words."""


def register(appbuilder: Any) -> None:
    """Add the list to the portal, and let each person show the groups they are in."""
    belongings.declare(Belonging(Vulnerability, "person", KEPT))
    appbuilder.add_view(VulnerabilityView, "m.vulnerabilities")
    views = {view.list_name: view for view in appbuilder.list_views()}
    view = views[Vulnerability.list_name]
    view.name_parts(PARTS)
    views[Person.list_name].guests.append(of_the_person(view))
