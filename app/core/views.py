"""The pages of a list: the list itself, the detail of a row, and the choices it offers to selects."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from blinker import Signal
from flask import abort, g, jsonify, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.core import access, clock, display, keyset, moves, paper, selects, tallies, telling
from app.core.actor import current
from app.core.addresses import BadQuery
from app.core.detail import sections
from app.core.disclosing import Disclosing
from app.core.editing import Editing
from app.core.errors import answer
from app.core.fields import RELATED, Labelled, Text, facts, shape
from app.core.files.attaching import Attaching
from app.core.flow import Move
from app.core.gate import requires
from app.core.listing import Query, counted, read
from app.core.model import Recorded
from app.core.moving import Moving
from app.core.rows import Rows
from app.core.saved import views_of
from app.core.sheets.pages import Sheets
from app.core.specification import Page, ScopedInterface
from app.core.timeline import Step

__all__ = ["ListView", "ScopedInterface"]

opened: Final = Signal()
"""Sent by a page that shows one row, once the row has been read; `row`."""

# Inside the view `list` is the page of the list.
Names = list[str]
Pairs = list[tuple[Text, str]]
Pair = tuple[str | None, str | None]
Moves = list[Move]


class ListView(Editing, Moving, Attaching, Disclosing, Sheets):
    """List, detail, forms, moves and archive of one list; every list of the portal is one of these."""

    @expose("/list/")
    @requires("v")
    def list(self) -> Page:
        """Show the rows that were asked for."""
        try:
            query = self.asked(request.args)
        except BadQuery as bad:
            return answer(400, bad.sentence)
        total = query.total()
        query = _within(query, total)
        tallies.tell(self)
        return render_template("appbuilder/general/model/list.html", **self._list_values(query, total))

    def asked(self, args: MultiDict[str, str]) -> Query:
        """Read what is asked of the list, within what it shows the actor. Raises BadQuery."""
        query = read(self.offer, args)
        return replace(query, where=(*query.where, *self.narrowed()))

    def _list_values(self, query: Query, total: int) -> dict[str, Any]:
        rows = keyset.page(query, *self.relations(self.list_columns))
        makes_moves = hasattr(self.model, "flow") and access.may("m", self.guard)
        return {
            "view": self,
            "title": self.list_title,
            "query": query,
            "rows": rows,
            "html": partial(Rows, self, query, self._labels(), self._narrow()),
            "movable": makes_moves,
            "remark": self.remark(),
            "views": views_of(self.list_name),
            "total": total,
            "counted": query.most,
            "said": counted(total, query.most),
            "pages": max(1, -(-total // query.size)),
            "bulk": [self.model.flow.by_name[name] for name in self.bulk_moves] if makes_moves else [],
        }

    def _labels(self) -> dict[str, str]:
        return {name: str(self.label_columns[name]) for name in self.list_columns}

    def _narrow(self) -> set[str]:
        """Return the columns of the list page whose words stay on one line: codes and dates."""
        kinds = {name: shape(self.model, name).kind for name in self.list_columns}
        return {*self.narrow_columns} | {name for name, kind in kinds.items() if kind in ("date", "instant")}

    @expose("/show/<pk>", methods=["GET"])
    @requires("v")
    def show(self, pk: str) -> Page:
        """Show one row: its facts in groups, what can be done with it, and what happened to it."""
        row = self.row(pk, names=self.show_columns, whole=True)
        opened.send(type(self), row=row)
        return render_template(
            "appbuilder/general/model/show.html",
            view=self,
            title=display.titled(row),
            row=row,
            sections=partial(sections, self, row),
            moves=sorted(moves.possible(row), key=lambda move: move.tone != "strong"),
            told=telling.stream(self, row),
            can={"e": self.editable(row), "a": access.may_row("a", row)},
            lead=self.lead(row),
            panels=[*self.all_panels(row), *self.files_panel(row)],
            back=f"{self.url('list')}?{request.args.get('in', '')}".rstrip("?"),
            neighbours=self._neighbours(row),
        )

    @expose("/print/<pk>", methods=["GET"])
    @requires("v")
    def printed(self, pk: str) -> Page:
        """Show one row as the form on paper it replaces: masked for everybody, with lines to sign."""
        row = self.row(pk, names=self.show_columns)
        told = [(group, paper.lines(paper.boxes(row, names))) for group, names in self.groups(self.on_paper())]
        community = getattr(row, "community", None)
        values = {"groups": told, "title": paper.title(row), "community": community, "now": clock.now()}
        return render_template("appbuilder/general/model/paper.html", view=self, row=row, who=g.account.name, **values)

    def on_paper(self) -> Names:
        """Return the columns of the form on paper: all but what the portal notes by itself, and the community."""
        noted = {*Recorded.__dict__, "community"}
        return [name for name in self.show_columns if name not in noted]

    def beside_value(self, row: Any, name: str) -> Text:
        """Return what stands in small letters beside a value of the detail page, such as an age; mostly nothing."""
        return ""

    def when_unset(self, name: str) -> Text:
        """Return what holds where a column of the detail page says nothing, if anything does."""
        return ""

    @expose("/history/<pk>", methods=["GET"])
    @requires("v")
    def history(self, pk: str) -> Page:
        """Show everything that happened to one row, with each value it ever had."""
        row = self.row(pk)
        told = telling.stream(self, row, brief=False)
        return render_template("history.html", view=self, title=gettext("History"), row=row, told=told)

    def _neighbours(self, row: Any) -> Pair | None:
        """Return the addresses of the rows before and after this one in the list it was opened from."""
        position, asked = request.args.get("at", ""), request.args.get("in", "")
        if not position.isdecimal() or len(position) > 6:
            return None
        try:
            query = self.asked(MultiDict(parse_qsl(asked)))
        except (BadQuery, ValueError):
            return None
        around = query.around(int(position))
        if (int(position), row.id) not in around:
            return None
        found = {place - int(position): self.url("show", pk=pk, at=place, **{"in": asked}) for place, pk in around}
        return found.get(-1), found.get(1)

    def editable(self, row: Any) -> bool:
        """Tell whether the actor may change this row in its form."""
        actor = current()
        return actor is not None and access.may_row("e", row, actor) and row.writable(actor, "e")

    def row_moves(self, row: Any) -> Moves:
        """Return the moves offered in the row of the list: those that bring it forward."""
        return [move for move in moves.possible(row) if move.tone == "strong"][:1]

    def crumb(self, row: Any) -> str:
        """Return what a row is called in the trail of the page."""
        return str(getattr(row, "code", None) or display.titled(row))

    def worth_showing(self, row: Any) -> Names:
        """Return the columns of the detail page: those people fill in, and of the others those that say something."""
        described = facts(self.model)
        return [
            name
            for name in self.show_columns
            if described[name].edited or getattr(row, name) not in (None, 0, False, "")
        ]

    def alarms(self, row: Any) -> Text | None:
        """Return what is alarming about a row, if anything."""
        return _("Overdue") if getattr(row, "is_overdue", False) else None

    def hint(self, row: Any) -> tuple[Text, str, str] | None:
        """Return words, tone and icon of what is worth knowing where nothing is alarming, beside the alarm's column."""
        return None

    def step_said(self, step: Step) -> Pairs:
        """Return what was given with a step, in words; sensitive columns stay out."""
        described = facts(self.model)
        named = ((name, described.get(telling.column_of(self.model, step.move, name))) for name in step.said)
        open_ones = [name for name, field in named if not _sensitive(field)]
        return [(self._said_label(step, name), self._said_words(step, name, step.said[name])) for name in open_ones]

    def _said_label(self, step: Step, name: str) -> Text:
        column = telling.column_of(self.model, step.move, name)
        return facts(self.model)[column].label if column in facts(self.model) else _("Reason")

    def _said_words(self, step: Step, name: str, said: Any) -> str:
        column = telling.column_of(self.model, step.move, name)
        form = shape(self.model, column) if column in facts(self.model) else None
        if form is not None and form.kind == "instant" and isinstance(said, str):
            return display.words(datetime.fromisoformat(said))
        choices = form.choices if form is not None else None
        member = next((one for one in choices or () if one.value == said), None)
        return display.words(member if isinstance(member, Labelled) else said)

    @expose("/options")
    @requires("v")
    def options(self) -> Response:
        """Return the rows of this list as choices."""
        return _as_choices(selects.offered(self.model, request.args.get("q", "").strip()))

    @expose("/filters/<name>")
    @requires("v")
    def filter_choices(self, name: str) -> Response:
        """Return the choices of a filter of this list."""
        if name not in self.offer.filters or shape(self.model, name).kind not in RELATED:
            abort(404)
        return _as_choices(selects.offered(shape(self.model, name).target, request.args.get("q", "").strip()))

    @expose("/choices/<name>")
    @requires("cem")
    def choices_of(self, name: str) -> Response:
        """Return the choices of a select in this list's forms, or of a parameter of a move."""
        name = moves.asked_column(self.model, name)
        if name not in facts(self.model) or shape(self.model, name).kind not in RELATED or not self._may_choose(name):
            abort(404)
        return _as_choices(self.choices(name, request.args.get("q", "").strip()))

    def _may_choose(self, name: str) -> bool:
        """Choices are for who fills them in: in a form of the list, or with a move of the own."""
        actor = current()
        typed = {*self.add_names, *self.edit_names, "community"}
        return name in typed or (actor is not None and moves.asks_for(self.model, name, actor))


def _as_choices(found: list[tuple[int, str]]) -> Response:
    return jsonify(results=[{"id": pk, "text": text} for pk, text in found])


def _within(query: Query, total: int) -> Query:
    """Return the query for a page that exists: the last one where more was asked for."""
    last = max(1, -(-total // query.size))
    return query if query.page <= last or total > query.most else query.at(last)


def _sensitive(field: Any) -> bool:
    return field is not None and (field.sealed or field.mask is not None)
