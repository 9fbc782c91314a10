"""A worker whose one asked-for job takes its time: units of work, each done once."""

import time

from sqlalchemy import select

from app import create_app
from app.accounts.traces import Brake
from app.core import clock
from app.core.database import transaction
from app.extensions import db
from app.jobs import worker
from app.jobs.registry import Job, declare

UNITS = 6


def slow():
    for number in range(UNITS):
        with transaction():
            if db.session.scalar(select(Brake.id).filter_by(key=str(number))) is None:
                db.session.add(Brake(key=str(number), tries=1, rounds=0, last_at=clock.now()))
        time.sleep(0.2)
    return {"units": UNITS}


def main() -> None:
    app = create_app()
    declare(Job("slow", "慢", "慢慢来。", slow))
    with app.app_context():
        worker.work(app, supervised=True)


if __name__ == "__main__":
    main()
