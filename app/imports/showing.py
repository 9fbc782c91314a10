"""What the page of a ledger shows: its sheets and columns, and its rows by what becomes of them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import masking, telling
from app.core.fields import Text
from app.core.history import recorded_models
from app.core.sheets.ledger import Draft, Trouble
from app.imports import registry, storing
from app.imports.models import BatchState, ImportBatch
from app.imports.reporting import sentence
from app.imports.understanding import KEYED

PAGE: Final = 25
VERDICTS: Final[dict[str, Text]] = {
    "rejected": _("Rejected"),
    "warned": _("To be looked at"),
    "duplicate": _("Known already"),
    "accepted": _("To be taken in"),
}
"""The sets of rows the page shows, the one with work first."""
APPLIED: Final = BatchState.APPLIED
ACTIONS: Final[dict[str, Text]] = {
    "merge": _("Fills in what the other one leaves blank"),
    "same": _("Says nothing new"),
    "second_post": _("A second post of the same person"),
}
MASKS: Final = {
    "id_number": masking.id_number,
    "phone": masking.phone,
    "phone2": masking.phone,
    "address": masking.address,
    "registered_address": masking.address,
    "door": masking.hidden,
}
"""What stands encrypted in the lists is not shown in plain here either."""
FEW: Final = 8
"""How many columns of a row are shown."""


def templates(lists: Collection[str]) -> list[tuple[str, str]]:
    """Return what these lists are called and where their empty templates are, of those that have one."""
    views = current_app.extensions["appbuilder"].list_views()
    own = (view for view in views if view.list_name in lists and view.is_handed_out("template_xlsx"))
    return [(str(view.list_title), view.url("template_xlsx")) for view in own]


def titles() -> dict[str, str]:
    """Return what the sorts of ledgers are called, by name: as their list is, or by their own usual word."""
    views = {view.list_name: str(view.list_title) for view in current_app.extensions["appbuilder"].list_views()}
    found = {}
    for name, (ledger, _keeper) in registry.KEEPERS.items():
        title, first = views.get(ledger.list_name, ledger.list_name), ledger.titles.split()[0]
        found[name] = title if first == title else f"{title}（{first}）"
        if name.startswith(KEYED):
            found[name] = gettext("%(list)s (an export handed back)", list=title)
    return found | {listing: views.get(listing, listing) for listing in registry.listed()}


def named(rows: list[tuple[str, int]]) -> list[tuple[str, str]]:
    """Return what rows, given by list and id, are called, each with the address of its page."""
    names, models = telling.Names(), recorded_models()
    for listing, pk in rows:
        names.ask(models[listing], pk)
    names.load()
    return [(names.row(models[listing], pk), f"/{listing}/show/{pk}") for listing, pk in rows]


@dataclass
class SheetShown:
    """One sheet: where its headings stand, what it is taken for, and each column with what it might be."""

    number: int
    name: str
    rows: list[int]
    part: str
    ledger: str
    columns: list[dict[str, Any]]
    choices: list[tuple[str, str]]


def sheets(batch: ImportBatch) -> list[SheetShown]:
    """Return the sheets of a ledger as they were understood."""
    found = []
    for number, one in enumerate(batch.told.get("header", [])):
        ledger, part = one.get("ledger") or "", one.get("part", one["sheet"])
        columns = [_column(one, ledger, letter, batch.history) for letter in one.get("headings", {})]
        found.append(SheetShown(number, one["sheet"], one["rows"], part, ledger, columns, choices(ledger)))
    return found


def _column(one: dict[str, Any], ledger: str, letter: str, history: bool) -> dict[str, Any]:
    key = one["mapping"].get(letter, "")
    doubtful = one["doubtful"].get(letter, [])
    known = registry.ledger(ledger).by_key.get(key) if ledger else None
    is_left = letter in one.get("only_shown", {}) or (known is not None and known.is_old and not history)
    about = {"letter": letter, "place": place_of(letter), "heading": one["headings"][letter], "key": key}
    return about | {
        "doubtful": doubtful,
        "is_left": is_left,
        "is_old": known is not None and known.is_old and known.is_kept,
    }


def old_columns(shown: list[SheetShown]) -> str:
    """Return the headings that say how things stood, which only an old ledger takes over."""
    headings = (column["heading"] for sheet in shown for column in sheet.columns if column["is_old"])
    return "、".join(dict.fromkeys(headings))


WHYS: Final[dict[str, Text]] = {
    "section": _("Lines above several rows"),
    "home": _("Households without anybody below; nobody is taken in for them"),
    "header": _("Headings and titles again"),
    "total": _("Totals"),
    "note": _("Notes"),
    "footer": _("Signatures and page numbers"),
    "sample": _("Sample rows"),
    "goes_on": _("Rows that go on with the one above; their words were added to it"),
}
"""What rows without data are."""
NAMED: Final = 20
"""Of how many rows of each kind the numbers are shown."""


def asides(batch: ImportBatch) -> list[tuple[Text, str]]:
    """Return which rows of a ledger were taken to hold no data, by what they are."""
    found: dict[str, list[str]] = {}
    for one in batch.told.get("ignored", ()):
        found.setdefault(one["why"], []).append(f"{one['sheet']} {one['row']}".strip())
    return [(WHYS[why], "、".join(rows[:NAMED]) + ("…" if len(rows) > NAMED else "")) for why, rows in found.items()]


def place_of(letter: str) -> int:
    number = 0
    for sign in letter:
        number = number * 26 + ord(sign) - 64
    return number - 1


def choices(ledger: str) -> list[tuple[str, str]]:
    """Return what a column of a sort of ledger can be: key and usual heading."""
    found = registry.ledger(ledger) if ledger in registry.KEEPERS else None
    return [(column.key, column.words[0]) for column in found.columns] if found is not None else []


class Rows:
    """One page of the rows of a ledger, of one set."""

    def __init__(self, batch: ImportBatch, show: str, page: int) -> None:
        index = storing.index_of(batch)
        self.counts = {name: len(index.get(name, [])) for name in VERDICTS}
        first = next((name for name in VERDICTS if self.counts[name]), "accepted")
        self.show = show if show in VERDICTS else first
        places = index.get(self.show, [])
        self.pages = max(1, -(-len(places) // PAGE))
        self.page = min(max(page, 1), self.pages)
        wanted = places[(self.page - 1) * PAGE : self.page * PAGE]
        self.drafts = storing.rows_of(batch, wanted)
        self.labels = VERDICTS | ({"accepted": APPLIED.label} if batch.state is APPLIED else {})
        self.is_kept = batch.forgotten_on is None
        self.is_doubtful = any(
            one["doubtful"] or one["not_imported"] or not one["ledger"] for one in batch.told.get("header", [])
        )

    @staticmethod
    def reasons(draft: Draft) -> list[tuple[str, str, bool]]:
        """Return what is wrong or strange about a row: the column, the sentence, and whether it is wrong."""
        ledger = registry.ledger(draft.ledger)
        told = [(one, True) for one in draft.troubles] + [(one, False) for one in draft.warnings]
        return [
            (ledger.heading(one.field) if one.field else "", sentence(veiled(one), wrong), wrong) for one, wrong in told
        ]

    @staticmethod
    def said(draft: Draft) -> list[tuple[str, str]]:
        """Return the first columns of a row, as anybody may see them."""
        ledger = registry.ledger(draft.ledger)
        shown = [(ledger.heading(key), _shown(key, value)) for key, value in draft.said.items()]
        return shown[:FEW]

    @staticmethod
    def headings(draft: Draft, keys: list[str]) -> str:
        """Return what columns of a row are usually called."""
        return "、".join(registry.ledger(draft.ledger).heading(key) for key in keys)

    @staticmethod
    def action(draft: Draft) -> Text:
        """Return what is done with a row that says the same as another one."""
        return ACTIONS.get(draft.action, "")


def veiled(one: Trouble) -> Trouble:
    """Return what is wrong without a value that stands encrypted in the lists; the returned workbook has it."""
    return replace(one, found=MASKS[one.field](one.found)) if one.found and one.field in MASKS else one


def _shown(key: str, value: Any) -> str:
    text = "、".join(str(one) for one in value) if isinstance(value, list) else str(value)
    text = {True: "是", False: "否"}[value] if isinstance(value, bool) else text
    return MASKS[key](text) if key in MASKS else text
