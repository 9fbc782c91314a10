"""The files of lists by command: the same rows and masks as by the page, for who may."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.actor import acting, system
from app.core.history import Entry
from app.core.sheets import reading
from app.core.sheets.writing import HEADING_ROW
from app.extensions import db
from app.needs.choices import Urgency


@pytest.fixture
def sheets(app: Flask):
    """Type a command of the group `sheets`, and return its code and what it says."""

    def run(*words: object, community: str = "wjb") -> tuple[int, str]:
        where = ["--community", community] if community else []
        ended = app.test_cli_runner().invoke(args=["sheets", *map(str, words), *where])
        return ended.exit_code, ended.output

    return run


def rows_of(path: Path) -> list[list[object]]:
    return reading.read(path.read_bytes()).sheets[0].rows[HEADING_ROW:]


def test_the_rows_of_a_community_are_written_masked_and_readable_by_nobody_else(sheets, register, tmp_path):
    register(title="路灯不亮", reporter_name="欧阳小明", reporter_phone="13977660001")
    register("neighbour", "桥南的事", None)
    file = tmp_path / "needs.xlsx"
    assert sheets("export", "needs", file) == (0, f"已写入：{file}\n")
    (row,) = rows_of(file)
    assert {"路灯不亮", "欧**明", "139****0001"} <= set(row)
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_asked_of_the_list_holds_by_command_too(sheets, register, tmp_path):
    register(title="路灯不亮", urgency=Urgency.URGENT)
    register(title="扶手松了")
    file = tmp_path / "needs.csv"
    assert sheets("export", "needs", file, "--query", "?urgency=urgent")[0] == 0
    text = file.read_text(encoding="utf-8-sig")
    assert "路灯不亮" in text
    assert "扶手松了" not in text


def test_a_short_list_is_written_by_command(sheets, register, tmp_path):
    register(title="路灯不亮")
    file = tmp_path / "needs.csv"
    assert sheets("export", "needs", file, "--columns", "title,state")[0] == 0
    assert file.read_text(encoding="utf-8-sig").splitlines()[0].startswith("需求,状态,")


def test_it_is_written_down_who_took_out_what(app: Flask, sheets, register, tmp_path):
    register()
    sheets("export", "needs", tmp_path / "a.csv", "--query", "q=路灯", "--as", "worker")
    with app.app_context(), acting(system("tests")):
        entry = db.session.scalars(select(Entry).where(Entry.act == "exported")).one()
        told = {name: pair[1] for name, pair in entry.told().items()}
        assert (told, entry.by.login) == ({"rows": 1, "file": "csv", "filter": "q=***"}, "worker")


def test_somebody_who_may_not_export_takes_nothing_out(sheets, register, tmp_path):
    register()
    for login in ("auditor", "gridworker"):
        code, said = sheets("export", "needs", tmp_path / "a.csv", "--as", login)
        assert (code, "这个角色不能这样做，请找社区书记。" in said) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "nothing", "a.xlsx"), "没有清单“nothing”。"),
        (("export", "needs", "a.pdf"), "文件名要以 .xlsx 或 .csv 结尾。"),
        (("export", "needs", "a.csv", "--query", "nothing=1"), "没有“nothing”这个筛选条件"),
        (("export", "needs", "a.csv", "--columns", "title,nothing"), "没有“nothing”这一栏"),
        (("export", "needs", "nowhere/a.csv"), "没有文件夹"),
        (("template", "nothing"), "没有清单“nothing”。"),
        (("export",), "缺少"),
    ],
)
def test_what_is_not_understood_is_said_in_one_sentence(sheets, tmp_path, monkeypatch, words, said: str):
    monkeypatch.chdir(tmp_path)
    code, output = sheets(*words)
    assert code in (1, 2)
    assert said in output
    assert "Traceback" not in output


def test_a_file_that_is_there_is_kept_unless_told_otherwise(sheets, register, tmp_path):
    register()
    file = tmp_path / "a.csv"
    file.write_text("mine")
    assert sheets("export", "needs", file)[0] == 1
    assert file.read_text() == "mine"
    assert sheets("export", "needs", file, "--force")[0] == 0
    assert file.read_text() != "mine"


def test_a_template_is_written_with_the_places_of_the_community(sheets, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sheets("template", "needs") == (0, "已写入：needs.xlsx\n")
    book = reading.read(Path("needs.xlsx").read_bytes())
    assert "需求*" in book.sheets[0].rows[HEADING_ROW - 1]
    assert str(book.sheets[0].rows[HEADING_ROW][0]).startswith("示例")
