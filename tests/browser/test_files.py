"""Files of lists through a real server: the menu of the list, what is downloaded, and a raw export with two people."""

from pathlib import Path
from typing import Any

import pytest

from app.core.sheets import reading
from app.core.sheets.writing import HEADING_ROW
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults

pytestmark = pytest.mark.browser


def downloaded(visitor: Any, click: str) -> tuple[str, bytes]:
    """Click, and return name and bytes of the file that comes."""
    with visitor.page.expect_download() as coming:
        visitor.page.click(click)
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_secretary_takes_out_what_is_filtered_and_an_empty_template(visitor, register, size):
    for number in range(3):
        register(title=f"路灯{number}不亮", reporter_name="欧阳小明", reporter_phone="13977660001")
    secretary = visitor(size).sign_in("secretary")
    assert secretary.open("/needs/list/?state=submitted&q=路灯1") == 200
    secretary.page.click("details.me summary:has-text('导出')")
    assert faults(secretary) == []
    secretary.picture("files-menu")
    name, data = downloaded(secretary, "text=按当前条件导出 Excel")
    assert name.startswith("群众需求清单_武江北社区_")
    rows = reading.read(data).sheets[0].rows[HEADING_ROW:]
    assert len(rows) == 1
    assert {"路灯1不亮", "欧**明", "139****0001"} <= set(rows[0])
    name, data = downloaded(secretary, "text=下载空白模板")
    assert name == "群众需求清单导入模板.xlsx"
    assert str(reading.read(data).sheets[0].rows[HEADING_ROW][0]).startswith("示例")


def test_a_column_put_away_on_the_page_is_not_in_the_short_file(visitor, register):
    register(title="路灯不亮")
    secretary = visitor(DESK).sign_in("secretary")
    secretary.open("/needs/list/")
    secretary.page.click("details.me summary:has-text('列')")
    secretary.page.click("[data-columns] label:has-text('类别')")
    secretary.page.click("details.me summary:has-text('导出')")
    _name, data = downloaded(secretary, "text=只导出列表上的栏目")
    heads = reading.read(data).sheets[0].rows[HEADING_ROW - 1]
    assert heads[:3] == ["编号", "需求", "位置"]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_raw_export_takes_two_people(visitor, register, size):
    register(reporter_name="欧阳小明", reporter_phone="13977660001")
    worker, secretary = visitor(size).sign_in("worker"), visitor(size).sign_in("secretary")
    worker.open("/needs/list/?state=submitted")
    worker.page.click("details.me summary:has-text('导出')")
    worker.follow("text=申请导出未脱敏数据")
    assert faults(worker) == []
    worker.page.fill("#reason", "街道核对名单")
    worker.picture("files-ask")
    worker.follow("main form .btn-primary")
    secretary.open("/approvals/")
    assert faults(secretary) == []
    secretary.picture("files-approvals")
    secretary.open("/approvals/show/1")
    secretary.picture("files-decide")
    secretary.follow("main button:has-text('批准导出')")
    worker.open("/approvals/show/1")
    assert faults(worker) == []
    worker.picture("files-fetch")
    name, data = downloaded(worker, "main button:has-text('下载文件')")
    assert name.endswith(".xlsx")
    assert {"欧阳小明", "13977660001"} <= set(reading.read(data).sheets[0].rows[HEADING_ROW])
