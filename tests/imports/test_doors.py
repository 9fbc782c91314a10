"""Programs send a ledger, read the report, take it in and take it back."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.imports.conftest import needs, sent
from tests.whole.test_openapi import bearer  # noqa: F401 - a fixture

GOOD = ["XQ1", "李梅", "13800000001", "第二网格", "楼道灯不亮", "公共设施", "2026.3.8", "已落实"]
WRONG = ["XQ2", "王强", "1380000", "第二网格", "想学书法", "公共设施", "2026-03-08", "办理中"]


@pytest.fixture
def program(app: Flask, bearer: Any) -> Any:  # noqa: F811 - the fixture
    """Return what sends a request with the token of somebody."""
    client = app.test_client()

    def ask(login: str, address: str, **form: Any) -> Any:
        if form:
            return client.post(address, data=form, headers=bearer(login), content_type="multipart/form-data")
        return client.post(address, headers=bearer(login))

    return ask


def test_a_program_sends_a_ledger_and_takes_it_in(program):
    answer = program("secretary", "/api/v1/imports/", **sent(needs(GOOD, WRONG)))
    assert answer.status_code == 201
    assert answer.json["counts"] == {"accepted": 1, "rejected": 1, "duplicates": 0, "ignored": 0, "warnings": 0}
    assert answer.json["accepted"][0]["values"]["phone"] == "13800000001"
    assert answer.json["rejected"][0]["message"] == "“1380000”：这不是电话号码。"
    number = answer.json["id"]
    assert program("secretary", f"/api/v1/imports/{number}/apply").json["state"] == "applied"
    assert program("secretary", f"/api/v1/imports/{number}/apply").status_code == 409
    undone = program("secretary", f"/api/v1/imports/{number}/undo")
    assert undone.json == {"id": number, "state": "undone", "result": {"undone": 1, "kept": 0, "emptied": 0}}


def test_a_dry_run_keeps_nothing(program):
    answer = program("secretary", "/api/v1/needs/import", **sent(needs(GOOD)), dry_run="true")
    assert answer.status_code == 200
    assert "id" not in answer.json
    assert answer.json["counts"]["accepted"] == 1


def test_who_may_not_import_is_refused(program):
    assert program("gridworker", "/api/v1/imports/", **sent(needs(GOOD))).status_code == 403
    assert program("liaison", "/api/v1/needs/import", **sent(needs(GOOD))).status_code == 403


def test_the_coordinator_takes_in_volunteers_and_no_needs(program):
    assert program("coordinator", "/api/v1/needs/import", **sent(needs(GOOD))).status_code == 403
    told = program("coordinator", "/api/v1/imports/", **sent(needs(GOOD))).json
    assert told["counts"]["accepted"] == 0


def test_the_neighbour_finds_nothing_of_it(program, app: Flask, bearer):  # noqa: F811 - the fixture
    number = program("secretary", "/api/v1/imports/", **sent(needs(GOOD))).json["id"]
    assert app.test_client().get(f"/api/v1/imports/{number}", headers=bearer("neighbour")).status_code == 404
    assert program("neighbour", f"/api/v1/imports/{number}/apply").status_code == 404
    assert app.test_client().get(f"/api/v1/imports/{number}", headers=bearer("worker")).status_code == 200


def test_the_worker_does_not_take_over_how_things_stood(program):
    assert program("worker", "/api/v1/imports/", **sent(needs(GOOD)), history="true").status_code == 409
    assert program("secretary", "/api/v1/imports/", **sent(needs(GOOD)), history="true").status_code == 201


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "wrong_type"),
        (b"PK\x03\x04 nothing", "corrupt"),
        ("姓名,电话\n".encode(), "no_data"),
        (b"\xff\xff\xfe\x81", "encoding"),
        ("一二三\n四五六".encode(), "no_header"),
    ],
)
def test_a_file_that_is_no_ledger_is_answered_with_one_sentence(program, content: bytes, code: str):
    answer = program("secretary", "/api/v1/imports/", file=(BytesIO(content), "x.xlsx"))
    assert answer.status_code == 422
    assert answer.json["file_error"] == code
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json["message"])


def test_what_is_asked_wrongly_is_said_by_field(program):
    assert program("secretary", "/api/v1/imports/", history="false").status_code == 422
    assert program("secretary", "/api/v1/imports/", **sent(needs(GOOD)), history="maybe").json == {
        "message": {"history": ["请填写 true 或 false。"]}
    }
    assert program("secretary", "/api/v1/imports/", **sent(needs(GOOD)), community="qn").status_code == 422
    assert program("secretary", "/api/v1/nothing/import", **sent(needs(GOOD))).status_code == 404
