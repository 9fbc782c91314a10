"""Fifty people at work: `python -m benchmarks.load [SECONDS] [sqlite|postgresql]`.

Fills the demo into a fresh instance, starts the real portal on it (run.py with waitress on SQLite; gunicorn with three
processes on the empty PostgreSQL database that SIDAN_BENCH_DATABASE_URL names), and lets fifty signed-in people open
the list, open needs, register and accept needs, with a second to think in between. Told are answers that are errors,
milliseconds of half and of 95 % of the clicks, and megabytes of each process before anybody came and at the end: `rss`
all that it sees, `pss` where what several processes share counts in parts.

Goals: no errors; 95 % below 500 ms on PostgreSQL and 800 ms on SQLite; 130 MB at rest, 250 MB under load.
"""

import http.client
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import click
from sqlalchemy import select

import config
from app import create_app, demo
from app.accounts import service as accounts
from app.communities.models import Category, Community, Place
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from app.roles import Role

PEOPLE: Final = 50
SECONDS: Final = 300
THINK: Final = 1.0
PASSWORD: Final = "fifty-people-at-work-1"  # noqa: S105 - of invented people
ROLES: Final = (Role.SECRETARY, Role.WORKER, Role.WORKER)
"""All of them may register and accept."""
TICKS: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
SHOWN: Final = re.compile(r'href="(/needs/show/\d+)')
TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
GUNICORN: Final = ("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py")


# -- the portal -----------------------------------------------------------------------------------------------------


def fill(instance: Path, url: str | None) -> dict[str, str]:
    """Load the demo and fifty accounts; return what a need is registered with."""
    app = create_app({"INSTANCE": instance, "DATABASE_URL": url})
    database.upgrade(app)
    with app.app_context():
        demo.load(app)
        with acting(system("benchmark")), database.transaction():
            home = db.session.scalars(select(Community).order_by(Community.id).limit(1)).one()
            for number in range(PEOPLE):
                account = accounts.create_account(f"load{number}", f"测试{number}")
                accounts.grant(account, ROLES[number % len(ROLES)], home)
                accounts.set_password(account, PASSWORD)
            place = select(Place.id).where(Place.community_id == home.id, Place.parent_id.is_not(None))
            category = select(Category.id).where(Category.community_id == home.id, Category.parent_id.is_not(None))
            given = {"place": db.session.scalar(place.limit(1)), "category": db.session.scalar(category.limit(1))}
        db.session.remove()
        db.engine.dispose()
    return {name: str(value) for name, value in given.items()}


