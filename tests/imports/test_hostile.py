"""Hostile files, each by page, program and command: one Chinese sentence, soon, nothing written, never a 500."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.sheets.book import Fault
from app.extensions import db
from app.imports.models import ImportBatch
from app.needs.models import Need
from tests.core.sheets.paper import HEAD, MAIN, Raw, packed, xlsx
from tests.core.sheets.test_reading import HTML
from tests.imports.conftest import NEEDS, needs, sent
from tests.whole.test_openapi import bearer  # noqa: F401 - a fixture

SECONDS: Final = 10
ROW: Final = ["XQ1", "李梅", "13800000001", "第二网格", "楼道灯不亮", "公共设施", "2026-03-08", "已落实"]
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTITY: Final = f'{HEAD}<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet xmlns="{MAIN}"/>'.encode()
MANY: Final = f'{HEAD}<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000"><si><t>甲</t></si></sst>'.encode()
TEXT: Final = "\n".join(",".join(line) for line in (NEEDS, ROW))


def ledger(*rows: Any, more: dict[str, bytes] | None = None, **about: Any) -> bytes:
    """Return a ledger of needs with more in it than it should have."""
    return xlsx({"需求": [NEEDS, *rows]}, more, **about)


REFUSED: Final[dict[str, tuple[Callable[[], bytes], Fault]]] = {
    "empty": (lambda: b"", Fault.EMPTY_FILE),
    "truncated": (lambda: needs(ROW)[:900], Fault.CORRUPT),
    "a page under the name of a workbook": (lambda: HTML, Fault.WRONG_TYPE),
    "a program under the name of a workbook": (lambda: b"MZ\x90\x00\x03" + b"\x00" * 400, Fault.WRONG_TYPE),
    "a document under the name of a workbook": (lambda: packed({"word/document.xml": b"<w/>"}), Fault.WRONG_TYPE),
    "encrypted": (lambda: COMPOUND + "EncryptedPackage".encode("utf-16-le"), Fault.ENCRYPTED),
    "zip bomb": (lambda: ledger(ROW, more={"xl/media/x.xml": b" " * (120 << 20)}), Fault.ZIP_BOMB),
    "thousands of parts": (lambda: ledger(ROW, more={f"x/{n}": b"" for n in range(2100)}), Fault.ZIP_BOMB),
    "entities": (lambda: ledger(ROW, more={"xl/sharedStrings.xml": ENTITY}), Fault.XML_ENTITY),
    "one cell at the end": (lambda: ledger(ROW, [Raw('<c r="XFD1048576"><v>1</v></c>')]), Fault.TOO_MANY_ROWS),
    "broken encoding": (lambda: TEXT.encode()[:-4] + b"\xff\xff\xfe\x81\n", Fault.ENCODING),
    "no headings": (lambda: xlsx({"表": [["一", "二"], ["三", "四"]]}), Fault.NO_HEADER),
    "nothing under the headings": (ledger, Fault.NO_DATA),
}
READ: Final[dict[str, Callable[[], bytes]]] = {
    "false counts of texts": lambda: ledger(ROW, more={"xl/sharedStrings.xml": MANY}),
    "a huge false dimension": lambda: ledger(ROW, head='<dimension ref="A1:XFD1048576"/>'),
    "macros": lambda: ledger(ROW, more={"xl/vbaProject.bin": COMPOUND + b"\x00" * 4000}),
    "a formula with its result": lambda: ledger(
        [*ROW[:4], Raw('<c r="REF" t="str"><f>HYPERLINK("http://x")</f><v>楼道灯不亮</v></c>'), *ROW[5:]]
    ),
    "GB18030": lambda: TEXT.encode("gb18030"),
    "paths in the names of its parts": lambda: ledger(ROW, more={"../../etc/passwd": b"x", "/xl/evil.xml": b"<x/>"}),
}


@pytest.fixture
def stored(behind: Any) -> Callable[[], tuple[int, int]]:
    """Return how many needs and ledgers stand in the database."""

    def count() -> tuple[int, int]:
        with behind():
            found = [db.session.scalar(select(func.count()).select_from(model)) for model in (Need, ImportBatch)]
            return found[0], found[1]

    return count


@pytest.fixture
def program(app: Flask, bearer: Any) -> Callable[[bytes], Any]:  # noqa: F811 - the fixture
    """Send a ledger as a program of the secretary."""
    header = bearer("secretary")

    def send(data: bytes) -> Any:
        form = sent(data, "台账.xlsx", dry_run="true")
        return app.test_client().post("/api/v1/imports/", data=form, headers=header)

    return send


@pytest.fixture
def command(app: Flask, tmp_path: Path) -> Callable[..., Any]:
    """Send a ledger by command."""

    def send(data: bytes, *more: str) -> Any:
        file = tmp_path / "台账.xlsx"
        file.write_bytes(data)
        return app.test_cli_runner().invoke(args=["sheets", "import", "auto", str(file), "--community", "wjb", *more])

    return send


def is_chinese(text: str) -> bool:
    """Tell whether a text is one Chinese sentence and shows nothing of the inside."""
    inside = ("Traceback", "Error", "Exception", "instance", "xl/", "<")
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in text)
    return chinese >= 5 and text.endswith("。") and "\n" not in text and not any(word in text for word in inside)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_answered_with_one_sentence_by_every_door(
    as_secretary: Any, program: Any, command: Any, stored: Any, name: str
):
    data, fault = REFUSED[name][0](), REFUSED[name][1]
    began = time.monotonic()
    answer = program(data)
    assert time.monotonic() - began < SECONDS
    assert (answer.status_code, answer.json["file_error"]) == (422, fault.value)
    sentence = answer.json["message"]
    assert is_chinese(sentence), sentence
    page = as_secretary.post("/imports/", sent(data), content_type="multipart/form-data")
    assert page.status_code == 422
    assert sentence in page.get_data(as_text=True)
    ended = command(data)
    assert (ended.exit_code, ended.output.strip()) == (4, sentence)
    assert stored() == (0, 0)


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_hostile_is_read_like_any_ledger(
    as_secretary: Any, program: Any, command: Any, stored: Any, name: str
):
    data = READ[name]()
    answer = program(data)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.json["accepted"][0]["values"]["content"] == "楼道灯不亮"
    page = as_secretary.post("/imports/", sent(data), content_type="multipart/form-data")
    assert page.status_code == 302
    assert command(data).exit_code == 0
    assert stored() == (1, 2)


def test_a_formula_without_its_result_rejects_the_row_by_every_door(as_secretary: Any, program: Any, command: Any):
    data = ledger([*ROW[:4], Raw('<c r="REF"><f>1+1</f></c>'), *ROW[5:]], ROW)
    (wrong,) = program(data).json["rejected"]
    assert (wrong["reason"], wrong["field"]) == ("formula", "content")
    number = as_secretary.post("/imports/", sent(data), content_type="multipart/form-data").location
    assert wrong["message"] in as_secretary.page(number)
    ended = command(data)
    assert ended.exit_code == 3
    assert wrong["message"] in ended.output


def test_a_text_that_would_be_a_formula_goes_in_and_out_as_text(as_secretary: Any, command: Any, need: Any):
    said = '=HYPERLINK("http://evil","点我")'
    assert command(ledger([*ROW[:4], said, *ROW[5:]])).exit_code == 0
    assert need(1)["text"] == said
    lines = as_secretary.get("/needs/export.csv").get_data(as_text=True).splitlines()
    assert not any(cell.lstrip('"').startswith("=") for line in lines for cell in line.split(","))


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\x.xlsx", "C:\\a\\b.xlsx", "a\x00b.xlsx", "甲" * 300])
def test_a_name_that_is_a_path_leads_nowhere(as_secretary: Any, behind: Any, name: str):
    answer = as_secretary.post("/imports/", sent(needs(ROW), name), content_type="multipart/form-data")
    assert answer.status_code == 302
    with behind():
        kept = db.session.scalars(select(ImportBatch.file_name)).one()
        assert not {"/", "\\", "\x00"} & set(kept)
        assert 0 < len(kept) <= 120


def test_more_than_twenty_megabytes_are_refused_by_every_door(
    app: Flask,
    as_secretary: Any,
    bearer: Any,  # noqa: F811 - the fixture
    command: Any,
    stored: Any,
):
    data = b"," * (21 << 20)
    whole = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n' + data + b"\r\n--x--\r\n"
    about = {"data": whole, "content_type": "multipart/form-data; boundary=x"}
    page = as_secretary.client.post("/imports/", **about)
    answer = app.test_client().post("/api/v1/imports/", headers=bearer("secretary"), **about)
    assert (page.status_code, answer.status_code) == (413, 413)
    assert "20 MB" in page.get_data(as_text=True)
    assert "20 MB" in answer.json["message"]
    ended = command(data)
    assert ended.exit_code == 4
    assert "20 MB" in ended.output
    assert stored() == (0, 0)
