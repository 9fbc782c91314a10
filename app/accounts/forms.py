"""The forms of accounts that are not those of a list."""

from flask_babel import lazy_gettext as _
from wtforms.validators import EqualTo, InputRequired, Length

from app.accounts.passwords import LONGEST
from app.core.forms import Line, Paragraph, PortalForm, Secret

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

    reason = Paragraph(_("Reason"), [_needed(), Length(max=200, message=_("At most 200 characters."))])
