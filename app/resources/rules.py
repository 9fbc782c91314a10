"""What must hold for a shared resource before it is written."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.communities.rules import points_anew
from app.core import access
from app.core.actor import current
from app.core.fields import Text
from app.parties.models import is_bound
from app.resources.choices import QuantityMode


def mode_is_complete(resource: Any) -> dict[str, Text] | None:
    """What is counted has a number and a unit; what is had by time has its windows."""
    needed = {
        QuantityMode.COUNTABLE: {
            "quantity": _("How many are there?"),
            "unit_of_measure": _("Counted in what: sets, portions, times?"),
        },
        QuantityMode.SCHEDULED: {"windows": _("When can it be had? Write it like 周六 9:00-11:30.")},
    }.get(resource.quantity_mode, {})
    return {name: complaint for name, complaint in needed.items() if getattr(resource, name) in (None, "")} or None


def covers_commitments(resource: Any) -> dict[str, Text] | None:
    """What has been promised is there."""
    if resource.quantity_mode is QuantityMode.COUNTABLE and (resource.quantity or 0) < resource.committed:
        return {"quantity": _("%(number)s of it are promised already.", number=resource.committed)}
    return None


def term_in_order(resource: Any) -> dict[str, Text] | None:
    """The term ends after it began."""
    if resource.valid_from and resource.valid_to and resource.valid_to < resource.valid_from:
        return {"valid_to": _("The last day lies before the first.")}
    return None


def provider_is_own(resource: Any) -> dict[str, Text] | None:
    """Who speaks for a unit or an organisation offers only what that one provides."""
    actor = current()
    if actor is None or actor.unbounded or resource.provider is None or not points_anew(resource, "provider_id"):
        return None
    clauses = [one for verb in "ce" for one in access.clauses(actor, resource.guard(), verb)]
    here = [(held, rule) for held, rule in clauses if resource.is_within(held)]
    if any(not rule.rows or is_bound(resource, "provider", held) for held, rule in here):
        return None
    return {"provider": _("You can offer only what your own unit or organisation provides.")}
