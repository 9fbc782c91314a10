"""Commands and groups of them that say in Chinese what they did not understand; click itself says it in English."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo
from flask_babel import gettext

from app.core.fields import Text
from config import Refusal


class NotUnderstood(Refusal):
    """A command line that was not understood."""

    exit_code = 2


class Told(click.Command):
    """Says in Chinese what it is for."""

    def __init__(self, name: str | None = None, about: Text = "", **settings: Any) -> None:
        super().__init__(name, **settings)
        self.about = about

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what it is for, in one line."""
        return str(self.about)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what it is for, above its options."""
        with _at_hand(ctx), formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(str(self.about))


class Command(Told):
    """A command of ours that stands in no group."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> click.Context:
        """Read the words that are meant for the command."""
        with _in_chinese(parent):
            return super().make_context(info_name, args, parent, **extra)


class Commands(Told, AppGroup):
    """A group of our commands; each runs with the portal at hand."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> click.Context:
        """Read the words that are meant for the group."""
        with _in_chinese(parent):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the words that are meant for one command, and carry it out."""
        with _in_chinese(ctx):
            return super().invoke(ctx)


class Portal(Commands):
    """All our commands; what is none of them is said in Chinese. Flask's own commands and options speak English.

    `later`: what gives the commands that are made when they are asked for, by their names.
    """

    def __init__(self, name: str, later: Mapping[str, Callable[[], click.Command]], **settings: Any) -> None:
        super().__init__(name, **settings)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *self.later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name. Raises NotUnderstood."""
        if cmd_name in self.later and cmd_name not in self.commands:
            self.add_command(self.later[cmd_name](), cmd_name)
        found = super().get_command(ctx, cmd_name)
        if found is None:
            known = ", ".join(self.list_commands(ctx))
            with _at_hand(ctx):
                said = gettext("There is no command %(name)s. There are: %(known)s.", name=cmd_name, known=known)
            raise NotUnderstood(said)
        return found


def _at_hand(ctx: click.Context) -> AbstractContextManager[Any]:
    """Let the portal's words be at hand."""
    context: AbstractContextManager[Any] = ctx.ensure_object(ScriptInfo).load_app().app_context()
    return context


@contextmanager
def _in_chinese(ctx: click.Context | None) -> Iterator[None]:
    try:
        yield
    except (Refusal, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        if ctx is None:
            raise
        with _at_hand(ctx):
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
