"""A project of one report in a git repository with a remote, all on this disk: for tests of what is published and how."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import made_up
from website import environment, minimal_project

if TYPE_CHECKING:
    from pathlib import Path


class Project:
    """A project of one report with a remote of its own; git there is that of a clerk who has set up nothing else."""

    def __init__(self, folder: Path, remote: str = "remote.git") -> None:
        self.top = folder
        self.folder = folder / "project"
        self.remote = folder / remote
        self.env = environment(folder / "home")
        self.package = made_up.package(year=2023)
        minimal_project(self.folder, [self.package])
        self.git("init", "--quiet", "--bare", str(self.remote), cwd=folder)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", self.remote.as_uri())
        self.commit("年报")

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self.folder, env=self.env, check=False, text=True, encoding="utf-8", capture_output=True
        )
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def prose(self, text: str) -> None:
        (self.folder / "docs" / "about.md").write_text(f"# 关于\n\n{text}\n", encoding="utf-8")

    def publish_by_hand(self, message: str, *, branch: str = "gh-pages") -> str:
        """What is published, put there without MkDocs."""
        tree = self.git("rev-parse", "HEAD^{tree}")
        tip = self.git("commit-tree", "-m", message, tree)
        self.git("push", "--quiet", "--force", "origin", f"{tip}:refs/heads/{branch}")
        return tip
