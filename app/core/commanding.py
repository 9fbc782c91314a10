"""Commands and groups of them that say in Chinese what they did not understand; click itself says it in English."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo
from flask_babel import gettext

from config import Refusal


class NotUnderstood(Refusal):
    """A command line that was not understood."""

    exit_code = 2


class Command(click.Command):
    """A command of ours that stands in no group."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> click.Context:
        """Read the words that are meant for the command."""
        with _in_chinese(parent):
            return super().make_context(info_name, args, parent, **extra)


class Commands(AppGroup):
    """A group of our commands; each runs with the portal at hand."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> click.Context:
        """Read the words that are meant for the group."""
        with _in_chinese(parent):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the words that are meant for one command, and carry it out."""
        with _in_chinese(ctx):
            return super().invoke(ctx)


@contextmanager
def _in_chinese(ctx: click.Context | None) -> Iterator[None]:
    try:
        yield
    except (Refusal, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        if ctx is None:
            raise
        with ctx.ensure_object(ScriptInfo).load_app().app_context():
            raise NotUnderstood(_sentence(error)) from None
    except click.ClickException as error:
        raise Refusal(error.message) from None


def _sentence(error: click.UsageError) -> str:
    """Return what was not understood, and where one reads more."""
    asked = error.ctx.command_path if error.ctx is not None else "flask --app app"
    more = gettext("More: %(command)s --help", command=asked)
    return f"{_complaint(error)} {more}"


def _complaint(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return gettext("There is no option %(name)s.", name=error.option_name)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return gettext("%(name)s is missing.", name=_name(error.param))
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _wrong(error.param)
    if isinstance(error, click.BadOptionUsage):
        return gettext("%(name)s needs a value.", name=error.option_name)
    return gettext("The command has a word too many, or one that does not exist.")


def _name(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


def _wrong(param: click.Parameter) -> str:
    if isinstance(param.type, click.Choice):
        return gettext("%(name)s is one of: %(choices)s.", name=_name(param), choices=", ".join(param.type.choices))
    if isinstance(param.type, click.types.IntParamType):
        return gettext("%(name)s is a whole number.", name=_name(param))
    if isinstance(param.type, click.Path):
        return gettext("%(name)s is no file that can be read.", name=_name(param))
    return gettext("The value of %(name)s is not right.", name=_name(param))
