"""The pages of accounts: signing in and out, the own profile, users, grants and the table of roles."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement

from app.accounts import links, matrix, service, sessions, sign_in, tokens
from app.accounts.brake import Braked
from app.accounts.forms import EndForm, NewPasswordForm, PasswordForm, PersonForm, SignInForm, token_form
from app.accounts.models import Account, Grant
from app.core import access, recording
from app.core.actor import current
from app.core.database import transaction
from app.core.errors import answer
from app.core.fields import Text
from app.core.forms import RowForm
from app.core.gate import members, public, requires
from app.core.moves import Refused
from app.core.rules import Violation
from app.core.selects import find
from app.core.specification import Page
from app.core.views import ListView, ScopedInterface
from app.extensions import db
from app.roles import may_grant

pages = Blueprint("accounts", __name__, template_folder="templates")


# -- signing in and out ---------------------------------------------------------------------------------------------


@pages.route("/login/", methods=["GET", "POST"])
@public
def login() -> Page:
    """Ask for login name and password; then go on to where the person wanted to go."""
    form = SignInForm()
    onward = sign_in.local_path(request.args.get("next"))
    if request.method == "GET":
        return redirect(onward) if g.account is not None else _login_page(form, 200)
    if not form.validate():
        return _login_page(form, 422)
    try:
        token = sign_in.sign_in(form.username.data or "", form.password.data or "", _agent())
    except Braked as braked:
        form.complain({"password": [_too_many(braked)]})
        return _login_page(form, 429)
    if token is None:
        form.complain({"password": [_("The login name or the password is not right.")]})
        return _login_page(form, 401)
    sign_in.leave()
    sign_in.enter(token)
    return redirect(onward)


def _login_page(form: SignInForm, status: int) -> Page:
    return render_template("accounts/login.html", form=form), status


def _too_many(braked: Braked) -> Text:
    said: Text = gettext("Too many wrong passwords. Try again in %(minutes)s minutes.", minutes=braked.minutes)
    return said


def _agent() -> str:
    return request.headers.get("User-Agent", "")


@pages.route("/logout/", methods=["POST"])
@public
def logout() -> Page:
    """End this sign-in."""
    sign_in.leave()
    flash(gettext("You have signed out."), "success")
    return redirect(url_for("accounts.login"))


@pages.route("/setup/<token>", methods=["GET", "POST"])
@public
def setup(token: str) -> Page:
    """Set a password by a one-time link."""
    form = NewPasswordForm()
    try:
        name = links.account_of(token).name
        if request.method == "GET" or not form.validate():
            return _setup_page(form, name)
        links.use(token, form.password.data or "")
    except links.Unknown:
        raise access.OutOfScope from None
    except links.Gone:
        return answer(410, _GONE)
    except Violation as error:
        form.complain(error.errors)
        return _setup_page(form, name)
    flash(gettext("The password is set. Sign in with it now."), "success")
    return redirect(url_for("accounts.login"))


_GONE = _("This link has been used or has expired. Ask the person who gave it to you for a new one.")


def _setup_page(form: NewPasswordForm, name: str) -> Page:
    return render_template("accounts/setup.html", form=form, name=name), 422 if form.errors else 200


# -- the own profile ------------------------------------------------------------------------------------------------


def _me() -> Account:
    found = db.session.get(Account, g.account.id)
    if found is None:
        raise access.OutOfScope
    return found


_WHERE = (joinedload(Grant.community), joinedload(Grant.place))


def _my_grants() -> list[Grant]:
    mine = select(Grant).where(Grant.account_id == g.account.id, Grant.holding())
    return list(db.session.scalars(mine.order_by(Grant.id).options(*_WHERE)))


def _profile_page(status: int = 200, **forms: Any) -> Page:
    me, held = _me(), _my_grants()
    shown: dict[str, Any] = {"person": PersonForm(formdata=None, obj=me), "password": PasswordForm(formdata=None)}
    shown |= {"token": token_form(held)(formdata=None)} | forms
    shown["sign_ins"] = [(row, sessions.agent_words(row.agent)) for row in sessions.of(me.id)]
    shown["tokens"] = tokens.of(me.id)
    return render_template("accounts/profile.html", me=me, held=held, here=g.account.sign_in_id, **shown), status


@pages.route("/profile/")
@members
def profile() -> Page:
    """Show who one is here, what one holds, and where one is signed in."""
    return _profile_page()


@pages.route("/profile/person", methods=["POST"])
@members
def change_person() -> Page:
    """Change the own name and phone."""
    form = PersonForm()
    try:
        with transaction():
            service.change_own(g.account.id, form.name.data or "", form.phone.data)
    except Violation as error:
        form.complain(error.errors)
        return _profile_page(422, person=form)
    flash(gettext("Saved."), "success")
    return redirect(url_for("accounts.profile"))


@pages.route("/profile/password", methods=["POST"])
@members
def change_password() -> Page:
    """Change the own password; every other sign-in ends, and this one is begun anew."""
    form = PasswordForm()
    if not form.validate():
        return _profile_page(422, password=form)
    try:
        service.change_password(g.account.id, form.old.data or "", form.new.data or "")
    except Braked as braked:
        form.complain({"old": [_too_many(braked)]})
        return _profile_page(429, password=form)
    except Violation as error:
        form.complain(error.errors)
        return _profile_page(422, password=form)
    with transaction():
        token = sessions.begin(g.account.id, _agent())
    sign_in.enter(token)
    flash(gettext("The password is changed. You have been signed out everywhere else."), "success")
    return redirect(url_for("accounts.profile"))


@pages.route("/profile/end/<int:sign_in_id>", methods=["POST"])
@members
def end_own(sign_in_id: int) -> Page:
    """End one of the own sign-ins."""
    with transaction():
        sessions.end(g.account.id, sign_in_id)
        recording.note("sign_outs", "users", g.account)
    flash(gettext("That sign-in has ended."), "success")
    return redirect(url_for("accounts.profile"))


@pages.route("/profile/end", methods=["POST"])
@members
def end_all_own() -> Page:
    """End all own sign-ins, this one included."""
    with transaction():
        sessions.end(g.account.id)
        recording.note("sign_outs", "users", g.account)
    sign_in.leave()
    flash(gettext("You have signed out everywhere."), "success")
    return redirect(url_for("accounts.login"))


@pages.route("/profile/token", methods=["POST"])
@members
def make_token() -> Page:
    """Make a token for a program, and show it once."""
    held = _my_grants()
    form = token_form(held)()
    if not form.validate():
        return _profile_page(422, token=form)
    given = next(one for one in held if str(one.id) == form.grant.data.value)
    try:
        with transaction():
            kept, token = tokens.make(given, form.name.data, form.days.data)
    except Violation as error:
        form.complain(error.errors)
        return _profile_page(422, token=form)
    return render_template("accounts/token.html", token=token, kept=kept)


@pages.route("/profile/token/end/<int:token_id>", methods=["POST"])
@members
def end_token(token_id: int) -> Page:
    """Take one of the own tokens back."""
    with transaction():
        tokens.revoke(token_id, g.account.id)
    flash(gettext("The token no longer works."), "success")
    return redirect(url_for("accounts.profile"))


@pages.route("/roles/")
@members
def roles() -> Page:
    """Show who may do what: the role table in words."""
    return render_template("accounts/roles.html", titles=matrix.titles(), lines=matrix.lines(), verbs=matrix.verbs())


# -- users and grants -----------------------------------------------------------------------------------------------


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

    def row(self, pk: str, verbs: str = "v", names: Any = ()) -> Any:
        """Return the account if it is in sight, and below the actor where it is to be changed; the own is a profile."""
        found = super().row(pk, "v", names)
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
        grants = db.session.scalars(select(Grant).filter_by(account_id=row.id).order_by(Grant.id.desc()))
        values = {"account": row, "grants": list(grants), "manageable": manageable}
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
    add_names = ("account", "role", "place", "starts_on", "ends_on")
    edit_names = ("ends_on",)
    add_hint = _("Give a role")

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
