"""Are the checks checked? Core modules are broken in every way that mutmut knows, and the tests must notice: `python tests/mutation [MODULE...]`.

`modules.yml` beside this file names the modules and the tests that are asked about each; `survivors.yml` lists the changes that no test
notices, each with its reason: one that is `equivalent` changes nothing that anyone could see and is not counted, one that is `left` is.
A change is known by its function and by the lines that it changes, so that the list holds when lines move. Printed is for each module how
many changes were tried, how many of them a test noticed, and whatever is not as it is listed; it fails below `LEAST`, at a survivor that is
not listed and at a listed one that is none any more.

mutmut is installed into an environment of its own, which borrows the packages of the tests. It needs the network for that, and takes
minutes a module, so it is no part of `make test` or of CI. `--folder` says where to work, and keeps what was made there: run again, it asks
only about code that has changed since and about what was not noticed. `mutmut browse` in the folder of a module shows each change.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.document import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LEAST = 95
"""Per cent of the changes that are not equivalent which the tests have to notice, in each module and in all."""

# What was tried; the list names changes as this release makes them.
_TOOL = "mutmut==3.8.1"
_PLUGINS = ("no:cacheprovider", "_hypothesis_pytestplugin", "mutation.forgetful")
_MARKS = "not browser and not build and not long and not office"
_SHOW = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
path, *names = sys.argv[1:]
print(json.dumps({name: get_diff_for_mutant(name, path=path) for name in names}))
"""
_NOTICED = frozenset({"killed", "timeout", "segfault"})  # the last two: it ran into the limit of its processor time
_UNNOTICED = frozenset({"survived", "no tests"})
_RESULT = re.compile(r"^ +(\S+): (.+)$", re.MULTILINE)
_NAME = re.compile(r"\.x(?:_|ǁ(?P<class>\w+)ǁ)(?P<function>\w+)__mutmut_\d+$")


class Change(NamedTuple):
    """A change of a module that no test noticed: the function it is in, the lines it takes away and those that it puts there."""

    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.function}: {self.before or '(nothing)'}  ->  {self.after or '(nothing)'}"


@dataclass(frozen=True)
class Listed:
    """What is said of the survivors of a module: reasons of those that are equivalent, and of those that are left."""

    equivalent: Mapping[Change, str]
    left: Mapping[Change, str]
    times: Counter[Change]


@dataclass(frozen=True)
class Tally:
    """What a run over a module has shown."""

    module: str
    tried: int
    survivors: Counter[Change]
    listed: Listed

    @property
    def equivalent(self) -> int:
        """How many of the survivors are listed as equivalent."""
        return sum(count for change, count in self.survivors.items() if change in self.listed.equivalent)

    @property
    def noticed(self) -> int:
        """How many changes some test noticed."""
        return self.tried - self.survivors.total()

    @property
    def counted(self) -> int:
        """How many changes were there to be noticed."""
        return self.tried - self.equivalent

    def complaints(self) -> list[str]:
        """What is not as it is listed, a line each."""
        return [
            *(
                f"not listed: {change}" + (f" ({count} times)" if count > 1 else "")
                for change, count in (self.survivors - self.listed.times).items()
            ),
            *(f"listed, but noticed or gone: {change}" for change in self.listed.times - self.survivors),
        ]


def share(noticed: int, counted: int) -> float:
    """Per cent of what there was to notice."""
    return 100 * noticed / counted if counted else 100.0


def told(tallies: Sequence[Tally]) -> tuple[list[str], int]:
    """What a run says of its modules, and its exit code."""
    lines = [f"{'module':32}{'changes':>8}{'equivalent':>11}{'noticed':>8}{'left':>6}{'score':>8}"]
    failed = False
    for each in tallies:
        lines.append(_row(each.module, each.tried, each.equivalent, each.noticed))
        complaints = each.complaints()
        lines += [f"    {line}" for line in complaints]
        failed |= bool(complaints) or share(each.noticed, each.counted) < LEAST
    lines.append(_row("all", *(sum(getattr(each, name) for each in tallies) for name in ("tried", "equivalent", "noticed"))))
    lines.append(
        f"{'FAILED' if failed else 'as it should be'}: at least {LEAST} % of each module, and every survivor listed with its reason"
    )
    return lines, int(failed)


def _row(name: str, tried: int, equivalent: int, noticed: int) -> str:
    counted = tried - equivalent
    return f"{name:32}{tried:8}{equivalent:11}{noticed:8}{counted - noticed:6}{share(noticed, counted):7.1f}%"


