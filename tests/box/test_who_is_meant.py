"""Who a row of the grid staff means: nobody gets another one's role, and nobody comes back by a file."""

import pytest
from sqlalchemy import select

from app.box import handing
from app.box.commands import community as commands
from app.core import clock
from app.core.actor import acting, system
from app.extensions import db
from app.people.models import Person
from app.posts import service
from app.posts.models import Post
from tests.box.conftest import BOX

NO_CHANGE = "没有需要改动的内容"


@pytest.fixture
def run(app, box):
    def read(*rows, text=BOX):
        posts = "posts:\n" + "".join(f"  - {{{row}}}\n" for row in rows) if rows else ""
        return app.test_cli_runner().invoke(commands, ["init", str(box(text + posts))])

    return read


@pytest.fixture
def read(run):
    def whole(*rows, text=BOX):
        answer = run(*rows, text=text)
        assert answer.exit_code == 0, answer.output
        return answer.output

    return whole


@pytest.fixture
def office(app):
    """Do something in the portal, as its pages would."""

    def do(what):
        with app.app_context(), acting(system("tests")):
            what()
            db.session.commit()

    return do


def people(name):
    return db.session.scalars(select(Person).where(Person.name == name).order_by(Person.id)).all()


def archive(name):
    for person in people(name):
        person.archived_at, person.archive_reason = clock.now(), "已去世"


def end_all():
    for post in db.session.scalars(select(Post)):
        service.end(post, clock.today(), None)


def put_down(name, **columns):
    db.session.add(Person(community=handing.community_of("dh"), name=name, **columns))


@pytest.mark.parametrize("known", [False, True])
def test_nobody_gets_the_role_of_who_stands_beside_the_login_name(run, read, everything, known):
    read(*["name: 钱伟, login: qianwei, duty: building_head, places: [一网格三幢]"] * known)
    before = everything()
    answer = run("name: 张三, login: qianwei, duty: grid_lead, places: [第二网格], gives_role: true")
    assert answer.exit_code == 1
    assert "第36行" in answer.output, answer.output
    assert "钱伟" in answer.output
    assert "张三" in answer.output
    assert everything() == before


def test_who_is_called_otherwise_in_the_list_of_people_is_named_so_too(read, office):
    read("name: 钱伟, login: qianwei, duty: mediator")
    office(lambda: setattr(people("钱伟")[0], "name", "钱卫"))
    assert NO_CHANGE in read("name: 钱卫, login: qianwei, duty: mediator")


@pytest.mark.parametrize("phones", ["", "phones: [13900002221], "])
def test_who_was_archived_does_not_come_back_with_a_post(read, office, everything, phones):
    row = f"name: 周桂兰, {phones}duty: unit_head, places: [1单元]"
    read(row)
    office(end_all)
    office(lambda: archive("周桂兰"))
    before = everything()
    told = read(row)
    assert NO_CHANGE in told
    assert "单元长 周桂兰" in told
    assert everything() == before


def test_who_signed_in_and_was_archived_does_not_come_back_either(read, office, everything):
    read("name: 钱伟, login: qianwei, duty: mediator")
    office(lambda: archive("钱伟"))
    before = everything()
    assert "单元长 钱伟" in read("name: 钱伟, login: qianwei, duty: unit_head, places: [1单元]")
    assert everything() == before


def test_an_archived_namesake_of_another_post_stands_in_nobodys_way(read, office, behind):
    read("name: 周桂兰, phones: [13900002221], duty: unit_head, places: [1单元]")
    office(lambda: archive("周桂兰"))
    read("name: 周桂兰, phones: [13900002229], duty: mediator")
    with behind():
        assert [one.archived_at is None for one in people("周桂兰")] == [False, True]


def test_whoever_a_merged_record_became_holds_the_post(read, office, behind):
    row = "name: 周桂兰, phones: [13900002221], duty: unit_head, places: [1单元]"
    read()

    def merged():
        put_down("周桂兰", phones=["13900002221"])
        put_down("周桂", phones=[])
        db.session.flush()
        archive("周桂兰")
        people("周桂兰")[0].merged_into = people("周桂")[0]

    office(merged)
    read(row)
    with behind():
        assert len(people("周桂兰")) == 1
        assert people("周桂")[0].appointed


def test_a_row_of_an_account_finds_the_record_by_the_phone_of_the_account(read, office, behind):
    read()
    office(lambda: put_down("钱伟", phones=["儿子 13900001112"]))
    read("name: 钱伟, login: qianwei, duty: mediator")
    with behind():
        assert [(one.account.login, one.phones) for one in people("钱伟")] == [("qianwei", ["儿子 13900001112"])]


def test_an_account_is_tied_to_none_of_several_records_it_may_mean(run, read, office, everything):
    read()
    for _twice in range(2):
        office(lambda: put_down("钱伟", phones=["13900001112"]))
    before = everything()
    answer = run("name: 钱伟, login: qianwei, duty: mediator")
    assert answer.exit_code == 1
    assert "几个人" in answer.output
    assert everything() == before


def test_two_of_one_name_who_both_sign_in_are_two_people(read, behind):
    text = BOX.replace("accounts:\n", "accounts:\n  - {login: qianwei2, name: 钱伟, role: Worker}\n")
    rows = [f"name: 钱伟, login: {login}, duty: mediator" for login in ("qianwei", "qianwei2")]
    read(*rows, text=text)
    with behind():
        assert [one.account.login for one in people("钱伟")] == ["qianwei", "qianwei2"]


def test_nought_households_are_said(read, behind):
    read("name: 周桂兰, duty: building_head, places: [一网格三幢], households: 0")
    with behind():
        assert db.session.scalars(select(Post.households)).one() == 0
