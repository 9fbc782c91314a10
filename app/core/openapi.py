"""The description of the REST doors as OpenAPI 3.1, built from what lists, columns, flows and the gate say.

It describes the lists and holds no row of any; everybody who is signed in may read it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import access, gate, moves, revealing
from app.core.deeds import Deed, is_needed, kind_of
from app.core.describing import (
    LIST_MAY,
    ROW_MAY,
    WRITE_MAY,
    answers,
    file_of,
    json_of,
    or_nothing,
    parameter,
    refused,
    takes,
    takes_ledger,
    whom,
)
from app.core.errors import SENTENCES
from app.core.fields import Field, Shape, Text, facts, shape
from app.core.files.kinds import MIMES
from app.core.flow import Ask, Move
from app.core.listing import LARGEST_PAGE
from app.core.questions import Question, Schema, object_of
from app.core.rules import BIGGEST_NUMBER
from app.core.sheets.exporting import ENDINGS
from app.core.sheets.pages import unused
from app.core.specification import Specification
from app.roles import Role

pages = Blueprint("programs", __name__)

INTERFACE: Final = "1"
"""The version of the interface, as in the addresses."""
PLAIN: Final[dict[str, Schema]] = {
    "text": {"type": "string"},
    "choice": {"type": "string"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "number": {"type": "integer", "minimum": -BIGGEST_NUMBER, "maximum": BIGGEST_NUMBER},
    "decimal": {"type": "number"},
    "list": {"type": "array", "items": {"type": "string"}},
    "worded": {"type": "array", "items": {"type": "object"}},
    "one": {"type": "integer"},
    "many": {"type": "array", "items": {"type": "integer"}},
}
"""How each kind of column is written in JSON."""
VERSION: Final[Schema] = {"type": "integer"}


Described = Callable[[], Schema]
_OTHERS: Final[dict[str, Described]] = {}


def describe(path: str, described: Described) -> None:
    """Let the document name doors of no list, by method."""
    _OTHERS[path] = described


def reading(name: str, title: Text, guard: str, asks: dict[str, tuple[Text, Schema]], told: Schema) -> Schema:
    """Return the description of such a door: what may be asked in its address, and what it tells."""
    responses = answers(200, told, LIST_MAY)
    asked = [parameter(one, schema, about) for one, (about, schema) in asks.items()]
    known = {"operationId": name, "summary": str(title), "description": whom(guard, "v")}
    return known | {"parameters": asked} | responses


@pages.get("/api/v1/_openapi")
@gate.members
def openapi() -> ResponseReturnValue:
    """Describe the REST doors of every list."""
    return jsonify(document(current_app.extensions["appbuilder"].list_views()))


def document(views: Iterable[Specification]) -> Schema:
    """Return the OpenAPI document of these lists."""
    tags: list[Schema] = []
    paths: Schema = {}
    rows = _complaints()
    for view in views:
        tags.append({"name": view.list_name, "description": str(view.list_title)})
        paths |= _paths(view)
        rows[view.list_name] = _one(view)
    paths |= {path: described() for path, described in _OTHERS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": gettext("Sidan"), "version": INTERFACE},
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "security": [{"token": []}, {"cookie": [], "csrf": []}],
        "components": {"securitySchemes": _security(), "schemas": rows, "responses": _refusals()},
    }


def _security() -> Schema:
    return {
        "token": {"type": "http", "scheme": "bearer", "description": gettext("A token from “My profile”.")},
        "cookie": {"type": "apiKey", "in": "cookie", "name": current_app.config["SESSION_COOKIE_NAME"]},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
    }


def _complaints() -> Schema:
    said = {"type": "array", "items": {"type": "string"}}
    return {
        "Sentence": object_of({"message": {"type": "string"}}, ["message"]),
        "Complaints": object_of({"message": {"type": "object", "additionalProperties": said}}, ["message"]),
    }


def _refusals() -> Schema:
    found = {}
    for status in (400, 401, 403, 404, 409, 413, 415, 422, 429):
        name = "Complaints" if status == 422 else "Sentence"
        body = json_of({"$ref": f"#/components/schemas/{name}"})
        found[str(status)] = {"description": str(SENTENCES[status][0]), "content": body}
    return found


# -- addresses ------------------------------------------------------------------------------------------------------


def _paths(view: Specification) -> Schema:
    base = f"/api/v1/{view.list_name}"
    row = {"parameters": [parameter("pk", {"type": "integer"}, place="path")]}
    found = {
        f"{base}/": {"get": _listing(view), "post": _creating(view)},
        f"{base}/_info": {"get": _operation(view, "info", _("What the list has, and what one may do"), "v")},
        f"{base}/options": {"get": _choosing(view)},
        f"{base}/{{pk}}": row | _of_one(view),
    }
    for name, deed in view.deeds.items():
        found[f"{base}/{{pk}}/move/{name}"] = row | {"post": _doing(view, name, deed)}
    for name in revealing.revealable(view.model):
        found[f"{base}/{{pk}}/reveal/{name}"] = row | {"post": _revealing(view, name)}
    if names := revealing.findable(view.model):
        found[f"{base}/find"] = {"post": _finding(view, names)}
    for move in getattr(getattr(view.model, "flow", None), "moves", ()):
        found[f"{base}/{{pk}}/move/{move.name}"] = row | {"post": _moving(view, move)}
    for name, question in view.questions.items():
        found[f"{base}/{{pk}}/{name}"] = row | {question.method.lower(): _asking(view, name, question)}
    return found | _sheets(view, base) | (_files(view, base, row["parameters"]) if view.model.attachments else {})


def _operation(view: Specification, name: str, title: Text, verbs: str, by: Iterable[Role] = ()) -> Schema:
    return {
        "tags": [view.list_name],
        "operationId": f"{view.list_name}_{name}",
        "summary": str(title),
        "description": whom(view.guard, verbs, by),
        "responses": {"200": {"description": "OK", "content": json_of({"type": "object"})}} | refused(ROW_MAY),
    }


def _listing(view: Specification) -> Schema:
    found = _operation(view, "list", _("The rows that are asked for"), "v")
    return found | {"parameters": _asked(view)} | answers(200, _rows(view), LIST_MAY)


def _rows(view: Specification) -> Schema:
    rows = {"type": "array", "items": _row(view, view.list_columns)}
    numbers = {"type": "array", "items": {"type": "integer"}}
    return object_of({"count": {"type": "integer"}, "ids": numbers, "result": rows}, ["count", "ids", "result"])


def _creating(view: Specification) -> Schema:
    names = [*view.add_names, *(["community"] if "community" in facts(view.model) else [])]
    found = _operation(view, "create", _("Register a row"), "c")
    asked = _by_texts(view, _also_named(view, _given(view, dict.fromkeys(names))))
    return found | takes(asked) | answers(201, _row_of(view), WRITE_MAY)


def _by_texts(view: Specification, schema: Schema) -> Schema:
    """Add the texts by which a program may say who is meant; then no relation to anybody is needed."""
    if view.who_names:
        text = {"type": ["string", "null"], "description": str(_("Who is meant, where no record is named by its id"))}
        schema["properties"] = schema["properties"] | dict.fromkeys(view.who_names, text)
        schema["required"] = [name for name in schema.get("required", ()) if name != "person"]
    return schema


def _choosing(view: Specification) -> Schema:
    found = _operation(view, "options", _("At most 20 rows by their name"), "v")
    return found | {"parameters": [parameter("q", {"type": "string"}, _("What is searched for"))]}


def _of_one(view: Specification) -> Schema:
    found = {"get": _operation(view, "read", _("One row"), "v") | answers(200, _row_of(view), ROW_MAY)}
    if access.somebody_may("e", view.guard):
        change = _also_named(view, _given(view, dict.fromkeys(view.edit_names), version=True))
        put = _operation(view, "change", _("Change the columns that are sent"), "e")
        found["put"] = put | takes(change) | answers(200, _row_of(view), WRITE_MAY)
    if view.model.archivable:
        reason = object_of({"reason": {"type": "string"}, "version": VERSION}, ["reason"])
        found["delete"] = (
            _operation(view, "archive", _("Archive the row; nothing is ever deleted"), "a")
            | takes(reason)
            | answers(200, _row_of(view), WRITE_MAY)
        )
    return found


def _moving(view: Specification, move: Move) -> Schema:
    found = _operation(view, f"move_{move.name}", move.label, "m", move.by)
    if move.by_system:
        found["description"] = gettext("For the system alone")
    body = _given(view, {ask.name: ask for ask in move.asks}, version=True)
    return found | takes(body) | answers(200, _row_of(view), WRITE_MAY)


def _doing(view: Specification, name: str, deed: Deed) -> Schema:
    asks = {ask: or_nothing(PLAIN[kind_of(field)]) | _about(field) for ask, field in deed.asks().items()}
    needed = ["version", *(ask for ask, field in deed.asks().items() if is_needed(field))]
    body = object_of({"version": VERSION} | asks, needed) | {"additionalProperties": False}
    return _operation(view, name, deed.label, "e") | takes(body) | answers(200, _row_of(view), WRITE_MAY)


def _asking(view: Specification, name: str, question: Question) -> Schema:
    found = _operation(view, name, question.label, question.verbs)
    found["description"] = whom(question.listing or view.guard, question.verbs)
    if question.files:
        return found | file_of(question.files, (*ROW_MAY, 409))
    answer = object_of({"id": {"type": "integer"}, "result": dict(question.schema)}, ["id", "result"])
    return found | answers(200, answer, (*ROW_MAY, 409, 429) if question.told else ROW_MAY)


def _about(field: Any) -> Schema:
    return {"description": " · ".join(str(part) for part in (field.label.text, field.description) if part)}


def _files(view: Specification, base: str, row: list[Schema]) -> Schema:
    """Return the doors of the files of a list's rows."""
    known = object_of({"id": {"type": "integer"}, "result": {"type": "object"}}, ["id", "result"])
    part = {"type": "string", "format": "binary", "description": gettext("A picture, PDF, Word or Excel file")}
    body = {"multipart/form-data": {"schema": object_of({"file": part}, ["file"])}}
    adding = _operation(view, "add_file", _("Add a file"), "em") | answers(201, known, WRITE_MAY)
    small = parameter("thumb", {"type": "string", "enum": ["1"]}, _("The small picture instead"))
    return {
        f"{base}/{{pk}}/files": {
            "parameters": row,
            "get": _operation(view, "files", _("List the files of the row"), "v"),
            "post": adding | {"requestBody": {"required": True, "content": body}},
        },
        f"{base}/{{pk}}/files/{{file_id}}": {
            "parameters": [*row, parameter("file_id", {"type": "integer"}, place="path")],
            "get": _operation(view, "file", _("One file itself"), "v")
            | {"parameters": [small]}
            | file_of(MIMES.values()),
            "delete": _operation(view, "remove_file", _("Remove a file"), "em") | answers(200, known, WRITE_MAY),
        },
    }


