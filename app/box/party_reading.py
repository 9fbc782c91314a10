"""Reads the units and teams of a box, and for whom its accounts speak."""

from collections.abc import Iterator
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.accounts.models import GrantRole
from app.box.contents import Box, PartyEntry, PlaceEntry
from app.box.lines import Item, Lines
from app.box.place_words import places_called
from app.core.fields import Labelled
from app.organizations.choices import TeamKind, UnitKind
from app.organizations.models import Organization, Team
from app.parties.models import PartyKind
from app.roles import BOUND_ROLES

UNIT_TEXTS: Final = ("credit_code", "head_name", "contact_name", "contact_phone")
UNIT_KEYS: Final = ("name", "kind", *UNIT_TEXTS, "member_count", "place")
TEAM_TEXTS: Final = ("speciality",)
TEAM_KEYS: Final = ("name", "kind", *TEAM_TEXTS, "unit")
USUAL: Final[dict[type, Labelled]] = {Organization: UnitKind.OTHER, Team: TeamKind.SERVICE_TEAM}
"""The kind of those of which the file does not say one."""


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
        fields = self.lines.fields(item, UNIT_KEYS)
        if fields is None:
            return None
        name = self.lines.required(fields.get("name"), item.line, "name", Organization, "name")
        columns = self._texts(fields, Organization, UNIT_TEXTS) | {
            "kind": self.lines.choice(fields.get("kind"), UnitKind),
            "member_count": self.lines.number(fields.get("member_count")),
        }
        place = self._place(fields.get("place"))
        return PartyEntry(item.line, Organization, name, columns, place) if name is not None else None

    def _team(self, item: Item) -> PartyEntry | None:
        fields = self.lines.fields(item, TEAM_KEYS)
        if fields is None:
            return None
        name = self.lines.required(fields.get("name"), item.line, "name", Team, "name")
        columns = self._texts(fields, Team, TEAM_TEXTS)
        columns["kind"] = self.lines.choice(fields.get("kind"), TeamKind)
        unit = self.named(fields.get("unit"), (PartyKind.ORGANIZATION.value,))
        return PartyEntry(item.line, Team, name, columns, unit=unit) if name is not None else None

    def _texts(self, fields: dict[str, Item], model: type, keys: tuple[str, ...]) -> dict[str, Any]:
        return {key: self.lines.text(fields.get(key), model, key) for key in keys}

    def _place(self, item: Item | None) -> PlaceEntry | None:
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
