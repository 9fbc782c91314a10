"""Posters and slips as the community prints them, and the buttons that lead there."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.models import Community, Place
from app.core import access, selects
from app.core.actor import current
from app.core.database import transaction
from app.core.deeds import Deed, NothingAsked
from app.core.fields import Text
from app.core.gate import requires
from app.core.specification import Page, Panel
from app.needs.models import Need
from app.needs.story import instead
from app.public import codes, paper, points, tickets

pages: Final = Blueprint("papers", __name__)


def _renew(place: Place, form: Any) -> dict[str, Any]:
    return {"code": points.renew(place)}


MEMBER_POSTER: Final[Text] = _("Poster for members")
MEMBER_LISTS: Final = ("members", "units")
"""The lists that lead to it."""
MOST_POSTERS: Final = 3
"""So many communities stand above a list at most; of more, each leads to its poster itself."""
RENEW: Final = Deed(
    _("Make a new poster code"),
    NothingAsked,
    _renew,
    tone="grave",
    help=_("The posters that hang there now stop working; print and hang up new ones."),
)


@pages.get("/places/poster/<int:place_id>")
@requires("v", "places")
def poster(place_id: int) -> Page:
    """Show the poster of a place, ready to be printed."""
    place = selects.find(Place, str(place_id))
    if place is None:
        raise access.OutOfScope
    signs = points.code_of(place) if place.is_open else None
    values = {"place": place, "office": points.office_of(place.community), "view": _view("places"), "signs": signs}
    values |= {"may_renew": place.is_open and access.may_row("e", place), "renew": RENEW}
    shown = {"code": codes.written(signs), "qr": paper.picture(signs)} if signs else {}
    return render_template("public/poster.html", title=gettext("Poster"), **values, **shown)


@pages.route("/members/poster/<int:community_id>", methods=["GET", "POST"])
@requires("e", "members")
def member_poster(community_id: int) -> Page:
    """Show the poster by which party members report in, ready to be printed; make its code, or the next one."""
    community = selects.find(Community, str(community_id))
    if community is None or not points.may_hang(community.id):
        raise access.OutOfScope
    if request.method == "POST":
        with transaction():
            points.renew_for_members(community, request.form.get("seen"))
        return redirect(url_for("papers.member_poster", community_id=community.id))
    signs = points.code_for_members(community)
    values = {"community": community, "office": points.office_of(community), "view": _view("members"), "signs": signs}
    shown = {"code": codes.written(signs), "qr": paper.picture(signs)} if signs else {}
    return render_template("public/member_poster.html", title=MEMBER_POSTER, renew=RENEW.label, **values, **shown)


def member_posters() -> list[tuple[Text, str]]:
    """Return the ways from the lists of members and units to the posters of the communities one works for."""
    actor = current()
    own = [pk for pk in sorted(actor.communities) if points.may_hang(pk)] if actor is not None else []
    if len(own) == 1:
        return [(MEMBER_POSTER, url_for("papers.member_poster", community_id=own[0]))]
    if len(own) > MOST_POSTERS:
        return [(MEMBER_POSTER, _view("communities").url("list"))]
    return [
        (_("Poster of %(community)s", community=one.name), url_for("papers.member_poster", community_id=one.id))
        for one in selects.find_all(Community, map(str, own))
    ]


@pages.post("/needs/slip/<int:need_id>")
@requires("e", "needs")
def slip(need_id: int) -> Page:
    """Give the asker of a need a new code, shown this once, on a slip ready to be printed."""
    need = selects.find(Need, str(need_id))
    if need is None:
        raise access.OutOfScope
    if not access.may_row("e", need):
        raise access.Forbidden
    with transaction():
        signs = tickets.reissue(need)
    values = {"need": need, "office": points.office_of(need.community), "view": _view("needs")}
    values |= {"told": instead(need), "until": need.code_issued_at + tickets.LIFE}
    values |= {"code": codes.written(signs), "qr": paper.picture(signs)}
    return render_template("public/slip.html", title=gettext("Slip"), **values)


def _view(name: str) -> Any:
    return next(view for view in current_app.extensions["appbuilder"].list_views() if view.list_name == name)


def slip_panel(need: Need) -> list[Panel]:
    """Return what a need shows of its code: since when there is one, and the button that prints the next."""
    if need.archived_at is not None or not access.may_row("e", need):
        return []
    until = need.code_issued_at + tickets.LIFE if need.code_issued_at is not None else None
    return [("public/slip_panel.html", {"need": need, "until": until})]


def poster_panel(place: Place) -> list[Panel]:
    """Return the way from a place to its poster."""
    return [("public/poster_panel.html", {"place": place})] if place.is_open else []


def member_poster_panel(community: Community) -> list[Panel]:
    """Return the way from a community to the poster for its members."""
    may = community.archived_at is None and points.may_hang(community.id)
    return [("public/member_poster_panel.html", {"community": community})] if may else []


GUESTS: Final[dict[str, Callable[[Any], list[Panel]]]] = {
    "needs": slip_panel,
    "places": poster_panel,
    "communities": member_poster_panel,
}
"""What the detail pages of three lists show besides their own."""
