"""The ways cells are read: each makes a reader for one column of a ledger, said beside the column it fills.

`sets` is the column of the list; where it is empty the cell only says something.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from app.called import own_word, standard_word
from app.core.fields import Labelled, NotUnderstood, Worded
from app.core.sheets import spans, values
from app.core.sheets.book import Cell
from app.core.sheets.boxes import ticked
from app.core.sheets.centuries import When, with_century
from app.core.sheets.filling import add, filling, keep, narrow, seen
from app.core.sheets.headings import NUMERALS, comparable, simplified
from app.core.sheets.ledger import TICKED, Draft, Reader, Sight
from app.core.sheets.values import Day, Reason, Rejected

Spellings = Mapping[str, Labelled]


def spelled(words: Mapping[Any, str]) -> dict[str, Any]:
    """Return what words mean, where of each meaning all words are said, blanks between them."""
    return {word: meaning for meaning, said in words.items() for word in said.split()}


def words(sets: str = "", limit: int = 0) -> Reader:
    """A text, put before what other columns have added; longer ones than `limit` characters are refused."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = seen(values.text(cell)).strip()
        if limit and len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text:
            added = draft.meant.get(sets) if key not in draft.said else None
            keep(draft, key, sets, text, f"{text}；{added}" if added else text)

    return filling(sets, read)


def noted(column: str, prefix: str) -> Reader:
    """A text for which the list has no column of its own: it is added to another one, under its own word."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = seen(values.text(cell)).strip()
        if text:
            draft.said[key] = text
            add(draft, column, f"{prefix}{text}")

    return read


def line(sets: str = "", limit: int = 0) -> Reader:
    """A text of one line."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = " ".join(seen(narrow(values.text(cell))).split())
        if limit and len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text:
            keep(draft, key, sets, text, text)

    return filling(sets, read)


def code(sets: str = "", limit: int = 40) -> Reader:
    """A code: half-width, without blanks."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = "".join(seen(values.half(cell)).split())
        if len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text:
            keep(draft, key, sets, text, text)

    return filling(sets, read)


def _day(draft: Draft, key: str, cell: Cell, sight: Sight, when: When) -> Day | None:
    """Return a day; of one whose year has two digits, or of several, it is said how it was read. Raises Rejected."""
    try:
        return values.day(cell, sight.date1904, None if when is When.BORN else sight.year)
    except Rejected:
        if key in FIRST | LAST and (ends := spans.ends(cell, sight.year)) is not None:
            found = ends[key in LAST]
            draft.warn("days", key, f"{cell} → {found}")
            return found
        whole = with_century(cell, sight.today, when)
        if whole is None:
            raise
    draft.warn("year_short", key, f"{cell} → {whole}")
    return values.day(whole)


FIRST: Final = frozenset({"start_date", "from", "valid_from"})
LAST: Final = frozenset({"done_date", "to", "valid_to"})
"""The columns that say when something began, and when it ended; what is of one day only has no two."""


def day(sets: str = "", future: bool = False, part: bool = False) -> Reader:
    """A day. `future`: whether it may lie ahead. `part`: whether a month or year will do; its first day is kept."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = _day(draft, key, cell, sight, When.AHEAD if future else When.PAST)
        if found is None:
            return
        if found.whole is None:
            if not part:
                raise Rejected(Reason.DATE, str(found))
            draft.warn("day_unknown", key, str(found))
        if values.is_ambiguous_month(cell):
            draft.warn("float_month_ambiguous", key, str(cell))
        first = f"{found.year:04d}-{found.month or 1:02d}-{found.day or 1:02d}"
        if not future and first > sight.today.isoformat():
            raise Rejected(Reason.FUTURE, str(found))
        keep(draft, key, sets, str(found), first)

    return filling(sets, read)


def moment(sets: str = "", future: bool = False, part: bool = False) -> Reader:
    """A day with its time of the day, if one is said; a day alone is its first minute. `part`: as of a day."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = _day(draft, key, cell, sight, When.AHEAD if future else When.PAST)
        if found is None:
            return
        if found.whole is None:
            if not (part and found.month):
                raise Rejected(Reason.DATE, str(found))
            draft.warn("day_unknown", key, str(found))
        first = f"{found.year:04d}-{found.month:02d}-{found.day or 1:02d}"
        if first > sight.today.isoformat() and not future:
            raise Rejected(Reason.FUTURE, str(found))
        time = f"{found.at:%H:%M}" if found.at is not None else "00:00"
        keep(draft, key, sets, str(found), f"{first}T{time}")

    return filling(sets, read)


def birth(sets: str = "birth") -> Reader:
    """A day of birth, or only its month or year."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = _day(draft, key, values.born(cell), sight, When.BORN)
        if found is None:
            return
        if values.is_ambiguous_month(cell):
            draft.warn("float_month_ambiguous", key, str(cell))
        if str(found) > sight.today.isoformat()[: len(str(found))]:
            raise Rejected(Reason.FUTURE, str(found))
        keep(draft, key, sets, str(found), str(found))

    return filling(sets, read)


