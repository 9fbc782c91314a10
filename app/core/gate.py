"""The gate: every address carries a rule, looked at before anything else; an address without one is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.core.access import Forbidden, is_unused, may, where_may
from app.core.actor import current
from app.roles import TABLE

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """Who passes: anybody (`public`), anybody signed in, or who may do one of `verbs` with the list.

    `word` instead of verbs: who may somewhere do what the table says of the list in this word. `listing` empty: the
    list of the view the address belongs to.
    """

    public: bool = False
    verbs: str = ""
    listing: str = ""
    word: str = ""


PUBLIC: Final = Rule(public=True)
UNUSED: Final = _("Your community does not use this part; the secretary can take it into use in the settings.")
ANY_LIST: Final = "*"
"""Stands for any list: who may do it with one of them passes, and the page itself asks which."""


def public(function: F) -> F:
    """Open an address to everybody, signed in or not."""
    return _mark(function, PUBLIC)


def members(function: F) -> F:
    """Open an address to everybody who is signed in."""
    return _mark(function, Rule())


def requires(verbs: str, listing: str = "") -> Callable[[F], F]:
    """Open an address to those who may do one of `verbs` with the list."""
    return lambda function: _mark(function, Rule(verbs=verbs, listing=listing))


def does(word: str, listing: str) -> Callable[[F], F]:
    """Open an address to those who may somewhere do what the table says of the list in a word."""
    return lambda function: _mark(function, Rule(word=word, listing=listing))


def _mark(function: F, rule: Rule) -> F:
    function.rule = rule  # type: ignore[attr-defined]  # the rule travels with the function, so that a test can list all
    return function


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """Return the rule of a view function, with the list filled in; None if it has none."""
    rule: Rule | None = getattr(view, "rule", None)
    if rule is None or not rule.verbs or rule.listing:
        return rule
    return Rule(verbs=rule.verbs, listing=getattr(view, "__self__", None).guard)  # type: ignore[union-attr]  # list views only


def passes(rule: Rule | None) -> bool:
    """Tell whether the current actor passes the rule."""
    if rule is None:
        return False
    if rule.public:
        return True
    if rule.word:
        return bool(where_may(rule.word, rule.listing))
    lists = list(TABLE) if rule.listing == ANY_LIST else [rule.listing]
    return current() is not None and (
        not rule.verbs or any(may(verb, listing) for verb in rule.verbs for listing in lists)
    )


def guard() -> Response | None:
    """Let the request pass, send it to the sign-in page (or 401), or refuse it (403)."""
    if request.endpoint is None:
        return None
    rule = rule_of(current_app.view_functions[request.endpoint])
    if passes(rule):
        return None
    if current() is None and rule is not None:
        return _sign_in_first()
    raise Forbidden(UNUSED if rule is not None and is_unused(rule.listing) else None)


def _sign_in_first() -> Response:
    if request.path.startswith("/api/"):
        abort(401)
    back = request.full_path.rstrip("?") if _is_page() else None
    return redirect(url_for("accounts.login", next=back if back != "/" else None))


def _is_page() -> bool:
    """Tell whether the address can be opened again after signing in, also when a form was sent to it."""
    return request.method == "GET" or "GET" in (request.url_rule.methods or () if request.url_rule else ())


def onward(address: str) -> Response:
    """Send the person on; a form that stands in a dialog is told to leave the page."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def unruled(app: Flask) -> list[str]:
    """Return the endpoints that carry no rule; the build fails if there are any."""
    return sorted(name for name, view in app.view_functions.items() if rule_of(view) is None)
