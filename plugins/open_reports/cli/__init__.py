"""The command line. The only user of `click`, and the only printer."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from open_reports.errors import OpenReportsError
from open_reports.site.refused import sentence, told

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES: Mapping[str, tuple[str, str]] = {
    "check": ("checking", "check"),
    "diff": ("comparing", "diff"),
    "export": ("exporting", "export"),
    "import": ("importing", "import_"),
    "new": ("making", "new"),
    "release": ("releasing", "release"),
    "verify": ("verifying", "verify"),
}
"""Module of each command, and what it is called there."""


class Commands(click.Group):
    """Commands, each loaded when it is asked for: an import need not wait for what only a release or a copy on the web needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as click asks)
        """Names of all commands, in alphabetical order."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 (as click asks)
        """Load a command; None where there is none of this name."""
        if name not in MODULES:
            return None
        module, attribute = MODULES[name]
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; click itself would end in silence where nobody reads the result to its end."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise OpenReportsError(told(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="open-reports", prog_name="open-reports")
def commands() -> None:
    """政府信息公开工作年度报告数据包。 Data packages of annual reports."""


def main() -> None:
    """Run the command line; an error of ours, or of the system, is one message, never a traceback."""
    if not _streams():
        _end(sentence("disk_no_output"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Chinese Windows writes GBK into a pipe or file, which lacks characters that a report may have.
            stream.reconfigure(errors="backslashreplace")
    try:
        commands()
    except OpenReportsError as error:
        _end(str(error))
    except OSError as error:
        _end(told(error))


def _streams() -> bool:
    """Whether there is anywhere to write results to, asked before anything is read."""
    there = sys.stdout is not None
    # The numbers of closed streams are given to the files that are opened next: what a library says would stand in our data.
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        stream or open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 (a number, until the end)
        for number, stream, mode in ((0, sys.stdin, "r"), (1, sys.stdout, "w"), (2, sys.stderr, "w"))
    )
    return there


def _end(message: str) -> NoReturn:
    """Say why and leave with exit code 1."""
    with contextlib.suppress(OSError):  # the exit code says it where nobody can be told
        click.echo(message, err=True)
    for stream in (sys.stdout, sys.stderr):
        # What could not be written is still waiting, and Python would try it again at its end, with a complaint and another exit code.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(1)
