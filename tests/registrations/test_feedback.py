"""Quarterly feedback: drafted from what was carried out, signed, sent and acknowledged; and the record card."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.models import Fulfilment
from app.needs.choices import NeedState
from app.needs.models import Need
from app.parties.models import Party
from app.people.models import Person
from app.registrations import telling
from app.registrations.choices import MemberState
from app.registrations.feedback import Feedback, FeedbackState
from app.registrations.models import Member
from tests.core.conftest import Program
from tests.registrations.conftest import OTHER_UNIT, UNIT, home, party


def move(person, name, pk):
    return person.post(f"/feedbacks/move/{name}/{pk}").status_code


@pytest.fixture
def october(app):
    """It is the fifth of October 2026."""
    clock.clock.fixed = clock.parse_local("2026-10-05T09:00")


@pytest.fixture
def carry_out(within, register):
    """Let an order be carried out by a provider, perhaps by somebody who came for it."""

    def make(provider, day, person_times=3, taker=None, state=FulfilmentState.CONFIRMED):
        need_id = register()
        with within():
            need = db.session.get_one(Need, need_id)
            need.state = NeedState.ACCEPTED
            row = Fulfilment(
                community=home("wjb"),
                need=need,
                provider=db.session.scalars(select(Party).filter_by(name=provider, community=home("wjb"))).one(),
                taker=db.session.scalars(select(Person).filter_by(name=taker)).one() if taker else None,
                code=f"LD{need_id}",
                state=state,
                delivered_on=day,
                person_times=person_times,
                measures="测血压，电话 13800001234",
            )
            db.session.add(row)

    return make


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_the_quarters_of_a_year_follow_each_other_without_a_gap(day):
    year, quarter = telling.last_quarter(day)
    first, last = telling.term(year, quarter)
    after = telling.term(year + quarter // 4, quarter % 4 + 1)
    assert first <= last < after[0] <= day <= after[1]
    assert after[0] == last + timedelta(days=1)


def test_the_draft_counts_what_member_and_unit_carried_out_in_the_quarter(october, enrol, carry_out, as_worker, stored):
    pk = enrol("何大山", state=MemberState.ACTIVE)
    carry_out("何大山", date(2026, 7, 1), 2)
    carry_out(UNIT, date(2026, 9, 30), 5, taker="何大山")
    carry_out(UNIT, date(2026, 8, 1), 7)
    carry_out("何大山", date(2026, 10, 1))
    carry_out("何大山", date(2026, 8, 1), state=FulfilmentState.REVERSED)
    answer = as_worker.post("/feedbacks/add", {"member": pk, "year": "2026", "quarter": "3"})
    row = stored(Feedback, int(answer.location.rsplit("/", 1)[1]))
    assert (row["orders"], row["person_times"], row["unit_orders"]) == (2, 7, 2)
    assert row["state"] is FeedbackState.DRAFTED


def test_it_is_signed_sent_and_acknowledged(
    october, enrol, as_worker, as_secretary, as_liaison, as_person, stored, told
):
    pk = enrol("何大山")
    program = Program(as_worker.client)
    made = program.post("/api/v1/feedbacks/", member=pk, year=2026, quarter=3, summary="认真负责")
    one = made.json["id"]
    assert move(as_worker, "sign", one) == 403
    assert move(as_secretary, "sign", one) == 302
    version = program.get(f"/api/v1/feedbacks/{one}").json["result"]["version"]
    assert list(program.put(f"/api/v1/feedbacks/{one}", version=version, summary="改一改").json["message"]) == [
        "summary"
    ]
    assert move(as_liaison, "acknowledge", one) == 409
    assert move(as_worker, "send", one) == 302
    assert told("feedbacks", one) == {("feedback_sent", "liaison")}
    assert move(as_worker, "acknowledge", one) == 403
    assert move(as_liaison, "acknowledge", one) == 302
    row = stored(Feedback, one)
    assert (row["state"], row["acknowledged_on"]) == (FeedbackState.ACKNOWLEDGED, date(2026, 10, 5))


def test_a_quarter_is_told_once_and_not_before_it_begins(october, enrol, as_worker):
    pk, program = enrol("何大山"), Program(as_worker.client)
    asked = {"member": pk, "year": 2026, "quarter": 3}
    assert program.post("/api/v1/feedbacks/", **asked).status_code == 201
    for wrong, beside in (
        ({}, "member"),
        ({"quarter": 5}, "quarter"),
        ({"quarter": 0}, "quarter"),
        ({"year": 2027}, "quarter"),
        ({"year": 99999}, "year"),
        ({"member": None}, "member"),
        ({"orders": 9}, "orders"),
    ):
        answer = program.post("/api/v1/feedbacks/", **asked | wrong)
        assert (answer.status_code, list(answer.json["message"])) == (422, [beside]), wrong


def test_another_units_feedback_is_not_there_for_a_liaison(october, enrol, as_worker, as_liaison):
    pk = enrol("陆小满", unit=OTHER_UNIT)
    one = Program(as_worker.client).post("/api/v1/feedbacks/", member=pk, year=2026, quarter=3).json["id"]
    assert as_liaison.get(f"/feedbacks/show/{one}").status_code == 404
    assert move(as_liaison, "acknowledge", one) == 404
    assert Program(as_liaison.client).get("/api/v1/feedbacks/").json["ids"] == []


def test_in_the_first_days_of_a_quarter_it_is_drafted_for_all_who_serve(app, october, enrol, within, behind):
    serving, waiting = enrol("何大山", state=MemberState.ACTIVE), enrol("陆小满")
    new = enrol("温如玉", state=MemberState.ACTIVE)
    with within():
        for pk, day in ((serving, date(2026, 9, 30)), (waiting, date(2026, 9, 1)), (new, date(2026, 10, 1))):
            db.session.get_one(Member, pk).received_on = day
    with app.app_context():
        assert telling.draft_all() == {"drafted": 1}
        assert telling.draft_all() == {"drafted": 0}
        clock.clock.fixed = clock.parse_local("2026-11-05T09:00")
        assert telling.draft_all() == {"drafted": 0}
    with behind():
        assert [(one.member_id, one.year, one.quarter) for one in db.session.scalars(select(Feedback))] == [
            (serving, 2026, 3)
        ]


# -- on paper -------------------------------------------------------------------------------------------------------


def test_the_card_lists_what_was_done_and_masks_names_and_numbers(october, enrol, carry_out, as_secretary, as_worker):
    pk = enrol("何大山", state=MemberState.ACTIVE)
    carry_out("何大山", date(2026, 7, 1), 2)
    Program(as_worker.client).post("/api/v1/feedbacks/", member=pk, year=2026, quarter=3, summary="认真负责")
    page = as_secretary.page(f"/members/card/{pk}")
    for words in ("服务记录卡", "何*山", "2026-07-01", "138****1234", "认真负责", "季度反馈"):
        assert words in page
    paper = page[page.index("<article") :]
    assert "何大山" not in paper
    assert "13800001234" not in paper


def test_slip_and_receipt_stand_on_one_page_which_others_do_not_find(
    enrol, as_secretary, as_worker, as_liaison, behind
):
    pk, other = enrol("何大山", state=MemberState.REPORTED_IN), enrol("陆小满", unit=OTHER_UNIT)
    as_worker.post(f"/members/move/receive/{pk}")
    page = as_liaison.page(f"/members/registration/{pk}")
    for words in ("“双报到”报到单", "何*山", "回　执", "编号 HZ", "沿此线裁开"):
        assert words in page
    assert as_liaison.get(f"/members/registration/{other}").status_code == 404
    assert as_liaison.get(f"/members/card/{other}").status_code == 404
    with behind():
        units = party(UNIT).id, party(OTHER_UNIT).id
    assert "统一社会信用代码" in as_liaison.page(f"/units/registration/{units[0]}")
    assert as_liaison.get(f"/units/registration/{units[1]}").status_code == 404
    assert "报到单和回执" not in as_secretary.page(f"/units/show/{units[0]}")
