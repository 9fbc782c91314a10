"""The ways cells are read: each makes a reader for one column of a ledger, said beside the column it fills.

`sets` is the column of the list; where it is empty the cell only says something.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from app.called import own_word, standard_word
from app.core import checks
from app.core.fields import Labelled, NotUnderstood, Worded
from app.core.sheets import values
from app.core.sheets.book import Cell
from app.core.sheets.headings import comparable
from app.core.sheets.ledger import TICKED, Draft, Reader, Sight
from app.core.sheets.values import Reason, Rejected

Spellings = Mapping[str, Labelled]


def _filling(sets: str, read: Reader) -> Reader:
    """Let a reader say which column of the list it fills."""
    read.sets = sets  # type: ignore[attr-defined]  # travels with the function
    return read


def spelled(words: Mapping[Any, str]) -> dict[str, Any]:
    """Return what words mean, where of each meaning all words are said, blanks between them."""
    return {word: meaning for meaning, said in words.items() for word in said.split()}


def _keep(draft: Draft, key: str, sets: str, said: Any, meant: Any) -> None:
    draft.said[key] = said
    if sets:
        draft.meant[sets] = meant
        draft.keys[sets] = key


def _seen(text: str) -> str:
    """Return a text without characters nobody sees, which copied cells often hold."""
    if checks.visible(text) is None:
        return text
    return "".join(sign for sign in text if sign == "\n" or checks.visible(sign) is None)


def words(sets: str = "", limit: int = 0) -> Reader:
    """A text; longer ones than `limit` characters are refused."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = _seen(values.text(cell)).strip()
        if limit and len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text:
            _keep(draft, key, sets, text, text)

    return _filling(sets, read)


def line(sets: str = "", limit: int = 0) -> Reader:
    """A text of one line."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = " ".join(_seen(values.text(cell)).split())
        if limit and len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text:
            _keep(draft, key, sets, text, text)

    return _filling(sets, read)


def code(sets: str = "", limit: int = 40) -> Reader:
    """A code: half-width, without blanks."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = "".join(_seen(values.half(cell)).split())
        if len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text:
            _keep(draft, key, sets, text, text)

    return _filling(sets, read)


def name(sets: str = "name", limit: int = 40) -> Reader:
    """The name of a person."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = _seen(values.name(cell))
        if len(text) > limit:
            raise Rejected(Reason.TOO_LONG, text)
        if text:
            _keep(draft, key, sets, text, text)

    return _filling(sets, read)


def phone(sets: str = "") -> Reader:
    """One telephone number; a second one in the cell is kept as phone2."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.phones(cell)
        if not found:
            return
        _keep(draft, key, sets, found[0], found[0])
        if len(found) > 1:
            draft.said["phone2"] = found[1]

    return _filling(sets, read)


def phones(sets: str = "phones") -> Reader:
    """One or several telephone numbers of a person, added to those of other columns."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        for number in values.phones(cell):
            kept = draft.meant.setdefault(sets, [])
            if number in kept:
                continue
            kept.append(number)
            free = key if key not in draft.said else "phone2"
            draft.said.setdefault(free, number)

    return _filling(sets, read)


def day(sets: str = "", future: bool = False, part: bool = False) -> Reader:
    """A day. `future`: whether it may lie ahead. `part`: whether a month or year will do; kept as its first day."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.day(cell, sight.date1904, sight.year)
        if found is None:
            return
        if found.whole is None and not part:
            raise Rejected(Reason.DATE, str(found))
        if values.is_ambiguous_month(cell):
            draft.warn("float_month_ambiguous", key, str(cell))
        first = f"{found.year:04d}-{found.month or 1:02d}-{found.day or 1:02d}"
        if not future and first > sight.today.isoformat():
            raise Rejected(Reason.FUTURE, str(found))
        _keep(draft, key, sets, str(found), first)

    return _filling(sets, read)


def moment(sets: str = "", future: bool = False) -> Reader:
    """A day with its time of the day, if one is said; a day alone is its first minute."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.day(cell, sight.date1904, sight.year)
        if found is None:
            return
        if found.whole is None:
            raise Rejected(Reason.DATE, str(found))
        if found.whole > sight.today and not future:
            raise Rejected(Reason.FUTURE, str(found))
        time = f"{found.at:%H:%M}" if found.at is not None else "00:00"
        _keep(draft, key, sets, str(found), f"{found}T{time}")

    return _filling(sets, read)


def birth(sets: str = "birth") -> Reader:
    """A day of birth, or only its month or year."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.day(cell, sight.date1904)
        if found is None:
            return
        if values.is_ambiguous_month(cell):
            draft.warn("float_month_ambiguous", key, str(cell))
        if str(found) > sight.today.isoformat()[: len(str(found))]:
            raise Rejected(Reason.FUTURE, str(found))
        _keep(draft, key, sets, str(found), str(found))

    return _filling(sets, read)


