"""The jobs there are; each package declares its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.core.fields import Text
from app.jobs.schedule import Schedule

Counts = dict[str, int]
"""How many of what a run dealt with."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something the portal does by itself.

    `run` is called as `system:<name>` inside an application context, without arguments or with the id of the row it
    was asked for. It opens a transaction per unit of work and may be run again at any time: what is done already it
    leaves alone. `schedule` None: only when asked. `counts`: the words for what `run` counts.
    """

    name: str
    title: Text
    does: Text
    run: Callable[..., Counts]
    schedule: Schedule | None = None
    counts: Mapping[str, Text] = field(default_factory=dict)


_JOBS: Final[dict[str, Job]] = {}


def declare(job: Job) -> None:
    """Let a job be known; the last one of a name holds."""
    _JOBS[job.name] = job


def known() -> Mapping[str, Job]:
    """Return the jobs by name, in the order they were declared."""
    return _JOBS
