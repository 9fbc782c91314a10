"""Fetching at installation: every byte is checked, and what is wrong is said in one sentence."""

import json
from pathlib import Path

import pytest
from flask import Flask

import run
from app.assets import fetch, lock, relock, store
from app.assets.commands import assets
from tests.assets.conftest import WHEEL, Depot

CLOSED = "http://127.0.0.1:9/simple"


def refusal(depot: Depot, **changed: object) -> str:
    """Return the one sentence an operator reads when fetching fails; nothing may have been written."""
    with pytest.raises(fetch.AssetError) as raised:
        fetch.fetch(depot.settings(**changed))
    assert raised.value.message.count("。") == 1
    assert depot.fetched() == {}
    return raised.value.message


def test_an_operator_without_network_fetches_from_a_folder(depot: Depot):
    assert fetch.ensure(depot.settings()) is True
    fetched = depot.fetched()
    assert set(fetched) == {"style.css", "few.svg", "tiny-style.txt"}
    assert fetched["style.css"] == b"body { color: black }"
    assert fetch.faults(depot.settings()) == []


def test_only_the_icons_of_the_list_are_kept(depot: Depot):
    fetch.ensure(depot.settings())
    sheet = depot.fetched()["few.svg"].decode()
    assert sheet.startswith('<svg xmlns="http://www.w3.org/2000/svg">')
    assert '<symbol id="bell" viewBox="0 0 16 16"><path d="Mbell"/></symbol>' in sheet
    assert 'id="house"' in sheet
    assert "house-fill" not in sheet


def test_what_is_there_is_not_fetched_again(depot: Depot):
    fetch.ensure(depot.settings())
    depot.wheel.unlink()
    assert fetch.ensure(depot.settings()) is False


def test_a_file_somebody_changed_is_fetched_again(depot: Depot):
    fetch.ensure(depot.settings())
    (depot.vendor / "style.css").write_bytes(b"body { color: white }")
    assert [str(fault) for fault in fetch.faults(depot.settings())] == [f"corrupted: {depot.vendor / 'style.css'}"]
    assert fetch.ensure(depot.settings()) is True
    assert fetch.faults(depot.settings()) == []


def test_a_wheel_that_is_not_in_the_folder_is_named(depot: Depot):
    depot.wheel.unlink()
    said = refusal(depot)
    assert WHEEL in said
    assert str(depot.folder) in said


def test_a_wheel_that_was_tampered_with_is_not_used(depot: Depot):
    depot.pack(style=b"body { color: red }")
    assert "已损坏或被改动" in refusal(depot)


def test_a_member_that_is_not_the_one_of_the_lock_is_named_and_not_used(depot: Depot):
    depot.pack(style=b"body { color: red }")
    depot.trust_the_wheel()
    assert "tiny/style.css" in refusal(depot)


@pytest.mark.parametrize("broken", [{"LICENSE": None}, {"sheet": b"<svg></svg>"}])
def test_a_wheel_without_a_member_or_an_icon_of_the_lock_is_not_used(depot: Depot, broken: dict[str, bytes | None]):
    depot.pack(**broken)
    depot.trust_the_wheel()
    assert WHEEL in refusal(depot)


def test_a_file_that_is_no_wheel_is_not_used(depot: Depot):
    depot.wheel.write_bytes(b"not a zip")
    depot.trust_the_wheel()
    assert WHEEL in refusal(depot)


def test_nothing_leaves_the_folder_whatever_the_wheel_contains(depot: Depot):
    fetch.ensure(depot.settings())
    root = depot.vendor.parents[1]
    assert list(root.rglob("outside*")) == []
    assert not (root.parent / "outside.css").exists()


@pytest.mark.parametrize("name", ["../portal.css", "/etc/style.css", "a/b.css", "..", ".hidden", "a\\b.css", ""])
def test_a_lock_cannot_name_a_file_outside_the_folder(depot: Depot, name: str):
    content = json.loads(lock.LOCK.read_text(encoding="utf-8"))
    content["carriers"][0]["files"][0]["name"] = name
    lock.LOCK.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match="not a plain file name"):
        fetch.fetch(depot.settings())


