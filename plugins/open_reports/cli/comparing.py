"""`open-reports diff`: what changed between two states of the data."""

from __future__ import annotations

import click

from open_reports.cli.options import LANGUAGE, ROOT
from open_reports.errors import OpenReportsError
from open_reports.history import diff as differences
from open_reports.text import Words


@click.command()
@click.argument("old")
@click.argument("new", default=ROOT)
@click.option(
    "--format", "style", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="输出格式 / output format"
)
@click.option(
    "--strict",
    is_flag=True,
    help="有数字改了而没有更正记录时，退出码为 1 / exit code 1 if a figure changed without a revision",
)
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
def diff(old: str, new: str, style: str, language: str, *, strict: bool) -> None:
    """逐格列出两份数据之间的变化 / what changed between OLD and NEW, figure by figure.

    Each is a folder of packages, an agency's, one package, or a git revision such as HEAD~1.
    """
    told = {"text": differences.text, "markdown": differences.markdown, "json": differences.json_}[style]
    found = differences.between(old, new)
    click.echo(told(found, old, new, language), nl=False)
    if strict and (silent := found.silent):
        raise OpenReportsError(
            Words(language)("diff_silent", count=len(silent), found="、".join(f"{each.agency}/{each.year}" for each in silent))
        )
