"""Statements that pass by the row scope, and jobs that see everything: only where listed, each with a reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.whole.walk import ROOT

APP = ROOT / "app"
STATEMENTS = {"text", "insert", "update", "delete", "literal_column"}
ATTRIBUTES = {"__table__", "exec_driver_sql", "from_statement", "driver_connection"}

PASS_BY = {
    "app.accounts.brake._locked": "counts wrong passwords before anybody is signed in; no community",
    "app.accounts.brake.release": "forgets the wrong passwords of one account",
    "app.accounts.brake.take": "forgets old brakes; no community",
    "app.accounts.emptying._forget_traces": "removes what signing in left of one account that is being emptied",
    "app.accounts.leftovers.forget_links": "removes one-time links that expired a month ago",
    "app.accounts.leftovers.forget_sign_ins": "removes sign-ins that ended a month ago",
    "app.accounts.links._claim": "takes a one-time link before anybody is signed in",
    "app.accounts.links.withdraw": "makes the links of one account useless",
    "app.accounts.models": "who is reached is asked about all grants, by the ids the scope itself needs",
    "app.accounts.sessions._end_sign_ins": "ends the sign-ins of one account while it is being written",
    "app.accounts.sessions._see": "says when one sign-in was last seen",
    "app.accounts.sessions.begin": "removes old sign-ins of one account",
    "app.accounts.sessions.end": "ends the sign-ins of one account",
    "app.accounts.sign_in._begin": "writes the last sign-in of one account, before anybody is signed in",
    "app.accounts.tokens._see": "says when one token was last used",
    "app.accounts.tokens.revoke": "takes one token back, of the own ones where a person asks",
    "app.accounts.tokens.withdraw": "takes back the tokens of one account",
    "app.communities.models.Category._in_tree": "orders rows by those above them in their own community, no statement",
    "app.communities.models.Category.below": "ids only; what they are compared with is scoped",
    "app.communities.models.Place.below": "takes the community as the row's own; ids only",
    "app.communities.models.Placed.within": "is itself the scope",
    "app.communities.models.in_subtree": "a condition on the path, no statement of its own",
    "app.communities.service._carry_along": "takes the community and the old path of the moved place as its scope",
    "app.core.access._community": "compares a condition with the table it is about, no statement",
    "app.core.bulk._ids": "takes ids nobody else gets",
    "app.core.listing.behind_archived": "reads how the indexes of a list are made, no row",
    "app.core.plans.write": "writes new rows that were checked one by one",
    "app.core.bulk.put_away": "archives the rows of one batch, whose rights were checked",
    "app.core.codes._taking": "takes the community; numbers only",
    "app.core.database._begin": "begins the transaction",
    "app.core.database.make_room": "tells SQLite how many pages to keep in memory, reads no row",
    "app.core.database._keep_plans": "ends a transaction that has only read",
    "app.core.database.rewrite": "writes the database anew, whatever stands in it",
    "app.core.recording._append": "adds the entries of rows that were checked when they were written",
    "app.core.recording._ask": "reads the row that is being changed as it stands in the database",
    "app.core.recording._end": "reads where one chain of history ends",
    "app.core.rotation._locked": "keeps everybody from writing while the last old values are looked for",
    "app.core.rotation._renew": "encrypts rows anew that say the same as before",
    "app.core.revealing._count": "counts how often one account looked today",
    "app.core.seeking._forget": "takes the row that is being written out of the index of parts of words",
    "app.core.seeking.keep_anew": "indexes the rows of a whole database that were put back, by the operator",
    "app.core.seeking.put": "indexes rows that were checked when they were written",
    "app.core.subject_keys.forget": "destroys the key of one row's values in history",
    "app.core.subject_keys.keys_of": "keeps the keys of the rows that are being written",
    "app.core.repeating.numbers": "asks again, for the same person, the statement the session narrowed a moment ago",
    "app.core.revisions.of": "reads at which step of the migrations a database is, no list",
    "app.core.edition._mark": "draws the mark of the tables anew",
    "app.core.unfinished": "is itself part of the scope; ids only",
    "app.core.unfinished.finished": "is itself part of the scope; the name of a list stands in the code",
    "app.core.unfinished.hide": "hides rows the caller has just written, or may put away",
    "app.core.unfinished.show": "lets the rows of one finished work be seen",
    "app.core.keyset._nullable": "asks of a column whether it may be empty, no statement",
    "app.core.page.health": "asks whether the database answers",
    "app.bench.commands.seed": "asks whether the portal is still empty; for benchmarks only",
    "app.bench.seeding._ids": "takes ids nobody else gets; for benchmarks only",
    "app.bench.seeding.settle": "lets the database count itself; for benchmarks only",
    "app.bench.seeding.write": "writes invented rows; for benchmarks only",
    "app.backups.loading.beside": "puts a backup into a database of its own",
    "app.backups.making._require_room": "asks how large the database is",
    "app.backups.restoring._empty_database": "puts the whole database aside, by the operator of the machine",
    "app.backups.rows._putting": "puts rows back as they were saved",
    "app.backups.rows.empty": "makes room for the rows of a backup in a new database",
    "app.backups.tables._postgresql": "lets rows be put back into a new database as they were",
    "app.backups.tables._sqlite": "lets rows be put back into a new database as they were",
    "app.backups.tables.broken_references": "asks a new database about its own rows",
    "app.backups.tables.count_on": "lets PostgreSQL number on after the rows that were put back",
    "app.doctor.database_is_whole": "asks the database about its own files",
    "app.doctor.writes_are_safe": "reads settings of SQLite",
    "app.imports.taking.Became.write": "notes which rows a batch of the actor's brought",
    "app.imports.storing._keep": "keeps a piece of one batch, encrypted",
    "app.imports.storing.forget": "destroys file and rows of one batch that stand by",
    "app.imports.storing.forget_rows": "destroys the rows of one batch that stand by",
    "app.imports.storing.keep_index": "keeps anew where the rows of one batch stand",
    "app.imports.storing.renew_rows": "keeps some rows of one batch anew, encrypted",
    "app.imports.undoing._as_before": "says of rows the batch had filled in that they stand as before it",
    "app.imports.undoing._put_away": "takes back the parties of one batch, whose rights were checked",
    "app.imports.undoing._standing": "reads the rows of one batch, whose rights were checked",
    "app.imports.undoing._forget_prints": "forgets the traces of one batch, whose rights were checked",
    "app.people.tying._keep": "writes the token of the records it is given; it says nothing of them",
    "app.people.tying.forget": "removes both sides of the ties of one record that is being erased",
    "app.jobs.service._claim": "takes one run of a job; no community, no personal data",
    "app.jobs.service._end": "says how one run of a job ended",
    "app.jobs.service.forget_old": "removes the runs of jobs that ended a month ago",
    "app.jobs.service.recover": "lets runs of jobs start again whose worker died",
    "app.needs.models.Need": "the empty text a new column begins with, no statement",
    "app.notices.service.read_of": "tells which of the actor's own notices lead to a row",
    "app.matching.parts._orders_of": "whether a row in sight has an order, whoever holds it",
    "app.matching.parts.idle": "the same, since when",
    "app.matching.parts.idle_in": "the same, in a month",
    "app.matching.parts._stood": "in which state a row in sight was",
    "app.posts.service._keep_known": "says of one person with a post that the name is known",
    "app.notices.service._mark": "marks the actor's own notices as read",
    "app.notices.service.forget_old": "removes the notices of more than 90 days ago",
    "app.notices.service.settle": "marks the notices about one row, which was checked, as seen to",
    "app.fulfilments.following": "which needs were offered to whom is itself part of the scope; ids only",
    "app.public.quotas.count": "counts knocks by keyed hashes; no community, no personal data",
    "app.public.quotas.forget_old": "removes the counters of yesterday",
    "app.public.tickets.forget_old": "removes the codes that have run out",
    "app.vulnerabilities.models.Vulnerability.within": "which people a grant reaches is itself part of the scope",
    "app.vulnerabilities.models._lives_within": "asks only whether a grant reaches a person",
    "app.reports.audit._totals": "counts the acts in the communities of the actor's own grants",
    "app.volunteers.models": "which people sign in by an account is itself part of the scope; ids only",
    "app.migrations.env": "brings the tables up to the code",
    "app.migrations.env.wipe": "writes the database anew, whatever stands in it",
}
"""Where a statement is made that the session does not narrow, and why it may."""

SEE_EVERYTHING = {
    "app.accounts.commands._at_work": "a command, by the operator of the machine",
    "app.accounts.links.account_of": "opens a one-time link before anybody is signed in",
    "app.accounts.links.use": "sets the password of the link's one account",
    "app.accounts.models._taken": "asks only whether a login name or phone is taken",
    "app.accounts.service._grant_founder": "grants the maker of a new community that community",
    "app.accounts.service._is_last_admin": "counts administrators",
    "app.accounts.service.setup_link": "the first start of the program",
    "app.bench.commands.seed": "a command for benchmarks only",
    "app.box.setting_up._free": "asks only which login names and codes of communities are taken",
    "app.box.setting_up.set_up": "fills a new community for who may make one and does not work in it",
    "app.accounts.sessions._rows": "finds who signed in, by the hash of the token",
    "app.accounts.sign_in._begin": "starts a sign-in",
    "app.accounts.refusals.note": "writes down who was not let in, before anybody is",
    "app.accounts.sign_in._find": "finds the account that signs in",
    "app.accounts.tokens._grants": "ids of the grants of one account only",
    "app.accounts.tokens._owner": "asks for which account a token acts, whose history tells that it was taken back",
    "app.accounts.tokens._row": "finds who acts, by the hash of the token",
    "app.backups.commands.copy": "a command, by the operator of the machine",
    "app.backups.commands.create": "a command, by the operator of the machine",
    "app.backups.commands.restore": "a command, by the operator of the machine",
    "app.backups.commands.verify": "a command, by the operator of the machine",
    "app.box.commands.init": "a command, by the operator of the machine",
    "app.box.commands.export": "a command, by the operator of the machine",
    "app.box.commands._links": "a command, by the operator of the machine",
    "app.box.handing.export_with_people": "a command, for who asked and a second person approved",
    "app.box.whole._count": "says only how many accounts a box would hold, to who may export the people there",
    "app.core.meanwhile._left_alone": "compares what a form says with what its row once said, and shows neither",
    "app.doctor.clock_is_right": "asks only when the newest entry of history was made",
    "app.doctor.log_reaches_back": "asks only when the portal began",
    "app.doctor.files_are_whole": "compares all contents with all rows, and says only whether they fit",
    "app.doctor.somebody_administers": "asks only whether an administrator can sign in",
    "app.box.commands.list_communities": "a command, by the operator of the machine",
    "app.core.actor.system": "makes the actor",
    "app.core.files.service.wipe": "removes all files of one row somebody may write, also those they do not see",
    "app.demo.load": "loads the demonstration",
    "app.demo.story._Stage.actor": "lets the time pass in the demonstration",
    "app.keys.rotate": "a command, by the operator of the machine",
    "app.public.commands.issue": "a command, by the operator of the machine",
    "app.public.points.find": "finds the place of a poster, by its code, before anybody acts",
    "app.public.enrolling.scanning": "a party member at a poster, of whom nobody may tell whether they were known",
    "app.public.points._of_community": "finds the community of a poster, by its code, before anybody acts",
    "app.public.tickets._need_of": "finds the one need of a code, by its hash, before the resident acts",
    "app.reports.commands.verify": "a command, by the operator of the machine",
    "app.accounts.reach._working": "finds whom a row may concern; ids and grants only",
    "app.reports.figure_pages.reader": "counts the rows of the communities of which the actor sees totals",
    "app.people.likeness.take_turns": "locks the row of the community somebody is registered in; reads nothing of it",
    "app.people.rights.clerk": "finds the community and the account a command acts for",
    "app.people.rights.seeing_everything": "what hangs on one person, for who was found to be allowed",
    "app.people.rules.number_is_free": "asks only whether a number of a document is somebody's in the community",
    "app.people.service.let_volunteers_be_people": "finds the record of who was granted a role among the people",
    "app.notices.service._deaf": "asks only who does not want a kind of notice",
    "app.imports.commands.community_of": "a command, by the operator of the machine",
    "app.imports.commands.take_back": "a command, by the operator of the machine",
    "app.imports.long.work": "a job: finds the ledgers nobody is at work with",
    "app.imports.long._work": "finds who let a ledger be taken in, who then acts",
    "app.ledgers.world.widely": "finds, and completes, whom the rows of a ledger are about; who may import was asked",
    "app.jobs.service.execute": "a job of the system, named by it",
    "app.resources.service._commit": "whoever takes an order takes of the stock, and may not write the resource",
    "app.resources.service._each": "a job, over all communities",
    "app.resources.service._settle": "what is used up or back says so by itself",
    "app.resources.service.lock": "takes one row the caller holds already, as it stands now",
    "app.fulfilments.stock._pieces": "counts what all orders hold of one resource",
    "app.fulfilments.stock._resource": "finds the resource of the order that is being moved",
    "app.fulfilments.booking.lock": "locks the need and the provider of the order that is being moved",
    "app.fulfilments.booking.require_free": "asks whether the order's own provider has another appointment",
    "app.fulfilments.following._cancel_all": "calls off the orders of a need that has ended",
    "app.fulfilments.following._doubt_all": "notes that what was confirmed for a need taken up again did not help",
    "app.fulfilments.following._judge": "disputes what was carried out for a need that is taken up again",
    "app.fulfilments.following.follow": "brings the need of a moved order where its orders say",
    "app.fulfilments.following.need_of": "finds the need of the order that is being moved",
    "app.fulfilments.following.orders_of": "finds all orders of one need, of which a person may see some",
    "app.fulfilments.hands._asked": "ids only, of what the actor had a hand in",
    "app.fulfilments.models._unit_behind": "finds the unit behind the team an order goes to; its id only",
    "app.fulfilments.service._who_comes": "finds the actor's own record among the people",
    "app.fulfilments.service.expire_offers": "a job: ends what nobody answered",
    "app.registrations.models.Member.elsewhere": "finds the same person in other communities, and tells nobody",
    "app.registrations.service._known": "asks only whether a person has been registered in the community before",
    "app.registrations.service._lock": "takes one post the member claims or holds, as it stands now",
    "app.registrations.service.follow_others": "whoever claims a post takes a seat of it, and may not write the post",
    "app.registrations.service.ask_both": "asks two secretaries, of whom nobody reads the other's rows",
    "app.registrations.agreeing._begin": "lets the unit of a signed agreement be active",
    "app.registrations.agreeing.look_after_terms": "a job, over all communities",
    "app.registrations.service.enrol": "finds or makes the person of a name and phone for who may register members",
    "app.people.tying.answer": "writes the own side and what follows from both, for who was found to be allowed",
    "app.organizations.partnering._require_free": "asks only whether an organisation is a partner already",
    "app.organizations.partnering.look_after_terms": "a job, over all communities",
    "app.people.tying.look": "a job, over all communities",
    "app.registrations.lapsing.ask": "a job, over all communities",
    "app.registrations.telling._counted": "counts what one member and one unit carried out",
    "app.registrations.telling.draft_all": "a job, over all communities",
    "app.accounts.staff.choices": "offers those who work in the actor's own communities",
    "app.exports.service._by_the_system": "notes that who asked for a file has fetched it",
    "app.talents.rules.person_is_new": "asks only whether somebody stands in the list already",
    "app.vulnerabilities.rules.carer_works_here": "asks only whether somebody works in the person's community",
    "app.vulnerabilities.rules.group_is_new": "asks only whether somebody is in the group already",
    "app.volunteers.rules.person_is_free": "asks only whether somebody is a volunteer already, and under which number",
    "app.volunteers.service.enrol": "finds or makes the person of a name and phone for who may register volunteers",
    "app.volunteers.service.let_names_be_read": "marks the party of a volunteer, whose name is read from then on",
    "app.volunteers.service.out_of_service": "asks only where a volunteer stands who is offered work",
    "app.volunteers.service.person_of": "finds the person of one volunteer: guardian, age and own number",
    "app.core.lasting._as_it_stands": "keeps a place, category or community; who sees it is decided when it is given",
    "app.needs.clocks.asked": "limits, holidays and who is in charge, for whoever moves one need; none is shown",
    "app.needs.effects._merged": "lets those merged before follow the need, whose merging was allowed",
    "app.needs.story._of_the_other": "says only where the need stands that another was merged into",
    "app.needs.service.require_hands": "asks only whether a person works in the need's community",
    "app.party_orgs.coverage.read": "counts members of the communities in which the actor sees party organisations",
    "app.party_orgs.service._hold": "locks the tree of one community; ids only",
    "app.party_orgs.service._hold_person": "locks the person whose membership is being written",
    "app.party_orgs.service.require_empty": "counts what hangs on the organisation that is being put away",
    "app.posts.entrance.following": "what follows from a post for who was allowed to write it",
    "app.posts.service._lock": "locks the person whose post is being written",
}
"""Where the system acts and sees all rows, and why it may."""


class Finder(ast.NodeVisitor):
    """Notes in which functions of a module something is done."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.inside = [module]
        self.passing: set[str] = set()
        self.seeing: set[str] = set()
        self.core = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
            for alias in node.names
            if alias.name in STATEMENTS
        }
        self.visit(tree)

    @property
    def here(self) -> str:
        return ".".join(self.inside)

    def _enter(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    visit_FunctionDef = visit_ClassDef = _enter  # noqa: N815 - ast calls them so

    def visit_Attribute(self, node: ast.Attribute) -> None:
        statement = node.attr in STATEMENTS and isinstance(node.value, ast.Name) and node.value.id in DIALECTS
        if node.attr in ATTRIBUTES or (node.attr.startswith("bulk_") and node.attr != "bulk_moves") or statement:
            self.passing.add(self.here)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in self.core:
            self.passing.add(self.here)
        is_system = isinstance(node.func, ast.Name) and node.func.id == "system"
        if is_system or any(keyword.arg == "unbounded" for keyword in node.keywords):
            self.seeing.add(self.here)
        self.generic_visit(node)


DIALECTS = {"postgresql", "sqlite"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(APP.rglob("*.py")):
        if "versions" not in path.parts:
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


@pytest.fixture(scope="module")
def found() -> list[Finder]:
    return [Finder(name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in modules()]


def test_only_listed_functions_pass_by_the_row_scope(found: list[Finder]):
    passing = {place for finder in found for place in finder.passing}
    assert passing - PASS_BY.keys() == set(), "narrow it by the session, or list it here with the reason"
    assert PASS_BY.keys() - passing == set(), "no longer there"


def test_only_listed_functions_let_the_system_see_everything(found: list[Finder]):
    seeing = {place for finder in found for place in finder.seeing}
    assert seeing - SEE_EVERYTHING.keys() == set(), "let a person act, or list it here with the reason"
    assert SEE_EVERYTHING.keys() - seeing == set(), "no longer there"


def test_each_of_them_has_its_reason():
    assert all(len(reason) > 10 for reason in (*PASS_BY.values(), *SEE_EVERYTHING.values()))


def test_the_finder_finds():
    code = "from sqlalchemy import text\ndef f(): run(text('x'))\nclass C:\n    def g(self): return C.__table__\n"
    code += "def h():\n    with acting(system('x')): pass\ndef k(s): s.bulk_insert_mappings(C, [])\n"
    finder = Finder("m", ast.parse(code))
    assert finder.passing == {"m.f", "m.C.g", "m.k"}
    assert finder.seeing == {"m.h"}
