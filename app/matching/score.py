"""The rule score of a helper for a need: points by reason, each said in plain words; pure, no database.

Points: category 35 (the upper one alone 15), topics up to 45, shared words up to 15, place up to 10, freshness up to 5,
experience up to 5, load up to −10. Candidates are ordered by score, then by kind and id: a total order.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext

from app.core import clock
from app.core.fields import Text
from app.matching.topics import is_weak, topics

SAME_CATEGORY: Final = 35
SAME_TOP: Final = 15
PER_TOPIC: Final = 20
PER_BROAD: Final = 10
MOST_TOPICS: Final = 40
MOST_EMPHASIS: Final = 5
MOST_WORDS: Final = 15
HERE: Final = 10
EVERYWHERE: Final = 5
FRESH: Final = 5
FRESH_DAYS: Final = 30
PROVEN: Final = 5
BUSY: Final = 2
MOST_BUSY: Final = 10
ENOUGH: Final = 20
"""Who answers neither the category nor what the need is about is no candidate."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a need: its words, its category and the one above, the path of its place, how many, for when."""

    text: str
    category: int | None = None
    top: int | None = None
    place: str = ""
    quantity: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Helper:
    """What is known of who or what could help: what it says of itself, where it serves, how it stands.

    `provider`: who takes the order, None where that is still to be chosen. `categories` and `tops` are ids; `serves`:
    the path of the place served, empty for the whole community; `busy`: its live orders; `done`: its confirmed ones;
    `refusal`: why it cannot be offered now; `skills`: what fits of the skills of a volunteer or of a team's members;
    `remarks`: what else there is to know, which costs no points.
    """

    kind: str
    id: int
    name: str
    provider: Any
    text: str
    categories: frozenset[int] = frozenset()
    tops: frozenset[int] = frozenset()
    serves: str = ""
    serves_words: str = ""
    checked_on: date | None = None
    next_free: datetime | None = None
    next_on: date | None = None
    busy: int = 0
    done: int = 0
    refusal: Text | None = None
    skills: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


KINDS: Final = ("resource", "team", "project", "volunteer")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A helper with its points and the reasons for them; with a `refusal` it is left out, for that reason."""

    helper: Helper
    points: int
    reasons: tuple[str, ...] = field(default=())
    refusal: Text | None = None

    @property
    def said(self) -> str:
        """Return the reasons as one sentence."""
        return gettext("; ").join(self.reasons) + gettext(".")

    @property
    def order(self) -> tuple[int, int, int]:
        """Return what candidates are ordered by."""
        return -self.points, KINDS.index(self.helper.kind), self.helper.id


def judged(asked: Asked, helper: Helper) -> Candidate | None:
    """Return a helper as a candidate, or None where it has nothing to do with the need."""
    fitting = [_category(asked, helper), _topics(asked, helper), _words(asked, helper)]
    fit = sum(points for points, _said in fitting)
    if fit < ENOUGH:
        return None
    refusal = helper.refusal or _elsewhere(asked, helper)
    found = [*fitting, _place(asked, helper), _standing(helper), _free(helper), _proven(helper), _load(helper)]
    reasons = (*_able(helper), *(said for points, said in found if said), *helper.remarks)
    return Candidate(helper, sum(points for points, _said in found), reasons, refusal)


def ranked(asked: Asked, helpers: list[Helper]) -> tuple[list[Candidate], list[Candidate]]:
    """Return who can help, the best first, and who would fit but cannot be offered now, with the reason."""
    found = [one for helper in helpers if (one := judged(asked, helper)) is not None]
    ordered = sorted(found, key=lambda one: one.order)
    return [one for one in ordered if one.refusal is None], [one for one in ordered if one.refusal is not None]


Points = tuple[int, str]
NONE: Final = (0, "")


def _category(asked: Asked, helper: Helper) -> Points:
    if asked.category is not None and asked.category in helper.categories:
        return SAME_CATEGORY, gettext("answers to this category")
    if asked.top is not None and asked.top in helper.tops | helper.categories:
        return SAME_TOP, gettext("works in this field")
    return NONE


def _topics(asked: Asked, helper: Helper) -> Points:
    ours, theirs = topics(asked.text), topics(helper.text)
    shared = [topic for topic in ours if topic in theirs]
    if not shared:
        return NONE
    weak = {topic for topic in shared if is_weak(topic, ours[topic]) or is_weak(topic, theirs[topic])}
    # Who says it with several words means it more than who mentions it.
    emphasis = sum(len(theirs[topic]) - 1 for topic in shared if topic not in weak)
    weight = sum(PER_BROAD if topic in weak else PER_TOPIC for topic in shared)
    points = min(weight, MOST_TOPICS) + min(emphasis, MOST_EMPHASIS)
    return points, gettext("is about %(topics)s", topics="、".join(shared))


def _able(helper: Helper) -> tuple[str, ...]:
    """Say which skills fit; a volunteer has them, of a team a member."""
    if not helper.skills:
        return ()
    skills = "、".join(helper.skills)
    if helper.kind == "team":
        return (gettext("has members for %(skills)s", skills=skills),)
    return (gettext("can do %(skills)s", skills=skills),)


def _words(asked: Asked, helper: Helper) -> Points:
    """The share of the need's pairs of characters that the helper's own words hold."""
    ours, theirs = pairs(asked.text), pairs(helper.text)
    share = len(ours & theirs) / len(ours) if ours else 0.0
    return round(min(share * 3, 1.0) * MOST_WORDS), ""


def pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring Chinese characters of a text."""
    found = (text[at : at + 2] for at in range(len(text) - 1))
    return {pair for pair in found if all("\u4e00" <= one <= "\u9fff" for one in pair)}


def _place(asked: Asked, helper: Helper) -> Points:
    if helper.serves and asked.place.startswith(helper.serves):
        return HERE, gettext("serves %(place)s", place=helper.serves_words)
    return (EVERYWHERE, gettext("serves the whole community")) if not helper.serves else NONE


def _elsewhere(asked: Asked, helper: Helper) -> Text | None:
    if helper.serves and asked.place and not asked.place.startswith(helper.serves):
        return gettext("It serves only %(place)s.", place=helper.serves_words)
    return None


def _standing(helper: Helper) -> Points:
    if helper.checked_on is None:
        return NONE
    days = (clock.today() - helper.checked_on).days
    said = gettext("checked %(days)s days ago", days=days) if days > 0 else gettext("checked today")
    return (FRESH if days <= FRESH_DAYS else 0), said


def _free(helper: Helper) -> Points:
    if helper.next_on is not None:
        return 0, gettext("takes place next on %(day)s", day=f"{helper.next_on:%m-%d}")
    if helper.next_free is None:
        return NONE
    return 0, gettext("free on %(when)s", when=f"{clock.local(helper.next_free):%m-%d %H:%M}")


def _proven(helper: Helper) -> Points:
    return (min(helper.done, PROVEN), gettext("has done %(count)s", count=helper.done)) if helper.done else NONE


def _load(helper: Helper) -> Points:
    if not helper.busy:
        return NONE
    return -min(BUSY * helper.busy, MOST_BUSY), gettext("has %(count)s in hand", count=helper.busy)
