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
    """Says in Chinese what it is for: in the words given, or those of its docstring, which the catalogue holds."""

    def __init__(self, name: str | None = None, about: Text = "", **settings: Any) -> None:
        super().__init__(name, **settings)
        self.about = about

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what it is for, in one sentence."""
        return "".join(self._purpose().partition("。")[:2])

    def _purpose(self) -> str:
        return str(self.about) or _chinese(self.help)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say how it is typed, what it is for, and what its options and commands mean."""
        with _at_hand(ctx):
            super().format_help(ctx, formatter)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say how it is typed."""
        words = {"[OPTIONS]": gettext("[OPTIONS]"), "COMMAND [ARGS]...": gettext("COMMAND …")}
        pieces = [words.get(piece, piece) for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), gettext("Usage: "))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what it is for, above its options."""
        with formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(self._purpose())

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what the options mean, and which one must be there."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option) and not param.hidden]
        with formatter.section(gettext("Options")):
            formatter.write_dl([(_typed(option), _meaning(option)) for option in options])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class Command(Told):
    """A command of ours that stands in no group."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> click.Context:
        """Read the words that are meant for the command."""
        with _in_chinese(parent):
            return super().make_context(info_name, args, parent, **extra)


class Commands(Told, AppGroup):
    """A group of our commands; each runs with the portal at hand."""

    command_class = Told

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> click.Context:
        """Read the words that are meant for the group."""
        with _in_chinese(parent):
            return super().make_context(info_name, args, parent, **extra)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what each command is for."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, one.get_short_help_str()) for name, one in found if one is not None])

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


def _chinese(said: str | None) -> str:
    """Return what a docstring or an option says, which stands in the catalogue on one line."""
    line = " ".join((said or "").split())
    return gettext(line) if line else ""


def _typed(option: click.Option) -> str:
    """Return how an option is typed."""
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {_value(option.type)}"


def _value(kind: click.ParamType[Any]) -> str:
    if isinstance(kind, click.Choice):
        return "|".join(kind.choices)
    if isinstance(kind, click.Path):
        return gettext("FILE")
    return gettext("NUMBER") if isinstance(kind, click.types.IntParamType) else gettext("WORDS")


def _meaning(option: click.Option) -> str:
    if "--help" in option.opts:
        return gettext("say this, and do nothing else")
    said = _chinese(option.help)
    return gettext("%(meaning)s (must be there)", meaning=said) if option.required else said


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
