"""A file of chosen columns: these, in this order, with what is masked masked; and it is read again like any other."""

import csv
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.actor import acting, system
from app.core.history import Entry
from app.core.sheets import reading
from app.core.sheets.keys import KEY_HEADING
from app.core.sheets.writing import HEADING_ROW
from app.extensions import db
from app.needs.choices import Urgency

UNKNOWN = "这个清单导出的文件里没有“{}”这一栏。"


def lines_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"), newline="")))


def rows_of(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200
    return reading.read(answer.data).sheets[0].rows


@pytest.mark.parametrize("base", ["/needs", "/api/v1/needs"])
def test_a_short_list_has_the_columns_it_is_asked_for_in_this_order_and_its_key(register, as_secretary, base: str):
    register(title="路灯不亮", urgency=Urgency.URGENT)
    head, line = lines_of(as_secretary.get(f"{base}/export.csv?columns=urgency,title,state"))
    assert head == ["紧急程度", "需求", "状态", KEY_HEADING]
    assert line[:2] == ["紧急", "路灯不亮"]
    rows = rows_of(as_secretary.get(f"{base}/export.xlsx?columns=urgency,title,state"))
    assert rows[HEADING_ROW - 1] == head
    assert rows[HEADING_ROW] == line


def test_the_rows_are_those_of_the_filter_in_its_order_though_it_is_no_column_of_the_file(register, as_secretary):
    for title, urgency in (("甲", Urgency.URGENT), ("乙", Urgency.NORMAL), ("丙", Urgency.URGENT)):
        register(title=title, urgency=urgency)
    address = "/needs/export.csv?columns=title&urgency=urgent&order=-received_at"
    assert [line[0] for line in lines_of(as_secretary.get(address))[1:]] == ["丙", "甲"]


def test_a_column_that_is_named_twice_stands_there_once(register, as_secretary):
    register(title="路灯不亮")
    head, _line = lines_of(as_secretary.get("/needs/export.csv?columns=title, code&columns=title"))
    assert head == ["需求", "编号", KEY_HEADING]


def test_nothing_named_is_everything(register, as_secretary):
    register()
    assert lines_of(as_secretary.get("/needs/export.csv?columns=")) == lines_of(as_secretary.get("/needs/export.csv"))


def test_what_is_masked_stands_masked_in_a_short_list_too(register, as_secretary):
    register(title="路灯不亮", reporter_name="欧阳小明", reporter_phone="13977660001")
    line = lines_of(as_secretary.get("/needs/export.csv?columns=reporter_phone,reporter_name"))[1]
    assert line[:2] == ["139****0001", "欧**明"]


@pytest.mark.parametrize("name", ["nothing", "community", "archive_reason", "reporter_phone_index", "id", "", "x" * 60])
def test_no_other_column_is_handed_out_whatever_it_is(register, as_secretary, name: str):
    register()
    for address in ("/needs/export.xlsx", "/needs/export.csv", "/api/v1/needs/export.xlsx", "/api/v1/needs/export.csv"):
        answer = as_secretary.get(f"{address}?columns=title,{name}")
        assert answer.status_code == 400, address
        assert UNKNOWN.format(name[:40]) in answer.get_data(as_text=True)


def test_a_page_of_the_list_knows_no_columns(as_secretary):
    assert as_secretary.get("/needs/list/?columns=title").status_code == 400
    assert as_secretary.get("/api/v1/needs/?columns=title").status_code == 400


def test_it_is_written_down_which_columns_left(app: Flask, register, as_secretary):
    register()
    as_secretary.get("/needs/export.csv?state=submitted&columns=title,code")
    with app.app_context(), acting(system("tests")):
        entry = db.session.scalars(select(Entry).where(Entry.act == "exported")).one()
        assert entry.told()["filter"][1] == "state=submitted&columns=title%2Ccode"


def test_the_list_offers_the_columns_it_shows(register, as_secretary):
    register(title="路灯不亮")
    page = as_secretary.page("/needs/list/?urgency=normal")
    at = page.index("只导出列表上的栏目")
    address = page[:at].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert address.startswith("/needs/export.xlsx?urgency=normal&columns=code,title,")
    heads = rows_of(as_secretary.get(address))[HEADING_ROW - 1]
    assert heads[:2] == ["编号", "需求"]
    assert len(heads) < 12


def test_programs_are_told_that_columns_may_be_chosen(as_secretary):
    told = as_secretary.get("/api/v1/_openapi").json["paths"]
    (door,) = (doors["get"] for path, doors in told.items() if path.endswith("/needs/export.csv"))
    assert "columns" in {one["name"] for one in door["parameters"]}
