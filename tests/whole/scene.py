"""Rows to walk over: for every registered list one row of ours and one of theirs, each by the hand of any of the cast.

A list added later is filled from its column facts; only what facts cannot tell stands in `special`.
"""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from flask import Flask
from sqlalchemy import Row, select

from app.accounts.models import Account, Grant
from app.communities.models import Community, Place
from app.core import access, clock, database
from app.core.actor import Actor, acting, system
from app.core.fields import RELATED, Field, Shape, facts, shape
from app.core.files import service as files
from app.core.files.models import Attachment
from app.extensions import db
from app.imports import service as service_of_ledgers
from app.imports import taking
from app.imports.models import LedgerWord
from app.imports.service import Asked
from app.parties.models import Partied, Party
from app.people import merging
from app.people.models import Person
from app.people.ties import Tie
from app.registrations.models import ServicePost
from tests.cast.people import CAST
from tests.core.sheets.paper import xlsx
from tests.whole.special import ADDRESS, OURS, SPECIAL, THEIRS, WORDS, bind, community_of, resident, vacant

PICTURE: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFElEQVR4nGOsWBDFgA0wYRWlkwQA2iABfptCO38AAAAASUVORK5CYII="
)
"""The smallest of photos."""


def list_of(target: Any) -> str:
    """Return the list whose rows can be chosen where a column points at `target`."""
    return "units" if target is Party else str(target.list_name)


def relations(view: Any) -> list[str]:
    """Return the columns of a list that point at rows of guarded lists."""
    return [name for name in facts(view.model) if shape(view.model, name).kind in RELATED]


def pk_of(view: Any, name: str, rows: dict[str, int]) -> int:
    """Return which of these rows, one of each list, a column of a list can point at."""
    return rows[list_of(shape(view.model, name).target)]


