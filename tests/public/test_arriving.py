"""A party member reports in at the community's poster: what the office finds, and what nobody else learns."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Account, Grant, GrantRole
from app.communities.service import open_community
from app.core import clock, database
from app.core.actor import acting, system
from app.core.timeline import Step
from app.extensions import db
from app.notices.models import Notice
from app.organizations.models import Organization
from app.people.choices import Consent
from app.people.models import Person
from app.public import points, quotas
from app.public.reporting import CONSENT
from app.registrations import service
from app.registrations.choices import MemberState, PostKind
from app.registrations.models import Member
from tests.public.conftest import code_on
from tests.registrations.conftest import UNIT, home, party

NAME, PHONE = "林志远", "13800138111"
NUMBER = re.compile(r"SM\d{14}")
SLIP = {"name": NAME, "phone": PHONE, "unit": UNIT, "skills": "急救", "kinds": ["health", "safety"]}
TICKS = {"grown": "y", "agreed": "y"}


@pytest.fixture
def within(app):
    """Do something behind the scenes, in one transaction."""

    def do(what):
        with app.app_context(), acting(system("tests")), database.transaction():
            return what()

    return do


@pytest.fixture
def members(behind):
    """Return what the rows of members say, the oldest first."""

    def read():
        with behind():
            return [
                {
                    "id": one.id,
                    "state": one.state,
                    "name": one.person.name,
                    "unit": one.unit.name,
                    "kinds": one.service_posts.kinds if one.service_posts is not None else (),
                    "skills": one.skills,
                    "reported_on": one.reported_on,
                    "steps": [step.move for step in db.session.scalars(_steps(one))],
                }
                for one in db.session.scalars(select(Member).order_by(Member.id))
            ]

    return read


def _steps(member):
    return select(Step).filter_by(list="members", row_id=member.id).order_by(Step.id)


@pytest.fixture
def count(behind):
    """Count the rows of a table."""

    def of(model):
        with behind():
            return db.session.scalar(select(func.count()).select_from(model))

    return of


@pytest.fixture
def arrive(resident, banner):
    """Write a slip at the poster of our community and send it."""

    def send(hidden=None, **slip):
        filled = SLIP | TICKS | slip
        return resident.client.post(
            f"/q/{banner.code}",
            data=(resident.hidden(banner.code) if hidden is None else hidden) | filled,
            environ_base=resident.address,
        )

    banner.code = banner()
    return send


def read(answer):
    return answer.get_data(as_text=True)


def test_a_member_reports_in_by_the_poster_and_waits_for_the_office(arrive, members, as_secretary):
    page = arrive()
    assert page.status_code == 200
    assert NUMBER.search(read(page))
    assert "说您的姓名和报到的日期" in read(page)
    [row] = members()
    assert (row["state"], row["name"], row["unit"]) == (MemberState.REPORTED_IN, NAME, UNIT)
    assert (row["kinds"], row["skills"]) == ((PostKind.HEALTH, PostKind.SAFETY), "急救")
    assert (row["reported_on"], row["steps"]) == (clock.today(), ["register", "by_poster"])
    assert NAME in as_secretary.page("/members/list/?quick=mine")
    shown = as_secretary.page(f"/members/show/{row['id']}")
    assert NUMBER.search(read(page))[0] in shown
    assert "扫码报到" in shown


def test_the_secretary_is_told_and_the_office_receives_or_returns_her(arrive, members, behind, as_worker, as_secretary):
    arrive()
    arrive(name="周海燕", phone="13800138222")
    first, second = members()
    with behind():
        kinds = {*db.session.scalars(select(Notice.kind).filter_by(list="members", row_id=first["id"]))}
    assert kinds == {"member_reported"}
    assert as_worker.post(f"/members/move/receive/{first['id']}", {"version": "1"}).status_code == 302
    answer = as_secretary.post(f"/members/move/withdraw/{second['id']}", {"version": "1", "reason": "不是本社区居民"})
    assert answer.status_code == 302
    assert [row["state"] for row in members()] == [MemberState.RECEIVED, MemberState.WITHDRAWN]


def test_the_new_record_keeps_what_she_agreed_to(arrive, behind):
    arrive()
    with behind():
        person = db.session.scalars(select(Person).filter_by(name=NAME)).one()
        assert (person.consent, person.consent_on, person.consent_version) == (Consent.ONLINE, clock.today(), CONSENT)
        assert [*person.phones] == [PHONE]


def test_who_is_registered_already_reads_the_same_page_and_the_office_what_was_written(
    arrive, members, count, as_worker, behind
):
    first = read(arrive())
    people, units = count(Person), count(Organization)
    second = read(arrive(skills="书法", kinds=["culture"], unit="市农机站"))
    assert NUMBER.sub("", first).replace(UNIT, "市农机站") == NUMBER.sub("", second)
    [row] = members()
    assert (row["unit"], row["skills"]) == (UNIT, "急救")
    assert row["steps"] == ["register", "by_poster", "by_poster_again"]
    assert (count(Person), count(Organization)) == (people, units)
    shown = as_worker.page(f"/members/show/{row['id']}")
    assert all(words in shown for words in (NUMBER.search(second)[0], "市农机站", "文化体育", "书法"))
    with behind():
        told = select(Notice.kind).filter_by(list="members", row_id=row["id"], kind="member_again")
        assert db.session.scalars(told).first() == "member_again"


def test_a_registration_that_was_archived_looks_no_different(arrive, members, within):
    first = read(arrive())
    within(lambda: setattr(db.session.scalars(select(Member)).one(), "archived_at", clock.now()))
    assert NUMBER.sub("", read(arrive())) == NUMBER.sub("", first)
    assert [row["steps"][-1] for row in members()] == ["by_poster_again"]


def test_who_left_reports_in_again_on_the_same_row(arrive, members, within):
    arrive()
    within(leave)
    arrive(skills="书法")
    [row] = members()
    assert (row["state"], row["skills"]) == (MemberState.REPORTED_IN, "书法")
    assert row["steps"][-2:] == ["report_in", "by_poster"]


@pytest.mark.parametrize("phone", [PHONE, "0751-8880000", "（0751）888 0001"])
def test_a_double_click_counts_once_and_shows_the_same_number(arrive, members, resident, banner, count, phone):
    people, hidden = count(Person), resident.hidden(banner.code)
    numbers = {NUMBER.search(read(arrive(hidden, phone=phone)))[0] for _click in range(2)}
    assert len(numbers) == 1
    assert [row["steps"] for row in members()] == [["register", "by_poster"]]
    assert count(Person) == people + 1


def test_who_is_known_by_a_landline_is_found_however_it_is_written(arrive, within, count):
    within(lambda: db.session.add(Person(community=home("wjb"), name=NAME, phones=["0751-8880000"])))
    before = count(Person)
    arrive(phone="(0751)8880000")
    assert count(Person) == before


def leave():
    service.moves.perform(db.session.scalars(select(Member)).one(), "withdraw", {"reason": "搬走了"})


def test_a_page_loaded_again_after_she_was_returned_registers_nobody(arrive, members, within, resident, banner):
    hidden = resident.hidden(banner.code)
    first = read(arrive(hidden))
    within(leave)
    assert read(arrive(hidden)) == first
    [row] = members()
    assert (row["state"], row["steps"]) == (MemberState.WITHDRAWN, ["register", "by_poster", "withdraw"])


def test_a_page_loaded_again_the_next_day_shows_the_first_number_and_disturbs_nobody(
    arrive, members, resident, banner, monkeypatch
):
    hidden = resident.hidden(banner.code)
    first = read(arrive(hidden))
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock.clock, "fixed", tomorrow)
    assert read(arrive(hidden)) == first
    assert [row["steps"] for row in members()] == [["register", "by_poster"]]


def test_a_form_corrected_and_sent_again_is_another_one(arrive, members, resident, banner):
    hidden = resident.hidden(banner.code)
    numbers = {NUMBER.search(read(arrive(hidden, unit=unit)))[0] for unit in (UNIT, "市农机站")}
    assert len(numbers) == 2
    assert [row["steps"][-1] for row in members()] == ["by_poster_again"]


def test_a_person_of_this_name_and_phone_is_used_and_one_of_another_phone_is_not(arrive, members, within, count):
    within(lambda: db.session.add(Person(community=home("wjb"), name=NAME, phones=[PHONE])))
    before = count(Person)
    arrive()
    assert count(Person) == before
    arrive(phone="13800138999")
    assert count(Person) == before + 1
    assert len(members()) == 2


def test_an_unknown_unit_is_kept_as_it_was_written_and_offered_to_nobody(arrive, members, resident, banner, behind):
    arrive(unit="  市 农机站 ")
    assert members()[0]["unit"] == "市 农机站"
    with behind():
        assert db.session.scalars(select(Organization).filter_by(name="市 农机站")).one().state is None
    assert "农机站" not in read(resident.open(banner.code))


def test_the_page_offers_the_units_that_report_in_and_no_others(arrive, resident, banner, within):
    within(lambda: service.moves.perform(db.session.get_one(Organization, party(UNIT).id), "invite", {}))
    page = read(resident.open(banner.code))
    assert f'<option value="{UNIT}">' in page
    assert page.count("<option") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "张*"},
        {"name": "长" * 41},
        {"phone": ""},
        {"phone": "1380013800x"},
        {"unit": ""},
        {"unit": "局" * 81},
        {"unit": "\u202e局"},
        {"skills": "长" * 121},
        {"grown": ""},
        {"agreed": ""},
        {"website": "http://x"},
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_stored(arrive, members, count, wrong):
    people, units = count(Person), count(Organization)
    page = arrive(**wrong)
    assert page.status_code == 422
    assert f'id="{next(iter(wrong))}-errors"' in read(page)
    assert (members(), count(Person), count(Organization)) == ([], people, units)
    assert wrong.keys() == {"phone"} or PHONE in read(page)


def test_kinds_that_do_not_exist_are_left_out_and_the_marked_ones_stay_marked(arrive, members):
    page = read(arrive(name="", kinds=["health", "'; --"]))
    assert page.count(" checked") == 3
    arrive(kinds=["health", "'; --"])
    assert members()[0]["kinds"] == (PostKind.HEALTH,)


def test_a_form_without_its_token_is_shown_again_with_what_was_typed(arrive, members):
    page = arrive({})
    assert page.status_code == 422
    assert PHONE in read(page)
    assert members() == []


def test_too_many_from_one_address_wait_and_lose_nothing(arrive, members, monkeypatch):
    monkeypatch.setattr(quotas, "ARRIVALS", quotas.Quota("arrivals", 1, timedelta(hours=1)))
    arrive()
    page = arrive(phone="13800138333")
    assert page.status_code == 429
    assert "13800138333" in read(page)
    assert len(members()) == 1


# -- the poster -----------------------------------------------------------------------------------------------------


def test_the_office_makes_the_code_and_prints_the_poster_from_both_lists(as_worker, resident, behind):
    with behind():
        address = f"/members/poster/{home('wjb').id}"
    assert all(address in as_worker.page(f"/{name}/list/") for name in ("members", "units"))
    assert "还没有党员报到码" in as_worker.page(address)
    assert as_worker.post(address).status_code == 302
    signs = code_on(as_worker.get(address))
    assert "党员报到" in read(resident.open(signs))
    assert as_worker.post(address, {"seen": "anything else"}).status_code == 302
    assert code_on(as_worker.get(address)) == signs
    assert as_worker.post(address, {"seen": signs.replace("-", "")}).status_code == 302
    assert code_on(as_worker.get(address)) != signs
    assert resident.open(signs).status_code == 410


def test_who_works_in_many_communities_comes_to_each_poster_by_the_community(as_person, behind, within):
    def work_in_three_more():
        worker = db.session.scalars(select(Account).filter_by(login="worker")).one()
        for number in range(3):
            more = open_community(code=f"m{number}", name=f"第{number}社区")
            db.session.add(Grant(account=worker, role=GrantRole.WORKER, community=more, starts_on=clock.today()))

    with behind():
        pk = home("wjb").id
    way, poster = 'href="/communities/list/">党员报到海报', f"/members/poster/{pk}"
    page = as_person("worker").page("/members/list/")
    assert (way in page, poster in page) == (False, True)
    within(work_in_three_more)
    worker = as_person("worker")
    page = worker.page("/members/list/")
    assert (way in page, poster in page) == (True, False)
    assert poster in worker.page(f"/communities/show/{pk}")


@pytest.mark.parametrize(("who", "status"), [("liaison", 403), ("gridlead", 403), ("neighbour", 404)])
def test_nobody_else_hangs_it_up(as_person, behind, who, status):
    with behind():
        address = f"/members/poster/{home('wjb').id}"
    person = as_person(who)
    assert person.get(address).status_code == status
    assert person.post(address).status_code == status
    assert address not in person.page("/members/list/")
    assert address not in read(person.get(f"/communities/show/{address.rpartition('/')[2]}"))
    with behind():
        assert points.code_for_members(home("wjb")) is None
