"""A list as a specification: what a view says, what derives from the column facts, and how its rows are found.

FAB's ModelView carries the registry, the addresses and the column lists; its handlers are replaced, because they share
filters between threads, run actions outside the scope, lose what was typed and show database texts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, Final

from flask import flash, has_request_context, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from app.called import Called, called, standard_word
from app.core import access, display, hanging, moves, selects
from app.core.actor import current
from app.core.deeds import Deed
from app.core.fields import Text, facts, shape
from app.core.files.fields import files_field
from app.core.forms import Kept, field_for, row_form
from app.core.listing import Offer, Quick
from app.core.questions import Question
from app.core.reads import KEPT, OF_LIST
from app.extensions import db

NEVER: Final = {"delete", "download", "action"}
"""FAB's pages that work outside the scope; deletion is archiving, and files come by their row."""

Page = ResponseReturnValue
Panel = tuple[str, dict[str, Any]]
"""A section of a detail page: template and its values."""


class ScopedInterface(SQLAInterface):
    """FAB's way to a model. The scope itself stands in the session, below this."""

    def get(self, id: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: A002 - FAB's name
        """Return the row with this id if it is in scope; an id that is no number is of no row."""
        return selects.find(self.obj, str(id))


class Specification(ModelView):
    """What a list is."""

    datamodel: ScopedInterface
    list_title: Any
    list_columns: Any
    show_columns: Any
    add_form: Any
    edit_form: Any
    actions: Any
    base_filters: Any
    related_views: Any
    _related_views: Any
    menu_group: Text = ""
    filter_columns: tuple[str, ...] = ()
    quiet_filters: tuple[str, ...] = ()
    """Columns an address may filter by, which the page does not offer: those figures are counted by."""
    order_names: tuple[str, ...] = ()
    default_order: tuple[str, str] = ("id", "desc")
    quick_filters: Mapping[str, Quick] = {}
    icon: str = "list-ul"
    short_title: Text = ""
    """What the list is called where there is little room; its first words unless said otherwise."""
    parts: Mapping[str, Quick] = {}
    """Named sets of rows that figures count; asked for like quick filters, but not offered on the page."""
    badge_filters: tuple[str, ...] = ()
    """The quick filters whose rows wait for the person: the number in the menu."""
    waits_for: Mapping[str, str] = {}
    """By quick filter: the move its rows wait for. They wait for nobody who makes it with no row of the list."""
    alarm_column: str = ""
    """The column of the list page beside which an alarm stands."""
    loud_filters: tuple[str, ...] = ()
    """The quick filters whose number should alarm when it is not zero."""
    soon_filters: tuple[str, ...] = ()
    """The quick filters whose rows will be late soon."""
    bulk_moves: tuple[str, ...] = ()
    deeds: Mapping[str, Deed] = {}
    """What else is done with a row, by name; the page has addresses of its own for it, programs one for all."""
    questions: Mapping[str, Question] = {}
    """What programs may ask about one row beyond its columns, by name."""
    add_names: tuple[str, ...] = ()
    who_names: tuple[str, ...] = ()
    """Texts by which programs may say who is meant, where they make a row and know no id; `create` gets them too."""
    edit_names: tuple[str, ...] = ()
    add_hint: Text = ""
    empty_hint: Text = _("Nothing here yet.")
    narrow_columns: tuple[str, ...] = ("code",)
    """Columns of the list page that are never broken over lines."""
    link_column: str = ""
    """The column of the list page that leads to the row; the second one unless said otherwise."""
    template_more: tuple[str, ...] = ()
    """Headings of the template beside the list's own columns, such as those that say who somebody is."""
    tells_outside: bool = False
    """Whether a row offers a text to send to a resident or a group; see `app.core.messaging`."""
    raw_door: str = ""
    """The address under which one asks to export the list with sensitive values open; packages above say it."""
    other_names: Mapping[str, str] = {}
    """Under which other names programs may send a column, and find it in the answer, as the workflows call it."""
    list_name: str

    def __init__(self, **kwargs: Any) -> None:
        self.model: Any = self.datamodel.obj
        self.guests: list[Callable[[Any], list[Panel]]] = []
        self.hanging: dict[str, hanging.Rows] = {}
        """What may hang on a row, by name: lists above say it beside the section that shows it."""
        self.ways: list[Callable[[], list[tuple[Text, str]]]] = []
        """Further pages about the list that lists above lead to, as `beside` says its own."""
        self.leads: dict[str, Callable[[Any], str | None]] = {}
        """By move: where its page leads afterwards, if not back to the row; lists above say it here."""
        self._pages: dict[tuple[str, ...], str] = {}
        """By name of a page, and whether it is of a row: its address, that of a row with the number 0."""
        self._one_row: dict[tuple[tuple[str, ...], bool], Any] = {}
        """By the columns shown, and whether what hangs on it is asked: the statement of one row, but for its number."""
        self.list_name = self.model.list_name
        self.route_base = f"/{self.list_name}"
        self.exclude_route_methods = NEVER | self._unused()
        super().__init__(**kwargs)

    def _unused(self) -> set[str]:
        found = set() if hasattr(self.model, "flow") else {"move", "action_post"}
        found |= set() if self.model.archivable else {"archive", "restore"}
        found |= set() if access.somebody_may("e", self.guard) else {"edit"}
        return found if self.model.attachments else found | {"attach"}

    def concerns(self, name: str) -> bool:
        """Tell whether what stands under a quick filter can be something to be done for who looks."""
        actor = current()
        if name not in self.waits_for:
            return True
        move = self.model.flow.by_name[self.waits_for[name]]
        return actor is not None and moves.makes_some(self.model, move, actor)

    @property
    def badges(self) -> tuple[str, ...]:
        """Return the quick filters whose rows wait for who looks."""
        return tuple(name for name in self.badge_filters if self.concerns(name))

    @property
    def guard(self) -> str:
        """Return the line of the role table that rules this list."""
        return str(self.model.guard())

    def _init_properties(self) -> None:
        described = facts(self.model)
        edited = [name for name, fact in described.items() if fact.edited]
        self.label_columns = {name: fact.label for name, fact in described.items()}
        self.list_columns = self.list_columns or [name for name, fact in described.items() if fact.listed]
        self.link_column = self.link_column or self.list_columns[min(1, len(self.list_columns) - 1)]
        self.show_columns = self.show_columns or list(described)
        self.add_names = self.add_names or tuple(edited)
        self.edit_names = self.edit_names or tuple(edited)
        self.add_columns, self.edit_columns = list(self.add_names), list(self.edit_names)
        self.order_columns, self.search_columns = list(self.order_names), list(self.filter_columns)
        self.actions, self.base_filters, self.related_views, self._related_views = {}, [], [], []
        self._refuse_oracles()

    def _refuse_oracles(self) -> None:
        """Filtering or ordering by a masked column would tell what the mask hides."""
        asked = {*self.filter_columns, *self.quiet_filters, *self.order_names, *self.offer.searched} - {"id"}
        hidden = {name for name in asked if facts(self.model)[name].mask or facts(self.model)[name].sealed}
        if hidden:
            raise ValueError(f"{type(self).__name__}: masked columns cannot be asked for: {sorted(hidden)}")

    def _init_forms(self) -> None:
        """Make the form classes once; FAB's converter is not asked."""
        asked = {"community": field_for(self.model, "community")} if self._scoped else {}
        photos = {"photos": files_field(self.model)} if self.model.attachments else {}
        self.add_form = row_form(self.model, self.add_names, uid=Kept(), **asked, **photos)
        self.edit_form = row_form(self.model, self.edit_names, version=Kept())

    def _init_titles(self) -> None:
        self.list_title = called(f"list.{self.list_name}", self.list_title or _("List"))
        self.short_title = self.short_title and Called(self.list_title.key, self.short_title)

    @property
    def _scoped(self) -> bool:
        return "community" in facts(self.model)

    @cached_property
    def offer(self) -> Offer:
        """Return what people may ask this list for."""
        named = {**self.quick_filters, **self.parts}
        filters = (*self.filter_columns, *self.quiet_filters)
        return Offer(self.model, filters, self.order_names, self.default_order, named, self.may_search)

    @property
    def is_searched(self) -> bool:
        """Tell whether anybody may search this list by words."""
        return bool(self.offer.searched)

    def may_search(self) -> bool:
        """Tell whether the actor may search this list by words."""
        return self.is_searched

    def name_parts(self, parts: Mapping[str, Quick]) -> None:
        """Let the list be asked for further sets of rows, which packages above know of."""
        self.parts = {**self.parts, **parts}
        self.__dict__.pop("offer", None)

    def ask(self, name: str, question: Question) -> None:
        """Let programs ask something about a row that packages above know."""
        self.questions = {**self.questions, name: question}

    @cached_property
    def quiet_names(self) -> frozenset[str]:
        """Return the names in an address of the filters the page does not offer."""
        return frozenset(f"{name}{end}" for name in self.quiet_filters for end in ("", "_from", "_to"))

    @cached_property
    def in_group(self) -> str:
        """Return the group of the menu the list stands in; no community has words of its own for these."""
        return standard_word(self.menu_group)

    def groups(self, names: Iterable[str]) -> list[tuple[Text, list[str]]]:
        """Return the columns by the section they stand in, in the order of the facts."""
        return [(group, [*columns]) for group, columns in _sections(self.model, tuple(names))]

    def relations(self, names: Iterable[str]) -> list[Any]:
        """Return how the relations among these columns are loaded: with the rows; lists of rows one statement each."""
        kinds = {name: shape(self.model, name).kind for name in names}
        if hasattr(self.model, "place"):
            kinds["place"] = "one"
        loaders = {"one": joinedload, "many": selectinload}
        return [loaders[kind](getattr(self.model, name)) for name, kind in kinds.items() if kind in loaders]

    def _by_name(self, names: Iterable[str]) -> Iterator[Any]:
        """Yield how little of the rows these columns name is loaded: what they are called by, more if it is asked for.

        For a page of one row: of many such rows, making them takes longer than the columns they are spared.
        """
        for name in names:
            form = shape(self.model, name)
            if form.kind == "one" and (columns := getattr(form.target, "named_by", ())):
                yield joinedload(getattr(self.model, name)).load_only(*(getattr(form.target, one) for one in columns))

    def create(self, values: dict[str, Any]) -> Any:
        """Make and add a row; lists with a service call it here."""
        row = self.model(**values)
        db.session.add(row)
        return row

    def create_from_form(self, values: dict[str, Any]) -> Any:
        """Make and add the row of a form. Its page is another request, so what is returned may be a plain row."""
        return self.create(values)

    def change(self, row: Any, values: dict[str, Any]) -> None:
        """Change a row."""
        for name, value in values.items():
            setattr(row, name, value)

    def names_to_edit(self, row: Any) -> tuple[str, ...]:
        """Return the columns of a row the actor may change in its form and by programs."""
        return self.edit_names

    def begin(self, form: Any) -> None:
        """Fill into an empty form what a new row of the actor most likely says."""

    def above_form(self, form: Any) -> list[Panel]:
        """Return what stands above the fields of a form."""
        return []

    def told_once(self, row: Any) -> dict[str, Any]:
        """Return what is told only once about a row just made, to the program that made it."""
        return {}

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Return the choices of a select of this list's forms."""
        return selects.offered(shape(self.model, name).target, text)

    def warn(self, values: Mapping[str, Any]) -> None:
        """Say in which of the free texts just saved a phone or an identity number seems to stand."""
        if names := display.careless(self.model, values):
            said = gettext(
                "“%(columns)s” seems to hold a phone or identity number. Better keep it in the field made for it.",
                columns=gettext(", ").join(names),
            )
            flash(said, "warning")

    def depth(self, row: Any) -> int:
        """Return how far a row of a tree is indented in the list's own order."""
        return 0

    def narrowed(self) -> tuple[ColumnElement[bool], ...]:
        """Return what narrows the pages of this list further than the scope of its rows."""
        return ()

    @cached_property
    def labels(self) -> dict[str, Text]:
        """What the columns are called: a word of the portal as it is read, one a community may change as it stands."""
        known = self.label_columns.items()
        return {name: label if isinstance(label, Called) else str(label) for name, label in known}

    def in_menu(self) -> bool:
        """Tell whether the list stands in the actor's menu; asked of those who may see it, and only by their grants."""
        return True

    def remark(self) -> Text | None:
        """Return what is said above the rows of the list, if anything."""
        return None

    def beside(self) -> list[tuple[Text, str]]:
        """Return the words and addresses of further pages about the list, such as a board."""
        return []

    def all_beside(self) -> list[tuple[Text, str]]:
        """Return the further pages about the list, also those lists above have added to `ways`."""
        return [*self.beside(), *(found for way in self.ways for found in way())]

    def lead(self, row: Any) -> list[Panel]:
        """Return sections that stand before the facts of a row: what one opens it for."""
        return []

    def panels(self, row: Any) -> list[Panel]:
        """Return further sections of the detail page."""
        return []

    def all_panels(self, row: Any) -> list[Panel]:
        """Return the further sections of the detail page, also those lists above have added to `guests`."""
        return [*self.panels(row), *(panel for guest in self.guests for panel in guest(row))]

    def leads_to(self, row: Any, move: str) -> str:
        """Return the address a page goes to after a move."""
        elsewhere = self.leads[move](row) if move in self.leads else None
        return elsewhere or self.url("show", pk=row.id)

    def row(self, pk: str, verbs: str = "v", names: Iterable[str] = (), whole: bool = False) -> Any:
        """Return the row if it is in scope (else 404) and the actor may do one of `verbs` with it (else 403).

        `whole`: together with the row is asked what hangs on it.
        """
        found = self._load(pk, names, whole)
        if found is None:
            raise access.OutOfScope
        if verbs != "v" and not any(access.may_row(verb, found) for verb in verbs):
            raise access.Forbidden
        return found

    def _load(self, pk: str, names: Iterable[str], whole: bool = False) -> Any:
        if not (pk.isascii() and pk.isdigit()) or len(pk) > 9:
            return None
        found = self._one(tuple(names), whole)
        if narrowed := self.narrowed():
            # Another one for each who asks: not to be kept.
            found = found.where(*narrowed).execution_options(**{KEPT: False})
        told = db.session.execute(found, {"pk": int(pk)}).unique().one_or_none()
        if told is not None and whole:
            hanging.note(told[0], dict(zip(hanging.asked(self), told[1:], strict=True)))
        return told[0] if told is not None else None

    def _one(self, names: tuple[str, ...], whole: bool) -> Any:
        if (names, whole) not in self._one_row:
            hung = hanging.columns(self) if whole else ()
            related = (*self._by_name(names), *self.relations(names))
            found = select(self.model, *hung).where(self.model.id == bindparam("pk")).options(*related)
            self._one_row[names, whole] = found.execution_options(**{KEPT: True, OF_LIST: self.list_name})
        return self._one_row[names, whole]

    def url(self, name: str, /, **values: Any) -> str:
        """Return the address of one of this list's pages; those of a row and of the list are most often asked for."""
        if not has_request_context():
            return url_for(f"{self.endpoint}.{name}", **values)
        if values.keys() == {"pk"} and isinstance(values["pk"], int):
            return f"{self._page(name, pk=0).removesuffix('0')}{values['pk']}"
        return url_for(f"{self.endpoint}.{name}", **values) if values else self._page(name)

    def _page(self, name: str, **values: Any) -> str:
        """Return the address of a page as it was found the first time; below the path the portal was started under."""
        key = name, *values
        if key not in self._pages:
            self._pages[key] = url_for(f"{self.endpoint}.{name}", **values)
        return self._pages[key]


@lru_cache(maxsize=500)
def _sections(model: type, names: tuple[str, ...]) -> tuple[tuple[Text, tuple[str, ...]], ...]:
    """Return the columns by section; sections are told apart by what they are called in every community."""
    found: dict[str, tuple[Text, list[str]]] = {}
    for name in names:
        group = facts(model)[name].group or ""
        found.setdefault(standard_word(group), (group, []))[1].append(name)
    return tuple((group, tuple(columns)) for group, columns in found.values())
