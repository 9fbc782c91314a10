"""That what was typed into the page of a move is there again, whatever came between."""

import pytest

pytestmark = pytest.mark.browser

SAID = "居民来电说不用了"
TOLD = "已恢复您上次没有保存的内容"


@pytest.fixture
def withdrawing(visitor, register):
    """The secretary, who has typed why a need is withdrawn, and the address of the page."""
    person, address = visitor().sign_in("secretary"), f"/needs/move/withdraw/{register()}"
    person.open(address)
    person.page.fill("#reason", SAID)
    return person, address


def test_the_page_of_a_move_that_is_loaded_again_still_says_what_was_typed(withdrawing):
    person, address = withdrawing
    person.open(address)
    assert person.page.input_value("#reason") == SAID
    assert TOLD in person.text()
    person.page.click("text=丢弃")
    person.until("() => document.querySelector('#reason').value === ''")
    person.open(address)
    assert person.page.input_value("#reason") == ""


def test_a_move_sent_after_one_signed_in_anew_can_be_sent_again_as_it_was_typed(withdrawing):
    person, address = withdrawing
    person.page.eval_on_selector("main [name=csrf_token]", "one => { one.value = 'old'; }")
    person.page.click("main .btn-outline-danger")
    person.page.wait_for_selector("section.error")
    person.open(address)
    assert person.page.input_value("#reason") == SAID
    person.page.click("main .btn-outline-danger")
    person.page.wait_for_url("**/needs/show/*")
    assert person.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def open_window(person, pk):
    person.open(f"/needs/show/{pk}")
    person.page.click("main >> text=撤回")
    person.page.wait_for_selector("dialog[open] #reason")


def test_a_move_refused_in_its_window_is_not_lost_when_the_page_is_loaded_again(visitor, register):
    person, pk = visitor().sign_in("secretary"), register()
    open_window(person, pk)
    person.page.fill("dialog[open] #reason", SAID)
    person.page.eval_on_selector("dialog[open] [name=csrf_token]", "one => { one.value = 'old'; }")
    person.page.click("dialog[open] .btn-outline-danger")
    person.page.wait_for_selector("dialog[open] [data-refused]")
    open_window(person, pk)
    assert person.page.input_value("dialog[open] #reason") == SAID
    person.page.click("dialog[open] >> text=丢弃")
    person.until("() => document.querySelector('dialog[open] #reason').value === ''")
