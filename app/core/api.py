"""A list for programs: the same columns, scope, masks, rules and moves as its pages, as JSON.

FAB's ModelRestApi carries the registry and the addresses; its handlers are replaced, because they share filters
between threads, write past the rules, accept foreign rows and hand out related tables. Every registered list has one.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_appbuilder import ModelRestApi
from flask_appbuilder.api import expose
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.core import access, deeds, keyset, moves, openapi, payload, revealing
from app.core.actor import current
from app.core.addresses import BadQuery
from app.core.database import transaction
from app.core.errors import LEAVES, answer
from app.core.fields import facts, shape
from app.core.files import pages as file_pages
from app.core.files.doors import FileDoors
from app.core.gate import requires
from app.core.questions import Question
from app.core.rules import Violation
from app.core.sheets import pages as sheet_pages
from app.core.sheets.doors import SheetDoors
from app.core.views import ListView
from app.extensions import csrf
from app.roles import VERBS

Json = ResponseReturnValue


class ListApi(FileDoors, SheetDoors, ModelRestApi):
    """The REST door of a list. It says only which page it stands beside."""

    page: type[ListView]
    """The page whose columns, filters, orders and services hold here too."""
    view: ListView
    """The registered page itself; it must be registered first."""
    csrf_exempt = True
    """Of the check that asks everybody; see `ask_cookies`."""

    def __init__(self) -> None:
        self.datamodel = self.page.datamodel
        self.model: Any = self.datamodel.obj
        self.resource_name = self.model.list_name
        self.exclude_route_methods = set() if hasattr(self.model, "flow") else {"move"}
        self.exclude_route_methods |= set() if revealing.revealable(self.model) else {"reveal"}
        self.exclude_route_methods |= set() if revealing.findable(self.model) else {"find"}
        self.exclude_route_methods |= sheet_pages.unused(self.model)
        if not self.model.archivable:
            self.exclude_route_methods.add("delete")
        if not access.somebody_may("e", self.guard):
            self.exclude_route_methods.add("put")
        if not self.page.deeds:
            self.exclude_route_methods.add("act")
        if not self.model.attachments:
            self.exclude_route_methods |= {"files", "add_file", "file", "remove_file"}
        super().__init__()

    def _init_properties(self) -> None:
        """Nothing is kept here: every request reads its own filters."""

    def _init_titles(self) -> None:
        """Programs need no titles."""

    def _init_model_schemas(self) -> None:
        """FAB's schemas would skip the rules; `payload` reads and writes instead."""

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        """Register the addresses, and ask for a CSRF token where a cookie says who it is."""
        self.view = next(view for view in appbuilder.baseviews if type(view) is self.page)
        blueprint: Blueprint = super().create_blueprint(appbuilder, *args, **kwargs)
        blueprint.before_request(ask_cookies)
        return blueprint

    @property
    def guard(self) -> str:
        """Return the line of the role table that rules this list."""
        return str(self.model.guard())

    @expose("/_info", methods=["GET"])
    @requires("v")
    def info(self) -> Json:
        """Say what the list has and what the caller may do with it; related rows are asked for by /options."""
        return jsonify(
            permissions=[verb for verb in VERBS if access.may(verb, self.guard)],
            columns=[self._described(name) for name in self.view.show_columns],
            add_columns=list(self.view.add_names),
            edit_columns=list(self.view.edit_names),
            filters=list(self.view.filter_columns),
            order_columns=list(self.view.order_names),
            moves=[self._asked(name) for name in self.model.flow.by_name] if hasattr(self.model, "flow") else [],
        )

    def _described(self, name: str) -> dict[str, Any]:
        field, form = facts(self.model)[name], shape(self.model, name)
        found = {"name": name, "label": str(field.label), "kind": form.kind, "required": form.required}
        found |= {"limit": form.limit} if form.limit else {}
        choices = [{"code": one.value, "label": str(one.label)} for one in form.choices or ()]
        return found | ({"choices": choices} if choices else {})

    def _asked(self, name: str) -> dict[str, Any]:
        move = self.model.flow.by_name[name]
        asks = [{"name": ask.name, "required": ask.required} for ask in move.asks]
        return {"name": name, "label": str(move.label), "parameters": asks}

    @expose("/options", methods=["GET"])
    @requires("v")
    def options(self) -> Response:
        """Return the rows of this list as choices."""
        found: Response = self.view.options()
        return found

    @expose("/", methods=["GET"])
    @requires("v")
    def get_list(self) -> Json:
        """Return the rows that were asked for, a page at a time, and how many there are in all."""
        try:
            args, after = payload.address(request.args)
            query = self.view.asked(args)
        except BadQuery as bad:
            return answer(400, bad.sentence)
        part = keyset.after(query, self.view.row(after)) if after else query
        related = [name for name in self.view.list_columns if shape(self.model, name).kind == "many"]
        rows = part.rows(*self.view.relations(related))
        result = [self._row(row, self.view.list_columns) for row in rows]
        return jsonify(count=query.count(limit=None), ids=[row.id for row in rows], result=result)

    @expose("/<pk>", methods=["GET"])
    @requires("v")
    def get(self, pk: str) -> Json:
        """Return one row."""
        return self._answer(self.view.row(pk))

    @expose("/", methods=["POST"])
    @requires("c")
    def post(self) -> Json:
        """Register a row."""
        given = self._named(payload.body())
        who = payload.texts(given, self.view.who_names)
        names = [*self.view.add_names, "community"] if "community" in facts(self.model) else self.view.add_names
        # What is not sent is empty, as in the form.
        empty = {name: payload.nothing(shape(self.model, name)) for name in self.view.add_names}
        values = empty | payload.values(self.model, given, names)
        if "community" in names and values.get("community") is None:
            values["community"] = self.view.usual_community()
        with self._saving():
            row = self.view.create(values | who)
        return self._answer(row, 201, **self.view.told_once(row))

    @expose("/<pk>", methods=["PUT"])
    @requires("e")
    def put(self, pk: str) -> Json:
        """Change the columns that were sent; `version` says which state of the row the caller has seen."""
        row = self.view.row(pk, "e")
        given = self._named(payload.body())
        version = _version(given)
        if row.archived_at is not None:
            raise moves.Refused(moves.ARCHIVED)
        if version != row.version:
            raise moves.Stale
        values = payload.values(self.model, given, self.view.names_to_edit(row), row)
        with self._saving():
            self.view.change(row, values)
        return self._answer(row)

    @expose("/<pk>", methods=["DELETE"])
    @requires("a")
    def delete(self, pk: str) -> Json:
        """Archive a row, with the reason; nothing is ever deleted."""
        row = self.view.row(pk, "a")
        given = payload.body() if request.data else request.args.to_dict()
        reason = payload.values(self.model, {"archive_reason": given.get("reason")}, ["archive_reason"])
        version = _version(given) if "version" in given else None
        self.view.put_away(row, reason["archive_reason"] or "", version)
        return self._answer(row)

    @expose("/<pk>/move/<name>", methods=["POST"])
    @requires("m")
    def move(self, pk: str, name: str) -> Json:
        """Make a move; its parameters are the body."""
        row = self.view.row(pk)
        move = self.model.flow.by_name.get(name)
        if move is None:
            raise access.OutOfScope
        actor = current()
        if actor is None or not moves.may_make(row, move, actor):
            raise access.Forbidden
        given = payload.body()
        version = _version(given)
        values = payload.parameters(self.model, given, move.asks)
        try:
            with self._saving():
                moves.perform(row, name, values, version)
        except Violation as error:
            raise Violation(moves.by_parameter(error.errors, move)) from None
        return self._answer(row)

    @expose("/<pk>/move/<name>", methods=["POST"])
    @requires("e")
    def act(self, pk: str, name: str) -> Json:
        """Do what is done with rows of this list beyond editing them; what is asked for it is the body."""
        row = self.view.row(pk, "e")
        deed = self.view.deeds.get(name)
        if deed is None:
            raise access.OutOfScope
        given = payload.body()
        if _version(given) != row.version:
            raise moves.Stale
        form = deeds.filled(deed, row, given)
        with self._saving():
            told = deed.make(row, form)
        return self._answer(row, **(told or {}))

    @expose("/<pk>/reveal/<name>", methods=["POST"])
    @requires("R")
    def reveal(self, pk: str, name: str) -> Json:
        """Return one masked value; the body says why: `reason`, and `text` where it is another."""
        row = self.view.row(pk, "R")
        given = payload.body()
        if (unknown := set(given) - {"reason", "text"}) != set():
            raise Violation({field[:40]: [payload.NOT_ASKED] for field in unknown})
        purpose = next((one for one in revealing.Purpose if one.value == given.get("reason")), None)
        value = revealing.reveal(row, name, purpose, str(given.get("text") or "").strip())
        return jsonify(id=row.id, result={name: payload.spoken(value)})

    @expose("/find", methods=["POST"])
    @requires("R")
    def find(self) -> Json:
        """Return the rows whose sealed column is exactly the value that is sent under its name."""
        given = payload.body()
        name, value = next(iter(given.items()), ("", ""))
        if len(given) != 1 or not isinstance(value, str):
            raise Violation({str(name)[:40]: [_("Send one column with its whole value.")]})
        rows = self.view.found(name, value)
        result = [self._row(row, self.view.list_columns) for row in rows]
        return jsonify(count=len(rows), ids=[row.id for row in rows], result=result)

    @contextmanager
    def _saving(self) -> Iterator[None]:
        try:
            with transaction():
                yield
        except access.OutOfScope:
            name = "place" if "place" in facts(self.model) else "community"
            raise Violation({name: [LEAVES]}) from None

    def _answer(self, row: Any, status: int = 200, **more: Any) -> Json:
        return jsonify(id=row.id, result=self._row(row, self.view.show_columns), **more), status

    def _row(self, row: Any, names: Iterable[str]) -> dict[str, Any]:
        found = {name: payload.plain(row, name) for name in names}
        also = {other: found[name] for other, name in self.view.other_names.items() if name in found}
        return {"id": row.id, "version": row.version} | found | also

    def _named(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return what was sent by the names of the columns; one id under the other name stands for a list of one."""
        found = {self.view.other_names.get(name, name): value for name, value in given.items()}
        several = {self.view.other_names[name] for name in self.view.other_names.keys() & given.keys()}
        for name in several:
            if shape(self.model, name).kind == "many" and type(found[name]) is int:
                found[name] = [found[name]]
        return found


def ask_cookies() -> None:
    """A browser sends its cookie whoever made it ask; a program's token is sent by nobody else."""
    if g.get("account") is not None:
        csrf.protect()


def _version(given: dict[str, Any]) -> int:
    """Take the version out of what was sent."""
    version = given.pop("version", None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise Violation({"version": [_("Send the version of the row you have seen, a whole number.")]})
    return version


def _asking(name: str, question: Question) -> Callable[..., Json]:
    """Return the door of a question."""

    @expose(f"/<pk>/{name}", methods=[question.method])
    @requires(question.verbs, question.listing)
    def asking(self: ListApi, pk: str) -> Json:
        row = self.view.row(pk, "v" if question.listing else question.verbs)
        found = question.answer(row)
        return found if question.files else jsonify(id=row.id, result=found)

    door: Callable[..., Json] = asking
    return door


def open_doors(portal: Any) -> None:
    """Give every registered list its REST door, and the description of all of them its address."""
    for view in portal.list_views():
        name = type(view).__name__.removesuffix("View")
        questions = {f"ask_{asked}": _asking(asked, question) for asked, question in view.questions.items()}
        portal.add_api(type(f"{name}Api", (ListApi,), {"page": type(view)} | questions))
    current_app.register_blueprint(openapi.pages)
    current_app.register_blueprint(file_pages.pages)
