"""A member reports in, once in a community; is received, serves, is evaluated, leaves and comes back as before."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import select

from app.core import clock
from app.core.actor import acting, system
from app.core.database import Clash, transaction
from app.core.moves import Refused, perform
from app.core.rules import Violation
from app.extensions import db
from app.organizations.choices import Grade
from app.people import copying, erasing, mentions
from app.people.models import Person
from app.registrations.choices import MemberState, PostKind, PostState
from app.registrations.flow import FLOW
from app.registrations.kinds import PostKinds, kind_of
from app.registrations.models import Member, ServicePost
from tests.core.conftest import Program
from tests.registrations.conftest import OTHER_UNIT, UNIT, home, party


def move(person, name, pk, **values):
    return person.post(f"/members/move/{name}/{pk}", values).status_code


def day(ago):
    return (clock.today() - timedelta(days=ago)).isoformat()


def ids(behind):
    with behind():
        return {name: party(name).id for name in (UNIT, OTHER_UNIT, "张海燕")}


# -- reporting in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["secretary", "worker", "liaison", "volunteer"])
def test_office_liaison_and_the_member_herself_let_her_report_in(as_person, behind, stored, told, login):
    known = ids(behind)
    form = {"person": known["张海燕"], "unit": known[UNIT], "reported_on": day(0), "service_posts": "法律援助、遛狗"}
    answer = as_person(login).post("/members/add", form)
    assert answer.status_code == 302
    pk = int(answer.location.rsplit("/", 1)[1])
    row = stored(Member, pk)
    assert (row["state"], row["person_id"]) == (MemberState.REPORTED_IN, known["张海燕"])
    assert row["service_posts"].kinds == (PostKind.LEGAL_AID, PostKind.OTHER)
    assert told("members", pk) == ({("member_reported", "secretary")} if login != "secretary" else set())


@pytest.mark.parametrize(
    "login", ["coordinator", "gridlead", "gridworker", "partner", "supervisor", "auditor", "admin"]
)
def test_nobody_else_lets_anybody_report_in(as_person, login):
    assert as_person(login).get("/members/add").status_code == 403


def test_nobody_is_registered_twice_in_one_community(as_secretary, behind, enrol, within):
    known = ids(behind)
    form = {"person": known["张海燕"], "unit": known[UNIT]}
    assert as_secretary.post("/members/add", form).status_code == 302
    answer = as_secretary.post("/members/add", form | {"skills": "书法"})
    assert answer.status_code == 422
    assert "已经在本社区报到" in answer.get_data(as_text=True)
    program = Program(as_secretary.client)
    assert list(program.post("/api/v1/members/", **form).json["message"]) == ["person"]
    with pytest.raises(Clash), within():
        db.session.add(Member(community=home("wjb"), person=party("张海燕"), unit=party(UNIT)))


def test_the_liaison_registers_members_of_the_own_unit_only(as_liaison, behind):
    known, program = ids(behind), Program(as_liaison.client)
    answer = program.post("/api/v1/members/", person=known["张海燕"], unit=known[OTHER_UNIT])
    assert answer.status_code == 422
    assert program.post("/api/v1/members/", person=known["张海燕"], unit=known[UNIT]).status_code == 201


def test_the_liaison_of_another_unit_finds_nothing_through_any_door(as_liaison, enrol):
    pk, mine = enrol("陆小满", unit=OTHER_UNIT), enrol("何大山")
    program = Program(as_liaison.client)
    assert as_liaison.get(f"/members/show/{pk}").status_code == 404
    assert as_liaison.get(f"/members/history/{pk}").status_code == 404
    assert program.get(f"/api/v1/members/{pk}").status_code == 404
    assert move(as_liaison, "withdraw", pk, reason="试一试") == 404
    assert program.post(f"/api/v1/members/{pk}/move/withdraw", version=1, reason="试").status_code == 404
    assert program.get("/api/v1/members/").json["ids"] == [mine]


def test_the_liaison_reads_names_masked_and_the_office_plain(as_liaison, as_worker, as_volunteer, enrol):
    pk = enrol("何大山")
    assert "何大山" not in as_liaison.page(f"/members/show/{pk}")
    assert "何*山" in as_liaison.page("/members/list/")
    assert "何大山" in as_worker.page(f"/members/show/{pk}")
    assert as_volunteer.get(f"/members/show/{pk}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "beside", "words"),
    [
        # The day after tomorrow: a night may pass before this is asked.
        ({"reported_on": day(-2)}, "reported_on", "晚于今天"),
        ({"party_joined_on": day(-2)}, "party_joined_on", "晚于今天"),
        ({"party_joined_on": day(3), "reported_on": day(5)}, "reported_on", "不能早于入党日期"),
        ({"person": 999999}, "person", "不存在"),
        ({"unit": None}, "unit", "填写"),
        ({"service_posts": "长" * 300}, "service_posts", "最多"),
        ({"service_posts": {"words": 1}}, "service_posts", "不是岗位"),
        ({"state": "active"}, "state", "不"),
        ({"second": "agreed"}, "second", "不"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(as_worker, behind, typed, beside, words):
    known = ids(behind)
    form = {"person": known["张海燕"], "unit": known[UNIT]} | typed
    answer = Program(as_worker.client).post("/api/v1/members/", **form)
    assert (answer.status_code, list(answer.json["message"])) == (422, [beside])
    assert words in answer.json["message"][beside][0]


def test_a_unit_is_no_member_and_a_person_is_no_unit(as_worker, behind):
    known, program = ids(behind), Program(as_worker.client)
    wrong = program.post("/api/v1/members/", person=known[UNIT], unit=known["张海燕"]).json["message"]
    assert sorted(wrong) == ["person", "unit"]


def test_who_left_reports_in_again_on_the_same_row(as_secretary, behind, enrol, stored):
    pk = enrol("何大山", reported_on=clock.today() - timedelta(days=30))
    early = as_secretary.post(f"/members/move/withdraw/{pk}", {"reason": "迁居", "left_on": day(31)})
    assert early.status_code == 422
    assert "不能早于报到日期" in early.get_data(as_text=True)
    assert move(as_secretary, "withdraw", pk, reason="迁居", left_on=day(2)) == 302
    with behind():
        whom = {"person": party("何大山").id, "unit": party(OTHER_UNIT).id}
    answer = as_secretary.post("/members/add", whom | {"reported_on": day(1)})
    assert answer.location.endswith(f"/members/show/{pk}")
    row = stored(Member, pk)
    assert (row["state"], row["left_on"], row["unit_id"]) == (MemberState.REPORTED_IN, None, whom["unit"])
    assert "重新报到" in as_secretary.page(f"/members/show/{pk}")
    with behind():
        assert db.session.scalars(select(Member.id)).all() == [pk]


def test_a_registration_stays_that_of_the_same_person(enrol, within):
    pk = enrol("何大山")
    with pytest.raises(Violation, match="person"), within():
        db.session.get_one(Member, pk).person = party("张海燕")


# -- serving --------------------------------------------------------------------------------------------------------


def test_a_member_is_received_claims_a_post_serves_and_is_evaluated(
    as_worker, as_liaison, as_secretary, enrol, post, stored, told
):
    pk, seat = enrol(state=MemberState.REPORTED_IN), post()
    assert move(as_liaison, "receive", pk) == 403
    assert move(as_worker, "receive", pk) == 302
    assert stored(Member, pk)["receipt"].startswith("HZ")
    assert move(as_liaison, "claim_post", pk, post=seat) == 302
    assert move(as_liaison, "confirm_post", pk) == 403
    assert move(as_worker, "confirm_post", pk) == 302
    assert (stored(ServicePost, seat)["state"], stored(ServicePost, seat)["taken"]) == (PostState.CONFIRMED, 1)
    assert as_worker.post(f"/service_posts/move/publicise/{seat}").status_code == 302
    assert move(as_worker, "evaluate", pk, grade="excellent") == 403
    assert move(as_secretary, "evaluate", pk, grade="excellent") == 302
    row = stored(Member, pk)
    assert (row["state"], row["grade"], row["evaluated_on"]) == (MemberState.EVALUATED, Grade.EXCELLENT, clock.today())
    assert ("member_received", "liaison") in told("members", pk)
    assert ("post_claimed", "secretary") in told("members", pk)


def test_a_seat_becomes_free_when_its_holder_leaves(as_worker, enrol, post, stored):
    pk, seat = enrol(), post()
    assert move(as_worker, "claim_post", pk, post=seat) == 302
    assert move(as_worker, "decline_post", pk, reason="时间不合适") == 302
    assert (stored(ServicePost, seat)["taken"], stored(Member, pk)["post_id"]) == (0, None)
    assert move(as_worker, "claim_post", pk, post=seat) == 302
    assert move(as_worker, "withdraw", pk, reason="迁居") == 302
    assert (stored(ServicePost, seat)["taken"], stored(Member, pk)["post_id"]) == (0, None)


def happens(app, within, name, pk, values):
    try:
        with within():
            perform(db.session.get_one(Member, pk), name, values)
    except (Refused, Violation):
        return False
    return True


HERE = ("reported_in", "received", "post_claimed", "active", "evaluated")
ALLOWED = {
    ("reported_in", "receive"): "received",
    ("received", "claim_post"): "post_claimed",
    ("post_claimed", "confirm_post"): "active",
    ("post_claimed", "decline_post"): "received",
    ("active", "leave_post"): "received",
    ("active", "evaluate"): "evaluated",
    ("evaluated", "carry_on"): "active",
    **{(state, "transfer"): "transferred" for state in HERE},
    **{(state, "withdraw"): "withdrawn" for state in HERE},
    ("transferred", "report_in"): "reported_in",
    ("withdrawn", "report_in"): "reported_in",
}
"""The moves of the workflow, told a second time."""

SEATED = ("post_claimed", "active", "evaluated")
ASKED = ("ask_both", "ask_lapse", "keep")
OWN_MOVES = [one.name for one in FLOW.moves if "second" not in one.name and one.name not in ASKED]


def test_whatever_is_tried_only_the_moves_of_the_workflow_happen_and_seats_add_up(app, within, enrol, post, stored):
    """Two members and one post with one seat; whoever stands as holding it is counted, and never two."""
    seat, pks = post(), (enrol("何大山"), enrol("陆小满"))

    class Two(RuleBasedStateMachine):
        """Two members, and what should have become of each."""

        def __init__(self):
            super().__init__()
            with within():
                row = db.session.get_one(ServicePost, seat)
                row.state, row.taken = PostState.OFFERED, 0
                for pk in pks:
                    member = db.session.get_one(Member, pk)
                    member.state, member.post, member.left_on = MemberState.REPORTED_IN, None, None
            self.states = dict.fromkeys(pks, "reported_in")

        @rule(pk=st.sampled_from(pks), name=st.sampled_from(OWN_MOVES))
        def try_it(self, pk, name):
            reason = {"reason": "工作调动"}
            values = {"evaluate": {"grade": Grade.FAIR}} | dict.fromkeys(
                ("transfer", "withdraw", "decline_post", "leave_post"), reason
            )
            given_values = dict(values.get(name, {}))
            free = not any(state in SEATED for state in self.states.values())
            with app.app_context(), acting(system("tests")), transaction():
                if name == "claim_post":
                    given_values["post"] = db.session.get_one(ServicePost, seat)
                expected = ALLOWED.get((self.states[pk], name))
                expected = expected if name != "claim_post" or free else None
                try:
                    perform(db.session.get_one(Member, pk), name, given_values)
                except Refused:
                    db.session.rollback()
                    assert expected is None
                else:
                    assert expected is not None
                    self.states[pk] = expected
            assert {one: stored(Member, one)["state"].value for one in pks} == self.states
            assert stored(ServicePost, seat)["taken"] == sum(one in SEATED for one in self.states.values())

    run_state_machine_as_test(
        Two,
        settings=settings(
            max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


# -- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("组织建设", "organisation"), ("法律援助", "legal_aid"), ("助困就业", "hardship"), ("社区治理", "governance"),
        ("健康医疗", "health"), ("文化体育", "culture"), ("安全宣传与巡逻", "safety"), ("其他", "other"),
        ("环境卫生", "governance"), ("义诊", "health"), ("遛狗", "other"),
    ],
)  # fmt: skip
def test_the_words_of_a_slip_are_one_of_the_eight_kinds(word, kind):
    assert kind_of(word).value == kind


@given(st.text(max_size=200))
def test_whatever_is_written_is_kept_and_read_again(text):
    read = PostKinds.read(text)
    assert (read is None) is (not text.strip())
    if read is not None:
        assert (str(read), PostKinds.of(read.plain())) == (text, read)


def test_what_is_kept_of_a_member_is_copied_and_erased_with_the_record(behind, app, enrol, stored):
    pk = enrol("何大山", skills="会修水管", party_joined_on=clock.today(), service_posts=PostKinds("法律援助"))
    with behind():
        person = db.session.scalars(select(Person).filter_by(name="何大山")).one()
        copied = copying.as_text(copying.gathered(person))
        assert "会修水管" in copied
        erasing.erase(person.id, "本人要求")
    row = stored(Member, pk)
    assert (row["skills"], row["party_joined_on"], row["service_posts"]) == (None, None, None)
    assert row["state"] is MemberState.RECEIVED


def test_a_copy_for_the_person_names_the_registration(behind, enrol):
    pk = enrol("何大山")
    with behind():
        person = db.session.scalars(select(Person).filter_by(name="何大山")).one()
        assert [(row.id, len(labels)) for row, labels in mentions.related(person) if isinstance(row, Member)] == [
            (pk, 1)
        ]
