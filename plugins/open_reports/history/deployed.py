"""Which commit a branch of the site publishes, as its own commits name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from open_reports.history.git import git

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COMMIT = "Open-Reports-Commit"
"""Beginning of the line of a deploying commit that names the whole commit that it publishes."""
# Our own line first: whoever writes a message of his own (`-m`) leaves out the words of MkDocs and ProperDocs.
_SAID = (re.compile(rf"^{COMMIT}: ([0-9a-f]{{40,64}})$", re.MULTILINE), re.compile(r"\ADeployed ([0-9a-f]{7,64})\b"))


def deployed(folder: Path, branch: str) -> str:
    """The commit that a branch publishes, perhaps shortened; empty where none of its commits names one. Raises `GitError`."""
    # NUL between them: a message is free text. What was merged in beside the branch's own commits was never served from it.
    messages = git(folder, "log", "--first-parent", "-z", "--format=%B", branch, "--").decode(errors="replace")
    return named(message.strip() for message in messages.split("\0"))


def named(messages: Iterable[str]) -> str:
    """The published commit, as the newest message that names one names it; empty where none does."""
    # Not the last message alone: a host writes commits of its own (the file CNAME), after which the same site is published.
    found = (pattern.search(message) for message in messages for pattern in _SAID)
    return next((match[1] for match in found if match), "")
