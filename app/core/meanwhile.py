"""What somebody else changed while a form was open, and the form leaves as it was."""

from collections.abc import Mapping
from typing import Any

from app.core.actor import acting, system
from app.core.model import Recorded
from app.core.recording import stored
from app.core.telling import entries_of


def give_way(form: Any, row: Any) -> None:
    """Let what the person did not touch in the form be what is saved now: an old value is nothing that was typed."""
    for name in _left_alone(row, str(form.version.data or ""), form.values(row)):
        form[name].raw_data = None
        form[name].process(None, getattr(row, name))


def _left_alone(row: Any, version: str, mine: Mapping[str, Any]) -> list[str]:
    """Return the columns that have changed since that version of the row, and of which the form says the old value."""
    behind = row.version - int(version) if version.isdecimal() and len(version) < 10 else 0
    # Also what the person may not read in the history counts; it is only compared with what the form says.
    with acting(system("meanwhile")):
        told = [entry.told() for entry, _key in entries_of(row)]
    changes = [changed for changed in told if any(isinstance(pair, list) for pair in changed.values())]
    was: dict[str, Any] = {}
    for changed in changes[: max(behind, 0)]:
        was |= {name: pair[0] for name, pair in changed.items()}
    return [name for name, value in mine.items() if name in was and _plain(value) == was[name]]


def _plain(value: Any) -> Any:
    return value.id if isinstance(value, Recorded) else stored(value)
