"""What may hang on a row is asked together with the row, yes or no: on most hangs nothing, and no more is asked.

The answer is of the moment the row was read and for the one page that asked. Where nobody asked, something may hang.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Select

Rows = Callable[[Any], Select[Any]]
"""Makes the query for what hangs on the row a model stands for, within what the actor sees."""

ON_ALL: Final[dict[str, Rows]] = {}
"""What may hang on rows of any list, by name."""
_BARE: Final = "_bare"


def asked(view: Any) -> dict[str, Rows]:
    """Return what is asked together with a row of the list of a view, by name."""
    return {**ON_ALL, **view.hanging}


def columns(view: Any) -> list[Any]:
    """Return the SQL that tells of each of these whether it hangs on a row."""
    return [rows(view.model).correlate(view.model).exists().label(name) for name, rows in asked(view).items()]


def note(row: Any, told: Mapping[str, bool]) -> None:
    """Keep with a row what was told with it."""
    vars(row)[_BARE] = frozenset(name for name, is_there in told.items() if not is_there)


def may_hang(row: Any, name: str) -> bool:
    """Tell whether something of this name may hang on a row."""
    return name not in vars(row).get(_BARE, ())
