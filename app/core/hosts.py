"""Where the portal is: links name the configured address, and a request that calls the portal otherwise is refused.

What a request says about its host is the caller's word; nothing that is written down or sent on is made from it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, has_request_context, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_PORT: Final = re.compile(r":\d*$")


class Misdirected(Exception):
    """The request calls the portal by an address that is not its own."""


SAID: Final = "_flashes"
"""Where Flask keeps it."""
MOST_SAID: Final = 5
"""How many sentences wait for the next page."""


class Cookies(SecureCookieSessionInterface):
    """Cookies that came over an encrypted connection never go over a plain one, and never grow too long.

    Browsers throw away a cookie above 4 KB, and the sign-in with it.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, with the last of what was said while no page was looked at."""
        said = session.get(SAID, ())
        if len(said) > MOST_SAID:
            session[SAID] = said[-MOST_SAID:]
        super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Tell whether the cookie travels only encrypted."""
        return super().get_cookie_secure(app) or request.is_secure


def start(app: Flask) -> None:
    """Believe the trusted proxies, look at the host of each request, and name none in any redirect."""
    if hops := app.config["TRUST_PROXY"]:
        app.wsgi_app = believing(app.wsgi_app, hops)  # type: ignore[method-assign]  # Flask's own way
    app.before_request(_ask)
    app.after_request(_name_no_host)


def believing(application: WSGIApplication, hops: int) -> ProxyFix:
    """Return the application as seen through so many proxies; what was said before the outermost is not believed."""
    return ProxyFix(application, x_for=hops, x_proto=hops, x_host=hops)


def _ask() -> None:
    """Refuse a foreign host once the own one is known; this machine itself may always knock. Raises Misdirected."""
    own = current_app.config["BASE_URL"]
    if own and (called := _name(request.host)) != _name(urlsplit(own).netloc) and not is_loopback(called):
        raise Misdirected


def _name(host: str) -> str:
    """Return a host as browsers write it, without its port: many proxies hand it on so."""
    bare = _PORT.sub("", host).strip("[]").rstrip(".").lower()
    return bare if bare.isascii() else bare.encode("idna").decode("ascii")


def _name_no_host(response: Response) -> Response:
    location = response.headers.get("Location", "")
    if location.startswith(request.host_url):
        response.headers["Location"] = "/" + location.removeprefix(request.host_url).lstrip("/\\")
    return response


def address(settings: Mapping[str, Any]) -> str:
    """Return where a browser finds the portal, without a closing slash: as configured, else on this machine."""
    host = "127.0.0.1" if is_every_address(settings["HOST"]) else settings["HOST"]
    return settings["BASE_URL"] or f"http://{f'[{host}]' if ':' in host else host}:{settings['PORT']}"


def link(path: str) -> str:
    """Return a path of the portal as people hand it on.

    Where no address is configured, a page gives the path alone: the browser knows where it is, and the request's own
    word for it may be forged.
    """
    if has_request_context() and not current_app.config["BASE_URL"]:
        return path
    return address(current_app.config) + path


def is_every_address(host: str) -> bool:
    """Tell whether the address means all addresses of this machine."""
    return not host.strip("0.:")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
