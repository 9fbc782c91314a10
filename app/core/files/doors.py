"""The files of a list's rows for programs: list, add, fetch, remove."""

from typing import Any

from flask import Response, jsonify, request
from flask_appbuilder.api import expose
from flask_babel import gettext

from app.core import access, clock
from app.core.database import transaction
from app.core.files import service
from app.core.files.models import Attachment, may_attach
from app.core.files.sending import sent
from app.core.gate import requires
from app.core.rules import Violation
from app.extensions import db

UPLOAD = "file"
"""The name of the part that carries a file."""


class FileDoors:
    """What a list whose rows have files offers to programs."""

    view: Any

    @expose("/<pk>/files", methods=["GET"])
    @requires("v")
    def files(self, pk: str) -> Response:
        """Return what is known of the files of a row."""
        found = service.of(self.view.row(pk))
        return jsonify(count=len(found), ids=[one.id for one in found], result=[_told(one) for one in found])

    @expose("/<pk>/files", methods=["POST"])
    @requires("em")
    def add_file(self, pk: str) -> tuple[Response, int]:
        """Add one file to a row."""
        row = self.view.row(pk, "em")
        upload = request.files.get(UPLOAD)
        if upload is None:
            raise Violation({UPLOAD: [gettext("Please choose a file.")]})
        try:
            # Nobody waits for the database while the picture is drawn.
            db.session.rollback()
            prepared = service.prepare(upload.stream, upload.filename or "")
            with transaction():
                attachment = service.keep(row, prepared)
        except Violation as error:
            raise Violation({UPLOAD: error.errors.get(service.FIELD, [])}) from None
        return jsonify(id=attachment.id, result=_told(attachment)), 201

    @expose("/<pk>/files/<file_id>", methods=["GET"])
    @requires("v")
    def file(self, pk: str, file_id: str) -> Response:
        """Return a file itself."""
        return sent(service.find(file_id, self.view.row(pk)), thumb="thumb" in request.args)

    @expose("/<pk>/files/<file_id>", methods=["DELETE"])
    @requires("em")
    def remove_file(self, pk: str, file_id: str) -> Response:
        """Remove a file from its row."""
        row = self.view.row(pk)
        attachment = service.find(file_id, row)
        if not may_attach(row):
            raise access.Forbidden
        told = _told(attachment)
        with transaction():
            service.remove(attachment)
        return jsonify(id=told["id"], result=told)


def _told(one: Attachment) -> dict[str, Any]:
    """Return a file's facts as JSON."""
    plain = ("id", "name", "size", "sha256", "width", "height", "move")
    found = {name: getattr(one, name) for name in plain}
    made = {"made_at": clock.local(one.made_at).isoformat(), "made_by": one.made_by_id}
    return found | {"kind": one.kind.value, "url": f"/files/{one.id}"} | made
