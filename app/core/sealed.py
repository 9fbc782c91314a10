"""The column type of what stands encrypted in the database (`!!` in the column table).

Pure: it knows neither keys nor rows. `app.core.sealing` shuts values right before their row is written and opens them
when somebody looks at them.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

INDEX: Final = "_index"
"""What follows the name of a sealed column in the name of its blind index."""

Normal = Callable[[str], str]
"""Turns a value into the one form in which it is looked for."""


def bound_to(model: Any, name: str, row_uid: str | None) -> str:
    """Return where a sealed value belongs, so that it cannot be moved elsewhere."""
    return f"{model.__tablename__}|{name}|{row_uid}"


class Closed:
    """A value as it stands in the database. What it says is kept once it has been opened."""

    __slots__ = ("_says", "opened", "token")

    def __init__(self, token: str) -> None:
        self.token = token
        self.opened = False
        self._says: Any = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Closed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return "<closed>"

    def says(self, read: Callable[[str], Any]) -> Any:
        """Return what it says, read by `read` the first time somebody asks."""
        if not self.opened:
            self._says, self.opened = read(self.token), True
        return list(self._says) if isinstance(self._says, list) else self._says


class Sealed(TypeDecorator[Any]):
    """A text (`many`: a list of texts) of at most `length` characters that stands encrypted in the database.

    `found_by`: the form in which it is looked for; the model then has a column `<name>_index` beside it for the blind
    index. Only rows write it: a plain value in a statement is refused, as in any comparison.
    """

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None, many: bool = False, found_by: Normal | None = None) -> None:
        super().__init__()
        self.length = length
        self.many = many
        self.found_by = found_by

    @property
    def python_type(self) -> type:
        """What the value is in Python."""
        return list if self.many else str

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write what is shut; refuse what is plain."""
        if value is None or isinstance(value, Closed):
            return value.token if value is not None else None
        raise TypeError("a sealed column is written by its row only")

    def process_result_value(self, value: Any, dialect: Dialect) -> Closed | None:
        """Hand out the value shut."""
        return Closed(value) if value is not None else None

    def compare_values(self, x: Any, y: Any) -> bool:
        """Tell whether two values are the same; one that nobody has opened is the same only as itself."""
        return bool(_says(x) == _says(y))


def _says(value: Any) -> Any:
    return value.says(str) if isinstance(value, Closed) and value.opened else value