def count(sets: str = "", least: int = 0, most: int = 2**31 - 1) -> Reader:
    """A whole number, also with its unit behind it."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.whole(cell)
        if found is None:
            return
        if not least <= found <= most:
            raise Rejected(Reason.RANGE, str(found))
        _keep(draft, key, sets, found, found)

    return _filling(sets, read)


def amount(sets: str = "", least: float = 0, most: float = 1e9) -> Reader:
    """A number that may have a fraction."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.number(cell)
        if found is None:
            return
        if not least <= found <= most:
            raise Rejected(Reason.RANGE, f"{found:g}")
        plain = int(found) if float(found).is_integer() else found
        _keep(draft, key, sets, plain, float(found))

    return _filling(sets, read)


def flag(sets: str = "") -> Reader:
    """A box that is ticked or not."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = values.flag(cell)
        if found is not None:
            _keep(draft, key, sets, found, found)

    return _filling(sets, read)


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
            _keep(draft, key, sets, (shown or {}).get(found, str(found.label)), found.value)
        elif otherwise is not None:
            draft.said[key] = text
            otherwise(draft, key, text)
        else:
            raise Rejected(Reason.CHOICE, text)

    return _filling(sets, read)


def _chosen(choices: type[Labelled], more: Spellings, text: str) -> Labelled | None:
    plain = comparable(text)
    # What the community calls something itself goes before what others call something else.
    found = _own_labels(choices).get(plain) or more.get(text) or more.get(text.upper()) or more.get(plain)
    return found or _labels(choices).get(plain)


def unknown_to(column: str, prefix: str = "") -> Callable[[Draft, str, str], None]:
    """Keep a word nobody knows as a text of another column, with a warning."""

    def keep(draft: Draft, key: str, text: str) -> None:
        draft.warn("enum_unknown", key, text)
        add(draft, column, f"{prefix}{text}")

    return keep


def add(draft: Draft, column: str, text: str) -> None:
    """Add a text to what a column of the list will hold."""
    before = draft.meant.get(column)
    draft.meant[column] = f"{before}；{text}" if before else text


def parts(sets: str = "", joined: str = "") -> Reader:
    """Several things, parted by commas. `joined`: how the list keeps them as one text."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        found = [part for one in values.parts(cell) if (part := _seen(one).strip())]
        if found:
            _keep(draft, key, sets, found, joined.join(found) if joined else found)

    return _filling(sets, read)


def tags(sets: str = "tags") -> Reader:
    """Words, or boxes of which each is a word by itself."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        if key.startswith(TICKED):
            ticked = values.flag(cell)
            found = [key.removeprefix(TICKED)] if ticked else []
        else:
            found = values.parts(cell)
        kept = draft.said.setdefault("tags", []) if found else []
        kept += [one for one in found if one not in kept]
        if found:
            draft.meant[sets] = kept

    return _filling(sets, read)


def row_of(sets: str, model: Callable[[], type], unknown: Reason, ambiguous: Reason) -> Reader:
    """A row of another list, by what it is called."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = " ".join(_seen(values.text(cell)).split())
        if not text:
            return
        found = sight.find(model(), text)
        if len(found) != 1:
            raise Rejected(ambiguous if found else unknown, text)
        _keep(draft, key, sets, found[0][1], found[0][0])

    return _filling(sets, read)


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
            _keep(draft, key, sets, [title for _pk, title in found], [pk for pk, _title in found])

    return _filling(sets, read)


def worded(sets: str, kind: type[Worded], otherwise: Callable[[Draft, str, str], None] | None = None) -> Reader:
    """A value that is written in words; `otherwise`: what is done with words nobody understands."""

    def read(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
        text = _seen(values.text(cell)).strip()
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

    return _filling(sets, read)


def silent(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    """A column that is known and not kept: its words are shown and nothing follows from them."""
    text = values.text(cell)
    if text:
        draft.said[key] = text


KNOWN: Final = silent
