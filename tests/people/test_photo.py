"""The photo of a person: one, seen by who reads the record unmasked, and gone or kept together with the record."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.actor import acting, system
from app.core.files import vault
from app.core.files.models import Attachment
from app.core.verifying import verify
from app.extensions import db
from tests.core.files.conftest import picture
from tests.people.test_merging import merged, parted, registered

HERS, OTHER = picture("PNG", (300, 400)), picture("PNG", (320, 400))
NAME = "陶淑兰证件照"


def send(person: Any, pk: int, data: bytes, name: str = f"{NAME}.png") -> Any:
    return person.post(f"/people/attach/{pk}", {"photos": (BytesIO(data), name)}, content_type="multipart/form-data")


@pytest.fixture
def she(as_secretary: Any) -> int:
    """Somebody the office knows, without a photo."""
    return registered(as_secretary, name="陶淑兰", phones="13800006621")


@pytest.fixture
def photos(behind: Any) -> Any:
    """Return the ids and widths of the photos of a person."""

    def read(pk: int) -> list[tuple[int, int]]:
        with behind():
            mine = select(Attachment.id, Attachment.width).where(Attachment.list == "people", Attachment.row_id == pk)
            return [(number, width) for number, width in db.session.execute(mine)]

    return read


def contents(app: Flask) -> int:
    with app.app_context():
        return sum(1 for path in vault.folder().rglob("*") if path.is_file() and path.parent.name != vault.STAGED)


def test_the_office_adds_a_photo_and_a_new_one_takes_its_place(app, as_worker, she, photos):
    before = contents(app)
    assert send(as_worker, she, HERS).status_code == 302
    ((first, width),) = photos(she)
    assert width == 300
    page = as_worker.page(f"/people/show/{she}")
    assert f"/files/{first}?thumb=1" in page
    assert "本人照片" in page
    assert send(as_worker, she, OTHER).status_code == 302
    ((second, width),) = photos(she)
    assert (second != first, width) == (True, 320)
    assert as_worker.get(f"/files/{first}").status_code == 404
    # The picture and the small one of it; nothing is left of the first.
    assert contents(app) == before + 2


@pytest.mark.parametrize("data", [b"%PDF-1.4\n%%EOF", b"GIF89a", b""])
def test_only_a_picture_is_a_photo_and_the_one_there_is_stays(as_worker, she, photos, data):
    send(as_worker, she, HERS)
    answer = send(as_worker, she, data, "照片.png")
    assert answer.status_code == 422
    assert "Word" not in answer.get_data(as_text=True)
    assert [width for _number, width in photos(she)] == [300]


def test_a_program_sends_a_photo_and_no_document(as_worker, she, photos):
    token = {"X-CSRFToken": as_worker.token()}
    door = f"/api/v1/people/{she}/files"
    told = [
        as_worker.client.post(door, data={"file": (BytesIO(data), "a.png")}, headers=token)
        for data in (HERS, b"%PDF-1.4\n%%EOF")
    ]
    assert [one.status_code for one in told] == [201, 422]
    assert told[1].json["message"] == {"file": ["请选一张照片（JPG、PNG 或 WebP）。"]}
    assert len(photos(she)) == 1


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "auditor", "coordinator", "liaison", "neighbour", "admin"])
def test_who_reads_the_name_masked_sees_no_photo_below_any_door(as_person, as_secretary, she, photos, login):
    send(as_secretary, she, HERS)
    ((number, _width),) = photos(she)
    person = as_person(login)
    assert person.get(f"/files/{number}").status_code == 404
    assert person.get(f"/files/{number}?thumb=1").status_code == 404
    assert person.get(f"/api/v1/people/{she}/files/{number}").status_code in (403, 404)
    listed = person.get(f"/api/v1/people/{she}/files")
    assert listed.status_code in (403, 404) or listed.json["count"] == 0
    for page in ("show", "print", "history"):
        assert f"/files/{number}" not in person.get(f"/people/{page}/{she}").get_data(as_text=True)


def test_nobody_prints_the_photo_on_the_form_and_no_sheet_carries_it(as_secretary, she, photos):
    send(as_secretary, she, HERS)
    ((number, _width),) = photos(she)
    assert f"/files/{number}" not in as_secretary.page(f"/people/print/{she}")
    assert NAME.encode() not in as_secretary.get("/people/export.csv").data


def test_what_is_erased_takes_the_photo_along(app, as_secretary, she, photos):
    before = contents(app)
    send(as_secretary, she, HERS)
    ended = app.test_cli_runner().invoke(
        args=["person", "erase", str(she), "--reason", "本人申请删除", "--yes", "--community", "wjb"]
    )
    assert ended.exit_code == 0, ended.output
    assert photos(she) == []
    assert contents(app) == before


def test_the_copy_for_the_person_carries_the_photo(app, as_secretary, she, tmp_path: Path):
    send(as_secretary, she, HERS)
    words = ["person", "export", str(she), "--out", str(tmp_path / "她.txt"), "--community", "wjb"]
    ended = app.test_cli_runner().invoke(args=words)
    assert ended.exit_code == 0, ended.output
    assert (tmp_path / "她.png").read_bytes().startswith(b"\x89PNG")
    assert NAME in (tmp_path / "她.txt").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "她.json").read_text(encoding="utf-8"))


def test_two_records_made_one_keep_the_photo_and_made_two_again_each_has_its_own(
    app, as_secretary, behind, she, photos
):
    gone = registered(as_secretary, name="陶淑兰", phones="13800006622")
    send(as_secretary, gone, HERS)
    assert merged(as_secretary, behind, she, gone) == 302
    assert [width for _number, width in photos(she)] == [300]
    assert parted(as_secretary, gone) == 302
    assert (photos(she), len(photos(gone))) == ([], 1)
    with app.app_context(), acting(system("tests")):
        assert [one.finding for one in verify(db.session.connection()) if one.finding] == []


def test_a_photo_chosen_after_merging_stays_when_they_are_parted(as_secretary, behind, she, photos):
    gone = registered(as_secretary, name="陶淑兰", phones="13800006622")
    send(as_secretary, gone, HERS)
    merged(as_secretary, behind, she, gone)
    send(as_secretary, she, OTHER)
    parted(as_secretary, gone)
    assert [width for _number, width in photos(she)] == [320]
    assert [width for _number, width in photos(gone)] == [300]


def test_the_own_photo_of_who_stays_is_never_replaced_by_merging(as_secretary, behind, she, photos):
    gone = registered(as_secretary, name="陶淑兰", phones="13800006622")
    send(as_secretary, she, OTHER)
    send(as_secretary, gone, HERS)
    merged(as_secretary, behind, she, gone)
    assert [width for _number, width in photos(she)] == [320]
    parted(as_secretary, gone)
    assert [width for _number, width in photos(she)] == [320]
