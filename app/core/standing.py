"""What every page says alike is worked out once, when its template is read, and not again for each reader.

A page has a hundred words, icons and addresses that never change; asking for each of them was a seventh of its time.
In a template a call with nothing but one fixed text, such as `_("Home")`, becomes its answer.
"""

from collections.abc import Callable, Iterator
from typing import Final

from flask import Flask, has_request_context, url_for
from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

Answer = Callable[[str], str | None]
"""Says what stands for a fixed text, None where that cannot be said yet; what is Markup is not escaped again."""

CALL: Final = ("name", "lparen", "string", "rparen")


def start(app: Flask) -> None:
    """Let templates be read so; others say what they answer in `standing` of the environment."""
    app.jinja_env.add_extension(Standing)
    app.jinja_env.standing["url_for"] = address  # type: ignore[attr-defined]  # see Standing


def address(endpoint: str) -> str | None:
    """Return the address of a page that is named in full; outside a request it would be another."""
    return url_for(endpoint) if has_request_context() and not endpoint.startswith(".") else None


class Standing(Extension):
    """Puts answers in the place of calls while a template is read."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.extend(standing={})

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template with the answers in their places."""
        tokens = [*stream]
        at = 0
        while at < len(tokens):
            made = self._made(tokens[at : at + len(CALL)], _kind(tokens, at - 1), _kind(tokens, at + len(CALL)))
            yield from made or tokens[at : at + 1]
            at += len(CALL) if made else 1

    def _made(self, call: list[Token], before: str, after: str) -> list[Token]:
        if tuple(token.type for token in call) != CALL or before == "dot":
            return []
        answer = self.environment.standing.get(call[0].value)  # type: ignore[attr-defined]  # see __init__
        said = answer(call[2].value) if answer else None
        if said is None:
            return []
        if said == escape(str(said)) or not isinstance(said, Markup):
            return [Token(call[0].lineno, "string", str(said))]
        # Of several texts joined Jinja makes one that is no Markup any more, so this one has to stand alone.
        alone = before == "variable_begin" and after == "variable_end"
        return [Token(call[0].lineno, kind, words) for kind, words in _html(said)] if alone else []


def _kind(tokens: list[Token], at: int) -> str:
    return tokens[at].type if 0 <= at < len(tokens) else ""


def _html(said: Markup) -> list[tuple[str, str]]:
    return [("string", str(said)), ("pipe", "|"), ("name", "safe")]
