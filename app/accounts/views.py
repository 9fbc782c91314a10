"""The lists of users and of their grants: only what differs from every other list."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement

from app.accounts import service
from app.accounts.forms import EndForm
from app.accounts.models import Account, Grant
from app.core import access, clock
from app.core.actor import current
from app.core.database import transaction
from app.core.deeds import Deed, NothingAsked
from app.core.fields import Text
from app.core.forms import RowForm
from app.core.gate import requires
from app.core.moves import Refused
from app.core.selects import find
from app.core.specification import Page
from app.core.views import ListView, ScopedInterface
from app.extensions import db
from app.roles import may_grant

_WHERE: Final = (joinedload(Grant.community), joinedload(Grant.place), joinedload(Grant.subject))


def _link(account: Account, form: Any) -> dict[str, Any]:
    return {"link": service.reset_link(account)}


def _deactivate(account: Account, form: Any) -> None:
    service.deactivate(account)


def _reactivate(account: Account, form: Any) -> None:
    service.reactivate(account)


def _end_sessions(account: Account, form: Any) -> None:
    service.end_sessions(account)


def _end(given: Grant, form: Any) -> None:
    service.end_grant(given, form.reason.data or "")


ACCOUNT_DEEDS: Final = {
    "link": Deed(_("One-time link for a new password"), NothingAsked, _link),
    "deactivate": Deed(_("Close the account"), NothingAsked, _deactivate),
    "reactivate": Deed(_("Open the account again"), NothingAsked, _reactivate),
    "end_sessions": Deed(_("Sign out everywhere"), NothingAsked, _end_sessions),
}
GRANT_DEEDS: Final = {"end": Deed(_("Take the role back"), EndForm, _end)}


class AccountView(ListView):
    """The people who sign in, and what can be done about their accounts."""

    datamodel = ScopedInterface(Account)
    list_title = _("Users")
    menu_group = _("Administration")
    icon = "people"
    filter_columns = ("active",)
    order_names = ("id", "name", "login", "last_sign_in")
    default_order = ("id", "asc")
    add_hint = _("New account")
    deeds = ACCOUNT_DEEDS

    def row(self, pk: str, verbs: str = "v", names: Any = (), whole: bool = False) -> Any:
        """Return the account if it is in sight, and below the actor where it is to be changed; the own is a profile."""
        found = super().row(pk, "v", names, whole)
        actor = current()
        if verbs != "v" and actor is not None and found.id == actor.user_id:
            _send_home()
        if verbs != "v" and (actor is None or not found.is_below(actor)):
            raise access.Forbidden
        return found

    def narrowed(self) -> tuple[ColumnElement[bool], ...]:
        """Names are read by everybody of the community; the list only by those whose grant there allows it."""
        actor = current()
        return (Account.managed(actor),) if actor is not None else ()

    def editable(self, row: Any) -> bool:
        """Tell whether the account is one the actor manages; the own one is changed in the profile."""
        actor = current()
        return actor is not None and super().editable(row) and row.is_below(actor)

    def create(self, values: dict[str, Any]) -> Any:
        """Make the account, and the link to set its first password."""
        account = super().create(values)
        db.session.flush()
        g.link = service.invite(account)
        return account

    def told_once(self, row: Any) -> dict[str, Any]:
        """The link to set the first password."""
        return {"link": g.pop("link")}

    def _add(self, form: RowForm) -> Page:
        page = super()._add(form)
        made = db.session.scalars(select(Account).filter_by(uid=form.uid.data)).one_or_none() if "link" in g else None
        return self._link_page(made) if made is not None else page

    def _link_page(self, account: Account) -> Page:
        return render_template("accounts/link.html", view=self, account=account, link=g.pop("link"))

    def panels(self, row: Any) -> list[tuple[str, dict[str, Any]]]:
        """The grants of the person, and what can be done about the account."""
        actor = current()
        manageable = actor is not None and row.is_below(actor)
        found = select(Grant).filter_by(account_id=row.id).order_by(Grant.id.desc())
        grants = db.session.scalars(found.options(*_WHERE))
        values = {"account": row, "grants": [(given, _standing(given)) for given in grants], "manageable": manageable}
        return [("accounts/account_panel.html", values | {"may_grant": access.may("c", self.guard)})]

    @expose("/link/<pk>", methods=["POST"])
    @requires("e")
    def link(self, pk: str) -> Page:
        """Make a one-time link for a new password, and show it once."""
        account = self.row(pk, "e")
        with transaction():
            g.link = service.reset_link(account)
        return self._link_page(account)

    @expose("/deactivate/<pk>", methods=["POST"])
    @requires("e")
    def deactivate(self, pk: str) -> Page:
        """Close the account."""
        return self._done(pk, service.deactivate, gettext("The account is closed; its sign-ins have ended."))

    @expose("/reactivate/<pk>", methods=["POST"])
    @requires("e")
    def reactivate(self, pk: str) -> Page:
        """Open the account again."""
        return self._done(pk, service.reactivate, gettext("The account is open again."))

    @expose("/end_sessions/<pk>", methods=["POST"])
    @requires("e")
    def end_sessions(self, pk: str) -> Page:
        """Sign the person out everywhere."""
        return self._done(pk, service.end_sessions, gettext("The person has been signed out everywhere."))

    def _done(self, pk: str, act: Any, said: str) -> Page:
        account = self.row(pk, "e")
        with transaction():
            act(account)
        flash(said, "success")
        return redirect(self.url("show", pk=account.id))


def _standing(given: Grant) -> Text:
    """Return in words whether a grant holds, will hold, or has ended."""
    if given.holds():
        return _("holds")
    later = given.archived_at is None and given.starts_on > clock.today()
    return _("holds later") if later else _("has ended")


def _send_home() -> None:
    """The own account is changed in the profile, where the person sits."""
    if request.path.startswith("/api/"):
        raise Refused(_("One changes the own account under “My profile”."))
    abort(redirect(url_for("accounts.profile")))


class GrantView(ListView):
    """Who holds which role where."""

    datamodel = ScopedInterface(Grant)
    list_title = _("Grants")
    menu_group = _("Administration")
    icon = "key"
    filter_columns = ("role", "community", "account")
    order_names = ("id", "starts_on", "ends_on")
    add_names = ("account", "role", "place", "subject", "starts_on", "ends_on")
    edit_names = ("ends_on",)
    add_hint = _("Give a role")
    deeds = GRANT_DEEDS

    def create(self, values: dict[str, Any]) -> Any:
        """Give the role."""
        return service.give(**values)

    def _form_page(self, form: RowForm, row: Any = None, status: int = 200) -> Page:
        if row is None:
            self._prepare(form)
        return super()._form_page(form, row, status)

    def _prepare(self, form: RowForm) -> None:
        """Offer the roles the actor may give, and the person whose page one comes from."""
        actor = current()
        givers = {held.role for held in actor.held} if actor else set()
        for code, member in list(form.role.members.items()):
            if not any(may_grant(giver, member.role) for giver in givers):
                del form.role.members[code]
        if request.method == "GET":
            form.account.data = find(Account, request.args.get("account", ""))

    def panels(self, row: Any) -> list[tuple[str, dict[str, Any]]]:
        """The way to end the grant, for those who could have given it."""
        actor = current()
        can_end = actor is not None and row.writable(actor, "e") and row.archived_at is None
        return [("accounts/grant_panel.html", {"grant": row, "can_end": can_end})]

    @expose("/end/<pk>", methods=["GET", "POST"])
    @requires("e")
    def end(self, pk: str) -> Page:
        """End a grant at once, with the reason."""
        given = self.row(pk, "e")
        form = EndForm()
        if request.method == "GET" or not form.validate():
            return self._end_page(form, given)
        with transaction():
            service.end_grant(given, form.reason.data or "")
        flash(gettext("The role has been taken back."), "success")
        return redirect(url_for("AccountView.show", pk=given.account_id))

    def _end_page(self, form: EndForm, given: Grant) -> Page:
        status = 422 if form.errors else 200
        return render_template("accounts/end_grant.html", view=self, form=form, grant=given), status
