"""The figures as programs read them: the numbers of the pages, and the addresses of their rows."""

import pytest

from tests.reports.test_figures import FIGURES, MONTH, lived, november, orders

__all__ = ["lived", "november", "orders"]

ADDRESS = "/api/v1/figures/"


@pytest.mark.usefixtures("orders")
def test_a_program_reads_what_the_page_says(as_secretary):
    answer = as_secretary.get(f"{ADDRESS}?{MONTH}").json
    assert (answer["from"], answer["to"], answer["count"]) == ("2026-11-01", "2026-11-30", len(FIGURES))
    found = {one["code"]: one for one in answer["result"]}
    solved = found["solved"]
    assert (solved["list"], solved["name"], solved["rate"]) == ("needs", "解决率", pytest.approx(2 / 3))
    assert [solved[name]["count"] for name in ("part", "whole")] == [2, 3]
    assert solved["part"]["rows"].startswith("/needs/list/?quick=met")
    assert (found["person_times"]["total"], found["person_times"]["unit"]) == (1_042, "人次")
    assert found["response_time"]["median_minutes"] == 120
    assert found["people"]["as_of_today"] is True
    assert all(one["formula"] for one in found.values())


@pytest.mark.usefixtures("november")
def test_one_figure_comes_with_its_parts(as_secretary):
    (solved,) = as_secretary.get(f"{ADDRESS}?{MONTH}&code=solved").json["result"]
    assert [part["by"] for part in solved["by"]] == ["place", "category", "in_charge"]
    (places, _categories, people) = (part["groups"] for part in solved["by"])
    assert {one["name"]: one["rate"] for one in places} == {"第一网格": 1.0, "第二网格": 1.0, "未填": 0.0}
    assert {one["name"]: one["rate"] for one in people}["李国强"] == 0.5


@pytest.mark.usefixtures("orders")
def test_the_supervisor_reads_totals_and_no_address_of_rows(as_supervisor, as_neighbour):
    figures = as_supervisor.get(f"{ADDRESS}?{MONTH}").json["result"]
    assert {one["code"]: one["rate"] for one in figures}["solved"] == 0.75
    assert {one["part"]["rows"] for one in figures if one["list"] == "needs"} == {None}
    (theirs,) = as_neighbour.get(f"{ADDRESS}?{MONTH}&code=solved").json["result"]
    assert theirs["whole"]["count"] == 1


def test_what_is_not_understood_is_said(as_secretary, as_admin, nobody):
    assert as_secretary.get(f"{ADDRESS}?code=happiness").status_code == 404
    for asked in ("from=x", "to=9999-01-01", "place=abc", "from=2026-11-30&to=2026-11-01"):
        answer = as_secretary.get(f"{ADDRESS}?{asked}")
        assert (answer.status_code, list(answer.json)) == (400, ["message"])
    assert as_admin.get(ADDRESS).status_code == 403
    assert nobody.get(ADDRESS).status_code == 401
