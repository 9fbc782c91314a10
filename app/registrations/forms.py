"""The form by which somebody reports in by name, phone and number."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.core.forms import Kept, RowForm, field_for, row_form
from app.people.by_name import line
from app.registrations.models import Member

NAMES: Final = ("unit", "party_joined_on", "reported_on", "service_posts", "skills")
"""The columns of the registration that are asked."""

EnrolForm: Final[type[RowForm]] = row_form(
    Member,
    NAMES,
    name=line("name"),
    phone=line("phone", _("Phone"), _("The own number, by which they are called.")),
    id_number=line("id_number", help_=_("By it the same member is known in another community; may stay empty.")),
    community=field_for(Member, "community"),
    uid=Kept(),
)
"""Found among the people by name with number or phone, or added there; see `service.enrol`."""
