"""The pages of the grid staff: the list of posts, ending one, the board, and who is responsible for a door."""

from datetime import date
from typing import Any, Final

from flask import current_app, flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.accounts.models import Account
from app.communities.models import Place
from app.communities.service import place_choices
from app.core import access, checks, clock, selects
from app.core.database import transaction
from app.core.deeds import Deed
from app.core.errors import answer
from app.core.fields import Text
from app.core.forms import Day, Kept, PortalForm
from app.core.gate import requires
from app.core.listing import Quick
from app.core.moves import Refused, Stale
from app.core.rules import Violation
from app.core.selects import RemoteSelect
from app.core.specification import Page, Panel
from app.core.views import ListView, ScopedInterface
from app.parties import models as parties
from app.parties.models import PartyKind
from app.people.ledger import IN_TEMPLATES
from app.posts import board, hands, responsible, service
from app.posts.choices import GRID_STAFF, PostDuty
from app.posts.models import Post
from app.posts.parts import DUTIES, held

BOARD: Final = _("Vacancies and overload")
RESPONSIBLE: Final = _("Who is responsible here")
LONGEST_SEARCH: Final = 60
LIMITS: Final = {"grids": board.MOST_GRIDS, "households": board.MOST_HOUSEHOLDS}


class EndForm(PortalForm):
    """Until when, and who takes over the open needs."""

    until = Day(_("Last day"), default=clock.today, render_kw={"aria-required": "true"})
    hand_to = RemoteSelect(
        _("Takes over the open needs"), target=Account, description=_("Needed where needs are still in these hands.")
    )
    version = Kept()


def _end(post: Post, form: Any) -> None:
    service.end(post, form.until.data, form.hand_to.data)


END: Final = Deed(_("End the post"), EndForm, _end, tone="grave", help=_("The role that goes with it ends at once."))


class PostView(ListView):
    """网格队伍."""

    template_more = IN_TEMPLATES
    datamodel = ScopedInterface(Post)
    list_title = _("Grid staff")
    menu_group = _("People and units")
    icon = "person-badge"
    add_hint = _("Appoint somebody")
    empty_hint = _("No post matches. Appoint who looks after a grid, a building or a unit, or clear the filters.")
    list_columns = ["person", "duty", "places", "scope", "households", "company", "since", "until"]
    link_column = "person"
    filter_columns = ("duty", "person", "places", "since", "until")
    quiet_filters = ("community", "company")
    parts = DUTIES
    order_names = ("duty", "since", "until", "households")
    edit_names = ("company", "places", "scope", "households", "since", "until", "gives_role")
    other_names = {"place": "places", "from": "since", "to": "until"}
    quick_filters = {
        "held": Quick(_("On duty"), held()),
        "grid_staff": Quick(_("Grid staff on duty"), held(*GRID_STAFF)),
        "part_time": Quick(_("Part-time on duty"), held(PostDuty.PART_TIME)),
        "over": Quick(_("Ended"), lambda: Post.until < clock.today()),
    }
    deeds = {"end": END}

    def create(self, values: dict[str, Any]) -> Post:
        """Appoint."""
        return service.appoint(**values)

    def change(self, row: Post, values: dict[str, Any]) -> None:
        """Change it, with what follows for the role."""
        service.change(row, values)

    def choices(self, name: str, text: str) -> list[tuple[int, str]]:
        """Offer people, open places, and who can take over needs."""
        if name == "places":
            return place_choices(text)
        return parties.choices(text, PartyKind.PERSON) if name == "person" else super().choices(name, text)

    def beside(self) -> list[tuple[Text, str]]:
        """The board, and who is responsible for a door."""
        return [(BOARD, self.url("board")), (RESPONSIBLE, self.url("responsible"))]

    def panels(self, row: Post) -> list[Panel]:
        """Offer to end it, while it lasts."""
        ends = row.archived_at is None and not row.is_over() and self.editable(row)
        return [("posts/end.html", {"end": END})] if ends else []

    @expose("/end/<pk>", methods=["GET", "POST"])
    @requires("e")
    def end(self, pk: str) -> Page:
        """Ask for the last day and who takes over, and end the post."""
        row = self.row(pk, "e")
        if row.archived_at is not None or row.is_over():
            raise Refused(_("The post has ended already."))
        form = EndForm(version=str(row.version))
        if request.method == "GET" or not form.validate():
            return self._ask(form, row, 200 if request.method == "GET" else 422)
        return self._do(form, row)

    def _do(self, form: EndForm, row: Post) -> Page:
        if form.version.data != str(row.version):
            raise Stale
        try:
            with transaction():
                service.end(row, form.until.data, form.hand_to.data)
        except Violation as error:
            form.complain(error.errors)
            return self._ask(form, row, 422)
        flash(gettext("Done: %(move)s.", move=END.label), "success")
        return redirect(self.url("show", pk=row.id))

    def _ask(self, form: EndForm, row: Post, status: int) -> Page:
        values = {"view": self, "form": form, "row": row, "move": END, "asks": ["until", "hand_to"]}
        needs = hands.open_needs(row)
        return self.render_template("posts/ending.html", title=END.label, needs=needs, **values), status

    @expose("/board")
    @requires("v")
    def board(self) -> Page:
        """Show how many posts there are by duty, what has no head, and who has too much."""
        return self.render_template(
            "posts/board.html", title=BOARD, view=self, limits=LIMITS, board=board.read(_places())
        )

    @expose("/responsible")
    @requires("v")
    def responsible(self) -> Page:
        """Show who is responsible for a door, today or on a past day: up the tree, and for what lies in it."""
        try:
            day = _day(request.args.get("on", ""))
        except ValueError:
            return answer(400, gettext("This is not a date; write it like 2026-11-22."))
        words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
        found = responsible.find(words)
        place = found[0] if len(found) == 1 else _place(request.args.get("place", ""))
        values = {"words": words, "found": found, "day": day, "asked": responsible.about(place, day)}
        return self.render_template("posts/responsible.html", title=RESPONSIBLE, view=self, place=place, **values)


def _places() -> Any:
    return next(view for view in current_app.extensions["appbuilder"].list_views() if view.model is Place)


def _day(given: str) -> date:
    """Read a day; today where none is said. Raises ValueError."""
    day = date.fromisoformat(given) if given else clock.today()
    if checks.plausible(day) is not None:
        raise ValueError
    return day


def _place(given: str) -> Place | None:
    """Return the place that was chosen. Raises OutOfScope."""
    place: Place | None = selects.find(Place, given)
    if given and place is None:
        raise access.OutOfScope
    return place
