"""`open-reports release`: what is released is put on record, and cannot change in silence."""

from __future__ import annotations

from pathlib import Path

import click

from open_reports.checks.cache import Cache
from open_reports.checks.check import check as checked
from open_reports.checks.check import errors, unexplained
from open_reports.cli import signing
from open_reports.cli.options import FOLDER, LANGUAGE, ROOT
from open_reports.copies import CopyError, open_copy, stated_manifest
from open_reports.document import shown
from open_reports.errors import DocumentError, OpenReportsError
from open_reports.files import manifest
from open_reports.finding import DataError
from open_reports.history import releases
from open_reports.library import open_library
from open_reports.text import Words


@click.command()
@click.option("--root", type=FOLDER, default=Path(ROOT), show_default=True, help="数据包文件夹 / folder of packages")
@click.option("--record", type=FOLDER, default=Path(releases.FOLDER), show_default=True, help="发布记录 / record of releases")
@click.option("--site", type=FOLDER, default=Path("site"), show_default=True, help="生成的网站 / the built site")
@click.option(
    "--against",
    metavar="WHERE",
    help="已发布的网站（地址、文件夹或压缩包）：记录不能比它少 / a published site, by address, folder or archive, of which the record must hold all",
)
@click.option("--check", "only_look", is_flag=True, help="只核对，不写 / only look, exit code 1 if the record is behind")
@signing.OPTION
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
def release(root: Path, record: Path, site: Path, against: str | None, language: str, *, secret: Path | None, only_look: bool) -> None:
    """记录已发布的数字和地址，以后不能无声改动 / record what is released, so that nothing changes in silence."""
    if secret:
        signing.refuse(site, secret, only_look=only_look)
    library = open_library(root)
    findings = checked(library, Cache())
    # What is recorded cannot be changed in silence again: nothing that is wrong or unexplained may get in.
    if wrong := (*errors(findings), *unexplained(findings)):
        raise DataError(wrong, language=language)
    files = tuple(signing.recorded(releases.written(site))) if site.is_dir() else None
    if files is not None and manifest.PATH not in files:  # what is recorded is never forgotten
        raise click.UsageError(
            f"{site} 不是生成的网站：里面没有 {manifest.PATH}；请先运行 make site / is no built site, for it has no {manifest.PATH}; run make site first"
        )
    w = Words(language)
    published = _published(against) if against else None
    if against and published is None:  # so it is said, for what was not compared must not pass for compared
        click.echo(w("release_copy_without", version=shown(against, 200)), err=True)
    found = releases.release(library, record, files, published=published, only_look=only_look, language=language)
    if found.lacking:
        click.echo(found.lacking[language], err=True)
    if only_look and found.files:
        raise OpenReportsError(w("release_outdated", files="、".join(found.files)))
    for each in found.restored:
        click.echo(w("release_restored", address=each.address, was=each.was, now=each.now, version=each.version), err=True)
    key = "release_written" if found.files else "release_current"
    click.echo(w(key, folder=record, reports=found.reports, paths=found.paths, files="、".join(found.files)))
    if secret:
        signing.sign(site, secret, language, record=releases.released_json(library, releases.read(record)))


def _published(where: str) -> releases.Published | None:
    """Read the record that a copy has, None where its manifest lists none. Raises `CopyError`."""
    with open_copy(where) as copy:
        stated = stated_manifest(copy).manifest.entries.get(releases.PUBLISHED)
        if stated is None:
            return None
        data = copy.read(releases.PUBLISHED, releases.MOST_PUBLISHED)
    if (entry := manifest.Entry.of(data)) != stated:
        raise CopyError(releases.PUBLISHED, "file.hash", expected=stated.hash, found=entry.hash)
    try:
        record = releases.parsed(data)
    except DocumentError as error:
        raise CopyError(releases.PUBLISHED, "copy.unreadable", found=error.values.get("found", error.code)) from error
    if record.flaws:
        raise CopyError(releases.PUBLISHED, "copy.unreadable", found=record.flaws[0].found.en)
    return releases.Published(shown(where, 200), record)