def _sheets(view: Specification, base: str) -> Schema:
    """Return the doors of the files the rows of a list are handed out in."""
    some = parameter("columns", {"type": "string"}, _("Columns of the file, separated by commas; all unless named"))
    asked = {"parameters": [one for one in _asked(view) if one["name"] not in ("page", "size", "after")] + [some]}
    blank = _operation(view, "template", _("An empty workbook to be filled in and imported"), "i")
    told = {"template_xlsx": blank | file_of([ENDINGS["xlsx"]], LIST_MAY)}
    for ending, mime in ENDINGS.items():
        door = _operation(view, f"export_{ending}", _("The rows that are asked for, as a file"), "x")
        told[f"export_{ending}"] = door | asked | file_of([mime], LIST_MAY)
    doors = {name: door for name, door in told.items() if name not in unused(view.model)}
    found = {f"{base}/{name.replace('_', '.')}": {"get": door} for name, door in doors.items()}
    if "take_in" not in unused(view.model):
        taken = _operation(view, "import", _("Read a ledger into this list"), "i")
        found[f"{base}/import"] = {"post": taken | takes_ledger({})}
    return found


def _revealing(view: Specification, name: str) -> Schema:
    label = facts(view.model)[name].label
    found = _operation(view, f"reveal_{name}", gettext("Show: %(column)s", column=label), "R")
    codes = gettext("; ").join(f"{one.value} {one.label}" for one in revealing.Purpose)
    why = {"type": "string", "enum": [one.value for one in revealing.Purpose], "description": codes}
    text = {"type": "string", "maxLength": revealing.LONGEST, "description": gettext("Only for “another reason”.")}
    body = object_of({"reason": why, "text": text}, ["reason"])
    value = object_of(
        {"id": {"type": "integer"}, "result": object_of({name: or_nothing(_value(shape(view.model, name)))}, [name])},
        ["id"],
    )
    return found | takes(body | {"additionalProperties": False}) | answers(200, value, (*WRITE_MAY, 429))


