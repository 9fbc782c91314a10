"""Reads the units and teams of a box, and for whom its accounts speak."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.accounts.models import GrantRole
from app.box.contents import Box, PartyEntry, PlaceEntry
from app.box.lines import Item, Lines
from app.box.sections import TEAMS, UNITS, Section
from app.box.words import places_called
from app.core.fields import Labelled
from app.organizations.choices import TeamKind, UnitKind
from app.organizations.models import Organization, Team
from app.parties.models import PartyKind
from app.roles import BOUND_ROLES

Fields = Mapping[str, Item]
USUAL: Final[dict[type, Labelled]] = {Organization: UnitKind.OTHER, Team: TeamKind.SERVICE_TEAM}
"""The kind of those of which the file does not say one."""


def plain(lines: Lines, fields: Fields, section: Section) -> dict[str, Any]:
    """Return what the columns of an entry say that need nothing but their model."""
    return {one.name: lines.value(fields.get(one.key), section.model, one.name) for one in section.plain}


class PartyReader:
    """Reads what a box says of units and teams."""

    def __init__(self, lines: Lines, box: Box) -> None:
        self.lines = lines
        self.box = box

    def read(self, units: Item | None, teams: Item | None) -> None:
        """Put the units and the teams into the box."""
        self.box.parties = self._different(self._unit(entry) for entry in self.lines.items(units))
        self.box.parties += self._different(self._team(entry) for entry in self.lines.items(teams))

    def _different(self, entries: Iterator[PartyEntry | None]) -> list[PartyEntry]:
        found: dict[str, PartyEntry] = {}
        for entry in entries:
            if entry is not None and entry.name in found:
                self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=entry.name))
            if entry is not None:
                found.setdefault(entry.name, entry)
        return list(found.values())

    def _unit(self, item: Item) -> PartyEntry | None:
        return self._party(item, UNITS, lambda entry, fields: setattr(entry, "place", self.place(fields.get("place"))))

    def _team(self, item: Item) -> PartyEntry | None:
        kinds = (PartyKind.ORGANIZATION.value,)
        return self._party(
            item, TEAMS, lambda entry, fields: setattr(entry, "unit", self.named(fields.get("unit"), kinds))
        )

    def _party(self, item: Item, section: Section, complete: Callable[[PartyEntry, Fields], None]) -> PartyEntry | None:
        fields = self.lines.fields(item, section.keys)
        if fields is None:
            return None
        name = self.lines.required(fields.get("name"), item.line, "name", section.model, "name")
        entry = PartyEntry(item.line, section.model, name or "", plain(self.lines, fields, section))
        complete(entry, fields)
        return entry if name is not None else None

    def place(self, item: Item | None) -> PlaceEntry | None:
        """Return the place of this name."""
        word = self.lines.word(item)
        found = places_called(word, self.box) if word is not None else []
        if item is not None and word is not None and len(found) != 1:
            self.lines.wrong(item.line, _("There is no place “%(word)s” in this file.", word=word))
        return found[0] if len(found) == 1 else None

    def speaks_for(self, account: Item, item: Item | None, role: GrantRole | None) -> PartyEntry | None:
        """Return the unit or team an account speaks for; liaisons and partners must."""
        kinds = BOUND_ROLES.get(role.role, ()) if role is not None else ()
        found = self.named(item, kinds)
        if (item is None or item.is_empty) and PartyKind.ORGANIZATION.value in kinds:
            self.lines.wrong(account.line, _("This role needs the organisation the person speaks for."))
        return found

    def named(self, item: Item | None, kinds: tuple[str, ...]) -> PartyEntry | None:
        """Return the unit or team of this name, if it is of one of these kinds."""
        word = self.lines.word(item)
        if item is None or word is None:
            return None
        found = [one for one in self.box.parties if one.name == word and one.model.party_kind.value in kinds]
        if not found:
            text = _("There is no unit or team “%(word)s” in this file that fits here.", word=word)
            self.lines.wrong(item.line, text)
        return found[0] if found else None
