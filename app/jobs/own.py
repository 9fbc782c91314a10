"""The jobs of the platform: tidying up, and the daily ends of history."""

from collections.abc import Callable
from typing import Final

from flask_babel import lazy_gettext as _

from app.core import heads
from app.core.database import transaction
from app.core.fields import Text
from app.core.files import service as files
from app.extensions import db
from app.jobs import service
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Daily

_TIDIED: Final[dict[str, tuple[Text, Callable[[], int]]]] = {}
_WORDS: Final[dict[str, Text]] = {}


def tidies(name: str, what: Text, remove: Callable[[], int]) -> None:
    """Let something be tidied up daily; `remove` runs in a transaction of its own and returns how much it removed."""
    _TIDIED[name] = what, remove
    _WORDS[name] = what


def tidy() -> Counts:
    """Remove what has been kept long enough, each kind in a transaction of its own."""
    return {name: _tidied(remove) for name, (_what, remove) in _TIDIED.items()}


def _tidied(remove: Callable[[], int]) -> int:
    with transaction():
        return remove()


def keep_ends() -> Counts:
    """Write the file of today with the ends of history, also on a day on which nothing is written."""
    heads.keep_daily(db.session.connection())
    db.session.rollback()
    return {}


def sweep_files() -> int:
    """Remove contents of files that belong to no row."""
    return len(files.sweep().left_over)


tidies("runs", _("Old runs of jobs"), service.forget_old)
tidies("files", _("Contents of files without a row"), sweep_files)

JOBS: Final = (
    Job("tidy", _("Tidy up"), _("Removes what has been kept long enough."), tidy, Daily(3, 30), _WORDS),
    Job("heads", _("Keep the ends of history"), _("Writes the file that shows a cut in history."), keep_ends, Daily(0)),
)
