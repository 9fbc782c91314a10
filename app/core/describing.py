"""The pieces the descriptions of doors are made of (OpenAPI 3.1)."""

from collections.abc import Iterable
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import gate
from app.core.fields import Text
from app.core.questions import Schema, object_of
from app.roles import TABLE, TITLES, Role, rules

LIST_MAY: Final = (400, 401, 403, 404)
ROW_MAY: Final = (401, 403, 404)
WRITE_MAY: Final = (400, 401, 403, 404, 409, 415, 422)


def json_of(schema: Schema) -> Schema:
    """Return a body of JSON."""
    return {"application/json": {"schema": schema}}


def refused(statuses: Iterable[int]) -> Schema:
    """Return the answers that refuse."""
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def answers(status: int, schema: Schema, refuses: Iterable[int]) -> Schema:
    """Return what a door answers, and how it refuses."""
    return {"responses": {str(status): {"description": "OK", "content": json_of(schema)}} | refused(refuses)}


def takes(schema: Schema) -> Schema:
    """Return what a door takes."""
    return {"requestBody": {"required": True, "content": json_of(schema)}}


def file_of(mimes: Iterable[str], refuses: Iterable[int] = ROW_MAY) -> Schema:
    """Return that a door answers with a file."""
    content = {mime: {"schema": {"type": "string", "format": "binary"}} for mime in mimes}
    return {"responses": {"200": {"description": "OK", "content": content}} | refused(refuses)}


def parameter(name: str, schema: Schema, about: Text = "", place: str = "query") -> Schema:
    """Return a parameter of an address."""
    found = {"name": name, "in": place, "required": place == "path", "schema": schema}
    return found | ({"description": str(about)} if about else {})


def or_nothing(value: Schema) -> Schema:
    """Return a value that may be missing."""
    found = value | {"type": [value["type"], "null"]}
    return found | ({"enum": [*value["enum"], None]} if "enum" in value else {})


def whom(guard: str, verbs: str, by: Iterable[Role] = ()) -> str:
    """Return for whom a door is, in words."""
    may = [role for role in Role if may_role(guard, role, verbs) and (not by or role in by)]
    return gettext("For: %(roles)s", roles=gettext(", ").join(str(TITLES[role]) for role in may))


def may_role(guard: str, role: Role, verbs: str) -> bool:
    """Tell whether a role may do one of these verbs with a line of the table."""
    lists = list(TABLE) if guard == gate.ANY_LIST else [guard]
    return any(set(verbs) & rule.verbs for listing in lists for rule in rules(role, listing))


FORM: Final = "multipart/form-data"
SENT: Final[Schema] = {
    "file": {"type": "string", "format": "binary"},
    "community": {"type": "string"},
    "history": {"type": "string", "enum": ["true", "false"]},
    "dry_run": {"type": "string", "enum": ["true", "false"]},
}
"""What is sent with a ledger."""


def takes_ledger(more: Schema) -> Schema:
    """Return what a door takes and answers to which a ledger is sent."""
    told: dict[str, Text] = {
        "file": _("The ledger: xlsx, xls, et, ods, csv"),
        "community": _("Code of the community; not needed where there is only one"),
        "history": _("Take over how things stood; only the secretary"),
        "dry_run": _("Only say what would be taken in"),
        "list": _("The list it goes to; what its file shows unless said"),
    }
    fields = {name: schema | {"description": str(told[name])} for name, schema in (SENT | more).items()}
    report = json_of({"type": "object"})
    answers = {"200": {"description": "OK", "content": report}, "201": {"description": "OK", "content": report}}
    body = {"required": True, "content": {FORM: {"schema": object_of(fields, ["file"])}}}
    return {"requestBody": body, "responses": answers | refused((*WRITE_MAY, 413))}
