"""The addresses of single files: fetch one, and remove one after asking."""

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import access, moves
from app.core.database import transaction
from app.core.files import service
from app.core.files.models import may_attach
from app.core.files.sending import sent
from app.core.forms import PortalForm
from app.core.gate import members, onward

pages = Blueprint("files", __name__)


@pages.get("/files/<int:file_id>")
@members
def fetch(file_id: int) -> ResponseReturnValue:
    """Send a file to who sees its row; with `thumb` the small picture."""
    return sent(service.find(file_id), thumb="thumb" in request.args)


@pages.route("/files/<int:file_id>/remove", methods=["GET", "POST"])
@members
def remove(file_id: int) -> ResponseReturnValue:
    """Ask whether a file shall be removed from its row, and remove it."""
    attachment = service.find(file_id)
    row = attachment.row()
    if row is None or not may_attach(row):
        raise access.Forbidden
    if row.archived_at is not None:
        raise moves.Refused(moves.ARCHIVED)
    view = _view_of(attachment.list)
    if request.method != "POST":
        values = {"view": view, "row": row, "file": attachment, "form": PortalForm()}
        return render_template("detach.html", title=_("Remove the file"), **values)
    with transaction():
        service.remove(attachment)
    flash(gettext("Removed."), "success")
    return onward(view.url("show", pk=row.id))


def _view_of(list_name: str) -> Any:
    return next(view for view in current_app.extensions["appbuilder"].list_views() if view.list_name == list_name)
