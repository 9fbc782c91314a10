"""Ledgers that follow from the columns of a list alone: its template filled in, and its export with some cells changed.

A list that says more of its ledgers (`registry`) reads its own template too: what its ledger does not name is added.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from app.core import access, rules
from app.core.bulk import Bulk, Made
from app.core.fields import Shape, facts, shape
from app.core.masking import MASKED
from app.core.sheets import readers, values
from app.core.sheets.book import Cell
from app.core.sheets.cells import Cells, names_of
from app.core.sheets.keys import KEY_HEADING, read_key
from app.core.sheets.ledger import Column, Draft, Ledger, Reader, Sight
from app.core.sheets.marks import unshut
from app.core.sheets.templates import names_of as names_of_template
from app.core.sheets.values import Reason, Rejected
from app.extensions import db
from app.imports.understanding import KEYED
from app.ledgers.keeper import RULE, Keeper, complain
from app.ledgers.world import World, batches, pairs

KEY: Final = "key"
"""The column of an export that says which row a line is."""
CONFLICT: Final = "conflict"
CELLS: Final = "cells"


# -- columns --------------------------------------------------------------------------------------------------------


def column_for(model: Any, name: str) -> Column:
    """Return a column of a list as a column of its ledgers, under its own heading."""
    field, form = facts(model)[name], shape(model, name)
    heading = "".join(str(field.label).split())
    return Column(name, reader_for(form, name), heading, needed=form.required and form.default is None)


def reader_for(form: Shape, name: str) -> Reader:
    """Return what reads a value of a column."""
    made: dict[str, Callable[[], Reader]] = {
        "choice": lambda: readers.choice(name, form.choices),  # type: ignore[arg-type]  # a choice has choices
        "flag": lambda: readers.flag(name),
        "date": lambda: readers.day(name, future=True, part=not form.required),
        "instant": lambda: readers.moment(name, future=True),
        "number": lambda: readers.count(name, -(2**31), 2**31 - 1),
        "decimal": lambda: readers.amount(name, -1e9, 1e9),
        "list": lambda: readers.parts(name),
        "worded": lambda: readers.worded(name, form.worded),  # type: ignore[arg-type]  # such a value has its kind
        "one": lambda: readers.row_of(name, lambda: form.target, *_reasons(form)),  # type: ignore[arg-type,return-value]
        "many": lambda: readers.rows_of(name, lambda: form.target, *_reasons(form)),  # type: ignore[arg-type,return-value]
    }
    return made.get(form.kind, lambda: readers.words(name, form.limit or 0))()


def _reasons(form: Shape) -> tuple[Reason, Reason]:
    listing = getattr(form.target, "list_name", "") or getattr(form.target, "__tablename__", "")
    if listing == "places":
        return Reason.PLACE, Reason.PLACE
    if listing in ("party", "people", "volunteers"):
        return Reason.PERSON, Reason.AMBIGUOUS
    return Reason.CHOICE, Reason.AMBIGUOUS


def extended(ledger: Ledger, view: Any, own: Mapping[str, str]) -> Ledger:
    """Return a ledger that reads the template of its list too; `own`: under which key it reads some of its columns."""
    # Of several that fill the same column the first is the usual one: 联系电话 before 亲属电话.
    by_column = {column.sets: column.key for column in reversed(ledger.columns) if column.sets} | dict(own)
    columns = {column.key: column for column in ledger.columns}
    for name in names_of_template(view):
        more = column_for(view.model, name)
        if name in by_column:
            known = columns[by_column[name]]
            columns[known.key] = replace(known, said=f"{known.said} {more.said}")
        elif name not in columns:
            columns[name] = replace(more, needed=False)
    return replace(ledger, columns=tuple(columns.values()))


# -- the template of any list ---------------------------------------------------------------------------------------


SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "teams": {
        "name": "队伍名称 团队名称 服务队名称 志愿服务队名称 志愿队伍名称 微团队名称",
        "kind": "类型 类别 队伍类型 队伍类别 团队类型 团队类别",
        "speciality": "特长 服务特长 服务内容 服务项目",
    },
    "places": {
        # Of several such columns the narrowest is the place, and the others are what it lies in.
        "name": "位置名称 单元名称 楼栋名称 楼栋号 小区名称 网格名称 片区名称 楼栋",
        "kind": "类型 类别 位置类型 级别 层级名称",
        "parent": (
            "上级 所属 隶属 上级位置 上级名称 所属位置 所在位置 上级网格 所属网格 所在网格 所属片区 所在片区 "
            "所属小区 所在小区 所属楼栋 所在楼栋 隶属网格 网格名称 小区名称 片区名称 楼栋名称 楼栋号 楼栋 网格 小区"
        ),
        "households": "总户数 居民户数",
    },
    "service_posts": {
        "title": "岗位 服务岗位",
        "kind": "类型 类别 岗位类型 岗位类别",
        "duties": "职责 工作职责 工作内容 服务内容 岗位要求",
        "wanted": "设岗人数 需求人数 招募人数 岗位人数 人数",
        "place": "服务地点 地点 网格 所属网格",
    },
    "party_orgs": {
        "name": "党组织名称 支部名称 党支部名称 党组织全称",
        "kind": "类型 类别 党组织类型 党组织类别",
        "parent": "上级党组织 隶属党组织 所属党委 上级党委 所属党总支 上级组织",
        "places": "网格 所属网格 覆盖网格 联系网格 所在网格",
        "secretary": "书记 支部书记 党支部书记 党组织书记 书记姓名 负责人",
        "founded_on": "成立时间 成立日期",
        "phone": "联系电话 电话 书记电话",
    },
}
"""What ledgers write over the columns of lists that say nothing more of theirs."""


OF_THE_NAME: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "party_orgs": (
        "kind",
        {"党小组": "group", "党支部": "branch", "支部": "branch", "党总支": "general_branch", "党委": "committee"},
    ),
    "places": (
        "kind",
        dict.fromkeys(("栋", "幢", "楼", "座"), "building")
        | {"单元": "unit", "网格": "grid", "片区": "area", "小区": "compound", "花园": "compound", "家园": "compound"}
        | dict.fromkeys(("路", "街", "巷", "弄"), "street")
        | dict.fromkeys(("站", "驿站", "服务点"), "point"),
    ),
}
"""The column of a list that its name says where nothing else does: what it is by how the name ends."""


def ledger_of(view: Any) -> Ledger:
    """Return the ledger of a list that says nothing more of its ledgers: its template, also under other headings."""
    more = SAID.get(view.list_name, {})
    told, endings = OF_THE_NAME.get(view.list_name, ("", {}))
    columns = [column_for(view.model, name) for name in names_of_template(view)]
    known = [replace(one, said=f"{one.said} {more.get(one.key, '')}") for one in columns]
    known = [replace(one, needed=one.needed and one.key != told) for one in known]
    title = "".join(str(view.list_title).split())

    def finish(draft: Draft, sight: Sight) -> None:
        name = str(draft.meant.get("name", ""))
        kinds = [kind for ending, kind in endings.items() if name.endswith(ending)]
        if kinds and told not in draft.meant:
            draft.meant[told] = kinds[0]

    return Ledger(view.list_name, view.list_name, title, tuple(known), finish=finish)


class DerivedKeeper(Keeper):
    """Takes in the template of a list, row by row as its form would."""

    view: Any = None

    @classmethod
    def is_slow(cls, draft: Draft) -> bool:
        """Each new row is made by itself."""
        return draft.verdict == "accepted"

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once which names there are, where the list has names."""
        super().prefetch(drafts)
        if "name" in facts(self.model):
            for some in batches(draft.meant["name"] for draft in drafts if "name" in draft.meant):
                wanted = select(self.model.name, self.model.id).where(
                    self.model.community_id == self.world.community_id, self.model.name.in_(some)
                )
                here = wanted.where(self.model.archived_at.is_(None)) if self.model.archivable else wanted
                self.known.update(pairs(here))

    def natural(self, draft: Draft) -> Hashable | None:
        """Return the name, where the list has names."""
        return draft.meant.get("name") if "name" in facts(self.model) else None

    def key(self, draft: Draft) -> str:
        """The name."""
        return "name" if "name" in facts(self.model) else ""

    def write(self, drafts: Sequence[Draft], bulk: Bulk) -> Iterable[tuple[Draft, Made]]:
        """Let the rows be made one by one once the transaction has begun."""
        wanted = [draft for draft in drafts if draft.verdict == "accepted" and not draft.along]
        bulk.last(lambda: self._create(wanted))
        return ()

    def _create(self, drafts: Sequence[Draft]) -> None:
        self.world.forget_rows()
        created = self.world.memo.setdefault("created", [])
        for draft in drafts:
            row = create(self.view, self.world, draft.meant)
            db.session.flush()
            if not access.may_row("i", row):
                raise access.OutOfScope
            created.append((draft, row))


