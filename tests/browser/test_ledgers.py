"""A ledger on its way in, clicked through by the secretary: read, corrected, taken in, taken back, once more."""

from pathlib import Path
from typing import Any

import pytest

from app.core.sheets import reading
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.browser.test_looks import faults
from tests.core.sheets.paper import xlsx
from tests.imports.conftest import NEEDS

pytestmark = pytest.mark.browser

GOOD = ["XQ2026001", "李梅", "13800000001", "1网格", "楼道照明不亮", "公共设施", "2026年2月18日", "已落实"]
WRONG = ["XQ2026002", "王强", "13800000002", "2网格", "想参加书画班", "文化娱乐", "2026年2月30日", "办理中"]
RESOURCES = ["单位名称", "资源名称", "资源类别", "可提供服务内容", "联系人", "联系电话"]
CORRECTED = "2026-02-28"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two of the four lists in one workbook, one need of which has a day that does not exist."""
    rows = {
        "资源共享清单": [
            ["武江北社区资源共享清单"],
            RESOURCES,
            ["清河小学", "操场", "阵地", "操场服务居民", "孔军", 18800006219],
        ],
        "群众需求清单": [["武江北社区群众需求清单"], NEEDS, GOOD, WRONG],
    }
    path = tmp_path / "四张清单.xlsx"
    path.write_bytes(xlsx(rows))
    return path


def send(somebody: Visitor, path: Path, history: bool = False) -> None:
    """Send a ledger and let it be read."""
    assert somebody.open("/imports/") == 200
    somebody.page.set_input_files("input[type=file]", path)
    if history:
        somebody.page.check("input[name=history]")
    somebody.follow("main form .btn-primary")


def press(somebody: Visitor, words: str) -> None:
    """Press a button of the page."""
    somebody.follow(somebody.page.get_by_role("button", name=words).first)


def corrected(path: Path, folder: Path) -> Path:
    """Return the workbook that came back, with the wrong day corrected as a person would in Excel."""
    (sheet,) = reading.read(path.read_bytes()).sheets
    rows: list[list[Any]] = [[CORRECTED if cell == WRONG[6] else cell for cell in row] for row in sheet.rows]
    found = folder / "改好.xlsx"
    found.write_bytes(xlsx({sheet.name: rows}))
    return found


def test_the_secretary_takes_a_workbook_in_and_back_and_in_again(visitor, workbook: Path, tmp_path: Path):
    secretary: Visitor = visitor(DESK).sign_in("secretary")
    send(secretary, workbook)
    assert "可收入 2 行" in secretary.text()
    assert "这不是有效日期" in secretary.text()
    secretary.picture("ledger-read")
    assert faults(secretary) == []
    with secretary.page.expect_download() as fetched:
        secretary.page.get_by_role("link", name="下载退回行").click()
    returned = tmp_path / "退回.xlsx"
    fetched.value.save_as(returned)
    press(secretary, "收入 2 行")
    assert "已收入 2 行" in secretary.text()
    first = secretary.page.url

    send(secretary, corrected(returned, tmp_path))
    assert "可收入 1 行，已有 0 行，退回 0 行" in secretary.text()
    press(secretary, "收入 1 行")
    secretary.open("/needs/list/")
    assert "楼道照明不亮" in secretary.text()
    assert "想参加书画班" in secretary.text()

    secretary.page.goto(first)
    assert not secretary.page.locator("main >> text=/^撤回$/").is_visible()
    secretary.page.click("summary >> text=整批撤回")
    press(secretary, "撤回")
    assert "已撤回" in secretary.text()
    secretary.open("/needs/list/")
    assert "楼道照明不亮" not in secretary.text()

    send(secretary, workbook, history=True)
    press(secretary, "收入 2 行")
    secretary.open("/needs/list/")
    assert "已落地" in secretary.text()
    with secretary.page.expect_download() as exported:
        secretary.page.evaluate("location.href = '/needs/export.xlsx'")
    kept = tmp_path / "导出.xlsx"
    exported.value.save_as(kept)
    cells = [cell for row in reading.read(kept.read_bytes()).sheets[0].rows for cell in row]
    assert "楼道照明不亮" in cells
    assert "13800000001" not in cells


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_pages_of_ledgers_fit_every_screen(visitor, workbook: Path, size: tuple[int, int]):
    worker: Visitor = visitor(size).sign_in("worker")
    worker.open("/imports/")
    worker.picture("ledgers-empty")
    assert faults(worker) == []
    send(worker, workbook)
    worker.picture("ledger-waiting")
    assert faults(worker) == []
    worker.page.click("details.card > summary")
    # What the bar at the top covers has no size.
    worker.page.evaluate("scrollTo(0, 0)")
    worker.picture("ledger-understood")
    assert faults(worker) == []
