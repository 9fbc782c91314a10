"""What may be asked for already, shown while one types."""

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_who_types_a_need_is_shown_the_same_one_of_the_place_and_joins_it(visitor, register, size):
    register(title="楼下路灯不亮")
    person = visitor(size).sign_in("secretary")
    person.open("/needs/add")
    person.page.fill("[name=title]", "楼下的路灯又不亮了")
    person.choose("place", "武江北路8栋")
    person.page.wait_for_selector("#similar [name=same_as]")
    assert "可能已经有人提过" in person.page.inner_text("#similar")
    assert person.page.input_value("[name=title]") == "楼下的路灯又不亮了"
    person.picture("similar")
    assert faults(person) == []
    person.page.click("#similar [name=same_as]")
    person.page.wait_for_url("**/needs/show/*")
    assert "与另一件需求相同" in person.text()


def test_return_saves_the_need_by_itself(visitor, register):
    register(title="楼下路灯不亮")
    person = visitor(DESK).sign_in("secretary")
    person.open("/needs/add")
    person.page.fill("[name=title]", "楼下的路灯又不亮了")
    person.choose("place", "武江北路8栋")
    person.page.wait_for_selector("#similar [name=same_as]")
    person.page.press("[name=title]", "Enter")
    person.page.wait_for_url("**/needs/show/*")
    assert "与另一件需求相同" not in person.text()
