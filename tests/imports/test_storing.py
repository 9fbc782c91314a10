"""What stands by: a row of a ledger is the same again, whatever those beside it say, and shares nothing with them."""

import json
import zlib
from typing import Any

import pytest
from flask import Flask

from app.communities.models import Community
from app.core.database import transaction
from app.core.sheets.ledger import Draft, Trouble
from app.extensions import db
from app.imports import service, storing
from app.imports.models import ImportBatch
from app.imports.service import Asked

DRAFTS = (
    Draft(
        "需求", 4, "need", "第一网格", {"code": "1"}, {"code": "1"}, at={"code": 0, "phone": 2}, keys={"code": "code"}
    ),
    Draft(
        "需求", 5, "need", "第一网格", {"code": "2"}, {"code": "2"}, at={"code": 0, "phone": 2}, keys={"code": "code"}
    ),
    Draft(
        "需求", 6, "need", "", {"code": "3"}, {"code": "3"}, [Trouble("phone_format", "phone", "12")], at={"code": 0}
    ),
    Draft("诉求", 2, "appeal", "第二网格", warnings=[Trouble("hidden_row", "")], read=(0, 1), along=True),
)


@pytest.fixture
def kept(app: Flask, acting_as: Any) -> Any:
    """Keep drafts, as they are or as a piece of one's own making, and return them as they are read again."""

    def keep(piece: bytes | None = None) -> list[Draft]:
        with acting_as("secretary"):
            community = db.session.query(Community).filter_by(code="wjb").one()
            with transaction():
                batch: ImportBatch = service.new_batch(community.id, b"", "台账.xlsx", Asked("needs"))
                if piece is None:
                    storing.add_rows(batch, storing.FILE + 1, DRAFTS)
                else:
                    storing._keep(batch, storing.FILE + 1, piece)
            return storing.drafts_of(batch)

    return keep


def test_rows_that_stand_by_are_the_same_again(kept: Any) -> None:
    assert kept() == list(DRAFTS)


def test_what_is_found_in_one_row_later_is_not_said_of_another(kept: Any) -> None:
    first, second, *_others = kept()
    first.keys["door"] = "door"
    assert second == DRAFTS[1]


def test_a_ledger_read_before_the_portal_was_brought_up_to_date_can_still_be_taken_in(kept: Any) -> None:
    whole = json.dumps([draft.plain() for draft in DRAFTS]).encode()
    assert kept(zlib.compress(whole)) == list(DRAFTS)
