"""Kill -9 at any moment: what stands is whole, old or new, and the next run makes good whatever was begun.

A few kills in CI; many more, and two builders with a reader, by hand:

    python tests/test_kills.py COUNT SEED
    python tests/test_kills.py readers SECONDS SEED
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

import made_up
from forking import Commands
from open_reports.cli import MODULES
from open_reports.report import HALF_WRITTEN
from patience import PATIENCE
from website import LOADED, commands, environment, minimal_project, tool, tree

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["commands"]

KILL = """
import atexit, os, signal, sys, threading
from pathlib import Path

how, number, place = os.environ["KILL"].split(" ", 2)
os.setsid()  # what the command starts is killed with it, as where a machine or a container is stopped
count = 0
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "shutil.rmtree", "subprocess.Popen", "ctypes.dlsym"}

def die():
    os.killpg(0, signal.SIGKILL)

def seen(event, args):
    global count
    if event in EVENTS or (event == "open" and isinstance(args[2], int) and args[2] & WRITES):
        count += 1
        if how == "event" and count == int(number):
            die()

def told():
    Path(place).write_text(str(count), encoding="utf-8")

if how == "time":
    timer = threading.Timer(float(number), die)
    timer.daemon = True
    timer.start()
elif how == "count":
    atexit.register(told)
