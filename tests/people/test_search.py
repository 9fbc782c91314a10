"""Looking before registering: people are found as others name them, and nobody is registered twice unasked."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.extensions import db
from app.people import phones
from app.people.likeness import reasons, traits
from app.people.models import Person
from tests.whole.paper import fields_of

NUMBER = "11010519491231002X"
KNOWN = {
    "name": "欧阳小敏",
    "phones": "13800007001\n女儿 13900007002",
    "birth": "1949-12",
    "address": "武江北路8栋2单元301",
}


@pytest.fixture
def known(as_secretary) -> int:
    answer = as_secretary.post("/people/add", KNOWN)
    assert answer.status_code == 302
    return int(answer.location.rsplit("/", 1)[1])


def found(person: Any, text: str) -> list[int]:
    page = person.page(f"/people/list/?q={text}")
    return [int(pk) for pk in re.findall(r'class="?main[^>]*><a href="/people/show/(\d+)', page)]


@pytest.mark.parametrize("text", ["欧阳", "小敏", "oyxm", "7001", "7002"])
def test_the_office_finds_people_by_name_initials_and_last_four_digits(as_worker, known: int, text: str):
    assert found(as_worker, text) == [known]
    assert as_worker.get(f"/people/options?q={text}").json["results"] == [{"id": known, "text": "欧阳小敏"}]


@pytest.mark.parametrize("text", ["700", "8000", "17001", "70012", "１２３４"])
def test_other_digits_find_nobody(as_worker, known: int, text: str):
    assert found(as_worker, text) == []


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "auditor", "volunteer"])
def test_who_reads_masks_has_no_search(as_person, known: int, login: str):
    visitor = as_person(login)
    assert visitor.get("/people/list/?q=7001").status_code == 400
    assert 'id="list-q"' not in visitor.page("/people/list/")
    assert visitor.get("/people/options?q=7001").json["results"] == []


def test_the_neighbours_office_does_not_find_our_people(as_neighbour, known: int):
    assert found(as_neighbour, "7001") == []
    assert found(as_neighbour, "欧阳") == []


def test_the_same_tail_looks_different_in_each_community(as_secretary, as_neighbour, known: int, behind):
    assert as_neighbour.post("/people/add", KNOWN).status_code == 302
    with behind():
        kept = db.session.scalars(select(Person.phone_tails).where(Person.name == "欧阳小敏")).all()
    assert len(set(kept)) == 2
    assert not any("7001" in one for one in kept)


def test_a_phone_that_was_removed_finds_nobody_any_more(as_worker, known: int):
    form = fields_of(as_worker.page(f"/people/edit/{known}")) | {"phones": "13800007003"}
    assert as_worker.post(f"/people/edit/{known}", form).status_code == 302
    assert found(as_worker, "7001") == []
    assert found(as_worker, "7003") == [known]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"name": "欧阳小敏", "phones": "１３９ ００００ 7002"}, "姓名和电话相同"),
        ({"name": "欧阳小敏", "birth": "1949-12-31"}, "姓名和出生日期相同"),
        ({"name": "欧阳小敏", "id_number": NUMBER}, "姓名和出生日期相同"),
        ({"name": "欧阳小敏", "address": "武江北路 8栋-2单元-301"}, "姓名和地址相同"),
        ({"name": "欧阳晓敏", "birth": "1949", "phones": "13800007001"}, "电话和出生日期相同"),
    ],
)
def test_who_may_be_the_same_is_shown_before_anybody_is_registered_twice(
    as_worker, known: int, typed: dict[str, str], reason: str, behind
):
    answer = as_worker.post("/people/add", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "可能已经登记过" in page
    assert reason in page
    assert f'href="/people/show/{known}"' in page
    assert fields_of(page)["name"] == typed["name"]
    assert as_worker.post("/people/add", typed | {"another": str(known)}).status_code == 302
    with behind():
        assert len(db.session.scalars(select(Person).where(Person.name.startswith("欧阳"))).all()) == 2


def test_saying_another_of_one_says_nothing_of_the_next(as_worker, known: int):
    typed = {"name": "欧阳小敏", "birth": "1949-12-31"}
    assert as_worker.post("/people/add", typed | {"another": str(known)}).status_code == 302
    assert as_worker.post("/people/add", typed | {"another": str(known)}).status_code == 422


def test_a_namesake_with_nothing_else_in_common_is_registered_at_once(as_worker, known: int):
    typed = {"name": "欧阳小敏", "phones": "13800007009", "birth": "1980-01-01"}
    assert as_worker.post("/people/add", typed).status_code == 302


def test_the_neighbours_people_are_not_shown(as_neighbour, known: int):
    assert as_neighbour.post("/people/add", KNOWN).status_code == 302


def test_what_is_shown_of_somebody_likely_is_masked_as_everywhere(as_worker, known: int):
    page = as_worker.post("/people/add", KNOWN).get_data(as_text=True)
    shown = page.partition('aria-labelledby="likely"')[2].partition("</section>")[0]
    assert "女儿 139****7002" in shown
    assert "13900007002" not in shown


@given(
    st.text(max_size=6),
    st.lists(st.sampled_from(["13800007001", "女儿 13800007001", "0751-8880000"])),
    st.text(max_size=6),
)
def test_likeness_does_not_depend_on_who_is_asked_about_first(app_words: str, numbers: list[str], other: str):
    one = traits({"name": app_words, "phones": numbers, "address": other})
    two = traits({"name": other, "phones": numbers[:1], "address": other})
    assert len(reasons(one, two)) == len(reasons(two, one))


@given(st.text(max_size=40))
def test_tidying_a_phone_twice_is_tidying_it_once(typed: str):
    once = phones.tidied(typed)
    assert phones.tidied(once) == once
