"""Who sees what of a volunteer: the number stands for the person, names only for who works with volunteers."""

import pytest

from app.volunteers.choices import VolunteerState as State
from tests.cast.people import NAMES, NUMBER
from tests.core.conftest import Program


@pytest.mark.parametrize("login", ["secretary", "worker", "coordinator"])
def test_who_works_with_volunteers_reads_their_names_and_finds_them_by_name(as_person, enlist, volunteer, login):
    pk, person = enlist(), as_person(login)
    assert "莫桂兰" in person.page(f"/volunteers/show/{pk}")
    assert "莫桂兰" in person.page("/volunteers/list/?q=莫桂兰")
    assert "莫桂兰" in person.page("/volunteers/list/?q=mgl")
    assert volunteer(pk)["number"] in person.page("/search?q=mgl")


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "auditor"])
def test_a_masked_reader_sees_the_number_and_the_masked_name(as_person, enlist, volunteer, login):
    pk, person = enlist(guardian="韦建国", skills="陪诊"), as_person(login)
    number = volunteer(pk)["number"]
    for address in (f"/volunteers/show/{pk}", "/volunteers/list/", f"/volunteers/history/{pk}"):
        page = person.page(address)
        assert "莫桂兰" not in page
        assert "韦建国" not in page
    assert f"{number} 莫*兰" in person.page(f"/volunteers/show/{pk}")
    assert number not in person.page("/volunteers/list/?q=莫桂兰")
    assert number not in person.page("/volunteers/list/?q=mgl")
    assert number in person.page(f"/volunteers/list/?q={number}")
    assert number in person.page("/volunteers/list/?q=陪诊")
    assert number in person.page("/volunteers/list/?q=pz")
    assert "莫桂兰" not in person.get(f"/api/v1/volunteers/{pk}").get_data(as_text=True)


@pytest.mark.parametrize("login", ["liaison", "partner", "admin"])
def test_who_has_no_line_opens_no_volunteer(as_person, enlist, login):
    pk = enlist()
    assert as_person(login).get("/volunteers/list/").status_code == 403
    assert as_person(login).get(f"/volunteers/show/{pk}").status_code == 403


def test_the_supervisor_reads_totals_and_opens_no_volunteer(as_supervisor, enlist):
    pk, program = enlist(), Program(as_supervisor.client)
    assert program.get("/api/v1/volunteers/").json["count"] == 0
    assert program.get(f"/api/v1/volunteers/{pk}").status_code == 404
    assert as_supervisor.get(f"/volunteers/show/{pk}").status_code == 404
    assert NUMBER not in as_supervisor.page("/volunteers/list/")


def test_the_neighbour_sees_none_of_ours(as_neighbour, enlist):
    pk = enlist()
    assert as_neighbour.get(f"/volunteers/show/{pk}").status_code == 404
    assert Program(as_neighbour.client).get("/api/v1/volunteers/?search=莫桂兰").json["count"] == 0


def own(as_volunteer):
    found = Program(as_volunteer.client).get("/api/v1/volunteers/").json
    assert found["count"] == 1
    return found["result"][0]


def test_a_volunteer_sees_herself_and_nobody_else(as_volunteer, enlist):
    pk = enlist()
    assert own(as_volunteer)["number"] == NUMBER
    assert as_volunteer.get(f"/volunteers/show/{pk}").status_code == 404


def test_of_the_own_row_she_changes_what_is_hers(as_volunteer, volunteer):
    row = own(as_volunteer)
    page = as_volunteer.page(f"/volunteers/edit/{row['id']}")
    assert 'name="availability"' in page
    assert 'name="insurance_until"' not in page
    form = {
        "version": str(row["version"]),
        "availability": "周日全天",
        "skills": ["陪诊", ""],
        "insurance_until": "2030-01-01",
    }
    assert as_volunteer.post(f"/volunteers/edit/{row['id']}", form).status_code == 302
    after = volunteer(row["id"])
    assert (str(after["availability"]), str(after["skills"]), after["insurance_until"]) == ("周日 全天", "陪诊", None)


