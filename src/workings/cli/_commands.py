"""The commands as one program: which there are, and how each refusal is said.

run(args)      -> the exit code
"""

from __future__ import annotations

import os
import sys

import click

from workings import __version__, lookup
from workings.cli import _signals
from workings.errors import UnknownName, WorkingsError
from workings.files import clean
from workings.views.wrapping import inside

COMMANDS = sys.modules[__name__.rpartition(".")[0]]


class Commands(click.Group):
    """The commands are the modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return lookup.modules(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        with _signals.deferred():  # an import that is broken off is said in many words
            command: click.Command = lookup.module(COMMANDS, cmd_name).COMMAND
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for; raises `UnknownName` with a suggestion."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise UnknownName("command", args[0], known)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workings")
def workings() -> None:
    """Train neural networks on real tables, and see every matrix of every step.

    Start with:  workings show article   or   workings train wine
    """


def run(args: list[str] | None) -> int:
    """What the words ask for (None: those of this process); returns the exit code."""
    try:
        # not `workings.main`, which would end with 1 when the reader has seen enough
        with workings.make_context("workings", sys.argv[1:] if args is None else args) as context:
            code = workings.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        code = done.exit_code
    except WorkingsError as error:
        _say(str(error))
        code = error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except click.ClickException as error:
        _say(_refusal(error))
        code = error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except BrokenPipeError:  # the reader has seen enough
        _forget_output()
        code = 0
    except OSError as error:
        _forget_output()
        _say(f"cannot write what was to be shown: {error.strerror or error}")
        code = 2
    return code if isinstance(code, int) else 0


def _refusal(error: click.ClickException) -> str:
    """What click says of the words, in our manner, and where one reads on."""
    words = inside(error.format_message().replace("\n", " "))
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{words} See: {context.command_path} --help" if context else words


def _forget_output() -> None:
    """Standard output leads nowhere any more; what is still to be written must not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    click.echo(f"workings: {clean(message)}", err=True)
