"""The duties of posts, and what follows from each: its place, its role, its company."""

import enum
from typing import Final

from flask_babel import lazy_gettext as _

from app.called import called
from app.communities.models import PlaceKind
from app.core.fields import Labelled
from app.roles import Role


@enum.unique
class PostDuty(Labelled):
    """What somebody is there for, in the words of the staff lists (S2-11, S2-14, S2-20, S2-23, S4-01)."""

    GRID_LEAD = "grid_lead", called("duty.grid_lead", _("Head of a grid"))
    GRID_WORKER = "grid_worker", called("duty.grid_worker", _("Worker of a grid"))
    PART_TIME = "part_time_grid_worker", called("duty.part_time_grid_worker", _("Part-time worker of a grid"))
    BUILDING_HEAD = "building_head", called("duty.building_head", _("Head of a building"))
    UNIT_HEAD = "unit_head", called("duty.unit_head", _("Head of a building unit"))
    AREA_LEAD = "area_lead", called("duty.area_lead", _("Head of an area"))
    LANE_HEAD = "lane_head", called("duty.lane_head", _("Head of a lane"))
    PARTY_GROUP_LEAD = "party_group_lead", called("duty.party_group_lead", _("Head of a party group"))
    MEDIATOR = "mediator", called("duty.mediator", _("People's mediator"))
    DELEGATE = "delegate", called("duty.delegate", _("Residents' delegate"))
    CADRE = "committee_cadre", called("duty.committee_cadre", _("Cadre of the two committees"))
    COMMUNITY_WORKER = "community_worker", called("duty.community_worker", _("Full-time community worker"))
    COMPOUND_MANAGER = "compound_manager", called("duty.compound_manager", _("Manager of a compound"))


GRID_STAFF: Final = (PostDuty.GRID_LEAD, PostDuty.GRID_WORKER)
"""The grid staff proper; part-time workers are counted apart, as the accounts of communities count them (S2-23)."""

WIDE: Final = frozenset({PostDuty.CADRE, PostDuty.COMMUNITY_WORKER, PostDuty.MEDIATOR, PostDuty.DELEGATE})
"""Duties that may be for the whole community, and then name no place."""

HEADS: Final = {
    PlaceKind.GRID: PostDuty.GRID_LEAD,
    PlaceKind.BUILDING: PostDuty.BUILDING_HEAD,
    PlaceKind.UNIT: PostDuty.UNIT_HEAD,
    PlaceKind.AREA: PostDuty.AREA_LEAD,
}
"""The kinds of places that should have a head, and the duty of the head (S2-14, S4-01); in the order of the board."""

ROLES: Final = {PostDuty.GRID_LEAD: Role.GRID_LEAD, PostDuty.GRID_WORKER: Role.GRID_WORKER}
"""The role a post can give to who signs in; every other duty is a record only."""
