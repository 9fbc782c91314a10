"""The whole handbook: which pages it has and in which order, the pages of one's own roles, and finding words in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.core.actor import current
from app.handbook import writing
from app.handbook.writing import INDEX, Page, Section
from app.roles import Role

DOCS: Final = Path(__file__).parents[2] / "docs"
"""The folder of the handbook, which lies beside the program."""
HITS: Final = 40
AROUND: Final = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """A place of the handbook where all words asked for stand, and what is said there."""

    page: Page
    section: Section
    excerpt: str


def index() -> Page | None:
    """Return the first page of the handbook; None where the installation came without it."""
    path = DOCS / "handbook" / f"{INDEX}.md"
    return writing.read("", path) if path.is_file() else None


def contents() -> dict[str, list[Page]]:
    """Return the pages in order, by the heading of the index under which they are first named."""
    first = index()
    groups: dict[str, list[Page]] = {}
    seen: set[str] = set()
    for link in first.links if first else ():
        path = _path(link.name)
        if link.name not in seen and path is not None:
            groups.setdefault(link.group, []).append(writing.read(link.name, path))
        seen.add(link.name)
    return groups


def pages() -> list[Page]:
    """Return the pages in the order of the index."""
    return [page for group in contents().values() for page in group]


def picture(name: str) -> Path | None:
    """Return the file of a picture; None for a name that is not among the pictures of the handbook."""
    folder = DOCS / "handbook" / "pictures"
    return next((one for one in folder.glob("*.png") if one.name == name), None)


def own() -> list[Page]:
    """Return the pages of the roles the person holds."""
    held = {page_of(one.role) for one in getattr(current(), "held", ())}
    return [page for page in pages() if page.name in held]


def page_of(role: Role) -> str:
    """Return the name of the page of a role."""
    return role.name.lower().replace("_", "")


def find(text: str) -> list[Hit]:
    """Return the places where all the words stand: those that have them in the heading first."""
    words = text.lower().split()
    hits = [_hit(page, section, words) for page, section in _places() if _says(section, words)] if words else []
    return sorted(hits, key=lambda hit: not any(word in hit.section.heading.lower() for word in words))[:HITS]


def _places() -> Iterator[tuple[Page, Section]]:
    return ((page, section) for page in pages() for section in page.sections)


def _says(section: Section, words: list[str]) -> bool:
    said = f"{section.heading} {section.text}".lower()
    return all(word in said for word in words)


def _hit(page: Page, section: Section, words: list[str]) -> Hit:
    at = max(min((section.text.lower().find(word) for word in words), default=0), 0)
    start = max(at - AROUND, 0)
    piece = section.text[start : at + 2 * AROUND]
    return Hit(page, section, f"{'…' if start else ''}{piece}{'…' if at + 2 * AROUND < len(section.text) else ''}")


def _path(name: str) -> Path | None:
    """Return the file of a page: one of the handbook, or one that lies beside it for those who install."""
    folders = (DOCS / "handbook", DOCS)
    return next((path for folder in folders if (path := folder / f"{name}.md").is_file()), None)
