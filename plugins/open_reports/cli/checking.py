"""`open-reports check`: everything that is wrong with packages, or with a workbook that a clerk filled in."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

import click

from open_reports.checks import formats
from open_reports.checks.check import errors, unexplained
from open_reports.checks.counting import together
from open_reports.checks.saying import fill
from open_reports.cli.options import LANGUAGE, ROOT
from open_reports.cli.surveying import Surveyed, surveyed


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="输出格式 / output format",
)
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
@click.option("--strict", is_flag=True, help="未加说明的不相符也算不合格 / a discrepancy without explanation fails, too")
@click.option(
    "--fill-says", is_flag=True, help="把现在的算式写进没有写明算式的说明 / write the present equation into explanations that state none"
)
def check(paths: tuple[Path, ...], style: str, language: str, *, strict: bool, fill_says: bool) -> None:
    """检查数据包，列出全部问题；有错误时退出码为 1 / check packages, exit code 1 if any finding is an error.

    PATHS are a folder of packages, an agency's folder, one package or a file of one, or a workbook that `new --workbook` made;
    `datapackages` unless given.
    """
    # Every path is checked before anything is printed: JSON and SARIF are one document each.
    told = _surveyed(paths, fill_says=fill_says)
    findings = [each for found in told for each in found.findings]
    passed = together(found.passed for found in told)
    if style == "json":
        click.echo(formats.json_(findings, language), nl=False)
    elif style == "sarif":
        version, site = metadata.version("open-reports"), os.environ.get("SITE_URL", "")
        click.echo(formats.sarif(findings, language, version=version, passed=passed, site=site), nl=False)
    elif style == "github":
        annotations = formats.github(findings, language, passed=passed)
        click.echo(annotations.commands, nl=False)
        # GitHub shows only so many annotations of a step; the summary lists them all.
        if step := os.environ.get("GITHUB_STEP_SUMMARY"):
            # Appended: earlier commands of the same step may have written to it.
            with Path(step).open("a", encoding="utf-8") as stream:
                stream.write(annotations.summary)
    else:
        lines = {file: text for found in told for file, text in found.lines().items()}
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        click.echo(formats.text(findings, language, passed=passed, colour=colour, lines=lines), nl=False)
    sys.exit(1 if errors(findings) or (strict and unexplained(findings)) else 0)


def _surveyed(paths: tuple[Path, ...], *, fill_says: bool) -> list[Surveyed]:
    """What the paths hold, after explanations were given the equations that they lack."""
    told = [surveyed(path) for path in (paths or (Path(ROOT),))]
    if not fill_says:
        return told
    count = sum(fill(each.root, each.place, each.findings) for each in told)
    click.echo(f"{count} 条说明写入了算式 / explanations that were given their equation: {count}", err=True)
    return [surveyed(path) for path in (paths or (Path(ROOT),))]
