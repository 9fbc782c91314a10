"""What OpenAPI says of the doors for ledgers that belong to no list."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.core import openapi
from app.core.describing import WRITE_MAY, json_of, parameter, refused, takes_ledger, whom
from app.core.fields import Text
from app.core.gate import ANY_LIST
from app.core.questions import Schema

DOORS: Final = "/api/v1/imports/"
PLAIN: Final[Schema] = {"type": "object"}


def start() -> None:
    """Let the document name these doors."""
    openapi.describe(DOORS, _sending)
    for name, method, title in (
        ("", "get", _("What was understood of a ledger")),
        ("/apply", "post", _("Take a ledger in")),
        ("/undo", "post", _("Take a ledger back")),
    ):
        openapi.describe(f"{DOORS}{{number}}{name}", _one(name, method, title))


def _sending() -> Schema:
    return {
        "post": _door("imports", _("Read a ledger into what lists it shows"))
        | takes_ledger({"list": {"type": "string"}})
    }


def _one(name: str, method: str, title: Text) -> "openapi.Described":
    def described() -> Schema:
        numbered = parameter("number", {"type": "integer"}, place="path")
        return {"parameters": [numbered], method: _door(f"imports{name.replace('/', '_') or '_report'}", title)}

    return described


def _door(name: str, title: Text) -> Schema:
    answers = {"200": {"description": "OK", "content": json_of(PLAIN)}} | refused(WRITE_MAY)
    answers |= {"202": {"description": str(_("Left to the worker")), "content": json_of(PLAIN)}}
    about = {"tags": ["imports"], "operationId": name, "summary": str(title)}
    return about | {"description": whom(ANY_LIST, "i"), "responses": answers}
