"""The choices of a service project: what sort it is, and where it stands."""

import enum

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled


@enum.unique
class ProjectKind(Labelled):
    """What sort of project it is (常规、特色)."""

    REGULAR = "regular", _("Regular")
    FEATURED = "featured", _("Featured"), "plan", "star"


@enum.unique
class ProjectState(Labelled):
    """Where a project stands; orders are placed only under one that runs."""

    DRAFT = "draft", _("To be approved"), "info", "inbox"
    APPROVED = "approved", _("Approved"), "plan", "check-lg"
    RUNNING = "running", _("In operation"), "good", "play-circle"
    SUSPENDED = "suspended", _("Suspended"), "calm", "pause-circle"
    FINISHED = "finished", _("Finished"), "calm", "check2-all"
