"""Searching the needs: exactly those that hold the words, whoever wrote them by whatever door, and only in sight."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import probing
from app.core.database import transaction
from app.extensions import db
from app.needs.models import Need
from tests.imports.conftest import needs as ledger
from tests.imports.conftest import take_in  # noqa: F401 - a fixture

ROW = re.compile(r'href="/needs/show/(\d+)[?"]')
TEXTS = (
    "楼下路灯不亮，想装太阳能路灯",
    "路口的灯坏了",
    "8栋301漏水，LED灯也坏",
    "门窗被白蚁蛀了",
    "希望开办托管班 2期",
    "满意度100%_达标，O'Brien说的",
)


@pytest.fixture
def search(as_person):
    """Search the list of needs as somebody and return the ids found."""

    def ask(words: str, login: str = "secretary", **more: str) -> list[int]:
        page = as_person(login).get("/needs/list/", query_string={"q": words, "size": "200", **more})
        assert page.status_code == 200, (words, page.status_code)
        return [int(pk) for pk in dict.fromkeys(ROW.findall(page.get_data(as_text=True)))]

    return ask


@pytest.fixture
def several(register):
    """Register some needs, each with its words in the text, and return their ids by those words."""
    return {text: register(title=f"第{number}件", text=text, place=None) for number, text in enumerate(TEXTS)}


@pytest.mark.parametrize("few", [True, False], ids=["few are found", "very many are found"])
def test_the_secretary_finds_exactly_the_needs_that_hold_the_words(several, search, monkeypatch, few):
    if not few:
        monkeypatch.setattr(probing, "MOST", 0)
    for words in (
        "灯",
        "路灯",
        "太阳能",
        "能路灯",
        "太阳能路灯",
        "301",
        "8栋3",
        "led",
        "ED",
        "%_",
        "100%",
        "o'b",
        "白蚁",
        "蚁白",
        "班 2",
    ):
        wanted = [pk for text, pk in several.items() if words.lower() in text.lower()]
        assert search(words) == wanted[::-1], words


def test_whatever_part_is_typed_the_set_is_exact(several, search, need):
    known = {pk: " ".join((need(pk)["title"], text, need(pk)["code"])).lower() for text, pk in several.items()}

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(TEXTS), st.integers(0, 20), st.integers(1, 6))
    def ask(text: str, first: int, length: int) -> None:
        words = text[first : first + length].strip()
        if words:
            assert {*search(words)} == {pk for pk, said in known.items() if words.lower() in said}, words

    ask()


def test_the_newest_stands_first(register, search):
    first, second = register(title="路灯一"), register(title="路灯二")
    assert search("路灯") == [second, first]


def test_a_need_is_found_by_title_text_code_and_place(register, search, need):
    pk = register(title="扶手松了", text="三楼转角", place="武江北路8栋")
    register(title="别的", place="二建宿舍")
    assert [search(words) for words in ("扶手", "转角", "北路8", need(pk)["code"], need(pk)["code"][-3:])] == [[pk]] * 5


def test_what_is_changed_is_found_by_its_new_words_only(register, search, as_secretary):
    pk = register(title="路灯不亮")
    form = as_secretary.page(f"/needs/edit/{pk}")
    version = re.search(r'name="version"[^>]*value="(\d+)"', form)[1]
    typed = {"title": "井盖破了", "kind": "help", "urgency": "normal", "channel": "other", "version": version}
    typed |= {"received_at": re.search(r'name="received_at"[^>]*value="([^"]+)"', form)[1]}
    typed |= {name: re.search(rf'name="{name}" value="(\d*)"', form)[1] for name in ("place", "category")}
    assert as_secretary.post(f"/needs/edit/{pk}", typed).status_code == 302
    assert (search("路灯"), search("井盖")) == ([], [pk])


def test_what_is_taken_back_before_the_end_is_not_in_the_index(behind, register, search):
    pk = register(title="路灯不亮")
    with behind():
        db.session.get_one(Need, pk).title = "井盖破了"
        db.session.flush()
        db.session.rollback()
    assert (search("路灯"), search("井盖")) == ([pk], [])


def test_moves_and_archiving_leave_the_index_as_it_is(register, search, as_secretary):
    pk = register(title="路灯不亮")
    as_secretary.post(f"/needs/move/accept/{pk}", {"version": "1"})
    assert search("路灯") == [pk]
    as_secretary.post(f"/needs/archive/{pk}", {"reason": "重复登记"})
    assert (search("路灯"), search("路灯", archived="1")) == ([], [pk])


def test_rows_of_a_ledger_are_found_at_once(take_in, search):  # noqa: F811 - the fixture
    rows = [("", "王芳", "", "", words, "", "2026-03-01", "") for words in ("楼道堆放杂物", "小巷太黑想装路灯")]
    take_in(ledger(*rows))
    assert len(search("杂物")) == 1
    assert len(search("路灯")) == 1
    assert len(search("XQ2")) == 2


def test_the_neighbour_finds_nothing_of_ours(several, search, register):
    theirs = register("neighbour", title="邻社区的路灯", place=None)
    assert search("路灯", "neighbour") == [theirs]
    assert theirs not in search("路灯")


def test_the_grid_worker_finds_only_what_is_in_sight(register, search):
    here, there = register(title="路灯甲", place="武江北路8栋"), register(title="路灯乙", place="二建宿舍")
    assert search("路灯", "gridworker") in ([here], [there])


def test_search_and_filters_narrow_each_other(several, search, as_secretary, monkeypatch):
    pk = several[TEXTS[1]]
    as_secretary.post(f"/needs/move/withdraw/{pk}", {"reason": "好了"})
    for most in (probing.MOST, 1):
        monkeypatch.setattr(probing, "MOST", most)
        assert search("灯", state="withdrawn") == [pk]
        assert pk not in search("灯", state="submitted")


def test_beyond_a_thousand_the_page_says_that_there_are_more(several, as_secretary, monkeypatch):
    for module in ("app.core.probing.MOST", "app.core.listing.MOST"):
        monkeypatch.setattr(module, 2)
    page = as_secretary.page("/needs/list/?q=灯&size=1")
    assert "2+" in page
    assert 'rel="next"' in page


def test_nobody_finds_anything_without_grams(several, search):
    """A word longer than any index, and one of blanks."""
    assert search("路灯" * 30) == []
    assert len(search("   ")) == len(several)


def test_the_words_are_kept_with_the_row_by_whatever_writes_it(behind, register):
    pk = register(title="路灯")
    with behind(), transaction():
        row = db.session.get_one(Need, pk)
        row.text = "请打13800002468"
    with behind():
        sought = db.session.scalar(select(Need.sought).where(Need.id == pk))
        assert sought.split("\n")[:2] == ["路灯", "请打138****2468"]
