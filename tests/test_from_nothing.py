"""From an empty folder to the first need: the three commands of README.md, and what people do between them.

What is only fetched (libraries, styles) is laid beside before, so that no network is needed; its time is not counted.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import time
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

import config
from app.assets import store
from tests.program import PATIENCE, STARTED, Program, free_port, running, surroundings

if sys.platform == "win32":
    pytest.skip("these are the commands of a Unix shell", allow_module_level=True)

MOST_COMMANDS: Final = 3
MOST_SECONDS: Final = 600
"""Ten minutes, the goal of the product."""
PASSWORD: Final = "the-lamp-by-the-river-7"
FORM: Final = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)
HIDDEN: Final = re.compile(r'<input(?=[^>]*type="hidden")(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")')
LEFT_BEHIND: Final = (".git", ".venv*", "instance", "instance-demo", "tests", "benchmarks", "__pycache__", ".*_cache")


class Visitor:
    """A browser that follows links and fills in forms."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.browser: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, address: str, typed: dict[str, str] | None = None) -> str:
        """Open an address, or send what was typed to it; return the page one lands on."""
        body = urlencode(typed).encode() if typed is not None else None
        with self.browser.open(self.origin + address, body, timeout=PATIENCE) as answer:
            assert answer.status == 200
            return str(answer.read().decode())

    def fill_in(self, address: str, naming: str, **typed: str) -> str:
        """Fill in the form of a page that has a field of this name, and send it."""
        forms = [form for form in FORM.findall(self.open(address)) if f'name="{naming}"' in form]
        assert forms, f"{address} has no form with {naming}"
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(forms[0])}
        return self.open(address, hidden | typed)

    def begin(self, link: str, login: str) -> None:
        """Set a password by the one-time link, and sign in with it."""
        self.fill_in(link, "password", password=PASSWORD, again=PASSWORD)
        self.fill_in("/login/", "password", username=login, password=PASSWORD)


@pytest.fixture
def machine(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """An empty machine with the program's folder on it, and how its programs are found; nothing is fetched."""
    folder = tmp_path / "sidan"
    shutil.copytree(config.ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    if not (folder / store.VENDOR.relative_to(config.ROOT)).is_dir():
        pytest.skip("the styles and scripts are not in the folder of the program")
    around = surroundings(PYTHONPATH=sysconfig.get_path("purelib"), PIP_NO_INDEX="1")
    return folder, around | {"PATH": f"{sys.base_prefix}/bin:{around['PATH']}"}


def commands() -> list[str]:
    """Return what README.md says to type for real use."""
    section = (config.ROOT / "README.md").read_text(encoding="utf-8").partition("## 正式使用")[2]
    return section.partition("```sh\n")[2].partition("```")[0].splitlines()


def ended(command: str, folder: Path, around: dict[str, str]) -> str:
    """Let a command that ends by itself do so, and return what it said."""
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=around,
        capture_output=True,
        encoding="utf-8",
        timeout=MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lay_flask(folder: Path) -> None:
    """Lay down the program `flask`, which pip lays only for a library it has fetched itself."""
    path = folder / ".venv" / "bin" / "flask"
    path.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m flask "$@"\n', encoding="ascii")
    path.chmod(0o755)


def link_in(said: str, beginning: str) -> str:
    """Return the one-time link of the line that begins so."""
    found = re.search(rf"^{beginning}.*?(/setup/\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def test_a_community_starts_from_nothing_with_three_commands_and_registers_its_first_need(
    machine: tuple[Path, dict[str, str]], capsys: pytest.CaptureFixture[str]
):
    folder, around = machine
    typed = commands()
    assert len(typed) <= MOST_COMMANDS
    install, start, set_up = typed
    began = time.monotonic()
    ended(install, folder, around)
    lay_flask(folder)
    portal = Program(["/bin/sh", "-c", f"exec {start}"], STARTED, free_port(), folder, **around)
    with running(portal):
        administrator = Visitor(portal.port)
        administrator.begin(link_in("\n".join(portal.lines), "请用这个一次性链接"), "admin")
        said = ended(set_up, folder, around)
        secretary = Visitor(portal.port)
        secretary.begin(link_in(said, "shuji"), "shuji")
        assert "/needs/add" in secretary.open("/")
        page = secretary.fill_in("/needs/add", "title", title="楼下路灯不亮", text="晚上看不清台阶")
        took = time.monotonic() - began
        assert "楼下路灯不亮" in page
        assert "楼下路灯不亮" in secretary.open("/needs/list/")
    with capsys.disabled():
        print(f"\nfrom nothing to the first need: {len(typed)} commands, {took:.0f} s")  # noqa: T201 - the measure
    assert took <= MOST_SECONDS
