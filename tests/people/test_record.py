"""The record of a person: what the number fills in, whose a phone is, a child's guardian, one number once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.rules import Violation
from app.extensions import db
from app.people import identity
from app.people.choices import Guardianship, Relation, Sex
from app.people.identity import IdType
from app.people.models import Person
from app.people.phones import mask, tidied
from tests.whole.paper import fields_of

NUMBER = "11010519491231002X"


def numbered(birth: str, serial: str = "012", area: str = "440203") -> str:
    body = f"{area}{birth.replace('-', '')}{serial}"
    return body + identity.check_character(body)


def born_years_ago(years: int) -> str:
    return f"{clock.today().year - years}-01-01"


def kept(behind, name: str = "欧阳小敏") -> Any:
    with behind():
        row = db.session.scalars(select(Person).filter_by(name=name)).one()
        db.session.expunge(row)
        return row


def add(person, **columns: str) -> Any:
    return person.post("/people/add", {"name": "欧阳小敏"} | columns)


def told(answer: Any, field: str) -> str:
    page = answer.get_data(as_text=True)
    found = page.partition(f'id="{field}-errors"')[2].partition("</ul>")[0]
    assert found, f"nothing is said beside {field}"
    return found


def test_the_number_fills_in_sex_and_birth_and_says_so(as_worker, behind):
    answer = add(as_worker, id_number=" 110105 19491231 002x ")
    assert answer.status_code == 302
    row = kept(behind)
    assert (row.id_type, row.sex, str(row.birth)) == (IdType.RESIDENT, Sex.FEMALE, "1949-12-31")
    with behind():
        assert db.session.get(Person, row.id).id_number == NUMBER
    assert "性别和出生日期已按证件号码填写" in as_worker.page(answer.location)


def test_an_old_number_is_kept_with_eighteen_characters_and_found_by_both(as_worker, behind):
    answer = add(as_worker, id_number="110105491231002")
    assert "15 位旧号码已按 18 位保存" in as_worker.page(answer.location)
    for asked in ("110105491231002", NUMBER.lower()):
        assert answer.location in as_worker.post("/people/find", {"id_number": asked}).get_data(as_text=True)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"id_number": NUMBER, "birth": "1949-12-30"}, "birth"),
        ({"id_number": NUMBER, "sex": "1"}, "sex"),
        ({"id_number": NUMBER, "id_type": "hmt_permit"}, "id_type"),
        ({"id_number": "E12345678"}, "id_type"),
        ({"id_number": "110105194912310021"}, "id_number"),
        ({"birth": "1952-02-30"}, "birth"),
    ],
)
def test_what_does_not_fit_together_is_said_beside_its_field(as_worker, columns: dict[str, str], field: str):
    answer = add(as_worker, **columns)
    assert answer.status_code == 422
    assert told(answer, field)


def test_a_month_that_agrees_is_completed_by_the_number(as_worker, behind):
    assert add(as_worker, id_number=NUMBER, birth="1949年12月").status_code == 302
    assert str(kept(behind).birth) == "1949-12-31"


def test_a_birth_of_which_only_the_month_is_known_shows_both_ages(as_worker, behind):
    month = f"{clock.today().year - 74}-{clock.today().month:02d}"
    answer = add(as_worker, birth=month)
    page = as_worker.page(answer.location)
    assert month in page
    assert "73 或 74 岁" in page


def test_who_sees_masks_reads_an_age_band_only(as_secretary, as_auditor, behind):
    answer = add(as_secretary, birth="1949-12-31", remark="独自在家", tags="空巢")
    page = as_auditor.page(answer.location)
    assert "70–79 岁***" in page
    assert "1949" not in page
    assert "独自在家" not in page
    assert "空巢" not in page
    pk = answer.location.rsplit("/", 1)[1]
    told_to_program = as_auditor.get(f"/api/v1/people/{pk}").json["result"]
    assert told_to_program["birth"] == "70–79 岁***"
    assert told_to_program["tags"] == ["***"]


def test_programs_read_and_write_births_and_codes(as_worker):
    body = {"name": "欧阳小敏", "birth": "1952-03", "ethnic": "01", "political": "13", "phones": ["13800007001"]}
    made = as_worker.client.post("/api/v1/people/", json=body, headers={"X-CSRFToken": as_worker.token()})
    assert made.status_code == 201, made.json
    result = as_worker.get(f"/api/v1/people/{made.json['id']}").json["result"]
    assert (result["birth"], result["ethnic"], result["political"]) == ("1952-03", "01", "13")
    assert result["phones"] == ["138****7001"]
    wrong = as_worker.client.post(
        "/api/v1/people/", json=body | {"birth": "52-3"}, headers={"X-CSRFToken": as_worker.token()}
    )
    assert (wrong.status_code, list(wrong.json["message"])) == (422, ["birth"])


@pytest.mark.parametrize(
    ("typed", "as_kept", "shown"),
    [
        ("女儿 13800007001", "女儿 13800007001", "女儿 138****7001"),
        ("13800007001（女儿）", "女儿 13800007001", "女儿 138****7001"),
        ("女儿：１３８ 0000 7001", "女儿 13800007001", "女儿 138****7001"),
        ("+86 138-0000-7001", "13800007001", "138****7001"),
        ("0751-8880000", "0751-8880000", "**********00"),
        ("邻居 张婶 0751-8880000", "邻居 张婶 0751-8880000", "邻居 张婶 **********00"),
        ("8613800007001", "13800007001", "138****7001"),
    ],
)
def test_a_phone_is_kept_with_whose_it_is_and_masked_without_hiding_that(typed: str, as_kept: str, shown: str):
    assert tidied(typed) == as_kept
    assert tidied(as_kept) == as_kept
    assert mask(typed) == shown


def test_the_daughters_phone_finds_the_mother(as_worker, behind):
    answer = add(as_worker, phones="13800007001\n女儿 13800007002")
    found = as_worker.post("/people/find", {"phones": "13800007002"}).get_data(as_text=True)
    assert answer.location in found
    assert "女儿 138****7002" in as_worker.page(answer.location)


def test_a_phone_with_a_sentence_before_it_is_refused(as_worker):
    assert add(as_worker, phones="这是她女儿下班以后才能打的电话 13800007001").status_code == 422


def test_a_number_stands_once_in_a_community_and_again_in_the_next(as_worker, as_neighbour, behind):
    assert add(as_worker, id_number=NUMBER).status_code == 302
    again = {"name": "欧阳敏", "id_number": "110105491231002"}
    assert "证件号码相同" in add(as_worker, **again).get_data(as_text=True)
    answer = add(as_worker, **again, another=str(kept(behind).id))
    assert answer.status_code == 422
    assert "已登记在 欧阳小敏 名下" in told(answer, "id_number")
    assert add(as_neighbour, id_number=NUMBER).status_code == 302


def test_who_may_not_see_who_has_the_number_is_not_told(as_secretary, as_gridlead, behind, acting_as):
    assert add(as_secretary, id_number=NUMBER).status_code == 302
    assert as_gridlead.get(f"/people/show/{kept(behind).id}").status_code == 404
    with acting_as("gridlead"):
        mine = db.session.scalars(select(Person)).first()
        if mine is None:
            pytest.fail("the grid lead sees nobody to write down")
        mine.id_number = NUMBER
        with pytest.raises(Violation) as refused:
            db.session.flush()
        said = str(refused.value.errors["id_number"][0])
        db.session.rollback()
    assert "欧阳" not in said


@pytest.fixture(autouse=True)
def somebody_in_the_grid(behind, as_secretary, as_gridlead) -> None:
    place = as_gridlead.get("/places/options?q=8栋").json["results"][0]["id"]
    assert as_secretary.post("/people/add", {"name": "莫晓晴", "place": str(place)}).status_code == 302


def test_an_archived_number_is_free_and_cannot_come_back_beside_another(as_secretary, behind):
    assert add(as_secretary, id_number=NUMBER).status_code == 302
    pk = kept(behind).id
    assert as_secretary.post(f"/people/archive/{pk}", {"reason": "搬走"}).status_code == 302
    assert add(as_secretary, name="欧阳敏", id_number=NUMBER).status_code == 302
    assert as_secretary.post(f"/people/restore/{pk}").status_code != 302


def test_two_at_the_same_moment_cannot_both_have_the_number(app, as_secretary, behind):
    """The rule asks, the index decides."""
    assert add(as_secretary, id_number=NUMBER).status_code == 302
    assert add(as_secretary, name="欧阳敏").status_code == 302
    with app.app_context():
        copied = text(
            "UPDATE person SET id_type = 'resident', id_number_index = "
            "(SELECT id_number_index FROM person WHERE name = '欧阳小敏') WHERE name = '欧阳敏'"
        )
        with pytest.raises(Exception, match=r"(?i)unique"), db.engine.begin() as connection:
            connection.execute(copied)


def test_the_head_of_the_household_is_the_guardian_of_the_own_child(as_worker, behind):
    child = {"birth": born_years_ago(9), "head_name": "欧阳平", "relation_to_head": Relation.SON.value}
    assert add(as_worker, **child).status_code == 302
    row = kept(behind)
    assert (row.guardian_name, row.guardian_relation) == ("欧阳平", Guardianship.PARENT)


def test_a_child_without_guardian_is_not_registered(as_worker):
    answer = add(as_worker, birth=born_years_ago(9))
    assert answer.status_code == 422
    assert all(told(answer, f"guardian_{name}") for name in ("name", "relation", "phone"))


def test_who_is_sixteen_names_a_guardian_unless_they_live_by_their_own_work(as_worker):
    sixteen = born_years_ago(17)
    assert told(add(as_worker, birth=sixteen), "guardian_name")
    assert add(as_worker, birth=sixteen, job="快递员").status_code == 302
    assert add(as_worker, name="欧阳敏", birth=sixteen, guardian_name="欧阳平").status_code == 302


def test_a_child_cannot_agree_alone(as_worker, behind):
    child = {
        "birth": born_years_ago(9),
        "guardian_name": "欧阳平",
        "guardian_relation": "parent",
        "guardian_phone": "13800007003",
        "consent": "written",
    }
    assert told(add(as_worker, **child), "guardian_consent_on")
    assert add(as_worker, **child, guardian_consent_on=clock.today().isoformat()).status_code == 302
    assert kept(behind).consent_on == clock.today()


def test_a_promise_of_tomorrow_is_no_consent(as_worker):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert told(add(as_worker, consent="written", consent_on=tomorrow), "consent_on")


def test_the_form_stands_in_the_order_of_the_paper(as_worker):
    names = [name for name in fields_of(as_worker.page("/people/add")) if name not in ("csrf_token", "uid")]
    assert names[:7] == ["name", "former_name", "id_type", "id_number", "sex", "birth", "phones"]
    assert names.index("place") < names.index("ethnic") < names.index("consent") < names.index("tags")
