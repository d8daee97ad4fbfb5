"""The weekly audit: every pin of every lock is asked about, and an audit that looked at less has failed."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yamls
from conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

SCRIPT = PROJECT / ".ci" / "audit.py"
LOCKS = sorted((PROJECT / "requirements").glob("*.txt"))


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCK = """\
Some.Thing[extra]==1.0 ; python_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
some-thing==2.0 ; python_version >= '3.12' \\
    --hash=sha256:cc
other==3.1+local \\
    --hash=sha256:dd
"""
PINS = [("some-thing", "1.0"), ("some-thing", "2.0"), ("other", "3.1+local")]


def test_every_pin_is_read_whatever_machine_it_is_for(audit: ModuleType) -> None:
    assert list(audit.pins(LOCK)) == PINS
    assert audit.rounds(audit.pins(LOCK)) == [[PINS[0], PINS[2]], [PINS[1]]]
    assert audit.pins("# none\n") == ()
    for text in ("x>=1\n", "x\n", "-r other.txt\n", "x @ https://example.invalid/x.whl\n", "x==1.*\n"):
        with pytest.raises(ValueError, match="no pin"):
            audit.pins(text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_the_projects_own_locks_are_read_whole(audit: ModuleType, lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    found = audit.pins(text)
    assert len(found) == len(re.findall(r"^[A-Za-z0-9][^ ;]*==", text, re.MULTILINE)) > 10
    assert sorted(pin for each in audit.rounds(found) for pin in each) == sorted(found)


def answer(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


SOUND = {"name": "Some_Thing", "version": "1.0", "vulns": []}
WEAK = {**SOUND, "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"], "description": "x"}]}


@pytest.mark.parametrize(
    "text,code,audited,fault",
    [
        (answer(SOUND), 0, 1, ""),
        (answer(WEAK), 1, 1, "some-thing 1.0: PYSEC-1 (CVE-1), mended in 1.1"),
        (answer(), 0, 0, "some-thing 1.0: no answer"),
        (answer({**SOUND, "version": "1.1"}), 0, 0, "some-thing 1.0: no answer"),
        (answer({"name": "some-thing", "skip_reason": "not found"}), 0, 0, "some-thing: not audited: not found"),
        (answer(SOUND), 2, 1, "pip-audit ended with exit code 2"),
        ("", 1, 0, "pip-audit gave no answer (exit code 1)"),
        ("[]", 0, 0, "pip-audit gave no answer (exit code 0)"),
        ('{"dependencies": [{"name": "some-thing"}]}', 0, 0, "pip-audit gave no answer (exit code 0)"),
    ],
)
def test_an_answer_is_held_against_what_was_asked(audit: ModuleType, text: str, code: int, audited: int, fault: str) -> None:
    found = audit.judged([audit.Pin("some-thing", "1.0")], text, code)
    assert found.audited == audited
    assert found.faults[0].startswith(fault) if fault else found.faults == []


STAND_IN = """\
import json, os, re, sys

words = sys.argv[1:]
assert words[:3] == ["--strict", "--no-deps", "--disable-pip"], words
lines = open(words[-1], encoding="utf-8").read().split()
weak = [{"id": "PYSEC-1", "aliases": [], "fix_versions": []}]
told = [dict(zip(("name", "version"), line.split("==")), vulns=weak if line == os.environ["WEAK"] else []) for line in lines]
if os.environ["SAYS"] == "nothing":
    told = []
if os.environ["SAYS"] != "broken":
    print(json.dumps({"dependencies": told, "fixes": []}))
sys.exit(any(each["vulns"] for each in told) or os.environ["SAYS"] == "broken")
"""


def run(folder: Path, *locks: Path, says: str = "", weak: str = "") -> tuple[int, list[str]]:
    (folder / "pip_audit.py").write_text(STAND_IN, encoding="utf-8")
    env = {"PYTHONPATH": str(folder), "PYTHONUTF8": "1", "SAYS": says, "WEAK": weak, "SYSTEMROOT": ""}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, locks)], env=env, check=False, text=True, encoding="utf-8", capture_output=True
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines()


def test_all_locks_are_audited_and_only_a_whole_audit_passes(tmp_path: Path) -> None:
    code, lines = run(tmp_path)
    assert code == 0, lines
    assert [line.split(":")[0] for line in lines] == [lock.name for lock in LOCKS]
    assert all(int(line.split()[1]) > 10 for line in lines)
    for says in ("nothing", "broken"):
        code, lines = run(tmp_path, says=says)
        assert code == 1
        assert "  nothing was audited" in lines


def test_a_weakness_in_a_pin_of_another_python_fails(tmp_path: Path) -> None:
    lock = tmp_path / "x.txt"
    lock.write_text(LOCK, encoding="utf-8")
    assert run(tmp_path, lock) == (0, ["x.txt: 3 packages audited, 0 faults"])
    for weak in PINS:
        code, lines = run(tmp_path, lock, weak="==".join(weak))
        assert code == 1
        assert lines[1:] == [f"  {weak[0]} {weak[1]}: PYSEC-1 (no alias), mended in no version"]


@pytest.mark.parametrize("text", ["", "# empty\n", "x>=1\n", None])
def test_a_lock_without_packages_fails(tmp_path: Path, text: str | None) -> None:
    lock = tmp_path / "x.txt"
    if text is not None:
        lock.write_text(text, encoding="utf-8")
    assert run(tmp_path, lock)[0] == 1


def test_it_runs_every_week_with_a_locked_auditor() -> None:
    workflow = yamls.read(PROJECT / ".github" / "workflows" / "audit.yml")
    assert [len(each["cron"].split()) for each in workflow[True]["schedule"]] == [5]
    assert workflow[True]["schedule"][0]["cron"].split()[2:4] == ["*", "*"]
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert "permissions" not in job
    script = job["steps"][-1]["run"].splitlines()
    assert script[-1] == ".venv-audit/bin/python .ci/audit.py"
    assert any("--require-hashes --requirement requirements/audit.txt" in line for line in script)
