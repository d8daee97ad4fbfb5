"""`open-reports verify`: a published copy is held against its hashes and rules."""

from __future__ import annotations

import sys

import click

from open_reports.cli.options import LANGUAGE
from open_reports.verify import verify as verify_copy


@click.command()
@click.argument("copy")
@click.option(
    "--key",
    help="发布者的公钥（minisign），文件或公钥本身；签名必须成立 / public key of the publisher (minisign), its file or the key itself, of which there must be a signature",
)
@click.option("--lang", "language", type=LANGUAGE, default="zh", show_default=True, help="语言 / language")
def verify(copy: str, language: str, *, key: str | None) -> None:
    """核对一份已发布的数据，逐个指出不符之处；有不符时退出码为 1 / verify a published copy, exit code 1 if any file deviates.

    COPY is the folder, the zip or the http(s) address of a site or an export; or a report's zip or folder, an agency's folder,
    the zip of all data.
    """
    verdict = verify_copy(copy, key=key)
    click.echo(verdict.text(language), nl=False)
    sys.exit(0 if verdict.passed else 1)
