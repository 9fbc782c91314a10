"""Ledgers in the shapes communities really send them give exactly what is expected of them, by command, page and REST.

The shapes stand beside the project in `shared/samples`; where they do not, the ledgers below stand in for them.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import tokens
from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from app.roles import Role
from tests.cast.people import SINCE
from tests.core.sheets.paper import xlsx
from tests.imports.conftest import NEEDS, sent

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "workbooks"
WITHOUT_LIST = {"volunteer_hours", "wish"}
"""Kinds whose packages do not exist yet."""
OWN = {
    "kind": "need",
    "file": "own.xlsx",
    "context": {"community": "清河社区", "grids": ["第一网格", "第二网格"], "reference_date": "2026-11-20"},
    "accepted": [
        {
            "sheet": "群众需求清单",
            "row": 3,
            "values": {"code": "XQ1", "person": "李梅", "grid": "第一网格", "date": "2026-03-08", "status": "已落实"},
        }
    ],
    "rejected": [{"sheet": "群众需求清单", "row": 4, "reason": "grid_unknown", "field": "grid"}],
    "duplicates": [{"sheet": "群众需求清单", "row": 5}],
    "header": [],
    "ignored": [],
}
OWN_ROWS = [
    ["XQ1", "李 梅", "138 0000 0001", "1网格", "楼道灯不亮", "公共设施", "2026年3月8号", "已落实"],
    ["XQ2", "王强", "", "第九网格", "想学书法", "文化娱乐", "20260309", "办理中"],
    ["XQ1", "李梅", "", "第一网格", "楼道灯不亮", "公共设施", "2026-03-08", "已落实"],
]


def samples() -> list[tuple[str, dict[str, Any], bytes]]:
    """Return name, expected results and content of each sample whose list exists."""
    own = xlsx({"群众需求清单": [["清河社区群众需求清单"], NEEDS, *OWN_ROWS]})
    found = [("own", OWN, own)]
    for path in sorted(SAMPLES.glob("*.expected.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        if expected["kind"] not in WITHOUT_LIST:
            found.append((path.name, expected, (SAMPLES / expected["file"]).read_bytes()))
    return found


def differing(report: dict[str, Any], expected: dict[str, Any]) -> list[Any]:
    """Return what a report does not say as it should."""
    said = {(one["sheet"], one["row"]): one["values"] for one in report["accepted"]}
    wrong: list[Any] = [report["file_error"]] if report["file_error"] else []
    for one in expected["accepted"]:
        values = said.pop((one["sheet"], one["row"]), {})
        wrong += [(one["row"], key, values.get(key)) for key, want in one["values"].items() if values.get(key) != want]
    wrong += list(said)
    rejected = {(one["sheet"], one["row"], one["reason"], one["field"]) for one in report["rejected"]}
    wrong += list(rejected ^ {(one["sheet"], one["row"], one["reason"], one["field"]) for one in expected["rejected"]})
    heads = [(one["sheet"], one["rows"], one["mapping"]) for one in report["header"]]
    wrong += [one for one in expected["header"] if (one["sheet"], one["rows"], one["mapping"]) not in heads]
    skipped = {(one["sheet"], one["row"]) for one in report["ignored"] if "row" in one}
    wrong += list(skipped ^ {(one["sheet"], one["row"]) for one in expected["ignored"]})
    twice = {(one["sheet"], one["row"]) for one in report["duplicates"]}
    return wrong + list(twice ^ {(one["sheet"], one["row"]) for one in expected["duplicates"]})


class Doors:
    """The three ways to send a ledger into the community of a sample, all by its secretary or its command."""

    def __init__(self, app: Flask, code: str, file: Path, expected: dict[str, Any], as_person: Any) -> None:
        self.app, self.code, self.file, self.expected = app, code, file, expected
        with app.app_context(), acting(system("tests")), database.transaction():
            own = db.session.scalars(select(Community).filter_by(code=code)).one()
            secretary = db.session.scalars(select(Account).filter_by(login="secretary")).one()
            grant = Grant(account=secretary, role=GrantRole(Role.SECRETARY.value), community=own, starts_on=SINCE)
            db.session.add(grant)
            db.session.flush()
            self.pk, self.header = own.id, {"Authorization": f"Bearer {tokens.make(grant, 'tests', 9)[1]}"}
        self.browser = as_person("secretary")

    def command(self, *more: str) -> dict[str, Any]:
        """Send it by command."""
        words = ["sheets", "import", self.expected["kind"], str(self.file), "--community", self.code, "--json", *more]
        ended = self.app.test_cli_runner().invoke(args=words)
        assert ended.exit_code == (3 if self.expected["rejected"] else 0), ended.output[-2000:]
        report: dict[str, Any] = json.loads(ended.output)
        return report

    def program(self) -> dict[str, Any]:
        """Send it as a program that only asks."""
        form = {"community": self.code, "list": self.expected["kind"], "dry_run": "true"} | self._sent()
        answer = self.app.test_client().post("/api/v1/imports/", data=form, headers=self.header)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
        report: dict[str, Any] = answer.json
        return report

    def page(self) -> int:
        """Send it by the page, and return the number of the batch."""
        form = {"community": str(self.pk), "list": self.expected["kind"]} | self._sent()
        answer = self.browser.post("/imports/", form, content_type="multipart/form-data")
        assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
        return int(answer.location.rsplit("/", 1)[1])

    def press(self, number: int, button: str) -> None:
        """Press a button of the page of a batch."""
        answer = self.browser.post(f"/imports/{number}/{button}")
        assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]

    def report(self, number: int) -> dict[str, Any]:
        """Return the report of a batch as programs get it."""
        found: dict[str, Any] = self.app.test_client().get(f"/api/v1/imports/{number}", headers=self.header).json
        return found

    def _sent(self) -> dict[str, Any]:
        return sent(self.file.read_bytes(), self.file.name)


@pytest.fixture
def doors(app: Flask, tmp_path: Path, as_person: Any) -> Any:
    """Make the community of a sample by command, and return the ways into it."""

    def make(expected: dict[str, Any], content: bytes) -> Doors:
        context, file = tmp_path / "context.json", tmp_path / expected["file"]
        context.write_text(json.dumps({"context": expected["context"]}, ensure_ascii=False), encoding="utf-8")
        file.write_bytes(content)
        ended = app.test_cli_runner().invoke(args=["community", "init", "--context", str(context), "--json"])
        return Doors(app, json.loads(ended.output)["code"], file, expected, as_person)

    return make


@pytest.mark.parametrize(
    ("name", "expected", "content"), samples(), ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_sample_gives_what_is_expected_by_every_door_and_the_second_time_nothing(
    doors, name: str, expected: dict[str, Any], content: bytes
):
    ways = doors(expected, content)
    said = ways.program()
    assert differing(said, expected) == []
    assert ways.command("--dry-run") == said

    number = ways.page()
    waiting = ways.report(number)
    assert {key: waiting[key] for key in said} == said
    shown = ways.browser.page(f"/imports/{number}")
    assert f"可收入 {len(expected['accepted'])} 行" in shown
    ways.press(number, "apply")
    assert differing(ways.report(number), expected) == []

    again = ways.program()
    assert again["accepted"] == []
    assert again["counts"]["duplicates"] == len(expected["accepted"]) + len(expected["duplicates"])

    ways.press(number, "undo")
    assert differing(ways.command(), expected) == []
    assert ways.command("--dry-run")["accepted"] == []
