"""Who a row of the grid staff means: nobody gets another one's role, and nobody comes back by a file."""

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.box import handing
from app.box.commands import community as commands
from app.core import clock
from app.core.actor import acting, system
from app.extensions import db
from app.people.models import Person
from app.posts import entrance, service
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


# -- the role a file leaves to a post -------------------------------------------------------------------------------

LEAD = "name: 钱伟, login: qianwei, duty: grid_lead"
ROW = '  - {login: qianwei, name: 钱伟, phone: "13900001112", role: GridLead, place: 二网格三幢}\n'
SECOND = ROW.replace("二网格三幢", "第一网格")


def roles(login, role=GrantRole.GRID_LEAD):
    """Return the places for which somebody has a role that has not been ended."""
    held = select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == login, Grant.role == role)
    return sorted(str(one.place.name) for one in db.session.scalars(held.where(Grant.archived_at.is_(None))))


def test_a_place_the_post_does_not_have_is_told_and_its_role_given_all_the_same(read, behind):
    read(f"{LEAD}, places: [二网格三幢], gives_role: true, since: 2026-01-01")
    more = BOX.replace(ROW, ROW + SECOND)
    wider = f"{LEAD}, places: [二网格三幢, 第一网格], gives_role: true, since: 2026-01-01"
    assert "网格长 钱伟 的位置与文件不同" in read(wider, text=more)
    with behind():
        assert roles("qianwei") == ["3栋", "第一网格"]


def test_who_gets_an_account_later_gets_the_role_the_file_says(read, behind):
    read("name: 钱伟, duty: grid_lead, places: [二网格三幢]", text=BOX.replace(ROW, ""))
    told = read(f"{LEAD}, places: [二网格三幢], gives_role: true")
    assert "同时授予角色" in told
    with behind():
        assert roles("qianwei") == ["3栋"]
        assert [one.account.login for one in people("钱伟")] == ["qianwei"]


def archive_posts():
    for post in db.session.scalars(select(Post)):
        post.archived_at, post.archive_reason = clock.now(), "登记错了"
        entrance.settle(post)


def take_back():
    for post in db.session.scalars(select(Post)):
        service.change(post, {"gives_role": False})


ENDINGS = {"end": end_all, "archive": archive_posts, "take back": take_back}


@pytest.mark.parametrize("ended", ["end", "archive", "take back"])
def test_a_role_the_community_took_back_with_the_post_is_not_given_again(read, office, behind, ended):
    row = f"{LEAD}, places: [二网格三幢], gives_role: true"
    read(row)
    office(ENDINGS[ended])
    read(row)
    with behind():
        assert not roles("qianwei")


def test_a_post_that_was_over_before_it_was_read_gives_no_role(read, behind):
    read(f"{LEAD}, places: [二网格三幢], gives_role: true, since: 2025-01-01, until: 2025-12-31")
    with behind():
        assert not roles("qianwei")


def test_a_role_given_before_ends_with_the_post_that_is_read_later(read, office, behind):
    read()
    read(f"{LEAD}, places: [二网格三幢], gives_role: true, since: 2026-01-01")
    with behind():
        assert roles("qianwei") == ["3栋"]
    office(end_all)
    with behind():
        assert not roles("qianwei")


def test_a_post_that_is_over_ends_no_role_given_before(read, behind):
    read()
    read(f"{LEAD}, places: [二网格三幢], gives_role: true, since: 2025-01-01, until: 2025-12-31")
    with behind():
        assert roles("qianwei") == ["3栋"]


def test_a_role_for_another_place_stays_by_itself(read, office, behind):
    read(text=BOX.replace(ROW, ROW + SECOND))
    read(f"{LEAD}, places: [二网格三幢], gives_role: true")
    office(end_all)
    with behind():
        assert roles("qianwei") == ["第一网格"]
