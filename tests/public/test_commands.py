"""The command `codes issue`: a code once, in words, and nothing for what is not there."""

import pytest
from sqlalchemy import select

from app.communities.models import Community
from app.core.timeline import Step
from app.extensions import db


@pytest.fixture
def say(app):
    """Give a command, and return how it ended and what it said."""

    def run(*words):
        ended = app.test_cli_runner().invoke(args=["codes", *words])
        return ended.exit_code, ended.output

    return run


def test_a_code_for_a_place_opens_the_form_there(say, place_id, resident):
    status, said = say("issue", "place", str(place_id("武江北路8栋")))
    assert status == 0
    assert "武江北路8栋" in said
    assert resident.open(said.split()[-1]).status_code == 200


def test_a_code_for_a_community_opens_the_form_for_members_and_the_earlier_poster_is_out_of_date(
    say, behind, banner, resident
):
    earlier = banner()
    with behind():
        pk = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
    status, said = say("issue", "community", str(pk))
    assert status == 0
    assert "武江北" in said
    assert "党员报到" in resident.open(said.split()[-1]).get_data(as_text=True)
    assert resident.open(earlier).status_code == 410


def test_a_code_for_a_need_opens_it_and_stands_in_its_timeline(say, register, resident, behind):
    pk = register()
    status, said = say("issue", "need", str(pk))
    assert status == 0
    assert "只显示这一次" in said
    assert "路灯" in resident.open(said.split()[-1]).get_data(as_text=True)
    with behind():
        steps = db.session.scalars(select(Step).filter_by(list="needs", row_id=pk, move="code")).all()
        assert [step.by_label for step in steps] == ["system:cli"]


def test_with_an_address_it_is_said_too(say, app, register):
    app.config["BASE_URL"] = "https://sidan.example.cn"
    try:
        said = say("issue", "need", str(register()))[1]
    finally:
        app.config["BASE_URL"] = None
    assert said.split()[-1].startswith("https://sidan.example.cn/q/")


@pytest.mark.parametrize("words", [("issue",), ("issue", "need"), ("issue", "street", "1"), ("issue", "need", "x")])
def test_what_is_not_understood_is_said_in_chinese(say, words):
    status, said = say(*words)
    assert status == 2
    assert "--help" in said


@pytest.mark.parametrize("kind", ["need", "place", "community"])
def test_nothing_is_made_for_what_is_not_there(say, kind):
    status, said = say("issue", kind, "999999")
    assert status == 1
    assert "999999" in said


def test_an_archived_need_has_no_code(say, register, as_secretary):
    pk = register()
    assert as_secretary.post(f"/needs/archive/{pk}", {"reason": "登记错了", "version": "1"}).status_code == 302
    assert say("issue", "need", str(pk))[0] == 1
