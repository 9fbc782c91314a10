"""Forms derived from column facts. Types and choices are checked here; every other rule stands below, in `rules`."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from flask import request
from flask_babel import get_translations, gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field as FormField
from wtforms import FloatField, HiddenField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms.fields import BooleanField, DateField, DateTimeLocalField
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.core import checks, clock, rules
from app.core.display import hides, veil
from app.core.fields import RELATED, Field, NotUnderstood, Shape, Text, Worded, facts, shape
from app.core.masking import MASKED
from app.core.rules import BIGGEST_NUMBER
from app.core.selects import RemoteMany, RemoteSelect

_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
LONG_TEXT: Final = 120
"""Texts that may be longer than this get a box of several lines."""
# `aria-required` instead of `required`: the browser's own bubble would speak the browser's language.
NEEDED: Final = {"aria-required": "true"}
"""What marks a field that cannot stay empty."""


class _Words:
    """Lets WTForms speak through the portal's own catalogue."""

    def gettext(self, text: str) -> str:
        return str(gettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        # The portal's words without filling in: WTForms does that itself.
        return str(get_translations().ungettext(one, many, number))


class PortalForm(FlaskForm):
    """A form of the portal."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Words:
            """Return the portal's own words."""
            return _Words()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read the fields of the form only: neither a file nor JSON is a text somebody typed."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if form.is_submitted() else None

    def complain(self, errors: Mapping[str, Iterable[Text]]) -> None:
        """Put complaints beside their fields; those of no field stand above the form."""
        for name, texts in errors.items():
            field = self._fields.get(name)
            said = [str(text) for text in texts]
            if field is not None:
                field.errors = [*field.errors, *said]
            else:
                self.form_errors: Sequence[str] = [*self.form_errors, *said]


def _trimmed(text: str | None) -> str | None:
    return text.replace("\r\n", "\n").strip() if text else text


class Line(StringField):
    """A line of text; blank means empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the text without surrounding blanks; nothing typed is no value."""
        self.data = _trimmed(valuelist[0]) or None if valuelist else None

    def pre_validate(self, form: Any) -> None:
        """Stop here what no database can be asked about, such as U+0000 in PostgreSQL."""
        if isinstance(self.data, str) and (complaint := checks.visible(self.data)) is not None:
            raise StopValidation(str(complaint))

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else str(self.data or "")


class Paragraph(TextAreaField, Line):
    """A text of several lines."""


class Secret(PasswordField):
    """A password; never sent back to the page."""


class ChoiceField(FormField):
    """One of several choices, each with value and label, by code. An unknown code is an error, not a crash."""

    widget = TextInput()

    def __init__(self, label: Text | None = None, choices: Iterable[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.members = {member.value: member for member in choices or ()}

    def offered(self) -> list[tuple[str, Text, bool]]:
        """Return code, words and whether it is chosen, for each choice."""
        chosen = self.raw_data[0] if self.raw_data else getattr(self.data, "value", "")
        hidden: list[tuple[str, Text, bool]] = [(self.data, self.data, True)] if isinstance(self.data, str) else []
        return [*hidden, *((code, member.label, code == chosen) for code, member in self.members.items())]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the code."""
        code = valuelist[0] if valuelist else ""
        self.data = self.members.get(code)
        if code and self.data is None:
            raise ValueError(gettext("“%(value)s” is not one of the choices.", value=code[:40]))


class Flag(BooleanField):
    """Yes or no."""


def _with_iso_day(text: str) -> str:
    """Return what was typed with its day as 2026-01-05; people also write 2026/1/5 and 2026年1月5日."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return _DAY.sub(lambda day: f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}", plain, count=1)


class Day(DateField):
    """A date, entered with the browser's own calendar."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read year, month and day."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = date.fromisoformat(_with_iso_day(valuelist[0]))
            except ValueError:
                raise ValueError(gettext("This is not a date; write it like 2026-11-22.")) from None


class Moment(DateTimeLocalField):
    """A date and time of Shanghai; kept as an instant."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a local time as an instant."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                moment = clock.parse_local(_with_iso_day(valuelist[0]).replace(" ", "T"))
            except (ValueError, OverflowError):
                raise ValueError(gettext("This is not a date with time; write it like 2026-11-22 17:30.")) from None
            # Nothing is computed from a moment nobody can mean.
            if (complaint := checks.plausible(moment)) is not None:
                raise ValueError(str(complaint))
            # The page shows no seconds: what comes back as it was shown has not been changed.
            self.data = self.object_data if _shown(moment) == _shown(self.object_data) else moment

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else _shown(self.data)


def _shown(moment: Any) -> str:
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}" if isinstance(moment, datetime) else ""


class Number(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the digits."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                number = int(valuelist[0].strip()[:20])
            except ValueError:
                raise ValueError(gettext("This is not a whole number.")) from None
            if abs(number) > BIGGEST_NUMBER:
                raise ValueError(gettext("The number is too large."))
            self.data = number


class Amount(FloatField):
    """A number with decimals."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; `nan` and `inf` are none."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = float(valuelist[0].strip()[:30])
            except ValueError:
                raise ValueError(gettext("This is not a number.")) from None
            if not abs(self.data) <= BIGGEST_NUMBER:
                self.data = None
                raise ValueError(gettext("The number is too large."))


class Lines(TextAreaField):
    """A list of short texts, one a line (or parted by commas)."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines; blank ones do not count."""
        text = (valuelist[0] if valuelist else "").replace("、", "\n").replace("，", "\n").replace(",", "\n")
        self.data = [line.strip() for line in text.splitlines() if line.strip()]

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "\n".join(self.data or [])


class Wording(Paragraph):
    """A value that is written in words, such as opening times."""

    def __init__(self, label: Text | None = None, worded: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.worded = worded

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the words."""
        text = _trimmed(valuelist[0]) if valuelist else None
        self.data = self.worded.read(text) if text else None


class WordingLine(Wording):
    """Such a value that takes one line."""

    widget = TextInput()


class Chosen(Wording):
    """Such a value that is chosen from those there are."""

    widget = TextInput()

    def offered(self) -> list[tuple[str, Text, bool]]:
        """Return what is read, how it is called and whether it is chosen, for each choice."""
        now = self.raw_data[0] if self.raw_data else str(self.data.plain()) if isinstance(self.data, Worded) else ""
        return [(says, label, now in (says, label)) for says, label in self.worded.offers()]


class Ticks(Wording):
    """Such a value whose usual parts are ticked; the rest of it, or all of it, may be typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what is ticked and what is typed as one text."""
        said = [text for given in valuelist if (text := _trimmed(given))]
        self.data = self.worded.read("；".join(said)) if said else None

    def rows(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Return the boxes row by row: what each says, its label and whether it is ticked."""
        ticked = {*(self.raw_data or ()), *(self.data.ticked() if isinstance(self.data, Worded) else ())}
        return [(name, [(says, label, says in ticked) for says, label in boxes]) for name, boxes in self.worded.boxes]

    @property
    def typed(self) -> str:
        """Return what was typed beside the boxes and not understood; what was understood is ticked."""
        known = {says for _name, boxes in self.worded.boxes for says, _label in boxes}
        return "；".join(text for text in self.raw_data or () if text not in known) if self.data is None else ""


class Blanks(Wording):
    """Such a value whose parts are known by name, each on a line of its own; all of it may also come as one text."""

    typed: Mapping[str, str] = {}
    wrong_part = ""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the lines, where the form has sent any."""
        keys = [key for _kind, _label, lines in self.worded.blanks() for key, _word in lines]
        sent = {key: formdata.get(f"{self.name}.{key}") for key in keys} if formdata else {}
        self.typed = {key: text.strip() for key, text in sent.items() if text is not None}
        if self.typed:
            formdata = MultiDict({self.name: "\n".join(f"{key}={text}" for key, text in self.typed.items())})
        super().process(formdata, *args, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines, or the text."""
        try:
            super().process_formdata(valuelist)
        except NotUnderstood as error:
            self.wrong_part = error.part
            raise

    def sections(self) -> list[tuple[Text, bool, list[tuple[str, str, str]]]]:
        """Return title, whether something stands in it, and key, name and value of each line, by section."""
        now = self.typed or (self.data.plain() if isinstance(self.data, Worded) else {})
        return [
            (label, any(now.get(key) for key, _word in lines), [(key, word, now.get(key, "")) for key, word in lines])
            for _kind, label, lines in self.worded.blanks()
        ]


class Kept(HiddenField):
    """A value the page carries along: the version it was opened at, the key that makes a double click one row."""


def field_for(model: type, name: str, required: bool | None = None, **options: Any) -> FormField:
    """Return the form field of a described column, unbound."""
    field, form = facts(model)[name], shape(model, name)
    needed = form.required if required is None else required
    kind = _KINDS.get(form.kind, Line)
    if form.kind == "text" and (form.limit is None or form.limit > LONG_TEXT):
        kind = Paragraph
    if form.worded is not None and (form.limit is not None or form.worded.boxes):
        kind = Ticks if form.worded.boxes else WordingLine
    if form.worded is not None and form.worded.blanks():
        kind = Blanks
    if form.worded is not None and form.worded.is_chosen:
        kind = Chosen
    options |= {"choices": form.choices} if form.kind == "choice" else {}
    options |= {"target": form.target} if form.kind in RELATED else {}
    options |= {"worded": form.worded} if form.worded is not None else {}
    if form.default is not None:
        options.setdefault("default", form.default)
    if field.check in checks.NUMBERS:
        options.setdefault("filters", [checks.dialled])
    return kind(
        options.pop("label", field.label),
        description=field.help or "",
        render_kw=_attributes(field, form, needed),
        **options,
    )


_KINDS: Final[dict[str, type[FormField]]] = {
    "choice": ChoiceField,
    "flag": Flag,
    "date": Day,
    "instant": Moment,
    "number": Number,
    "decimal": Amount,
    "list": Lines,
    "worded": Wording,
    "one": RemoteSelect,
    "many": RemoteMany,
}


def _attributes(field: Field, form: Shape, needed: bool) -> dict[str, Any]:
    found: dict[str, Any] = dict(NEEDED) if needed and form.kind != "flag" else {}
    if field.sealed or field.mask:
        found["autocomplete"] = "off"
    return found


class RowForm(PortalForm):
    """The form of a row: its fields derive from the facts of the model."""

    def __init__(self, row: Any = None, *args: Any, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, obj=row, **kwargs)
        if row is not None:
            self._show_masks(row)

    def _show_masks(self, row: Any) -> None:
        """Show what is hidden as its mask; a mask that comes back untouched is no mistake, of whatever kind it is."""
        for name in self.described():
            mask, field = _mask(row, name), self[name]
            if mask is not None and (not self.is_submitted() or mask in (field.data, *(field.raw_data or ()))):
                field.data, field.process_errors = mask, []

    def renew_masks(self, row: Any) -> None:
        """Let masks stand for what is saved now; somebody may have changed it since the form was opened."""
        for name in self.described():
            mask, field = _mask(row, name), self[name]
            if mask is not None and MASKED in "".join(field.data if isinstance(field.data, list | str) else ""):
                field.data, field.raw_data = mask, [mask] if isinstance(mask, str) else []

    def described(self) -> list[str]:
        """Return the names of the fields that are columns of the row."""
        return [name for name in self._fields if name in self.described_names]

    described_names: tuple[str, ...] = ()
    model: Any = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Read what was typed; where some of it cannot be read, say at once what is wrong with the rest."""
        if super().validate(extra_validators):
            return True
        read = {name: value for name, value in self.values(self.row).items() if not self[name].errors}
        self.complain(rules.errors_of_values(self.model, read))
        return False

    def values(self, row: Any = None) -> dict[str, Any]:
        """Return what was entered, by column; what was not sent, or is a mask sent back untouched, is left out."""
        return {name: self[name].data for name in self.described() if row is None or self._entered(row, name)}

    def _entered(self, row: Any, name: str) -> bool:
        field = self[name]
        # A browser sends nothing for a box that is not ticked.
        sent = bool(field.raw_data) or isinstance(field, Flag)
        return sent and (field.data is None or field.data != _mask(row, name))


def _mask(row: Any, name: str) -> str | list[str] | None:
    """Return how the form shows a column that is hidden from the actor; None where it is not."""
    field = facts(type(row))[name]
    if not getattr(row, name) or field.mask is None or not hides(row, field):
        return None
    return veil(row, name)


def row_form(model: type, names: Iterable[str], **extra: FormField) -> type[RowForm]:
    """Make the form class for these columns of a model."""
    names = tuple(names)
    body: dict[str, Any] = {name: field_for(model, name) for name in names}
    return type(f"{model.__name__}Form", (RowForm,), {**body, **extra, "described_names": names, "model": model})
