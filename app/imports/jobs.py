"""What time brings to ledgers: after 30 days file and rows are destroyed; who, when, counts and headings stay."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.imports import storing
from app.imports.models import BatchState, ImportBatch

KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 500


def forget_old() -> int:
    """Destroy files and rows of ledgers sent more than 30 days ago; part of the transaction. Return of how many."""
    old = select(ImportBatch).where(ImportBatch.at < clock.now() - KEPT, ImportBatch.forgotten_on.is_(None))
    batches = db.session.scalars(old.order_by(ImportBatch.id).limit(AT_ONCE)).all()
    for batch in batches:
        _forget(batch)
    return len(batches)


def _forget(batch: ImportBatch) -> None:
    storing.forget(batch)
    batch.forgotten_on = clock.today()
    if batch.state is BatchState.READ:
        batch.state = BatchState.DISCARDED
