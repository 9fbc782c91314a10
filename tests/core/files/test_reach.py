"""Who sees a file: exactly who sees its row; who adds and removes: who may write the row. For pages and programs."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from sqlalchemy import select, update

from app.accounts import tokens
from app.accounts.models import Account, Grant
from app.core import database
from app.core.access import OutOfScope
from app.core.actor import acting, system
from app.core.files import service
from app.core.files.models import Attachment
from app.extensions import db
from app.needs.models import Need
from tests.cast.people import CAST
from tests.core.files.conftest import PDF, picture, send

OUTSIDE = ("neighbour", "admin")


def addresses(pk, number):
    return [
        f"/files/{number}",
        f"/files/{number}?thumb=1",
        f"/api/v1/needs/{pk}/files/{number}",
    ]


@pytest.mark.parametrize("login", CAST)
def test_a_file_is_seen_by_exactly_who_sees_its_row(as_person, register, given, login):
    person = as_person(login)
    for place in ("武江北路8栋", "二建宿舍"):
        pk = register(place=place)
        number = given(pk)
        sees = person.get(f"/needs/show/{pk}").status_code == 200
        for address in addresses(pk, number):
            status = person.get(address, buffered=True).status_code
            assert (status == 200) is sees, (login, place, address, status)
            assert sees or status == 404 or "/api/" in address
        missing = [person.get(address).status_code for address in addresses(pk, 9999)]
        there = [person.get(address, buffered=True).status_code for address in addresses(pk, number)]
        assert sees or there == missing


@pytest.mark.parametrize("login", CAST)
def test_a_file_is_added_and_removed_by_exactly_who_writes_the_row(as_person, register, given, kept, login):
    person = as_person(login)
    pk = register(open_to_volunteers=True)
    number = given(pk)
    sees = person.get(f"/needs/show/{pk}").status_code == 200
    writes = login in ("secretary", "worker", "coordinator", "gridlead")
    added = send(person, f"/needs/attach/{pk}", (PDF, "一.pdf")).status_code
    assert added == (302 if writes else 403 if sees or login in ("admin", "auditor") else 404), login
    removed = person.post(f"/files/{number}/remove").status_code
    assert removed == (302 if writes else 403 if sees else 404), login
    assert [name for name, _kind in kept(pk)] == (["一.pdf"] if writes else ["楼道灯.jpg"])


def test_who_recorded_a_need_adds_to_it(as_person, register, kept):
    for login in ("gridworker", "liaison", "partner", "volunteer"):
        pk = register(login)
        assert send(as_person(login), f"/needs/attach/{pk}", (picture(), "现场.jpg")).status_code == 302
        assert len(kept(pk)) == 1


def test_the_neighbour_reaches_no_file_of_ours_by_any_address(as_neighbour, register, given, kept):
    ours, theirs = register(), register("neighbour", place="桥南一网格")
    number, own = given(ours), given(theirs, "neighbour")
    token = {"X-CSRFToken": as_neighbour.token()}
    client = as_neighbour.client
    answers = [
        as_neighbour.get(f"/files/{number}"),
        as_neighbour.get(f"/files/{number}/remove"),
        as_neighbour.post(f"/files/{number}/remove"),
        as_neighbour.get(f"/needs/attach/{ours}"),
        send(as_neighbour, f"/needs/attach/{ours}", (picture(), "一.jpg")),
        as_neighbour.get(f"/api/v1/needs/{ours}/files"),
        client.post(f"/api/v1/needs/{ours}/files", data={"file": (BytesIO(PDF), "一.pdf")}, headers=token),
        *(as_neighbour.get(f"/api/v1/needs/{pk}/files/{number}") for pk in (ours, theirs)),
        *(client.delete(f"/api/v1/needs/{pk}/files/{number}", headers=token) for pk in (ours, theirs)),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert not any("楼道灯" in answer.get_data(as_text=True) for answer in answers)
    assert as_neighbour.get(f"/files/{own}", buffered=True).status_code == 200
    assert len(kept(ours)) == 1


@pytest.mark.parametrize("number", ["0", "-1", "999999999999999999999", "2147483648", "x", "1.5", "%00", "../1"])
def test_a_number_that_is_none_finds_nothing(as_secretary, register, given, number):
    pk = register()
    given(pk)
    assert as_secretary.get(f"/files/{number}").status_code == 404
    assert as_secretary.get(f"/api/v1/needs/{pk}/files/{number}").status_code == 404


def test_a_file_cannot_be_hung_on_a_row_out_of_sight(acting_as, register, given, behind):
    ours, theirs = register(), register("neighbour", place="桥南一网格")
    number = given(ours)
    with acting_as("neighbour"):
        assert db.session.get(Attachment, number) is None
        row = db.session.get(Need, theirs)
        forged = {"list": "needs", "row_id": ours, "row_uid": row.uid, "community_id": row.community_id}
        plain = {"name": "一.pdf", "kind": service.Kind.PDF, "size": 1, "sha256": "0" * 64, "key_id": "0"}
        db.session.add(Attachment(**forged, **plain))
        with pytest.raises(OutOfScope):
            db.session.flush()
        db.session.rollback()


def test_a_file_follows_its_row_and_not_its_number(acting_as, register, given, behind):
    pk, number = register(), 0
    number = given(pk)
    with behind():
        db.session.execute(update(Attachment.__table__).values(row_uid="0" * 32))
        db.session.commit()
    with acting_as("secretary"):
        assert db.session.get(Attachment, number) is None


def test_many_who_add_at_once_never_pass_the_limit(as_person, register, kept, contents):
    pk = register(open_to_volunteers=True)
    members = [(one, one.token()) for one in map(as_person, ["secretary", "worker", "gridlead", "coordinator"] * 2)]

    def add(member):
        person, token = member
        form = {"csrf_token": token}
        return [
            person.client.post(
                f"/needs/attach/{pk}", data=form | {"photos": (BytesIO(PDF), "一.pdf")}, buffered=True
            ).status_code
            for _each in range(3)
        ]

    with ThreadPoolExecutor(len(members)) as pool:
        statuses = [status for each in pool.map(add, members) for status in each]
    assert sorted(set(statuses)) == [302, 422]
    assert statuses.count(302) == len(kept(pk)) == service.MOST
    assert len([path for path in contents() if "staged" not in path.parts]) == service.MOST


# -- programs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def program(app):
    """A program with a token of somebody of the cast."""

    def make(login):
        with app.app_context(), acting(system("tests")), database.transaction():
            held = select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == login)
            token = tokens.make(db.session.scalars(held).first(), "tests", 9)[1]
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return make


def test_a_program_adds_lists_fetches_and_removes(program, register, kept):
    client, address = program("worker"), f"/api/v1/needs/{register()}/files"
    made = client.post(address, data={"file": (BytesIO(picture(size=(1000, 500))), "三楼.jpg")})
    assert made.status_code == 201
    number, told = made.json["id"], made.json["result"]
    assert (told["name"], told["kind"], told["width"], told["height"]) == ("三楼.jpg", "jpg", 1000, 500)
    assert client.get(address).json == {"count": 1, "ids": [number], "result": [told]}
    fetched = client.get(f"{address}/{number}", buffered=True)
    assert (fetched.content_type, len(fetched.data)) == ("image/jpeg", told["size"])
    assert len(client.get(f"{address}/{number}?thumb=1", buffered=True).data) < told["size"]
    assert client.delete(f"{address}/{number}").json["id"] == number
    assert client.get(f"{address}/{number}").status_code == 404
    assert client.get(address).json["count"] == 0


def test_a_program_is_told_what_is_wrong_with_a_file(program, register):
    client, address = program("worker"), f"/api/v1/needs/{register()}/files"
    for data in ({"file": (BytesIO(b"MZ"), "一.jpg")}, {}, {"other": "x"}):
        answer = client.post(address, data=data)
        assert answer.status_code == 422
        assert set(answer.json["message"]) == {"file"}
    assert client.post(address, json={"file": "x"}).status_code == 422
    assert program("auditor").post(address, data={"file": (BytesIO(PDF), "一.pdf")}).status_code == 403
    assert program("auditor").get(address).status_code == 200
