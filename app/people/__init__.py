"""People (居民): one record for each person, whatever they are besides: resident, party member, volunteer (S0-01)."""

from typing import Any

from app.accounts.service import role_prepared
from app.jobs.registry import declare
from app.notices import kinds
from app.people import tidying, tying
from app.people.service import let_volunteers_be_people
from app.people.views import PersonView


def register(appbuilder: Any) -> None:
    """Add the list of people to the portal."""
    tidying.start()
    role_prepared.connect(let_volunteers_be_people)
    kinds.declare(tying.ASKED)
    declare(tying.TIES)
    appbuilder.add_view(PersonView, "m.people")
