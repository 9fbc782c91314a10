"""The sorts of ledgers the portal takes in, and what keeps each; in the order in which they are written.

What is named by others stands before them: units and people before orders, needs before what answers them. Lists that
say nothing of their ledgers take in their own template, and every list its own export.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from app.core import access
from app.core.sheets.ledger import Ledger
from app.fulfilments import ledger as fulfilments
from app.imports import places
from app.imports.derived import DerivedKeeper, KeyedKeeper, extended, keyed_ledger, ledger_of
from app.imports.understanding import KEYED
from app.ledgers.keeper import Keeper
from app.needs import keeper as need_keeping
from app.needs import ledger as needs
from app.organizations import ledger as units
from app.people import meeting as people
from app.posts import ledger as posts
from app.projects import ledger as projects
from app.registrations import ledger as members
from app.resources import ledger as resources
from app.volunteers import ledger as volunteers

AUTO: Final = "auto"
"""What is asked for where the file itself shall say which lists it holds."""

_NAMED: Final[tuple[tuple[Ledger, type[Keeper], Mapping[str, str]], ...]] = (
    (units.LEDGER, units.UnitKeeper, {}),
    (people.LEDGER, people.PeopleKeeper, {"id_number": "id_number", "sex": "gender"}),
    (volunteers.LEDGER, volunteers.VolunteerKeeper, {"person": "name", "skills": "skills", "teams": "team"}),
    (members.LEDGER, members.MemberKeeper, {"person": "name", "unit": "unit", "service_posts": "posts"}),
    (posts.LEDGER, posts.PostKeeper, {"person": "name", "places": "grid"}),
    (resources.LEDGER, resources.ResourceKeeper, {"provider": "provider"}),
    (projects.LEDGER, projects.ProjectKeeper, {}),
    (needs.NEED, need_keeping.NeedKeeper, {"title": "content", "text": "detail", "category": "category"}),
    (needs.APPEAL, need_keeping.NeedKeeper, {"title": "content", "text": "detail", "category": "category"}),
    (fulfilments.LEDGER, fulfilments.FulfilmentKeeper, {"need": "need_code", "provider": "provider"}),
)
"""The ledgers of which a list says more; under which key they read columns whose reader does not say it."""

_OWN: Final[Mapping[str, tuple[Callable[[Any], Ledger], type[Keeper]]]] = {
    "places": (places.ledger, places.PlaceKeeper),
}
"""The lists of which nothing more is said than their template, but whose rows are not found like those of others."""

KEEPERS: Final[dict[str, tuple[Ledger, type[Keeper]]]] = {}
"""By name, the sorts of ledgers with what keeps them."""
GUARDS: Final[dict[str, str]] = {}
"""By list, the line of the role table that rules it."""


def adopt(views: Iterable[Any]) -> None:
    """Know the lists of the portal."""
    by_list = {view.list_name: view for view in views if access.somebody_may("i", view.guard)}
    KEEPERS.clear()
    GUARDS.update({name: view.guard for name, view in by_list.items()})
    for ledger, keeper, own in _NAMED:
        KEEPERS[ledger.name] = extended(ledger, by_list[ledger.list_name], own), keeper
    named = set(listed())
    for name, view in by_list.items():
        if name not in named:
            read, keeper = _OWN.get(name, (ledger_of, DerivedKeeper))
            KEEPERS[name] = read(view), type("OwnKeeper", (keeper,), {"model": view.model, "view": view})
    for name, view in by_list.items():
        kept = type("ExportKeeper", (KeyedKeeper,), {"model": view.model, "view": view})
        KEEPERS[f"{KEYED}{name}"] = keyed_ledger(view), kept


def ledger(name: str) -> Ledger:
    """Return a sort of ledger by its name."""
    return KEEPERS[name][0]


def ledgers(lists: Iterable[str]) -> list[Ledger]:
    """Return the sorts of ledgers whose rows go to these lists."""
    wanted = set(lists)
    return [one for one, _keeper in KEEPERS.values() if one.list_name in wanted]


def listed() -> list[str]:
    """Return the lists that take in ledgers."""
    return list(dict.fromkeys(one.list_name for one, _keeper in KEEPERS.values()))


def list_of(word: str) -> str | None:
    """Return the list a page name, or the name of a sort of ledger, means; None where it means none."""
    if word in KEEPERS:
        return ledger(word).list_name
    return word if word in listed() else None
