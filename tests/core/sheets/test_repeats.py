"""A cell that says the same in a thousand rows is read once, and means in each row what it would by itself."""

from datetime import date

import pytest

from app.core.sheets import names, readers, values
from app.core.sheets.ledger import MOST_LEARNED, Column, Draft, Ledger, Sight, read_row


class Reading:
    """A ledger of one or two columns, and how often a cell of it was really read."""

    def __init__(self, *columns: Column) -> None:
        self.asked: list[object] = []
        self.ledger = Ledger("need", "needs", "", tuple(map(self._counted, columns)))
        self.sight = Sight(date(2026, 11, 22))

    def _counted(self, column: Column) -> Column:
        def read(draft, key, cell, sight):
            self.asked.append(cell)
            column.read(draft, key, cell, sight)

        return Column(column.key, read, column.said)

    def row(self, **cells: object) -> Draft:
        draft = Draft("表", 1, "need")
        read_row(self.ledger, draft, {key: [(0, cell)] for key, cell in cells.items()}, self.sight)
        return draft


def test_a_day_that_comes_again_is_read_once_and_stands_in_every_row() -> None:
    reading = Reading(Column("date", readers.moment("received_at"), "登记日期"))
    rows = [reading.row(date="2026年3月8日") for _row in range(5)]
    assert len(reading.asked) == 1
    assert {row.meant["received_at"] for row in rows} == {"2026-03-08T00:00"}
    assert all(row.said == {"date": "2026-03-08"} and row.keys == {"received_at": "date"} for row in rows)


def test_what_is_wrong_with_a_cell_is_wrong_with_it_in_every_row() -> None:
    reading = Reading(Column("date", readers.moment("received_at"), "登记日期"))
    rows = [reading.row(date="去年冬天") for _row in range(3)]
    assert [[one.reason for one in row.troubles] for row in rows] == [[values.Reason.DATE]] * 3
    rows[0].troubles.clear()
    assert rows[1].troubles


@pytest.mark.parametrize(("cells", "said"), [((1, True, 1.0, "1"), ["1", "是", "1", "1"]), ((0, False), ["0", "否"])])
def test_cells_that_only_compare_as_equal_are_read_each_by_itself(cells, said) -> None:
    reading = Reading(Column("code", readers.code("code"), "编号"))
    assert [reading.row(code=cell).meant["code"] for cell in cells] == said


def test_a_cell_whose_meaning_hangs_on_another_one_is_read_in_each_row() -> None:
    """The telephone number beside a name is taken only where the row has none of its own."""
    reading = Reading(
        Column("phone", names.phone("reporter_phone"), "电话"),
        Column("person", names.contact("reporter_name", "reporter_phone"), "姓名"),
    )
    own, none = "13900001111", "王芳 13800001234"
    rows = [reading.row(phone=own, person=none), reading.row(person=none), reading.row(phone=own, person=none)]
    assert [row.meant["reporter_phone"] for row in rows] == [own, "13800001234", own]


def test_notes_of_two_rows_do_not_run_together() -> None:
    reading = Reading(Column("remark", readers.noted("text", "备注："), "备注"), Column("tags", readers.tags(), "标签"))
    first, second = (reading.row(remark="下午在家", tags="低保、残疾") for _row in range(2))
    first.meant["tags"].append("空巢")
    assert second.meant == {"text": "备注：下午在家", "tags": ["低保", "残疾"]}


def test_a_column_of_which_no_two_cells_are_alike_is_not_kept() -> None:
    reading = Reading(Column("code", readers.code("code"), "编号"))
    codes = [reading.row(code=f"XQ{number}").meant["code"] for number in range(MOST_LEARNED + 50)]
    assert codes[-1] == f"XQ{MOST_LEARNED + 49}"
    assert len(reading.sight.learned["code"]) == MOST_LEARNED
