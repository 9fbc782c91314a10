"""The words of the portal's one language, found once instead of at every word.

Flask-Babel asks for context, language and catalogue anew for each word; a list page has hundreds.
"""

from typing import Any, Final

import flask_babel
from babel.support import Translations
from flask import Flask, has_app_context
from flask_babel import Domain
from markupsafe import Markup


class OneLanguage(Domain):
    """The catalogue of the default language, loaded at the first word of the first request."""

    found: Translations | None = None

    def get_translations(self) -> Any:
        """Return the catalogue."""
        if self.found is not None:
            return self.found
        found = super().get_translations()
        # Outside an application there is no catalogue yet; that answer must not be kept.
        if isinstance(found, Translations):
            self.found = found
        return found

    def in_page(self, text: str, **values: Any) -> Markup:
        """Return a text of a template with its values, escaped, filled in; every template is a page."""
        said = Markup(self.get_translations().ugettext(text))  # noqa: S704 - the portal's own words
        return said % values if values or "%" in said else said

    def standing(self, text: str) -> Markup | None:
        """Return a text that is the same on every page; None as long as there is no catalogue."""
        self.get_translations()
        return self.in_page(text) if self.found is not None else None


LANGUAGE: Final = OneLanguage()


def _domain() -> Domain:
    """Return what words are taken from; outside an application the source speaks, as everywhere in Flask-Babel."""
    return LANGUAGE if has_app_context() else Domain()


def start(app: Flask) -> None:
    """Let code and templates take their words from one catalogue."""
    app.extensions["babel"].instance.domain_instance = LANGUAGE
    # It would go through the request's context for each word.
    flask_babel.get_domain = _domain  # type: ignore[attr-defined]  # of its own, with no word about it
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of Jinja's i18n extension
        gettext=lambda text: LANGUAGE.get_translations().ugettext(text),
        ngettext=lambda one, many, number: LANGUAGE.get_translations().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = LANGUAGE.in_page
    app.jinja_env.standing["_"] = LANGUAGE.standing  # type: ignore[attr-defined]  # of `standing`
