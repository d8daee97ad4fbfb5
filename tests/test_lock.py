"""The locks are complete: whatever a locked package asks for is locked too, so that an install needs to look for nothing."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any

import pytest
from conftest import PROJECT
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Environment = Mapping[str, str]
    Requires = Callable[[str, str], Sequence[str] | None]
    """What the package of that name and version asks for, or nothing where it cannot be told."""

SITE, TEST = "requirements/site.txt", "requirements/test.txt"
GROUPS = {SITE: ("build",), TEST: ("build", "test")}
"""Dependency groups that a lock holds, beside the project's own requirements and its extras."""
EXTRAS = ("workbook", "parquet", "import")
UNLOCKED = {"import-scan": "330 MB for what few need: no test needs it (a stand-in sees for the engines), and neither does the site"}
"""Extras that no lock holds, with the reason."""
TEXTS = {path: (PROJECT / path).read_text(encoding="utf-8") for path in GROUPS}
PYPROJECT: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


HERE: Environment = {name: str(value) for name, value in default_environment().items()}
"""The machine that runs the tests: here every package is installed and can be asked."""


def environment(python: str, system: str, machine: str) -> Environment:
    """The values of markers on a machine."""
    return {
        **HERE,
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}[system],
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": system,
    }


ELSEWHERE = {
    f"{python} {system} {machine}": environment(python, system, machine)
    for python in ("3.11.0", "3.11.7", "3.12.2", "3.13.0", "3.14.0")
    for system, machine in (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"))
}
"""Machines that the locks are made for: a package is asked there if the lock has it there in the version that is installed here."""
MACHINES = {"here": HERE, **ELSEWHERE}

each_lock = pytest.mark.parametrize("path", GROUPS)
each_machine = pytest.mark.parametrize("machine", MACHINES)


# -- reading a lock -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pin:
    """One entry of a lock."""

    requirement: Requirement
    hashes: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (pinned,) = self.requirement.specifier
        assert pinned.operator == "=="
        assert not pinned.version.endswith("*")
        return pinned.version

    def holds(self, machine: Environment) -> bool:
        """Whether the entry is for this machine."""
        return self.requirement.marker is None or self.requirement.marker.evaluate(dict(machine))


def read_lock(text: str) -> tuple[Pin, ...]:
    """Entries of a lock, in their order; anything but pins with hashes is refused."""
    pins = []
    for entry in re.sub(r"\\\n\s*", " ", text).splitlines():
        stated, *hashes = re.split(r"\s+--hash=", entry.strip())
        pins.append(Pin(Requirement(stated), tuple(hashes)))
    return tuple(pins)


def on(lock: Iterable[Pin], machine: Environment) -> dict[str, Pin]:
    """The packages of a lock on a machine, by name."""
    pins = [pin for pin in lock if pin.holds(machine)]
    assert [name for name, times in Counter(pin.name for pin in pins).items() if times > 1] == []
    return {pin.name: pin for pin in pins}


LOCKS = {path: read_lock(text) for path, text in TEXTS.items()}


# -- what a lock lacks ----------------------------------------------------------------------------------------------------


@cache
def parsed(stated: str) -> Requirement:
    """A requirement; the same ones are met on every machine."""
    return Requirement(stated)


@dataclass(frozen=True)
class Asked:
    """That a package, or the project itself, asks for another."""

    by: str
    extra: str
    stated: str

    @property
    def wanted(self) -> Requirement:
        return parsed(self.stated)

    @property
    def name(self) -> str:
        return canonicalize_name(self.wanted.name)

    def applies(self, machine: Environment) -> bool:
        """Whether it is asked for on this machine."""
        return self.wanted.marker is None or self.wanted.marker.evaluate({**machine, "extra": self.extra})

    def fault(self, pin: Pin | None) -> str:
        """What is wrong with the pin that should give it, in plain words; empty if nothing is."""
        asks = f"{self.by}[{self.extra}] asks for {self.stated}" if self.extra else f"{self.by} asks for {self.stated}"
        if pin is None:
            return f"{asks}, which is not locked"
        if not self.wanted.specifier.contains(pin.version, prereleases=True):
            return f"{asks}, but {pin.version} is locked"
        # A package that gathers extras of its own (`all`) has them followed all the same; the pin names what others ask for.
        stripped = sorted({*map(canonicalize_name, self.wanted.extras)} - {*map(canonicalize_name, pin.requirement.extras)})
        return f"{asks}, but {pin.name} is locked without [{','.join(stripped)}]" if stripped and self.by != self.name else ""


def asked_for(pins: Mapping[str, Pin], roots: Iterable[str], requires: Requires, machine: Environment) -> set[Asked]:
    """All that the roots and the locked packages ask for on a machine, with the extras of the pins and those that are asked for."""

    def by(pin: Pin, extras: Iterable[str]) -> Iterator[Asked]:
        return (Asked(pin.name, extra, stated) for extra in extras for stated in requires(pin.name, pin.version) or ())

    waiting = [Asked("the project", "", stated) for stated in roots]
    waiting += [each for pin in pins.values() for each in by(pin, ("", *pin.requirement.extras))]
    found: set[Asked] = set()
    while waiting:
        each = waiting.pop()
        if each not in found and each.applies(machine):
            found.add(each)
            if each.name in pins:
                waiting += by(pins[each.name], each.wanted.extras)
    return found


def lacking(pins: Mapping[str, Pin], roots: Iterable[str], requires: Requires, machine: Environment) -> list[str]:
    """What is asked for on a machine and the pins do not give, in plain words."""
    return sorted(filter(None, {each.fault(pins.get(each.name)) for each in asked_for(pins, roots, requires, machine)}))


@cache
def installed(name: str, version: str) -> Sequence[str] | None:
    """What an installed package asks for, if it is that version which is installed."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    return (found.requires or []) if found.version == version else None


def roots(path: str) -> list[str]:
    """What the project itself asks for and a lock is made of."""
    project, groups = PYPROJECT["project"], PYPROJECT["dependency-groups"]
    stated = [
        project["dependencies"],
        *(project["optional-dependencies"][extra] for extra in EXTRAS),
        *(groups[group] for group in GROUPS[path]),
    ]
    flat = [each for some in stated for each in some]
    assert flat
    assert all(isinstance(each, str) for each in flat)
    return flat


@each_lock
def test_what_is_installed_is_what_is_locked(path: str) -> None:
    """Else what follows would ask other packages than the lock names: `make test` sets them up."""
    pins = on(LOCKS[path], HERE)
    assert len(pins) > len(roots(path))
    assert {name: pin.version for name, pin in pins.items() if installed(name, pin.version) is None} == {}


@each_lock
@each_machine
def test_all_that_is_asked_for_is_locked(path: str, machine: str) -> None:
    assert lacking(on(LOCKS[path], MACHINES[machine]), roots(path), installed, MACHINES[machine]) == []


@each_lock
def test_nothing_is_locked_that_nothing_asks_for(path: str) -> None:
    """So that whatever is taken out of a lock is missed by the test above."""
    pins = on(LOCKS[path], HERE)
    assert pins.keys() - {each.name for each in asked_for(pins, roots(path), installed, HERE)} == set()


@each_lock
def test_most_packages_can_be_asked_on_every_machine(path: str) -> None:
    """A version that only another Python takes cannot be asked here; there are few, or the test above would show nothing."""
    for machine in ELSEWHERE.values():
        pins = on(LOCKS[path], machine)
        unknown = [name for name, pin in pins.items() if installed(name, pin.version) is None]
        assert len(unknown) < len(pins) / 10, unknown


def test_every_extra_and_group_of_the_project_is_locked_but_for_a_reason() -> None:
    assert set(PYPROJECT["project"]["optional-dependencies"]) == {*EXTRAS, *UNLOCKED}
    assert set(PYPROJECT["dependency-groups"]) == {*GROUPS[TEST], "audit"}


def test_the_auditor_is_locked_by_itself_with_hashes() -> None:
    """It is installed nowhere but in the weekly audit, where `pip check` says whether the lock is whole."""
    lock = read_lock((PROJECT / "requirements" / "audit.txt").read_text(encoding="utf-8"))
    assert all(pin.hashes and pin.version for pin in lock)
    assert {canonicalize_name(Requirement(each).name) for each in PYPROJECT["dependency-groups"]["audit"]} <= on(lock, HERE).keys()


# -- a lock that lacks something --------------------------------------------------------------------------------------------

MADE_UP = {
    "report": ["table>=2", "chart[svg]~=1.4 ; python_version >= '3.11'", "console ; sys_platform == 'win32'"],
    "table": ["cell", "colour ; extra == 'print'"],
    "chart": ["chart[svg,png] ; extra == 'all'", "paths>=1 ; extra == 'svg'", "pixels ; extra == 'png'"],
    "paths": ["numbers<3"],
}
"""What made-up packages ask for."""
COMPLETE = {"report==1.0", "table==2.1", "cell==0.1", "chart[svg]==1.4.2", "paths==1.1", "numbers==2.0"}


def lock_of(stated: Iterable[str]) -> tuple[Pin, ...]:
    """A lock of these pins."""
    return tuple(Pin(Requirement(each)) for each in sorted(stated))


def made_up(name: str, _: str) -> Sequence[str]:
    """What a made-up package asks for."""
    return MADE_UP.get(name, [])


@pytest.mark.parametrize(
    "without,plus,root,told",
    [
        pytest.param(set(), set(), "report", [], id="complete"),
        pytest.param({"report==1.0"}, set(), "report", ["the project asks for report, which is not locked"], id="a root"),
        pytest.param(set(), set(), "report<1", ["the project asks for report<1, but 1.0 is locked"], id="version of a root"),
        pytest.param({"cell==0.1"}, set(), "report", ["table asks for cell, which is not locked"], id="a requirement"),
        pytest.param({"table==2.1"}, {"table==1.9"}, "report", ["report asks for table>=2, but 1.9 is locked"], id="version"),
        pytest.param({"numbers==2.0"}, {"numbers==3.0"}, "report", ["paths asks for numbers<3, but 3.0 is locked"], id="two steps away"),
        pytest.param(
            {"chart[svg]==1.4.2"},
            {"chart==1.4.2"},
            "report",
            ["report asks for chart[svg]~=1.4 ; python_version >= '3.11', but chart is locked without [svg]"],
            id="an extra stripped from its pin",
        ),
        pytest.param(
            {"paths==1.1"}, set(), "report", ["chart[svg] asks for paths>=1 ; extra == 'svg', which is not locked"], id="of an extra"
        ),
        pytest.param(
            {"chart[svg]==1.4.2"},
            {"chart[png,svg]==1.4.2"},
            "report",
            ["chart[png] asks for pixels ; extra == 'png', which is not locked"],
            id="of a pin's extra",
        ),
        pytest.param(
            {"report==1.0"},
            {"report==1.0 ; python_version >= '4'"},
            "report",
            ["the project asks for report, which is not locked"],
            id="locked for another Python only",
        ),
    ],
)
def test_what_a_lock_lacks_is_told(without: set[str], plus: set[str], root: str, told: list[str]) -> None:
    machine = ELSEWHERE["3.12.2 linux x86_64"]
    assert lacking(on(lock_of(COMPLETE - without | plus), machine), [root], made_up, machine) == told


def test_an_extra_that_asks_for_extras_of_its_own_package_is_followed_to_its_end() -> None:
    machine = ELSEWHERE["3.12.2 linux x86_64"]
    told = lacking(on(lock_of({"chart[all,png,svg]==1.4.2", "paths==1", "numbers==1"}), machine), ["chart[all]"], made_up, machine)
    assert told == ["chart[png] asks for pixels ; extra == 'png', which is not locked"]


def test_a_marker_is_read_for_the_machine_that_is_meant() -> None:
    machine = {**ELSEWHERE["3.12.2 linux x86_64"], "sys_platform": "win32"}
    told = lacking(on(lock_of(COMPLETE), machine), ["report"], made_up, machine)
    assert told == ["report asks for console ; sys_platform == 'win32', which is not locked"]


def test_a_package_locked_twice_for_one_machine_is_refused() -> None:
    with pytest.raises(AssertionError):
        on(lock_of({"table==1", "table==2 ; python_version >= '3'"}), HERE)


# -- hashes, addresses, agreement --------------------------------------------------------------------------------------------

ADDRESS = re.compile(r"://|\s@\s|^-|--(?!hash=sha256:)|\bfile:|\\\\", re.MULTILINE)
"""What would name a place to take a package from: an address, a direct reference, an option of pip."""


@each_lock
def test_every_pin_has_its_hashes(path: str) -> None:
    assert LOCKS[path]
    assert [pin.name for pin in LOCKS[path] if not pin.hashes] == []
    wrong = [(pin.name, each) for pin in LOCKS[path] for each in pin.hashes if not re.fullmatch(r"sha256:[0-9a-f]{64}", each)]
    assert wrong == []


@each_lock
def test_a_lock_holds_no_addresses(path: str) -> None:
    assert ADDRESS.findall(TEXTS[path]) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index" + "-url https:" + "//a.invalid/",
        "--find-links wheels",
        "-e .",
        "table @ file:table.whl",
        "table @ https:" + "//a.invalid/table.whl",
    ],
)
def test_an_address_would_be_found(line: str) -> None:
    assert ADDRESS.search(f"cell==1 \\\n    --hash=sha256:{'0' * 64}\n{line}\n")
    assert not ADDRESS.search(f"cell==1 \\\n    --hash=sha256:{'0' * 64}\n")


@each_machine
def test_the_tests_run_with_the_packages_of_the_site(machine: str) -> None:
    """Setting up the tests changes nothing of what the site is built with."""
    site, test = (on(LOCKS[path], MACHINES[machine]) for path in (SITE, TEST))
    assert {name: (pin.version, pin.hashes) for name, pin in site.items()} == {
        name: (pin.version, pin.hashes) for name, pin in test.items() if name in site
    }
    assert {name: sorted(pin.requirement.extras - test[name].requirement.extras) for name, pin in site.items()} == {
        name: [] for name in site
    }


# -- the tools of the scripts -----------------------------------------------------------------------------------------------


def test_the_tools_of_the_scripts_are_locked_without_addresses() -> None:
    """Every package has its hash, none an address, and those for other systems than this one are there too."""
    text = (PROJECT / "package-lock.json").read_text(encoding="utf-8")
    packages: dict[str, dict[str, Any]] = dict(json.loads(text)["packages"])
    stated = json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))
    root = packages.pop("")
    assert "://" not in text
    assert root["devDependencies"] == stated["devDependencies"]
    assert root["devDependencies"] == {name: packages[f"node_modules/{name}"]["version"] for name in stated["devDependencies"]}
    assert "dependencies" not in stated  # the site itself needs none
    assert [path for path, entry in packages.items() if not entry["integrity"].startswith("sha512-") or "resolved" in entry] == []
    wanted = {name for entry in packages.values() for key in ("dependencies", "optionalDependencies") for name in entry.get(key, {})}
    assert sorted(name for name in wanted if f"node_modules/{name}" not in packages) == []
