"""What a resident reads is Chinese on every page, and no page asks for anything from elsewhere."""

import pytest

from app.public import codes
from app.public.codes import Kind
from tests.whole.chinese import complaints
from tests.whole.guarding import faults


@pytest.fixture
def seen(register, ticket, poster, banner, resident, at):
    """Every page of the public door, by what it is."""
    signs = poster()
    done = ticket(at("delivered"))
    return {
        "door": resident.open(""),
        "privacy": resident.open("privacy"),
        "mistyped": resident.open("abc"),
        "unknown": resident.open(codes.new(Kind.TICKET)),
        "form": resident.open(signs),
        "refused": resident.report(signs, "", phone="12", address="长" * 200, website="x"),
        "receipt": resident.report(signs),
        "members": resident.open(banner()),
        "members refused": resident.send(banner(), {"name": "长" * 90, "phone": "12", "website": "x"}),
        "waiting": resident.open(ticket(register())),
        "done": resident.open(done),
        "wrong answer": resident.answer(done, "solved", points="9"),
        "not now": resident.answer(ticket(register()), "solved"),
        "no token": resident.client.post(f"/q/{signs}"),
        "too many": [resident.open(codes.new(Kind.TICKET)) for _number in range(12)][-1],
    }


def test_every_page_is_chinese_and_keeps_strangers_out(seen):
    assert {name: answer.status_code for name, answer in seen.items() if answer.status_code >= 500} == {}
    wrong = [line for name, answer in seen.items() for line in complaints(name, answer.get_data(as_text=True))]
    assert wrong == []
    assert {name: found for name, answer in seen.items() if (found := faults(answer, is_file=False))} == {}


def test_a_browser_that_speaks_another_language_gets_chinese_words_to_choose_photos(poster, resident):
    signs = poster()
    said = {
        tongue: resident.client.get(f"/q/{signs}", headers={"Accept-Language": tongue}).get_data(as_text=True)
        for tongue in ("zh-CN,zh;q=0.9", "en-US,en;q=0.9")
    }
    button = '<label class="button" for="photos">选照片</label>'
    assert [button in page for page in said.values()] == [False, True]
    assert [' required aria-required="false"' in page for page in said.values()] == [False, True]


def test_no_page_of_a_resident_shows_the_menu_of_the_staff(seen):
    assert [name for name, answer in seen.items() if "工作台" in answer.get_data(as_text=True)] == []
