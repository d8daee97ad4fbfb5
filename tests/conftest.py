"""What several test modules share: the real library, a made-up corpus, and eyes on what the process opens."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import made_up
import pytest
import tiers
from compiled import Compiled
from hypothesis import settings
from jinja2 import Environment
from judged import Remembering
from open_reports.checks.check import check
from open_reports.derived import indicator, series
from open_reports.derived.doubt import NONE
from open_reports.intake.labels import Lexicon
from open_reports.library import open_library
from open_reports.report import judging, read
from patience import PATIENCE
from website import Chromium, chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from open_reports.finding import Finding
    from open_reports.form import Forms
    from open_reports.library import Library
    from open_reports.report import Reading, Report

PROJECT = Path(__file__).parent.parent
REPORTS, AGENCIES = 35, 20
"""How many reports of how many agencies the project keeps in `datapackages/`: said here, so that one that is lost or doubled fails."""

# A slow machine is no fault of the code, so no example has a deadline; forty examples a law keep the suite short.
settings.register_profile("project", deadline=None, max_examples=40)
settings.load_profile("project")


# -- tiers --------------------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test the marker of whatever its fixtures start."""
    for item in items:
        if isinstance(item, pytest.Function):
            for name in item.fixturenames:
                for definition in item._fixtureinfo.name2fixturedefs.get(name, ()):
                    if tier := tiers.started(definition.func):
                        item.add_marker(tier)
        if any(item.get_closest_marker(tier) for tier in tiers.TIERS):
            item.add_marker("unmeasured")  # what a browser or a build goes through is measured where it is tested by itself


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among the modules and the ten thousand cases, which stay until the end.

    Python would go through all of them again and again: a tenth of the time of tests that make many small things.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let only tests of a tier start what it is named after, and keep coverage from following those that need not be measured.

    Followed line by line, the tests without a browser cost twice their time (197 s and 381 s of the processor's).
    """
    tiers.enter(frozenset(marker.name for marker in item.iter_markers()))
    following = item.config.pluginmanager.getplugin("_cov") if item.get_closest_marker("unmeasured") else None
    if following:
        following.cov_controller.pause()
    try:
        return (yield)
    finally:
        if following:
            following.cov_controller.resume()
        tiers.leave()


@pytest.fixture(scope="session")
def running_chromium() -> Iterator[Chromium]:
    """The browser of this process."""
    with chromium() as running:
        yield running


# -- the judge ----------------------------------------------------------------------------------------------------------

_judge = Remembering(judging._judge_values)


@pytest.fixture(scope="session", autouse=True)
def remembering_judge() -> Iterator[None]:
    """Have frictionless judge a value once in a process, not once in a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_judge_values", _judge)
        yield


@pytest.fixture(scope="module")
def forgetful_judge(remembering_judge: None) -> Iterator[None]:
    """The judge as he is, for the tests that are about him."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_judge_values", _judge.judge_values)
        yield


# -- the labels of the forms ----------------------------------------------------------------------------------------------


class Lexicons:
    """Stands in the place of `Lexicon.of` and makes the labels of a table once, with what they were found to match.

    A lexicon says of a text always the same, and forgets nothing from one original to the next; to match the texts of an original was a
    fifth of what reading it takes, and the tests read thousands of nearly the same.
    """

    def __init__(self, make: Callable[[Forms, str], Lexicon]) -> None:
        self.make = make
        self._of: Forms | None = None
        self._made: dict[str, Lexicon] = {}

    def __call__(self, known: Forms, table: str) -> Lexicon:
        if self._of is not known:  # a test reads forms of its own
            self._of = known
            self._made.clear()
        if table not in self._made:
            self._made[table] = self.make(known, table)
        return self._made[table]


@pytest.fixture(scope="session", autouse=True)
def remembering_lexicons() -> Iterator[None]:
    """Have the labels of the forms made once in a process, not once an original."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lexicon, "of", Lexicons(Lexicon.of))
        yield


# -- templates ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def remembering_templates() -> Iterator[None]:
    """Have Jinja compile a template once in a process, not once a build."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", Compiled().method())
        yield


# -- names of cases -----------------------------------------------------------------------------------------------------

LONGEST = 60
"""Characters of one parameter in the name of a case."""


def _spelt(value: object) -> str | None:
    """What a parameter is, on one line; None for what pytest itself names well enough, numbers and classes among them."""
    if isinstance(value, str):
        return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in value.replace("\n", " ").strip()) or None
    if isinstance(value, bytes):
        return repr(value)[1:]
    if isinstance(value, Mapping):
        return ",".join(f"{_spelt(key) or key}={_spelt(each) or each}" for key, each in value.items())
    if isinstance(value, Sequence):
        return ",".join(str(_spelt(each) or each) for each in value)
    # Only what has a spelling of its own: a `repr` may hold an address or a set, which another process spells otherwise.
    return None if isinstance(value, type) or type(value).__str__ is object.__str__ else str(value)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a case after what it is about, not `value7`, and in so few words that the list of cases can be read."""
    spelt = _spelt(val)
    if spelt is None or " at 0x" in spelt:  # an address, of something inside a list
        return None
    return spelt if len(spelt) <= LONGEST else f"{spelt[: LONGEST - 1]}…"


# -- what is read once ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def packages() -> Path:
    """Folder of the project's own packages."""
    return PROJECT / "datapackages"


@pytest.fixture(scope="session")
def library(packages: Path) -> Library:
    """The project's own packages, read once."""
    return open_library(packages)


@pytest.fixture(scope="session")
def findings(library: Library) -> tuple[Finding, ...]:
    """Every finding of the project's own packages."""
    return check(library)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of twenty made-up packages: three agencies, the third with six years."""
    root = tmp_path_factory.mktemp("corpus") / "datapackages"
    made_up.write_corpus(root, 20)
    return root


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[made_up.Package], Reading]:
    """Write a made-up package and read it back."""

    def written_and_read(package: made_up.Package) -> Reading:
        folder = package.write(tmp_path / f"written-{len(list(tmp_path.iterdir()))}")
        return read(folder, f"datapackages/{package.path}", agency=package.agency, year=package.year)

    return written_and_read


@pytest.fixture
def report(reading: Callable[[made_up.Package], Reading]) -> Callable[[made_up.Package], Report]:
    """Write a made-up package that is sound and read it back."""

    def sound(package: made_up.Package) -> Report:
        found, faults = reading(package)
        assert faults == ()
        assert found is not None
        return found

    return sound


def with_cells(report: Report, cells: dict[str, str]) -> Report:
    """The same report with other texts in some cells (address to text), as if its CSV files said so."""
    tables = dict(report.tables)
    for address, text in cells.items():
        name, line, column = address.split("/")
        table = tables[name]
        row = list(table.rows[line])
        row[list(table.form.columns).index(column)] = text
        tables[name] = replace(table, rows={**table.rows, line: tuple(row)})
    return replace(report, tables=tables)


@pytest.fixture
def undoubted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that a test sets add up with nothing else; what is asked here is what becomes of the numbers themselves."""
    for module in (series, indicator):
        monkeypatch.setattr(module, "doubts", lambda *_: NONE)


# -- what the process opens ---------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """What was opened or called while it watched: `opened` paths, `called` audit events that no reading needs."""

    opened: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def note(self, event: str, args: tuple[Any, ...]) -> None:
        if event in {"open", "os.scandir", "os.listdir"}:
            if not isinstance(args[0], int):  # a number is a file that was opened by its path before
                self.opened.append(str(Path(str(args[0] if args[0] is not None else ".")).absolute()))
        elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "urllib.", "ctypes.dlopen")):
            self.called.append(event)

    def outside(self, *folders: Path) -> list[str]:
        """Paths opened that stand in none of the folders."""
        return [path for path in self.opened if not any(Path(path).is_relative_to(folder) for folder in folders)]


_watching: list[Watch] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    for each in _watching:
        each.note(event, args)


sys.addaudithook(_hook)  # a hook can never be taken out again, so there is one, and it listens only when asked


@contextmanager
def watching() -> Iterator[Watch]:
    """Listen to every file opened, folder listed and connection made."""
    watch = Watch()
    _watching.append(watch)
    try:
        yield watch
    finally:
        _watching.remove(watch)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` when the block takes longer, so that what hangs fails instead of holding everything up."""
    if not hasattr(signal, "setitimer"):  # Windows: there a test that hangs is ended by the job's own clock
        yield
        return

    def late(*_: object) -> None:
        message = f"took longer than {seconds} s"
        raise TimeoutError(message)

    # Time on the processor, so that a busy machine fails nothing; a wait for what never comes is caught by the clock.
    before = {kind: signal.signal(kind, late) for kind in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for kind, handler in before.items():
            signal.signal(kind, handler)
