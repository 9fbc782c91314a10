"""Long ledgers: read and taken in by the worker, seen all at once or not at all, taken up again, taken back whole."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.communities.models import Community
from app.core import clock, unfinished
from app.core.unfinished import Unfinished
from app.core.verifying import verify
from app.extensions import db
from app.imports import long, service, storing, taking, undoing
from app.imports.models import BatchState, ImportBatch
from app.jobs import service as jobs
from app.needs.models import Need
from tests.imports.conftest import needs, sent
from tests.imports.test_taking_in import volunteers
from tests.whole.test_openapi import bearer  # noqa: F401 - a fixture

ROWS = 47


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let twenty rows be what twenty thousand are."""
    for where, name, value in (
        (long, "AT_ONCE", 20),
        (long, "CHUNK", 10),
        (service, "ONE_TRANSACTION", 20),
        (taking, "CHUNK", 10),
        (undoing, "SLICE", 10),
        (storing, "ROWS", 5),
        (undoing, "ROWS", 5),
    ):
        monkeypatch.setattr(where, name, value)


def ledger(rows: int = ROWS) -> bytes:
    """Return a ledger of needs: of ten one is wrong, and the last says the same as the first."""
    lines = [
        [f"XQ{at}", f"居民{at}", "12" if at % 10 == 3 else "", "第一网格", f"第{at}件", "公共设施", "2026-03-08", ""]
        for at in range(rows - 1)
    ]
    return needs(*lines, lines[0])


@pytest.fixture
def send(as_secretary: Any) -> Callable[[bytes], int]:
    """Send a ledger by the page, and return its number."""

    def run(data: bytes) -> int:
        answer = as_secretary.post("/imports/", sent(data), content_type="multipart/form-data")
        assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
        return int(answer.location.rsplit("/", 1)[1])

    return run


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Let the worker do what it was asked for."""

    def run() -> None:
        with app.app_context():
            for number in jobs.ready():
                assert jobs.execute(number) is not None

    return run


@pytest.fixture
def stands(behind: Any) -> Callable[[int], tuple[BatchState, int]]:
    """Return where a ledger stands, and how many needs the system sees."""

    def look(number: int) -> tuple[BatchState, int]:
        with behind():
            seen = db.session.scalar(select(func.count()).select_from(Need)) or 0
            return db.session.get_one(ImportBatch, number).state, seen

    return look


def test_a_long_ledger_is_read_shown_taken_in_and_taken_back(as_secretary, send, work, stands, behind):
    number = send(ledger())
    assert stands(number) == (BatchState.WAITING, 0)
    page = as_secretary.page(f"/imports/{number}")
    assert "正在读取" in page
    assert 'http-equiv="refresh"' in page
    assert f"/imports/{number}" in as_secretary.page("/imports/")
    work()
    page = as_secretary.page(f"/imports/{number}")
    assert "可收入 41 行" in page
    assert "退回 5 行" in page
    assert "已有 1 行" in page
    with behind():
        told = db.session.get_one(ImportBatch, number).told["counts"]
        assert told["accepted"] + told["rejected"] + told["duplicates"] == ROWS
    assert as_secretary.post(f"/imports/{number}/apply").status_code == 302
    assert stands(number) == (BatchState.APPLYING, 0)
    assert 'http-equiv="refresh"' in as_secretary.page(f"/imports/{number}")
    work()
    assert stands(number) == (BatchState.APPLIED, 41)
    assert "第45件" in as_secretary.page("/needs/list/")
    assert as_secretary.post(f"/imports/{number}/undo").status_code == 302
    assert stands(number) == (BatchState.UNDOING, 0)
    assert "第45件" not in as_secretary.page("/needs/list/")
    work()
    with behind():
        batch = db.session.get_one(ImportBatch, number)
        assert (batch.state, batch.told["undone"]) == (BatchState.UNDONE, {"undone": 41, "kept": 0, "emptied": 0})
        assert db.session.scalar(select(func.count()).where(Need.archived_at.is_(None))) == 0
        assert db.session.scalar(select(func.count()).select_from(Unfinished)) == 0
        assert [one.finding for one in verify(db.session.connection()) if one.finding] == []


def test_a_program_gets_the_number_at_once_and_the_report_when_it_is_read(app, bearer, work):  # noqa: F811
    client, header = app.test_client(), bearer("secretary")
    answer = client.post("/api/v1/imports/", data=sent(ledger()), headers=header)
    assert (answer.status_code, answer.json["state"]) == (202, "waiting")
    number = answer.json["id"]
    work()
    found = client.get(f"/api/v1/imports/{number}", headers=header).json
    assert (found["state"], found["counts"]["accepted"], found["left_out"]) == ("read", 41, 27)
    assert client.post(f"/api/v1/imports/{number}/apply", headers=header).status_code == 202
    work()
    found = client.get(f"/api/v1/imports/{number}", headers=header).json
    assert (found["state"], found["counts"]["accepted"]) == ("applied", 41)
    dry = client.post("/api/v1/imports/", data=sent(ledger(), dry_run="true"), headers=header)
    assert (dry.status_code, dry.json["file_error"]) == (422, "too_many_rows")
    assert "试" in dry.json["message"]


@pytest.fixture
def half(send, work, as_secretary, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of a ledger whose worker was killed after two chunks."""
    number = send(ledger())
    work()
    as_secretary.post(f"/imports/{number}/apply")
    real, turns = taking._take_in_chunk, iter(range(9))

    def die(batch: ImportBatch) -> None:
        if next(turns) == 2:
            raise SystemExit
        real(batch)

    monkeypatch.setattr(taking, "_take_in_chunk", die)
    with pytest.raises(SystemExit):
        work()
    monkeypatch.setattr(taking, "_take_in_chunk", real)
    return number


