"""The command `bench seed`."""

import random
import time

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.bench import seeding
from app.communities.models import Community
from app.core.actor import acting, system
from app.core.commanding import Commands
from app.extensions import db

bench = Commands("bench", _("Fill an empty portal, to measure it."))


@bench.command("seed")
@click.option("--needs", type=int, required=True, help="how many needs, for example 10000, 100000 or 1000000")
@click.option("--password", required=True, help="of the secretary `admin`")
def seed(needs: int, password: str) -> None:
    """Fill an empty portal with one community and so many invented needs; for benchmarks only."""
    if db.session.scalar(select(func.count()).select_from(Community.__table__)):
        raise click.ClickException(gettext("There are communities here already; this fills an empty portal only."))
    begun = time.perf_counter()
    grids = (f"第{number}网格" for number in range(1, seeding.GRIDS + 1))
    workers = (f"网格员{number}" for number in range(1, seeding.WORKERS + 1))
    chance = random.Random(needs)  # noqa: S311 - the same needs every time, and nobody's secret
    with acting(system("bench")):
        town = seeding.found("测试社区", password, grids, workers)
        written = seeding.write(town, seeding.invented(needs, chance))
    seeding.settle()
    took = round(time.perf_counter() - begun)
    click.echo(gettext("%(count)s needs written in %(seconds)s s.", count=written, seconds=took))
