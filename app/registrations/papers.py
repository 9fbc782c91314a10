"""What dual registration has on paper, A4: slips with their receipts, the service record card, the agreement.

Printed as exports are: what is masked for anybody is masked here for everybody.
"""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, current_app, render_template
from flask_babel import gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core import access, display, masking
from app.core.fields import facts
from app.core.gate import requires
from app.core.specification import Page, Panel
from app.extensions import db
from app.fulfilments.choices import DONE
from app.fulfilments.models import Fulfilment
from app.organizations.models import Organization
from app.registrations.cobuilding import LINKS, Agreement
from app.registrations.feedback import Feedback
from app.registrations.models import Member

pages: Final = Blueprint("registrations", __name__)

SHOWN: Final = 30
"""How many services the record card holds; the newest."""

Lines = list[tuple[str, str]]


def _found(model: Any, pk: int, *relations: Any) -> Any:
    """Return the row with this id inside the scope, or stop with 404."""
    loads = (joinedload(relation) for relation in (model.community, *relations))
    row = db.session.scalars(select(model).where(model.id == pk).options(*loads)).one_or_none()
    if row is None:
        raise access.OutOfScope
    return row


def _lines(row: Any, *names: str) -> Lines:
    """Return columns as a form on paper has them: label and value, empty where nothing is known."""
    shown = ((name, display.masked(row, name)) for name in names)
    return [(str(facts(type(row))[name].label), "" if said == display.EMPTY else said) for name, said in shown]


def _name(member: Member) -> str:
    return masking.name(member.person.name)


def _page(template: str, title: str, row: Any, **values: Any) -> Page:
    views = current_app.extensions["appbuilder"].list_views()
    view = next(view for view in views if view.list_name == row.list_name)
    return render_template(f"registrations/{template}", title=title, row=row, view=view, **values)


@pages.get("/units/registration/<int:unit_id>")
@requires("v", "units")
def unit_slip(unit_id: int) -> Page:
    """Show the registration slip of a unit, and below the dotted line its receipt."""
    unit = _found(Organization, unit_id)
    names = ("name", "kind", "credit_code", "party_org", "head_name", "member_count", "contact_name", "contact_phone")
    lines = _lines(unit, *names, "reported_on")
    return _page("slip.html", gettext("Registration slip"), unit, lines=lines, whose=unit.name)


@pages.get("/members/registration/<int:member_id>")
@requires("v", "members")
def member_slip(member_id: int) -> Page:
    """Show the registration slip of a member, and below the dotted line its receipt."""
    member = _found(Member, member_id, Member.unit)
    who = [(str(facts(Member)["person"].label), _name(member))]
    lines = who + _lines(member, "unit", "party_joined_on", "skills", "service_posts", "reported_on")
    return _page("slip.html", gettext("Registration slip"), member, lines=lines, whose=_name(member))


@pages.get("/members/card/<int:member_id>")
@requires("v", "members")
def card(member_id: int) -> Page:
    """Show the service record card (服务记录卡) of a member: who, which post, and what was done, as one may see it."""
    member = _found(Member, member_id, Member.unit, Member.post)
    who = [(str(facts(Member)["person"].label), _name(member))]
    lines = who + _lines(member, "unit", "post", "reported_on", "grade", "evaluated_on")
    told = {"lines": lines, "services": _services(member), "quarters": _quarters(member)}
    return _page("card.html", gettext("Service record card"), member, **told)


def _services(member: Member) -> list[list[str]]:
    """Return day, number, what was done and person-times of the services of a member, the newest first."""
    hers = or_(Fulfilment.taker_id == member.person_id, Fulfilment.provider_id == member.person_id)
    done = select(Fulfilment).where(Fulfilment.community_id == member.community_id, Fulfilment.state.in_(DONE), hers)
    newest = done.order_by(Fulfilment.delivered_on.desc(), Fulfilment.id.desc()).limit(SHOWN)
    names = ("delivered_on", "code", "measures", "person_times", "state")
    return [[value for _label, value in _lines(order, *names)] for order in db.session.scalars(newest)]


def _quarters(member: Member) -> list[list[str]]:
    """Return year, quarter, services, person-times and state of the feedback of the last two years."""
    about = select(Feedback).filter_by(community_id=member.community_id, member_id=member.id)
    newest = about.order_by(Feedback.year.desc(), Feedback.quarter.desc()).limit(8)
    names = ("year", "quarter", "orders", "person_times", "summary", "state")
    return [[value for _label, value in _lines(one, *names)] for one in db.session.scalars(newest)]


@pages.get("/agreements/paper/<int:agreement_id>")
@requires("v", "agreements")
def agreement(agreement_id: int) -> Page:
    """Show an agreement as it is signed: the parties, the six links, the term, and where both sign."""
    row = _found(Agreement, agreement_id, Agreement.unit)
    links = [(label, said) for label, said in _lines(row, *LINKS) if said]
    return _page("agreement.html", gettext("Co-building agreement"), row, links=links)


# -- the ways there -------------------------------------------------------------------------------------------------


def _leading_to(*papers: tuple[str, str, str]) -> Callable[[Any], list[Panel]]:
    """Return what shows on a row the way to its papers: address, argument, words by name."""

    def panels(row: Any) -> list[Panel]:
        if getattr(row, "state", None) is None:
            return []
        return [("registrations/papers.html", {"papers": papers, "pk": row.id})]

    return panels


GUESTS: Final = {
    "units": _leading_to(("registrations.unit_slip", "unit_id", "slip")),
    "members": _leading_to(
        ("registrations.member_slip", "member_id", "slip"), ("registrations.card", "member_id", "card")
    ),
    "agreements": _leading_to(("registrations.agreement", "agreement_id", "agreement")),
}
"""What the detail pages of three lists show besides their own."""