# -- the lists ----------------------------------------------------------------------------------------------------------


def modules(kind: str = "covered") -> dict[str, list[str]]:
    """Each module that is `covered`, or `waiting` to be, below `open_reports`, with its tests."""
    found: dict[str, list[str]] = _yaml(HERE / "modules.yml")[kind]
    return found


def listed(entries: Iterable[Mapping[str, Any]]) -> Listed:
    """Read what is listed of a module."""
    equivalent: dict[Change, str] = {}
    left: dict[Change, str] = {}
    times: Counter[Change] = Counter()
    for entry in entries:
        change = Change(entry["in"], _lines(entry["before"]), _lines(entry["after"]))
        reasons = {kind: entry[kind] for kind in ("equivalent", "left") if str(entry.get(kind) or "").strip()}
        if len(reasons) != 1 or change in times:
            message = (
                f"{change}: wants one reason, `equivalent` or `left`, and to be listed once, with `times` if the function has it oftener"
            )
            raise ValueError(message)
        (equivalent if "equivalent" in reasons else left)[change] = next(iter(reasons.values()))
        times[change] = entry.get("times", 1)
    return Listed(equivalent, left, times)


def survivors() -> dict[str, Listed]:
    """The list of survivors, by module."""
    return {module: listed(entries) for module, entries in _yaml(HERE / "survivors.yml").items()}


def _yaml(path: Path) -> Any:
    return parse_yaml(path.read_text(encoding="utf-8")) or {}


def _lines(text: str) -> str:
    """Lines without their indents: those change when code is moved into a branch."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


# -- the tool -----------------------------------------------------------------------------------------------------------


def change(name: str, diff: str) -> Change:
    """A change as it is listed, from mutmut's name for it and from what it shows of it."""
    named = _NAME.search(name)
    assert named, name
    function = ".".join(part for part in named.group("class", "function") if part)
    body = diff[diff.index("\n@@") :].splitlines()
    before, after = ("\n".join(line[1:] for line in body if line.startswith(sign)) for sign in "-+")
    return Change(function, _lines(before), _lines(after))


def _installed(folder: Path) -> Path:
    """Make the tool's environment, which sees the packages of the running one behind its own; returns its Python."""
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _TOOL], check=True)
        borrowed = [path for path in sys.path if Path(path).name == "site-packages"]
        own = next((folder / "venv").glob("lib/python*/site-packages"))
        (own / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return python


def _prepared(folder: Path, module: str, tests: Sequence[str]) -> Path:
    """Lay out the project as mutmut wants it: what it changes in `src/`, and the rest where the changed code will stand.

    mutmut knows code by its path below `src/`, and runs the tests in `mutants/`. There the tests find `plugins/` as a link to `src/`.
    """
    room = folder / module
    inside = room / "mutants"
    files = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    for name in files.decode().split("\0"):
        source = ROOT / name
        if source.is_file():
            target = room / "src" / Path(name).relative_to("plugins") if name.startswith("plugins/") else inside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    path = _path(module)
    if not (inside / "plugins").exists():
        (inside / "src").mkdir()
        (inside / "plugins").symlink_to("src", target_is_directory=True)
    _ask_survivors_again(inside / f"{path}.meta")
    (room / path).write_text(changeable((room / path).read_text(encoding="utf-8")), encoding="utf-8")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [path],
        "pytest_add_cli_args_test_selection": [_node(name) for name in tests if not name.startswith("-")],
        # The same examples each time, so that who survives once does so again.
        "pytest_add_cli_args": [
            *(f"-p{each}" for each in _PLUGINS),
            *(f"--deselect={_node(name[1:])}" for name in tests if name.startswith("-")),
            "--hypothesis-seed=0",
            "-m",
            _MARKS,
        ],
    }
    told = "".join(f"{key} =\n" + "".join(f"    {value}\n" for value in values) for key, values in settings.items())
    (room / "setup.cfg").write_text(f"[mutmut]\n{told}use_git_change_detection = false\n", encoding="utf-8")
    return room


def _path(module: str) -> str:
    return f"src/open_reports/{module.replace('.', '/')}.py"


def _node(name: str) -> str:
    """What pytest calls a file of tests, or a test of one."""
    file, colons, test = name.partition("::")
    return f"tests/{file}.py{colons}{test}"


