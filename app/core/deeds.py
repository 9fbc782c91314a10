"""What is done with a row beyond editing its columns and the moves of its flow: said once, for page and program."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field as FormField
from wtforms.csrf.core import CSRFTokenField

from app.core.fields import Text
from app.core.forms import Day, Flag, Kept, Number, PortalForm
from app.core.payload import NOT_ASKED
from app.core.rules import Violation
from app.core.selects import RemoteSelect

KINDS: Final[tuple[tuple[type[FormField], str], ...]] = (
    (Day, "date"),
    (Flag, "flag"),
    (Number, "number"),
    (RemoteSelect, "one"),
)
"""How the fields of such a form are written in JSON; any other is a text."""


class NothingAsked(PortalForm):
    """Nothing is asked, but whether the row is still the one that was seen."""

    version = Kept()


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done with a row: what is asked for it, and the service that does it.

    `make` takes row and form, and may return what is told once to the program that asked.
    """

    label: Text
    form: type[PortalForm]
    make: Callable[[Any, Any], dict[str, Any] | None]
    tone: str = "plain"
    help: Text | None = None

    def asks(self) -> dict[str, FormField]:
        """Return the fields that are asked, by name, unbound from any request."""
        form = self.form(formdata=None, meta={"csrf": False})
        return {field.name: field for field in form if not isinstance(field, Kept | CSRFTokenField)}


def kind_of(field: FormField) -> str:
    """Return the kind of value a field takes, as `Shape.kind` names it."""
    return next((kind for known, kind in KINDS if isinstance(field, known)), "text")


def is_needed(field: FormField) -> bool:
    """Tell whether the field must be filled in."""
    return "aria-required" in (field.render_kw or {})


def filled(deed: Deed, row: Any, given: dict[str, Any]) -> PortalForm:
    """Return the form as a program filled it in; a related row it does not name stays. Raises Violation."""
    asks = deed.asks()
    wrong: dict[str, list[Text]] = {name[:40]: [NOT_ASKED] for name in set(given) - set(asks)}
    wrong |= {name: [_NO_VALUE] for name in asks.keys() & given.keys() if not _fits(asks[name], given[name])}
    if wrong:
        raise Violation(wrong)
    stays = {name: getattr(row, name, None) for name, field in asks.items() if kind_of(field) == "one"}
    known = {name: related.id for name, related in stays.items() if related is not None}
    form = deed.form(formdata=MultiDict(_typed(known | given)), meta={"csrf": False})
    if not form.validate():
        raise Violation(dict(form.errors))
    return form


_NO_VALUE: Final = _("This is not a value for this.")
_TYPES: Final[dict[str, tuple[type, ...]]] = {"flag": (bool,), "number": (int,), "one": (int,)}


def _fits(field: FormField, value: Any) -> bool:
    kinds = _TYPES.get(kind_of(field), (str,))
    return value is None or (isinstance(value, kinds) and isinstance(value, bool) == (kinds == (bool,)))


def _typed(given: Mapping[str, Any]) -> dict[str, str]:
    """Return values as a person would send them: nothing for what is empty, and for a box without a tick."""
    return {name: str(value) for name, value in given.items() if value is not None and value is not False}