def test_where_the_program_is_read_only_the_instance_keeps_the_files(depot: Depot, monkeypatch: pytest.MonkeyPatch):
    depot.vendor.parent.write_text("a file, where a folder would have to be made", encoding="utf-8")
    assert fetch.fetch(depot.settings()) == depot.instance / "assets"
    assert fetch.faults(depot.settings()) == []


def test_an_operator_who_may_write_nowhere_is_told_what_to_check(depot: Depot):
    depot.vendor.parent.write_text("", encoding="utf-8")
    (depot.instance / "assets").write_text("", encoding="utf-8")
    with pytest.raises(fetch.AssetError, match="请检查磁盘空间和当前用户的权限。"):
        fetch.fetch(depot.settings())


def test_an_operator_with_network_gets_the_wheels_by_pip(depot: Depot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(depot.folder))
    assert fetch.ensure(depot.settings(ASSETS_DIR=None)) is True
    assert fetch.faults(depot.settings()) == []


def test_a_mirror_that_serves_another_wheel_is_not_believed(depot: Depot, monkeypatch: pytest.MonkeyPatch):
    depot.pack(style=b"body { color: red }")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(depot.folder))
    assert "与清单不符，没有采用" in refusal(depot, ASSETS_DIR=None)


def test_an_operator_without_network_reads_about_the_folder(depot: Depot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PIP_INDEX_URL", CLOSED)
    assert "SIDAN_ASSETS_DIR" in refusal(depot, ASSETS_DIR=None)


def test_an_operator_whose_download_never_ends_reads_the_same(depot: Depot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetch, "PATIENCE", 0.01)
    assert "SIDAN_ASSETS_DIR" in refusal(depot, ASSETS_DIR=None)


def test_an_operator_without_pip_is_told_how_to_get_it(depot: Depot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetch.importlib.util, "find_spec", lambda name: None)
    assert "-m ensurepip" in refusal(depot, ASSETS_DIR=None)


def test_the_commands_fetch_and_name_what_is_missing_or_corrupted(app: Flask, depot: Depot):
    app_settings = {name: app.config[name] for name in ("INSTANCE", "ASSETS_DIR")}
    app.config.update(depot.settings())
    runner = app.test_cli_runner()
    try:
        before = runner.invoke(assets, ["verify"])
        first, second = runner.invoke(assets, ["fetch"]), runner.invoke(assets, ["fetch"])
        good = runner.invoke(assets, ["verify"])
        (depot.vendor / "few.svg").write_bytes(b"<svg>")
        bad = runner.invoke(assets, ["verify"])
    finally:
        app.config.update(app_settings)
    assert before.exit_code == 1
    assert before.output.count(str(depot.vendor)) == 3
    assert (first.exit_code, second.exit_code, good.exit_code) == (0, 0, 0)
    assert first.output != second.output
    assert bad.exit_code == 1
    assert [str(depot.vendor / "few.svg") in line for line in bad.output.splitlines()] == [True, False]


def test_the_first_start_fetches_and_the_next_says_nothing(depot: Depot, capsys: pytest.CaptureFixture[str]):
    run.install(depot.settings())
    assert capsys.readouterr().out == "正在准备页面素材……\n"
    run.install(depot.settings())
    assert capsys.readouterr().out == ""


def test_the_hashes_are_renewed_from_the_wheels(depot: Depot):
    depot.pack(style=b"body { color: blue }")
    assert relock.main([str(depot.folder)]) == 0
    assert fetch.ensure(depot.settings()) is True
    assert depot.fetched()["style.css"] == b"body { color: blue }"
    assert relock.main([]) == 2


def test_the_requirements_are_those_of_the_lock():
    assert fetch.REQUIREMENTS.read_text(encoding="utf-8") == relock.requirements(lock.load())


def test_each_file_belongs_to_a_work_or_is_a_licence():
    for carrier in lock.load():
        names = {file.name for file in carrier.files}
        assert names == {name for work in carrier.works for name in work.files} | {carrier.text}


def test_what_is_fetched_never_lands_in_the_repository():
    ignored = (Path(run.config.ROOT) / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert f"/{store.VENDOR.relative_to(run.config.ROOT).as_posix()}/" in ignored
