"""The form by which somebody is registered as a volunteer by name and phone."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import facts
from app.core.forms import Kept, RowForm, WordingLine, field_for, row_form
from app.people.birth import Birth
from app.people.by_name import line
from app.people.models import Person
from app.volunteers.models import Volunteer

NAMES: Final = (
    *("teams", "skills", "skill_text", "availability", "intentions", "places"),
    *("insurance_until", "training", "guardian_agreed_on"),
)
"""The columns of the volunteer that are asked; the guardian's name stands beside the person's."""
WHO: Final = ("name", "phone", "birth", "guardian_name", "guardian_phone")
"""What is asked of the person."""
EnrolForm: Final[type[RowForm]] = row_form(
    Volunteer,
    NAMES,
    name=line("name"),
    phone=line("phone", _("Phone"), _("The own number, by which they are called.")),
    birth=WordingLine(
        facts(Person)["birth"].label,
        worded=Birth,
        description=_("Like 1952-03-08; asked of the young."),
        render_kw={"autocomplete": "off"},
    ),
    guardian_name=line("guardian_name", _("Guardian"), _("Of somebody under 18.")),
    guardian_phone=line("guardian_phone"),
    community=field_for(Volunteer, "community"),
    uid=Kept(),
)
"""Found by the same name and phone among the people, or added there; see `service.enrol`."""
