"""Reads the service projects of a box."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.box.contents import Box, CategoryEntry, ProjectEntry
from app.box.lines import Item, Lines
from app.box.party_reading import PartyReader
from app.communities import defaults
from app.core.fields import NotUnderstood
from app.projects.choices import ProjectKind
from app.projects.models import ServiceProject
from app.projects.schedule import Schedule
from app.roles import BOUND_ROLES

TEXTS: Final = ("section", "audience", "duty_boundary", "funding", "owner", "phone")
KEYS: Final = ("name", "kind", *TEXTS, "categories", "schedule", "provider")
_PROVIDERS: Final = tuple({kind for kinds in BOUND_ROLES.values() for kind in kinds})


class ProjectReader:
    """Reads what a box says of service projects; units and teams are read before."""

    def __init__(self, lines: Lines, box: Box, parties: PartyReader) -> None:
        self.lines, self.box, self.parties = lines, box, parties
        self.categories = _names(box.categories)

    def read(self, item: Item | None) -> list[ProjectEntry]:
        """Return the projects, each name once."""
        found: dict[str, ProjectEntry] = {}
        for entry in self.lines.items(item):
            project = self._project(entry)
            if project is not None and project.name in found:
                self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=project.name))
            if project is not None:
                found.setdefault(project.name, project)
        return list(found.values())

    def _project(self, item: Item) -> ProjectEntry | None:
        fields = self.lines.fields(item, KEYS)
        if fields is None:
            return None
        name = self.lines.required(fields.get("name"), item.line, "name", ServiceProject, "name")
        columns: dict[str, Any] = {key: self.lines.text(fields.get(key), ServiceProject, key) for key in TEXTS}
        columns["kind"] = self.lines.choice(fields.get("kind"), ProjectKind) or ProjectKind.REGULAR
        columns["schedule"] = self._schedule(fields.get("schedule"))
        entry = ProjectEntry(item.line, name or "", columns)
        entry.categories = [word for one in self.lines.items(fields.get("categories")) if (word := self._category(one))]
        entry.provider = self.parties.named(fields.get("provider"), _PROVIDERS)
        return entry if name is not None else None

    def _schedule(self, item: Item | None) -> Schedule | None:
        word = self.lines.word(item)
        if item is None or word is None:
            return None
        try:
            return Schedule.read(word)
        except NotUnderstood as error:
            self.lines.wrong(item.line, str(error))
            return None

    def _category(self, item: Item) -> str | None:
        word = self.lines.word(item)
        if word is not None and word not in self.categories:
            self.lines.wrong(item.line, _("There is no category “%(word)s” in this file.", word=word))
            return None
        return word


def _names(entries: list[CategoryEntry] | None) -> set[str]:
    """Return the names of all categories of the file; those a community starts with where it says nothing."""
    if entries is None:
        return {str(word) for top, children in defaults.CATEGORIES.items() for word in (top, *children)}
    return {word.name for entry in entries for word in (entry, *entry.children)}
