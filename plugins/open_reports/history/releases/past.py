"""The past of a record: what git keeps of it, all of which it must still hold.

A record that could be emptied together with the change that it forbids would forbid nothing. It is held against what it was at the
last commit and its parents, where the work parted from the branch that it goes to, and at the commit that is published.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.history.deployed import deployed
from open_reports.history.git import GitError, commit_id, git, unpack, words
from open_reports.history.releases import chain
from open_reports.history.releases.checking import Breach, still_binding
from open_reports.history.releases.earlier import lost
from open_reports.history.releases.record import FORMS, PATHS, Released, read, states
from open_reports.text import in_both

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from open_reports.history.diff.state import State
    from open_reports.library import Library
    from open_reports.text import Text

BASE = "OPEN_REPORTS_BASE"
"""Environment variable that names the branch or revision that the work goes to, where it is not the usual one."""
_BRANCHES = ("@{upstream}", "origin/HEAD", "origin/main", "origin/master")
_PUBLISHED = ("origin/gh-pages", "gh-pages")
"""Where the branch of the site may be."""


class Past(NamedTuple):
    """The record at a revision, by the first characters of its id; `after` are those of the other revisions that it came of."""

    revision: str
    released: Released
    after: frozenset[str] = frozenset()


class Looked(NamedTuple):
    """What git keeps of a record: every state, an older one before what came of it; none where nothing differs from what stands there now.

    `lacking` says why it may not be all. `merged` are the states that a merge brings together, as long as that is the newest thing.
    """

    past: tuple[Past, ...] = ()
    lacking: Text | None = None
    merged: tuple[Past, ...] = ()


def looked(folder: Path) -> Looked:
    """Look up in git what a record was. What git cannot say is told in `lacking`, and nothing is raised."""
    try:
        top, inside = _place(folder)
        revisions, lacking = _revisions(top)
        found, merged = (list(_past(top, inside, each, folder.name)) for each in (revisions, _merged(top)))
        names = dict.fromkeys(each.revision for each in (*found, *merged))
        after = {name: frozenset(each for each in names if each != name and _is_before(top, each, name)) for name in names}
        # An ancestor has fewer commits behind it than whatever comes of it.
        found.sort(key=lambda each: int(words(top, "rev-list", "--count", each.revision)[0]))
        past, together = (tuple(each._replace(after=after[each.revision]) for each in ones) for ones in (found, merged))
        return Looked(past, lacking, together)
    except (GitError, ValueError, OSError, tarfile.TarError) as error:
        # A project needs no git; but what keeps git from answering must not pass for an answer.
        said = error.said if isinstance(error, GitError) else str(error)
        return Looked(lacking=in_both("release_no_past", found=shown(said, 300)))


def _place(folder: Path) -> tuple[Path, str]:
    """The working tree that a folder is in, and its path in there; the folder itself may be gone."""
    there = next(each for each in (folder.resolve(), *folder.resolve().parents) if each.is_dir())
    top = Path(os.fsdecode(git(there, "rev-parse", "--show-toplevel")).rstrip("\n")).resolve()
    return top, folder.resolve().relative_to(top).as_posix()


def _revisions(top: Path) -> tuple[list[str], Text | None]:
    """Commits to hold the record against, each once, and what cannot be seen of them."""
    found = words(top, "rev-parse", "HEAD", "HEAD^@")
    base = os.environ.get(BASE) or os.environ.get("GITHUB_BASE_REF", "")
    named = [base, f"origin/{base}"] if base else list(_BRANCHES)
    there = [commit for name in named if (commit := commit_id(top, name))]
    joined = [found_ for commit in there for found_ in words(top, "merge-base", "HEAD", commit, or_none=True)]
    for name in _PUBLISHED:
        said = deployed(top, name) if commit_id(top, name) else ""
        # Of a commit that is not behind this one, such as when an older branch is worked on, this record need know nothing.
        if said and (commit := commit_id(top, said)) and words(top, "merge-base", commit, "HEAD", or_none=True) == [commit]:
            joined.append(commit)
    shallow = words(top, "rev-parse", "--is-shallow-repository") == ["true"]
    lacking = in_both("release_shallow") if shallow and not joined else None
    if os.environ.get(BASE) and not there:
        lacking = in_both("release_no_base", name=BASE, found=shown(base))
    return list(dict.fromkeys([*found, *joined])), lacking


def _is_before(top: Path, revision: str, other: str) -> bool:
    base = words(top, "merge-base", revision, other, or_none=True)
    return len(base) == 1 and base[0].startswith(revision)


def _merged(top: Path) -> list[str]:
    """Commits that are brought together, by a merge that is under way or by the last commit; none where nothing is."""
    if other := commit_id(top, "MERGE_HEAD"):
        return [commit_id(top, "HEAD"), other]
    parents = words(top, "rev-parse", "HEAD^@")
    return parents if len(parents) > 1 else []


def _past(top: Path, inside: str, revisions: Iterable[str], place: str) -> Iterator[Past]:
    trees = {
        tree: revision
        for revision in revisions
        for tree in words(top, "rev-parse", "--verify", "--quiet", f"{revision}:{inside}", or_none=True)
    }
    # Read only where something of one is not there any more: most often a record is as it was.
    if not any(words(top, "diff", "--name-only", "--no-ext-diff", revision, "--", inside) for revision in trees.values()):
        return
    for tree, revision in trees.items():
        with TemporaryDirectory(prefix="open-reports-") as below:
            unpack(top, Path(below), f"--prefix={place}/", tree)
            yield Past(revision[:12], read(Path(below) / place))


def kept(library: Library, now: Released, past: Sequence[Past]) -> list[Breach]:
    """Everything that a record, or the data, lost of what the record was."""
    found: dict[Breach, None] = {}
    # Of a file that one command puts right, the newest state tells which: an older one had less of it.
    restored: dict[str, list[Breach]] = {}
    for revision, then, _ in sound(past):
        files: dict[str, list[Breach]] = {}
        for each in _shrunk(now, then, revision):
            files.setdefault(each.address if each.kind in _RESTORED else "", []).append(each)
        found |= dict.fromkeys(files.pop("", ()))
        restored |= files
        # What was recorded then binds the data still.
        found |= dict.fromkeys(still_binding(library, now, then, revision))
    return [*(each for ones in restored.values() for each in ones), *found]


_RESTORED = frozenset({"record_shrunk", "record_rewritten"})
_BY_HAND = frozenset({"record_changed", "record_rewritten"})


def sound(past: Sequence[Past], among: Sequence[Past] | None = None) -> Iterator[Past]:
    """States of the past, or those `among` them, that were not changed by hand, as far as those that they came of tell.

    The others bind nobody: else what was put right could not be committed on top of them.
    """
    known = {each.revision: each.released for each in past}
    for each in past if among is None else among:
        before = [known[name] for name in each.after if name in known]
        if not any(breach.kind in _BY_HAND for then in before for breach in _shrunk(each.released, then, "")):
            yield each


def _shrunk(now: Released, then: Released, revision: str) -> Iterator[Breach]:
    """What is recorded no more, by the file that had it, or otherwise than it was."""
    gone: dict[str, list[str]] = {}
    changed: set[str] = set()
    for (agency, year), one in then.reports.items():
        other = now.reports.get((agency, year))
        if other is None:
            gone.setdefault(f"{agency}.jsonl", []).append(str(year))
        elif other["version"] == one["version"] and (differs := _first(states(one, then.shapes), states(other, now.shapes))):
            changed.add(agency)
            yield Breach("record_changed", agency, year, differs, version=revision, successors=f"{now.place}/{agency}.jsonl")
    # Without its hashes a record would pass for one written before there were any, and could be edited at will.
    for agency in _unhashed(now, then) - changed:
        gone.setdefault(f"{agency}.jsonl", []).append(chain.PREVIOUS)
    # Once for a file: what is told already has the same remedy.
    yield from _rewritten(now, then, revision, changed | {name.removesuffix(".jsonl") for name in gone})
    if paths := [path for path in then.paths if path not in now.paths]:
        gone[PATHS] = paths
    if forms := [form for form in then.shapes if form not in now.shapes]:
        gone[FORMS] = forms
    for name, items in gone.items():
        yield Breach("record_shrunk", address=f"{now.place}/{name}", was=str(len(items)), now=items[0], version=revision)


def _rewritten(now: Released, then: Released, revision: str, told: Collection[str]) -> Iterator[Breach]:
    for each in lost(now, then):
        if each.agency not in told:
            address = f"{now.place}/{each.agency}.jsonl"
            yield Breach("record_rewritten", address=address, was=str(each.many), now=each.first, version=revision)


def _unhashed(now: Released, then: Released) -> set[str]:
    """Agencies whose entries had hashes and have none."""
    own = {agency: now.lines.get(agency, ()) for agency, ones in then.lines.items() if chain.is_linked(ones)}
    return {agency for agency, ones in own.items() if len(ones) > 1 and not chain.is_linked(ones)}


def _first(one: Mapping[str, State], other: Mapping[str, State]) -> str:
    """First address at which two states of a recorded report differ, empty for none."""
    return next((address for address in {**one, **other} if one.get(address) != other.get(address)), "")
