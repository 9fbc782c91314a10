"""Reads the posts of a box, and the people who hold them; who signs in has an account in the same file."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.box.contents import AccountEntry, At, Box, PlaceEntry, PostEntry
from app.box.lines import Item, Lines
from app.box.party_reading import PartyReader, plain
from app.box.sections import POSTS
from app.core import checks
from app.core.fields import Text, facts
from app.people.models import Person
from app.people.phones import found_by, tidied
from app.posts.rules import days_in_order, is_somewhere, names_company, role_fits

RULES: Final[tuple[Callable[[Any], dict[str, Text] | None], ...]] = (
    is_somewhere,
    names_company,
    days_in_order,
    role_fits,
)
"""The rules of a post that need no database."""


class PostReader:
    """Reads posts; places and accounts are read before."""

    def __init__(self, lines: Lines, parties: PartyReader, box: Box) -> None:
        self.lines, self.parties = lines, parties
        self.accounts = {account.login: account for account in reversed(box.accounts)}

    def read(self, item: Item | None) -> list[PostEntry]:
        """Return the posts, each once."""
        found: dict[Any, PostEntry] = {}
        for row in self.lines.items(item):
            post = self._post(row)
            if post is not None and found.setdefault(_key(post), post) is not post:
                self.lines.wrong(row.line, _("“%(name)s” stands here twice.", name=post.name))
        return list(found.values())

    def _post(self, item: Item) -> PostEntry | None:
        fields = self.lines.fields(item, POSTS.keys)
        if fields is None:
            return None
        before = len(self.lines.complaints)
        columns = plain(self.lines, fields, POSTS)
        name = self.lines.required(fields.get("name"), item.line, "name", Person, "name")
        if (said := fields.get("duty")) is None or said.is_empty:
            self.lines.missing(said, item.line, "duty")
        entry = PostEntry(
            item.line,
            name or "",
            self._phones(fields.get("phones")),
            self._account(fields.get("login")),
            columns.pop("duty"),
            self._places(fields.get("places")),
            columns,
            {key: one.line for key, one in fields.items()},
        )
        # A rule says little of what could not be read.
        if len(self.lines.complaints) == before:
            self._judge(entry)
        return entry if len(self.lines.complaints) == before else None

    def _phones(self, item: Item | None) -> list[str]:
        phones = [tidied(word) for one in self.lines.items(item) if (word := self.lines.word(one))]
        check = facts(Person)["phones"].check
        wrong = next((text for one in phones if (text := checks.visible(one))), None) or (check and check(phones))
        if item is not None and wrong:
            self.lines.wrong(item.line, wrong)
        return phones

    def _account(self, item: Item | None) -> AccountEntry | None:
        word = self.lines.word(item)
        if item is None or word is None:
            return None
        account = self.accounts.get(word)
        if account is None:
            self.lines.wrong(item.line, _("There is no account “%(word)s” in this file.", word=word))
        return account

    def _places(self, item: Item | None) -> list[PlaceEntry]:
        found = (self.parties.place(one) for one in self.lines.items(item))
        return list(dict.fromkeys(place for place in found if place is not None))

    def _judge(self, entry: PostEntry) -> None:
        """Complain of what the rules of posts refuse, each beside its cell."""
        row = SimpleNamespace(**entry.columns, duty=entry.duty, places=entry.places, from_ledger=False)
        for name, text in [pair for rule in RULES for pair in (rule(row) or {}).items()]:
            self.lines.wrong(entry.spots.get(name, entry.line), text)
        if entry.columns["gives_role"] and entry.account is None and not self.lines.complaints:
            at: At = entry.spots.get("login", entry.line)
            self.lines.wrong(at, _("The role goes to an account; write its login name."))


def _key(post: PostEntry) -> Any:
    """Return what makes a post the same as another one of the file."""
    who = post.account.login if post.account is not None else (post.name, *map(found_by, post.phones))
    return who, post.duty, frozenset(map(id, post.places)), post.columns["since"]