def _ask_survivors_again(results: Path) -> None:
    """In a folder that was kept, ask the tests about what they did not notice then; mutmut itself sees where the code has changed."""
    if results.exists():
        known = json.loads(results.read_text(encoding="utf-8"))
        known["exit_code_by_key"] = {name: code if code == 1 else None for name, code in known["exit_code_by_key"].items()}
        results.write_text(json.dumps(known), encoding="utf-8")


def changeable(source: str) -> str:
    """The same module as mutmut can change all of it.

    It passes over whatever is decorated, so each decorator is applied after its function. And `strict=True` of `zip` goes, which only
    says that lists are of one length: no change of it could be noticed.
    """
    lines = [line.encode() for line in source.splitlines()]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "zip":
            for said in (said for said in node.keywords if said.arg == "strict"):
                line = lines[said.lineno - 1]
                # As many bytes as before, since the places of others on this line are counted in them.
                length = len(b"strict=True")
                lines[said.lineno - 1] = line[: said.col_offset] + b" " * length + line[said.col_offset + length :]
    source = "".join(f"{line.decode()}\n" for line in lines)
    texts = source.splitlines()
    after: dict[int, str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            called = node.name
            for decorator in reversed(node.decorator_list):
                called = f"{ast.unparse(decorator)}({called})"
            first, last = min(each.lineno for each in node.decorator_list), node.lineno
            texts[first - 1 : last - 1] = [""] * (last - first)
            assert node.end_lineno
            after[node.end_lineno] = f"{' ' * node.col_offset}{node.name} = {called}"
    return "".join(f"{line}\n" + (f"{after[number]}\n" if number in after else "") for number, line in enumerate(texts, start=1))


def run(folder: Path, module: str, tests: Sequence[str], known: Listed, children: int) -> Tally:
    """Try every change of a module."""
    python = _installed(folder)
    room = _prepared(folder, module, tests)
    # A file, so that nothing is kept there: what a changed check found must not be remembered for the next.
    home = room / "no-home"
    home.touch()
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OPEN_REPORTS")},
        "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]]),
        "XDG_CACHE_HOME": str(home),
        "PYTHONHASHSEED": "0",
        # To look for plugins among a hundred packages, and for what was never closed, takes longer than most changes live.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "-p no:unraisableexception",
        "PYTHONPATH": os.pathsep.join([str(room / "mutants" / "src"), str(room / "mutants" / "tests")]),
    }
    with (room / "log").open("w", encoding="utf-8") as log:
        command = [str(python.with_name("mutmut")), "run", "--max-children", str(children)]
        done = subprocess.run(command, cwd=room, env=env, check=False, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{module}: mutmut failed:\n{(room / 'log').read_text(encoding='utf-8')[-5000:]}")

    def said(*words: str | Path) -> str:
        return subprocess.run(words, cwd=room, env=env, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout

    results = dict(_RESULT.findall(said(python.with_name("mutmut"), "results", "--all", "true")))
    if odd := {name: status for name, status in results.items() if status not in _NOTICED | _UNNOTICED}:
        sys.exit(f"{module}: mutmut could not say whether these were noticed: {odd}")
    unnoticed = [name for name, status in results.items() if status in _UNNOTICED]
    # As `mutmut show` does, which starts anew for each.
    shown = json.loads(said(python, "-c", _SHOW, _path(module), *unnoticed))
    found = Counter(change(name, diff) for name, diff in shown.items())
    return Tally(module, len(results), found, known)


def main(words: Sequence[str]) -> int:
    """Run over the named modules, or all that are covered; returns the exit code."""
    covered = modules()
    named = {**covered, **modules("waiting")}
    parser = argparse.ArgumentParser(description="Break the core modules and see whether the tests notice.")
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help=f"{', '.join(covered)}; only if named: {', '.join(modules('waiting'))}"
    )
    parser.add_argument("--folder", type=Path, help="work in this folder and keep it")
    parser.add_argument("--children", type=int, default=1, help="how many changes to try at a time")
    asked = parser.parse_args(words)
    if strange := set(asked.modules) - set(named):
        parser.error(f"{', '.join(sorted(strange))}: none of {', '.join(named)}")
    known = survivors()
    with TemporaryDirectory() as temporary:
        folder = asked.folder.absolute() if asked.folder else Path(temporary)
        tallies = [run(folder, each, named[each], known.get(each, listed(())), asked.children) for each in asked.modules or covered]
    lines, code = told(tallies)
    print("\n".join(lines))  # noqa: T201 (the verdict)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
