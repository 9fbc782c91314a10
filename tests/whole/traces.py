"""Everything that is kept of an instance, as somebody with the disk or the database in hands reads it."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import MetaData, String, cast, select

from app.extensions import db


def plain_texts() -> Iterator[str]:
    """Yield the text of every column of every row of every table."""
    with db.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        # The index of parts of words cannot be read back by a query; it stands in the files, which are read as well.
        for table in (one for one in tables.sorted_tables if "_grams" not in one.name):
            for row in connection.execute(select(*(cast(column, String) for column in table.c))):
                yield from (str(value) for value in row if value is not None)


def plain_files(app: Flask) -> Iterator[tuple[Path, bytes]]:
    """Yield every file of the instance, and what stands in it."""
    for path in sorted(Path(app.config["INSTANCE"]).rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()
