"""Export: everything the site has but the pages, in a folder of its own, without MkDocs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from open_reports.copies import CopyError, FolderCopy, signature, stated_manifest
from open_reports.document import shown
from open_reports.files import manifest
from open_reports.site.refused import FolderError
from open_reports.site.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from open_reports.site.publish import Publication


class Exported(NamedTuple):
    """What was written: number of files without the manifest, their size in bytes, the manifest's hash.

    `unsigned` where the export before had a signature that is none of this one.
    """

    files: int
    size: int
    hash: str
    unsigned: bool


def export(publication: Publication, folder: Path, *, place: str, waiting: Callable[[str], None] = lambda _: None) -> Exported:
    """Write every data file of a publication, and the manifest, into a folder that takes its place when it is whole.

    No page is built. `place` is how the manifest names the folder of packages. A folder that stands there already is replaced if
    it holds nothing but an export; otherwise, or if writing fails, `CopyError` or `FolderError` is raised and what was there stays as
    it was. `waiting` is told where another export into the same folder has to be waited for.
    """
    refuse_foreign(folder)
    made = manifest.Manifest(site=publication.site, packages=place)
    staging = Staging(folder, waiting=waiting)
    try:
        for path, data in publication.data_files():
            made.add(path, data)
            _write(staging.folder / path, data)
        _write(staging.folder / manifest.PATH, made.finish())
        unsigned = signature.carried(folder, staging.folder) is False
        staging.publish()
    except OSError as error:
        raise FolderError.failed(folder, error) from error
    finally:
        staging.discard()
    return Exported(len(made), sum(entry.size for entry in made.entries.values()), made.hash, unsigned)


def refuse_foreign(folder: Path) -> None:
    """Raise `CopyError` where a folder holds anything but an export: its manifest and the files this names."""
    if (folder.is_symlink() or folder.exists()) and not folder.is_dir():
        raise CopyError(str(folder), "export.no_folder")
    if not folder.exists():
        return
    # A mistyped folder must not cost somebody their files: only what an export itself wrote may be replaced.
    copy = FolderCopy(folder)
    found = copy.paths()
    if copy.faults:
        raise CopyError(str(folder), "export.foreign", found=copy.faults[0].file)
    known: set[str] = set()
    if manifest.PATH in found:
        try:
            known = {manifest.PATH, signature.PATH, *stated_manifest(copy).manifest.entries}
        except CopyError:  # a manifest that is none of ours protects nothing
            known = set()
    if foreign := sorted(found - known):
        raise CopyError(str(folder), "export.foreign", found=shown(foreign[0], 200))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Bytes go straight to the file: no text layer that could end lines another way on another system.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644), "wb") as stream:
        stream.write(data)
