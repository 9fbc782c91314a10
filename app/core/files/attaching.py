"""The files of a list's rows on its pages: the panel of the detail page, and the form that adds some."""

from typing import Any, Final

from flask import flash, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import moves, telling
from app.core.database import transaction
from app.core.fields import Text
from app.core.files import service
from app.core.files.fields import LABEL, PORTRAIT, Photos, Portrait
from app.core.files.models import Attachment, may_attach
from app.core.forms import PortalForm
from app.core.gate import onward, requires
from app.core.rules import Violation
from app.core.specification import Page, Specification

ADD: Final = _("Add photos and files")


class AttachForm(PortalForm):
    """Which files are added."""

    photos = Photos(needed=True)


class PortraitForm(PortalForm):
    """Which photo takes the place of the one there is."""

    photos = Portrait(needed=True)


class Attaching(Specification):
    """Adds files to the rows of a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.model.attachments:
            self.hanging[service.FILES] = service.hung

    def files_panel(self, row: Any) -> list[tuple[str, dict[str, Any]]]:
        """Return the panel of a row's files; none where the list has no files."""
        if not self.model.attachments:
            return []
        files = service.of(row)
        may = row.archived_at is None and may_attach(row)
        full = len(files) >= service.MOST
        return [("files.html", {"files": files, "may": may, "full": full, "words": self._file_words()})]

    def _file_words(self) -> tuple[Text, Text, Text]:
        """Return how the files of a row are called, what adding some is, and what is said while there are none."""
        if self.model.portrait:
            return PORTRAIT, _("Add or replace the photo"), _("No photo yet.")
        return LABEL, ADD, _("No photos or files yet.")

    def came_with(self, file: Attachment) -> Text:
        """Return the words for the move a file came with."""
        return telling.act_label(self.model, file.move or "")

    @expose("/attach/<pk>", methods=["GET", "POST"])
    @requires("em")
    def attach(self, pk: str) -> Page:
        """Ask for photos and files, and add them to the row."""
        row = self.row(pk, "em")
        if row.archived_at is not None:
            raise moves.Refused(moves.ARCHIVED)
        form = PortraitForm() if self.model.portrait else AttachForm()
        if request.method != "POST" or not form.validate():
            return self._attach_page(form, row, 422 if request.method == "POST" else 200)
        try:
            with transaction():
                form.photos.keep(row)
        except Violation as error:
            form.complain(error.errors)
            return self._attach_page(form, row, 422)
        flash(gettext("Added."), "success")
        return onward(self.url("show", pk=row.id))

    def _attach_page(self, form: AttachForm, row: Any, status: int) -> Page:
        if status == 422:
            form.photos.put_aside()
        values = {"view": self, "form": form, "row": row}
        return render_template("attach.html", title=self._file_words()[1], **values), status