def test_of_half_a_ledger_nobody_sees_anything_and_a_neighbour_can_write(half, stands, behind, register):
    assert stands(half) == (BatchState.APPLYING, 0)
    register(title="邻居登记的一件")
    assert stands(half) == (BatchState.APPLYING, 1)
    with behind(), unfinished.seeing(half):
        assert db.session.scalar(select(func.count()).select_from(Need)) > 10


def test_what_a_killed_worker_left_is_taken_up_again(app, half, stands, behind):
    with app.app_context():
        assert long.work() == {"ledgers": 0}
        clock.clock.fixed = clock.now() + 2 * long.STALE
        assert long.work() == {"ledgers": 1}
    assert stands(half) == (BatchState.APPLIED, 41)


def test_what_a_killed_worker_left_is_taken_back_whole(half, as_secretary, stands, work, behind):
    assert as_secretary.post(f"/imports/{half}/undo").status_code == 302
    work()
    assert stands(half)[0] is BatchState.UNDONE
    with behind():
        assert db.session.scalar(select(func.count()).where(Need.archived_at.is_(None))) == 0
        assert db.session.scalar(select(func.count()).select_from(Unfinished)) == 0


def test_why_it_cannot_go_on_is_said_and_it_goes_on_when_told(half, app, as_secretary, stands, monkeypatch):
    def clash(batch: ImportBatch) -> None:
        raise taking.Refused(taking.TAKEN_UP)

    with monkeypatch.context() as patched, app.app_context():
        patched.setattr(taking, "_take_in_chunk", clash)
        long.work(half)
    page = as_secretary.page(f"/imports/{half}")
    assert "没能继续" in page
    assert "继续" in page
    assert 'http-equiv="refresh"' not in page
    as_secretary.post(f"/imports/{half}/apply")
    with app.app_context():
        long.work(half)
    assert stands(half) == (BatchState.APPLIED, 41)


def test_a_long_file_nobody_can_read_says_so(send, work, stands, as_secretary):
    lines = "\n".join(["一,二", *["三,四"] * 30])
    number = send(lines.encode())
    work()
    assert stands(number) == (BatchState.FAILED, 0)
    assert "没有找到列名这一行" in as_secretary.page(f"/imports/{number}")


def test_volunteers_met_again_further_down_are_one_person(send, work, stands, as_secretary, behind):
    lines = [[at, f"志愿{at}", "", f"1380000{at:04}", "群众", "书法"] for at in range(30)]
    number = send(volunteers(*lines, [31, "志愿2", "", "13800000002", "群众", "书法"]))
    work()
    page = as_secretary.page(f"/imports/{number}")
    assert "可收入 30 行" in page
    assert "已有 1 行" in page
    as_secretary.post(f"/imports/{number}/apply")
    work()
    with behind():
        told = db.session.get_one(ImportBatch, number).told["counts"]
        assert (told["accepted"], told["duplicates"]) == (30, 1)


def test_a_long_ledger_goes_in_by_command_too(app, tmp_path, stands):
    file = tmp_path / "long.xlsx"
    file.write_bytes(ledger())
    words = ["sheets", "import", "needs", str(file), "--community", "wjb", "--json"]
    dry = app.test_cli_runner().invoke(args=[*words, "--dry-run"])
    ended = app.test_cli_runner().invoke(args=words)
    assert (dry.exit_code, ended.exit_code) == (3, 3)
    found = [__import__("json").loads(one.output) for one in (dry, ended)]
    assert found[0]["counts"]["accepted"] == found[1]["counts"]["accepted"] == 41
    assert stands(found[1]["batch"]) == (BatchState.APPLIED, 41)
    undone = app.test_cli_runner().invoke(args=["sheets", "undo", str(found[1]["batch"])])
    assert undone.exit_code == 0, undone.output
    assert "41" in undone.output


def test_a_need_that_gets_another_code_while_a_ledger_is_read_does_not_stop_it(take_in, acting_as, monkeypatch):
    take_in(needs(["XQ0", "居民", "", "第一网格", "第0件", "公共设施", "2026-03-08", ""]))
    lines = [
        [f"XQ{at % 10}", "居民", "", "第一网格", f"第{at % 10}件", "公共设施", "2026-03-08", ""] for at in range(12)
    ]

    def change(self: long.Reader, some: object) -> None:
        db.session.execute(text("UPDATE need SET code = 'XQ99' WHERE code = 'XQ0'"))

    monkeypatch.setattr(long.Reader, "forget", change)
    with acting_as("secretary"):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        _first, told = long.survey(community, needs(*lines), service.Asked("needs"))
        assert (told["counts"]["accepted"], told["counts"]["duplicates"]) == (9, 3)
