"""Starting the portal: the real program in a process of its own, as an admin starts it."""

import contextlib
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
import run
from tests.program import PATIENCE, Start, free_port, started, surroundings


def refusal(*command: str, **environ: str) -> str:
    """What a start that fails says: one Chinese sentence, and no traceback."""
    ended = subprocess.run(
        [sys.executable, *(command or ("run.py",))],
        env=surroundings(**environ),
        cwd=config.ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    said = ended.stderr.strip()
    assert ended.returncode == 1, ended.stdout + said
    assert "Traceback" not in said
    assert said.count("\n") == 0
    assert said.count("。") == 1
    assert said.endswith("。")
    return said


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Start]]:
    """A real installation that is running."""
    folder = tmp_path_factory.mktemp("real") / "instance"
    with started(folder) as start:
        yield folder, start


@pytest.fixture
def stopped(installed: tuple[Path, Start], tmp_path: Path) -> Path:
    """A copy of the installation, not running."""
    folder, _ = installed
    copy = tmp_path / "instance"
    (copy / "keys").mkdir(parents=True)
    for path in (folder / "keys").iterdir():
        (copy / "keys" / path.name).write_bytes(path.read_bytes())
    with contextlib.closing(sqlite3.connect(folder / "sidan.db")) as ours:
        ours.execute("VACUUM INTO ?", [str(copy / "sidan.db")])
    return copy


def test_an_admin_gets_a_running_portal_and_a_one_time_link(installed):
    folder, start = installed
    assert start.get("/health") == (200, '{"status":"ok"}\n')
    assert start.line(f"门户已启动：http://127.0.0.1:{start.port}")
    assert re.search(r"/setup/\S{20,}$", start.line("请用这个一次性链接") or "")
    assert (folder / "sidan.db").is_file()
    assert {path.name for path in (folder / "keys").iterdir()} == {"secret.key", "data.key", "data-0001.key"}


def test_an_admin_who_starts_twice_is_told_where_it_already_runs(installed):
    folder, start = installed
    said = refusal(SIDAN_INSTANCE=str(folder), SIDAN_PORT=str(free_port()))
    assert said.startswith(f"门户已经在运行（http://127.0.0.1:{start.port}，进程 {start.process.pid}）")


def test_the_set_up_link_is_in_no_log(installed):
    folder, start = installed
    token = (start.line("请用这个一次性链接") or "").rpartition("/")[2]
    start.get("/setup/" + token)
    logged = "".join(path.read_text("utf-8") for path in (folder / "logs").iterdir())
    assert '"/setup/***"' in logged
    assert token not in logged


def test_an_admin_whose_port_is_taken_is_told_to_choose_another(installed, tmp_path):
    _, start = installed
    said = refusal(SIDAN_INSTANCE=str(tmp_path / "other"), SIDAN_PORT=str(start.port))
    assert said.startswith(f"端口 {start.port} 已被别的程序占用")
    assert "SIDAN_PORT" in said
    assert not (tmp_path / "other" / "sidan.db").exists()


def test_an_admin_with_a_wrong_host_is_told_so(tmp_path):
    assert refusal(SIDAN_INSTANCE=str(tmp_path), SIDAN_HOST="192.0.2.1").startswith("不能监听 192.0.2.1")


