"""Which column of a list each column of a ledger is, by its heading; close calls are named, never settled in silence.

A list says its words in a `Lexicon`. A community may add its own; they go before ours.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from app.core.sheets.asides import is_section
from app.core.sheets.headings import NUMBERING, comparable, readings
from app.core.sheets.layout import Layout

SHORTEST_PART: Final = 2
"""How long a known word must be to be looked for inside a longer heading."""
ALONE: Final = frozenset({"居民", "办理", "处理", "处置", "回复", "答复"})
"""What says what a column is only where nothing else stands in the heading: 居民类型 is no name, 办理时限 no state."""
LEAST_BESIDE: Final = 2
"""How many headings a table has that stands beside another one."""
TICKED: Final = "tag:"
"""Begins the name of a column that is one box of several, such as tag:低保."""


@dataclass(frozen=True)
class Lexicon:
    """The words over the columns of one list.

    `words`: by column, the headings met in practice; under no name the words that mean the list itself.
    `several`: the columns that may stand in a ledger more than once.
    `groups`: headings over boxes to tick, each of which is a choice of the named column. `boxes`: headings that are
    such a box wherever they stand.
    """

    words: Mapping[str, Iterable[str]]
    several: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)
    boxes: frozenset[str] = frozenset()

    @cached_property
    def known(self) -> Mapping[str, tuple[str, ...]]:
        """Return the columns by the heading as it is compared; the first that says a word goes first."""
        found: dict[str, list[str]] = {}
        for column, words in self.words.items():
            for word in words if column else ():
                columns = found.setdefault(comparable(word), [])
                columns += [] if column in columns else [column]
        return {word: tuple(columns) for word, columns in found.items()}

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """Return of each heading how far from the usual one for its column it is."""
        found: dict[str, int] = {}
        for column, words in self.words.items():
            for rank, word in enumerate(words if column else ()):
                found.setdefault(comparable(word), rank)
        return found

    def rank(self, words: tuple[str, ...]) -> int:
        """Return how unusual a heading is; those not known come last."""
        return min((self.ranks[said] for said in readings(words[-1]) if said in self.ranks), default=len(self.ranks))

    @cached_property
    def headings(self) -> frozenset[str]:
        """Return all headings of this list, as they are compared."""
        return self.boxes.union(self.known)

    def resembles(self, heading: str) -> bool:
        """Tell whether a heading holds a word of this list."""
        return any(len(word) >= SHORTEST_PART and word in heading for word in self.known)

    def is_meant(self, said: str) -> bool:
        """Tell whether the name of a sheet or a title means this list."""
        named = comparable(said)
        return any(comparable(word) in named for word in self.words.get("", ()))


@dataclass(slots=True)
class Assignment:
    """What the columns of a ledger are: known ones by their place, close calls with what they may be, unknown ones."""

    columns: dict[int, str] = field(default_factory=dict)
    doubtful: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    numbering: int | None = None
    boxes: dict[int, str] = field(default_factory=dict)
    """The columns that are a box to tick under the heading of a known one, with what is ticked: 男 under 性别."""

    @property
    def weight(self) -> int:
        """Return how well the list fits: each known column counts, a close call less, each unknown one against it."""
        close = sum(place in self.columns for place in self.doubtful)
        return 3 * len(set(self.columns.values())) - 2 * close - len(self.unknown)


def assign(layout: Layout, lexicon: Lexicon) -> Assignment:
    """Return what the columns are: first those whose heading is known, then those that hold a known word."""
    found = Assignment()
    places = sorted(layout.headings)
    beside = said_beside(layout, places)
    others = _of_others(layout)
    meant = {place: _exactly(layout.headings[place], lexicon, others.get(place, "")) for place in places}
    numbers = _numbers_of_others(layout, lexicon)
    meant |= numbers
    order = _order(layout, lexicon, meant)
    for place in sorted((place for place in places if place not in beside), key=order.__getitem__):
        _take(found, place, meant[place], lexicon)
    _tick(found, layout, lexicon)
    aside = {*beside, *others, *numbers, *_numbered(layout)}
    left = [place for place in places if place not in found.columns and place not in aside]
    for place in left:
        _settle(found, place, layout.headings[place], lexicon)
    found.unknown += [place for place in aside if place not in found.columns]
    found.unknown.sort()
    return found


def _order(layout: Layout, lexicon: Lexicon, meant: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[bool, int, bool]]:
    """Return the order of columns: what can be one thing only goes first, the usual word, what is beside a contact."""
    return {
        place: (len(several) > 1, lexicon.rank(layout.headings[place]), not _is_beside_contact(place, layout))
        for place, several in meant.items()
    }


def _is_beside_contact(place: int, layout: Layout) -> bool:
    """Tell whether a column stands right of who is to be called: of two numbers theirs is the one that is meant."""
    return _CONTACT.match(comparable(layout.headings.get(place - 1, ("",))[-1])) is not None


_CONTACT: Final = re.compile("联[系络][人员]")


def _tick(found: Assignment, layout: Layout, lexicon: Lexicon) -> None:
    """Let the boxes under one heading be one column: those that hold nothing but marks, under words no list knows."""
    leaves = {place: words for place, words in layout.headings.items() if len(words) > 1}
    for group in dict.fromkeys(words[0] for words in leaves.values()):
        places = [place for place, words in leaves.items() if words[0] == group]
        column = next((lexicon.known[said] for said in readings(group) if said in lexicon.known), ("",))[0]
        said = {place: leaves[place][-1] for place in places}
        is_known = any(comparable(word) in lexicon.headings for word in said.values())
        if column and len(places) > 1 and not is_known and _holds_marks(layout, places):
            found.columns |= dict.fromkeys(places, column)
            found.boxes |= said


def _holds_marks(layout: Layout, places: Sequence[int]) -> bool:
    rows = (layout.rows[at] for at, _section in layout.data)
    cells = {str(row[place]).strip() for row in rows for place in places if place < len(row) and row[place] is not None}
    return bool(cells - {""}) and all(_MARK.fullmatch(cell) for cell in cells - {""})


_MARK: Final = re.compile("[√✓✔☑○●◯〇⭕✅■vV×✗✘☐□]|是|否|1|0|1\\.0|0\\.0|True|False")


def _numbered(layout: Layout) -> list[int]:
    """Return the columns of several people in one row, told apart by a number: 成员1姓名, 成员1关系, 成员2姓名."""
    found = {place: _WHICH.match(comparable(words[-1])) for place, words in layout.headings.items()}
    named = [match for match in found.values() if match is not None and "姓名" in match.string]
    several = {match[1] for match in named if sum(one[1] == match[1] for one in named) > 1}
    return [place for place, match in found.items() if match is not None and match[1] in several] + _members(layout)


def _members(layout: Layout) -> list[int]:
    """Return the columns of members beside the head of their household, with what is said again of each: 关系."""
    said = {place: comparable(words[-1]) for place, words in sorted(layout.headings.items())}
    several = [place for place, word in said.items() if _MEMBER.fullmatch(word)]
    behind = [word for place, word in said.items() if several and place > several[0]]
    again = [place for place, word in said.items() if several and place > several[0] and behind.count(word) > 1]
    return [*several, *again] if len(several) > 1 else []


_MEMBER: Final = re.compile("(?:家庭)?成员(?:姓名)?[0-9一二三四五六]")


_WHICH: Final = re.compile(r"(\D+)\d+(?=\D)")


def _of_others(layout: Layout) -> dict[int, str]:
    """Return the columns that tell of somebody else than the row: 户主信息 over a name, where others are named too."""
    leaves = {place: comparable(words[-1]) for place, words in layout.headings.items()}
    grouped = {place: group for place, group in _groups(layout).items() if _OTHERS.search(group)}
    named = {leaf for place, leaf in leaves.items() if place not in grouped}
    groups = {group for place, group in grouped.items() if leaves[place] in named}
    return {place: group for place, group in grouped.items() if group in groups}


def _numbers_of_others(layout: Layout, lexicon: Lexicon) -> dict[int, tuple[str, ...]]:
    """Return the telephone numbers right of somebody else's name, in a ledger with others, and what they are here."""
    said = {place: comparable(words[-1]) for place, words in layout.headings.items() if len(words) == 1}
    numbers = [place for place, word in said.items() if _NUMBER.search(word)]
    found: dict[int, tuple[str, ...]] = {}
    for place in numbers if len(numbers) > 1 else ():
        whose = said.get(place - 1, "")
        if (
            _NUMBER.fullmatch(said[place])
            and not _NUMBER.search(whose)
            and (_OTHERS.search(whose) or _STAFF.search(whose))
            and not _is_asked(whose, lexicon)
        ):
            known = lexicon.known.get(f"{whose}电话", ())
            found[place] = () if set(known) & set(lexicon.known.get(said[place], ())) else known
    return found | {place: () for place in numbers if _is_of_who_is_left(place, said, lexicon)}


