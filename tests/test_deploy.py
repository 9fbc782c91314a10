"""The examples in `deploy/` are true: what they name exists in the program, and their limits are its own."""

import re
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import config
from tests.program import free_port

DEPLOY: Final = config.ROOT / "deploy"
SETTING: Final = re.compile(r"SIDAN_[A-Z_]+[A-Z]")
UNITS: Final = sorted((DEPLOY / "systemd").glob("*.service"))
SHUT_IN: Final = {
    "NoNewPrivileges=true",
    "ProtectSystem=strict",
    "ProtectHome=true",
    "PrivateTmp=true",
    "StateDirectoryMode=0700",
    "UMask=0077",
    "CapabilityBoundingSet=",
}


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text("compose/compose.yaml"))["services"]
    return found


def test_an_admin_who_copies_an_example_sets_only_what_there_is():
    known = {setting.variable for setting in config.SETTINGS}
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert len(files) >= 8
    for path in files:
        assert set(SETTING.findall(path.read_text(encoding="utf-8"))) <= known, path.name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_service_of_linux_runs_our_programs_and_writes_nothing_but_its_data(unit: Path):
    said = lines(unit)
    assert set(said) >= SHUT_IN
    assert "WorkingDirectory=/opt/sidan" in said
    assert "Environment=SIDAN_INSTANCE=/var/lib/sidan" in said
    (start,) = [line for line in said if line.startswith("ExecStart=")]
    named = [config.ROOT / word for word in start.split() if word.endswith(".py")]
    assert all(path.is_file() for path in named)


def test_what_a_service_is_given_can_be_read_as_settings():
    given = {
        name: value
        for unit in UNITS
        for name, value in re.findall(r"^Environment=(SIDAN_\w+)=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    }
    portal = {name: str(value) for name, value in services()["portal"]["environment"].items()}
    assert config.load(environ=given)["TRUST_PROXY"] == 1
    assert config.load(environ=portal)["SESSION_COOKIE_SECURE"]


def test_nginx_lets_through_what_the_portal_takes_and_hands_on_what_it_reads():
    said = text("nginx.conf")
    assert re.findall(r"client_max_body_size (\d+)m", said) == [str(config.MOST_RECEIVED // config.MEGABYTE)]
    for header in ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"):
        assert f"proxy_set_header {header} " in said
    assert not re.search(r"^\s*gzip on", said, re.MULTILINE)


@pytest.mark.parametrize("place", ["/q/", "/setup/"])
def test_nginx_writes_no_code_of_a_resident_into_its_log(place: str):
    (block,) = re.findall(rf"location {place} \{{(.*?)\}}", text("nginx.conf"), re.DOTALL)
    assert "access_log off;" in block
    assert "limit_req " in block


def test_the_containers_wait_for_each_other_and_only_this_machine_reaches_the_portal():
    found = services()
    assert found.keys() == {"prepare", "portal", "worker", "database", "queue"}
    for name in ("portal", "worker"):
        assert found[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
        assert found[name]["read_only"]
    assert {name: one["ports"] for name, one in found.items() if "ports" in one} == {"portal": ["127.0.0.1:8080:8080"]}
    assert all("build" not in one for name, one in found.items() if name != "prepare")


def test_the_image_is_made_of_what_is_in_the_folder():
    for copied in re.findall(r"^COPY ([\w./ -]+) \./$", text("compose/Dockerfile"), re.MULTILINE):
        assert all((config.ROOT / name).is_file() for name in copied.split())
    assert "deploy/gunicorn.conf.py" in text("compose/Dockerfile")


@pytest.mark.skipif("sys.platform == 'win32'", reason="gunicorn does not run on Windows")
def test_gunicorn_understands_every_line_of_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    app = pytest.importorskip("gunicorn.app.wsgiapp", reason="gunicorn is not installed: requirements-district.txt")
    monkeypatch.chdir(config.ROOT)
    monkeypatch.setenv("SIDAN_INSTANCE", str(tmp_path))
    monkeypatch.setenv("SIDAN_PORT", str(free_port()))
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    monkeypatch.setattr(sys, "argv", ["gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py")])
    read = app.WSGIApplication("%(prog)s").cfg
    assert (read.workers, read.threads, read.worker_class_str) == (2, 8, "gthread")
    assert read.preload_app
    assert read.control_socket_disable
    names = set(re.findall(r"^(\w+)(?:: [^=]+)? = ", text("gunicorn.conf.py"), re.MULTILINE)) - {"host"}
    assert names <= read.settings.keys()


def test_windows_starts_the_portal_by_what_windows_has():
    said = text("windows/service.ps1")
    assert "Register-ScheduledTask" in said
    assert '"run.py"' in said
    assert said.count("{") == said.count("}")
