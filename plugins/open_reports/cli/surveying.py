"""What `check` is asked to look at: a folder of packages, an agency's folder, one package, a file of one, or a clerk's workbook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import click

from open_reports.checks.batch import survey
from open_reports.checks.counting import together
from open_reports.checks.workbook import checked_workbook
from open_reports.cli.options import ROOT
from open_reports.errors import IntakeError
from open_reports.gate import read_text
from open_reports.intake.words import refusal
from open_reports.library import AGENCY

if TYPE_CHECKING:
    from open_reports.checks.cache import Kept
    from open_reports.checks.counting import Passed
    from open_reports.finding import Finding


class Surveyed(NamedTuple):
    """Findings of a folder of packages, and the folder with its name in them; `passed` are the checks that hold or cannot be tested."""

    root: Path
    place: str
    findings: tuple[Finding, ...]
    passed: Passed

    def lines(self) -> dict[str, list[str]]:
        """Lines of the files that findings speak of, as far as they can be read safely."""
        files = {each.file for each in self.findings if each.file and each.row is not None}
        found = {}
        for file in sorted(files):
            # Through the gate again: what is shown of a file is as little trusted as the file.
            _, text, _ = read_text(str(self.root / file.removeprefix(f"{self.place}/")), file)
            if text is not None:
                found[file] = text.split("\n")
        return found


def surveyed(path: Path) -> Surveyed:
    """Findings of a folder of packages, of an agency's folder, or of one package, which any file or folder in it stands for."""
    if path.suffix.lower() == ".xlsx" and path.is_file():
        return _checked_workbook(path)
    path = _whole(path)
    full = path.resolve()
    only: tuple[tuple[str, int | None], ...]
    if (path / "datapackage.json").is_file() or (full.name.isdigit() and (full.parent / AGENCY).exists()):
        if not full.name.isdigit():
            raise click.UsageError(f"{path}：数据包的文件夹名应为年份，如 2024 / a package's folder is named by its year, such as 2024")
        root, only = full.parents[1], ((full.parent.name, int(full.name)),)
    elif (path / AGENCY).is_file():
        root, only = full.parent, ((full.name, None),)
    else:
        root, only = full, ()
    # As every system, SARIF and GitHub take it: Windows alone writes it with backslashes, and reads it with either.
    place = (path.as_posix() if not only else place_of(root)).rstrip("/")
    with _Progress() as progress:
        return _surveyed(root, place, survey(root, place=place, only=only, progress=progress))


def _surveyed(root: Path, place: str, found: Kept) -> Surveyed:
    return Surveyed(root, place, found.findings, together(found.passed.values()))


def _checked_workbook(path: Path) -> Surveyed:
    """Findings of a workbook that `new --workbook` made and somebody filled in."""
    place = place_of(path.resolve())
    try:
        return _surveyed(path.parent, place, checked_workbook(path, Path(ROOT), place))
    except IntakeError as error:
        raise click.UsageError(f"{place}：{refusal(error, 'zh')} / {refusal(error, 'en')}") from None


def _whole(path: Path) -> Path:
    """Folder of the package or agency that a file, or the folder `data`, is part of; any other path as it is."""
    full = path.resolve()
    # No file can be checked alone: a sum needs whole tables, a descriptor states every file.
    folder = full.parent if full.is_file() else full
    folder = folder.parent if folder.name == "data" else folder
    known = (folder / AGENCY).is_file() or (folder.name.isdigit() and (folder.parent / AGENCY).is_file())
    return folder if known and folder != full else path


class _Progress:
    """A bar on the terminal's error stream; silent where nobody watches."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def __call__(self, done: int, count: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=count, label="检查 / checking", file=sys.stderr)
        self._bar.update(done - self._bar.pos)


def place_of(root: Path) -> str:
    """How messages call a folder: from where the command was given, else by its name."""
    here = Path.cwd()
    return root.relative_to(here).as_posix() if root.is_relative_to(here) else root.name