def create(view: Any, world: World, meant: Mapping[str, Any]) -> Any:
    """Make a row as the form of its list does, from what a draft means."""
    empty: dict[str, Any] = {name: [] if shape(view.model, name).kind == "many" else None for name in view.add_names}
    given = {name: plain for name, plain in meant.items() if name in empty}
    return view.create(empty | world.columns(view.model, given) | {"community": world.own_community()})


# -- exports handed back --------------------------------------------------------------------------------------------


def keyed_ledger(view: Any) -> Ledger:
    """Return the ledger that is an export of the list, with a key in each line."""
    columns = [Column(KEY, _key, KEY_HEADING, needed=True)]
    columns += [replace(column_for(view.model, name), read=_cell, needed=False) for name in names_of(view.model)]
    return Ledger(f"{KEYED}{view.list_name}", view.list_name, "".join(str(view.list_title).split()), tuple(columns))


def _key(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    text = values.text(cell)
    if read_key(text) is None:
        raise Rejected(Reason.CHOICE, text)
    draft.said[key] = draft.meant[key] = text


def _cell(draft: Draft, key: str, cell: Cell, sight: Sight) -> None:
    text = unshut(values.text(cell)).strip()
    draft.meant.setdefault(CELLS, {})[key] = text


class KeyedKeeper(Keeper):
    """Takes back an export: a cell somebody has changed changes that value of that row, and nothing else."""

    view: Any = None

    @classmethod
    def is_slow(cls, draft: Draft) -> bool:
        """Each row is changed by itself."""
        return draft.verdict == "accepted"

    def prefetch(self, drafts: Sequence[Draft]) -> None:
        """Ask once for the rows, and how they would be handed out now."""
        self.names = names_of(self.model)
        self.rows: dict[str, Any] = {}
        self.said: dict[str, dict[str, str]] = {}
        for some in batches(_uid(draft) for draft in drafts):
            found = db.session.scalars(select(self.model).where(self.model.uid.in_(some))).all()
            self.rows |= {row.uid: row for row in found}
            self._say(some)

    def _say(self, uids: Sequence[str]) -> None:
        cells = Cells(self.model, self.names)
        columns = (self.model.id, self.model.uid, *cells.columns)
        rows = db.session.execute(select(*columns).where(self.model.uid.in_(uids))).all()
        for row, texts in zip(rows, cells.said(rows), strict=True):
            self.said[row[1]] = {name: _plain(text) for name, text in zip(self.names, texts, strict=True)}

    def judge(self, draft: Draft) -> None:
        """Find which cells of a row say something else than the list."""
        uid = _uid(draft)
        row = self.rows.get(uid)
        if row is None or row.archived_at is not None or not access.may_row("e", row):
            draft.reject(Reason.CHOICE, KEY)
            return
        changed = self._changed(draft, uid)
        if not changed:
            draft.same_as, draft.action = {"id": row.id}, "same"
            return
        version = read_key(draft.meant[KEY])
        if version is None or version[1] != row.version:
            draft.conflicts = sorted(changed)
            draft.reject(CONFLICT, min(changed))
            return
        self._take(draft, row, changed)

    def _changed(self, draft: Draft, uid: str) -> dict[str, str]:
        shown, given = self.said[uid], draft.meant.get(CELLS, {})
        read = {name: given.get(name, "") for name in draft.at if name in shown}
        return {name: text for name, text in read.items() if not _same(text, shown[name])}

    def _take(self, draft: Draft, row: Any, changed: Mapping[str, str]) -> None:
        editable = set(self.view.names_to_edit(row))
        new: dict[str, Any] = {}
        for name, text in changed.items():
            if name not in editable:
                draft.warn("not_editable", name, text)
            elif MASKED in text and facts(self.model)[name].mask is not None:
                draft.reject(RULE, name, text)
            else:
                new |= self._read(draft, name, text)
        draft.said = {name: changed[name] for name in new}
        draft.meant["new"] = new
        if not new and not draft.troubles:
            draft.same_as, draft.action = {"id": row.id}, "same"
        elif not draft.troubles:
            self._check(draft, row, new)

    def _read(self, draft: Draft, name: str, text: str) -> dict[str, Any]:
        form = shape(self.model, name)
        if not text:
            return {name: [] if form.kind in ("many", "list") else None}
        found, sight = Draft(draft.sheet, draft.row, draft.ledger), Sight(self.world.today, self.world.find)
        try:
            reader_for(form, name)(found, name, text, sight)
        except Rejected as wrong:
            draft.reject(wrong.reason, name, wrong.found)
        return {name: found.meant[name]} if name in found.meant else {}

    def _check(self, draft: Draft, row: Any, new: Mapping[str, Any]) -> None:
        with db.session.no_autoflush:
            for name, value in self.world.columns(self.model, new).items():
                setattr(row, name, value)
            complain(draft, rules.errors(row), self.model)
            db.session.refresh(row)

    def write(self, drafts: Sequence[Draft], bulk: Bulk) -> Iterable[tuple[Draft, Made]]:
        """No row is new."""
        return ()

    def merge(self, drafts: Sequence[Draft]) -> Iterable[tuple[Draft, Any, dict[str, Any]]]:
        """Change the rows as their form would."""
        self.world.forget_rows()
        for draft in drafts:
            if draft.verdict != "accepted" or draft.along:
                continue
            row = db.session.scalars(select(self.model).where(self.model.uid == _uid(draft))).one()
            new = self.world.columns(self.model, draft.meant["new"])
            before = {name: _before(row, name) for name in new}
            self.view.change(row, new)
            db.session.flush()
            yield draft, row, before


def _before(row: Any, name: str) -> Any:
    form = shape(type(row), name)
    if form.kind == "many":
        return [one.id for one in getattr(row, name)]
    return getattr(row, form.column if form.kind == "one" else name)


def _same(one: str, other: str) -> bool:
    """Tell whether two cells say the same; programs write 3 also as 3.0."""
    if one == other:
        return True
    try:
        return float(one) == float(other) and len(one) < len(str(10**15))
    except ValueError:
        return False


def _uid(draft: Draft) -> str:
    found = read_key(draft.meant[KEY])
    return found[0] if found is not None else ""


def _plain(value: Any) -> str:
    """Return a cell as it reads when it comes back."""
    return values.text(value).strip() if value is not None else ""
