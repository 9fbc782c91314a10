"""The menu beside every page says to each person what they may see, what waits for them, and where they are."""

import re

from flask import Flask
from sqlalchemy import select

from app.communities import service
from app.communities.models import Community
from app.core.database import transaction
from app.core.menu import _line
from app.extensions import db

LINES = re.compile(
    r'<a href="(/[a-z_]+/list/)"( aria-current="page")?><svg.*?</svg>([^<]*)(?:<span[^>]*>(\d+)</span>)?</a>'
)


def menu(person, address: str = "/needs/list/") -> dict[str, tuple[bool, str, str]]:
    """Return the lines of the menu by address: whether it is where one is, what it is called, and what waits."""
    aside = person.page(address).split('<aside class="side"')[1].split("</aside>")[0]
    return {found[0]: (bool(found[1]), found[2], found[3]) for found in LINES.findall(aside)}


def test_each_reads_in_the_menu_what_they_may_see_whoever_looked_before(as_secretary, as_gridworker, as_admin):
    for _again in range(2):
        assert "/users/list/" in menu(as_secretary)
        assert "/users/list/" not in menu(as_gridworker)
        assert "/needs/list/" in menu(as_gridworker)
    assert "/communities/list/" in menu(as_admin, "/communities/list/")


def test_the_menu_says_what_waits_for_who_looks_and_no_longer_than_it_waits(as_secretary, as_neighbour, register):
    assert menu(as_secretary)["/needs/list/"][2] == ""
    register()
    assert menu(as_secretary)["/needs/list/"][2] == "1"
    assert menu(as_neighbour)["/needs/list/"][2] == ""
    register()
    assert menu(as_secretary)["/needs/list/"][2] == "2"


def test_the_menu_marks_where_one_is(as_secretary):
    here = menu(as_secretary, "/places/list/")
    assert [address for address, (is_here, _words, _waits) in here.items() if is_here] == ["/places/list/"]
    assert [address for address, (is_here, *_more) in menu(as_secretary).items() if is_here] == ["/needs/list/"]


def test_the_menu_speaks_the_own_words_of_each_community(as_secretary, as_neighbour, acting_as):
    usual = menu(as_secretary)["/needs/list/"][1]
    for word in ("邻里心愿单", "民情需求单"):
        with acting_as("secretary"), transaction():
            ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            service.set_words(ours, {"list.needs": word})
        assert menu(as_secretary)["/needs/list/"][1] == word
        assert menu(as_neighbour)["/needs/list/"][1] == usual


def test_a_name_in_the_menu_is_escaped(app: Flask):
    view = next(view for view in app.extensions["appbuilder"].list_views() if view.list_name == "needs")
    with app.test_request_context():
        assert ">&lt;b&gt;<" in f"{_line(view, '<b>', 3, False, '/icons.svg')}"
