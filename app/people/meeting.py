"""Who the rows of ledgers are about: somebody there is, somebody of a row above, or somebody new (收表约定 8).

The same number of a document is the same person; without one, the same name with the same phone. The same name alone is
not. What somebody's record leaves blank is filled in, what contradicts it is shown, and nothing is overwritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from sqlalchemy import select

from app.core import rules, sealing
from app.core.bulk import Bulk, Made
from app.core.fields import shape
from app.core.sheets.ledger import Draft, Ledger
from app.extensions import db
from app.ledgers.keeper import MERGE, SAME, Earlier, Keeper, complain
from app.ledgers.world import World, batches, widely
from app.parties.models import Party
from app.people import ledger_heads
from app.people import phones as telephones
from app.people.birth import Birth
from app.people.ledger import COLUMNS, GRID, HOME, PERSON, SECTIONS, UNIT
from app.people.ledger_groups import BOXES
from app.people.models import Person
from app.people.rules import UNSAID
from app.people.tidying import tidy

WHO: Final = "who"
"""In what a draft means who it is: the `id` of somebody there is, or `sheet` and `row` of the first that says so."""
FILL: Final = "fill"
"""In what a draft means: what the record of the person leaves blank."""
BLANK: Final[tuple[Any, ...]] = (None, "", [], *UNSAID)


class People:
    """The people of a community as the rows of ledgers name them, whoever reads the ledgers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_number: dict[str, Draft] = {}
        self.by_phone: dict[tuple[str, str], Draft] = {}
        self.names: dict[str, list[Draft]] = {}
        self._stored_number: dict[str, int] = {}
        self._stored_phone: dict[tuple[str, str], int] = {}
        self._stored_names: set[str] = set()
        self._met: dict[int, None] = {}
        """Whom rows are about of those there are."""
        self._made: dict[tuple[str, int], Person] = {}

    @classmethod
    def of(cls, world: World) -> "People":
        """Return the one all ledgers share that are read together."""
        found: People = world.memo.setdefault(cls, cls(world))
        return found

    def prefetch(self, drafts: Iterable[Draft]) -> None:
        """Ask once for everybody the rows may mean."""
        some = list(drafts)
        with widely():
            self._ask_numbers({draft.meant["id_number"] for draft in some if draft.meant.get("id_number")})
            self._ask_names({draft.meant["name"] for draft in some if draft.meant.get("name")})
            # Others of the same name are nobody the rows are about, and those of the rows above have been compared.
            self.world.ask(Person, [pk for draft in some for pk in self._alike(draft)])

    def _here(self, *columns: Any) -> Any:
        return select(Person.id, *columns).where(
            Person.community_id == self.world.community_id, Person.archived_at.is_(None)
        )

    def _ask_numbers(self, numbers: set[str]) -> None:
        digests = {sealing.digest(Person, "id_number", number): number for number in sorted(numbers)}
        for some in batches(digests):
            wanted = self._here(Person.id_number_index).where(Person.id_number_index.in_(some))
            self._stored_number |= {digests[found]: pk for pk, found in db.session.execute(wanted)}

    def _ask_names(self, names: set[str]) -> None:
        for some in batches(sorted(names)):
            wanted = self._here(Person.name, Person.phones_index).where(Person.name.in_(some))
            for pk, name, index in db.session.execute(wanted.order_by(Person.id.desc())):
                self._stored_names.add(name)
                self._stored_phone |= {(name, digest): pk for digest in (index or "").split()}

    def known_ids(self) -> list[int]:
        """Return the people there are whom a row may be about."""
        return list(dict.fromkeys([*self._stored_number.values(), *self._stored_phone.values()]))

    def settle(self, draft: Draft) -> None:
        """Find out who a row is about: somebody there is, somebody of a row above, or somebody new."""
        first = self._above(draft)
        known = self._stored(draft) if first is None else None
        if first is not None:
            draft.meant[WHO] = first.meant[WHO]
        elif known is not None:
            draft.meant[WHO] = {"id": known}
            self._met[known] = None
        else:
            draft.meant[WHO] = {"sheet": draft.sheet, "row": draft.row}
            self._warn_of_namesakes(draft)
        self._remember(draft)

    def _above(self, draft: Draft) -> Draft | None:
        number = draft.meant.get("id_number")
        if number is not None and number in self.by_number:
            return self.by_number[number]
        for pair in _pairs(draft):
            other = self.by_phone.get(pair)
            # Two numbers are two people, however alike the rest is.
            if other is not None and not (number and other.meant.get("id_number") not in (None, number)):
                return other
        return None

    def _stored(self, draft: Draft) -> int | None:
        by_number, by_phone = self._alike(draft)
        if by_number is not None:
            return by_number
        is_other = by_phone is not None and draft.meant.get("id_number") is not None and not self._is_free(by_phone)
        return None if is_other else by_phone

    def _alike(self, draft: Draft) -> tuple[int | None, int | None]:
        """Return who there is with the number of a row, and who with its name and phone."""
        by_number = self._stored_number.get(draft.meant.get("id_number", ""))
        pairs = _pairs(draft) if draft.meant.get("name") in self._stored_names else []
        digests = ((name, sealing.digest(Person, "phones", phone)) for name, phone in pairs)
        return by_number, next((self._stored_phone[pair] for pair in digests if pair in self._stored_phone), None)

    def _is_free(self, pk: int) -> bool:
        """Tell whether no number of a document is known of somebody."""
        person = self.person(pk)
        return person is not None and not person.id_number_index

    def _remember(self, draft: Draft) -> None:
        if draft.meant.get("id_number"):
            self.by_number.setdefault(draft.meant["id_number"], draft)
        for pair in _pairs(draft):
            self.by_phone.setdefault(pair, draft)
        self.names.setdefault(draft.meant["name"], []).append(draft)

    def forget(self, draft: Draft) -> None:
        """Let a row that is not taken be nobody: those below it stand for themselves."""
        number = draft.meant.get("id_number", "")
        if self.by_number.get(number) is draft:
            del self.by_number[number]
        for pair in _pairs(draft):
            if self.by_phone.get(pair) is draft:
                del self.by_phone[pair]

    def _warn_of_namesakes(self, draft: Draft) -> None:
        if draft.meant["name"] in self.names or draft.meant["name"] in self._stored_names:
            draft.warn("same_name", "name", draft.meant["name"])

    def person(self, pk: int) -> Person | None:
        """Return the record of somebody there is."""
        with widely():
            found: Person | None = self.world.row(Person, pk)
        return found

    def compare(self, draft: Draft) -> None:
        """Find what the record of somebody there is leaves blank, and what contradicts it."""
        pk = draft.meant[WHO].get("id")
        person = self.person(pk) if pk is not None else None
        if person is None:
            return
        fill: dict[str, Any] = {}
        for column in sorted(COLUMNS & draft.meant.keys()):
            new, old = self.world.value(shape(Person, column), draft.meant[column]), getattr(person, column)
            if old in BLANK:
                fill[column] = draft.meant[column]
            elif not _agree(column, new, old):
                draft.conflicts.append(draft.keys.get(column, column))
        draft.meant[FILL] = fill

    def party(self, draft: Draft, bulk: Bulk, **facts: Any) -> Party:
        """Return the party of whom a row is about; `facts`: what else becomes true of them."""
        who = draft.meant[WHO]
        if "id" in who:
            with widely():
                known: Party = self.world.row(Party, who["id"], self._met)
            return known
        return self.made(who, bulk, **facts).party

    def made(self, who: Mapping[str, Any], bulk: Bulk, freely: bool = True, **facts: Any) -> Person:
        """Return the new record of somebody, made ready to be written the first time it is asked for."""
        place = (who["sheet"], who["row"])
        if place not in self._made:
            person = self.build(self.world.drafts[place])
            for name, value in facts.items():
                setattr(person, name, value)
            self._made[place] = person
            bulk.add(person, freely=freely)
        return self._made[place]

    def build(self, draft: Draft) -> Person:
        """Return the new record a row makes, not yet written."""
        meant = {name: value for name, value in draft.meant.items() if name in COLUMNS}
        person = Person(community_id=self.world.community_id, **self.world.columns(Person, meant))
        person.phones = person.phones or []
        person.from_ledger = True  # type: ignore[misc]  # of this row, not of all
        return person

    def check(self, draft: Draft) -> None:
        """Hold a new record to the rules of people."""
        if "id" in draft.meant[WHO]:
            return
        person = self.build(draft)
        tidy(person)
        complain(draft, rules.errors(person), Person)

    def fill(self, draft: Draft) -> tuple[Person, dict[str, Any]] | None:
        """Fill in what a record leaves blank; within the transaction. Return it with what it said before."""
        blanks = draft.meant.get(FILL)
        if not blanks or "id" not in draft.meant[WHO]:
            return None
        with widely():
            person: Person = db.session.get_one(Person, draft.meant[WHO]["id"])
            open_ones = {name: value for name, value in blanks.items() if getattr(person, name) in BLANK}
            for name, value in open_ones.items():
                setattr(person, name, self.world.value(shape(Person, name), value))
        return (person, dict.fromkeys(open_ones)) if open_ones else None


