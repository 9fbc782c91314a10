"""Where who asks for something lives, where building, unit and room stand in columns of their own."""

import re
from typing import Final

from app.communities.models import Place, PlaceKind
from app.core.sheets import readers
from app.core.sheets.ledger import Column, Draft, Sight, read_cell
from app.core.sheets.values import Reason

COLUMNS: Final = (
    Column("building", readers.line(), "楼栋 所属楼栋 楼栋号 栋号 楼号 幢号 所在楼栋 楼幢"),
    Column("entrance", readers.line(), "单元 单元号"),
    Column("room", readers.line(), "房号 室号 房间号 房屋号"),
)
LONGEST_ADDRESS: Final = 120
_IS_ONE: Final = re.compile(r"第?[0-9一二三四五六七八九十]{1,3}[A-Za-z]?(?:号楼|楼栋|栋|幢|号|座|楼|#)?|\D*")
"""A building alone, and not 3栋2单元101."""
_PLACE: Final = Column("building", readers.row_of("place", lambda: Place, Reason.PLACE, Reason.PLACE), "")


def live_there(draft: Draft, sight: Sight) -> None:
    """Let building, unit and room be the address, and the building the place where no other one is said."""
    parts = [str(part) for key in ("building", "entrance", "room") if (part := draft.said.get(key))]
    if not parts:
        return
    building = draft.said.get("building", "")
    place = Draft(draft.sheet, draft.row, draft.ledger)
    is_place = bool(building) and "grid" not in draft.at and "place" not in draft.meant
    if is_place:
        read_cell(_PLACE, place, "building", building, sight)
    if place.said:
        draft.said["grid"], draft.meant["place"] = place.said["building"], place.meant["place"]
    # Where no buildings are kept a building is nothing but where somebody lives.
    is_home = is_place and not place.said and not sight.keeps(PlaceKind.BUILDING)
    told = is_home or len(parts) > 1 or not is_place or "address" in draft.meant or not _IS_ONE.fullmatch(building)
    if told:
        before = draft.meant.get("address", "")
        draft.said["address"] = draft.meant["address"] = f"{before} {'-'.join(parts)}".strip()[:LONGEST_ADDRESS]
    else:
        draft.troubles += place.troubles
