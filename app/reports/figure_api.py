"""The figures for programs (数字): what the pages of figures say, as JSON, each number with the address of its rows."""

from typing import Any, Final

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from app.core import openapi
from app.core.actor import acting
from app.core.addresses import BadQuery
from app.core.errors import answer
from app.core.gate import requires
from app.core.questions import Schema, object_of
from app.needs.models import Need
from app.reports import figure_pages as pages
from app.reports.figure_pages import Asked
from app.reports.figures import Figure, Number, Value
from app.reports.subjects import SUBJECTS

ADDRESS: Final = "/api/v1/figures/"


@pages.figure_pages.get(ADDRESS)
@requires("v", Need.list_name)
def told_plainly() -> ResponseReturnValue:
    """Tell every figure of the period; with `code` one of them, and by what it is parted."""
    code = request.args.get("code", "")
    try:
        asked, result = _one(code) if code else _all()
    except BadQuery as bad:
        return answer(400, bad.sentence)
    period = {"from": asked.period.first.isoformat(), "to": asked.period.last.isoformat()}
    return jsonify(period | {"count": len(result), "result": result})


def _all() -> tuple[Asked, list[Schema]]:
    everything = pages.concerned(request.args)
    return everything[0], [_plain(asked, value) for asked, said in pages.told_all(everything) for value in said]


def _one(code: str) -> tuple[Asked, list[Schema]]:
    asked, figure = pages.found(code, request.args)
    with acting(pages.reader(asked)):
        (value,) = pages.values(asked, (figure,))
        parted = [_parted(asked, figure, dimension) for dimension in pages.dimensions(asked, figure)]
    return asked, [_plain(asked, value) | {"by": parted}]


def _parted(asked: Asked, figure: Figure, dimension: Any) -> Schema:
    groups = [{"name": words} | _numbers(value) for words, value in pages.table(asked, figure, dimension)]
    return {"by": dimension.filter, "title": str(dimension.title), "groups": groups}


def _plain(asked: Asked, value: Value) -> Schema:
    figure = value.figure
    about = {"code": figure.code, "list": asked.view.list_name, "name": str(figure.name)}
    words = {"formula": str(figure.formula), "excluded": str(figure.excluded) or None}
    return about | words | {"as_of_today": not figure.day} | _numbers(value)


def _numbers(value: Value) -> Schema:
    times = dict(zip(("median_minutes", "p90_minutes"), value.percentiles or (None, None), strict=True))
    found = {"part": _number(value.part), "whole": _number(value.whole) if value.whole is not None else None}
    summed = {"total": value.total, "unit": str(value.figure.unit)} if value.figure.total else {}
    return found | {"rate": value.rate} | (times if value.figure.minutes else {}) | summed


def _number(one: Number) -> Schema:
    """Return a number with the address that opens its rows; none where only the number may be seen."""
    return {"count": one.count, "rows": one.address or None}


# -- as it is described ---------------------------------------------------------------------------------------------

_DAY: Final[Schema] = {"type": "string", "format": "date"}
_TEXT: Final[Schema] = {"type": "string"}
_MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
_COUNT: Final[Schema] = {"type": "integer"}
_NUMBER: Final[Schema] = object_of({"count": _COUNT, "rows": _MAYBE_TEXT}, ("count", "rows"))
_FIGURE: Final[Schema] = {
    "code": _TEXT,
    "list": _TEXT,
    "name": _TEXT,
    "formula": _TEXT,
    "excluded": _MAYBE_TEXT,
    "as_of_today": {"type": "boolean"},
    "part": _NUMBER,
    "whole": {"anyOf": [_NUMBER, {"type": "null"}]},
    "rate": {"type": ["number", "null"]},
}


def described() -> Schema:
    """Return the operation of this door for the OpenAPI document."""
    given: dict[str, tuple[Any, Schema]] = {
        "from": (_("First day; without it the first of this month"), _DAY),
        "to": (_("Last day; without it today"), _DAY),
        "code": (_("One figure alone, with its parts"), _TEXT),
    }
    given |= {name: (_("Only rows with this, by id or code"), _TEXT) for one in SUBJECTS for name in one.filters}
    answer_of = object_of(
        {"from": _DAY, "to": _DAY, "count": _COUNT, "result": {"type": "array", "items": object_of(_FIGURE, _FIGURE)}},
        ("from", "to", "count", "result"),
    )
    asks = {name: (about, dict(schema)) for name, (about, schema) in given.items()}
    return openapi.reading("figures", _("The figures of a period"), Need.list_name, asks, answer_of)


openapi.describe(ADDRESS, lambda: {"get": described()})
