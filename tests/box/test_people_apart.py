"""An export of the people of a community can be read, makes one of nobody else, and says what it leaves out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import Account
from app.box import export, files, handing
from app.box.commands import community as commands
from app.communities.models import Place
from app.core import clock
from app.core.actor import acting, system
from app.extensions import db
from app.people.models import Person
from app.posts import service as posts
from app.posts.choices import PostDuty
from app.posts.models import Post
from app.roles import Role
from tests.box.conftest import BOX

NO_CHANGE = "没有需要改动的内容"


@pytest.fixture
def eastern(app, box):
    assert app.test_cli_runner().invoke(commands, ["init", str(box(BOX))]).exit_code == 0


@pytest.fixture
def office(app, eastern):
    """Do something in the portal, as its pages would."""

    def do(what):
        with app.app_context(), acting(system("tests")):
            found = what()
            db.session.commit()
            return found

    return do


@pytest.fixture
def taken(office):
    return lambda: office(lambda: export.take(handing.community_of("dh"), with_people=True))


@pytest.fixture
def read(tmp_path):
    def into(portal, content):
        path = tmp_path / "all.yaml"
        path.write_bytes(files.as_yaml(content))
        answer = portal.test_cli_runner().invoke(commands, ["init", str(path)])
        assert answer.exit_code == 0, answer.output
        return answer.output

    return into


def account(login):
    return db.session.scalars(select(Account).where(Account.login == login)).one()


def place(name):
    here = handing.community_of("dh")
    return db.session.scalars(select(Place).where(Place.name == name, Place.community_id == here.id)).one()


def appointed(name, duty, where, login=None, phones=(), **columns):
    """Put a person on record and give the person a post, whoever else has that name."""
    here = handing.community_of("dh")
    signs_in = account(login) if login else None
    person = Person(community=here, name=name, phones=list(phones), account=signs_in)
    db.session.add(person)
    db.session.flush()
    return posts.appoint(community=here, person=person.party, duty=duty, places=[place(where)], **columns)


def count_of(portal, name):
    with portal.app_context(), acting(system("tests")):
        found = db.session.scalars(select(Person).where(Person.name == name).order_by(Person.id)).all()
        return [len(db.session.scalars(select(Post).where(Post.person_id == one.id)).all()) for one in found]


@pytest.mark.parametrize("signs_in_first", [True, False])
@pytest.mark.parametrize("phones", [(), ("13900007777",)])
def test_two_of_one_name_of_whom_one_signs_in_are_not_made_one(
    office, taken, read, elsewhere, app, signs_in_first, phones
):
    two = [
        lambda: appointed("钱伟", PostDuty.UNIT_HEAD, "1单元", "qianwei", phones),
        lambda: appointed("钱伟", PostDuty.UNIT_HEAD, "2单元", None, phones),
    ]
    for what in two if signs_in_first else reversed(two):
        office(what)
    first = taken()
    assert [one["places"] for one in first.content["posts"]] == [["1单元"]]
    assert any("单元长 钱伟" in said for said in first.left_out)
    assert NO_CHANGE in read(app, first.content)
    read(elsewhere, first.content)
    assert count_of(elsewhere, "钱伟") == [1]


def test_in_a_file_written_by_hand_they_are_not_made_one_either(read, elsewhere, taken):
    content = taken().content
    content["posts"] = [
        {"name": "钱伟", "login": "qianwei", "duty": "unit_head", "places": ["1单元"]},
        {"name": "钱伟", "duty": "unit_head", "places": ["2单元"]},
    ]
    read(elsewhere, content)
    assert count_of(elsewhere, "钱伟") == [1, 1]
    assert NO_CHANGE in read(elsewhere, content)
    assert count_of(elsewhere, "钱伟") == [1, 1]


def test_whose_telephones_overlap_are_not_made_one(office, taken):
    office(lambda: appointed("王芳", PostDuty.UNIT_HEAD, "1单元", None, ["13900007777", "13900007778"]))
    office(lambda: appointed("王芳", PostDuty.UNIT_HEAD, "2单元", None, ["女儿 13900007777"]))
    assert [one["places"] for one in taken().content["posts"]] == [["1单元"]]


def test_whoever_no_longer_has_a_post_stands_in_nobodys_way(office, taken):
    office(lambda: posts.end(appointed("王芳", PostDuty.UNIT_HEAD, "1单元"), clock.today(), None))
    office(lambda: appointed("王芳", PostDuty.UNIT_HEAD, "2单元"))
    assert [one["places"] for one in taken().content["posts"]] == [["2单元"]]


def test_who_is_called_otherwise_than_the_account_can_be_read_elsewhere(office, taken, read, elsewhere, app):
    office(lambda: appointed("钱卫", PostDuty.UNIT_HEAD, "1单元", "qianwei"))
    content = taken().content
    assert NO_CHANGE in read(app, content)
    read(elsewhere, content)
    assert count_of(elsewhere, "钱伟") == [1]


def test_a_role_somebody_has_twice_stands_there_once(office, taken, read, app):
    office(lambda: accounts.grant(account("qianwei"), Role.WORKER, handing.community_of("dh")))
    office(lambda: accounts.grant(account("qianwei"), Role.WORKER, handing.community_of("dh")))
    content = taken().content
    assert [one["role"] for one in content["accounts"] if one["login"] == "qianwei"] == ["GridLead", "Worker"]
    assert NO_CHANGE in read(app, content)


def test_a_role_that_only_begins_later_is_said(office, taken):
    begins = clock.today() + timedelta(days=30)
    office(lambda: accounts.grant(account("qianwei"), Role.WORKER, handing.community_of("dh"), starts_on=begins))
    first = taken()
    assert "Worker" not in {one["role"] for one in first.content["accounts"]}
    (said,) = first.left_out
    assert "钱伟" in said
    assert begins.isoformat() in said


def test_a_role_that_ends_by_itself_does_not_become_one_without_end(office, taken):
    ends = clock.today() + timedelta(days=30)
    office(lambda: accounts.grant(account("qianwei"), Role.WORKER, handing.community_of("dh"), ends_on=ends))
    first = taken()
    assert "Worker" not in {one["role"] for one in first.content["accounts"]}
    (said,) = first.left_out
    assert "钱伟" in said
    assert ends.isoformat() in said


def test_a_role_that_ends_with_its_post_is_in_the_box(office, taken, read, elsewhere):
    lead = {"until": clock.today() + timedelta(days=30), "gives_role": True}
    office(lambda: appointed("钱伟", PostDuty.GRID_LEAD, "第一网格", "qianwei", **lead))
    first = taken()
    assert not first.left_out
    read(elsewhere, first.content)
    with elsewhere.app_context(), acting(system("tests")):
        assert export.take(handing.community_of("dh"), with_people=True).content == first.content


def test_a_role_that_ends_with_a_post_the_box_cannot_hold_does_not_become_one_without_end(office, taken, read, app):
    ends = clock.today() + timedelta(days=30)

    def lead_of_two_grids():
        post = appointed("钱伟", PostDuty.GRID_LEAD, "第一网格", "qianwei", until=ends, gives_role=True)
        posts.change(post, {"places": [*post.places, place("第二网格")]})
        place("第二网格").closed_on = clock.today() - timedelta(days=1)

    office(lead_of_two_grids)
    first = taken()
    assert not first.content["posts"]
    assert "qianwei" not in {one["login"] for one in first.content["accounts"]}
    assert any("钱伟 网格长" in said and ends.isoformat() in said for said in first.left_out)
    assert NO_CHANGE in read(app, first.content)


def test_a_role_that_begins_with_its_post_is_in_the_post(office, taken, read, elsewhere):
    begins = clock.today() + timedelta(days=30)
    lead = {"since": begins, "gives_role": True}
    office(lambda: appointed("钱伟", PostDuty.GRID_LEAD, "第一网格", "qianwei", **lead))
    first = taken()
    assert not first.left_out
    read(elsewhere, first.content)
    with elsewhere.app_context(), acting(system("tests")):
        assert export.take(handing.community_of("dh"), with_people=True).content == first.content


def test_a_role_for_a_place_that_is_closed_is_left_out_and_said(office, taken, read, elsewhere):
    office(lambda: setattr(place("第二网格"), "closed_on", clock.today() - timedelta(days=1)))
    first = taken()
    assert "qianwei" not in {one["login"] for one in first.content["accounts"]}
    assert any("钱伟 网格长" in said and "位置" in said for said in first.left_out)
    read(elsewhere, first.content)
