"""The command line. The only user of `click`, and the only printer."""

from __future__ import annotations

import io
import os
import sys
import threading
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from open_reports import corpus
from open_reports.checks import formats
from open_reports.checks.cache import Cache
from open_reports.checks.check import check as checked
from open_reports.checks.check import errors, unexplained
from open_reports.checks.saying import fill
from open_reports.cli.surveying import ROOT, Surveyed, place_of, surveyed
from open_reports.copies import message as copy_words
from open_reports.document import PLACEHOLDER, shown
from open_reports.errors import OpenReportsError
from open_reports.files import manifest
from open_reports.files.workbook.clerk import clerks_workbook
from open_reports.finding import DataError, finding
from open_reports.form import forms
from open_reports.gate import slug_fault
from open_reports.history import diff as differences
from open_reports.history import releases
from open_reports.intake import running
from open_reports.intake.confirming import Asking
from open_reports.intake.whose import Asked
from open_reports.library import AGENCY, agency_draft, open_library
from open_reports.report import FIRST_YEAR, LAST_YEAR, Draft, Source, chosen_forms, judging, write
from open_reports.site.export import export as export_files
from open_reports.text import LANGUAGES, Words
from open_reports.verify import verify as verify_copy

if TYPE_CHECKING:
    from open_reports.finding import Finding

LANGUAGE = click.Choice(LANGUAGES)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="open-reports", prog_name="open-reports")
def commands() -> None:
    """政府信息公开工作年度报告数据包。 Data packages of annual reports."""


