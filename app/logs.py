"""The log: one JSON line per event, one file per Shanghai day, without personal data or secrets.

A line says what happened, to which id, by whom. Names are never logged; what looks like a phone, an identity number
or a token is masked wherever it turns up.
"""

import json
import logging
import re
import secrets
import time
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, has_app_context, has_request_context, request

from app.core import actor

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
# The Cybersecurity Law, article 21, asks for six months at least.
KEPT_DAYS: Final = 365
LEAST_KEPT_DAYS: Final = 184
QUIET_PATHS: Final = ("/health", "/assets/")

MASKS: Final = (
    (re.compile(r"(?<!\d)(\d{3})\d{8,13}(\d{3}[\dXx])(?!\d)"), r"\1***********\2"),
    (re.compile(r"(?<!\d)(1\d{2})[ -]?\d{4}[ -]?(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"/(setup|q)/[^/\s\"'?]+"), r"/\1/***"),
    (re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"), "***"),
    (re.compile(r"(Bearer\s+)\S+", re.IGNORECASE), r"\1***"),
    (re.compile(r"(\w*(?:password|token|secret|_key)\w*[\"']?\s*[=:]\s*)[^\s,;&]+", re.IGNORECASE), r"\1***"),
)

SECRET_PATH: Final = re.compile(r"^(/+(?:setup|q)/).+", re.DOTALL)
"""Of these paths nothing that follows is told: however a code is written, in parts or with a break, it is one."""

log = logging.getLogger("sidan.request")


def masked(text: str) -> str:
    """Return the text with phones, identity numbers, tokens and passwords made unreadable."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


class JsonLine(logging.Formatter):
    """One event as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        } | circumstances()
        if record.exc_info and record.exc_info[1]:
            line["exceptions"] = list(told(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def circumstances() -> dict[str, Any]:
    """Who acts, in which request. A person is named by id, and a path stands without its query."""
    acting = actor.current()
    found: dict[str, Any] = {}
    if acting:
        found["actor"] = f"user:{acting.user_id}" if acting.user_id else masked(acting.label)
    if has_request_context():
        found |= {
            "request": request_id(),
            "method": request.method,
            "path": masked(SECRET_PATH.sub(r"\1***", request.path)),
        }
    return found


def request_id() -> str:
    """The id of this request in the log; error pages show it, so that an operator finds the lines."""
    if not has_app_context():
        return ""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def told(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """An exception and what led to it, the cause last: type, first line of its text, frames without values.

    Only the first line, because a database driver quotes the row's values in the following ones.
    """
    while error:
        lines = str(error).splitlines()
        yield {
            "type": f"{type(error).__module__}.{type(error).__qualname__}",
            "text": masked(lines[0]) if lines else "",
            "frames": frames(error.__traceback__),
        }
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def frames(tb: TracebackType | None) -> list[str]:
    """Where it happened, outermost first."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(tb)]


class DailyFile(logging.FileHandler):
    """Writes to `sidan-DATE.log`.

    Dated names instead of renaming: a command and the server may write at midnight side by side, on Windows too.
    """

    def __init__(self, folder: Path, kept_days: int = KEPT_DAYS) -> None:
        self.folder = folder
        self.kept_days = max(kept_days, LEAST_KEPT_DAYS)
        self.day = self._day(time.time())
        super().__init__(self._path(), encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            day = self._day(record.created)
            if day > self.day:
                self._turn(day)
            super().emit(record)
        except OSError:
            # A full disk must not stop those who only read.
            self.handleError(record)

    def _turn(self, day: str) -> None:
        """Begin the file of a new day and remove those that have been kept long enough."""
        self.day = day
        if self.stream:
            self.stream.close()
            # logging opens the stream again at the next record when it is None.
            self.stream = None
        self.baseFilename = str(self._path().absolute())
        self.prune()

    def prune(self) -> None:
        """Remove the files older than the days to keep."""
        oldest = datetime.fromisoformat(self.day) - timedelta(days=self.kept_days)
        for path in self.folder.glob("sidan-????-??-??.log"):
            if path.stem.removeprefix("sidan-") < oldest.date().isoformat():
                path.unlink(missing_ok=True)

    def _path(self) -> Path:
        return self.folder / f"sidan-{self.day}.log"

    @staticmethod
    def _day(moment: float) -> str:
        return datetime.fromtimestamp(moment, SHANGHAI).date().isoformat()


def start(app: Flask) -> None:
    """Log everything of this process into the instance, at the level of SIDAN_LOG_LEVEL and above."""
    folder = Path(app.config["INSTANCE"]) / "logs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = DailyFile(folder)
    handler.setFormatter(JsonLine())
    handler.prune()
    _replace_handler(handler)
    logging.getLogger().setLevel(app.config["LOG_LEVEL"])
    # Below warnings SQLAlchemy writes rows, and rows are personal data.
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    app.jinja_env.globals["request_id"] = request_id
    app.before_request(_begin)
    app.after_request(_end)


def _replace_handler(handler: DailyFile) -> None:
    """One process logs to one instance: the last that was started."""
    root = logging.getLogger()
    for earlier in [kept for kept in root.handlers if isinstance(kept, DailyFile)]:
        root.removeHandler(earlier)
        earlier.close()
    root.addHandler(handler)


def _begin() -> None:
    g.request_began = time.monotonic()


def _end(response: Response) -> Response:
    if not request.path.startswith(QUIET_PATHS):
        took = (time.monotonic() - g.get("request_began", time.monotonic())) * 1000
        log.info("%s in %d ms", response.status_code, took)
    return response
