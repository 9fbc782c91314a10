"""People: several phones behind masks, names nobody can guess by asking, and one record for each account."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.people.models import Person
from tests.whole.paper import fields_of

PHONES = ["13800007001", "0751-8880000"]


@pytest.fixture
def person(as_secretary, behind) -> int:
    form = {"name": "欧阳小敏", "phones": "\r\n".join(PHONES)}
    assert as_secretary.post("/people/add", form).status_code == 302
    return stored(behind, "欧阳小敏").id


def stored(behind, name: str) -> Any:
    with behind():
        row = db.session.scalars(select(Person).filter_by(name=name)).one()
        return SimpleNamespace(id=row.id, phones=row.phones, account_id=row.account_id)


def test_each_phone_stands_behind_its_own_mask(as_worker, person: int):
    page = as_worker.page(f"/people/show/{person}")
    assert "138****7001、**********00" in page
    assert as_worker.get(f"/api/v1/people/{person}").json["result"]["phones"] == ["138****7001", "**********00"]
    assert fields_of(as_worker.page(f"/people/edit/{person}"))["phones"] == "138****7001\n**********00"


def test_phones_sent_back_untouched_stay_and_new_ones_replace_them(as_worker, behind, person: int):
    form = fields_of(as_worker.page(f"/people/edit/{person}"))
    sent = form | {"phones": form["phones"].replace("\n", "\r\n"), "name": "欧阳敏"}
    assert as_worker.post(f"/people/edit/{person}", sent).status_code == 302
    assert stored(behind, "欧阳敏").phones == PHONES
    form = fields_of(as_worker.page(f"/people/edit/{person}")) | {"phones": "13800007002"}
    assert as_worker.post(f"/people/edit/{person}", form).status_code == 302
    assert stored(behind, "欧阳敏").phones == ["13800007002"]


def test_a_mask_among_new_phones_is_refused_with_what_was_typed(as_worker, behind, person: int):
    form = fields_of(as_worker.page(f"/people/edit/{person}")) | {"phones": "138****7001\n13800007002"}
    answer = as_worker.post(f"/people/edit/{person}", form)
    assert answer.status_code == 422
    assert fields_of(answer.get_data(as_text=True))["phones"] == "138****7001\n13800007002"
    body = {"phones": ["138****7001", "13800007002"], "version": 1}
    assert (
        as_worker.client.put(
            f"/api/v1/people/{person}", json=body, headers={"X-CSRFToken": as_worker.token()}
        ).status_code
        == 422
    )
    assert stored(behind, "欧阳小敏").phones == PHONES


@pytest.mark.parametrize("phones", ["1380000700", "13800007001\n12", "\n".join(f"1380000700{n}" for n in range(6))])
def test_every_phone_must_be_one_and_there_are_at_most_five(as_worker, phones: str):
    assert as_worker.post("/people/add", {"name": "欧阳小敏", "phones": phones}).status_code == 422


@pytest.mark.parametrize("login", ["secretary", "worker"])
@pytest.mark.parametrize("text", ["欧阳", "oyxm"])
def test_the_office_finds_people_by_name_and_initials(as_person, person: int, login: str, text: str):
    found = as_person(login).get(f"/people/options?q={text}").json["results"]
    assert found == [{"id": person, "text": "欧阳小敏"}]


@pytest.mark.parametrize("login", ["gridlead", "gridworker", "auditor", "volunteer"])
@pytest.mark.parametrize("text", ["欧阳", "oyxm", "欧"])
def test_who_reads_names_masked_cannot_guess_them_by_asking(as_person, person: int, login: str, text: str):
    visitor = as_person(login)
    assert visitor.get(f"/people/options?q={text}").json["results"] == []
    assert visitor.get(f"/people/list/?q={text}").status_code == 400
    assert "欧阳" not in visitor.page("/people/list/")


def test_the_volunteer_reads_the_own_record_and_no_other(as_volunteer, behind, person: int):
    mine = stored(behind, "张海燕").id
    assert "张海燕" in as_volunteer.page(f"/people/show/{mine}")
    assert as_volunteer.get(f"/people/show/{person}").status_code == 404
    assert as_volunteer.get(f"/people/edit/{mine}").status_code == 403


@pytest.mark.parametrize("login", ["coordinator", "liaison", "partner", "admin"])
def test_who_has_nothing_to_do_with_residents_finds_no_list(as_person, login: str):
    assert as_person(login).get("/people/list/").status_code == 403


def test_an_account_belongs_to_one_person_of_a_community(as_secretary, behind):
    account = stored(behind, "张海燕").account_id
    answer = as_secretary.post("/people/add", {"name": "张海燕", "account": str(account)})
    assert answer.status_code == 422
    assert "已有同样的记录" in answer.get_data(as_text=True)
