"""Moves, bulk moves and the archive of a list's rows."""

from datetime import timedelta
from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import access, clock, moves
from app.core.actor import current
from app.core.database import transaction
from app.core.errors import LEAVES, STALE, answer
from app.core.fields import Text, facts, shape
from app.core.files.fields import files_field
from app.core.flow import Ask, Move
from app.core.forms import NEEDED, Flag, Kept, Paragraph, PortalForm, field_for
from app.core.gate import onward, requires
from app.core.rules import Violation
from app.core.specification import Page, Specification
from app.core.timeline import Step, add_step, steps_of
from app.extensions import db

RESTORABLE: Final = timedelta(days=30)
BULK: Final = 200
"""How many rows one bulk action takes at most."""
ASKED: Final = "asked"
"""What a form says that carries the parameters of a move for many rows."""
SAME_CLICK: Final = timedelta(seconds=30)


class ArchiveForm(PortalForm):
    """Why a row is put away."""

    reason = Paragraph(_("Reason"), render_kw=NEEDED)
    version = Kept()


class Moving(Specification):
    """What can be done with the rows of a list."""

    @expose("/move/<name>/<pk>", methods=["GET", "POST"])
    @requires("m")
    def move(self, name: str, pk: str) -> Page:
        """Ask for the parameters of a move, and make it."""
        row = self.row(pk)
        move = self.model.flow.by_name.get(name) if hasattr(self.model, "flow") else None
        if move is None:
            raise access.OutOfScope
        actor = current()
        if actor is None or not moves.may_make(row, move, actor):
            raise access.Forbidden
        form = self._move_form(move, row)
        if request.method == "GET":
            return self._move_page(form, row, move)
        return self._move(form, row, move)

    def _move(self, form: PortalForm, row: Any, move: Move) -> Page:
        if not form.validate():
            return self._move_page(form, row, move, status=422)
        values = {ask.name: form[ask.name].data for ask in move.asks if _sent(form[ask.name])}
        try:
            with transaction():
                moves.perform(row, move.name, values, _version(form.version))
                if "photos" in form:
                    form.photos.keep(row, move.name)
        except Violation as error:
            form.complain(moves.by_parameter(error.errors, move))
            return self._move_page(form, row, move, status=422)
        except access.OutOfScope:
            form.complain({"place" if "place" in form else "": [LEAVES]})
            return self._move_page(form, row, move, status=422)
        except moves.Refused as refused:
            if not _just_done(row, move.name, values):
                form.complain({"": [refused.reason]})
                return self._move_page(form, row, move, status=409)
        except moves.Stale:
            if not _just_done(row, move.name, values):
                raise
        flash(gettext("Done: %(move)s.", move=move.label), "success")
        self.warn(values)
        return onward(self.leads_to(row, move.name))

    def _move_form(self, move: Move, row: Any, **options: Any) -> PortalForm:
        """Return the form for the parameters of a move; without a row, for many, who bring no files of their own."""
        described = facts(self.model)
        fields: dict[str, Any] = {
            ask.name: field_for(self.model, ask.sets, required=ask.required, **self._as_asked(row, ask))
            if ask.sets in described
            else Paragraph(
                moves.label_of(self.model, ask), description=ask.help or "", render_kw=NEEDED if ask.required else None
            )
            for ask in move.asks
        }
        photos = {"photos": files_field(self.model)} if move.photos and row and self.model.attachments else {}
        made = type("MoveForm", (PortalForm,), {**fields, **photos, "version": Kept()})
        form: PortalForm = made(obj=row, **options)
        return form

    def _as_asked(self, row: Any, ask: Ask) -> dict[str, Any]:
        """Return what the field of a parameter says otherwise than that of the column; a box offers to turn it over."""
        if row is not None and shape(self.model, ask.sets).kind == "flag":
            return {"default": not getattr(row, ask.sets)}
        return {"label": ask.label} if ask.label is not None else {}

    def _move_page(self, form: PortalForm, row: Any, move: Move, status: int = 200) -> Page:
        actor = current()
        reason = moves.refusal(row, move, actor) if actor else None
        if reason is not None:
            raise moves.Refused(reason)
        if status == 422 and "photos" in form:
            form.photos.put_aside()
        return render_template(
            "move.html", view=self, title=move.label, form=form, row=row, move=move, asks=[a.name for a in move.asks]
        ), status

    @expose("/action_post", methods=["POST"])
    @requires("m")
    def action_post(self) -> Page:
        """Make one move on many rows; each is looked up inside the scope and answered for by itself.

        What the move must be told is asked once, on a page between, and holds for all of them.
        """
        name = request.form.get("action", "")
        if name not in self.bulk_moves:
            return answer(400, gettext("This list has no such action."))
        picked = list(dict.fromkeys(request.form.getlist("rowid")))[:BULK]
        move = self.model.flow.by_name[name]
        if picked and move.must_ask:
            return self._ask_for_many(move, picked)
        outcomes = [self._one_of_many(name, pk, {}) for pk in picked]
        return self._outcomes(move, outcomes)

    def _outcomes(self, move: Move, outcomes: list[tuple[Any, Text | None]]) -> Page:
        return render_template("bulk.html", view=self, title=move.label, outcomes=outcomes)

    def _ask_for_many(self, move: Move, picked: list[str]) -> Page:
        """Ask for the parameters of a move, and make it on all the rows."""
        if ASKED not in request.form:
            return self._many_page(self._move_form(move, None, formdata=None), move, picked)
        form = self._move_form(move, None)
        if not form.validate():
            return self._many_page(form, move, picked, status=422)
        # What stays empty stays with each row as it is.
        values = {ask.name: form[ask.name].data for ask in move.asks if form[ask.name].data not in (None, "", [])}
        wrong = moves.complaints(self.model, move, values)
        outcomes = [] if wrong else [self._one_of_many(move.name, pk, values, wrong) for pk in picked]
        if wrong and all(reason is not None for _row, reason in outcomes):
            form.complain(wrong)
            return self._many_page(form, move, picked, status=422)
        self.warn(values)
        return self._outcomes(move, outcomes)

    def _many_page(self, form: PortalForm, move: Move, picked: list[str], status: int = 200) -> Page:
        asks = [ask.name for ask in move.asks]
        return render_template(
            "move_many.html", view=self, title=move.label, form=form, move=move, asks=asks, picked=picked, asked=ASKED
        ), status

    def _one_of_many(
        self, name: str, pk: str, values: dict[str, Any], wrong: dict[str, list[Text]] | None = None
    ) -> tuple[Any, Text | None]:
        """Make the move on one row; return the row and why it was not made, or None.

        `wrong`: takes what is wrong with the parameters, by their names.
        """
        row = self._load(pk, ())
        if row is None:
            return None, _("This row is not there (any more).")
        try:
            with transaction():
                moves.perform(row, name, values)
        except moves.Refused as refused:
            return row, refused.reason
        except moves.Stale:
            return row, STALE
        except access.Forbidden:
            return row, _("Your role does not allow this.")
        except Violation as error:
            said = moves.by_parameter(error.errors, self.model.flow.by_name[name])
            if wrong is not None:
                wrong |= {key: texts for key, texts in said.items() if key in values}
            return row, self._in_words(error)
        except access.OutOfScope:
            return row, LEAVES
        return row, None

    def _in_words(self, error: Violation) -> str:
        described = facts(self.model)
        colon = gettext(": ")
        parts = [
            f"{described[name].label}{colon}{str(texts[0]).rstrip('。.')}"
            for name, texts in error.errors.items()
            if name in described
        ]
        return gettext("; ").join(parts)

    @expose("/archive/<pk>", methods=["GET", "POST"])
    @requires("a")
    def archive(self, pk: str) -> Page:
        """Put a row away, with the reason; it can be brought back."""
        row = self.row(pk, "a")
        form = ArchiveForm(version=str(row.version))
        if request.method == "GET":
            return self._archive_page(form, row)
        try:
            self.put_away(row, form.reason.data or "", _version(form.version))
        except Violation as error:
            form.complain({"reason": [text for texts in error.errors.values() for text in texts]})
            return self._archive_page(form, row, status=422)
        flash(gettext("Archived. It can be restored within 30 days."), "success")
        return onward(self.url("list"))

    def put_away(self, row: Any, reason: str, version: int | None = None) -> None:
        """Archive a row. Raises Refused, Stale or, where the reason is none, Violation."""
        if row.archived_at is not None:
            raise moves.Refused(_("The row is archived already."))
        if version is not None and version != row.version:
            raise moves.Stale
        if not reason:
            raise Violation({"archive_reason": [_("Please fill this in.")]})
        with transaction():
            row.archived_at, row.archive_reason = clock.now(), reason
            self._step(row, "archive", reason=reason)

    def _archive_page(self, form: ArchiveForm, row: Any, status: int = 200) -> Page:
        return render_template("archive.html", view=self, title=_("Archive"), form=form, row=row), status

    @expose("/restore/<pk>", methods=["POST"])
    @requires("a")
    def restore(self, pk: str) -> Page:
        """Bring an archived row back."""
        row = self.row(pk, "a")
        if row.archived_at is None:
            raise moves.Refused(_("The row is not archived."))
        if clock.now() - row.archived_at > RESTORABLE:
            raise moves.Refused(_("It was archived more than 30 days ago and can no longer be restored."))
        with transaction():
            row.archived_at, row.archive_reason = None, None
            self._step(row, "restore")
        flash(gettext("Restored."), "success")
        return redirect(self.url("show", pk=row.id))

    def _step(self, row: Any, name: str, **said: Any) -> None:
        if self.list_name in Step.told:
            add_step(db.session, row, name, None, None, **said)


def _sent(field: Any) -> bool:
    """Tell whether a parameter was sent; a browser sends nothing for a box that is not ticked."""
    return bool(field.raw_data) or isinstance(field, Flag)


def _version(field: Kept) -> int | None:
    """Return the version the page was opened at; None where the page did not say."""
    given = str(field.raw_data[0]) if field.raw_data else ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _just_done(row: Any, name: str, values: dict[str, Any]) -> bool:
    """Tell whether the same person made the very same move a moment ago: the second half of a double click."""
    actor = current()
    last = next(iter(reversed(steps_of(db.session, row))), None)
    if last is None or actor is None:
        return False
    same = (last.move, last.by_id, last.said) == (name, actor.user_id, moves.told(values))
    return same and clock.now() - last.at < SAME_CLICK
