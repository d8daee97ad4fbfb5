"""Damaged packages: the cases of `cases/packages/*.yml`, each a good package, what is done to it, and what must be found.

    cases()               every case
    build(case, folder)   the packages of a case, on disk, with something outside them that must never be read

A case states `name`, `do` (edits, in order) and `finds` (every error, in order). It may state `agency` and `year` of the package that is
damaged. The first key of an edit is its verb: a method of `_Hand`, with the other keys as its arguments. Paths are those below the
package; `agency.yml` is its agency's; a path that begins with `datapackages/` is below the folder of all packages.

`finds` compares `level`, `rule`, `code`, `file`, `row` and `column` (none, unless stated), and that the Chinese message contains `says`.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import made_up
import yamls

if TYPE_CHECKING:
    from open_reports.finding import Finding

FOLDER = Path(__file__).parent / "cases" / "packages"
ROOT = "datapackages"
NEIGHBOUR = ("xugou-yi", 2023)
"""A sound package beside every damaged one: nothing may be found in it."""
CANARY = "此处不得读取"
"""Stands in every file outside the packages; no finding may repeat it."""


@dataclass(frozen=True)
class Expected:
    """One error that must be found."""

    file: str
    rule: str
    code: str
    row: int | None = None
    column: str | None = None
    level: str = "error"
    says: str = ""

    def fits(self, found: Finding, place: str) -> bool:
        """Whether a finding is this one; `place` is the damaged package's folder."""
        expected = (self.level, self.rule, self.code, _whole(self.file, place), self.row, self.column)
        return expected == (found.level, found.rule, found.code, found.file, found.row, found.column) and self.says in found.message("zh")


@dataclass(frozen=True)
class Case:
    """A broken or hostile package."""

    name: str
    do: tuple[dict[str, Any], ...]
    finds: tuple[Expected, ...]
    agency: str = "xugou-jia"
    year: int = 2023

    @property
    def place(self) -> str:
        """Folder of the damaged package as findings name it."""
        return f"{ROOT}/{self.agency}/{self.year}"

    @property
    def posix(self) -> bool:
        """Whether it has links or pipes, which not every Windows has."""
        return any(not {"link", "fifo"}.isdisjoint(each) for each in self.do)

    def __str__(self) -> str:
        return self.name


@dataclass
class Built:
    """A case on disk: `root` the folder of packages, `outside` a folder beside it."""

    root: Path
    outside: Path
    case: Case = field(repr=False)


