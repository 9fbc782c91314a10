"""What figures are told of the lists of resources and projects, and of the places and units of a community.

They are as of today and count as account 003 does: a resource is an entry of the list, a project one in operation.
"""

from typing import Final

from flask_babel import lazy_gettext as _

from app.called import called
from app.reports.figures import Figure

RESOURCES: Final = (
    Figure(
        "resources",
        called("list.resources", _("Shared resources")),
        _("Entries of the list of resources, whatever their state"),
        part="listed",
    ),
)

PROJECTS: Final = (
    Figure(
        "regular_projects",
        _("Regular projects"),
        _("Regular service projects in operation today"),
        part="regular_running",
        excluded=_("Drafts; approved but not begun; suspended; finished."),
    ),
    Figure(
        "featured_projects",
        _("Featured projects"),
        _("Featured service projects in operation today"),
        part="featured_running",
        excluded=_("Drafts; approved but not begun; suspended; finished."),
    ),
)

COMPOUNDS: Final = Figure(
    "compounds", _("Compounds"), _("Places of the kind compound that are in use"), part="compounds"
)

UNITS: Final = (
    Figure(
        "units_here",
        _("Units of the district"),
        _("Party and state bodies, public institutions, schools, enterprises and social organisations in the list"),
        part="here",
        excluded=_("Hospitals; property companies; merchants; others."),
    ),
    Figure("hospitals", _("Hospitals"), _("Units of the kind hospital in the list"), part="hospitals"),
)
