"""What programs may ask of matching: the candidates for a need, and the needs a resource could answer (S3-07)."""

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core import payload
from app.core.fields import Text
from app.core.questions import Question, Schema, object_of
from app.fulfilments.choices import LIVE
from app.fulfilments.following import orders_of
from app.fulfilments.models import Fulfilment
from app.matching import service
from app.matching.score import Candidate
from app.needs.models import Need
from app.resources.models import Resource

SHOWN: Final = 20
"""How many candidates and how many left-out ones are told."""


def asked_already(standing: Iterable[Fulfilment]) -> dict[int, int]:
    """Return the live ones among the orders of a need, by provider."""
    return {order.provider_id: order.id for order in standing if order.state in LIVE}


def _candidates(need: Need) -> Schema:
    standing = orders_of(need)
    found, left_out = service.candidates(need, standing)
    orders = asked_already(standing)
    told = [_helper(one) | {"order": orders.get(_provider(one.helper.provider) or 0)} for one in found[:SHOWN]]
    return {"candidates": told, "left_out": [_helper(one) for one in left_out[:SHOWN]]}


def _helper(one: Candidate) -> Schema:
    helper = one.helper
    about = {"kind": helper.kind, "id": helper.id, "name": helper.name, "provider": _provider(helper.provider)}
    reason = None if one.refusal is None else str(one.refusal)
    return about | {"points": one.points, "reasons": one.said, "reason": reason}


def _provider(provider: Any) -> int | None:
    return None if provider is None else int(provider.id)


def _needs(resource: Resource) -> Schema:
    reason = service.reason_against(resource)
    told = [_need(need, one) for need, one in service.answerable(resource)[:SHOWN]]
    return {"needs": told, "reason": None if reason is None else str(reason)}


def _need(need: Need, one: Candidate) -> Schema:
    known = {name: payload.plain(need, name) for name in ("code", "title", "place", "category")}
    return {"id": need.id} | known | {"points": one.points, "reasons": one.said}


# -- as it is described ---------------------------------------------------------------------------------------------


def _text(about: Text) -> Schema:
    return {"type": "string", "description": about}


def _number(about: Text, *more: str) -> Schema:
    return {"type": ["integer", *more], "description": about}


_ID: Final = {"type": "integer"}
_POINTS: Final = _number(_("Points of the rules"))
_REASONS: Final = _text(_("Why, as one sentence"))
_REASON: Final = {"type": ["string", "null"], "description": _("Why it cannot be offered now")}
_HELPER: Final = {
    "kind": _text(_("The list the helper stands in: resource, team, project or volunteer")),
    "id": _ID,
    "name": _text(_("Name")),
    "provider": _number(_("Provider; null where it is still to be chosen"), "null"),
    "points": _POINTS,
    "reasons": _REASONS,
    "reason": _REASON,
}
_ORDER: Final = {"order": _number(_("The order already under way with this provider"), "null")}
_WAITING: Final = {
    "id": _ID,
    "code": _text(_("Code")),
    "title": _text(_("Need")),
    "place": _number(_("Place"), "null"),
    "category": _number(_("Category"), "null"),
    "points": _POINTS,
    "reasons": _REASONS,
}


def _list(properties: Schema) -> Schema:
    return {"type": "array", "items": object_of(properties, properties)}


CANDIDATES: Final = Question(
    _("Who can help, the best first, and who is left out"),
    _candidates,
    object_of({"candidates": _list(_HELPER | _ORDER), "left_out": _list(_HELPER)}, ("candidates", "left_out")),
    verbs="c",
    listing=Fulfilment.list_name,
)
NEEDS: Final = Question(
    _("The open needs it could answer, the best first"),
    _needs,
    object_of({"needs": _list(_WAITING), "reason": _REASON}, ("needs", "reason")),
    verbs="c",
    listing=Fulfilment.list_name,
)
