"""Every locked package asked for known weaknesses: `python .ci/audit.py [LOCK...]`, all of `requirements/*.txt` unless named.

pip-audit is asked, and must be installed beside this Python (`requirements/audit.txt`). It leaves out what is locked for another Python
or system than the one it runs on, and takes one version of a package; so it is given every pin of a lock without its conditions, in as
many rounds as a package has versions. What it then answers is counted: an audit that looked at nothing, or at less than the lock holds,
has failed, however green it looks. Exits 1 for any weakness, any package without an answer, and any lock without packages.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*)(?:\s*;[^\\]*)?")


class Pin(NamedTuple):
    """One package in one version, under the name by which an index knows it."""

    name: str
    version: str


class Outcome(NamedTuple):
    """What came of an audit: the packages that were answered for, and what is wrong, in plain words."""

    audited: int
    faults: list[str]


def pins(text: str) -> tuple[Pin, ...]:
    """The packages of a lock, whatever machine they are for. Raises `ValueError` for a line that is none."""
    found = []
    for entry in re.sub(r"\\\n\s*", " ", text).splitlines():
        stated = entry.partition(" --hash=")[0].strip()
        if stated and not stated.startswith("#"):
            match = _PIN.fullmatch(stated)
            if match is None:
                raise ValueError(f"no pin: {stated}")
            found.append(Pin(_known_as(match["name"]), match["version"]))
    return tuple(dict.fromkeys(found))


def rounds(locked: tuple[Pin, ...]) -> list[list[Pin]]:
    """The same in lists in which no package stands twice."""
    made: list[list[Pin]] = []
    for pin in locked:
        first = next((each for each in made if all(other.name != pin.name for other in each)), None)
        if first is None:
            made.append([pin])
        else:
            first.append(pin)
    return made


def judged(asked: list[Pin], answer: str, code: int) -> Outcome:
    """Hold what pip-audit answered against what it was asked."""
    try:
        told: list[dict[str, Any]] = json.loads(answer)["dependencies"]
        seen = {Pin(_known_as(each["name"]), each["version"]): each["vulns"] for each in told if "skip_reason" not in each}
        faults = [f"{each['name']}: not audited: {each['skip_reason']}" for each in told if "skip_reason" in each]
        faults += [
            f"{name} {version}: {each['id']} ({', '.join(each['aliases']) or 'no alias'}), mended in {', '.join(each['fix_versions']) or 'no version'}"
            for (name, version), weak in seen.items()
            for each in weak
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Outcome(0, [f"pip-audit gave no answer (exit code {code}): {error!r}"])
    faults += [f"{name} {version}: no answer" for name, version in asked if (name, version) not in seen]
    # It says 1 for a weakness; for anything else that it does not like, there has to be a fault, too.
    if code and not faults:
        faults.append(f"pip-audit ended with exit code {code}")
    return Outcome(len(seen.keys() & set(asked)), faults)


def audit(lock: Path) -> Outcome:
    """Ask pip-audit for every package of a lock."""
    try:
        locked = pins(lock.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return Outcome(0, [str(error)])
    done = [_asked(each) for each in rounds(locked)]
    audited, faults = sum(each.audited for each in done), [fault for each in done for fault in each.faults]
    return Outcome(audited, faults if audited else [*faults, "nothing was audited"])


def _asked(asked: list[Pin]) -> Outcome:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text("".join(f"{name}=={version}\n" for name, version in asked), encoding="utf-8")
        options = ["--strict", "--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json", "--requirement", str(file)]
        # pip-audit alone, with pins that were read as such.
        command = [sys.executable, "-m", "pip_audit", *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)  # noqa: S603 (as just said)
    return judged(asked, done.stdout, done.returncode)


def _known_as(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(names: list[str]) -> int:
    """Audit the named locks, or all; returns the exit code."""
    locks = [Path(name) for name in names] or sorted((ROOT / "requirements").glob("*.txt"))
    outcomes = {lock: audit(lock) for lock in locks}
    for lock, outcome in outcomes.items():
        print(f"{lock.name}: {outcome.audited} packages audited, {len(outcome.faults)} faults")  # noqa: T201 (the verdict)
        print("".join(f"  {fault}\n" for fault in outcome.faults), end="")  # noqa: T201
    return int(not outcomes or any(outcome.faults for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
