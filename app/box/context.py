"""Reads the context of an expected-results file: the community its ledgers belong to, as a small box."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.box.contents import Box, BoxError, Complaint, PlaceEntry
from app.box.lines import LARGEST_FILE
from app.box.reading import code_for, file_bytes
from app.communities import naming
from app.communities.models import Community, Place, PlaceKind
from app.core import checks
from app.core.fields import Text, shape
from app.core.rules import too_long

DEEPEST: Final = 1
"""Grids stand directly below the community."""


def read(path: Path) -> Box:
    """Read community, grids and reference date; volunteers are left aside. Raises BoxError."""
    context = _context(file_bytes(path))
    complaints: list[Complaint] = []
    name = _name(context.get("community"), "community", Community, complaints)
    box = Box(
        0, code_for(name), name, code_is_derived=True, reference_date=_day(context.get("reference_date"), complaints)
    )
    box.places = _grids(context.get("grids"), complaints)
    box.left_aside["volunteers"] = len(_entries(context.get("volunteers"), "volunteers", complaints))
    if complaints:
        raise BoxError(complaints)
    return box


def _context(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST_FILE:
        raise BoxError([Complaint(0, _("The file is larger than 5 MB."))])
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BoxError([Complaint(error.lineno, _("From here on this is not JSON."))]) from None
    except (UnicodeDecodeError, RecursionError):
        raise BoxError([Complaint(0, _("This is not UTF-8 text; save the file as UTF-8."))]) from None
    context = found.get("context") if isinstance(found, dict) else None
    if not isinstance(context, dict):
        raise BoxError([Complaint(0, _("There is no “context” with keys and values in this file."))])
    return context


def _name(value: Any, key: str, model: type, complaints: list[Complaint]) -> str:
    name = value.strip() if isinstance(value, str) else ""
    complaint: Text | None = checks.visible(name) or too_long(name, shape(model, "name").limit)
    if not name:
        complaint = _("“%(key)s” is missing.", key=key)
    if complaint is not None:
        complaints.append(Complaint(0, complaint))
    return name


def _entries(value: Any, key: str, complaints: list[Complaint]) -> list[Any]:
    if value is None or isinstance(value, list):
        return value or []
    complaints.append(Complaint(0, _("“%(key)s” must be a list.", key=key)))
    return []


def _grids(value: Any, complaints: list[Complaint]) -> list[PlaceEntry]:
    names = [_name(entry, "grids", Place, complaints) for entry in _entries(value, "grids", complaints)]
    found = {naming.key(name): PlaceEntry(0, name, PlaceKind.GRID, DEEPEST) for name in reversed(names)}
    if len(found) < len(names):
        complaints.append(Complaint(0, _("“%(name)s” stands here twice.", name="grids")))
    return list(reversed(found.values()))


def _day(value: Any, complaints: list[Complaint]) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        complaints.append(Complaint(0, _("“%(key)s” must be a date such as 2026-11-22.", key="reference_date")))
        return None
