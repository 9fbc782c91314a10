"""The runs of jobs: what was planned or asked for, and how it ended. No personal data stands here."""

import enum
from datetime import datetime

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import Instant
from app.core.fields import Labelled


@enum.unique
class Outcome(Labelled):
    """Where a run stands."""

    WAITING = "waiting", _("Waiting"), "info", "hourglass-split"
    RUNNING = "running", _("Running"), "busy", "arrow-repeat"
    DONE = "done", _("Done"), "good", "check-circle-fill"
    FAILED = "failed", _("Failed"), "danger", "exclamation-triangle-fill"


class JobRun(Model):
    """One run of one job."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_job", "job", "id"),
        Index("ix_job_run_outcome", "outcome", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(32))
    slot: Mapped[str] = mapped_column(String(80), unique=True)
    """What the run is for, once: the job and its moment, or for one that was asked for a name of its own."""
    row_id: Mapped[int | None]
    """The row the run was asked for."""
    planned_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    """When it may start; later than planned when it is tried again."""
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    error: Mapped[str | None] = mapped_column(String(80))
    """The type of the error and nothing else of it; the log has where it happened."""
