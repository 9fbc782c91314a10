"""Values in the words of the interface."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.core import display
from app.extensions import db
from app.needs.choices import Urgency
from app.needs.models import Need


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "—"),
        ("", "—"),
        ([], "—"),
        (0, "0"),
        (True, "是"),
        (False, "否"),
        (Urgency.URGENT, "紧急"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 21, 16, 5, 9, tzinfo=UTC), "2026-11-22 00:05"),
        (["第三网格", "三网格"], "第三网格、三网格"),
    ],
)
def test_a_value_is_shown_in_words(app, value, words):
    with app.test_request_context():
        assert display.words(value) == words


@pytest.mark.parametrize(
    ("login", "name", "phone"),
    [
        ("secretary", "赵大爷", "138****1234"),
        ("worker", "赵大爷", "138****1234"),
        ("gridlead", "赵大爷", "138****1234"),
        ("gridworker", "赵*爷", "138****1234"),
        ("auditor", "赵*爷", "138****1234"),
    ],
)
def test_masks_follow_the_role(register, acting_as, login, name, phone):
    register(reporter_name="赵大爷", reporter_phone="13800001234")
    with acting_as(login):
        row = db.session.scalars(select(Need)).one()
        assert display.shown(row, "reporter_name") == name
        assert display.shown(row, "reporter_phone") == phone


def test_what_is_empty_needs_no_mask(register, acting_as, app):
    register()
    with acting_as("auditor"), app.test_request_context():
        assert display.shown(db.session.scalars(select(Need)).one(), "reporter_phone") == "—"
