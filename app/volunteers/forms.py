"""The form by which somebody is registered as a volunteer by name and phone."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms.validators import StopValidation

from app.core import checks
from app.core.fields import Text, facts
from app.core.forms import Kept, Line, RowForm, WordingLine, field_for, row_form
from app.core.rules import too_long
from app.people.birth import Birth
from app.people.models import Person
from app.volunteers.models import Volunteer

NAMES: Final = (
    *("teams", "skills", "skill_text", "availability", "intentions", "places"),
    *("insurance_until", "training", "guardian_agreed_on"),
)
"""The columns of the volunteer that are asked; the guardian's name stands beside the person's."""
WHO: Final = ("name", "phone", "birth", "guardian_name", "guardian_phone")
"""What is asked of the person."""
LONGEST: Final = {"name": 40, "phone": 20, "guardian_name": 40, "guardian_phone": 32}
_NEEDED: Final = {"aria-required": "true", "autocomplete": "off"}
_PRIVATE: Final = {"autocomplete": "off"}


def _checked(form: Any, field: Any) -> None:
    """Stop what the people's own rules would refuse, beside the field it was typed into."""
    value = field.data
    if not value:
        wrong: Text | None = _("Please fill this in.") if "aria-required" in field.render_kw else None
    else:
        is_phone = "phone" in field.name
        wrong = too_long(value, LONGEST[field.name]) or (checks.phone(value) if is_phone else _plain(value))
    if wrong is not None:
        raise StopValidation(str(wrong))


def _plain(name: str) -> Text | None:
    return _("Type the whole value; a mask is not stored.") if "*" in name else None


def _label(name: str) -> Text:
    return facts(Person)[name].label


EnrolForm: Final[type[RowForm]] = row_form(
    Volunteer,
    NAMES,
    name=Line(_label("name"), validators=[_checked], render_kw=_NEEDED),
    phone=Line(
        _("Phone"), description=_("The own number, by which they are called."), validators=[_checked], render_kw=_NEEDED
    ),
    birth=WordingLine(
        _label("birth"), worded=Birth, description=_("Like 1952-03-08; asked of the young."), render_kw=_PRIVATE
    ),
    guardian_name=Line(
        _("Guardian"), description=_("Of somebody under 18."), validators=[_checked], render_kw=_PRIVATE
    ),
    guardian_phone=Line(_label("guardian_phone"), validators=[_checked], render_kw=_PRIVATE),
    community=field_for(Volunteer, "community"),
    uid=Kept(),
)
"""Found by the same name and phone among the people, or added there; see `service.enrol`."""
