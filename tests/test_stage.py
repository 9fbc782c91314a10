"""The stage itself: whatever a test does to the database, the next one begins on a fresh one."""

import pytest
from sqlalchemy import text

from app.extensions import db


def done_to(stage, statement):
    with stage.play() as portal, portal.app_context(), db.engine.begin() as connection:
        on = " ON history" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(statement.format(on=on)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE community SET name = 'changed'",
        "CREATE TABLE left_behind (id INTEGER)",
        "ALTER TABLE community ADD COLUMN left_behind INTEGER",
        "DROP TRIGGER history_moves_end{on}",
    ],
)
def test_what_a_test_did_to_the_database_is_gone_for_the_next(stage, statement):
    for _ in range(2):  # the second time fails where anything of the first has stayed
        done_to(stage, statement)
    with stage.play() as portal, portal.app_context(), db.engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM community")).scalars().all()
        assert len(names) == 2
        assert "changed" not in names
