"""Shared resources (资源共享清单): what units, teams and people share with the community (S3-03, S1-09)."""

from typing import Any

from app.jobs.registry import declare
from app.notices import kinds
from app.notices import news as notices
from app.resources.jobs import JOBS
from app.resources.models import Resource
from app.resources.news import NEWS, OF_TIME
from app.resources.views import ResourceView


def register(appbuilder: Any) -> None:
    """Add the list of resources to the portal, its jobs, and whom they tell."""
    appbuilder.add_view(ResourceView, "m.resources")
    for job in JOBS:
        declare(job)
    notices.declare(Resource.list_name, NEWS)
    for kind in OF_TIME:
        kinds.declare(kind)
