"""`open-reports release --sign`: the manifest of the built site is signed with minisign."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from open_reports.copies import message, signature
from open_reports.errors import OpenReportsError
from open_reports.history import releases
from open_reports.verify import signing, verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OPTION = click.option(
    "--sign",
    "secret",
    type=click.Path(path_type=Path, dir_okay=False),
    help="用 minisign 的私钥签名 / sign the site with a secret key of minisign, which asks for the password itself",
)


def refuse(site: Path, key: Path, *, only_look: bool) -> None:
    """Refuse what cannot be signed before anything is recorded."""
    if only_look:
        raise click.UsageError("--sign 要写签名，不能与 --check 一起用 / --sign writes a signature and cannot go with --check")
    if not site.is_dir():
        raise click.UsageError(
            f"{site} 不存在，没有可签名的网站；请先运行 make site / does not exist, so there is no site to sign; run make site first"
        )
    # Before anything is recorded: a key that lies in the site would be one of its addresses for good.
    signing.require(site, key)


def recorded(paths: Iterable[str]) -> Iterator[str]:
    """Paths that are recorded for good: a site need not be signed again."""
    return (path for path in paths if path != signature.PATH)


def sign(site: Path, key: Path, language: str, *, record: bytes) -> None:
    """Sign a site that is whole, and that publishes the record as it is now. Raises `OpenReportsError`."""
    published = site / releases.PUBLISHED
    # A site that was built of another record is built anew before long, and the signature would be none of it.
    if published.is_file() and published.read_bytes() != record:
        raise OpenReportsError(message("sign.behind")[language])
    # Whoever signs answers for it: nothing is signed but what anybody would find in order.
    verdict = verify(site)
    if wrong := [each.text(language) for each in verdict.deviations if each.file != signature.PATH]:
        raise OpenReportsError("\n".join([message("sign.deviates")[language], *wrong]))
    done = signing.sign(site, key)
    click.echo(message("sign.done", folder=site, hash=done)[language])