@pytest.mark.parametrize(
    "sent",
    [
        {"insurance_until": "2030-01-01"},
        {"training": "2026-03-05 急救 4小时"},
        {"teams": []},
        {"registered_on": "2019-01-01"},
        {"guardian": "韦建国"},
    ],
)
def test_the_rest_she_does_not_change_by_programs_either(as_volunteer, volunteer, sent):
    row = own(as_volunteer)
    answer = Program(as_volunteer.client).put(f"/api/v1/volunteers/{row['id']}", version=row["version"], **sent)
    assert (answer.status_code, list(answer.json["message"])) == (422, list(sent))


def test_she_moves_nothing_by_the_list_and_leaves_by_her_own_page(as_volunteer, as_coordinator, volunteer):
    row = own(as_volunteer)
    assert as_volunteer.post(f"/volunteers/move/leave/{row['id']}").status_code == 403
    assert as_volunteer.get("/me/leave").status_code == 200
    assert as_volunteer.post("/me/leave", {"reason": "搬家了"}).status_code == 302
    assert volunteer(row["id"])["state"] is State.LEFT
    assert as_volunteer.post("/me/leave").status_code == 409
    page = as_coordinator.page(f"/volunteers/show/{row['id']}")
    assert "搬家了" in page
    assert NAMES["volunteer"] in page


def test_the_reason_is_read_like_any_other(as_volunteer, volunteer):
    row = own(as_volunteer)
    assert as_volunteer.post("/me/leave", {"reason": "x\x00"}).status_code == 422
    assert as_volunteer.post("/me/leave", {"reason": "长" * 600}).status_code == 422
    assert volunteer(row["id"])["state"] is State.ACTIVE


@pytest.mark.parametrize("login", ["secretary", "coordinator", "gridworker", "liaison"])
def test_who_is_no_volunteer_has_no_own_page(as_person, login):
    assert as_person(login).get("/me").status_code == 404
    assert as_person(login).post("/me/leave").status_code == 404
    assert "我的志愿服务" not in as_person(login).page("/")


# -- teams ----------------------------------------------------------------------------------------------------------


def test_a_team_names_its_members_and_a_volunteer_her_teams(as_coordinator, enlist, volunteer, parties):
    pk, team = enlist(), parties["青年志愿服务队"]
    program = Program(as_coordinator.client)
    row = program.get(f"/api/v1/teams/{team}").json["result"]
    before = row["members"]
    assert len(before) == 1
    changed = program.put(f"/api/v1/teams/{team}", version=row["version"], members=[*before, pk])
    assert changed.json["result"]["members"] == [*before, pk]
    assert volunteer(pk)["teams"] == ["青年志愿服务队"]
    assert volunteer(pk)["number"] in as_coordinator.page(f"/teams/show/{team}")


def test_the_neighbours_volunteer_joins_no_team_of_ours(as_secretary, enlist, parties):
    theirs = enlist("韦小雨", login="neighbour")
    program, team = Program(as_secretary.client), parties["青年志愿服务队"]
    version = program.get(f"/api/v1/teams/{team}").json["result"]["version"]
    answer = program.put(f"/api/v1/teams/{team}", version=version, members=[theirs])
    assert (answer.status_code, list(answer.json["message"])) == (422, ["members"])


def test_a_closed_place_and_an_archived_team_are_not_chosen_any_more(as_secretary, resident, parties, behind):
    program, team = Program(as_secretary.client), parties["青年志愿服务队"]
    assert as_secretary.post(f"/teams/archive/{team}", {"reason": "已解散"}).status_code == 302
    answer = program.post("/api/v1/volunteers/", person=resident(), teams=[team])
    assert (answer.status_code, list(answer.json["message"])) == (422, ["teams"])


# -- on paper -------------------------------------------------------------------------------------------------------


def test_the_registration_form_carries_the_number_and_leaves_numbers_of_documents_to_the_hand(as_coordinator, enlist):
    who = {"phones": ["13800007777"], "remark": "低保户"}
    pk = enlist(skills="陪诊", availability="周六全天", who=who)
    page = as_coordinator.page(f"/volunteers/paper/{pk}")
    for word in ("志愿者登记表", "ZY", "莫*兰", "陪诊", "周六 全天", "全社区", "监护人签名", "武江北社区"):
        assert word in page, word
    for secret in ("莫桂兰", "13800007777", "低保"):
        assert secret not in page.split("<article")[1], secret
