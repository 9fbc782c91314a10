"""The street's supervisor compares communities: numbers side by side, nobody's name, in a handful of statements."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community, Place, PlaceKind
from app.communities.unused import UnusedParts
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from tests.cast.people import NAMES, SINCE
from tests.reports.test_figures import TOTAL
from tests.whole.counting import FIGURES, counting

COMPARED = "/figures/compared"


def heads(page):
    """Return the headings of the first table."""
    return re.findall(r'<th scope="col">([^<]*)</th>', page.partition("</thead>")[0])


def cells(page, figure):
    """Return what stands in the line of a figure, without marks."""
    line = next(line for line in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{figure}</a></th>" in line)
    return [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", line, re.DOTALL)]


@pytest.fixture
def more_communities(app):
    """Let the supervisor have thirteen communities, the last of them with two grids."""
    with app.app_context(), acting(system("tests")), database.transaction():
        account = db.session.scalars(select(Account).filter_by(login="supervisor")).one()
        for number in range(3, 14):
            community = Community(code=f"z{number:02}", name=f"第{number}社区")
            db.session.add(community)
            db.session.flush()
            db.session.add(Grant(account=account, role=GrantRole.SUPERVISOR, community=community, starts_on=SINCE))
        for name in ("甲网格", "乙网格"):
            db.session.add(Place(community=community, name=name, kind=PlaceKind.GRID, level=1))


def test_the_supervisor_sees_the_communities_side_by_side(as_supervisor, register):
    register("secretary")
    page = as_supervisor.page(COMPARED)
    assert heads(page)[0] == "指标"
    assert len(heads(page)) == 3
    assert 'href="/figures/response?' in page
    assert f'href="{COMPARED}?' in as_supervisor.page("/figures/")


def test_the_numbers_are_those_of_each_community(as_supervisor, as_secretary, as_neighbour, register):
    for login in ("secretary", "secretary", "neighbour"):
        register(login)
    both = cells(as_supervisor.page(COMPARED), "网格")
    own = [cells(person.page(COMPARED), "网格") for person in (as_secretary, as_neighbour)]
    names = [heads(person.page(COMPARED))[1] for person in (as_secretary, as_neighbour)]
    order = heads(as_supervisor.page(COMPARED))[1:]
    assert {name: cell.split()[0] for name, cell in zip(order, both, strict=True)} == {
        name: found[0].split()[0] for name, found in zip(names, own, strict=True)
    }


def test_a_count_is_said_once(as_supervisor, register):
    register("secretary")
    page = as_supervisor.page(COMPARED)
    assert {len(re.findall(r"\d+", cell)) for cell in cells(page, "网格")} == {1}
    assert all(cell.endswith(" 条") for cell in cells(page, "网格"))
    assert "÷" in cells(page, "响应率")[0]


def test_who_works_in_one_community_compares_nothing_and_sees_no_neighbour(as_secretary):
    page = as_secretary.page(COMPARED)
    assert len(heads(page)) == 2
    assert "各社区对比" not in as_secretary.page("/figures/")


def test_needs_are_numbers_only_and_posts_open_where_the_role_may_read_them(as_supervisor, register):
    register("secretary")
    page = as_supervisor.page(COMPARED)
    assert 'href="/needs/list/?' not in page
    found = re.findall(r'href="(/places/list/\?[^"]*community=\d+[^"]*)">(\d+)<', page)
    assert found
    for address, number in found:
        assert TOTAL.search(as_supervisor.page(unescape(address)))[1] == number, address


def test_nobodys_name_stands_on_the_page(as_supervisor, register):
    register("secretary")
    page = as_supervisor.page(COMPARED).replace(NAMES["supervisor"], "")
    assert not [name for login, name in NAMES.items() if login != "admin" and name in page]


def test_thirteen_communities_cost_no_more_statements_than_a_page_of_figures(app, more_communities, as_supervisor):
    as_supervisor.page("/needs/list/")
    with counting(app) as said:
        page = as_supervisor.page(COMPARED)
    assert len(heads(page)) == 14
    assert cells(page, "网格")[-1].split()[0] == "2"
    assert len(said) <= FIGURES, len(said)


def test_a_part_a_community_does_not_use_is_no_nought(app, as_supervisor, acting_as):
    before = cells(as_supervisor.page(COMPARED), "注册志愿者")
    with acting_as("secretary"), database.transaction():
        own = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        own.unused = UnusedParts(["volunteers"])
        name = own.name
    page = as_supervisor.page(COMPARED)
    beside = dict(zip(heads(page)[1:], zip(before, cells(page, "注册志愿者"), strict=True), strict=True))
    assert beside.pop(name)[1] == "不用"
    assert all(now == then for then, now in beside.values())
    assert cells(page, "网格") == cells(as_supervisor.page(COMPARED), "网格")
    assert "不用" not in cells(page, "网格")


def test_a_period_that_is_none_is_refused_in_words(as_supervisor):
    assert as_supervisor.get(f"{COMPARED}?from=2026-13-01").status_code == 400
    assert as_supervisor.get(f"{COMPARED}?from=2026-02-01&to=2026-01-01").status_code == 400
