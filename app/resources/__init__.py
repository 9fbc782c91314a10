"""Shared resources (资源共享清单): what units, teams and people share with the community (S3-03, S1-09)."""

from typing import Any

from app.jobs.registry import declare
from app.resources.jobs import JOBS
from app.resources.views import ResourceView


def register(appbuilder: Any) -> None:
    """Add the list of resources to the portal, and its jobs."""
    appbuilder.add_view(ResourceView, "m.resources")
    for job in JOBS:
        declare(job)
