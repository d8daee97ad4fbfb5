"""The command line. The only user of `click`, and the only printer."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from open_reports.document import shown
from open_reports.errors import OpenReportsError

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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="open-reports", prog_name="open-reports")
def commands() -> None:
    """政府信息公开工作年度报告数据包。 Data packages of annual reports."""


def main() -> None:
    """Run the command line; an error of ours, or of the disk, is one message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Chinese Windows writes GBK into a pipe or file, which lacks characters that a report may have.
            stream.reconfigure(errors="backslashreplace")
    try:
        commands()
    except OpenReportsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        place = f"{shown(os.fsdecode(error.filename), 300)}：" if isinstance(error.filename, str | bytes) else ""
        # Some errors of the system come without words; their kind says more than nothing.
        reason = error.strerror or type(error).__name__
        click.echo(
            f"{place}无法读写（{reason}）；请检查路径和权限，正在别的程序里打开的先关闭 / cannot be read or written; check the path and its permissions, and close it where another program has it open",
            err=True,
        )
        sys.exit(1)
