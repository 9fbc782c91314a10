"""The forms of accounts that are not those of a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from wtforms.validators import EqualTo, InputRequired, Length

from app.accounts.models import Grant
from app.accounts.passwords import LONGEST
from app.accounts.tokens import LONGEST_LIFE
from app.core.forms import ChoiceField, Line, Number, Paragraph, PortalForm, Secret

_NEEDED = _("Please fill this in.")
_DIFFERENT = _("The two passwords differ; type the same one twice.")
_NEW = {"autocomplete": "new-password", "aria-required": "true"}
_PRESENT = {"autocomplete": "current-password", "aria-required": "true"}
_RULE = _("8 to 128 characters, with letters and digits.")


def _needed() -> InputRequired:
    return InputRequired(_NEEDED)


def _not_endless() -> Length:
    return Length(max=LONGEST, message=_("A password has at most %(most)s characters.", most=LONGEST))


class SignInForm(PortalForm):
    """Who, and the proof."""

    username = Line(
        _("Login name or mobile phone"), [_needed()], render_kw={"autocomplete": "username", "aria-required": "true"}
    )
    password = Secret(_("Password"), [_needed(), _not_endless()], render_kw=_PRESENT)


class NewPasswordForm(PortalForm):
    """A first or a new password, typed twice."""

    password = Secret(_("New password"), [_needed(), _not_endless()], description=_RULE, render_kw=_NEW)
    again = Secret(_("The same password again"), [_needed(), EqualTo("password", _DIFFERENT)], render_kw=_NEW)


class PasswordForm(PortalForm):
    """A new password, by who knows the present one."""

    old = Secret(_("Present password"), [_needed(), _not_endless()], render_kw=_PRESENT)
    new = Secret(_("New password"), [_needed(), _not_endless()], description=_RULE, render_kw=_NEW)
    again = Secret(_("The same password again"), [_needed(), EqualTo("new", _DIFFERENT)], render_kw=_NEW)


class PersonForm(PortalForm):
    """The own name and phone."""

    name = Line(_("Full name"), render_kw={"autocomplete": "name", "aria-required": "true"})
    phone = Line(_("Mobile phone"), description=_("One may sign in with it."), render_kw={"autocomplete": "tel"})


class EndForm(PortalForm):
    """Why a role is taken back."""

    reason = Paragraph(
        _("Reason"),
        [_needed(), Length(max=200, message=_("At most 200 characters."))],
        render_kw={"aria-required": "true"},
    )


@dataclass(frozen=True)
class _Held:
    """A grant as a choice of a form."""

    value: str
    label: str


def token_form(held: Iterable[Grant]) -> type[PortalForm]:
    """Return the form for a token of one of these grants."""
    choices = [_Held(str(given.id), str(given)) for given in held]

    class TokenForm(PortalForm):
        """What a program may do in one's name, what it is for, and how long."""

        name = Line(
            _("What it is for"),
            [_needed(), Length(max=40, message=_("At most 40 characters."))],
            render_kw={"aria-required": "true", "autocomplete": "off"},
        )
        grant = ChoiceField(_("With which role"), choices, validators=[_needed()], render_kw={"aria-required": "true"})
        days = Number(
            _("For how many days"),
            [_needed()],
            default=90,
            description=_("1 to %(most)s days.", most=LONGEST_LIFE),
            render_kw={"aria-required": "true"},
        )
        password = Secret(_("Present password"), [_needed(), _not_endless()], render_kw=_PRESENT)

    return TokenForm
