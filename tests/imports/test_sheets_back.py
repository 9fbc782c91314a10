"""What the portal hands out it reads again: its templates filled in, its exports with one cell changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from app.core.sheets import reading
from app.core.sheets.templates import names_of
from app.extensions import db
from app.imports import registry
from app.needs.models import Need
from app.organizations.models import Team
from tests.core.sheets.paper import xlsx


def rows_of(answer: Any) -> list[list[Any]]:
    """Return the cells of a workbook that was handed out."""
    assert answer.status_code == 200
    return reading.read(answer.data).sheets[0].rows


def handed_back(rows: list[list[Any]], name: str) -> bytes:
    """Return a workbook with these cells."""
    return xlsx(
        {name: [[f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, date) else cell for cell in row] for row in rows]}
    )


def test_a_cell_changed_in_an_export_changes_that_value_and_nothing_else(
    register, as_secretary, take_in, behind, counts
):
    first, second = register(title="楼下路灯不亮"), register(title="想学书法")
    rows = rows_of(as_secretary.get("/needs/export.xlsx"))
    line = next(row for row in rows if "楼下路灯不亮" in row)
    line[line.index("楼下路灯不亮")] = "楼下两盏路灯不亮"
    with behind():
        before = db.session.get_one(Need, second).version
    number = take_in(handed_back(rows, "群众需求清单"))
    assert counts(number)["accepted"] == 1
    assert counts(number)["duplicates"] == 1
    with behind():
        assert db.session.get_one(Need, first).title == "楼下两盏路灯不亮"
        assert db.session.get_one(Need, first).version == 2
        assert db.session.get_one(Need, second).version == before
    assert as_secretary.post(f"/imports/{number}/undo").status_code == 302
    with behind():
        assert db.session.get_one(Need, first).title == "楼下路灯不亮"


@pytest.mark.parametrize("columns", ["title", "title,urgency", "state,title,code,place"])
def test_a_short_list_read_again_changes_the_cell_that_was_changed_and_nothing_else(
    register, as_secretary, take_in, behind, counts, columns: str
):
    first = register(title="楼下路灯不亮", text="三栋", reporter_name="李梅", reporter_phone="13800000001")
    second = register(title="想学书法", text="周末")
    with behind():
        before = everything(first) | {"title": "楼下两盏路灯不亮"}
        other = everything(second)
    rows = rows_of(as_secretary.get(f"/needs/export.xlsx?columns={columns}"))
    line = next(row for row in rows if "楼下路灯不亮" in row)
    line[line.index("楼下路灯不亮")] = "楼下两盏路灯不亮"
    number = take_in(handed_back(rows, "群众需求清单"), "needs")
    assert (counts(number)["accepted"], counts(number)["duplicates"]) == (1, 1)
    with behind():
        assert everything(first) == before
        assert everything(second) == other


def everything(pk: int) -> dict[str, Any]:
    """Return what stands in a row, but for when it was last changed and by whom."""
    row = db.session.get_one(Need, pk)
    names = [column.key for column in Need.__mapper__.column_attrs if column.key not in ("changed_at", "changed_by_id")]
    return {name: getattr(row, name) for name in names if name not in ("version", "sought")}


def test_a_row_somebody_changed_since_the_export_is_shown_and_left_alone(register, as_secretary, read, behind):
    pk = register(title="楼下路灯不亮")
    rows = rows_of(as_secretary.get("/needs/export.xlsx"))
    with behind():
        db.session.get_one(Need, pk).title = "路灯坏了"
        db.session.commit()
    told = read(handed_back(rows, "群众需求清单"))
    assert [(one["reason"], one["field"]) for one in told["rejected"]] == [("conflict", "title")]


def test_what_stands_masked_in_an_export_stays_as_it_is(register, as_secretary, read):
    register(title="楼下路灯不亮", reporter_name="李梅", reporter_phone="13800000001")
    told = read(handed_back(rows_of(as_secretary.get("/needs/export.xlsx")), "群众需求清单"))
    assert told["rejected"] == []
    assert told["accepted"] == []
    assert [one["action"] for one in told["duplicates"]] == ["same"]


def test_an_export_of_the_neighbour_changes_nothing_here(register, as_neighbour, read):
    register("neighbour", title="水管漏水", place=None)
    rows = rows_of(as_neighbour.get("/needs/export.xlsx"))
    line = next(row for row in rows if "水管漏水" in row)
    line[line.index("水管漏水")] = "改成别的"
    told = read(handed_back(rows, "群众需求清单"))
    assert told["accepted"] == []
    assert len({one["row"] for one in told["rejected"]}) == 1


def test_each_template_is_understood_by_the_list_it_is_of(app: Flask, as_secretary, read):
    with app.app_context():
        views = {view.list_name: view for view in current_app.extensions["appbuilder"].list_views()}
        headings = {name: names_of(views[name]) for name in registry.listed()}
    for name, wanted in headings.items():
        answer = as_secretary.get(f"/{name}/template.xlsx")
        if answer.status_code == 403:
            continue
        rows = rows_of(answer)
        filled = [*rows[:3], [f"甲{at}" for at, _heading in enumerate(rows[2])]]
        told = read(handed_back(filled, views[name].list_name), listing=name)
        understood: Mapping[str, str] = told["header"][0]["mapping"]
        assert told["header"][0]["list"] == name
        assert told["header"][0]["not_imported"] == {}, (name, told["header"][0]["not_imported"])
        assert len(understood) == len(wanted) + len(views[name].template_more), name


def test_teams_are_taken_in_by_their_template(as_secretary, take_in, behind):
    rows = rows_of(as_secretary.get("/teams/template.xlsx"))
    heads = [str(cell).rstrip("*") for cell in rows[2]]
    line = {"名称": "邻里互助队", "种类": "微团队"}
    filled = [rows[0], rows[1], rows[2], [line.get(head) for head in heads]]
    number = take_in(handed_back(filled, "队伍"), "teams")
    with behind():
        team = db.session.scalars(select(Team).where(Team.name == "邻里互助队")).one()
        assert team.archived_at is None
    as_secretary.post(f"/imports/{number}/undo")
    with behind():
        assert db.session.scalars(select(Team).where(Team.name == "邻里互助队")).one().archived_at is not None


@pytest.mark.parametrize("name", ["units", "needs"])
def test_each_list_leads_to_where_its_ledgers_are_sent(as_secretary, name: str):
    assert f"/{name}/import" in as_secretary.page(f"/{name}/list/")
    assert as_secretary.get(f"/{name}/import").location == f"/imports/?list={name}"
    assert "收表" in as_secretary.page(f"/imports/?list={name}")
