"""How often the database is asked while a ledger is taken in: as often for thousands of rows as for a few."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from app.communities.models import Community, Place, PlaceKind
from app.core.database import transaction
from app.extensions import db
from app.imports import long, service, storing, taking
from app.imports.service import Asked
from app.needs.models import Need
from app.organizations.models import Organization
from app.people.models import Person
from tests.core.sheets.paper import xlsx
from tests.whole.counting import counting

FEW, MANY = 5, 45
assert MANY < storing.ROWS
"""More would stand by in several pieces, each written by itself."""


def called(at: int) -> str:
    """Return a name of one person."""
    return f"张{chr(0x4E00 + at)}华"


def number_of(at: int) -> str:
    """Return the number of an identity card, with its check digit (GB 11643-1999)."""
    digits = f"3205011958{at % 12 + 1:02}{at % 27 + 1:02}{at:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(one) * weight for one, weight in zip(digits, weights, strict=True)) % 11]


HEADS: dict[str, tuple[str, list[str], Callable[[int], list[Any]]]] = {
    "volunteers": (
        "志愿者花名册",
        ["姓名", "身份证号", "联系电话", "特长"],
        lambda at: [called(at), number_of(at), f"1520000{at:04}", "书法"],
    ),
    "people": (
        "居民信息",
        ["姓名", "身份证号", "联系电话", "所属网格"],
        lambda at: [called(at), number_of(at), f"1520000{at:04}", f"{at + 1}号岗亭"],
    ),
    "members": (
        "双报到党员名册",
        ["姓名", "工作单位", "联系电话", "报到时间"],
        lambda at: [called(at), f"市{at}局", f"1370000{at:04}", "2026-03-08"],
    ),
    "units": (
        "共建单位名册",
        ["单位名称", "联系人", "联系电话", "所属网格"],
        lambda at: [f"市{at}局", called(at), f"1360000{at:04}", f"{at + 1}号岗亭"],
    ),
    "resources": (
        "资源共享清单",
        ["资源名称", "资源类型", "提供单位", "联系电话", "数量"],
        lambda at: [f"会议室{at}", "场地", f"第{at}中学", f"1390000{at:04}", 1],
    ),
    "needs": (
        "群众需求清单",
        ["需求编号", "居民姓名", "需求内容", "所属网格"],
        lambda at: [f"XQ-{at}", called(at), f"第{at}盏灯不亮", f"{at + 1}号岗亭"],
    ),
    "fulfilments": (
        "服务落地清单",
        ["需求编号", "需求内容", "提供单位", "完成时间", "服务人次"],
        lambda at: [f"XQ-{at}", f"第{at}盏灯不亮", f"市{at}局", "2026-03-08", 3],
    ),
}
"""Of each list the title of a ledger, its headings and its rows."""


@pytest.fixture
def asked(app, acting_as, behind) -> Callable[[str, range], tuple[int, int, dict[str, int]]]:
    """Take a ledger in; return how many statements reading and taking in cost, and the counts."""
    with behind(), transaction():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        db.session.add_all(
            Place(community=community, name=f"{at + 1}号岗亭", kind=PlaceKind.GRID) for at in range(3 * MANY)
        )

    def run(listing: str, rows: range) -> tuple[int, int, dict[str, int]]:
        title, headings, line = HEADS[listing]
        data = xlsx({title: [[title], headings, *map(line, rows)]})
        with acting_as("secretary"):
            community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            with counting(app) as reading:
                batch = service.stage(community, data, "台账.xlsx", Asked(listing))
            with counting(app) as writing:
                counts = taking.apply(batch)
            return len(reading), len(writing), dict(counts)

    return run


@pytest.mark.parametrize("listing", HEADS)
def test_many_rows_cost_as_many_statements_as_a_few_new_or_known(asked, listing):
    if listing == "fulfilments":
        asked("needs", range(3 * MANY))
    # The first of all brings what is made only once.
    asked(listing, range(3 * MANY - 1, 3 * MANY))
    few = asked(listing, range(FEW))
    many = asked(listing, range(MANY, 2 * MANY))
    assert (few[2]["accepted"], many[2]["accepted"]) == (FEW, MANY)
    assert (many[0] <= few[0], many[1] <= few[1]) == (True, True)
    known_few, known_many = asked(listing, range(FEW)), asked(listing, range(MANY, 2 * MANY))
    assert (known_few[2]["duplicates"], known_many[2]["duplicates"]) == (FEW, MANY)
    assert (known_many[0] <= known_few[0], known_many[1] <= known_few[1]) == (True, True)


# -- what is brought ------------------------------------------------------------------------------------------------

CHUNK = 10
PEOPLE = [[called(at), "", f"1520000{at:04}", "书法"] for at in range(4 * CHUNK)]
UNITS = [[f"市{at}局", called(at), f"1360000{at:04}"] for at in range(4 * CHUNK)]


@pytest.fixture
def brought() -> Iterator[Callable[[Any], list[int]]]:
    """Note from now on the rows of a model that are brought from the database."""
    heard: list[tuple[Any, Callable[..., None]]] = []

    def run(model: Any) -> list[int]:
        found: list[int] = []

        def note(row: Any, *_more: Any) -> None:
            found.append(row.id)

        event.listen(model, "load", note)
        heard.append((model, note))
        return found

    yield run
    for model, note in heard:
        event.remove(model, "load", note)


@pytest.mark.parametrize(
    ("listing", "model", "lines"), [("volunteers", Person, PEOPLE), ("units", Organization, UNITS)]
)
def test_each_chunk_of_a_long_ledger_brings_only_whom_it_names(
    listing, model, lines, take_in, acting_as, brought, monkeypatch
):
    monkeypatch.setattr(long, "CHUNK", CHUNK)
    title, headings, _line = HEADS[listing]
    data = xlsx({title: [[title], headings[: len(lines[0])], *lines]})
    take_in(data, listing)
    with acting_as("secretary"):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        found = brought(model)
        first, _told = long.survey(community, data, Asked(listing))
        assert [draft.verdict for draft in first] == ["duplicate"] * len(lines)
        assert len(found) <= len(lines)


def test_of_namesakes_nobody_is_brought_for_somebody_new(take_in, read, brought):
    top = [[HEADS["volunteers"][0]], HEADS["volunteers"][1]]
    take_in(xlsx({"志愿者": [*top, *(["张伟", "", f"1520000{at:04}", "书法"] for at in range(CHUNK))]}), "volunteers")
    found = brought(Person)
    report = read(xlsx({"志愿者": [*top, ["张伟", "", "15300001234", "书法"]]}), "volunteers")
    assert (report["counts"]["accepted"], found) == (1, [])


def test_of_needs_of_the_same_words_none_is_brought_for_a_row_that_means_another(take_in, brought):
    same = [[f"XQ-{at}", "", "楼道灯不亮", ""] for at in range(CHUNK)]
    needs = [[HEADS["needs"][0]], HEADS["needs"][1]]
    take_in(xlsx({"需求": [*needs, *same, ["XQ-A", "", "下水道堵了", ""]]}), "needs")
    orders = [[HEADS["fulfilments"][0]], HEADS["fulfilments"][1]]
    rows = [["", "楼道灯不亮", "市一局", "", ""], ["", "下水道堵了", "市二局", "", ""]]
    found = brought(Need)
    take_in(xlsx({"服务落地": [*orders, *rows]}), "fulfilments")
    assert len(found) == 1
