"""The groups of people who need attention, as communities keep them, and how much of it."""

import enum

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class Group(Labelled):
    """Why somebody needs attention; a person may be in several groups.

    The first five are those of account 003; the others are groups civil affairs keep. Illness, faith and offences are
    no groups here: they are sensitive beyond what a community needs for its visits (PIPL, article 28).
    """

    DESTITUTE = "destitute", _("Destitute, supported by the state")
    LIVING_ALONE = "living_alone", _("Older person living alone")
    CHILD = "child", _("Child in difficulty")
    KEY_WOMAN = "key_woman", _("Woman in need of attention")
    SPECIAL = "special", _("Special attention")
    LOW_INCOME = "low_income", _("Minimum living allowance")
    LOW_MARGIN = "low_margin", _("At the margin of the allowance")
    EMPTY_NEST = "empty_nest", _("Older people without children at home")
    LEFT_BEHIND = "left_behind", _("Child left behind")
    DISABLED = "disabled", _("Disabled")
    LOST_CHILD = "lost_child", _("Family that lost its only child")
    VETERAN = "veteran", _("Veteran or family entitled to care")
    UNEMPLOYED = "unemployed", _("Out of work, hard to place")
    OTHER = "other", _("Other difficulty")


@enum.unique
class Level(Labelled):
    """How much attention it takes."""

    HIGH = "high", _("First level"), "danger", "exclamation-triangle"
    MIDDLE = "middle", _("Second level"), "busy", "eye"
    LOW = "low", _("Third level"), "calm", "check-circle"