def cases() -> list[Case]:
    """Every case, in the order of the files. Raises `ValueError` where two have one name."""
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for entry in yamls.read(path):
            entry["do"] = tuple(entry["do"])
            entry["finds"] = tuple(Expected(**each) for each in entry["finds"])
            found.append(Case(**entry))
    names = [case.name for case in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two cases of one name: {twice}")
    return found


def build(case: Case, folder: Path) -> Built:
    """Write a case's packages below `folder / "datapackages"`."""
    root, outside = folder / ROOT, folder / "outside"
    root.mkdir(parents=True)
    made_up.package(*NEIGHBOUR).write(root)
    made_up.package("xugou-ding", case.year).write(outside)
    (outside / "secret.csv").write_text(f"line,label\n{CANARY},1\n", encoding="utf-8")
    (outside / "secret.json").write_text(f'{{"{CANARY}": 1}}\n', encoding="utf-8")
    (outside / "secret.yml").write_text(f"{CANARY}: 1\n", encoding="utf-8")
    hand = _Hand(made_up.package(case.agency, case.year), root, outside)
    for edit in case.do:
        (verb, what), *rest = edit.items()
        getattr(hand, verb)(what, **dict(rest))
    hand.on_disk()
    return Built(root=root, outside=outside, case=case)


def _whole(file: str, place: str) -> str:
    """Path as a finding names it."""
    if file.startswith(f"{ROOT}/"):
        return file
    return f"{place.rpartition('/')[0]}/{file}" if file == made_up.AGENCY else f"{place}/{file}"


class _Hand:
    """Damages one package: first its texts in memory, then files and folders on disk."""

    def __init__(self, package: made_up.Package, root: Path, outside: Path) -> None:
        self._package = package
        self._root = root
        self._outside = outside
        self._folder: Path | None = None

    def on_disk(self) -> Path:
        if self._folder is None:
            self._folder = self._package.write(self._root)
        return self._folder

    def _path(self, path: str) -> Path:
        return self._root.parent / _whole(path, f"{ROOT}/{self._package.path}")

    def _in_memory(self) -> made_up.Package:
        if self._folder is not None:
            message = "edits of texts come before those of files and folders"
            raise ValueError(message)
        return self._package

    # -- cells and rows

    def set(self, address: str, to: str) -> None:
        """Write a text into the cell at an address."""
        table, line, column = address.split("/")
        self._in_memory().set(table, line, column, to)

    def add_row(self, table: str, cells: str, after: str = "") -> None:
        """Add a row, at the end or behind a line."""
        lines = self._in_memory().text(f"data/{table}.csv").splitlines(keepends=True)
        lines.insert(self._package.position(table, after) + 1 if after else len(lines), f"{cells}\n")
        self._package.put(f"data/{table}.csv", "".join(lines))

    def remove_row(self, line: str) -> None:
        rows, index = self._rows(line)
        del rows[index]
        self._package.put_rows(line.partition("/")[0], rows)

    def repeat_row(self, line: str) -> None:
        rows, index = self._rows(line)
        rows.insert(index, rows[index])
        self._package.put_rows(line.partition("/")[0], rows)

    def swap_rows(self, line: str, other: str) -> None:
        rows, index = self._rows(line)
        second = [row[0] for row in rows].index(other)
        rows[index], rows[second] = rows[second], rows[index]
        self._package.put_rows(line.partition("/")[0], rows)

    def keep_rows(self, table: str, first: int) -> None:
        """Keep only the first rows of a table."""
        self._in_memory().put_rows(table, self._package.rows(table)[:first])

    def remove_column(self, column: str) -> None:
        table, name = column.split("/")
        rows = self._in_memory().rows(table)
        index = rows[0].index(name)
        self._package.put_rows(table, [row[:index] + row[index + 1 :] for row in rows])

    def swap_columns(self, column: str, other: str) -> None:
        table, name = column.split("/")
        rows = self._in_memory().rows(table)
        one, two = rows[0].index(name), rows[0].index(other)
        for row in rows:
            row[one], row[two] = row[two], row[one]
        self._package.put_rows(table, rows)

    def other_form(self, table: str, form: str) -> None:
        """Put the table of another form in the place of this one; the descriptor stays."""
        other = made_up.package(self._in_memory().agency, self._package.year, form_of={table: form})
        self._package.put(f"data/{table}.csv", other.text(f"data/{table}.csv"))

    def _rows(self, line: str) -> tuple[list[list[str]], int]:
        table, _, name = line.partition("/")
        return self._in_memory().rows(table), self._package.position(table, name)

    # -- texts

    def replace(self, file: str, this: str, by: str) -> None:
        """Replace a text that stands once in a file."""
        self._in_memory().replace(file, this, by)

    def write(self, file: str, text: str = "", *, then: str = "", times: int = 1, end: str = "", close: str = "") -> None:
        """Write a file anew: a text, another so many times (`{n}` counts from 0), an end, and what closes so many times."""
        repeated = "".join(then.replace("{n}", str(number)) for number in range(times)) if "{n}" in then else then * times
        self._in_memory().put(file, text + repeated + end + close * times)

    def write_bytes(self, file: str, hex: str) -> None:  # noqa: A002 (what the cases call it)
        """Write a file anew, byte by byte."""
        self._in_memory().put(file, bytes.fromhex(hex))

    def begin(self, file: str, hex: str) -> None:  # noqa: A002 (what the cases call it)
        """Put bytes in front of a file."""
        content = self._in_memory().text(file)
        self._package.put(file, bytes.fromhex(hex) + content.encode())

    def encode(self, file: str, encoding: str) -> None:
        """Save a file in another encoding."""
        self._in_memory().put(file, self._package.text(file).encode(encoding))

    def describe(self, path: str, to: object) -> None:
        """Set a value of `datapackage.json`."""
        self._in_memory().edit_json(path, to)

    def undescribe(self, path: str) -> None:
        """Take a key of `datapackage.json` away."""
        self._in_memory().edit_json(path, made_up.REMOVED)

    def move_resources(self, path: str) -> None:
        """Put the resources, to the letter, into a list of the descriptor where anything goes, and a text in their place."""
        whole = self._in_memory().text("datapackage.json")
        start, end = whole.index(' "resources": ['), whole.index("\n ],", whole.index(' "resources": [')) + len("\n ]")
        self._package.put("datapackage.json", whole[:start] + ' "resources": "@"' + whole[end:])
        entry = {"version": "1.0.0", "date": "2026-01-31", "reason": "更正录入", "changes": ["@"]}
        self._package.edit_json(path, [entry])
        self._package.replace("datapackage.json", '"changes": [\n     "@"\n    ]', f'"changes": [{{{whole[start:end]}}}]')

    def agency(self, key: str, says: object) -> None:
        """Set a key of `agency.yml`."""
        self._in_memory().edit_agency(key, says)

    def agency_without(self, key: str) -> None:
        """Take a key of `agency.yml` away."""
        self._in_memory().edit_agency(key, made_up.REMOVED)

    # -- files and folders

    def delete(self, path: str) -> None:
        self.on_disk()
        found = self._path(path)
        if found.is_dir():
            shutil.rmtree(found)
        else:
            found.unlink()

    def link(self, path: str, to: str) -> None:
        """Put a symbolic link there, in place of what stands there; `to` begins with `outside/` or is relative."""
        self.on_disk()
        place = self._path(path)
        if place.exists():
            self.delete(path)
        outside = to.startswith("outside/")
        place.symlink_to(self._outside / to.removeprefix("outside/") if outside else to)

    def fifo(self, path: str) -> None:
        """Put a named pipe there: whoever opens it carelessly waits for ever."""
        self.on_disk()
        place = self._path(path)
        place.unlink(missing_ok=True)
        os.mkfifo(place)

    def folder(self, path: str) -> None:
        """Put an empty folder there, in place of what stands there."""
        self.on_disk()
        place = self._path(path)
        if place.exists():
            self.delete(path)
        place.mkdir()

    def file(self, path: str) -> None:
        """Put a small file there, in place of what stands there."""
        self.on_disk()
        place = self._path(path)
        if place.exists():
            self.delete(path)
        place.write_text("x\n", encoding="utf-8")

    def copy(self, path: str, to: str) -> None:
        """Copy a folder."""
        self.on_disk()
        shutil.copytree(self._path(path), self._path(to))

    def add_agency(self, agency: str, parent: str = "none") -> None:
        """Add another agency with one sound package."""
        self.on_disk()
        other = made_up.package(agency, self._package.year)
        other.edit_agency("parent", parent)
        other.write(self._root)
