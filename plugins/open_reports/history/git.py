"""The border to git: one command at a time, without a shell, and never one that waits for an answer."""

from __future__ import annotations

import os
import subprocess
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
