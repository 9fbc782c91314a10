"""The handbook shows the same sections and columns as the box has."""

from app.box import handbook
from tests.whole.walk import HANDBOOK

MARK = "一致。 -->\n"


def test_whoever_fills_in_a_box_finds_each_column_in_the_handbook(app):
    with app.app_context():
        expected = handbook.table()
    said = (HANDBOOK / "box.md").read_text(encoding="utf-8").partition(MARK)[2]
    assert said.strip() == expected.strip()
