"""`open-reports export`: all files of the site but its pages."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from open_reports import corpus
from open_reports.cli.options import FOLDER, LANGUAGE, ROOT
from open_reports.cli.surveying import place_of
from open_reports.copies import message as copy_words
from open_reports.document import shown
from open_reports.history import releases
from open_reports.site.export import export as export_files


@click.command()
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
    past = releases.looked(record)
    if broken := [*releases.breaches(opened.library, released), *releases.kept(opened.library, released, past.past)]:
        raise releases.PermanenceError(broken, language=language)
    made = opened.publish(site=site, released=released)
    done = export_files(made, folder, place=opened.place, waiting=lambda text: click.echo(text, err=True))
    click.echo(copy_words("export.done", folder=folder, files=f"{done.files:,}", bytes=f"{done.size:,}", hash=done.hash)[language])
    if done.unsigned:
        click.echo(copy_words("sign.dropped")[language])


def _is_address(site: str) -> bool:
    """Whether a text is the whole address of a site: it stands before every path in the files."""
    try:
        parts = urlsplit(site)
    except ValueError:
        return False
    whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
    return whole and site.isprintable() and " " not in site
