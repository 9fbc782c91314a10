"""The pages of signing in, of one-time links, and of the own profile."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts import links, matrix, service, sessions, sign_in, tokens
from app.accounts.brake import Braked
from app.accounts.forms import NewPasswordForm, PasswordForm, PersonForm, SignInForm, token_form
from app.accounts.models import Account, Grant
from app.core import access, recording
from app.core.database import transaction
from app.core.errors import answer
from app.core.fields import Text
from app.core.gate import members, public
from app.core.rules import Violation
from app.core.specification import Page
from app.extensions import db

profile_panels: Final[list[Callable[[], tuple[str, dict[str, Any]]]]] = []
"""Further sections of the profile, of packages above: template and its values."""

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


_WHERE = (joinedload(Grant.community), joinedload(Grant.place), joinedload(Grant.subject))


def _my_grants() -> list[Grant]:
    mine = select(Grant).where(Grant.account_id == g.account.id, Grant.holding())
    return list(db.session.scalars(mine.order_by(Grant.id).options(*_WHERE)))


def _profile_page(status: int = 200, **forms: Any) -> Page:
    me, held = _me(), _my_grants()
    shown: dict[str, Any] = {"person": PersonForm(formdata=None, obj=me), "password": PasswordForm(formdata=None)}
    shown |= {"token": token_form(held)(formdata=None)} | forms
    shown["sign_ins"] = [(row, sessions.agent_words(row.agent)) for row in sessions.of(me.id)]
    shown["tokens"] = tokens.of(me.id)
    shown["panels"] = [panel() for panel in profile_panels]
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
    grant_id = int(form.grant.data.value)
    try:
        service.prove(g.account.id, form.password.data or "")
        with transaction():
            kept, token = tokens.make(db.session.get_one(Grant, grant_id), form.name.data, form.days.data)
    except Braked as braked:
        form.complain({"password": [_too_many(braked)]})
        return _profile_page(429, token=form)
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
