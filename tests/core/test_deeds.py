"""What is done with a row beyond editing and moves, asked by programs: the same rules and words as on the pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account, Grant
from app.communities.models import Place
from app.core import clock
from app.extensions import db

REASON = "拆除重建"


@pytest.fixture
def place(ids, program):
    """Return the address of a place, and its version."""

    def find(name: str) -> tuple[str, int]:
        address = f"/api/v1/places/{ids('place', name=name)}"
        return address, program("secretary").get(address).json["result"]["version"]

    return find


@pytest.fixture
def account(ids, program):
    """Return the address of an account, and its version."""

    def find(login: str) -> tuple[str, int]:
        address = f"/api/v1/users/{ids('account', login=login)}"
        return address, program("secretary").get(address).json["result"]["version"]

    return find


def test_a_program_moves_a_place_with_what_lies_in_it(program, place, ids, behind):
    address, version = place("武江北路8栋")
    second = ids("place", name="第二网格")
    moved = program("secretary").post(f"{address}/move/relocate", version=version, parent=second)
    assert moved.status_code == 200, moved.json
    assert moved.json["result"]["parent"] == second
    with behind():
        stored = db.session.scalars(select(Place).filter_by(name="武江北路8栋")).one()
        assert stored.path.startswith(stored.parent.path)


def test_a_place_moved_without_a_word_of_where_to_stays(program, place, ids):
    address, version = place("武江北路8栋")
    moved = program("secretary").post(f"{address}/move/relocate", version=version, sort=3)
    assert moved.json["result"]["parent"] == ids("place", name="第一网格")


def test_a_program_closes_and_reopens_a_place_by_the_rules_of_the_page(program, place):
    address, version = place("第一网格")
    secretary = program("secretary")
    body = {"closed_on": clock.today().isoformat(), "reason": REASON}
    refused = secretary.post(f"{address}/move/close", version=version, **body)
    assert refused.status_code == 409
    assert "下级" in refused.json["message"] or "下面" in refused.json["message"]
    closed = secretary.post(f"{address}/move/close", version=version, with_children=True, **body)
    assert closed.status_code == 200, closed.json
    opened = secretary.post(f"{address}/move/reopen", version=closed.json["result"]["version"])
    assert opened.status_code == 200
    assert opened.json["result"]["closed_on"] is None
    again = secretary.post(f"{address}/move/reopen", version=opened.json["result"]["version"])
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"closed_on": "2026-02-30", "reason": REASON}, "closed_on"),
        ({"reason": REASON, "closed_on": None}, "closed_on"),
        ({"closed_on": "2026-11-22"}, "reason"),
        ({"closed_on": "2026-11-22", "reason": 7}, "reason"),
        ({"closed_on": "2026-11-22", "reason": REASON, "with_children": "yes"}, "with_children"),
        ({"closed_on": "2026-11-22", "reason": REASON, "path": "/1/"}, "path"),
        ({"closed_on": "2026-11-22", "reason": "长" * 201}, "reason"),
    ],
)
def test_a_wrong_parameter_is_said_by_name_and_changes_nothing(program, place, behind, body, field):
    address, version = place("二建宿舍")
    answer = program("secretary").post(f"{address}/move/close", version=version, **body)
    assert answer.status_code == 422
    assert set(answer.json["message"]) == {field}
    with behind():
        assert db.session.scalars(select(Place).filter_by(name="二建宿舍")).one().is_open


def test_a_place_of_others_cannot_be_where_it_goes(program, place, ids):
    address, version = place("二建宿舍")
    theirs = ids("place", name="桥南一网格")
    answer = program("secretary").post(f"{address}/move/relocate", version=version, parent=theirs)
    assert (answer.status_code, set(answer.json["message"])) == (422, {"parent"})


def test_an_old_version_and_an_unknown_deed_are_refused(program, place):
    address, version = place("二建宿舍")
    secretary = program("secretary")
    assert secretary.post(f"{address}/move/reopen", version=version + 1).status_code == 409
    assert secretary.post(f"{address}/move/reopen").status_code == 422
    assert secretary.post(f"{address}/move/explode", version=version).status_code == 404


def test_who_may_not_edit_places_does_nothing_with_them(program, place):
    address, version = place("二建宿舍")
    assert program("worker").post(f"{address}/move/reopen", version=version).status_code == 403
    assert program("neighbour").post(f"{address}/move/reopen", version=version).status_code == 404


def test_a_program_closes_and_opens_an_account(program, account, behind):
    address, version = account("worker")
    secretary = program("secretary")
    closed = secretary.post(f"{address}/move/deactivate", version=version)
    assert closed.json["result"]["active"] is False
    assert program("worker").get("/api/v1/needs/").status_code == 401
    opened = secretary.post(f"{address}/move/reactivate", version=closed.json["result"]["version"])
    assert opened.json["result"]["active"] is True


def test_a_program_gets_a_link_once_and_ends_sign_ins(program, account):
    address, version = account("worker")
    secretary, worker = program("secretary"), program("worker")
    linked = secretary.post(f"{address}/move/link", version=version)
    assert linked.json["link"].startswith("/setup/")
    assert "link" not in linked.json["result"]
    assert worker.get("/api/v1/needs/").status_code == 200
    assert secretary.post(f"{address}/move/end_sessions", version=version).status_code == 200
    assert worker.get("/api/v1/needs/").status_code == 401


def test_nobody_reaches_up_or_over_by_a_program(program, account, ids):
    for login, by in (("secretary", "worker"), ("worker", "neighbour"), ("supervisor", "secretary")):
        address = f"/api/v1/users/{ids('account', login=login)}"
        for deed in ("link", "deactivate", "reactivate", "end_sessions"):
            answer = program(by).post(f"{address}/move/{deed}", version=1)
            assert answer.status_code in (403, 404), (login, by, deed)


def test_the_own_account_is_not_closed_from_within(program, account):
    address, version = account("secretary")
    assert program("secretary").post(f"{address}/move/deactivate", version=version).status_code == 409


def test_a_program_takes_a_role_back_with_the_reason(program, behind):
    with behind():
        held = select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == "worker")
        given = db.session.scalars(held).one()
        address, version = f"/api/v1/grants/{given.id}", given.version
    secretary = program("secretary")
    assert secretary.post(f"{address}/move/end", version=version).status_code == 422
    assert secretary.post(f"{address}/move/end", version=version, reason="调往街道").status_code == 200
    again = secretary.post(f"{address}/move/end", version=version + 1, reason="调往街道")
    assert again.status_code == 409


def test_a_grant_that_begins_later_is_not_called_ended(as_secretary, behind, ids):
    with behind():
        given = db.session.scalars(
            select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == "worker")
        ).one()
        given.starts_on = clock.today() + timedelta(days=3)
        db.session.commit()
    page = as_secretary.page(f"/users/show/{ids('account', login='worker')}")
    assert "尚未生效" in page
    assert "已失效" not in page


def test_the_description_tells_what_is_asked(as_secretary):
    paths = as_secretary.get("/api/v1/_openapi").json["paths"]
    body = paths["/api/v1/places/{pk}/move/close"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["version", "reason"]
    assert body["properties"]["closed_on"]["format"] == "date"
    assert body["properties"]["with_children"]["type"] == ["boolean", "null"]
    assert "/api/v1/users/{pk}/move/deactivate" in paths
    assert "/api/v1/grants/{pk}/move/end" in paths
