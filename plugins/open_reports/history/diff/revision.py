"""Where the two states to compare are: a folder of packages, an agency's, one package, or the same at a git revision."""

from __future__ import annotations

import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.errors import OpenReportsError
from open_reports.history.diff.comparing import compare
from open_reports.history.git import GitError, git, unpack
from open_reports.library import AGENCY, open_library, with_neighbours
from open_reports.report import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from open_reports.history.diff.model import Diff
    from open_reports.library import Library

ROOT = "datapackages"
"""Folder of all packages in a project."""


class RevisionError(OpenReportsError):
    """Neither a folder nor a git revision, or a revision without that folder."""


class Packages(NamedTuple):
    """A folder of all packages, and which of them are meant (all if empty), as `open_library` takes them."""

    root: Path
    only: tuple[tuple[str, int | None], ...] = ()

    @property
    def path(self) -> Path:
        """The folder that was meant."""
        agency, year = self.only[0] if self.only else ("", None)
        return self.root / agency / (str(year) if year else "")


def meant(folder: Path, has: Callable[[Path], bool] = Path.exists) -> Packages:
    """Return what a folder holds: one package, an agency's packages, all packages, or a project with such a folder in it.

    `has` tells whether there is a file or folder, on disk unless given.
    """
    # `.` and `..` have no name to go by.
    full = folder.resolve()
    if full.name.isdigit() and (has(full / DESCRIPTOR) or has(full.parent / AGENCY)):
        return Packages(full.parents[1], ((full.parent.name, int(full.name)),))
    if has(full / AGENCY):
        return Packages(full.parent, ((full.name, None),))
    return Packages(full / ROOT if has(full / ROOT) else full)


def between(old: str, new: str) -> Diff:
    """Return what differs between two states, each a folder or a git revision (`HEAD~1`, `main`, `v1:datapackages/pingtan`).

    A revision without a path means the folder that the other side is, else `datapackages`; a folder of the same name goes
    first. What only one side names, a package or an agency's, is compared alone. Raises `RevisionError`.
    """
    with TemporaryDirectory(prefix="open-reports-") as temporary:
        # Each side sees the other, for a revision without a path means the folder that is on the other side.
        sides = [_opened(text, other, Path(temporary) / str(number)) for number, (text, other) in enumerate(((old, new), (new, old)))]
        # Where one side names some packages, the other ones of the other side are neither new nor gone.
        named = tuple(dict.fromkeys(key for each in sides for key in each.only))
        libraries = [_library(each if each.only else each._replace(only=named)) for each in sides]
    return compare(libraries[0], libraries[1], only=named)


def _library(packages: Packages) -> Library:
    library = open_library(packages.root, place=ROOT, only=packages.only)
    # One package alone would leave the rules of the year before and of its units untestable on both sides.
    return with_neighbours(library, packages.root) if packages.only else library


def _opened(text: str, other: str, temporary: Path) -> Packages:
    # A folder goes first: whoever has one named like a branch can write `refs/heads/...` for the branch.
    if text and Path(text).is_dir():
        return meant(Path(text))
    revision, _, path = text.partition(":")
    beside = Path(other) if other and not path and Path(other).is_dir() else None
    here = beside.resolve() if beside else Path.cwd()
    try:
        top = Path(_git(here, "rev-parse", "--show-toplevel").decode().rstrip("\n")).resolve()
        # The commit is settled once, so that a branch that moves meanwhile cannot mix two states; after `--end-of-options` no
        # name is taken for an option.
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    except RevisionError as error:
        message = f"“{shown(text)}”既不是文件夹，也不是 git 的版本 / neither a folder nor a git revision"
        raise RevisionError(message) from error

    def has(file: Path) -> bool:
        try:
            _git(top, "cat-file", "-e", f"{commit}:{file.relative_to(top).as_posix()}")
        except (RevisionError, ValueError):
            return False
        return True

    wanted = meant(beside) if beside else meant(here / (path or ROOT), has)
    try:
        inside = wanted.root.relative_to(top).as_posix()
        unpack(top, temporary, commit, *([inside] if inside != "." else []))
    except (GitError, ValueError, tarfile.TarError) as error:
        message = f"git 的版本“{shown(text)}”里没有可用的文件夹“{wanted.root.name}” / this revision has no usable folder of that name"
        raise RevisionError(message) from error
    return Packages(temporary / inside, wanted.only)


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        return git(folder, *arguments)
    except GitError as error:
        raise RevisionError(str(error)) from error
