"""The posts of a community travel with its people: who looks after which place, also those who do not sign in."""

import re
from datetime import date

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.accounts.models import Grant
from app.box import export, files, handing
from app.box.commands import community as commands
from app.communities.models import Place
from app.core import clock
from app.core.actor import acting, system
from app.extensions import db
from app.people.models import Person
from app.posts import service
from app.posts.models import Post
from tests.box.conftest import BOX

POSTS = """\
posts:
  - {name: 钱伟, login: qianwei, duty: grid_lead, places: [二网格三幢], since: 2026-01-01, gives_role: true}
  - {name: 周桂兰, phones: [13900002221, 女儿 13900002222], duty: building_head, places: [一网格三幢], scope: 1–3层}
  - {name: 周桂兰, phones: ["13900002221"], duty: mediator, since: 2026-03-01}
  - {name: 周桂兰, duty: unit_head, places: [1单元, 2单元], since: 2026-03-01, until: 2027-02-28}
"""
WHOLE = BOX + POSTS
FORMS = ("yaml", "xlsx")


@pytest.fixture
def run(app, box):
    def read(text):
        return app.test_cli_runner().invoke(commands, ["init", str(box(text))])

    return read


@pytest.fixture
def eastern(run):
    answer = run(WHOLE)
    assert answer.exit_code == 0, answer.output
    assert "网格队伍 4" in answer.output


@pytest.fixture
def taken(behind):
    def take(with_people=True):
        with behind():
            return export.take(handing.community_of("dh"), with_people)

    return take


@pytest.fixture
def written(app, tmp_path):
    """Write a box in one of its forms, in the words of people."""

    def write(content, form):
        path = tmp_path / f"all.{form}"
        with app.app_context(), force_locale("zh_Hans_CN"):
            path.write_bytes(handing.FORMS[f".{form}"](content))
        return path

    return write


def test_two_of_one_name_are_two_people_and_two_rows_of_one_person_are_one(eastern, behind):
    with behind():
        people = db.session.scalars(select(Person).where(Person.name == "周桂兰").order_by(Person.id)).all()
        held = [db.session.scalars(select(Post.duty).where(Post.person_id == one.id)).all() for one in people]
        assert [len(duties) for duties in held] == [2, 1]
        assert people[0].phones == ["13900002221", "女儿 13900002222"]
        assert not people[1].phones
        assert all(person.appointed and person.account_id is None for person in people)


def test_the_role_goes_with_the_post_and_ends_with_it(eastern, app, behind):
    with app.app_context(), acting(system("tests")):
        post = db.session.scalars(select(Post).where(Post.gives_role)).one()
        (grant,) = db.session.scalars(select(Grant).where(Grant.account_id == post.grants[0].account_id))
        assert post.grants == [grant]
        service.end(post, clock.today(), None)
        db.session.commit()
        assert grant.archived_at is not None


def test_what_the_community_ended_stays_ended(eastern, app, run, everything):
    with app.app_context(), acting(system("tests")):
        service.end(db.session.scalars(select(Post).where(Post.gives_role)).one(), clock.today(), None)
        db.session.commit()
    before = everything()
    assert "没有需要改动的内容" in run(WHOLE).output
    assert everything() == before


@pytest.mark.parametrize("form", FORMS)
def test_handed_out_and_read_again_nothing_changes(eastern, taken, written, app, everything, form):
    path = written(taken().content, form)
    before = everything()
    answer = app.test_cli_runner().invoke(commands, ["init", str(path)])
    assert "没有需要改动的内容" in answer.output
    assert everything() == before


@pytest.mark.parametrize("form", FORMS)
def test_it_comes_out_the_same_in_an_empty_installation(eastern, taken, written, elsewhere, form):
    first = taken()
    assert [post["name"] for post in first.content["posts"]] == ["钱伟", "周桂兰", "周桂兰", "周桂兰"]
    assert not first.left_out
    answer = elsewhere.test_cli_runner().invoke(commands, ["init", str(written(first.content, form))])
    assert answer.exit_code == 0, answer.output
    with elsewhere.app_context(), acting(system("tests")):
        assert export.take(handing.community_of("dh"), with_people=True).content == first.content