def _finding(view: Specification, names: list[str]) -> Schema:
    found = _operation(view, "find", _("The rows a whole number finds"), "R")
    labels = {name: str(facts(view.model)[name].label) for name in names}
    body = object_of({name: {"type": "string", "description": label} for name, label in labels.items()}, [])
    return found | takes(body | {"minProperties": 1, "maxProperties": 1}) | answers(200, _rows(view), WRITE_MAY)


# -- what is asked --------------------------------------------------------------------------------------------------


def _asked(view: Specification) -> list[Schema]:
    orders = [sign + name for name in view.order_names for sign in ("", "-")]
    found = [
        parameter("q", {"type": "string"}, _("All of this in one, as rison or JSON")),
        parameter("page", {"type": "integer", "minimum": 1}, _("Page, from 1")),
        parameter("size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}, _("Rows a page")),
        parameter("after", {"type": "integer"}, _("The rows that follow the one with this id, instead of a page")),
    ]
    found += [parameter("order", {"type": "string", "enum": orders}, _("Order"))] if orders else []
    found += [parameter("search", {"type": "string"}, _("What is searched for"))] if view.is_searched else []
    quick = {"type": "string", "enum": list(view.quick_filters)}
    found += [parameter("quick", quick, _("Quick filter"))] if view.quick_filters else []
    found += [parameter("archived", {"type": "string", "enum": ["0", "1"]}, _("Archived"))]
    return [*found, *(one for name in view.filter_columns for one in _filter(view, name))]


def _filter(view: Specification, name: str) -> list[Schema]:
    field, form = facts(view.model)[name], shape(view.model, name)
    if form.kind in ("date", "instant"):
        day = PLAIN["date"]
        label = {"label": field.label, "day": "…"}
        return [
            parameter(f"{name}_from", day, gettext("%(label)s from %(day)s", **label)),
            parameter(f"{name}_to", day, gettext("%(label)s until %(day)s", **label)),
        ]
    codes = {"type": "string", "enum": ["0", "1"]} if form.kind == "flag" else _value(form)
    codes = PLAIN["one"] if form.kind == "many" else codes
    return [parameter(name, {"type": "array", "items": codes}, field.label)]


# -- values ---------------------------------------------------------------------------------------------------------


def _value(form: Shape) -> Schema:
    found = dict(form.worded.schema if form.worded is not None else PLAIN[form.kind])
    if form.choices:
        found["enum"] = [one.value for one in form.choices]
    return found | ({"maxLength": form.limit} if form.limit and form.kind == "text" else {})


def _told(label: Text, field: Field | None, form: Shape) -> str:
    """Return what a column is, in words: its label, its help, and what each code stands for."""
    codes = gettext("; ").join(f"{one.value} {one.label}" for one in form.choices or ())
    return " · ".join(str(part) for part in (label, field.help if field else None, codes) if part)


def _row(view: Specification, names: Iterable[str]) -> Schema:
    found = {"id": {"type": "integer"}, "version": VERSION}
    return _also_named(view, object_of(found | {name: _shown(view.model, name) for name in names}, ["id", "version"]))


def _also_named(view: Specification, schema: Schema) -> Schema:
    """Add the other names under which columns are sent and answered."""
    known = schema["properties"]
    schema["properties"] = known | {other: known[name] for other, name in view.other_names.items() if name in known}
    return schema


def _shown(model: Any, name: str) -> Schema:
    field, form = facts(model)[name], shape(model, name)
    # A mask is a text, whatever stands behind it.
    masked = (field.mask or field.sealed) and form.kind != "list"
    value = {"type": "string"} if masked else _value(form)
    return or_nothing(value) | {"description": _told(field.label, field, form), "readOnly": not field.edited}


def _given(view: Specification, asks: dict[str, Ask | None], version: bool = False) -> Schema:
    """Return what a body may hold: described columns, or the parameters of a move."""
    needed = ["version"] if version else []
    found: Schema = {"version": VERSION} if version else {}
    for name, ask in asks.items():
        column, is_column = _column(view.model, name, ask)
        found[name] = column
        if (ask is not None and ask.required and not is_column) or (not version and shape(view.model, name).required):
            needed.append(name)
    return object_of(found, [name for name in needed if name != "community"]) | {"additionalProperties": False}


def _column(model: Any, name: str, ask: Ask | None) -> tuple[Schema, bool]:
    sets = ask.sets if ask else name
    is_column = sets in facts(model)
    field = facts(model)[sets] if is_column else None
    form = shape(model, sets) if is_column else Shape("text", required=False, limit=moves.LONGEST_REASON)
    label = moves.label_of(model, ask) if ask else field.label if field else name
    return or_nothing(_value(form)) | {"description": _told(label, field, form)}, is_column


def _row_of(view: Specification) -> Schema:
    return {"$ref": f"#/components/schemas/{view.list_name}"}


def _one(view: Specification) -> Schema:
    return object_of({"id": {"type": "integer"}, "result": _row(view, view.show_columns)}, ["id", "result"])
