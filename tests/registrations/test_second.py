"""Somebody who reports in to two communities: both secretaries agree, and neither sees the other's row."""

import pytest

from app.extensions import db
from app.people.identity import IdType
from app.people.models import Person
from app.registrations.choices import MemberState, SecondState
from app.registrations.models import Member
from tests.registrations.conftest import NUMBER


def move(person, name, pk, **values):
    return person.post(f"/members/move/{name}/{pk}", values).status_code


@pytest.fixture
def two(enrol):
    """The same person by the number of the document, registered next door and now reporting in here."""
    theirs = enrol("林志远", code="qn", number=NUMBER, state=MemberState.RECEIVED)
    ours = enrol("林志远", number=NUMBER, state=MemberState.REPORTED_IN)
    return ours, theirs


def test_both_secretaries_are_asked_and_the_member_is_received_after_both_agreed(
    two, as_secretary, as_neighbour, as_worker, stored, told
):
    ours, theirs = two
    assert ("second_asked", "secretary") in told("members", ours)
    assert ("second_asked", "neighbour") in told("members", theirs)
    answer = as_worker.post(f"/members/move/receive/{ours}")
    assert answer.status_code == 409
    assert "两个社区的书记都同意" in answer.get_data(as_text=True)
    assert move(as_worker, "agree_second", ours) == 403
    assert move(as_secretary, "agree_second", ours) == 302
    assert move(as_worker, "receive", ours) == 409
    assert move(as_neighbour, "agree_second", theirs) == 302
    assert move(as_worker, "receive", ours) == 302
    assert stored(Member, ours)["state"] is MemberState.RECEIVED


def test_each_reads_only_the_name_of_the_other_community(two, as_secretary, as_neighbour, as_liaison):
    ours, theirs = two
    assert "“桥南社区”征求意见" in as_secretary.page(f"/members/show/{ours}")
    assert "“武江北社区”征求意见" in as_neighbour.page(f"/members/show/{theirs}")
    assert "市中医院" not in as_neighbour.page(f"/members/show/{theirs}")
    assert as_secretary.get(f"/members/show/{theirs}").status_code == 404
    assert "桥南社区" not in as_liaison.page(f"/members/show/{ours}")
    assert "林志远" in as_secretary.page("/members/list/?quick=mine")


def test_one_who_does_not_agree_keeps_the_member_from_being_received(two, as_secretary, as_neighbour, as_worker):
    ours, theirs = two
    assert move(as_secretary, "agree_second", ours) == 302
    assert move(as_neighbour, "refuse_second", theirs, reason="已有固定岗位") == 302
    answer = as_worker.post(f"/members/move/receive/{ours}")
    assert answer.status_code == 409
    assert "不同意" in answer.get_data(as_text=True)
    assert move(as_neighbour, "agree_second", theirs) == 409


def test_once_the_other_registration_ends_nobody_is_asked_any_more(two, as_neighbour, as_worker, stored):
    ours, theirs = two
    assert move(as_neighbour, "withdraw", theirs, reason="迁居") == 302
    assert {stored(Member, pk)["second"] for pk in two} == {None}
    assert move(as_worker, "receive", ours) == 302


def test_a_number_that_is_written_down_later_is_noticed_before_the_member_is_received(
    enrol, as_worker, as_secretary, within, stored
):
    theirs = enrol("林志远", code="qn", number=NUMBER)
    ours = enrol("林志远", state=MemberState.REPORTED_IN)
    with within():
        person = db.session.get_one(Person, db.session.get_one(Member, ours).person_id)
        person.id_type, person.id_number = IdType.RESIDENT, NUMBER
    assert move(as_worker, "receive", ours) == 409
    assert move(as_worker, "ask_both", ours) == 302
    assert {stored(Member, pk)["second"] for pk in (ours, theirs)} == {SecondState.ASKED}


def test_people_without_a_number_or_with_another_one_are_not_asked_about(enrol, stored):
    enrol("林志远", code="qn", number=NUMBER)
    pk = enrol("林志远", state=MemberState.REPORTED_IN)
    assert stored(Member, pk)["second"] is None