def _pairs(draft: Draft) -> list[tuple[str, str]]:
    """Return the name with each own number."""
    split = [telephones.split(phone) for phone in draft.meant.get("phones", ())]
    return [(draft.meant["name"], telephones.found_by(number)) for owner, number in split if not owner]


def _agree(column: str, new: Any, old: Any) -> bool:
    if isinstance(new, Birth) and isinstance(old, Birth):
        return new.agrees(old)
    if column == "phones":
        return {telephones.found_by(one) for one in new} <= {telephones.found_by(one) for one in old}
    if column == "tags":
        return set(new) <= set(old)
    return bool(new == old)


class OfPeople(Keeper):
    """Takes in a ledger whose rows are about somebody: volunteers, members, grid staff."""

    def __init__(self, ledger: Ledger, world: World) -> None:
        super().__init__(ledger, world)
        self.people = People.of(world)
        self.held: dict[int, int] = {}
        """Which row of the list somebody there is has already, by the id of the person."""

    @classmethod
    def is_slow(cls, draft: Draft) -> bool:
        """Filling in the record of somebody is written by itself."""
        return super().is_slow(draft) or bool(draft.meant.get(FILL))

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once for everybody, and for what they are in this list already."""
        self.people.prefetch(drafts)
        super().prefetch(drafts)

    def natural(self, draft: Draft) -> Any:
        """Somebody stands in the list once."""
        return tuple(sorted(draft.meant[WHO].items()))

    def key(self, draft: Draft) -> str:
        """The number of the document, else name and phone."""
        return "id_number" if draft.meant.get("id_number") else "phone"

    def judge(self, draft: Draft) -> None:
        """Find out who it is first."""
        self.people.settle(draft)
        known = self.came_before(draft)
        if known is not None:
            Keeper.meet(self, draft, known)
            return
        super().judge(draft)
        if draft.verdict == "rejected":
            self.people.forget(draft)

    def came_before(self, draft: Draft) -> int | None:
        """Return the row an earlier ledger made of this very line, which names nobody by number or phone."""
        is_new = draft.meant[WHO] == {"sheet": draft.sheet, "row": draft.row}
        return self.known.get(draft.meant["fingerprint"]) if is_new and "fingerprint" in draft.meant else None

    def check(self, draft: Draft) -> None:
        """Hold the person and the row to their rules."""
        self.people.compare(draft)
        self.people.check(draft)
        super().check(draft)

    def repeat(self, draft: Draft, first: Draft | Earlier) -> None:
        """Compare what both rows say."""
        super().repeat(draft, first)
        first.meant[WHO] = first.meant.get(WHO, draft.meant[WHO])

    def meet(self, draft: Draft, pk: int) -> None:
        """Fill in what the record of somebody who is in the list leaves blank."""
        super().meet(draft, pk)
        self.people.compare(draft)
        draft.action = MERGE if draft.meant.get(FILL) or draft.conflicts else SAME

    def merge(self, drafts: Sequence[Draft]) -> Iterable[tuple[Draft, Any, dict[str, Any]]]:
        """Fill in the records of the people."""
        for draft in drafts:
            filled = self.people.fill(draft) if draft.verdict != "rejected" and not draft.along else None
            if filled is not None:
                yield draft, *filled


class PeopleKeeper(OfPeople):
    """Takes in ledgers of residents."""

    model: ClassVar[Any] = Person

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Whoever is known is in the list."""
        super().prefetch(drafts)

    def judge(self, draft: Draft) -> None:
        """Somebody who is known stands in the list already."""
        self.people.settle(draft)
        who = draft.meant[WHO]
        first = self.world.drafts.get((who["sheet"], who["row"])) if "row" in who else None
        known = self.came_before(draft) if first is None or first is draft else None
        if "id" in who:
            self.meet(draft, who["id"])
        elif known is not None:
            draft.meant[WHO] = {"id": known}
            self.meet(draft, known)
        elif first is not None and first is not draft:
            self.repeat(draft, first)
        else:
            self.people.check(draft)
        if draft.verdict == "rejected":
            self.people.forget(draft)

    def add(self, draft: Draft, bulk: Bulk) -> Made:
        """Make the record ready to be written."""
        person = self.people.made(draft.meant[WHO], bulk, freely=False)
        return next(made for made in reversed(bulk.made[Person]) if made.row is person)


LEDGER: Final = Ledger(
    "resident",
    "people",
    "居民 住户 人口 居民信息 户籍人员 人员信息 居民花名册 人房 困难群众 特殊人群 重点人群 老年人 家庭",
    (*map(ledger_heads.or_the_head, PERSON), UNIT, GRID, *HOME),
    groups={"特殊人群": "tags", "重点人群": "tags", "人员类别": "tags", "重点类别": "tags"},
    several=frozenset({"tags", "phone2"}),
    boxes=BOXES,
    sections=(*SECTIONS, "tags"),
    homes=("household_no", "head", "door", "door_building", "door_unit", "address", "grid"),
    finish=ledger_heads.finish,
)