def _is_of_who_is_left(place: int, said: Mapping[int, str], lexicon: Lexicon) -> bool:
    """Tell whether a number is by its heading that of somebody else, who stands left of it: 结对志愿者, 志愿者电话."""
    owner, whose = _NUMBER.sub("", said[place]), said.get(place - 1, "").removesuffix("姓名")
    if not owner or owner == "联系人" or _KIN.search(owner) or not whose.endswith(owner):
        return False
    named = [at for at, word in said.items() if "姓名" in word and "name" in lexicon.known.get(word, ())]
    is_named = any(at != place - 1 for at in named)
    return is_named and set(lexicon.known.get(said[place - 1], ())) <= {"name"}


def _is_asked(whose: str, lexicon: Lexicon) -> bool:
    """Tell whether a list keeps that name beside a number, as units do of their contacts."""
    keys = {key for said in readings(whose) for key in lexicon.known.get(said, ())}
    return not _KIN.search(whose) and bool(keys - OF_STAFF)


_NAMED: Final = re.compile("[长员](?:姓名)?[及和与](?:联系)?(?:电话|方式|手机)")
_NUMBER: Final = re.compile("(?:联系)?(?:电话|手机|方式)(?:号码?)?$")
_STAFF: Final = re.compile("(?:责任|承办|经办|办理|登记|收集|采集|接待|接件|记录|走访)人|网格[员长]")
OF_STAFF: Final = frozenset({"handler", "collector"})
"""The columns of who works on a need."""
OF_KIN: Final = "phone_kin"
_KIN: Final = re.compile("监护|子女|家属|亲属|紧急联系")


