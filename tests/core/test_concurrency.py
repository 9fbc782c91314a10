"""Many people at once: every word is kept, none twice, and nobody sees an error (R2, R3)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.core.timeline import Step
from app.extensions import db
from app.needs.models import Need

WRITERS = ("secretary", "worker", "gridlead", "gridworker", "liaison", "partner", "volunteer", "neighbour")
EACH = 5
BOUND = ("gridlead", "gridworker")
"""Who registers only what is in the own places."""


@pytest.fixture
def crowd(as_person, stage):
    """Eight people on SQLite, forty on PostgreSQL, each with a browser and a token of their own."""
    times = 5 if stage.app.config["DATABASE_URL"].startswith("postgresql") else 1
    people = [as_person(login) for login in WRITERS * times]
    return [(person, person.token()) for person in people]


@pytest.fixture
def write(ids):
    """Register a need as one of the crowd."""
    grid = str(ids("place", name="第一网格"))

    def send(member, title="路灯"):
        person, token = member
        data = {"csrf_token": token, "title": title} | ({"place": grid} if person.login in BOUND else {})
        return person.client.post("/needs/add", data=data)

    return send


def test_everything_registered_at_once_is_kept_and_numbered_once(crowd, write, behind):
    with ThreadPoolExecutor(len(crowd)) as pool:
        answers = list(pool.map(write, crowd * EACH))
    assert {answer.status_code for answer in answers} == {302}
    with behind():
        rows = db.session.execute(select(Need.community_id, Need.code, Need.title)).all()
        assert len(rows) == len(crowd) * EACH
        assert len({(community, code) for community, code, _title in rows}) == len(rows)
        assert db.session.scalar(select(func.count()).select_from(Step)) == len(rows)


def test_one_form_that_several_windows_send_at_the_same_moment_registers_once(as_person, behind):
    windows = [as_person("secretary") for _window in range(6)]
    sent = [{"csrf_token": one.token(), "title": "路灯", "uid": "ab" * 16} for one in windows]
    with ThreadPoolExecutor(len(windows)) as pool:
        answers = list(pool.map(lambda one, data: one.client.post("/needs/add", data=data), windows, sent))
    with behind():
        (row,) = db.session.execute(select(Need.id, Need.code)).all()
    assert {(answer.status_code, answer.location) for answer in answers} == {(302, f"/needs/show/{row.id}")}
    assert row.code.endswith("001")


def test_one_of_many_who_accept_at_once_accepts(crowd, register, behind, need):
    pks = [register() for _each in range(6)]
    members = [(person, token) for person, token in crowd if person.login in ("secretary", "worker", "gridlead")]

    def accept(member):
        person, token = member
        sent = {"csrf_token": token, "version": "1"}
        return [person.client.post(f"/needs/move/accept/{pk}", data=sent).status_code for pk in pks]

    with ThreadPoolExecutor(len(members)) as pool:
        codes = {code for each in pool.map(accept, members) for code in each}
    assert codes <= {302, 409}
    with behind():
        accepted = select(Step.row_id, func.count()).where(Step.move == "accept").group_by(Step.row_id)
        assert dict(db.session.execute(accepted).all()) == dict.fromkeys(pks, 1)
    assert {need(pk)["version"] for pk in pks} == {2}


def test_readers_are_not_failed_by_writers(crowd, write, register):
    register()

    def work(member):
        person, _token = member
        before, written = person.client.get("/needs/list/"), write(member)
        return [answer.status_code for answer in (before, written, person.client.get("/needs/list/"))]

    with ThreadPoolExecutor(len(crowd)) as pool:
        assert list(pool.map(work, crowd)) == [[200, 302, 200]] * len(crowd)


def test_nobody_gets_a_page_of_somebody_else(crowd, register):
    register(title="我们的路灯")
    register("neighbour", title="邻居的路灯", place="桥南一网格")

    def look(member):
        person, _token = member
        page = person.client.get("/needs/list/?state=submitted").get_data(as_text=True)
        empty = person.client.get("/needs/list/?state=closed").get_data(as_text=True)
        return person.login, "我们的路灯" in page, "邻居的路灯" in page, bool(re.search("路灯", empty))

    with ThreadPoolExecutor(len(crowd)) as pool:
        seen = set(pool.map(look, crowd * 3))
    sees = {"secretary", "worker", "gridlead", "gridworker"}
    assert seen == {(login, login in sees, login == "neighbour", False) for login in WRITERS}
