"""Heads of households in ledgers of residents: who is one is somebody, also where a row names nobody else."""

from dataclasses import replace
from typing import Final

from app.core.sheets.ledger import Column, Draft, Sight
from app.core.sheets.values import Reason
from app.people import ledger
from app.people.choices import Relation


def or_the_head(column: Column) -> Column:
    """In a list of households that names nobody else, who is the head of one is the person."""
    return replace(column, said=f"{column.said} 户主姓名 户主") if column.key == "name" else column


OF_A_MEMBER: Final = frozenset(
    {"former_name", "gender", "id_number", "birth", "age", "ethnic", "education", "political", "marital", "job", "tags"}
)
"""What a row says of somebody whose name it lacks."""


def finish(draft: Draft, sight: Sight) -> None:
    """Let a row that names the head alone, and says nothing of a member, be about the head."""
    head = draft.meant.get("head_name")
    nameless = [one for one in draft.troubles if (one.reason, one.field, one.found) == (Reason.MISSING, "name", "")]
    relation = draft.meant.get("relation_to_head")
    is_head = relation == Relation.HEAD.value or (relation is None and not OF_A_MEMBER & draft.said.keys())
    if head and nameless and is_head and "head" in draft.at:
        draft.troubles.remove(nameless[0])
        draft.said["name"] = draft.meant["name"] = head
        draft.warn("head_alone", "name", head)
    ledger.finish(draft, sight)
