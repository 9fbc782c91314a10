"""Reads what is offered in a box: its shared resources and its service projects."""

from collections.abc import Callable
from typing import Final, TypeVar

from flask_babel import lazy_gettext as _

from app.box.contents import Box, CategoryEntry, PartyEntry, ProjectEntry, ResourceEntry
from app.box.lines import Item, Lines
from app.box.party_reading import PartyReader, plain
from app.box.sections import PROJECTS, RESOURCES
from app.box.words import category_words, way
from app.communities import defaults
from app.projects.choices import ProjectKind
from app.roles import BOUND_ROLES

PROVIDERS: Final = tuple({kind for kinds in BOUND_ROLES.values() for kind in kinds})
_Offer = TypeVar("_Offer", ProjectEntry, ResourceEntry)


class Categories:
    """Finds the categories of a box by their words."""

    def __init__(self, lines: Lines, box: Box) -> None:
        self.lines = lines
        tops = usual_categories() if box.categories is None else box.categories
        self.words = category_words((top, top.children) for top in tops)

    def named(self, item: Item | None) -> str | None:
        """Return the word of a category, if there is such a one."""
        word = self.lines.word(item)
        if item is None or word is None:
            return None
        found = next((one for one in (word, way(word)) if one in self.words), None)
        if found is None:
            self.lines.wrong(item.line, _("There is no category “%(word)s” in this file.", word=word))
        return found

    def listed(self, item: Item | None) -> list[str]:
        """Return the words of several categories."""
        return [word for one in self.lines.items(item) if (word := self.named(one))]


class OfferReader:
    """Reads resources and projects; units, teams and categories are read before."""

    def __init__(self, lines: Lines, parties: PartyReader, categories: Categories) -> None:
        self.lines, self.parties, self.categories = lines, parties, categories
        self.known: dict[str, ResourceEntry] = {}

    def resources(self, item: Item | None) -> list[ResourceEntry]:
        """Return the resources, each name once."""
        found = self._different(item, self._resource)
        self.known = {resource.name: resource for resource in found}
        return found

    def projects(self, item: Item | None) -> list[ProjectEntry]:
        """Return the projects, each name once; the resources are read before."""
        return self._different(item, self._project)

    def _different(self, item: Item | None, read: Callable[[Item], _Offer | None]) -> list[_Offer]:
        found: dict[str, _Offer] = {}
        for entry in self.lines.items(item):
            offer = read(entry)
            if offer is not None and offer.name in found:
                self.lines.wrong(entry.line, _("“%(name)s” stands here twice.", name=offer.name))
            if offer is not None:
                found.setdefault(offer.name, offer)
        return list(found.values())

    def _project(self, item: Item) -> ProjectEntry | None:
        fields = self.lines.fields(item, PROJECTS.keys)
        if fields is None:
            return None
        name = self.lines.required(fields.get("name"), item.line, "name", PROJECTS.model, "name")
        entry = ProjectEntry(item.line, name or "", plain(self.lines, fields, PROJECTS))
        entry.columns["kind"] = entry.columns["kind"] or ProjectKind.REGULAR
        entry.categories = self.categories.listed(fields.get("categories"))
        entry.provider = self._provider(fields.get("provider"))
        entry.resources = self._resources(fields.get("resources"))
        return entry if name is not None else None

    def _resource(self, item: Item) -> ResourceEntry | None:
        fields = self.lines.fields(item, RESOURCES.keys)
        if fields is None:
            return None
        name = self.lines.required(fields.get("name"), item.line, "name", RESOURCES.model, "name")
        columns, provider = plain(self.lines, fields, RESOURCES), self._provider(fields.get("provider"))
        for key in ("provider", "kind"):
            if (found := fields.get(key)) is None or found.is_empty:
                self.lines.missing(found, item.line, key)
        entry = ResourceEntry(item.line, name or "", columns, provider)
        entry.categories = self.categories.listed(fields.get("categories"))
        entry.place = self.parties.place(fields.get("place"))
        return entry if name is not None else None

    def _resources(self, item: Item | None) -> list[ResourceEntry]:
        found: list[ResourceEntry] = []
        for one in self.lines.items(item):
            word = self.lines.word(one)
            if word in self.known:
                found.append(self.known[word])
            elif word is not None:
                self.lines.wrong(one.line, _("There is no resource “%(word)s” in this file.", word=word))
        return list(dict.fromkeys(found))

    def _provider(self, item: Item | None) -> PartyEntry | None:
        return self.parties.named(item, PROVIDERS)


def usual_categories() -> list[CategoryEntry]:
    """Return the categories a community starts with when its file names none."""
    return [
        CategoryEntry(0, str(name), [CategoryEntry(0, str(child)) for child in children])
        for name, children in defaults.CATEGORIES.items()
    ]
