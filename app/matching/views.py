"""The pages of matching: who can help with a need, which needs a resource could answer, and the click that offers."""

from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import access, selects
from app.core.access import OutOfScope
from app.core.database import transaction
from app.core.gate import requires
from app.core.specification import Panel
from app.fulfilments import service as orders
from app.fulfilments.following import orders_of, still_asked
from app.fulfilments.models import Fulfilment
from app.matching import service
from app.matching.asking import SHOWN, asked_already
from app.needs.choices import WORKING_STATES
from app.needs.models import Need
from app.parties.models import Party
from app.projects.models import ServiceProject
from app.resources.models import Resource

matching_pages: Final = Blueprint("matching", __name__)

ASKED_WITH: Final = {"resource": Resource, "project": ServiceProject}
"""What an order may name besides its provider."""

Page = ResponseReturnValue


def _found(model: Any, pk: int) -> Any:
    row = selects.find(model, str(pk))
    if row is None or row.archived_at is not None:
        raise OutOfScope
    return row


def _page(list_name: str) -> Any:
    views = current_app.extensions["appbuilder"].list_views()
    return next(view for view in views if view.list_name == list_name)


@matching_pages.get("/needs/candidates/<int:need_id>")
@requires("c", Fulfilment.list_name)
def candidates(need_id: int) -> Page:
    """Show who can help with a need, with the reasons, and who is left out, with the reason."""
    need = _found(Need, need_id)
    standing = orders_of(need)
    found, left_out = service.candidates(need, standing)
    shown: dict[str, Any] = {"found": found[:SHOWN], "left_out": left_out[:SHOWN], "asked": asked_already(standing)}
    view = _page(Need.list_name)
    shown |= {
        "open": _takes_orders(need),
        "orders": _page(Fulfilment.list_name),
        "missing": still_asked(need, standing),
    }
    return render_template("matching/candidates.html", view=view, row=need, **shown)


@matching_pages.post("/needs/candidates/<int:need_id>")
@requires("c", Fulfilment.list_name)
def offer(need_id: int) -> Page:
    """Offer the need to a candidate; who has been asked already is not asked twice."""
    need, provider = _found(Need, need_id), _chosen(Party, "provider")
    if provider is None:
        raise OutOfScope
    known = asked_already(orders_of(need)).get(provider.id)
    if known is None:
        asked_with = {name: _chosen(model, name) for name, model in ASKED_WITH.items()}
        with transaction():
            quantity = still_asked(need) or need.quantity_asked
            order = orders.offer(need=need, provider=provider, quantity_asked=quantity, **asked_with)
        known = order.id
        flash(gettext("Offered to %(name)s.", name=provider), "success")
    return redirect(_page(Fulfilment.list_name).url("show", pk=known))


def _chosen(model: Any, name: str) -> Any:
    given = request.form.get(name, "")
    return _found(model, int(given)) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _takes_orders(need: Need) -> bool:
    return need.state in WORKING_STATES


@matching_pages.get("/resources/needs/<int:resource_id>")
@requires("c", Fulfilment.list_name)
def needs(resource_id: int) -> Page:
    """Show the open needs a resource could answer (点单)."""
    resource = _found(Resource, resource_id)
    found = service.answerable(resource)
    view = _page(Resource.list_name)
    shown = {"found": found[:SHOWN], "reason": service.reason_against(resource), "needs": _page(Need.list_name)}
    return render_template("matching/needs.html", view=view, row=resource, **shown)


# -- the ways there -------------------------------------------------------------------------------------------------


def need_panel(need: Need) -> list[Panel]:
    """Lead from a need that takes orders to who can help."""
    shown = access.may("c", Fulfilment.guard()) and _takes_orders(need) and need.archived_at is None
    return [("matching/need_panel.html", {})] if shown else []


def resource_panel(resource: Resource) -> list[Panel]:
    """Lead from a resource to the needs it could answer."""
    shown = access.may("c", Fulfilment.guard()) and resource.archived_at is None
    return [("matching/resource_panel.html", {})] if shown else []
