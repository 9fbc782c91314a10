"""What is kept of a volunteer is handed out with the person, and erased with the person."""

from sqlalchemy import select

from app.core.actor import acting, system
from app.core.history import Entry
from app.core.subject_keys import SubjectKey
from app.extensions import db
from app.people import copying, erasing
from app.people.models import Person
from app.volunteers.models import Volunteer


def test_a_copy_for_a_person_holds_what_is_kept_of_the_volunteer(app, enlist, volunteer):
    pk = enlist(skills="陪诊", availability="周六下午", intentions="想陪老人说说话")
    row = volunteer(pk)
    with app.test_request_context(), acting(system("tests")):
        text = copying.as_text(copying.gathered(db.session.get_one(Person, row["person_id"])))
    for said in (row["number"], "陪诊", "周六 下午", "想陪老人说说话"):
        assert said in text, said


def test_who_is_erased_leaves_only_the_number(app, as_secretary, enlist, volunteer, behind):
    pk = enlist(
        skills="陪诊", availability="周六下午", intentions="想陪老人说说话", teams=["青年志愿服务队"], guardian="韦建国"
    )
    person = volunteer(pk)["person_id"]
    with app.test_request_context(), acting(system("tests")):
        erasing.erase(person, "本人要求")
    after = volunteer(pk)
    emptied = ("skills", "availability", "intentions", "guardian", "insurance_until", "training", "skill_text")
    assert [name for name in emptied if after[name] is not None] == []
    assert (after["teams"], after["archived_at"] is not None) == ([], True)
    assert after["number"].startswith("ZY")
    assert "陪诊" not in after["sought"]
    with behind():
        uid = db.session.get_one(Volunteer, pk).uid
        assert db.session.scalar(select(SubjectKey.row_uid).where(SubjectKey.row_uid == uid)) is None
        changes = db.session.scalars(select(Entry.changes).filter_by(list="volunteers", row_id=pk)).all()
    assert not any("care.escort" in said or "韦建国" in said for said in changes)
    assert "想陪老人" not in as_secretary.page(f"/volunteers/history/{pk}")
