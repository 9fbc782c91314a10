"""Service posts: who adds and offers them, and that the last seat goes to one of many."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.core import clock
from app.registrations.choices import MemberState, PostKind, PostState
from app.registrations.models import Member, ServicePost
from tests.core.conftest import Program

FORM = {"title": "普法宣传岗", "kind": "legal_aid", "wanted": "2"}


def test_the_office_adds_a_post_and_offers_it_and_members_find_it(as_worker, as_liaison, as_volunteer, stored):
    pk = int(as_worker.post("/service_posts/add", FORM).location.rsplit("/", 1)[1])
    assert stored(ServicePost, pk)["state"] is PostState.DRAFT
    assert as_worker.post(f"/service_posts/move/offer/{pk}").status_code == 302
    for person in (as_liaison, as_volunteer):
        assert "普法宣传岗" in person.page("/service_posts/list/")
        assert person.get("/service_posts/add").status_code == 403
        found = person.get("/members/choices/post?q=").json["results"]
        assert [one["text"] for one in found] == ["普法宣传岗"]


def test_a_post_may_be_of_any_of_the_eight_kinds(as_worker):
    program = Program(as_worker.client)
    made = [program.post("/api/v1/service_posts/", title=str(kind), kind=kind.value).status_code for kind in PostKind]
    assert made == [201] * 8


@pytest.mark.parametrize(
    ("typed", "beside"),
    [({"wanted": 0}, "wanted"), ({"kind": "none"}, "kind"), ({"taken": 1}, "taken"), ({"place": 999999}, "place")],
)
def test_what_does_not_fit_is_refused_beside_its_field(as_worker, typed, beside):
    answer = Program(as_worker.client).post("/api/v1/service_posts/", **FORM | {"wanted": 2} | typed)
    assert (answer.status_code, list(answer.json["message"])) == (422, [beside])


def test_a_term_ends_after_it_begins_and_one_that_is_over_takes_nobody(as_worker, post, enrol):
    pk = post(ends_on=clock.today() - timedelta(days=1))
    answer = as_worker.post(f"/members/move/claim_post/{enrol()}", {"post": pk})
    assert answer.status_code == 409
    assert "结束" in answer.get_data(as_text=True)
    days = {"begins_on": "2026-05-02", "ends_on": "2026-05-01"}
    wrong = Program(as_worker.client).post("/api/v1/service_posts/", **FORM | {"wanted": 2} | days)
    assert list(wrong.json["message"]) == ["ends_on"]


@pytest.mark.parametrize("state", [PostState.DRAFT, PostState.CLOSED])
def test_a_post_that_is_not_open_is_not_claimed(as_worker, post, enrol, state):
    answer = as_worker.post(f"/members/move/claim_post/{enrol()}", {"post": post(state=state)})
    assert answer.status_code == 409


def test_no_fewer_seats_than_members_who_hold_one(as_worker, post, enrol):
    pk = post(wanted=2)
    for name in ("何大山", "陆小满"):
        assert as_worker.post(f"/members/move/claim_post/{enrol(name)}", {"post": pk}).status_code == 302
    version = as_worker.get(f"/api/v1/service_posts/{pk}").json["result"]["version"]
    answer = Program(as_worker.client).put(f"/api/v1/service_posts/{pk}", version=version, wanted=1)
    assert list(answer.json["message"]) == ["wanted"]


def test_the_last_seat_goes_to_one_of_many_who_claim_it_at_once(as_person, enrol, post, stored):
    seat = post(wanted=1)
    members = [enrol(name) for name in ("何大山", "陆小满", "温如玉", "凌云志", "叶知秋", "关山月")]
    people = [as_person("secretary") for _member in members]
    tokens = [person.token() for person in people]

    def claim(number):
        data = {"csrf_token": tokens[number], "post": str(seat)}
        return people[number].client.post(f"/members/move/claim_post/{members[number]}", data=data).status_code

    with ThreadPoolExecutor(len(members)) as pool:
        answers = list(pool.map(claim, range(len(members))))
    assert sorted(answers) == [302, *[409] * 5]
    assert stored(ServicePost, seat)["taken"] == 1
    held = [pk for pk in members if stored(Member, pk)["state"] is MemberState.POST_CLAIMED]
    assert len(held) == 1
