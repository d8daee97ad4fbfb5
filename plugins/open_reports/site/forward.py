"""Publishing goes forward only: what `gh-deploy` pushes must hold all that is published, and be what a commit says.

A push of an older state would take corrections back in silence, and one of an unsaved file would publish what no commit names. So the
commit that is published, which the deploying commit names, must be an ancestor of the one to be published, and the working tree clean.
`OPEN_REPORTS_REVERT=1` goes on all the same, and writes down what it went over, where everybody sees it: in the deploying commit.

`look` asks git for the facts, everything else only judges them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.errors import OpenReportsError
from open_reports.history.deployed import COMMIT, deployed
from open_reports.history.git import GitError, commit_id, git
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SWITCH = "OPEN_REPORTS_REVERT"
"""Name of the environment variable that lets a deployment go back."""
REVERT, UNSAVED = "Open-Reports-Revert", "Open-Reports-Unsaved"
"""Lines of the message of a deploying commit that say what the switch went over."""
_NAMED = 20
"""Unsaved files told by name; the rest is counted."""


class ForwardError(OpenReportsError):
    """A deployment that would not go forward, or of which nobody can say; one sentence for each reason, in both languages."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("\n".join(reason.says(language) for reason in reasons for language in LANGUAGES))
        self.reasons = reasons


