"""The field for photos and files in a form: several at once, by camera or from the album."""

import logging
from typing import Any, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import Field as FormField
from wtforms.validators import ValidationError
from wtforms.widgets import FileInput

from app.core.fields import Text
from app.core.files import kinds, service, staging
from app.core.files.service import FIELD, MOST, Prepared
from app.core.rules import Violation
from app.extensions import db

log: Final = logging.getLogger("sidan.files")

LABEL: Final = _("Photos and files")
PORTRAIT: Final = _("Photo of the person")
ACCEPTED: Final = "image/jpeg,image/png,image/webp,.pdf,.docx,.xlsx"
"""Naming JPEG lets a phone turn its own format into it."""


class Photos(FormField):
    """Files that come with a form. `data` holds them prepared; those of a refused form are kept for the next try."""

    widget = FileInput(multiple=True)
    accept = ACCEPTED
    most = MOST
    about: Text = _("At most 9, each up to 10 MB: photos, PDF, Word, Excel. Where a photo was taken is removed.")

    def __init__(self, label: Text = LABEL, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(label, description=self.about, **kwargs)
        self.needed = needed
        self.data: list[Prepared] = []
        self.uploads: list[FileStorage] = []
        self.tokens: dict[str, Prepared] = {}
        self.wrong: list[str] = []

    def process_data(self, value: Any) -> None:
        """A row's own files are not part of its form."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was kept from the last try, and what was chosen now."""
        taken = {token: staging.take(token) for token in valuelist[: self.most]}
        self.tokens = {token: one for token, one in taken.items() if one is not None}
        self.uploads = [one for one in request.files.getlist(self.name) if one.filename]

    def pre_validate(self, form: Any) -> None:
        """Look at each file."""
        self.data = [*self.tokens.values()]
        if len(self.uploads) + len(self.data) > self.most:
            raise ValidationError(gettext("One entry has at most %(most)s photos and files.", most=self.most))
        if self.uploads:
            # Forms are looked at before anything is written; nobody waits for the database while pictures are drawn.
            db.session.rollback()
        for upload in self.uploads:
            self._look_at(upload)
        if self.wrong:
            raise ValidationError(" ".join(self.wrong))
        if self.needed and not self.data:
            raise ValidationError(gettext("Please choose a file."))

    def _look_at(self, upload: FileStorage) -> None:
        try:
            self.data.append(service.prepare(upload.stream, upload.filename or ""))
        except Violation as error:
            self.wrong += [str(text) for text in error.errors[FIELD]]

    def keep(self, row: Any, move: str | None = None) -> None:
        """Add the files to a row; part of the current transaction. Raises as `service.keep` does."""
        for prepared in self.data:
            service.keep(row, prepared, move)
        for token in self.tokens:
            staging.forget(token)

    def put_aside(self) -> None:
        """Keep the good files of a refused form until it is sent again."""
        known = [*self.tokens.values()]
        for prepared in self.data:
            if not any(prepared is one for one in known):
                self._put_aside(prepared)

    def _put_aside(self, prepared: Prepared) -> None:
        try:
            self.tokens[staging.stage(prepared)] = prepared
        except OSError:
            log.exception("a file of a refused form could not be kept")


class Portrait(Photos):
    """The one picture of whom a row is about."""

    accept = "image/jpeg,image/png,image/webp"
    most = 1
    about: Text = _("One photo, up to 10 MB; it takes the place of the one before.")

    def __init__(self, label: Text = PORTRAIT, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(label, needed, **kwargs)

    def _look_at(self, upload: FileStorage) -> None:
        super()._look_at(upload)
        if self.data and not self.data[-1].kind.is_picture:
            self.data.pop()
            self.wrong.append(str(service.ONLY_PICTURES))
        # What else may be added elsewhere would mislead here.
        self.wrong = [text.replace(str(kinds.ONLY), str(service.ONLY_PICTURES)) for text in self.wrong]


def files_field(model: Any, needed: bool = False) -> Any:
    """Return the field for the files of a list's rows."""
    return Portrait(needed=needed) if model.portrait else Photos(needed=needed)