def count(sets: str = "", least: int = 0, most: int = 2**31 - 1, beside: bool = True) -> Reader:
    """A whole number, also with its unit behind it. `beside`: and more in brackets, which is told: 15（含预备2）."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        try:
            found = values.whole(cell)
        except Rejected:
            told = _TOLD_BESIDE.fullmatch(values.half(cell)) if beside else None
            if told is None:
                raise
            draft.warn("beside_number", key, told[2])
            found = values.whole(told[1])
        if found is None:
            return
        if not least <= found <= most:
            raise Rejected(Reason.RANGE, str(found))
        keep(draft, key, sets, found, found)

    return filling(sets, read)


_TOLD_BESIDE: Final = re.compile(r"(\d+\s*[\u3400-\u9fff]?)\(([^()]*[\u3400-\u9fff][^()]*)\)")


def amount(sets: str = "", least: float = 0, most: float = 1e9) -> Reader:
    """A number that may have a fraction."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.number(cell)
        if found is None:
            return
        if not least <= found <= most:
            raise Rejected(Reason.RANGE, f"{found:g}")
        plain = int(found) if float(found).is_integer() else found
        keep(draft, key, sets, plain, float(found))

    return filling(sets, read)


def flag(sets: str = "") -> Reader:
    """A box that is ticked or not."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.flag(cell)
        if found is not None:
            keep(draft, key, sets, found, found)

    return filling(sets, read)


@cache
def _labels(choices: type[Labelled]) -> dict[str, Labelled]:
    return {comparable(text): one for one in choices for text in (standard_word(one.label), str(one.value))}


def _own_labels(choices: type[Labelled]) -> dict[str, Labelled]:
    return {comparable(own): one for one in choices if (own := own_word(one.label)) is not None}


def choice(
    sets: str,
    choices: type[Labelled],
    spellings: Callable[[], Spellings] | Spellings | None = None,
    shown: Mapping[Any, str] | None = None,
    otherwise: Callable[[Draft, str, str], None] | None = None,
) -> Reader:
    """One of the choices: by its word, its code or what people write for it.

    `shown`: the words outsiders rely on, where they are not those of the portal. `otherwise`: what is done with a word
    nobody knows; it is refused unless this is said.
    """

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = values.half(cell)
        if not text:
            return
        more = (spellings() if callable(spellings) else spellings) or {}
        found = _chosen(choices, more, text)
        if found is not None:
            keep(draft, key, sets, (shown or {}).get(found, str(found.label)), found.value)
        elif otherwise is not None:
            draft.said[key] = text
            otherwise(draft, key, text)
        else:
            raise Rejected(Reason.CHOICE, text)

    return filling(sets, read)


_SORT: Final = re.compile("(?:类型?|资源|毕业|学历|文化程度|文化)$")
"""What people write behind a choice: 场地类, 人才资源, 高中毕业."""


def _chosen(choices: type[Labelled], more: Spellings, text: str) -> Labelled | None:
    plain = comparable(text)
    # What the community calls something itself goes before what others call something else.
    found = _own_labels(choices).get(plain) or more.get(text) or more.get(text.upper()) or more.get(plain)
    found = found or _labels(choices).get(plain)
    sort = _SORT.sub("", plain)
    return found if found is not None or sort in {plain, ""} else _chosen(choices, more, sort)


def unknown_to(column: str, prefix: str = "") -> Callable[[Draft, str, str], None]:
    """Keep a word nobody knows as a text of another column, with a warning."""

    def keep(draft: Draft, key: str, text: str) -> None:
        draft.warn("enum_unknown", key, text)
        add(draft, column, f"{prefix}{text}")

    return keep


def parts(sets: str = "", joined: str = "") -> Reader:
    """Several things, parted by commas. `joined`: how the list keeps them as one text."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = [part for one in values.items(cell) if (part := seen(one).strip())]
        if found:
            keep(draft, key, sets, found, joined.join(found) if joined else found)

    return filling(sets, read)


