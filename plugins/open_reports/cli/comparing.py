"""`open-reports diff`: what changed between two states of the data."""

from __future__ import annotations

import click

from open_reports.cli.options import LANGUAGE, ROOT
from open_reports.history import diff as differences


@click.command()
@click.argument("old")
@click.argument("new", default=ROOT)
@click.option(
    "--format", "style", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="输出格式 / output format"
)
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
def diff(old: str, new: str, style: str, language: str) -> None:
    """逐格列出两份数据之间的变化 / what changed between OLD and NEW, figure by figure.

    Each is a folder of packages, an agency's, one package, or a git revision such as HEAD~1.
    """
    told = {"text": differences.text, "markdown": differences.markdown, "json": differences.json_}[style]
    click.echo(told(differences.between(old, new), old, new, language), nl=False)
