"""`open-reports new`: an empty package, or a workbook to fill in."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from open_reports.cli.options import ROOT, checked_agency, now
from open_reports.document import PLACEHOLDER
from open_reports.files.workbook.clerk import clerks_workbook
from open_reports.form import forms
from open_reports.library import AGENCY, agency_draft, open_library
from open_reports.report import FIRST_YEAR, LAST_YEAR, Draft, Source, chosen_forms, rewrite, write

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command()
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
    checked_agency(agency)
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
        created=now(),
    )
    _written(folder, draft.files())
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


def _written(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write a package, and what a new agency has to say of itself unless it has said so; of a new folder both or neither."""
    agency = folder.parent / AGENCY
    if agency.exists():
        write(folder, files)
        return
    if folder.parent.exists():  # without the file that makes it an agency's folder
        write(folder, files)
        rewrite(agency, agency_draft())
    else:
        write(folder.parent, {AGENCY: agency_draft(), **{f"{folder.name}/{path}": content for path, content in files.items()}})
    click.echo(f"{agency}：请填写机关名称、类别、地区和网站 / fill in name, kind, region and site")


def _new_workbook(file: Path, data: bytes) -> None:
    """Put a workbook to be filled in where it belongs; nothing is overwritten."""
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{file}：工作簿的文件名应以 .xlsx 结尾 / the name of a workbook ends in .xlsx")
    try:
        with file.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise click.UsageError(f"{file} 已经存在，没有改动任何文件 / exists already; nothing was changed") from None
    except OSError as error:
        with suppress(OSError):  # where there is nothing to remove
            file.unlink()  # half a workbook is none
        error.filename = str(file)
        raise
    click.echo(f"{file}：已生成填报用的工作簿 / a workbook to be filled in")
    click.echo(
        f"下一步：用 Excel 或 WPS 照原文填写，然后运行 open-reports check {file} / next: fill it in as printed, then run open-reports check {file}"
    )