@contextmanager
def portal(instance: Path, url: str | None) -> Iterator[tuple[int, int]]:
    """Serve the instance as an operator would; give the port and the first process."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = int(door.getsockname()[1])
    command = [sys.executable, *(GUNICORN if url else ("run.py",))]
    around = os.environ | {"SIDAN_INSTANCE": str(instance), "SIDAN_PORT": str(port), "SIDAN_DATABASE_URL": url or ""}
    process = subprocess.Popen(command, cwd=config.ROOT, env=around, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(120)


def _wait_for(port: int) -> None:
    for _second in range(180):
        if Person(port).call("GET", "/health")[0] == 200:
            return
        time.sleep(1)
    sys.exit("the portal does not start")


def processes(pid: int) -> list[str]:
    """Return the processes of the portal, the first one first; those of the worker are among them."""
    below = [file.read_text(encoding="ascii") for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [str(pid), *" ".join(below).split()]


def memory(pid: int) -> str:
    """Return what each process takes."""
    found = []
    for one in processes(pid):
        kept = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
        told = {name: int(size) / 1024 for name, size in re.findall(r"^(Rss|Pss): +(\d+)", kept, re.MULTILINE)}
        found.append(f"rss {told['Rss']:.0f} pss {told['Pss']:.0f}")
    return "; ".join(found)


def computed(pid: int) -> float:
    """Return how many seconds of CPU the processes have taken."""
    stats = [Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2] for one in processes(pid)]
    return sum(int(stat.split()[11]) + int(stat.split()[12]) for stat in stats) / TICKS


# -- the people -----------------------------------------------------------------------------------------------------


@dataclass
class Person:
    """Somebody with a browser, and how long each click took."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    shown: list[str] = field(default_factory=list)
    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def call(self, method: str, address: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Send a request; return status, page, and where it leads to. Status 0 where no answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        carried = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": carried, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            body = urlencode({"csrf_token": self.token, **form}) if form is not None else None
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode(), answer.headers.get("Location", "")
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            connection.close()

    def sign_in(self, login: str) -> None:
        """Sign in, and keep what forms need."""
        self._learn(self.call("GET", "/login/")[1])
        status = self.call("POST", "/login/", {"username": login, "password": PASSWORD})[0]
        if status != 302:
            self.errors.append(f"sign in {status}")
        self._learn(self.call("GET", "/roles/")[1])

    def _learn(self, page: str) -> None:
        found = TOKEN.search(page)
        self.token = found[1] if found else ""

    def timed(self, name: str, wanted: int, method: str, address: str, form: dict[str, str] | None = None) -> str:
        """Click, note how long it took and whether it went wrong; return the page or where it leads to."""
        began = time.monotonic()
        status, page, onward = self.call(method, address, form)
        self.took.setdefault(name, []).append(time.monotonic() - began)
        if status != wanted:
            self.errors.append(f"{name} {status}")
        return onward or page

    def work(self, until: float, given: dict[str, str], chance: random.Random) -> None:
        """Click until it is over."""
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.5, 1.5) * THINK)
            what = chance.choices(("list", "detail", "add"), (5, 4, 1))[0]
            if what == "add":
                self._register(given, chance)
            elif what == "detail" and self.shown:
                self.timed("detail", 200, "GET", chance.choice(self.shown))
            else:
                page = self.timed("list", 200, "GET", "/needs/list/")
                self.shown = SHOWN.findall(page) or self.shown

    def _register(self, given: dict[str, str], chance: random.Random) -> None:
        form = given | {"title": f"楼道灯不亮{chance.randrange(10**6)}", "kind": "help", "urgency": "normal"}
        onward = self.timed("add", 302, "POST", "/needs/add", form | {"channel": "other"})
        time.sleep(chance.uniform(0.5, 1.5) * THINK)
        if found := re.search(r"/show/(\d+)", onward):
            self.timed("move", 302, "POST", f"/needs/move/accept/{found[1]}", {})


def signed_in(port: int) -> list[Person]:
    """Return everybody, signed in."""
    people = [Person(port) for _one in range(PEOPLE)]
    for number, person in enumerate(people):
        person.sign_in(f"load{number}")
    return people


def work(people: list[Person], seconds: int, given: dict[str, str]) -> None:
    """Let everybody work for so many seconds."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(PEOPLE) as pool:
        for number, person in enumerate(people):
            pool.submit(person.work, until, given, random.Random(number))  # noqa: S311 - the same clicks every time


# -- telling --------------------------------------------------------------------------------------------------------


def tell(people: list[Person], seconds: int, computing: float) -> None:
    """Print how the clicks went. `computing`: seconds of CPU the portal took for them."""
    took: dict[str, list[float]] = {}
    for person in people:
        for name, some in person.took.items():
            took.setdefault(name, []).extend(some)
    everything = [one for some in took.values() for one in some]
    for name, some in {**took, "all": everything}.items():
        click.echo(f"{name:8} {len(some):6} clicks, half {_nth(some, 0.5):5.0f} ms, 95 % {_nth(some, 0.95):5.0f} ms")
    errors = [error for person in people for error in person.errors]
    rate, each = len(everything) / seconds, computing / len(everything) * 1000
    click.echo(f"{rate:.1f} clicks a second, {each:.0f} ms of CPU each, {len(errors)} errors {sorted(set(errors))}")


def _nth(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


def measure(seconds: int, url: str | None) -> None:
    """Make one run, and print it."""
    click.echo(f"== {'PostgreSQL, gunicorn' if url else 'SQLite, waitress'}, {PEOPLE} people, {seconds} s")
    with tempfile.TemporaryDirectory(prefix="sidan-load-") as made:
        instance = Path(made) / "instance"
        given = fill(instance, url)
        with portal(instance, url) as (port, pid):
            click.echo(f"MB at rest: {memory(pid)}")
            people = signed_in(port)
            before = computed(pid)
            work(people, seconds, given)
            took = computed(pid) - before
            click.echo(f"MB under load: {memory(pid)}")
        tell(people, seconds, took)


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where a database is named."""
    words = sys.argv[1:]
    seconds = next((int(word) for word in words if word.isdigit()), SECONDS)
    url = os.environ.get("SIDAN_BENCH_DATABASE_URL")
    if "postgresql" not in words:
        measure(seconds, None)
    if url and "sqlite" not in words:
        measure(seconds, url)


if __name__ == "__main__":
    main()
