"""The empty workbook of a list: headings, help, what may be chosen, and a row that shows how it is meant."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import select

from app.core import access, clock
from app.core.actor import Actor, current
from app.core.fields import Field, Shape, facts, shape
from app.core.sheets import cells
from app.core.sheets.exporting import Outgoing
from app.core.sheets.paper import Column, Paper, Value
from app.core.sheets.titles import Titles
from app.core.sheets.writing import LONGEST, MIME, workbook
from app.core.specification import Specification
from app.extensions import db

REQUIRED: Final = "*"
"""Stands behind the heading of a column that must be filled in."""
SAMPLE: Final = "示例"
"""The first text of the row that shows how it is meant begins so; the import passes it over."""
MOST_OFFERED: Final = 5_000
MORE_WIDTH: Final = 20
"""The width of a column that is none of the list's own, in characters."""
PHONE: Final = "13800000000"


def template(view: Specification) -> Outgoing:
    """Return the empty workbook of a list. Raises Forbidden for who may not import it."""
    actor = current()
    if actor is None or not access.may("i", view.guard, actor):
        raise access.Forbidden
    paper = _paper(view, actor)
    moment = clock.now()
    return Outgoing(f"{paper.title}.xlsx", MIME, lambda: workbook(paper, moment))


def names_of(view: Specification) -> list[str]:
    """Return the columns of a template: those of the sheets that are filled in for a new row."""
    return [name for name in cells.names_of(view.model) if name in view.add_names]


def _paper(view: Specification, actor: Actor) -> Paper:
    names = names_of(view)
    title = gettext("%(list)s: template", list=view.list_title)
    note = gettext(
        "Fill in one row for each, from the row below the sample on. Columns with * must be filled in. "
        "The row that begins with %(sample)s is not imported. Help stands beside the headings as comments.",
        sample=SAMPLE,
    )
    columns = [_column(view, name, actor) for name in names]
    sample = [*_sample(view.model, names, columns), *(None for _heading in view.template_more)]
    more = [Column(heading, "text", MORE_WIDTH) for heading in view.template_more]
    return Paper(str(view.list_title), title, note, [*columns, *more], [sample])


def _column(view: Specification, name: str, actor: Actor) -> Column:
    field, form = facts(view.model)[name], shape(view.model, name)
    found = cells.column_of(view.model, name)
    heading = found.heading + (REQUIRED if form.required else "")
    return replace(found, heading=heading, help=_help(field, form), offered=_offered(view, form, actor))


def _help(field: Field, form: Shape) -> str:
    """Return the help of a column, and how several values are parted."""
    several = gettext("Several are parted by %(mark)s", mark=cells.SEVERAL) if form.kind in ("many", "list") else ""
    return "\n".join(str(part) for part in (field.help, several) if part)


# -- what may be chosen ---------------------------------------------------------------------------------------------


def _offered(view: Specification, form: Shape, actor: Actor) -> Sequence[str]:
    if form.kind == "choice":
        return [str(member.label) for member in form.choices or ()]
    if form.kind == "flag":
        return [gettext("Yes"), gettext("No")]
    target: Any = form.target
    # Several stand in one cell, which a drop-down cannot fill.
    return _rows_of(target, view, actor) if form.kind == "one" and getattr(target, "listed_in_templates", False) else ()


def _rows_of(target: Any, view: Specification, actor: Actor) -> list[str]:
    """Return what the rows in use are called that may be named where the actor imports."""
    own = {held.community_id for held, _rule in access.clauses(actor, view.guard, "i")}
    wanted = select(target).where(target.archived_at.is_(None)).order_by(*target.option_order).limit(MOST_OFFERED)
    if not actor.unbounded and None not in own:
        wanted = wanted.where(target.community_id.in_(own))
    rows = [row for row in db.session.scalars(wanted) if row.is_open]
    return [name[:LONGEST] for name in dict.fromkeys(Titles().said(target, rows))]


# -- the sample -----------------------------------------------------------------------------------------------------


def _sample(model: Any, names: Sequence[str], columns: Sequence[Column]) -> list[Value]:
    """Return a row that shows how values are written; its first text begins with 示例."""
    found = [_example(facts(model)[name], shape(model, name), one) for name, one in zip(names, columns, strict=True)]
    first = found[0]
    return [f"{SAMPLE}：{first}" if isinstance(first, str) and first else SAMPLE, *found[1:]]


def _example(field: Field, form: Shape, column: Column) -> Value:
    """Return a value somebody might write; nothing where only the community knows one."""
    if column.offered:
        return column.offered[0]
    if form.kind in ("date", "instant") and column.kind != "text":
        return clock.today() - timedelta(days=1)
    if form.kind == "number":
        return 1
    return PHONE if _is_phone(field) else None


def _is_phone(field: Field) -> bool:
    return field.mask is not None and field.mask("13912345678") == "139****5678"