def test_an_admin_with_a_newer_database_is_told_to_update(stopped):
    with contextlib.closing(sqlite3.connect(stopped / "sidan.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
        database.commit()
    said = refusal(SIDAN_INSTANCE=str(stopped), SIDAN_PORT=str(free_port()))
    assert said.startswith("数据库比程序新")


def test_an_admin_who_lost_a_key_is_told_to_restore_it(stopped):
    (stopped / "keys" / "data.key").unlink()
    said = refusal(SIDAN_INSTANCE=str(stopped), SIDAN_PORT=str(free_port()))
    assert said.startswith("已有数据，却找不到密钥文件")
    assert not (stopped / "keys" / "data.key").exists()


def test_an_admin_with_a_damaged_database_is_told_what_to_check(stopped):
    (stopped / "sidan.db").write_bytes(b"this is not a database" * 100)
    assert refusal(SIDAN_INSTANCE=str(stopped), SIDAN_PORT=str(free_port())).startswith("数据库不能使用")


def test_the_demo_never_touches_real_data(stopped):
    said = refusal("run.py", "--demo", "--fresh", SIDAN_INSTANCE=str(stopped), SIDAN_PORT=str(free_port()))
    assert "里是正式数据" in said
    assert (stopped / "sidan.db").is_file()


def test_an_admin_without_write_permission_is_told_which_folder(tmp_path):
    (tmp_path / "file").touch()
    assert refusal(SIDAN_INSTANCE=str(tmp_path / "file" / "instance")).startswith("不能写入文件夹")


def test_an_admin_who_mistypes_a_setting_is_told_which_one():
    assert refusal(SIDAN_PORT="abc").startswith("设置 SIDAN_PORT 不对")


def test_a_command_says_the_same_sentence_about_a_wrong_setting(tmp_path):
    said = refusal("-m", "flask", "--app", "app", "db", "upgrade", SIDAN_INSTANCE=str(tmp_path), SIDAN_PORT="abc")
    assert said.startswith("设置 SIDAN_PORT 不对")


@pytest.mark.parametrize("name", ["SIDAN_DEMO_PASSWORD", "SIDAN_NOW"])
def test_a_real_portal_refuses_the_settings_of_the_demo(tmp_path, name):
    said = refusal(SIDAN_INSTANCE=str(tmp_path), **{name: "2026-11-22T09:00:00"})
    assert said.startswith(f"设置 {name} 只能用于演示和测试")


def test_an_admin_who_mistypes_an_option_reads_which_there_are():
    assert refusal("run.py", "--dmeo").startswith("没有 --dmeo 这个选项")


def test_nobody_empties_real_data_by_an_option():
    assert refusal("run.py", "--fresh").startswith("--fresh 只能与 --demo 同用")


def test_an_admin_who_has_not_installed_the_requirements_is_told_how():
    said = refusal("-S", "run.py")
    assert said.startswith("缺少运行所需的程序库")
    assert "pip install -r requirements.txt" in said


def test_an_admin_with_an_old_python_is_told_what_is_needed():
    old = "import runpy, sys; sys.version_info = (3, 9, 18); runpy.run_path('run.py', run_name='__main__')"
    assert refusal("-c", old).startswith("需要 Python 3.11")


def test_the_demo_is_kept_until_a_fresh_start_and_tells_its_password_once(tmp_path):
    folder = tmp_path / "instance-demo"
    with started(folder, "--demo") as first:
        assert first.line("演示人员的密码（只显示这一次）：")
        status, page = first.get("/login/")
        assert status == 200
        assert "演示数据" in page
    assert first.lines[-1] == "门户已停止。"
    assert first.process.returncode == 0
    with started(folder, "--demo", "--full") as second:
        assert second.line("演示人员的密码") is None
        assert second.line("正在装入全部统计数字的明细")
    (folder / "left-over").touch()
    with started(folder, "--demo", "--fresh", SIDAN_DEMO_PASSWORD="an-own-demo-password") as third:
        assert "an-own-demo-password" not in "\n".join(third.lines)
    assert not (folder / "left-over").exists()


def test_the_system_stops_the_portal_in_order(stopped):
    with started(stopped) as start:
        start.process.terminate()
        # Windows has no polite way to stop a process; the lock is given back all the same.
        assert start.process.wait(timeout=PATIENCE) == (1 if sys.platform == "win32" else 0)


@pytest.mark.skipif("sys.platform == 'win32'", reason="there is no such signal on Windows")
def test_ctrl_c_stops_the_portal_also_where_a_script_started_it_in_the_background(stopped):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with started(stopped) as start:
            start.get("/health")
            assert start.stop() == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert "门户已停止。" in start.lines


def test_the_command_makes_a_new_instance_complete(tmp_path):
    folder = tmp_path / "instance"
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"],
        env=surroundings(SIDAN_INSTANCE=str(folder)),
        cwd=config.ROOT,
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert {path.name for path in (folder / "keys").iterdir()} == {"secret.key", "data.key", "data-0001.key"}
    with contextlib.closing(sqlite3.connect(folder / "sidan.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone()
        assert database.execute("SELECT name FROM sqlite_master WHERE name = 'need'").fetchone()


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        ({"HOST": "127.0.0.1"}, False),
        ({"HOST": "127.8.8.8"}, False),
        ({"HOST": "localhost"}, False),
        ({"HOST": "::1"}, False),
        ({"HOST": "0.0.0.0"}, True),  # noqa: S104 - the case to warn about
        ({"HOST": "192.168.1.5"}, True),
        ({"HOST": "sidan.example", "BASE_URL": "http://sidan.example"}, True),
        ({"HOST": "192.168.1.5", "BASE_URL": "https://sidan.example"}, False),
        ({"HOST": "192.168.1.5", "TRUST_PROXY": 1}, False),
    ],
)
def test_an_admin_who_opens_the_portal_without_encryption_is_warned(settings, warned):
    assert run.exposed({"BASE_URL": None, "TRUST_PROXY": 0} | settings) is warned


@pytest.mark.parametrize(
    ("host", "base_url", "shown"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:8080"),
        ("0.0.0.0", None, "http://127.0.0.1:8080"),  # noqa: S104 - what a browser cannot open
        ("::", None, "http://127.0.0.1:8080"),
        ("::1", None, "http://[::1]:8080"),
        ("127.0.0.1", "https://sidan.example", "https://sidan.example"),
    ],
)
def test_an_admin_reads_an_address_a_browser_can_open(host, base_url, shown):
    assert run.address({"HOST": host, "PORT": 8080, "BASE_URL": base_url}) == shown
