"""The report of a ledger, as programs get it: what of it was taken, and of all else why not (interface.md)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.models import Community
from app.core.fields import Text
from app.core.sheets.ledger import Draft, Trouble
from app.core.sheets.values import Reason
from app.imports import registry
from app.ledgers.keeper import RULE

SENTENCES: Final[Mapping[str, Text]] = {
    Reason.MISSING: _("This is missing."),
    Reason.ID_FORMAT: _("This is no number of a document: an identity number has 18 characters."),
    Reason.ID_CHECKSUM: _("The last character of the identity number does not fit the others; look at the card."),
    Reason.ID_BIRTH: _("The birthday in the identity number does not exist; look at the card."),
    Reason.ID_PRECISION: _("Excel has destroyed the end of this number; type it again as text."),
    Reason.PHONE: _("This is no telephone number."),
    Reason.DATE: _("This is no date; write it like 2026-11-22."),
    Reason.NO_YEAR: _("The year is missing; write the date like 2026-11-22."),
    Reason.FUTURE: _("The date lies in the future."),
    Reason.ORDER: _("This date does not fit the others of the row."),
    Reason.NUMBER: _("This is no number."),
    Reason.RANGE: _("This number is too large or too small."),
    Reason.CHOICE: _("This word is none of the choices."),
    Reason.PLACE: _("There is no such place in the community, or several of this name."),
    Reason.PERSON: _("Nobody of this name is known."),
    Reason.AMBIGUOUS: _("Several people have this name; add the identity number or the phone."),
    Reason.FORMULA: _("A formula without a result; type the value."),
    Reason.TOO_LONG: _("This text is too long."),
    "gender_id_mismatch": _("The identity number says otherwise; the number is followed."),
    "age_id_mismatch": _("The age does not fit the identity number."),
    "birth_id_mismatch": _("The identity number says another birthday; the number is followed."),
    "id_15_upgraded": _("An old number of 15 digits, written with 18 now."),
    "id_missing": _("The identity number is missing."),
    "id_other_type": _("This is the number of another document than the identity card."),
    "same_name": _("Somebody else has the same name."),
    "float_month_ambiguous": _("January or October? Excel may have dropped a nought; look at it."),
    "year_short": _("The year has only two digits; it is read like this."),
    "days": _("These are several days; the first is kept of when something began, the last of when it ended."),
    "party_date_under_18": _("By these dates the member joined the party before the age of 18."),
    "hidden_row": _("This row is hidden in the file; it is read all the same."),
    "may_go_on": _("It has no number and says only words; if it goes on with the row above, put it there."),
    "category_unknown": _("This category is not one of the community's; its words are kept."),
    "on_hold_incomplete": _("For this a reason and a coming day to go on are needed; the need arrives as submitted."),
    "referred_incomplete": _("It is not said to which body; the need arrives as submitted."),
    "merged_incomplete": _("It is not said into which need; the need arrives as submitted."),
    "case_unknown": _("No such need stands in the list yet; this one arrives as submitted. Merge it there."),
    "provider_made": _("Nobody of this name is known yet; it will be added to the units."),
    "not_editable": _("This column cannot be changed in a sheet; it stays as it is."),
    "conflict": _("Somebody has changed this row since the export; export it again and change it there."),
    "day_unknown": _("Only the month or year is known; its first day is kept. Put the day in when it is known."),
    "until_end": _("The last day of what is said is kept."),
    "beside_name": _("This stands beside the name; it is kept as a note."),
    "quantity_in_words": _("This is no single number; it is kept in words."),
    "quantity_bare": _("It is not said of what; the number is kept in words."),
    "odd_name": _("This is hardly the name alone; look at it."),
    "several_names": _("This looks like several people; write each in a row of their own."),
    "head_alone": _("The row names nobody but the head of the household; it is read as theirs."),
    "label_unread": _("This stands above the rows; it is not kept."),
    "not_done_yet": _("This says that it is not done yet; no day is kept."),
    "mark_unsure": _("Other rows of this column are ticked otherwise; what stands here is read as not ticked."),
    "beside_place": _("What stands in brackets beside the place is not kept."),
    "beside_number": _("This stands beside the number; only the number is kept."),
    "several_needs": _("This looks like several needs; write each in a row of its own, so that each can be followed."),
    "beside_status": _("This stands beside the state; it is kept as a note."),
    "several_resources": _("This looks like several resources; write each in a row of its own."),
    "beside_phone": _("This stands beside the telephone number; only the number is kept."),
    "second_phone": _("Only the first telephone number is kept."),
    "team_unknown": _("This team is not known; its name is kept as a note."),
}
"""What the codes say to people."""
_NO_NEED: Final = _(
    "No need is found by this, or several, in the list and in this file; correct its row first if it was rejected."
)
OF_COLUMNS: Final[Mapping[tuple[str, str], Text]] = {
    (Reason.CHOICE, "need_code"): _NO_NEED,
    (Reason.CHOICE, "need"): _NO_NEED,
}
"""What codes say of columns that are chosen from rows instead of words."""
WARNED: Final[Mapping[str, Text]] = {
    Reason.CHOICE: _("This word is none of the choices; it is kept as a note."),
    Reason.PLACE: _("This place stands in the same file: take it in, then send the file again for this row."),
}
"""What codes of what is wrong say where it is only strange."""


def sentence(trouble: Trouble, is_wrong: bool = True) -> str:
    """Return what is wrong, or only strange, in one sentence."""
    if trouble.reason == RULE:
        return trouble.found
    known = SENTENCES if is_wrong else {**SENTENCES, **WARNED}
    said = str(OF_COLUMNS.get((trouble.reason, trouble.field)) or known.get(trouble.reason, trouble.reason))
    return gettext("“%(found)s”: %(said)s", found=trouble.found, said=said) if trouble.found else said


def report(
    drafts: Iterable[Draft], told: Mapping[str, Any], community: Community, shows: bool = True
) -> dict[str, Any]:
    """Return the report. `shows`: whether the values of the rows are told; `left_out` counts rows further down."""
    some = [draft for draft in drafts if not draft.along]
    rows = sum(told["counts"][name] for name in ("accepted", "rejected", "duplicates"))
    return {
        "left_out": max(0, rows - len(some)),
        "accepted": [_accepted(draft, shows) for draft in some if draft.verdict == "accepted"],
        "rejected": [one for draft in some for one in _troubles(draft, draft.troubles, shows)],
        "duplicates": [_duplicate(draft) for draft in some if draft.verdict == "duplicate"],
        "ignored": [*told["ignored"], *({"sheet": name, "why": "hidden_sheet"} for name in told["hidden_sheets"])],
        "warnings": [_warning(draft, one if shows else _bare(one)) for draft in some for one in draft.warnings],
        "header": told["header"],
        "other_sheets": told["other_sheets"],
        "unread_sheets": told.get("unread_sheets", []),
        "context": {"community": community.name, "code": community.code, "reference_date": _day(community)},
        "file_error": None,
        "counts": told["counts"],
    }


def _day(community: Community) -> str | None:
    return community.reference_date.isoformat() if community.reference_date is not None else None


def _accepted(draft: Draft, shows: bool) -> dict[str, Any]:
    found = {"sheet": draft.sheet, "row": draft.row, "list": registry.ledger(draft.ledger).list_name}
    return found | ({"values": draft.said} if shows else {})


def _bare(one: Trouble) -> Trouble:
    """Return what is wrong without what stands in the cell."""
    return Trouble(one.reason, one.field)


def _troubles(draft: Draft, troubles: Iterable[Trouble], shows: bool) -> list[dict[str, Any]]:
    about = {"sheet": draft.sheet, "row": draft.row}
    told = [one if shows or one.reason == RULE else _bare(one) for one in troubles]
    return [about | {"reason": one.reason, "field": one.field, "message": sentence(one)} for one in told]


def _warning(draft: Draft, one: Trouble) -> dict[str, Any]:
    about = {"sheet": draft.sheet, "row": draft.row, "warning": one.reason, "reason": one.reason}
    return about | {"field": one.field, "message": sentence(one, is_wrong=False)}


def _duplicate(draft: Draft) -> dict[str, Any]:
    about = {"sheet": draft.sheet, "row": draft.row, "same_as": draft.same_as, "action": draft.action}
    return about | {"key": draft.key, "conflicts": draft.conflicts}


def failed(fault: str | None, message: str, community: Community) -> dict[str, Any]:
    """Return the report of a file that could not be read."""
    empty: dict[str, Any] = {
        name: [] for name in ("accepted", "rejected", "duplicates", "ignored", "warnings", "header")
    }
    about = {"context": {"community": community.name, "code": community.code, "reference_date": _day(community)}}
    none = {"accepted": 0, "rejected": 0, "duplicates": 0, "ignored": 0, "warnings": 0}
    return empty | about | {"file_error": fault, "message": message, "counts": none}
