"""A row on paper: the form it replaces, masked for everybody, with blanks for what is not known and lines to sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.communities.models import Community
from app.core import paper
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.needs.models import Need
from app.organizations.models import Organization
from app.people.birth import Birth
from app.people.models import Person
from app.talents.choices import Field
from app.talents.models import Talent
from tests.posts.conftest import appoint, ids, resident

__all__ = ["appoint", "ids", "resident"]

SECRETS = ("韦春梅", "13800007777", "武江北路8栋2单元301")


@pytest.fixture
def person(resident):
    return resident(phones=[SECRETS[1]], address=SECRETS[2], birth=Birth(1952, 3, 8), unit_name="退休教师")


def test_a_person_prints_in_groups_with_blanks_and_lines_to_sign_and_without_what_is_masked(as_secretary, person):
    page = as_secretary.page(f"/people/print/{person}")
    told = "武江北社区 住址与家庭 工作或就读单位 退休教师 138****7777 韦*梅 民族 签字或盖章 打印人 陈秀兰"
    for words in told.split(" "):
        assert words in page, words
    # The trail above is for the screen; the name of the page stands on paper too.
    on_paper = page.split("</title>", 1)[0] + page.split("<article", 1)[1]
    for secret in (*SECRETS, "1952"):
        assert secret not in on_paper
    assert "录入时间" not in page


def test_what_is_not_known_prints_as_a_blank_and_not_as_something_hidden(as_secretary, resident):
    page = as_secretary.page(f"/people/print/{resident(phones=[], tags=[])}")
    assert "***" not in page.split("<article", 1)[1]


def test_the_page_of_a_row_leads_to_the_paper(as_secretary, person):
    assert f'href="/people/print/{person}"' in as_secretary.page(f"/people/show/{person}")


def test_the_age_stands_beside_the_birth_for_who_reads_it(as_secretary, as_gridlead, person):
    assert "1952-03-08 <small>（7" in as_secretary.page(f"/people/show/{person}")
    assert "岁）" not in as_gridlead.get(f"/people/show/{person}").text


def test_names_in_relations_are_masked_too_unless_everybody_knows_them(as_secretary, app, person, appoint):
    with app.app_context(), acting(system("tests")), transaction():
        home = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        party = db.session.get_one(Person, person).party
        talent = Talent(community=home, person=party, field=Field.LAW)
        db.session.add(talent)
        db.session.flush()
        pk = talent.id
    assert "韦春梅" not in as_secretary.page(f"/talents/print/{pk}").split("<article", 1)[1]
    post = appoint(person)
    # Who does the community's work is known to everybody there.
    assert "韦春梅" in as_secretary.page(f"/posts/print/{post}")


def test_who_does_not_see_the_row_prints_nothing(as_neighbour, as_coordinator, as_admin, person):
    assert as_neighbour.get(f"/people/print/{person}").status_code == 404
    assert as_coordinator.get(f"/people/print/{person}").status_code == 403
    assert as_admin.get(f"/people/print/{person}").status_code == 403
    assert as_neighbour.get("/people/print/abc").status_code == 404


def test_a_need_prints_its_text_whole_and_hides_phones_in_it(as_worker, register):
    pk = register(title="路灯不亮", text="三楼路灯不亮\n请打 13800007777", reporter_phone="13800007778")
    page = as_worker.page(f"/needs/print/{pk}").split("<article", 1)[1]
    assert "三楼路灯不亮" in page
    assert "13800007777" not in page
    assert "13800007778" not in page


def test_a_long_value_takes_a_line_and_short_ones_share_one(behind):
    with behind():
        unit = db.session.scalars(select(Organization).limit(1)).one()
        need = Need(title="路灯" * 20)
        boxes = [*paper.boxes(unit, ("name", "kind", "credit_code")), *paper.boxes(need, ("title",))]
    assert [len(line) for line in paper.lines(boxes)] == [2, 1, 1]


@given(st.lists(st.booleans(), max_size=12))
def test_lines_keep_every_box_in_its_order(wide):
    boxes = [paper.Box(str(number), "", one) for number, one in enumerate(wide)]
    laid = paper.lines(boxes)
    assert [box for line in laid for box in line] == boxes
    assert all(len(line) == 1 for line in laid if any(box.wide for box in line))
    assert all(1 <= len(line) <= 2 for line in laid)
