"""A page of the handbook from Markdown: headings one can point to, links that lead on in the portal, no raw HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

ADDRESS: Final = "/help/"
INDEX: Final = "README"
WORDLESS: Final = "zxx"
"""The language of commands and codes: none, so that nobody reads them aloud as Chinese words (ISO 639-2)."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading; `anchor` is the address of the heading within its page.

    `heading` is what it says, `shown` the same with codes as codes.
    """

    level: int
    anchor: str
    heading: str
    shown: Markup
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another page of the handbook, with the heading of second rank it stands under."""

    group: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the handbook as it is shown."""

    name: str
    title: str
    html: Markup
    sections: tuple[Section, ...]
    links: tuple[Link, ...]


def read(name: str, path: Path) -> Page:
    """Return a page as its file says now. Raises OSError where the file cannot be read."""
    return _read(name, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=128)
def _read(name: str, path: Path, _stamp: int) -> Page:
    return page(name, path.read_text(encoding="utf-8"))


def page(name: str, text: str) -> Page:
    """Return a page from its Markdown."""
    tokens = _language().parse(text)
    anchors = _give_anchors(tokens)
    for token in _all(tokens):
        _adapt(token)
    sections = tuple(_sections(tokens, anchors))
    title = next((one.heading for one in sections if one.level == 1), name)
    html = _rendered(tokens)
    return Page(name, title, html, sections, tuple(_links(tokens)))


def anchor(heading: str) -> str:
    """Return the address of a heading as the sites that show such files make it: small letters, no marks, dashes."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def leads_to(target: str) -> str:
    """Return where a link written for the folder leads within the portal; links to elsewhere stay as they are."""
    path, hash_, rest = target.partition("#")
    if not path.endswith(".md") or "://" in path:
        return target
    name = PurePosixPath(path).stem
    return f"{ADDRESS}{'' if name == INDEX else name}{hash_}{rest}"


@cache
def _language() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - two megabytes, from when somebody opens the handbook

    language = MarkdownIt("commonmark", {"html": False}).enable("table")
    language.add_render_rule("table_open", _open_table)
    language.add_render_rule("table_close", _close_table)
    return language


def _rendered(tokens: Sequence[Token]) -> Markup:
    language = _language()
    return Markup(language.renderer.render(tokens, language.options, {}))  # noqa: S704 - made with raw HTML off


def _open_table(*_given: object) -> str:
    return '<div class="book-table" tabindex="0"><table class="table">\n'


def _close_table(*_given: object) -> str:
    return "</table></div>\n"


def _all(tokens: Sequence[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *_all(token.children or []))]


def _adapt(token: Token) -> None:
    """Let a token lead on in the portal, say its language, and carry no style of its own."""
    token.attrs.pop("style", None)
    if token.type == "link_open":
        token.attrSet("href", leads_to(str(token.attrGet("href"))))
    elif token.type == "image" and str(token.attrGet("src")).startswith("pictures/"):
        token.attrSet("src", f"{ADDRESS}{token.attrGet('src')}")
        token.attrSet("loading", "lazy")
    elif token.type in ("code_inline", "code_block", "fence"):
        token.attrSet("lang", WORDLESS)


def _give_anchors(tokens: Sequence[Token]) -> dict[int, str]:
    """Give each heading its address, and return them by the position of the heading."""
    found: dict[int, str] = {}
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            wanted = anchor(_plain(tokens[number + 1]))
            alike = sum(one == wanted or one.startswith(f"{wanted}-") for one in found.values())
            found[number] = f"{wanted}-{alike}" if wanted in found.values() else wanted
            token.attrSet("id", found[number])
    return found


def _plain(token: Token) -> str:
    """Return what a piece of text says, without its marks."""
    if token.children is None:
        return token.content
    return "".join(" " if one.type in ("softbreak", "hardbreak") else _plain(one) for one in token.children)


def _sections(tokens: Sequence[Token], anchors: dict[int, str]) -> list[Section]:
    found = []
    for start, end in pairwise([*anchors, len(tokens)]):
        said = [_plain(one) for one in tokens[start + 2 : end] if one.type in ("inline", "fence")]
        level, heading = int(tokens[start].tag[1:]), tokens[start + 1]
        shown = _rendered(heading.children or [])
        found.append(Section(level, anchors[start], _plain(heading), shown, " ".join(said)))
    return found


def _links(tokens: Sequence[Token]) -> list[Link]:
    group, found = "", []
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            group = _plain(tokens[number + 1])
        for one in token.children or []:
            target = str(one.attrGet("href") or "")
            if group and one.type == "link_open" and target.startswith(ADDRESS):
                found.append(Link(group, target.removeprefix(ADDRESS).partition("#")[0]))
    return found