sys.addaudithook(seen)
"""
"""Kills a command at a moment: before it changes something on the disk for the so many-th time, or after so many seconds."""


@dataclass(frozen=True)
class Command:
    """A command, and what it makes: folders of the project whose every file is old or new, together or each by itself."""

    words: tuple[str, ...]
    makes: tuple[str, ...]
    together: bool = True


CLI = "from open_reports.cli import main; main()"
COMMANDS: Mapping[str, Command] = {
    "build": Command(("-m", "mkdocs", "build", "--strict"), ("site",)),
    "export": Command(("-c", CLI, "export", "out"), ("out",)),
    "release": Command(("-c", CLI, "release"), ("released",), together=False),
    "gh-deploy": Command(("-m", "mkdocs", "gh-deploy", "--strict"), ("site",)),
}


class Bench:
    """A project with its remote in two states: `before`, published and released, and `begun`, with a report more that is neither."""

    def __init__(self, base: Path, commands: Commands) -> None:
        self.base = base
        self.commands = commands
        self.env = environment(base / "home")
        before = base / "before"
        packages = list(made_up.history("xugou-jia", (2022, 2023)))
        config = minimal_project(before / "project", packages[:1])
        (before / "project" / ".gitignore").write_text("/site/\n/out/\n/.site.*\n/.out.*\n", encoding="utf-8")
        config.write_text(config.read_text(encoding="utf-8") + "remote_name: origin\n", encoding="utf-8")
        (before / "remote.git").mkdir()
        self.git(before / "remote.git", "init", "--quiet", "--bare")
        self.git(before / "project", "init", "--quiet", "--initial-branch=main")
        self.git(before / "project", "remote", "add", "origin", "../remote.git")
        self.commit(before)
        for name in ("build", "export", "release"):
            self.done(name, before)
        self.commit(before)
        self.git(before / "project", "push", "--quiet", "origin", "main")
        self.done("gh-deploy", before)
        begun = self.copy("before", "begun")
        packages[1].write(begun / "project" / "datapackages")
        self.commit(begun)
        self.git(begun / "project", "push", "--quiet", "origin", "main")
        self.old: dict[str, dict[str, str]] = {}
        self.new: dict[str, dict[str, str]] = {}
        self.moments: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        for name in COMMANDS:
            # Once for nothing: the cache then holds what it will hold at every later run, and each has as many moments as the one counted.
            self.done(name, self.start(name))
            start = self.start(name)
            self.old[name] = self.state(name, start)
            start_time = time.monotonic()
            self.done(name, start, kill=f"count 0 {base / 'count'}")
            self.seconds[name] = time.monotonic() - start_time
            self.moments[name] = int((base / "count").read_text(encoding="utf-8"))
            self.new[name] = self.state(name, start)
            assert self.old[name] != self.new[name], name

    def git(self, folder: Path, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=folder, env=self.env, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, state: Path) -> None:
        self.git(state / "project", "add", "--all")
        self.git(state / "project", "commit", "--quiet", "--message", "虚构")

    def copy(self, old: str, new: str) -> Path:
        shutil.rmtree(self.base / new, ignore_errors=True)
        shutil.copytree(self.base / old, self.base / new, symlinks=True)
        return self.base / new

    def start(self, name: str) -> Path:
        """A state in which a command has something to do."""
        if name == "release":  # what is released is the site that was built
            if not (self.base / "built").exists():
                self.done("build", self.copy("begun", "built"))
            return self.copy("built", "now")
        return self.copy("begun", "now")

    def run(self, name: str, state: Path, kill: str = "") -> subprocess.CompletedProcess[str]:
        env = {**self.env, "KILL": kill} if kill else self.env
        return self.commands.run(*COMMANDS[name].words, cwd=state / "project", env=env, first=KILL if kill else "")

    def done(self, name: str, state: Path, kill: str = "") -> None:
        outcome = self.run(name, state, kill)
        assert outcome.returncode == 0, f"{name}: {outcome.stdout}"

    def state(self, name: str, state: Path) -> dict[str, str]:
        """What a command makes: every file, and what the remote publishes."""
        found: dict[str, str] = {}
        for folder in COMMANDS[name].makes:
            files = tree(state / "project" / folder)
            # What was written beside and not put in its place is no part of a record; the next run must remove it.
            found |= {f"{folder}/{path}": digest for path, digest in files.items() if not HALF_WRITTEN.fullmatch(path)}
        if name == "gh-deploy":
            found["gh-pages"] = self.git(state / "remote.git", "rev-parse", "gh-pages^{tree}").strip()
        return found

    def broken(self, name: str, kill: str) -> str:
        """Kill a command; says what is broken then, or after another run. Empty where nothing is; `survived` where it was too late."""
        state = self.start(name)
        outcome = self.run(name, state, kill)
        if outcome.returncode not in (0, -signal.SIGKILL):
            return f"exit code {outcome.returncode}: {outcome.stdout[-300:]}"
        if fault := self.mixed(name, self.state(name, state)):
            return fault
        for folder in ("remote.git", "project"):
            self.git(state / folder, "fsck", "--strict")
        again = self.run(name, state)
        if again.returncode != 0:
            return f"the next run: {again.stdout[-300:]}"
        if self.state(name, state) != self.new[name]:
            return "the next run made something else"
        left = {each.name for folder in ("", "released") for each in (state / "project" / folder).glob(".*")} - {".git", ".gitignore"}
        if left:
            return f"left behind: {sorted(left)}"
        return "" if outcome.returncode else "survived"

    def mixed(self, name: str, found: Mapping[str, str]) -> str:
        """What of a command's work is neither old nor new; empty for nothing."""
        states = (self.old[name], self.new[name])
        published = found.get("gh-pages")
        if published and published not in {each["gh-pages"] for each in states}:
            return "the remote publishes neither the old nor the new"
        files = {path: digest for path, digest in found.items() if path != "gh-pages"}
        if COMMANDS[name].together:
            return (
                "" if any(files == {k: v for k, v in each.items() if k != "gh-pages"} for each in states) else "files are mixed or missing"
            )
        wrong = sorted(path for path in {*files, *self.old[name]} if files.get(path) not in {each.get(path) for each in states})
        return f"neither old nor new: {wrong}" if wrong else ""

    def moment(self, name: str, chance: Random) -> str:
        """A moment of a command: one of its changes, every other one of the last fifth, or any time."""
        if chance.random() < 0.3:
            return f"time {chance.uniform(0, self.seconds[name]):.4f} -"
        first = 1 if chance.random() < 0.5 else self.moments[name] * 4 // 5 + 1
        return f"event {chance.randint(first, self.moments[name])} -"


