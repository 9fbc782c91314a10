"""Figures: each rate is what its formula says, and each number opens exactly the rows it counts (数字可点)."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import Account
from app.communities import service as communities
from app.communities.models import Community
from app.core import clock, database
from app.core.actor import acting, system
from app.extensions import db
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.models import Fulfilment
from app.needs.choices import NeedState, Outcome
from app.needs.models import Need
from app.needs.parts import PARTS
from app.organizations.models import Organization
from app.reports.figures import PERCENTILES, Ground, Period
from app.reports.subjects import NEEDS, ORDERS, SUBJECTS
from tests.whole.counting import counting

NUMBER = re.compile(r'<a href="(/[a-z_]+/list/\?[^"]+)">([\d,]+)</a>')
TOTAL = re.compile(r'<span class="count">([\d,]+)</span>')
CARD = re.compile(
    r"<h3><a [^>]*>(.*?)</a></h3>\s*<p class=\"say(?: long)?\">(.*?)</p>\s*<p class=\"of\">(.*?)</p>", re.DOTALL
)
MONTH = "from=2026-11-01&to=2026-11-30"
TAG = re.compile(r"<[^>]+>")

FIGURES = [figure for subject in SUBJECTS for figure in subject.figures]

SUPERVISED = {"communities", "places", "resources", "projects", "posts", "party_orgs", "units", "members", "partners"}
"""The lists of which the role table shows the supervisor the rows themselves."""

Lived = Callable[..., int]


@pytest.fixture
def lived(app: Flask, register: Callable[..., int]) -> Lived:
    """Make a need that has had this life: columns as they became."""

    def make(state: NeedState, login: str = "secretary", in_charge: str = "", **columns: Any) -> int:
        pk = register(
            login, received_at=clock.parse_local("2026-11-03T09:00"), place=columns.pop("place", "武江北路8栋")
        )
        with app.app_context(), acting(system("tests")), database.transaction():
            need = db.session.get(Need, pk)
            assert need is not None
            for name, value in {
                "state": state,
                "response_due": need.received_at + timedelta(days=3),
                **columns,
            }.items():
                setattr(need, name, value)
            if in_charge:
                need.in_charge = db.session.scalars(select(Account).filter_by(login=in_charge)).one()
        return pk

    return make


@pytest.fixture
def november(lived: Lived) -> None:
    """Hold the clock on a day of November, after what ten needs lived through."""
    clock.clock.fixed = clock.parse_local("2026-11-20T10:00")
    soon, late = clock.parse_local("2026-11-03T11:00"), clock.parse_local("2026-11-08T09:00")
    ended = clock.parse_local("2026-11-10T11:00")
    heard = {"accepted_at": soon, "answered_at": soon, "response_minutes": 120}
    done = heard | {"closed_at": ended, "resolution_minutes": 10_080}
    lived(NeedState.SUBMITTED)  # not answered, and due
    lived(NeedState.WITHDRAWN)  # taken back before anybody answered
    lived(NeedState.REJECTED, answered_at=soon, response_minutes=120)
    lived(NeedState.ACCEPTED, **heard | {"answered_at": late, "accepted_at": late, "response_minutes": 7_200})
    lived(NeedState.IN_PROGRESS, in_charge="worker", reopened_count=1, **heard)
    lived(NeedState.CLOSED_UNCONFIRMED, in_charge="gridworker", **done)
    lived(NeedState.CLOSED, in_charge="gridworker", outcome=Outcome.MET, satisfaction=5, **done)
    lived(NeedState.CLOSED, in_charge="worker", outcome=Outcome.MET, satisfaction=3, place="二建宿舍", **done)
    lived(NeedState.CLOSED, in_charge="worker", outcome=Outcome.UNMET, place=None, **done)
    lived(NeedState.CLOSED, "neighbour", place="桥南一网格", outcome=Outcome.MET, satisfaction=5, **done)


def said(page: str) -> dict[str, tuple[str, str]]:
    """Return what stands on the page of figures: by name the rate and its numbers."""
    plain = {
        name: (TAG.sub("", rate).strip(), TAG.sub("", numbers).strip()) for name, rate, numbers in CARD.findall(page)
    }
    return plain


def opened(page: str) -> set[str]:
    """Return the lists whose rows the numbers of a page open."""
    return {address.split("/")[1] for address, _count in NUMBER.findall(page)}


@pytest.mark.usefixtures("november")
def test_the_secretary_reads_each_rate_with_its_two_numbers(as_secretary):
    figures = said(as_secretary.page(f"/figures/?{MONTH}"))
    assert figures["响应率"] == ("75.0%", "6 ÷ 8")
    assert figures["办结率"] == ("66.7%", "4 ÷ 6")
    assert figures["未回应办结"] == ("16.7%", "1 ÷ 6")
    assert figures["重新办理率"] == ("16.7%", "1 ÷ 6")
    assert figures["解决率"] == ("66.7%", "2 ÷ 3")
    assert figures["满意率"] == ("50.0%", "1 ÷ 2")
    assert figures["首次答复用时"] == ("2 小时 中位数 5 天 九成在此内", "7 条")
    assert figures["办结用时"] == ("7 天 中位数 7 天 九成在此内", "4 条")


@pytest.fixture
def orders(november: None, app: Flask) -> None:
    """Six orders of November in the hands of the cast's hospital, and one of the neighbours'."""
    day = clock.parse_local("2026-11-12T10:00")
    done = {"scheduled_at": day, "delivered_on": day.date()}
    with app.app_context(), acting(system("tests")), database.transaction():
        _ordered("wjb", FulfilmentState.DECLINED)
        _ordered("wjb", FulfilmentState.OFFERED)
        _ordered("wjb", FulfilmentState.MISSED, scheduled_at=day)
        _ordered("wjb", FulfilmentState.DELIVERED, person_times=12, households=4, **done)
        _ordered("wjb", FulfilmentState.CONFIRMED, person_times=1_030, persons=500, **done)
        _ordered("wjb", FulfilmentState.REVERSED, person_times=99, reversed_on=day.date(), **done)
        _ordered("qn", FulfilmentState.CONFIRMED, person_times=7, **done)


def _ordered(code: str, state: FulfilmentState, **columns: Any) -> None:
    """Keep an order as it became."""
    home = db.session.scalars(select(Community).filter_by(code=code)).one()
    unit = db.session.scalars(select(Organization).filter_by(community_id=home.id)).first()
    if unit is None:
        unit = Organization(community=home, name="桥南诊所", kind="hospital")
    need = db.session.scalars(select(Need).filter_by(community_id=home.id)).first()
    number = db.session.scalar(select(func.count()).select_from(Fulfilment))
    columns |= {"need": need, "provider": unit.party, "place": need.place, "state": state}
    db.session.add(Fulfilment(community=home, code=f"LD{number}", **columns))
    db.session.flush()


@pytest.mark.usefixtures("orders")
def test_the_secretary_reads_what_came_of_the_orders(as_secretary):
    figures = said(as_secretary.page(f"/figures/?{MONTH}"))
    assert figures["接单率"] == ("80.0%", "4 ÷ 5")
    assert figures["履约率"] == ("75.0%", "3 ÷ 4")
    assert figures["落实确认率"] == ("50.0%", "1 ÷ 2")
    assert figures["落实件数"] == ("2", "2 条")
    assert figures["服务人次"] == ("1,042 人次", "2 条")
    assert figures["服务户数"] == ("4 户", "2 条")
    assert len(figures) == len(FIGURES)


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("login", ["secretary", "coordinator", "gridlead", "liaison", "neighbour"])
def test_every_number_of_the_orders_opens_its_rows_for_this_person(as_person, login: str):
    person = as_person(login)
    pages = [person.page(f"/figures/{figure.code}?{MONTH}") for figure in ORDERS]
    links = {unescape(address): int(count) for page in pages for address, count in NUMBER.findall(page)}
    for address, count in links.items():
        total = TOTAL.search(person.page(address))
        assert total, address
        assert int(total[1]) == count, address
    assert len(links) > 5


@pytest.mark.usefixtures("orders")
def test_person_times_are_parted_by_place_and_provider_and_add_up(as_secretary):
    page = as_secretary.page(f"/figures/person_times?{MONTH}")
    tables = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert len(tables) == 2
    for table in tables:
        parts = re.findall(r"<td>\s*([\d,]+) <small>人次", table)
        assert sum(int(part.replace(",", "")) for part in parts) == 1_042


@pytest.mark.usefixtures("orders")
def test_the_supervisor_reads_totals_of_the_orders_of_both_communities(as_supervisor):
    page = as_supervisor.page(f"/figures/?{MONTH}")
    assert said(page)["服务人次"] == ("1,049 人次", "3 条")
    assert opened(page + as_supervisor.page(f"/figures/person_times?{MONTH}")) <= SUPERVISED


@pytest.mark.usefixtures("orders")
def test_a_category_narrows_only_the_needs_so_the_orders_are_not_told_beside_it(as_secretary, behind):
    with behind():
        pk = db.session.scalar(select(Need.category_id).where(Need.category_id.is_not(None)))
    assert "服务人次" in as_secretary.page(f"/figures/?{MONTH}")
    assert "服务人次" not in as_secretary.page(f"/figures/?{MONTH}&category={pk}")


@pytest.mark.usefixtures("november")
def test_a_month_without_needs_has_no_rates_and_no_zero_percent(app: Flask, as_secretary):
    figures = said(as_secretary.page("/figures/?from=2026-09-01&to=2026-09-30"))
    with app.test_request_context():
        names = [str(figure.name) for figure in FIGURES if figure.day]
    assert {figures[name][0] for name in names} == {"—", "0", "0 人次", "0 户"}


@pytest.mark.usefixtures("november")
@pytest.mark.parametrize(
    "login", ["secretary", "worker", "gridlead", "gridworker", "coordinator", "auditor", "neighbour"]
)
def test_every_number_opens_exactly_the_rows_it_counts_for_this_person(as_person, login: str):
    person = as_person(login)
    codes = re.findall(r'<h3><a href="/figures/(\w+)\?', person.page(f"/figures/?{MONTH}"))
    for hidden in {figure.code for figure in FIGURES} - {*codes}:
        assert person.get(f"/figures/{hidden}?{MONTH}").status_code == 404, hidden
    pages = [f"/figures/?{MONTH}", *(f"/figures/{code}?{MONTH}" for code in codes)]
    links = {unescape(address): int(count) for page in pages for address, count in NUMBER.findall(person.page(page))}
    for address, count in links.items():
        total = TOTAL.search(person.page(address))
        assert total, address
        assert int(total[1]) == count, address
    assert len(links) > 20 or login in ("coordinator", "gridworker", "neighbour")


@pytest.mark.usefixtures("november")
def test_figures_are_parted_by_place_category_and_person(as_secretary):
    page = as_secretary.page(f"/figures/solved?{MONTH}")
    rows = dict(re.findall(r'<th scope="row">(.*?)</th><td>\s*(.*?)\s*</td>', page, re.DOTALL))
    assert {name: rows[name] for name in ("第一网格", "第二网格", "未填")} == {
        "第一网格": "100.0%",
        "第二网格": "100.0%",
        "未填": "0.0%",
    }
    assert rows["李国强"] == "50.0%"
    assert rows["社区治理"] == "66.7%"


@pytest.mark.usefixtures("november")
def test_a_place_narrows_every_figure(app: Flask, as_secretary, behind):
    with behind():
        path = db.session.scalar(select(Need.place_id).where(Need.place.has(name="二建宿舍")))
    figures = said(as_secretary.page(f"/figures/?{MONTH}&place={path}"))
    assert figures["解决率"] == ("100.0%", "1 ÷ 1")


@pytest.mark.usefixtures("november")
def test_the_neighbour_counts_only_her_own(as_neighbour):
    figures = said(as_neighbour.page(f"/figures/?{MONTH}"))
    assert figures["解决率"] == ("100.0%", "1 ÷ 1")


@pytest.mark.usefixtures("november")
def test_the_supervisor_sees_the_totals_of_the_communities_and_opens_no_row(as_supervisor):
    page = as_supervisor.page(f"/figures/?{MONTH}")
    assert said(page)["解决率"] == ("75.0%", "3 ÷ 4")
    parted = as_supervisor.page(f"/figures/solved?{MONTH}")
    assert "武江北社区" in parted
    assert "桥南社区" in parted
    assert opened(page + parted) <= SUPERVISED
    assert not re.search("李国强|第一网格", parted)


@pytest.mark.parametrize("address", ["/figures/?from=x", "/figures/?to=9999-01-01", "/figures/solved?place=abc"])
def test_an_address_that_means_nothing_is_answered_with_a_sentence(as_secretary, address: str):
    assert as_secretary.get(address).status_code == 400


def test_days_the_wrong_way_round_are_said(as_secretary):
    answer = as_secretary.get("/figures/?from=2026-11-30&to=2026-11-01")
    assert answer.status_code == 400
    assert "结束日期早于开始日期" in answer.get_data(as_text=True)


def test_there_is_no_figure_that_was_never_defined(as_secretary, as_admin):
    assert as_secretary.get("/figures/happiness").status_code == 404
    assert as_admin.get("/figures/").status_code == 403


@pytest.mark.usefixtures("november")
def test_all_figures_cost_few_statements_however_many_rows_there_are(app: Flask, as_secretary, lived: Lived):
    def cost(address: str) -> int:
        with counting(app) as statements:
            as_secretary.page(address)
        return len(statements)

    before = [cost(f"/figures/?{MONTH}"), cost(f"/figures/solved?{MONTH}")]
    for _number in range(30):
        lived(NeedState.CLOSED, outcome=Outcome.MET, closed_at=clock.now(), resolution_minutes=5)
    assert [cost(f"/figures/?{MONTH}"), cost(f"/figures/solved?{MONTH}")] == before
    assert max(before) <= 12


@given(minutes=st.lists(st.integers(0, 500_000), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_percentiles_are_those_of_the_nearest_rank(app: Flask, minutes: list[int]):
    figure = next(one for one in NEEDS if one.code == "response_time")
    with app.app_context(), acting(system("tests")):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        for number, one in enumerate(minutes):
            db.session.add(Need(community=community, code=f"{number}", title="路灯不亮", response_minutes=one))
        db.session.flush()
        ground = Ground(Need, PARTS, Period(clock.today(), clock.today()))
        found = ground.percentiles(figure)[None]
        db.session.rollback()
    ranked = sorted(minutes)
    assert found == tuple(ranked[-(-len(ranked) * share // 100) - 1] for share in PERCENTILES)


def test_the_figures_kept_for_a_moment_are_those_of_who_looks(lived, as_secretary, as_neighbour, as_worker):
    lived(NeedState.CLOSED)
    pages = {person.login: person.page(f"/figures/?{MONTH}") for person in (as_secretary, as_worker, as_neighbour)}
    cards = {login: CARD.findall(page) for login, page in pages.items()}
    assert cards["secretary"] != cards["neighbour"]
    for person in (as_secretary, as_worker, as_neighbour):
        assert CARD.findall(person.page(f"/figures/?{MONTH}")) == cards[person.login]
    assert CARD.findall(as_secretary.page("/figures/?from=2026-10-01&to=2026-10-31")) != cards["secretary"]


def test_the_figures_count_what_was_just_written_and_speak_the_words_just_chosen(lived, as_secretary, acting_as):
    before = CARD.findall(as_secretary.page(f"/figures/?{MONTH}"))
    lived(NeedState.CLOSED)
    assert CARD.findall(as_secretary.page(f"/figures/?{MONTH}")) != before
    with acting_as("secretary"), database.transaction():
        ours = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        communities.set_words(ours, {"list.resources": "邻里资源单"})
    page = as_secretary.page(f"/figures/?{MONTH}")
    assert '<h2 class="part" id="figures-resources">邻里资源单</h2>' in page


def test_each_part_of_the_page_is_one_step_from_its_beginning(as_secretary):
    page = as_secretary.page("/figures/")
    contents = page.partition('<nav class="quick jump"')[2].partition("</nav>")[0]
    led = re.findall(r'<a href="#([\w-]+)">([^<]+)</a>', contents)
    parts = re.findall(r'<h2 class="part" id="([\w-]+)">([^<]+)</h2>', page)
    assert len(parts) > 5
    assert led == parts
    assert page.count('href="#figures-parts"') == len(parts) - 1


def test_figures_on_paper_say_of_which_days_they_are(as_secretary):
    for address in ("/figures/", "/figures/person_times"):
        page = as_secretary.page(f"{address}?from=2026-03-01&to=2026-03-31")
        assert '<p class="about d-none d-print-block">2026-03-01 – 2026-03-31</p>' in page
