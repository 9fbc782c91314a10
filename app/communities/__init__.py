"""Communities and what each of them sets for itself: places, categories, holidays, settings."""

from typing import Any

from app.communities.views import CategoryView, CommunityView, HolidayView, PlaceView


def register(appbuilder: Any) -> None:
    """Add the lists of communities, places, categories and holidays to the portal."""
    appbuilder.add_view(PlaceView, "m.places")
    appbuilder.add_view(CategoryView, "m.categories")
    appbuilder.add_view(HolidayView, "m.holidays")
    appbuilder.add_view(CommunityView, "m.communities")