class Reason(NamedTuple):
    """Why a deployment is refused: the key of the sentence less its beginning, and what the sentence shows."""

    key: str
    values: Mapping[str, object]

    def says(self, language: str) -> str:
        """The sentence."""
        return Words(language)(f"forward_{self.key}", switch=SWITCH, **self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What git says of what is published, and of what is to be.

    `head` is the commit to be published; `branch` names the branch of the site to people, `tip` is its last commit, empty where there
    is no such branch; `said` the published commit as the branch names it, empty where none of its commits does, and `commit` the same
    whole, empty where it is not among the commits here; `ancestor` tells whether `head` holds it; `shallow`, whether commits are left
    out here; `unsaved` are the files that are not as `head` has them.
    """

    head: str
    branch: str
    tip: str = ""
    said: str = ""
    commit: str = ""
    ancestor: bool = False
    shallow: bool = False
    unsaved: tuple[str, ...] = ()


# -- judging ------------------------------------------------------------------------------------------------------------


def reasons(facts: Facts) -> tuple[Reason, ...]:
    """Everything for which this deployment does not go forward."""
    found = []
    if facts.tip and not facts.ancestor:
        found.append(Reason(_backward(facts), {"branch": facts.branch, "said": facts.said[:12], "head": facts.head[:12]}))
    if facts.unsaved:
        files = [shown(name) for name in facts.unsaved[:_NAMED]] + [f"… +{len(facts.unsaved) - _NAMED}"] * (len(facts.unsaved) > _NAMED)
        found.append(Reason("unsaved", {"files": ", ".join(files)}))
    return tuple(found)


def _backward(facts: Facts) -> str:
    if not facts.said:
        return "foreign"
    if facts.shallow:
        return "shallow"  # what is left out may hold the published commit, so nothing more can be said
    return "behind" if facts.commit else "unknown"


def switched(value: str) -> bool:
    """Whether the switch is on. Raises `ForwardError` for a value that is neither on nor off."""
    # `yes` or `true` taken for off would refuse without a word why, and for on would let `false` pass.
    if value not in {"", "0", "1"}:
        raise ForwardError(Reason("switch", {"value": shown(value)}))
    return value == "1"


def note(facts: Facts, *, revert: bool) -> str:
    """What is added to the message of the deploying commit. Raises `ForwardError` where the deployment is refused."""
    against = reasons(facts)
    if against and not revert:
        raise ForwardError(*against)
    lines = [f"{COMMIT}: {facts.head}"]
    if facts.tip and not facts.ancestor:
        lines.append(f"{REVERT}: {facts.commit or facts.said or facts.tip} ({_backward(facts)})")
    lines += [f"{UNSAVED}: {shown(name)}" for name in facts.unsaved]
    return "\n".join(lines)


def changed(status: bytes) -> list[str]:
    """The files that `git status --porcelain -z` tells of."""
    entries = status.decode(errors="replace").split("\0")
    found = []
    while entries:
        entry = entries.pop(0)
        if entry:
            found.append(entry[3:])
            if "R" in entry[:2] or "C" in entry[:2]:  # the name before follows as an entry of its own
                del entries[:1]
    return found


# -- looking ------------------------------------------------------------------------------------------------------------


def look(project: Path, here: Path, *, remote: str, branch: str, inputs: Iterable[Path], made: Path) -> Facts:
    """Ask git in `project`, whose commit is to be published, and `here`, from where it is pushed to a branch of a remote.

    The branch is fetched, so that the answer is about what readers see. `inputs` are the files and folders that the site is made of;
    in these, files that git does not hold count as unsaved, too; `made` is the folder of the site itself, of which none do. Raises
    `ForwardError` where there is no answer.
    """
    try:
        head = _line(project, "rev-parse", "--verify", "--end-of-options", "HEAD^{commit}")
        top = project / _line(project, "rev-parse", "--show-toplevel")
    except GitError as error:
        raise ForwardError(Reason("no_git", {"folder": shown(str(project)), "said": shown(error.said)})) from error
    tip, name = _tip(here, remote, branch)
    said = deployed(here, tip) if tip else ""
    commit = commit_id(project, said) if said else ""
    return Facts(
        head=head,
        branch=name,
        tip=tip,
        said=said,
        commit=commit,
        ancestor=bool(commit) and _yes(project, "merge-base", "--is-ancestor", commit, head),
        shallow=_line(project, "rev-parse", "--is-shallow-repository") == "true",
        unsaved=tuple(dict.fromkeys(_unsaved(top.resolve(), inputs, made.resolve()))),
    )


def _tip(here: Path, remote: str, branch: str) -> tuple[str, str]:
    """Last commit of the branch of the site, and how to name the branch: as the remote has it, or the local one where it has none."""
    if not _yes(here, "config", "--get", f"remote.{remote}.url"):
        raise ForwardError(Reason("no_remote", {"remote": shown(remote)}))
    try:
        if git(here, "ls-remote", "--heads", remote, f"refs/heads/{branch}").strip():
            # Where MkDocs looks for it, which builds upon this commit: what it then pushes follows what was looked at.
            git(here, "fetch", "--quiet", "--no-tags", remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}")
            return commit_id(here, f"refs/remotes/{remote}/{branch}"), f"{remote}/{branch}"
    except GitError as error:
        raise ForwardError(Reason("no_answer", {"remote": shown(remote), "said": shown(error.said)})) from error
    return commit_id(here, f"refs/heads/{branch}"), branch


def _unsaved(top: Path, inputs: Iterable[Path], made: Path) -> Iterable[str]:
    # Whoever keeps the built site in git, too, has it changed by each build.
    but = ["--", f":(top,literal,exclude){made.relative_to(top).as_posix()}"] if made != top and made.is_relative_to(top) else []
    yield from changed(git(top, "status", "--porcelain", "-z", "--untracked-files=no", *but))
    inside = []
    for path in inputs:
        # A link leads to where the files really are, and git holds only the link.
        if path.resolve().is_relative_to(top):
            inside.append(f":(top,literal){path.resolve().relative_to(top).as_posix()}")
        elif path.exists():
            yield str(path)
    # Ignored files are published like any other; only what is hidden by its name is not, neither by MkDocs nor by us.
    listed = git(top, "status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching", "--", *inside) if inside else b""
    yield from (name for name in changed(listed) if not any(part.startswith(".") for part in name.split("/")))


def _line(folder: Path, *arguments: str) -> str:
    return git(folder, *arguments).decode().strip()


def _yes(folder: Path, *arguments: str) -> bool:
    """Whether git answers yes (exit code 0) or no (1)."""
    try:
        git(folder, *arguments)
    except GitError as error:
        if error.code != 1:
            raise
        return False
    return True
