"""What whoever asked reads where the community does not do it, or not now: on the page of the code and on the slip."""

from datetime import timedelta

import pytest

from app.core import clock
from app.needs.choices import NeedState

DOES_IT = {
    "reject": (
        {"reason": "不属于社区职责", "who_can_help": "燃气公司 0751-8880000"},
        ("不属于社区职责", "燃气公司 0751-8880000"),
    ),
    "refer": ({"body": "武江供电所", "phone": "95598"}, ("武江供电所", "95598", "已转给有关单位办理")),
}


@pytest.fixture
def read(ticket, resident):
    """Open the page of a code as who asked."""
    return lambda pk: resident.open(ticket(pk)).get_data(as_text=True)


@pytest.mark.parametrize("name", DOES_IT)
def test_who_helps_instead_is_named_with_the_telephone(name, register, make, read, as_secretary):
    given, words = DOES_IT[name]
    pk = register()
    assert make("worker", pk, name, **given) == 302
    page = read(pk)
    slip = as_secretary.post(f"/needs/slip/{pk}", {}).get_data(as_text=True)
    message = as_secretary.page(f"/needs/message/{pk}")
    for word in words:
        assert word in page
    for word in words[:2]:
        assert word in slip
        assert word in message


def test_what_cannot_be_solved_is_explained_on_page_and_slip(at, make, read, as_secretary):
    pk = at("accepted")
    given = {"reason": "内部缘故", "explanation": "这段路属于市政，今年没有改造计划。"}
    assert make("secretary", pk, "explain", **given) == 302
    for page in (read(pk), as_secretary.post(f"/needs/slip/{pk}", {}).get_data(as_text=True)):
        assert "这段路属于市政，今年没有改造计划。" in page
        assert "内部缘故" not in page


def test_what_waits_says_until_when(at, make, read):
    pk = at("planned")
    later = clock.today() + timedelta(days=2)
    assert make("worker", pk, "hold", reason="等配件", resume_on=later) == 302
    page = read(pk)
    assert later.isoformat() in page
    assert "等配件" not in page


def test_both_who_asked_for_the_same_read_how_far_it_is_and_neither_reads_of_the_other(register, make, read):
    first, second = register(title="三楼灯不亮", reporter_name="欧阳小敏"), register(title="楼梯口黑")
    make("worker", second, "merge", target=first)
    page = read(second)
    assert "和那一件一起办理" in page
    make("worker", first, "accept")
    after = read(second)
    assert after != page
    for words in ("三楼灯不亮", "欧阳小敏", "欧"):
        assert words not in after


def test_who_was_helped_by_the_other_body_closes_it_by_code(at, make, ticket, resident, need):
    pk = at("accepted")
    make("worker", pk, "refer", body="武江供电所", phone="95598")
    assert resident.answer(ticket(pk), "solved", points="5").status_code == 303
    assert need(pk)["state"] is NeedState.CLOSED
