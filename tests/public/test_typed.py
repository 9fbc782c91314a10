"""What people type on a phone: numbers in every spelling, pictures of several signs, and signs nobody sees."""

import pytest


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+86 139 0000 2222", "13900002222"),
        ("8613900002222", "13900002222"),
        ("0086-139-0000-2222", "13900002222"),
        ("139-0000-2222", "13900002222"),
        ("１３９００００２２２２", "13900002222"),
        ("（0751）888 0000", "07518880000"),
        ("+86 0751-8880000", "07518880000"),
        ("0751-8880000", "0751-8880000"),
        ("8612345", "8612345"),
    ],
)
def test_a_number_is_taken_however_it_is_typed(poster, resident, reported, typed, kept):
    assert resident.report(poster(), phone=typed).status_code == 200
    assert reported()[0].reporter_phone == kept


@pytest.mark.parametrize("typed", ["+86 12", "139 0000 222", "86 139", "+1 555 0100", "微信同号", "861390000222233"])
def test_what_is_no_number_is_shown_as_it_was_typed(poster, resident, reported, typed):
    answer = resident.report(poster(), phone=typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.get_data(as_text=True)
    assert reported() == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\ufeff三楼\u200b的灯不亮", "三楼的灯不亮"),
        (
            "一家人\U0001f468\u200d\U0001f469\u200d\U0001f467都看不见",
            "一家人\U0001f468\u200d\U0001f469\u200d\U0001f467都看不见",
        ),
        ("三楼\u200d的灯", "三楼的灯"),
        ("❤\ufe0f\u200d\U0001f525", "❤\ufe0f\u200d\U0001f525"),
    ],
)
def test_signs_that_keyboards_leave_behind_stop_nobody(poster, resident, reported, typed, kept):
    assert resident.report(poster(), typed).status_code == 200
    assert reported()[0].text == kept


@pytest.mark.parametrize("typed", ["\u200b", "\ufeff \u200b", "\u3164", "\u2800\u2800", "\u200d", "\u0301", "\ufe0f"])
def test_a_report_in_which_nothing_shows_is_none(poster, resident, reported, typed):
    answer = resident.report(poster(), typed)
    assert answer.status_code == 422
    assert "请填写" in answer.get_data(as_text=True)
    assert reported() == []
