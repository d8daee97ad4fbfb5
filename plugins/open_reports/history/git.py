"""The border to git: one command at a time, without a shell, and never one that waits for an answer."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from typing import TYPE_CHECKING

from open_reports.errors import OpenReportsError

if TYPE_CHECKING:
    from pathlib import Path


class GitError(OpenReportsError):
    """A git command that failed, or a machine without git; `code` is its exit code (None without git), `said` its last line."""

    def __init__(self, code: int | None, said: str) -> None:
        super().__init__(said or f"git: exit code {code}")
        self.code = code
        self.said = said


def git(folder: Path, *arguments: str) -> bytes:
    """Run git in a folder and return what it printed. Raises `GitError`."""
    try:
        done = subprocess.run(  # noqa: S603 (git alone, told what are options and what is not)
            # To look must change nothing, not even the times that git keeps of files.
            ["git", "-C", os.fspath(folder), "--no-optional-locks", *arguments],  # noqa: S607 (found by name, as users find it)
            check=False,
            capture_output=True,
            # No answer is possible here, so git must fail rather than wait for one.
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise GitError(None, str(error)) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitError(done.returncode, lines[-1] if lines else "")
    return done.stdout


_NONE = frozenset({1, 128})
"""Exit codes by which git says that there is nothing of the kind: 128 where what the name stands for is not here."""


def words(folder: Path, *arguments: str, or_none: bool = False) -> list[str]:
    """Words that git prints: ids, numbers, or nothing; with `or_none` also nothing where git says that there is none. Raises `GitError`."""
    try:
        return os.fsdecode(git(folder, *arguments)).split()
    except GitError as error:
        if not or_none or error.code not in _NONE:
            raise
        return []


def commit_id(folder: Path, name: str) -> str:
    """Whole id of a commit, empty where there is none of that name. Raises `GitError` where git cannot say."""
    # After `--end-of-options` no name is taken for an option.
    return "".join(words(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", or_none=True))


def unpack(top: Path, into: Path, *arguments: str) -> None:
    """Write what `git archive` gives into a folder. Raises `GitError`, and `TarError` or `OSError` where it cannot be written.

    It reads the objects alone: the working tree, with whatever is unsaved in it, is neither touched nor seen.
    """
    with tarfile.open(fileobj=io.BytesIO(git(top, "archive", "--format=tar", *arguments))) as archive:
        # A repository may hold links and odd names; the filter lets nothing out of the folder.
        archive.extractall(into, filter="data")
