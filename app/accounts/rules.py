"""The rules of grants: where a role holds, for whom it speaks, and that a grant is never rewritten."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect

from app.core import clock
from app.core.fields import Text
from app.roles import BOUND_ROLES, INSTALLATION_ROLES, PLACE_ROLES


def place_fits(grant: Any) -> dict[str, Text] | None:
    """Grid people are granted an open place of the community; nobody else needs one."""
    if grant.role is None:
        return None
    if grant.place is None:
        return {"place": _("This role needs a place.")} if grant.role.role in PLACE_ROLES else None
    if grant.place.community_id != grant.community_key:
        return {"place": _("The place belongs to another community.")}
    if grant.is_new and grant.place.closed_on is not None and grant.place.closed_on <= clock.today():
        return {"place": _("This place is closed; choose another.")}
    return None


def subject_fits(grant: Any) -> dict[str, Text] | None:
    """Liaisons and partners speak for an organisation, volunteers for themselves or the team they lead."""
    kinds = BOUND_ROLES.get(grant.role.role, ()) if grant.role is not None and grant.is_new else None
    if kinds is None:
        return None
    if grant.subject is None:
        needed = "organization" in kinds
        return {"subject": _("This role needs the organisation the person speaks for.")} if needed else None
    if grant.subject.kind.value not in kinds:
        return {"subject": _("Nobody speaks for this one in this role; choose another.")}
    if grant.subject.community_id != grant.community_key:
        return {"subject": _("This one belongs to another community.")}
    return {"subject": _("This is archived; choose another.")} if grant.subject.archived_at is not None else None


def community_fits(grant: Any) -> dict[str, Text] | None:
    """A role holds in one community, except the administrator's, which holds for the installation."""
    everywhere = grant.role is not None and grant.role.role in INSTALLATION_ROLES
    if everywhere and grant.community_key:
        return {"community": _("An administrator holds for all communities; leave this empty.")}
    if not everywhere and not grant.community_key:
        return {"community": _("Choose the community the role holds in.")}
    return None


def days_in_order(grant: Any) -> dict[str, Text] | None:
    """A grant ends on or after the day it begins."""
    if grant.ends_on is not None and grant.starts_on is not None and grant.ends_on < grant.starts_on:
        return {"ends_on": _("The last day lies before the first day.")}
    return None


def stays_as_given(grant: Any) -> dict[str, Text] | None:
    """A grant is not rewritten: what somebody once held must stay readable."""
    if grant.is_new:
        return None
    fixed = {"account", "account_id", "role", "community", "community_id", "place", "place_id"}
    fixed |= {"subject", "subject_id"}
    rewritten = sorted(changed(grant) & fixed)
    complaint = _("A grant cannot be rewritten: end it and give a new one.")
    return {name.removesuffix("_id"): complaint for name in rewritten} or None


def changed(row: Any) -> set[str]:
    """Return the columns and relations of a row that are about to be written."""
    return {attribute.key for attribute in sa_inspect(row).attrs if attribute.history.has_changes()}