def test_without_the_people_there_is_no_post(eastern, taken):
    text = files.as_yaml(taken(with_people=False).content).decode()
    assert "周桂兰" not in text
    assert "posts" not in text


def test_who_holds_no_post_is_not_in_it(eastern, taken, app):
    with app.app_context(), acting(system("tests")):
        community = handing.community_of("dh")
        db.session.add(Person(community=community, name="路人甲", phones=["13900009999"]))
        db.session.commit()
    assert "路人甲" not in files.as_yaml(taken().content).decode()


def test_ended_and_archived_posts_stay_behind(eastern, taken, app):
    with app.app_context(), acting(system("tests")):
        service.end(db.session.scalars(select(Post).where(Post.scope.is_not(None))).one(), clock.today(), None)
        db.session.commit()
    assert [post["duty"] for post in taken().content["posts"]] == ["grid_lead", "mediator", "unit_head"]


def test_a_resident_of_that_name_is_not_appointed_by_it(app, run):
    assert run(BOX).exit_code == 0
    with app.app_context(), acting(system("tests")):
        db.session.add(Person(community=handing.community_of("dh"), name="周桂兰", phones=["13700000000"]))
        db.session.commit()
    assert run(WHOLE).exit_code == 0
    with app.app_context(), acting(system("tests")):
        namesakes = select(Person).where(Person.name == "周桂兰").order_by(Person.id)
        assert [person.appointed for person in db.session.scalars(namesakes)] == [False, True, True]


def test_a_telephone_added_later_is_that_of_who_holds_the_post(eastern, run, behind):
    later = WHOLE.replace("{name: 周桂兰, duty: unit_head", "{name: 周桂兰, phones: [13900003331], duty: unit_head")
    assert "没有需要改动的内容" in run(later).output
    with behind():
        newest = select(Person).where(Person.name == "周桂兰").order_by(Person.id.desc())
        assert db.session.scalars(newest).first().phones == ["13900003331"]


@pytest.mark.parametrize(
    ("said", "instead", "words"),
    [
        ("{name: 钱伟, login: qianwei, duty", "{name: 钱伟, login: nobody, duty", "没有账号"),
        ("{name: 钱伟, login: qianwei, duty", "{name: 钱伟, duty", "登录名"),
        ("duty: mediator", "duty: king", "mediator"),
        ("duty: mediator, ", "", "duty"),
        ("places: [二网格三幢]", "places: [九网格]", "没有"),
        (", places: [一网格三幢]", "", "填写"),
        ("until: 2027-02-28", "until: 2025-02-28", "早于"),
        ('["13900002221"]', "[12]", "手机号"),
        ("duty: mediator,", "duty: mediator, gives_role: true,", "角色"),
        ("duty: mediator, since", "duty: part_time_grid_worker, places: [第一网格], since", "企业"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_changes(run, everything, said, instead, words):
    assert said in WHOLE
    before = everything()
    answer = run(WHOLE.replace(said, instead))
    assert answer.exit_code == 1
    line = WHOLE[: WHOLE.index(said)].count("\n") + 1
    assert f"第{line}行" in answer.output
    assert words in answer.output
    assert everything() == before


def test_what_only_the_portal_knows_is_named_with_its_cell(eastern, taken, written, app, everything):
    path = written(taken().content, "xlsx")
    with app.app_context(), acting(system("tests")):
        place = db.session.scalars(select(Place).where(Place.name == "1单元")).one()
        for post in db.session.scalars(select(Post)):
            db.session.delete(post)
        place.opened_on = date(2026, 6, 1)
        db.session.commit()
    before = everything()
    answer = app.test_cli_runner().invoke(commands, ["init", str(path)])
    assert answer.exit_code == 1
    assert re.search(r"“网格队伍”表第\d+行I列“开始日期”.*2026-06-01", answer.output), answer.output
    assert everything() == before
