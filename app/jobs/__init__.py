"""Jobs: what the portal does by itself, at set times or when asked, in one worker process beside the pages.

A package declares its jobs with `registry.declare`; `service.ask` lets one run soon, in the caller's transaction.
"""

from typing import Any

from flask import current_app

from app.jobs import own
from app.jobs.registry import declare
from app.jobs.views import job_pages


def register(appbuilder: Any) -> None:
    """Add the page of the jobs to the portal."""
    for job in own.JOBS:
        declare(job)
    current_app.register_blueprint(job_pages)