@dataclass
class Scene:
    """Makes rows and remembers what was written in them."""

    app: Flask
    number: int = 0
    written: dict[str, set[str]] = field(default_factory=lambda: {OURS: set(), THEIRS: set()})

    def lists(self) -> list[Any]:
        """Return every registered list."""
        found: list[Any] = self.app.extensions["appbuilder"].list_views()
        return found

    def edited(self) -> list[Any]:
        """Return every list whose rows somebody edits."""
        return [view for view in self.lists() if access.somebody_may("e", view.guard)]

    def make(self, view: Any, login: str = "secretary") -> int:
        """Make a row of a list by the hand of somebody, with every column filled, and return its id."""
        if view.model is Community:
            return self._community_id(community_of(login))
        with self._as(login) as community, database.transaction():
            values = self._values(view, community, login)
            later = {name: values.pop(name) for name in list(values) if name not in (*view.add_names, "community")}
            row = view.create(values)
            for name, value in later.items():
                setattr(row, name, value)
            db.session.flush()
            if view.model.attachments:
                files.attach(row, BytesIO(PICTURE), self._file_name(community.code))
            pk = int(row.id)
            if isinstance(row, Partied):
                bind(row, login)
        return pk

    def _file_name(self, code: str) -> str:
        self.number += 1
        name = f"{WORDS[code][0]}{self.number}.png"
        self.written[code].add(name)
        return name

    def file_of(self, list_name: str, pk: int) -> int:
        """Return the id of the first file of a row."""
        with self.app.app_context(), acting(system("tests")):
            found = select(Attachment.id).filter_by(list=list_name, row_id=pk).order_by(Attachment.id)
            return int(db.session.scalars(found).first() or 0)

    @contextmanager
    def _as(self, login: str) -> Iterator[Community]:
        with self.app.test_request_context(), acting(system("tests")):
            author = db.session.scalars(select(Account).filter_by(login=login)).one()
            community = db.session.scalars(select(Community).filter_by(code=community_of(login))).one()
            with acting(Actor("tests", user_id=author.id, unbounded=True)):
                yield community

    def _community_id(self, code: str) -> int:
        with self.app.app_context(), acting(system("tests")):
            return int(db.session.scalars(select(Community.id).filter_by(code=code)).one())

    def _values(self, view: Any, community: Community, login: str) -> dict[str, Any]:
        described = facts(view.model)
        values = SPECIAL.get(view.model, lambda login: {})(login)
        if values.get("address"):
            values["address"] = ADDRESS[community.code]
        for name in view.add_names:
            if name not in values:
                values[name] = self._value(view.model, name, described[name], community)
        if "community" in described:
            values["community"] = community
        self._remember(community.code, values, described)
        return values

    def _remember(self, code: str, values: dict[str, Any], described: Any) -> None:
        for name in described:
            texts = values.get(name)
            self.written[code] |= {text for text in (texts if isinstance(texts, list) else [texts]) if _is_text(text)}

    def _value(self, model: type, name: str, about: Field, community: Community) -> Any:
        form = shape(model, name)
        if form.kind in ("text", "list"):
            text = self._text(about, form, community.code)
            return [text] if form.kind == "list" else text
        if form.kind == "choice":
            return next(iter(form.choices or ()))
        if form.kind in RELATED:
            one = self._related(form.target, community)
            several = [one] if one is not None else []
            return several if form.kind == "many" else one
        if form.required or about.mask:
            self.number += 1
            return {
                "date": clock.today() - timedelta(days=self.number),
                "instant": clock.now(),
                "number": 1,
                "decimal": 1.0,
            }.get(form.kind, False)
        return None

    def _text(self, about: Field, form: Shape, code: str) -> str:
        # Each column says something else, so that a test knows which one it has found.
        self.number += 1
        words, latin, mobile = WORDS[code]
        candidates = (f"{words}{self.number:04d}", f"{latin}{self.number:04d}", f"{mobile}{self.number:04d}")
        given = [[text] if form.kind == "list" else text for text in candidates]
        fitting = [index for index, value in enumerate(given) if about.check is None or about.check(value) is None]
        # A list may want several parts; no test minds whether this one is content.
        return candidates[fitting[0] if fitting else 0]

    def _related(self, target: Any, community: Community) -> Any:
        found = select(target).order_by(target.id)
        if target is Community:
            return community
        if target is ServicePost:
            return vacant(community)
        if target is Account:
            found = found.join(Grant, Grant.account_id == Account.id).where(Grant.community_id == community.id)
        else:
            found = found.where(target.community_id == community.id)
        return db.session.scalars(found.limit(1)).first()

    def look_like_one(self) -> None:
        """Let two records of ours be merged, and two others be told apart."""
        with self._as("secretary"), database.transaction():
            kept, gone, one, other = (db.session.get_one(Person, resident("secretary").id) for _number in range(4))
            merging.merge(kept, gone)
            merging.tell_apart(one, other)
            db.session.add(Tie(community=kept.community, person=kept, pair="ab" * 16, other_community=THEIRS))
        self._take_in()

    def _take_in(self) -> None:
        """Let a ledger of ours be taken in, and its headings be remembered."""
        with self._as("secretary") as community:
            pk = community.id
            word = WORDS[OURS][0]
            ledger = xlsx({"群众需求清单": [["需求编号", "居民姓名", "需求内容"], [f"{word}-1", word, f"{word}坏了"]]})
            taking.apply(service_of_ledgers.stage(community, ledger, f"{word}.xlsx", Asked("needs")))
            with database.transaction():
                db.session.add(LedgerWord(community_id=pk, ledger="need", heading=word, column="person"))

    def secrets(self) -> set[str]:
        """Return the words of our community that nobody of theirs may ever read: names, titles, codes, numbers."""
        with self.app.app_context(), acting(system("tests")):
            ours, theirs = (self._words_of(code) for code in (OURS, THEIRS))
        return {word for word in ours | self.written[OURS] if word not in {*theirs, *self.written[THEIRS], *CAST}}

    def _words_of(self, code: str) -> set[str]:
        community = db.session.scalars(select(Community).filter_by(code=code)).one()
        found = {community.name, community.code}
        for view in self.lists():
            if hasattr(view.model, "community_id"):
                rows = db.session.scalars(select(view.model).where(view.model.community_id == community.id))
                found |= {text for row in rows for text in _texts(row)}
        holders = select(Account).where(Account.id.in_(select(Grant.account_id).filter_by(community_id=community.id)))
        return found | {text for account in db.session.scalars(holders) for text in _texts(account)}


def _texts(row: Any) -> Iterator[str]:
    for name in facts(type(row)):
        value = getattr(row, name)
        if _is_text(value):
            yield value


def _is_text(value: Any) -> bool:
    """Tell whether a value is a text that is not found by chance in a token of a page."""
    return isinstance(value, str) and len(value) > (5 if value.isascii() else 1)


def dump(app: Flask) -> dict[str, list[Row[Any]]]:
    """Return everything stored, as it is stored, table by table, but for when somebody was last seen."""
    with app.app_context(), database.reading(), db.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(rows).fetchall() for name, rows in _everything().items()}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


@lru_cache(maxsize=1)
def _everything() -> dict[str, str]:
    kept = [table for table in Place.metadata.sorted_tables if not table.name.startswith("ab_")]
    asked = {table.name: ", ".join(f'"{c.name}"' for c in table.c if c.name != "seen_at") for table in kept}
    return {name: f'SELECT {columns} FROM "{name}"' for name, columns in asked.items()}  # noqa: S608
