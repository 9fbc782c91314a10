"""The role table in words, for the page that shows it and for the command line."""

from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.fields import Text
from app.roles import LIST_TITLES, TABLE, TITLES, VERBS, WORDS, Role, Rule, rules, words

NOTHING: Final = "–"

ROWS: Final[dict[str, Text]] = {
    "of needs open to volunteers": _("open to volunteers"),
    "own": _("own"),
    "offered and own": _("offered and own"),
    "totals and escalated rows": _("totals and escalated ones"),
    "own unit": _("the own unit"),
    "self": _("themselves, the own team"),
    "names": _("names only"),
    "own places": _("own places"),
    "totals": _("totals only"),
    "counts": _("totals only"),
    "on today's visits": _("on today's visits"),
    "if assigned": _("if assigned"),
    "assigned only": _("if assigned"),
    "own community": _("own community, roles below the own"),
    "Secretary": _("secretaries"),
    "community": _("own community"),
}
"""The words of the table for the rows meant."""


def titles() -> list[tuple[str, Text]]:
    """Return code and title of each role, in the order of the table."""
    return [(role.value, TITLES[role]) for role in Role]


def lines() -> list[tuple[Text, list[list[str]]]]:
    """Return each list with one cell per role; a cell is its clauses in words."""
    return [(LIST_TITLES[listing], [cell(role, listing) for role in Role]) for listing in TABLE]


def verbs() -> list[tuple[str, Text]]:
    """Return the letters of the table and what they mean."""
    return list(VERBS.items())


def cell(role: Role, listing: str) -> list[str]:
    """Return what a role may do with a list, clause by clause; a dash where it is nothing."""
    more = [str(said) for word, said in WORDS.items() if word in words(role, listing)]
    return [*(_clause(rule) for rule in rules(role, listing)), *more] or [NOTHING]


def _clause(rule: Rule) -> str:
    said = gettext(", ").join(str(words) for letter, words in VERBS.items() if letter in rule.verbs)
    if rule.masked:
        said = gettext("%(what)s (masked)", what=said)
    if rule.rows:
        said = gettext("%(what)s: %(rows)s", what=said, rows=ROWS.get(rule.rows, rule.rows))
    return said