def tags(sets: str = "tags", beside: str = "") -> Reader:
    """Words, or boxes of which each is a word by itself. `beside`: where what else stands in a box is kept."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        if key.startswith(TICKED):
            found = _ticked(draft, key.removeprefix(TICKED), cell, beside)
        else:
            found = values.parts(cell)
            if any(one.upper() in values.YES | values.NO for one in found):
                raise Rejected(Reason.CHOICE, values.text(cell))
        kept = draft.said.setdefault("tags", []) if found else []
        kept += [one for one in found if one not in kept]
        if found:
            draft.meant[sets] = kept

    return filling(sets, read)


def _ticked(draft: Draft, box: str, cell: Cell, beside: str) -> list[str]:
    """Return the word of a box where it is ticked, also by saying more of it: 肢体三级 under 残疾."""
    try:
        return [box] if values.flag(cell) else []
    except Rejected:
        text = values.half(cell)
        if not beside or _DENIED.match(text) or not _SAYS_MORE.search(text):
            raise
    if text not in box and box not in text:
        add(draft, beside, f"{box}：{text}")
    return [box]


_DENIED: Final = re.compile("[非未无不否已曾停待拟疑]")
_SAYS_MORE: Final = re.compile("[\u3400-\u9fff]|[0-9A-Za-z]{2}")


def row_of(sets: str, model: Callable[[], type], unknown: Reason, ambiguous: Reason) -> Reader:
    """A row of another list, by what it is called."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = " ".join(seen(ticked(values.text(cell))).split())
        if not text:
            return
        found = sight.find(model(), text) or sight.find(model(), simplified("".join(text.split())))
        found = found or sight.find(model(), numbered(text, sight.headings.get(key, "")))
        if not found and unknown is Reason.PLACE and (beside := _BESIDE.fullmatch(text)) is not None:
            found = sight.find(model(), beside[1])
            draft.warn("beside_place", key, text)
        if len(found) != 1:
            raise Rejected(ambiguous if found else unknown, text)
        keep(draft, key, sets, found[0][1], found[0][0])

    return filling(sets, read)


_BESIDE: Final = re.compile(r"([^()（）]{2,})[(（][^()（）]+[)）]")
_BARE: Final = re.compile(f"[0-9]{{1,3}}[A-Za-z]?|[A-Za-z]|[{NUMERALS}]{{1,3}}")
_SORTS: Final = (("单元", "单元"), ("片区", "片区"), ("网格", "网格"), ("栋", "栋"), ("幢", "栋"), ("楼", "栋"))


def numbered(text: str, heading: str) -> str:
    """Return what a bare number is called below a heading that says of what it is one: 3 below 楼栋 is 3栋."""
    sort = next((sort for word, sort in _SORTS if word in heading), "")
    bare = text.removesuffix(".0")
    return f"{bare}{sort}" if _BARE.fullmatch(bare) else text


def rows_of(sets: str, model: Callable[[], type], unknown: Reason, ambiguous: Reason) -> Reader:
    """Several rows of another list."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found: list[tuple[int, str]] = []
        for text in values.parts(cell):
            rows = sight.find(model(), text)
            if len(rows) != 1:
                raise Rejected(ambiguous if rows else unknown, text)
            found.append(rows[0])
        if found:
            keep(draft, key, sets, [title for _pk, title in found], [pk for pk, _title in found])

    return filling(sets, read)


def worded(sets: str, kind: type[Worded], otherwise: Callable[[Draft, str, str], None] | None = None) -> Reader:
    """A value that is written in words; `otherwise`: what is done with words nobody understands."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = seen(ticked(values.text(cell))).strip()
        if not text:
            return
        draft.said[key] = text
        try:
            found = kind.read(text)
        except NotUnderstood as wrong:
            if otherwise is None:
                raise Rejected(Reason.CHOICE, text) from wrong
            otherwise(draft, key, text)
            return
        if found is not None:
            draft.meant[sets] = found.plain()

    return filling(sets, read)


def silent(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """A column that is known and not kept: its words are shown and nothing follows from them."""
    text = values.text(cell)
    if text:
        draft.said[key] = text


silent.is_silent = True  # type: ignore[attr-defined]  # travels with the function
KNOWN: Final = silent
