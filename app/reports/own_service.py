"""My service (我的志愿服务): what a volunteer opens the portal for: the own standing, and orders to answer or keep."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import access
from app.core.actor import current
from app.core.database import transaction
from app.core.forms import NEEDED, Paragraph, PortalForm
from app.core.gate import members
from app.core.rules import Violation
from app.extensions import db
from app.fulfilments.choices import BOOKED, FulfilmentState
from app.fulfilments.hands import speaks_for
from app.fulfilments.models import Fulfilment
from app.roles import Role
from app.volunteers import service
from app.volunteers.choices import VolunteerState
from app.volunteers.models import Volunteer

own_pages: Final = Blueprint("own_service", __name__)

SHOWN: Final = 40
"""How many orders are shown at most; the list has them all."""


class LeaveForm(PortalForm):
    """Why somebody ends the own service; the words go with the step."""

    reason = Paragraph(_("Reason"), render_kw=NEEDED)


@own_pages.app_context_processor
def _frame() -> dict[str, Any]:
    return {"serves": serves}


def serves() -> bool:
    """Tell whether the actor signs in as a volunteer, or as the leader of a team."""
    actor = current()
    return actor is not None and any(held.role is Role.VOLUNTEER for held in actor.held)


def _mine() -> Volunteer | None:
    """Return the actor as a volunteer; None of who only leads a team. Who is neither has no such page."""
    volunteer = service.own()
    if volunteer is None and not serves():
        raise access.OutOfScope
    return volunteer


@own_pages.get("/me")
@members
def index() -> ResponseReturnValue:
    """Show the own standing, and the orders that wait for an answer or for the day."""
    volunteer = _mine()
    found = _orders(FulfilmentState.OFFERED, *BOOKED)
    offered = [order for order in found if order.state is FulfilmentState.OFFERED]
    kept = [order for order in found if order.state in BOOKED]
    views = {view.list_name: view for view in current_app.extensions["appbuilder"].list_views()}
    shown = {"row": volunteer, "offered": offered, "kept": kept, "view": views[Volunteer.list_name]}
    may_leave = volunteer is not None and volunteer.state is not VolunteerState.LEFT
    return render_template("own_service.html", orders=views[Fulfilment.list_name], may_leave=may_leave, **shown)


def _orders(*states: FulfilmentState) -> Sequence[Fulfilment]:
    """Return the orders of whom the actor speaks for: of the own person and of the teams led, the next first."""
    actor = current()
    if actor is None or not access.may("v", Fulfilment.guard()):
        return []
    theirs = select(Fulfilment).where(speaks_for(Fulfilment, actor), Fulfilment.state.in_(states))
    found = theirs.where(Fulfilment.archived_at.is_(None)).order_by(Fulfilment.scheduled_at, Fulfilment.id)
    loaded: Any = found.options(joinedload(Fulfilment.provider), joinedload(Fulfilment.place))
    return db.session.scalars(loaded.limit(SHOWN)).all()


@own_pages.route("/me/leave", methods=["GET", "POST"])
@members
def leave() -> ResponseReturnValue:
    """Ask, and end the own service."""
    volunteer, form = _mine(), LeaveForm()
    if volunteer is None:
        raise access.OutOfScope
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                service.leave(volunteer, form.reason.data)
        except Violation as error:
            form.complain(error.errors)
        else:
            flash(gettext("Your service has ended. Thank you for what you did."), "success")
            return redirect(url_for("own_service.index"))
    return render_template("own_leave.html", row=volunteer, form=form), 422 if request.method == "POST" else 200
