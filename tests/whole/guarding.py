"""What every answer says to the browser so that strangers are kept out (S5, S7)."""

import re
from typing import Any

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DIRECTIVES = {
    "default-src": {"'none'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
}
ELSEWHERE = re.compile(r"""(?:src|href|action|formaction|poster|data)\s*=\s*["']?\s*(?:[a-z]+:)?//""", re.IGNORECASE)
WRITTEN_IN = re.compile(r"\sstyle=|\son[a-z]+\s*=\s*[\"']|<style|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def complaints(answer: Any) -> list[str]:
    """Return what an answer does not say although every answer should."""
    headers = answer.headers
    # Who follows a link from the public door takes no code along.
    outside = {"Referrer-Policy": "no-referrer"} if answer.request.path.startswith("/q/") else {}
    found = [name for name, wanted in (HEADERS | outside).items() if headers.get(name) != wanted]
    policy = {part.split()[0]: set(part.split()[1:]) for part in headers["Content-Security-Policy"].split("; ")}
    found += [name for name, wanted in DIRECTIVES.items() if policy.get(name) != wanted]
    scripts = {source for source in policy["script-src"] if not source.startswith("'nonce-")}
    found += ["script-src"] if scripts != {"'self'"} or len(policy["script-src"]) > 2 else []
    denied = set(headers["Permissions-Policy"].split(", "))
    found += [] if {"camera=()", "geolocation=()", "microphone=()"} <= denied else ["Permissions-Policy"]
    return found + [name for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin") if name in headers]


def faults(answer: Any, is_file: bool) -> list[str]:
    """Return everything that is wrong with an answer, and with the page it carries."""
    found = complaints(answer)
    found += [] if is_file or answer.headers.get("Cache-Control") == "no-store" else ["Cache-Control"]
    if answer.mimetype == "text/html":
        page = answer.get_data(as_text=True)
        found += ELSEWHERE.findall(page) + WRITTEN_IN.findall(page)
    return found
