"""The role table: who may do what with which list, and the order of the roles.

This is the only truth about permissions. It is read in memory; the database and the matrix page show a mirror of it.

A cell is a comma-separated row of clauses. A clause is verbs, `(M)` where `!` columns are masked, and the rows meant
(none named = every row the grant reaches):

    v see  c create  e edit  m make the role's moves  a archive  i import  x export  R reveal a masked value
"""

import enum
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from flask_babel import lazy_gettext as _

from app.called import called


@enum.unique
class Role(enum.StrEnum):
    """A post in the portal; the value is the stored code."""

    SECRETARY = "Secretary"
    WORKER = "Worker"
    COORDINATOR = "VolunteerCoordinator"
    GRID_LEAD = "GridLead"
    GRID_WORKER = "GridWorker"
    LIAISON = "UnitLiaison"
    PARTNER = "Partner"
    VOLUNTEER = "Volunteer"
    SUPERVISOR = "StreetSupervisor"
    AUDITOR = "Auditor"
    ADMIN = "Admin"


OF_THE_STREET: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})
"""Roles whose titles no community says in its own words: they belong to more than one."""

_STANDARD_TITLES: Final = {
    Role.SECRETARY: _("Secretary"),
    Role.WORKER: _("Worker"),
    Role.COORDINATOR: _("Volunteer coordinator"),
    Role.GRID_LEAD: _("Grid lead"),
    Role.GRID_WORKER: _("Grid worker"),
    Role.LIAISON: _("Unit liaison"),
    Role.PARTNER: _("Partner"),
    Role.VOLUNTEER: _("Volunteer"),
    Role.SUPERVISOR: _("Street supervisor"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMIN: _("Administrator"),
}

TITLES: Final = {
    role: title if role in OF_THE_STREET else called(f"role.{role}", title) for role, title in _STANDARD_TITLES.items()
}

OFFICE: Final = (Role.SECRETARY, Role.WORKER)
"""OFF in the workflows: the people of the community's office."""

PLACE_ROLES: Final = frozenset({Role.GRID_LEAD, Role.GRID_WORKER})
"""Roles whose grant must name a place."""

BOUND_ROLES: Final = {
    Role.LIAISON: ("organization",),
    Role.PARTNER: ("organization",),
    Role.VOLUNTEER: ("person", "team"),
}
"""Roles whose grant is bound to a party, and of which kind: the unit one speaks for, oneself, or the team one leads."""

INSTALLATION_ROLES: Final = frozenset({Role.ADMIN})
"""Roles whose grant names no community: they hold for the installation."""

RANKS: Final = {Role.ADMIN: 0, Role.SUPERVISOR: 1, Role.SECRETARY: 2, Role.WORKER: 3}
"""The order of the roles; every role not named ranks below a worker."""

# One line per list, one cell per role, in the order of Role.
TABLE: Final[dict[str, tuple[str, ...]]] = {
    "needs": (
        "vcemaixR",
        "vcemixR",
        "v(M) of needs open to volunteers, cm",
        "vcemxR",
        "v(M) c, e own, m own",
        "v(M) offered and own, c, m own",
        "v(M) offered and own, c, m own",
        "v(M) offered and own, c, m own",
        "v(M) totals and escalated rows, m",
        "v(M)",
        "–",
    ),
    "resources": ("vcemaix", "vcemix", "v", "v", "v", "vcem own", "vcem own", "v", "v", "v", "–"),
    "projects": ("vcemaix", "vcemix", "vce", "v", "v", "v", "v", "v", "v", "v", "–"),
    "fulfilments": (
        "vcemaix",
        "vcemix",
        "vcem",
        "vcm",
        "v own places",
        "v, m own",
        "v, m own",
        "v, m own",
        "v totals",
        "v(M)",
        "–",
    ),
    "people": (
        "vceaixR",
        "vceixR",
        "– (first name, building, task phone of an open task)",
        "v(M) eR",
        "v(M), R on today's visits",
        "–",
        "–",
        "v self",
        "v counts",
        "v(M)",
        "–",
    ),
    "vulnerabilities": (
        "veR",
        "v(M), R if assigned",
        "–",
        "v(M)R",
        "v assigned only",
        "–",
        "–",
        "–",
        "v counts",
        "v counts",
        "–",
    ),
    "volunteers": ("vcemaixR", "vceix", "vcemixR", "v(M)", "v(M) names", "–", "–", "ve self", "v totals", "v(M)", "–"),
    "units": (
        "vcemaixR",
        "vcemix",
        "v(M)",
        "v(M)",
        "–",
        "vem own unit",
        "–",
        "–",
        "v",
        "v(M)",
        "–",
    ),
    "members": (
        "vcemaixR",
        "vcemix",
        "v(M)",
        "v(M)",
        "–",
        "v(M) cm own unit",
        "–",
        "vcm self",
        "v",
        "v(M)",
        "–",
    ),
    "service_posts": ("vcemaix", "vcemix", "v", "v", "–", "v", "–", "v", "v", "v", "–"),
    "agreements": ("vcemaix", "vcemix", "–", "–", "–", "v own unit", "–", "–", "v", "v", "–"),
    "partners": ("vcemaix", "vcemix", "v", "v", "–", "–", "vcem own", "–", "v", "v", "–"),
    "feedbacks": ("vcemx", "vcemx", "–", "–", "–", "vm own unit", "–", "v self", "v", "v", "–"),
    "posts": ("vceaix", "vcei", "v", "v", "v", "–", "–", "–", "v", "v", "–"),
    "approvals": ("vcm", "vcm", "vcm own", "vcm own", "–", "–", "–", "–", "vm", "v", "–"),
    "communities": ("ve own", "v", "v", "v", "v", "–", "–", "–", "vce", "v", "vce"),
    "places": ("vceix", "v", "v", "v", "v", "–", "–", "–", "v", "v", "v"),
    "figures": (
        "v",
        "v",
        "own lists",
        "own places",
        "own places",
        "own unit",
        "own",
        "self",
        "all its communities",
        "v",
        "–",
    ),
    "users": ("vce own community, roles below", "–", "–", "–", "–", "–", "–", "–", "vce Secretary", "v", "vce"),
    "audit": ("v community", "own", "own", "own", "own", "own", "own", "own", "v totals", "v, verify, export", "own"),
}

LIST_TITLES: Final = {
    "needs": called("list.needs", _("Residents' needs")),
    "resources": called("list.resources", _("Shared resources")),
    "projects": called("list.projects", _("Service projects")),
    "fulfilments": called("list.fulfilments", _("Services delivered")),
    "people": _("People and households"),
    "vulnerabilities": called("list.vulnerabilities", _("Vulnerable groups")),
    "volunteers": _("Volunteers and teams"),
    "units": called("list.units", _("Units")),
    "members": called("list.members", _("Members reporting in")),
    "service_posts": called("list.service_posts", _("Service posts")),
    "agreements": called("list.agreements", _("Co-building agreements")),
    "partners": called("list.partners", _("Community partners")),
    "feedbacks": called("list.feedbacks", _("Quarterly feedback")),
    "posts": called("list.posts", _("Grid staff")),
    "approvals": called("list.approvals", _("Approvals of exports")),
    "communities": _("Communities"),
    "places": _("Places, categories, settings"),
    "figures": _("Figures and boards"),
    "users": _("Users and grants"),
    "audit": _("History and audit"),
}

VERBS: Final = {
    "v": _("see"),
    "c": _("create"),
    "e": _("edit"),
    "m": _("make moves"),
    "a": _("archive"),
    "i": _("import"),
    "x": _("export"),
    "R": _("reveal"),
}

WORDS: Final = {"verify": _("verify"), "export": _("export everything")}
"""What a cell says in a word instead of verbs."""

KEPT_IN_FILES: Final = frozenset({"vulnerabilities"})
"""Lists whose rows are parts of somebody's file: to add one is to edit the file, so who may edit them may add them."""

_CLAUSE = re.compile(r"^(?P<verbs>[vcemaixR]+)(?=\(M\)|\s|$)(?P<mask>\(M\))?\s?(?P<more>[cemaixR]+\b)?\s*(?P<rows>.*)$")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one clause of a cell allows.

    `masked`: the `!` columns of these rows are shown masked. `rows`: which of the rows within the grant are meant, in
    the words of the table; empty for all of them. A model that does not know the words shows no row (fails closed).
    """

    verbs: frozenset[str]
    masked: bool
    rows: str


@cache
def rules(role: Role, listing: str) -> tuple[Rule, ...]:
    """Return what `role` may do with `listing`; nothing for a list the table does not name."""
    cells = TABLE.get(listing)
    if cells is None:
        return ()
    cell = cells[list(Role).index(role)]
    found = (rule for clause in cell.split(", ") if (rule := _rule(clause)))
    return tuple(_adding(rule) for rule in found) if listing in KEPT_IN_FILES else tuple(found)


def words(role: Role, listing: str) -> frozenset[str]:
    """Return what `role` may do with `listing` beyond the verbs."""
    cells = TABLE.get(listing)
    return frozenset(cells[list(Role).index(role)].split(", ")) & WORDS.keys() if cells else frozenset()


def _rule(clause: str) -> Rule | None:
    found = _CLAUSE.match(clause)
    if not found:
        return None
    verbs = frozenset(found["verbs"] + (found["more"] or ""))
    return Rule(verbs, masked=bool(found["mask"]), rows=found["rows"])


def _adding(rule: Rule) -> Rule:
    return replace(rule, verbs=rule.verbs | {"c"}) if "e" in rule.verbs else rule


def rank(role: Role) -> int:
    """Return the place of a role in the order of the roles; smaller is higher."""
    return RANKS.get(role, 4)


def may_grant(giver: Role, given: Role) -> bool:
    """Tell whether `giver` may give `given` to somebody: only roles below the own, and only where the table says so."""
    if given is Role.ADMIN:
        return False
    if given is Role.AUDITOR:
        return giver in (Role.ADMIN, Role.SUPERVISOR)
    if giver is Role.SUPERVISOR:
        return given is Role.SECRETARY
    return giver in (Role.ADMIN, Role.SECRETARY) and rank(giver) < rank(given)