@commands.command()
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
    if style == "json":
        click.echo(formats.json_(findings, language), nl=False)
    elif style == "sarif":
        click.echo(
            formats.sarif(findings, language, version=metadata.version("open-reports"), site=os.environ.get("SITE_URL", "")), nl=False
        )
    elif style == "github":
        annotations = formats.github(findings, language)
        click.echo(annotations.commands, nl=False)
        # GitHub shows only so many annotations of a step; the summary lists them all.
        if step := os.environ.get("GITHUB_STEP_SUMMARY"):
            # Appended: earlier commands of the same step may have written to it.
            with Path(step).open("a", encoding="utf-8") as stream:
                stream.write(annotations.summary)
    else:
        lines = {file: text for found in told for file, text in found.lines().items()}
        click.echo(formats.text(findings, language, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"), lines=lines), nl=False)
    sys.exit(1 if errors(findings) or (strict and unexplained(findings)) else 0)


def _surveyed(paths: tuple[Path, ...], *, fill_says: bool) -> list[Surveyed]:
    """What the paths hold, after explanations were given the equations that they lack."""
    told = [surveyed(path) for path in (paths or (Path(ROOT),))]
    if not fill_says:
        return told
    count = sum(fill(each.root, each.place, each.findings) for each in told)
    click.echo(f"{count} 条说明写入了算式 / explanations that were given their equation: {count}", err=True)
    return [surveyed(path) for path in (paths or (Path(ROOT),))]


@commands.command()
@click.argument("agency")
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(ROOT),
    show_default=True,
    help="数据包文件夹 / folder of packages",
)
@click.option("--title", help="年报标题 / title of the report")
@click.option("--source", help="官方原文网址 / address of the official original")
@click.option(
    "--form",
    "choices",
    multiple=True,
    metavar="TABLE=FORM",
    help="原文某张表用了另一种格式，如 applications=2019；可以写几次 / a table that the original prints in another form; may be repeated",
)
@click.option(
    "--workbook",
    is_flag=False,
    flag_value="",
    metavar="[FILE.xlsx]",
    help="不建数据包，生成填报用的工作簿 / make a workbook to fill in, and no package",
)
def new(
    agency: str,
    year: int,
    root: Path,
    title: str | None,
    source: str | None,
    *,
    choices: tuple[str, ...],
    workbook: str | None,
) -> None:
    """新建某机关某年度的空数据包 / make an empty package in the form in force that year."""
    _slug(agency)
    folder = root / agency / str(year)
    if folder.exists() and workbook is None:
        raise click.UsageError(f"{folder} 已经存在，没有改动任何文件 / exists already; nothing was changed")
    try:
        form_of = chosen_forms(year, choices)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    heading = title or _usual_title(root, agency, year)
    if workbook is not None:
        _new_workbook(
            Path(workbook or f"{agency}-{year}.xlsx"),
            clerks_workbook(agency=agency, year=year, title=heading, source=source or "", form_of=form_of),
        )
        return
    draft = Draft(
        agency=agency,
        year=year,
        title=heading,
        sources=[Source(heading, source or PLACEHOLDER)],
        form_of=form_of,
        created=_now(),
    )
    write(folder, draft.files())
    _new_agency(root / agency / AGENCY)
    used = [each for each in forms().values() if each.id in form_of.values()][::-1]
    click.echo(
        f"{folder}：已建好空数据包（{'；'.join(f'{form.title.zh}，{form.reference.zh}' for form in used)}）"
        f"/ an empty package in {' and '.join(form.title.en for form in used)}"
    )
    click.echo(
        "下一步：照原文填写 data/*.csv 和 datapackage.json 的来源与日期，然后运行 open-reports check / next: fill it in as printed, then run open-reports check"
    )


def _usual_title(root: Path, agency: str, year: int) -> str:
    """How an agency's report of a year is usually called."""
    # No report is of the year -1: the agency alone is read, for its name.
    library = open_library(root, only=[(agency, -1)]) if root.is_dir() else None
    # Asked of None alone: a library without reports is empty, and still knows the name.
    name = library.agencies[agency].name if library is not None and agency in library.agencies else agency
    return f"{name}{year}年政府信息公开工作年度报告"


def _new_agency(file: Path) -> None:
    """Write what a new agency has to say of itself, unless it has said so."""
    if not file.exists():
        file.write_text(agency_draft(), encoding="utf-8", newline="\n")
        click.echo(f"{file}：请填写机关名称、类别、地区和网站 / fill in name, kind, region and site")


def _new_workbook(file: Path, data: bytes) -> None:
    """Put a workbook to be filled in where it belongs; nothing is overwritten."""
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{file}：工作簿的文件名应以 .xlsx 结尾 / the name of a workbook ends in .xlsx")
    try:
        with file.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise click.UsageError(f"{file} 已经存在，没有改动任何文件 / exists already; nothing was changed") from None
    click.echo(f"{file}：已生成填报用的工作簿 / a workbook to be filled in")
    click.echo(
        f"下一步：用 Excel 或 WPS 照原文填写，然后运行 open-reports check {file} / next: fill it in as printed, then run open-reports check {file}"
    )


def _slug(agency: str) -> None:
    if code := slug_fault(agency):
        fault = finding(code, found=shown(agency))
        raise click.UsageError(f"{fault.problem('zh')} / {fault.problem('en')}")


def _now() -> str:
    # A date and time by RFC 3339, as Data Package v2 asks of `created`.
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@commands.command("import")
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
        _slug(agency)
    if not dry:
        # What is written is judged; the judge loads while a process of its own reads the file, so that nobody waits for both in turn.
        threading.Thread(target=judging.load).start()
    sys.exit(running.run(file, root, Asked(agency, year, title, source), said, created=_now(), dry=dry))


def _found(folder: Path, language: str, known: frozenset[str]) -> tuple[tuple[Finding, ...], str]:
    """Findings of a package, and how `check` would print those whose codes are not known already."""
    told = surveyed(folder)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    new = [each for each in told.findings if each.code not in known]
    return told.findings, formats.text(new, language, colour=colour, lines=told.lines())


def _line(prompt: str) -> str:
    """One answer, from a terminal or whatever else stands in its place."""
    click.echo(prompt, nl=False)
    line: str = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


@commands.command()
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


@commands.command()
@click.option("--root", type=FOLDER, default=Path(ROOT), show_default=True, help="数据包文件夹 / folder of packages")
@click.option("--record", type=FOLDER, default=Path(releases.FOLDER), show_default=True, help="发布记录 / record of releases")
@click.option("--site", type=FOLDER, default=Path("site"), show_default=True, help="生成的网站 / the built site")
@click.option("--check", "only_look", is_flag=True, help="只核对，不写 / only look, exit code 1 if the record is behind")
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
def release(root: Path, record: Path, site: Path, language: str, *, only_look: bool) -> None:
    """记录已发布的数字和地址，以后不能无声改动 / record what is released, so that nothing changes in silence."""
    library = open_library(root)
    findings = checked(library, Cache())
    # What is recorded cannot be changed in silence again: nothing that is wrong or unexplained may get in.
    if wrong := (*errors(findings), *unexplained(findings)):
        raise DataError(wrong, language=language)
    files = tuple(releases.written(site)) if site.is_dir() else None
    if files is not None and manifest.PATH not in files:  # what is recorded is never forgotten
        raise click.UsageError(
            f"{site} 不是生成的网站：里面没有 {manifest.PATH}；请先运行 make site / is no built site, for it has no {manifest.PATH}; run make site first"
        )
    found = releases.release(library, record, files, only_look=only_look, language=language)
    w = Words(language)
    if only_look and found.files:
        raise OpenReportsError(w("release_outdated", files="、".join(found.files)))
    key = "release_written" if found.files else "release_current"
    click.echo(w(key, folder=record, reports=found.reports, paths=found.paths, files="、".join(found.files)))


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--root", type=FOLDER, default=Path(ROOT), show_default=True, help="数据包文件夹 / folder of packages")
@click.option("--record", type=FOLDER, default=Path(releases.FOLDER), show_default=True, help="发布记录 / record of releases")
@click.option("--site", default="", envvar="SITE_URL", help="网站地址，写进数据文件 / address of the site, which the files state")
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
def export(folder: Path, root: Path, record: Path, site: str, language: str) -> None:
    """导出网页以外的全部文件，不需要 MkDocs / write everything the site has but the pages, without MkDocs.

    FOLDER is new, empty, or an earlier export, which is replaced.
    """
    if site and not _is_address(site):
        raise click.UsageError(
            f"“{shown(site)}”不是网站地址；请写完整的 http:// 或 https:// 地址 / is no address of a site; write the whole http:// or https:// address"
        )
    opened = corpus.open(root, place=place_of(root.resolve()))
    released = releases.read(record)
    if broken := releases.breaches(opened.library, released):
        raise releases.PermanenceError(broken, language=language)
    done = export_files(opened.publish(site=site, released=released), folder, place=opened.place)
    click.echo(copy_words("export.done", folder=folder, files=f"{done.files:,}", bytes=f"{done.size:,}", hash=done.hash)[language])


def _is_address(site: str) -> bool:
    """Whether a text is the whole address of a site: it stands before every path in the files."""
    try:
        parts = urlsplit(site)
    except ValueError:
        return False
    whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
    return whole and site.isprintable() and " " not in site


@commands.command()
@click.argument("copy")
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
def verify(copy: str, language: str) -> None:
    """核对一份已发布的数据，逐个指出不符之处；有不符时退出码为 1 / verify a published copy, exit code 1 if any file deviates.

    COPY is the folder, the zip or the http(s) address of a site or an export; or a report's zip or folder, an agency's folder.
    """
    verdict = verify_copy(copy)
    click.echo(verdict.text(language), nl=False)
    sys.exit(0 if verdict.passed else 1)


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
