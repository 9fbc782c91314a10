"""With every row behind it, the demo tells the figures of account 003, counted by the portal itself."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from app import demo
from app.core import clock
from tests.demo.test_demo import counts

SCENARIO: Final = Path(__file__).parents[3] / "shared" / "samples" / "scenarios" / "003_wujiangbei.yaml"
TOLD: Final = {
    "residents": 7815,
    "units": 6,
    "estates": 5,
    "hospitals": 2,
    "cadres": 7,
    "grid_staff": 2,
    "resources": 19,
    "needy_total": 65,
    "needy_1": 3,
    "needy_2": 11,
    "needy_3": 8,
    "needy_4": 34,
    "needy_5": 9,
    "projects_regular": 25,
    "projects_special": 8,
    "fulfilled": 30,
    "micro_teams": 10,
}
"""What the account says, by the key of the scenario; households, sessions, wishes and mass events have no lists yet."""
OURS: Final = {
    "residents": "people",
    "units": "units_here",
    "estates": "compounds",
    "hospitals": "hospitals",
    "cadres": "post_committee_cadre",
    "grid_staff": "post_grid_worker",
    "resources": "resources",
    "needy_total": "vulnerable_cases",
    "projects_regular": "regular_projects",
    "projects_special": "featured_projects",
    "fulfilled": "fulfilled",
}
GROUPS: Final = {"needy_1": "特困", "needy_2": "独居", "needy_3": "困境儿童", "needy_4": "重点", "needy_5": "特殊"}


@pytest.fixture
def complete(empty) -> None:
    """The demo with every row."""
    demo.load(empty, complete=True)


def said() -> dict[str, int]:
    """Return what the account says: as the scenario has it where it is there, else as written here."""
    if not SCENARIO.exists():
        return TOLD
    figures = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))["figures"]
    return {figure["key"]: figure["value"] for figure in figures if figure["key"] in TOLD}


@pytest.mark.usefixtures("complete")
def test_each_figure_of_the_account_is_the_portals_own(as_secretary, empty):
    first = clock.today() - timedelta(days=90)
    asked = f"/api/v1/figures/?from={first}&to={clock.today()}"
    found = {one["code"]: count(one) for one in as_secretary.get(asked).json["result"]}
    told = {key: found[code] for key, code in OURS.items()}
    told |= groups(as_secretary, f"{asked}&code=vulnerable_cases")
    told["micro_teams"] = parts(as_secretary, f"{asked}&code=teams", "kind")["微团队"]
    assert told == said()
    assert told["needy_total"] == sum(told[key] for key in GROUPS)
    before = counts()
    demo.load(empty, complete=True)
    assert counts() == before


def count(figure: dict[str, Any]) -> int:
    """Return the number of a figure: how many rows, or persons."""
    return int(figure["total"] if figure.get("total") is not None else figure["part"]["count"])


def parts(person: Any, address: str, by: str) -> dict[str, int]:
    """Return a figure by the groups of one part."""
    (figure,) = person.get(address).json["result"]
    (groups,) = [one["groups"] for one in figure["by"] if one["by"] == by]
    return {one["name"]: count(one) for one in groups}


def groups(person: Any, address: str) -> dict[str, int]:
    """Return the cases of the five groups of the account, by the key of the scenario."""
    found = parts(person, address, "category")
    return {key: next(n for name, n in found.items() if word in name) for key, word in GROUPS.items()}
