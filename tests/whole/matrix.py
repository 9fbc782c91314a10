"""The declared matrix: each address and whom it is for. An address that is not here fails the build.

Whom a list is for says the role table: a verb of the table for each page, and the line of the table for each list.
"""

from typing import Any, Final

PUBLIC: Final = "public"
MEMBERS: Final = "members"

LIST_PAGES: Final = {
    "list": "v",
    "show": "v",
    "history": "v",
    "printed": "v",
    "options": "v",
    "filter_choices": "v",
    "choices_of": "cem",
    "add": "c",
    "edit": "e",
    "move": "m",
    "action_post": "m",
    "archive": "a",
    "restore": "a",
    "attach": "em",
    "reveal": "R",
    "find": "R",
    "take_in": "i",
    "template_xlsx": "i",
    "export_xlsx": "x",
    "export_csv": "x",
}
"""The pages every list has, and the verb one needs for them (one of several)."""

API_DOORS: Final = {
    "get_list": "v",
    "get": "v",
    "info": "v",
    "options": "v",
    "post": "c",
    "put": "e",
    "delete": "a",
    "move": "m",
    "act": "e",
    "files": "v",
    "add_file": "em",
    "file": "v",
    "remove_file": "em",
    "reveal": "R",
    "find": "R",
    "take_in": "i",
    "template_xlsx": "i",
    "export_xlsx": "x",
    "export_csv": "x",
}
"""The doors for programs every list has, and the verb one needs for them."""

MORE_LIST_PAGES: Final = {
    "FulfilmentApi.ask_contact": "m",
    "NeedApi.ask_candidates": "c",
    "ResourceApi.ask_needs": "c",
    "FulfilmentView.contact": "m",
    "PlaceView.rearrange": "e",
    "AccountView.link": "e",
    "AccountView.deactivate": "e",
    "AccountView.reactivate": "e",
    "AccountView.end_sessions": "e",
    "GrantView.end": "e",
    "NeedView.board": "v",
    "NeedView.late": "v",
    "NeedView.message": "v",
    "ApprovalApi.ask_file": "v",
    "ApprovalView.fetch": "v",
    "ApprovalView.index": "v",
    "PersonApi.ask_likely": "a",
    "PersonView.apart": "a",
    "NeedView.similar": "c",
    "PersonView.duplicates": "a",
    "PersonView.merge": "a",
    "PersonView.part": "a",
    "PersonView.tie": "a",
    "PartnerView.certificate": "v",
    "VolunteerApi.ask_contact": "R",
    "VolunteerView.contact": "R",
    "VolunteerView.enrol": "c",
    "VolunteerView.paper": "v",
    "MemberView.enrol": "c",
    "PartyOrgView.tree": "v",
    "PostView.board": "v",
    "PostView.responsible": "v",
    "PostView.end": "e",
}
"""The pages and doors for programs only one list has."""

WORD: Final = "word:"
"""What an address is for whose role says so in a word beyond the verbs."""

OTHER_PAGES: Final = {
    "home.index": MEMBERS,
    "home.search": MEMBERS,
    "home.save_view": MEMBERS,
    "home.forget_view": MEMBERS,
    "own_service.index": MEMBERS,
    "own_service.leave": MEMBERS,
    "audit.index": MEMBERS,
    "audit.verify": "word:verify",
    "audit.export": "word:export",
    "jobs.index": "e",
    "box.ask": "c",
    "imports.index": "i",
    "imports.send": "i",
    "imports.show": "i",
    "imports.read": "i",
    "imports.name_places": "i",
    "imports.apply": "i",
    "imports.undo": "i",
    "imports.discard": "i",
    "imports.rejected": "i",
    "import_doors.send": "i",
    "import_doors.get": "i",
    "import_doors.apply": "i",
    "import_doors.undo": "i",
    "notices.index": MEMBERS,
    "notices.read": MEMBERS,
    "notices.read_all": MEMBERS,
    "notices.choose": MEMBERS,
    "matching.candidates": "c",
    "matching.offer": "c",
    "matching.needs": "c",
    "gaps.index": "v",
    "figures.compared": "v",
    "figures.index": "v",
    "figures.one": "v",
    "figures.told_plainly": "v",
    "accounts.login": PUBLIC,
    "accounts.logout": PUBLIC,
    "accounts.setup": PUBLIC,
    "accounts.profile": MEMBERS,
    "accounts.change_person": MEMBERS,
    "accounts.change_password": MEMBERS,
    "accounts.end_own": MEMBERS,
    "accounts.end_all_own": MEMBERS,
    "accounts.make_token": MEMBERS,
    "accounts.end_token": MEMBERS,
    "accounts.roles": MEMBERS,
    "programs.openapi": MEMBERS,
    "public.door": PUBLIC,
    "public.at": PUBLIC,
    "public.privacy": PUBLIC,
    "papers.poster": "v",
    "papers.member_poster": "e",
    "registrations.agreement": "v",
    "registrations.card": "v",
    "registrations.member_slip": "v",
    "registrations.unit_slip": "v",
    "papers.slip": "e",
    "files.fetch": MEMBERS,
    "files.remove": MEMBERS,
    "assets.licences": PUBLIC,
    "handbook.index": PUBLIC,
    "handbook.page": PUBLIC,
    "handbook.picture": PUBLIC,
    "pages.health": PUBLIC,
    "static": PUBLIC,
}
"""The pages of no list."""

PAGE_LINES: Final = {
    "audit.verify": "audit",
    "audit.export": "audit",
    "jobs.index": "communities",
    "box.ask": "communities",
    "figures.compared": "needs",
    "figures.index": "needs",
    "figures.one": "needs",
    "figures.told_plainly": "needs",
    "gaps.index": "needs",
    "papers.poster": "places",
    "papers.member_poster": "members",
    "registrations.agreement": "agreements",
    "registrations.card": "members",
    "registrations.member_slip": "members",
    "registrations.unit_slip": "units",
    "papers.slip": "needs",
} | dict.fromkeys(
    ("matching.candidates", "matching.offer", "matching.needs", "NeedApi.ask_candidates", "ResourceApi.ask_needs"),
    "fulfilments",
)
"""The line of the role table of each page of no list that asks for a verb, and of what is asked of a row there."""

LINES: Final = {
    "callbacks": "needs",
    "categories": "places",
    "grants": "users",
    "holidays": "places",
    "limits": "places",
    "talents": "volunteers",
    "party_members": "people",
    "party_orgs": "posts",
    "teams": "volunteers",
}
"""The lists that stand under another line of the role table than the one of their own name."""


def declared(endpoint: str) -> str:
    """Return whom an address is for: the verbs of which one is needed, or the words for everybody."""
    if endpoint in OTHER_PAGES:
        return OTHER_PAGES[endpoint]
    if endpoint in MORE_LIST_PAGES:
        return MORE_LIST_PAGES[endpoint]
    view, _dot, page = endpoint.partition(".")
    pages = LIST_PAGES if view.endswith("View") else API_DOORS if view.endswith("Api") else {}
    assert page in pages, f"{endpoint}: say in tests/whole/matrix.py whom it is for"
    return pages[page]


ANY_LIST: Final = "*"
"""Stands for any list of the table."""


def line_of(endpoint: str, view: Any) -> str:
    """Return the line of the role table an address stands under."""
    if endpoint.startswith(("imports.", "import_doors.")):
        return ANY_LIST
    return PAGE_LINES[endpoint] if endpoint in PAGE_LINES else line(view.list_name)


def line(list_name: str) -> str:
    """Return the line of the role table a list stands under."""
    return LINES.get(list_name, list_name)
