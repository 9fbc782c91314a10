"""Numbers in free text: masked for who sees the row masked, warned about when they are typed, and not to be found."""

import pytest

PHONE, MASK = "13800002468", "138****2468"


@pytest.fixture
def careless(register):
    """A need with a number where none belongs."""
    return register(title=f"请打{PHONE}", text=f"找老王 {PHONE}，身份证440204198001011234")


def everywhere(person, pk):
    return [
        person.page("/needs/list/"),
        person.page(f"/needs/show/{pk}"),
        person.page(f"/needs/history/{pk}"),
        person.page("/search?q=老王"),
        person.get("/needs/options?q=").get_data(as_text=True),
        person.get(f"/api/v1/needs/{pk}").get_data(as_text=True),
        person.get("/api/v1/needs/").get_data(as_text=True),
    ]


def test_the_auditor_reads_no_number_in_any_text(careless, as_auditor):
    pages = everywhere(as_auditor, careless)
    assert [page for page in pages if PHONE in page or "19800101" in page] == []
    assert sum(MASK in page for page in pages) >= 5


def test_the_secretary_reads_what_was_written(careless, as_secretary):
    assert PHONE in as_secretary.page(f"/needs/show/{careless}")


@pytest.mark.parametrize("part", [PHONE, "0002468", "0000", "19800101"])
def test_nobody_finds_a_number_in_a_text_by_its_parts(careless, as_auditor, as_secretary, part):
    """The index of parts of words holds numbers masked (S9); who reads them still cannot search for them."""
    for ask in (f"/needs/list/?q={part}", f"/needs/options?q={part}", f"/api/v1/needs/?search={part}"):
        assert "请打" not in as_auditor.get(ask).get_data(as_text=True)
        assert "请打" not in as_secretary.get(ask).get_data(as_text=True)


def test_the_auditor_still_finds_codes_and_words(careless, as_auditor):
    assert "请打" in as_auditor.page("/needs/list/?q=老王")
    assert "请打" in as_auditor.page("/needs/list/?q=XQ2")


def test_who_types_a_number_into_a_text_is_warned_and_it_is_saved(as_secretary):
    typed = {"title": f"请打{PHONE}", "kind": "help", "urgency": "normal", "channel": "other", "reporter_phone": PHONE}
    page = as_secretary.post("/needs/add", typed, follow_redirects=True).get_data(as_text=True)
    assert f"请打{PHONE}" in page
    assert "“需求”里好像有手机号或身份证号" in page


def test_who_types_it_where_it_belongs_is_not_warned(as_secretary):
    typed = {"title": "请回电话", "kind": "help", "urgency": "normal", "channel": "other", "reporter_phone": PHONE}
    page = as_secretary.post("/needs/add", typed, follow_redirects=True).get_data(as_text=True)
    assert "请回电话" in page
    assert "alert-warning" not in page


def test_the_auditor_reads_no_number_in_the_reason_of_a_move(register, as_auditor, as_secretary):
    pk = register()
    as_secretary.post(f"/needs/move/reject/{pk}", {"reason": f"请打{PHONE}", "who_can_help": "12345"})
    assert MASK in as_auditor.page(f"/needs/show/{pk}")
    assert PHONE not in as_auditor.page(f"/needs/history/{pk}")
    assert PHONE in as_secretary.page(f"/needs/show/{pk}")