@pytest.mark.build
@pytest.mark.posix
def test_a_kill_leaves_all_that_is_made_old_or_new(commands: Commands, tmp_path: Path) -> None:
    bench = Bench(tmp_path, commands)
    chance = Random(4711)  # noqa: S311 (the same moments in every run)
    for name in COMMANDS:
        first = bench.moments[name] * 4 // 5 + 1
        kill = f"event {chance.randint(first, bench.moments[name])} -"
        assert bench.broken(name, kill) == "", f"{name} {kill}"


def test_whatever_puts_parts_together_is_killed_here_too() -> None:
    assert not {"build", "join"} & MODULES.keys(), "add the command to COMMANDS"


# -- by hand ------------------------------------------------------------------------------------------------------------------


def kills(count: int, seed: int) -> None:
    """Kill so many commands, each in turn, and say what is broken."""
    counted: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        Commands(*LOADED, env=environment(Path(folder) / "home"), within=PATIENCE) as running,
    ):
        bench = Bench(Path(folder), running)
        sys.stdout.write(f"changes of the disk: {bench.moments}\n")
        for number in range(count):
            name = list(COMMANDS)[number % len(COMMANDS)]
            kill = bench.moment(name, Random(f"{seed} {number}"))  # noqa: S311 (the same moments in every run)
            broken = bench.broken(name, kill)
            counted[f"{name} {'survived' if broken == 'survived' else 'killed'}"] += 1
            if broken not in ("", "survived"):
                counted["broken"] += 1
                sys.stdout.write(f"{number} {name} {kill}: {broken}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{count} kills, {counted['broken']} broken: {dict(counted)}\n")


def readers(seconds: float, seed: int) -> None:
    """Two builders that know nothing of one another renew one folder, and a reader reads it all the while."""
    counted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        target = base / "shared" / "site"
        alone: list[dict[str, str]] = []
        for name, year in (("one", 2022), ("other", 2023)):
            minimal_project(base / name, [made_up.package("xugou-jia", year), made_up.package("xugou-yi", 2024)])
            env = environment(base / name / "home")
            subprocess.run(
                tool("build", "--quiet", "-d", str(base / "alone" / name)), cwd=base / name, env=env, check=True, stderr=subprocess.DEVNULL
            )
            alone.append(tree(base / "alone" / name))
        shutil.copytree(base / "alone" / "one", target)
        apart = ["unshare", "-rmpf", "--mount-proc"]
        if subprocess.run([*apart, "true"], check=False, stderr=subprocess.DEVNULL).returncode:
            apart = []
        end = time.monotonic() + seconds

        def builder(name: str) -> None:
            while time.monotonic() < end:
                done = subprocess.run(
                    [*apart, *tool("build", "-d", str(target))],
                    cwd=base / name,
                    env=environment(base / name / "home"),
                    check=False,
                    capture_output=True,
                    text=True,
                )
                counted[f"builds, exit code {done.returncode}"] += 1
                counted["waited"] += "waiting for it to end" in done.stderr

        building = [threading.Thread(target=builder, args=(name,)) for name in ("one", "other")]
        for each in building:
            each.start()
        chance = Random(seed)  # noqa: S311 (the same moments in every run)
        both = sorted(alone[0].keys() & alone[1].keys())
        while any(each.is_alive() for each in building):
            path = chance.choice(both)
            counted["reads"] += 1
            try:
                digest = sha256((target / path).read_bytes()).hexdigest()
            except OSError:
                counted["missing"] += 1
                continue
            counted["mixed"] += digest not in {each[path] for each in alone}
        counted["whole at the end"] = int(tree(target) in alone)
        counted["left behind"] = len(list(target.parent.iterdir())) - 1
    sys.stdout.write(f"{'in two namespaces' if apart else 'in one namespace'}: {dict(counted)}\n")


if __name__ == "__main__":
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    if sys.argv[1] == "readers":
        readers(float(sys.argv[2]), int(sys.argv[3]))
    else:
        kills(int(sys.argv[1]), int(sys.argv[2]))