def _groups(layout: Layout) -> dict[int, str]:
    """Return what stands over the columns; also where it is not merged over all it groups."""
    found: dict[int, str] = {}
    for place, words in sorted(layout.headings.items()):
        if len(words) > 1:
            found[place] = comparable(words[0])
        elif place in layout.low and place - 1 in found:
            found[place] = found[place - 1]
    return found


def tells_of_others(group: str) -> bool:
    """Tell whether what stands over headings means somebody else than the row."""
    return _OTHERS.search(comparable(group)) is not None


_OTHERS: Final = re.compile("户主|房东|监护|子女|家属|亲属|联系人|帮扶|结对|负责人|法人|配偶")
_GROUPED: Final = re.compile("(?:的|基本)?(?:信息|情况|资料)$")


def said_beside(layout: Layout, places: list[int]) -> list[int]:
    """Return the columns of further tables beside the first one: all its headings come again in the same order.

    What stands over all headings of a table may be its own part of the list: 第一网格, 第二网格.
    """
    words = [layout.headings[place] for place in places]
    is_parted = bool(words) and all(len(one) > 1 and is_section(one[0]) for one in words)
    said = [tuple(map(comparable, one[1:] if is_parted else one)) for one in words]
    for width in range(LEAST_BESIDE, len(said) // 2 + 1):
        if len(said) % width == 0 and said == said[:width] * (len(said) // width):
            return places[width:]
    return []


def _take(found: Assignment, place: int, columns: tuple[str, ...], lexicon: Lexicon) -> None:
    """Give a place the first of these columns that is still free."""
    free = [one for one in columns if one in lexicon.several or one not in found.columns.values()]
    if free:
        found.columns[place] = free[0]


def _spoken(words: tuple[str, ...]) -> list[str]:
    """Return the ways a heading of several rows can be said: what it names, all together, what groups it."""
    said = [comparable(word) for word in reversed(words)]
    both = ["".join(reversed(said[:count])) for count in range(len(said), 1, -1)]
    return list(dict.fromkeys([*readings(words[-1]), *both, *said[1:]]))


def _exactly(words: tuple[str, ...], lexicon: Lexicon, of: str = "") -> tuple[str, ...]:
    if of:
        whose, said = _GROUPED.sub("", of), comparable(words[-1])
        return lexicon.known.get(said if said.startswith(whose) else whose + said, ())
    if box := next((said for said in readings(words[-1]) if said in lexicon.boxes), ""):
        return (f"{TICKED}{box}",)
    if len(words) > 1 and any(comparable(word) in lexicon.groups for word in words[:-1]):
        return (f"{TICKED}{words[-1].strip()}",)
    return next((lexicon.known[said] for said in _spoken(words) if said in lexicon.known), ())


def _settle(found: Assignment, place: int, words: tuple[str, ...], lexicon: Lexicon) -> None:
    # A heading may be nothing but a mark or a remark in brackets.
    said = next(iter(_spoken(words)), "")
    if said in NUMBERING and found.numbering is None:
        found.numbering = place
        return
    if len(words) > 1 and comparable(words[-1]) in lexicon.known:
        # It is known, and taken: what stands under another group tells of somebody else.
        found.unknown.append(place)
        return
    near = _close(said, lexicon)
    free = tuple(one for one in near if one in lexicon.several or one not in found.columns.values())
    if len(free) == 1 and not (len(near) > 1 and near[0].startswith(TICKED)):
        found.columns[place] = free[0]
        found.doubtful[place] = near
    elif free:
        found.doubtful[place] = free
        found.unknown.append(place)
    else:
        found.unknown.append(place)


def _close(said: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return what a heading nearly is; 子女姓名及电话 is nobody's own number, and 队长及电话 of no use to a list."""
    near = _nearly(said, lexicon)
    if not _KIN.search(said):
        return () if _NAMED.search(said) else near
    return (OF_KIN,) if OF_KIN in lexicon.words and {"phone", OF_KIN}.intersection(near) else near


def _nearly(said: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the columns one of whose words stands in the heading, or the other way round; of these the longest."""
    known = [word for word in lexicon.known if len(word) >= SHORTEST_PART and word not in ALONE]
    near = [word for word in known if word in said or _begins(word, said)]
    near = [word for word in near if not (said.startswith(word) and _ELSE.fullmatch(said, len(word)))]
    boxes = [box for box in sorted(lexicon.boxes) if box in said]
    longest = max(map(len, [*near, *boxes]), default=0)
    found = [f"{TICKED}{box}" for box in boxes if len(box) == longest]
    if not found:
        found = [one for word in near if len(word) == longest for one in lexicon.known[word]]
    return tuple(dict.fromkeys(found))


_ELSE: Final = re.compile("长|(?:人|户|个|总|栋)?数|次数?|面积|(?<=网格)员")
"""What makes something else of a word it follows: 网格长 is no grid, and 楼栋数 no building."""


def _begins(word: str, said: str) -> bool:
    return len(said) >= SHORTEST_PART and (word.startswith(said) or word.endswith(said))


def best(layout: Layout, lexicons: Mapping[str, Lexicon], said: str = "") -> list[tuple[str, Assignment]]:
    """Return the lists a sheet may be, the likeliest first; `said`: name of the sheet and title, which may name one."""
    found = [(name, assign(layout, lexicon)) for name, lexicon in lexicons.items()]
    fitting = [(name, one) for name, one in found if one.columns]

    def order(pair: tuple[str, Assignment]) -> tuple[int, str]:
        name, one = pair
        bonus = 4 if lexicons[name].is_meant(said) else 0
        return -(one.weight + bonus), name

    return sorted(fitting, key=order)
