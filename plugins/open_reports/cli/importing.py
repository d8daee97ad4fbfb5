"""`open-reports import`: a published file becomes a package."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from open_reports.checks import formats
from open_reports.cli.options import FOLDER, LANGUAGE, ROOT, checked_agency, now
from open_reports.cli.surveying import surveyed
from open_reports.intake import running
from open_reports.intake.confirming import Asking
from open_reports.intake.whose import Asked
from open_reports.report import FIRST_YEAR, LAST_YEAR, judging

if TYPE_CHECKING:
    from open_reports.finding import Finding


@click.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--agency", help="机关标识 / id of the agency")
@click.option("--year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), help="报告年度 / report year")
@click.option("--root", type=FOLDER, default=Path(ROOT), show_default=True, help="数据包文件夹 / folder of packages")
@click.option("--title", help="年报标题 / title of the report")
@click.option("--source", help="官方原文网址 / address of the official original")
@click.option("--dry-run", "dry", is_flag=True, help="只试读，不写 / read only, write nothing")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式 / output format")
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
@click.option(
    "--confirm", "confirming", is_flag=True, help="逐个核对没有读准的地方；FILE 写数据包的文件夹 / settle what is open; FILE is the package"
)
def import_(  # noqa: PLR0913 (the options of the command)
    *,
    file: Path | None,
    agency: str | None,
    year: int | None,
    root: Path,
    title: str | None,
    source: str | None,
    style: str,
    language: str,
    dry: bool,
    confirming: bool,
) -> None:
    """把已公布的年报文件读成数据包；退出码：0 全部读准，1 有待核对，2 没有写入 / make a package of a published report.

    FILE is a web page, a Word, Excel, ODS or text file or a PDF. Exit code 0: all read, 1: something is open, 2: refused, nothing written.
    """
    said = running.Saying(language, as_json=style == "json", tell=lambda text: click.echo(text, nl=False), check=_found)
    if confirming:
        sys.exit(running.confirm(file, root, said, Asking(click.echo, _line)))
    if file is None:
        raise click.UsageError("请写明要导入的文件 / name the file to import")
    if agency is not None:
        checked_agency(agency)
    if not dry:
        # What is written is judged; the judge loads while a process of its own reads the file, so that nobody waits for both in turn.
        threading.Thread(target=judging.load).start()
    sys.exit(running.run(file, root, Asked(agency, year, title, source), said, created=now(), dry=dry))


def _found(folder: Path, language: str, known: frozenset[str]) -> tuple[tuple[Finding, ...], str]:
    """Findings of a package, and how `check` would print those whose codes are not known already."""
    told = surveyed(folder)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    new = [each for each in told.findings if each.code not in known]
    return told.findings, formats.text(new, language, passed=told.passed, colour=colour, lines=told.lines())


def _line(prompt: str) -> str:
    """One answer, from a terminal or whatever else stands in its place."""
    click.echo(prompt, nl=False)
    line: str = sys.stdin.readline()
    if not line:
        raise EOFError
    return line
