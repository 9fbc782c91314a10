"""Volunteers (志愿者): who serves the community, under which number, with what skills and when (S2-25, S3-05)."""

from typing import Any, Final

from app.jobs.registry import declare
from app.notices import kinds
from app.notices import news as notices
from app.people import belongings
from app.people.belongings import Belonging
from app.volunteers.jobs import JOBS
from app.volunteers.models import Volunteer
from app.volunteers.news import INSURANCE, NEWS
from app.volunteers.views import VolunteerView

KEPT: Final = frozenset({"person", "registered_on"})
"""What stays of a volunteer whose person was erased: that the number was given to somebody, and when."""


def register(appbuilder: Any) -> None:
    """Add the list of volunteers to the portal, what it tells people and its jobs."""
    notices.declare(Volunteer.list_name, NEWS)
    kinds.declare(INSURANCE)
    belongings.declare(Belonging(Volunteer, "person", KEPT))
    for job in JOBS:
        declare(job)
    appbuilder.add_view(VolunteerView, "m.volunteers")
