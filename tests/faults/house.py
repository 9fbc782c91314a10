"""A portal that really runs, and people who work at it over the network until something breaks."""

import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import func, select

from app.core import verifying
from app.core.actor import acting, system
from app.core.history import Entry
from app.core.timeline import Step
from app.extensions import db
from app.needs.models import Need
from tests.cast.people import PASSWORD
from tests.conftest import TOKEN
from tests.program import Start, started
from tests.stage import Stage

WRITERS: Final = ("secretary", "worker", "coordinator", "liaison", "partner", "volunteer", "neighbour", "secretary")
"""Eight who register needs anywhere in their community."""
NOBODY_THERE: Final = 0
"""Stands for a status where the portal did not answer at all."""
PATIENCE: Final = 30


class Caller:
    """One browser over the network."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""

    def sign_in(self, login: str) -> "Caller":
        """Sign in like a person, and keep cookies and token."""
        self.token = self._token("/login/")
        status, _page = self.call("POST", "/login/", {"username": login, "password": PASSWORD})
        assert status == 302, f"{login} cannot sign in: {status}"
        self.token = self._token("/roles/")
        return self

    def _token(self, address: str) -> str:
        found = TOKEN.search(self.call("GET", address)[1])
        assert found, f"no token at {address}"
        return found[1]

    def call(self, method: str, address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request; return status and page, or NOBODY_THERE where no answer came."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        carried = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": carried, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            body = urlencode({"csrf_token": self.token, **form}) if form is not None else None
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            return NOBODY_THERE, ""
        finally:
            connection.close()

    def register(self, title: str) -> int:
        """Register a need, and return the status."""
        return self.call("POST", "/needs/add", {"title": title})[0]

    def twin(self) -> "Caller":
        """Return another window of the same browser."""
        other = Caller(self.port)
        other.cookies, other.token = dict(self.cookies), self.token
        return other


class House:
    """An instance with the cast in it; it can be opened, broken, and looked into."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.stage = Stage(folder, url)
        self.stage.waits = True

    @contextmanager
    def open(self, **environ: str) -> Iterator[Start]:
        """Start the portal in a process of its own."""
        url = str(self.stage.app.config["SQLALCHEMY_DATABASE_URI"])
        with started(self.folder, SIDAN_DATABASE_URL=url, **environ) as start:
            yield start

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Look into the database."""
        with self.stage.app.app_context(), acting(system("tests")):
            yield
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()

    def titles(self) -> Counter[str]:
        """Return the title of every need, and how often it stands there."""
        with self.inside():
            return Counter(db.session.scalars(select(Need.title)))

    def complaints(self) -> list[str]:
        """Return everything that is not whole: the file, the chains, rows without their step or entry."""
        found = self._file()
        with self.inside():
            found += [str(one.finding) for one in verifying.verify(db.session.connection()) if one.finding]
            rows = db.session.scalar(select(func.count()).select_from(Need))
            steps = db.session.scalar(select(func.count()).select_from(Step).where(Step.list == "needs"))
            made = select(func.count()).select_from(Entry).where(Entry.list == "needs", Entry.act == "create")
            told = db.session.scalar(made)
        return found + ([] if rows == steps == told else [f"{rows} rows, {steps} steps, {told} entries"])

    def _file(self) -> list[str]:
        path = self.folder / "sidan.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(path)) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return [] if said == ["ok"] else said

    def close(self) -> None:
        """Let go of the database."""
        self.stage.database.close()


def nth(values: Any, share: float) -> float:
    """Return the value below which this share of the values lies, in milliseconds."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000)


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Note how long the block took."""
    began = time.monotonic()
    yield
    into.append(time.monotonic() - began)


def is_chinese(page: str) -> bool:
    """Tell whether a page says something in Chinese, and nothing of what went wrong inside."""
    inside = re.search(r"Traceback|sqlite|psycopg|SELECT|INSERT|Error", page)
    return bool(re.search("[\u4e00-\u9fff]{6}", page)) and inside is None
