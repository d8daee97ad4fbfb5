"""Whatever is damaged is told in a sentence: packages, records of releases, archives, addresses. Nothing falls through, nothing hangs.

What is mutated is the project's own data; no input here needs a fault of another program. In CI a tenth of a per cent of the long run:

    python tests/test_fuzz.py COUNT SEED [FIRST]

It prints what became of each kind, every input that fell through or took more than `SECONDS` of processor time, by its number, and
ends with 1 if there was one. `1 SEED NUMBER` tries that input alone again.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

import made_up
import open_reports
import pytest
from conftest import PROJECT
from open_reports import corpus
from open_reports.checks.cache import Cache
from open_reports.checks.check import check, errors
from open_reports.copies import open_copy, signature
from open_reports.errors import OpenReportsError
from open_reports.files import manifest
from open_reports.history import releases
from open_reports.intake.child import Limits, answered
from open_reports.library import open_library
from open_reports.site.export import export
from open_reports.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType

    from open_reports.corpus import Corpus

SECONDS = 5
"""Processor time that an input may take in a long run."""
SHARE = 100
"""Inputs that are tried in CI."""
SEED = 12
LIMITS = Limits()

Files = dict[str, bytes]


# -- damage ------------------------------------------------------------------------------------------------------------

ODD = (
    *("", " ", "\t", "\n", "\r\n", "\0", "\ufeff", "\u3000", "\u200b", "\u202e", "\ud800", "é", "e\u0301", "１２", "－1", "𠮷"),
    *("0", "-0", "-1", "1e9", "0x1", "1.5", "01", "NaN", "inf", "9" * 30, "true", "null", "~", "=1", "@a", "/", "待填"),
    *(
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "C:",
        "con",
        "%00",
        "{agency}",
        "{",
        "}",
        "<b>",
        "&amp;",
        "'",
        '"',
        "`",
        "[a](b)",
        "!!x",
        "&a",
        "*a",
        "- ",
        ": ",
    ),
)
"""Texts that some parser or other reads in its own way."""
PLAIN: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 10**30, "", [], {}, [[]], {"": None})


def at_bytes(data: bytes, chance: random.Random) -> bytes:
    """The same bytes but for a few, or some left out, doubled, put elsewhere, or cut off."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        start = chance.randrange(len(found) + 1)
        size = chance.choice((1, 1, 2, 4, 16, 100))
        part = bytes(found[start : start + size])
        match chance.randrange(7):
            case 0:
                found[start : start + size] = chance.randbytes(len(part))
            case 1:
                del found[start : start + size]
            case 2:
                found[start:start] = part * chance.choice((1, 2, 50))
            case 3:
                found[start:start] = chance.randbytes(size)
            case 4:
                del found[start:]
            case 5:
                found[start:start] = chance.choice(ODD).encode("utf-8", "surrogatepass")
            case _:
                to = chance.randrange(len(found) + 1)
                del found[start : start + size]
                found[to:to] = part
    return bytes(found)


def at_tree(value: Any, chance: random.Random) -> Any:
    """The same JSON with one value, key or item changed, left out or doubled, somewhere in it."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.15:
        return chance.choice((*PLAIN, *ODD, [value], {"a": value}))
    keys: Sequence[Any] = list(value) if isinstance(value, dict) else range(len(value))
    key = chance.choice(keys)
    new: Any = value.copy()
    match chance.randrange(8):
        case 0:
            del new[key]
        case 1 if isinstance(new, dict):
            new[chance.choice(ODD)] = new.pop(key)
        case 1 | 2 if isinstance(new, list):
            new.insert(chance.randrange(len(new) + 1), new[key])
        case 2:
            new[f"{key}{chance.choice(ODD)}"] = value[key]
        case _:
            new[key] = at_tree(value[key], chance)
    return new


def at_json(data: bytes, chance: random.Random) -> bytes:
    try:
        return json.dumps(at_tree(json.loads(data), chance), ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return at_bytes(data, chance)


def at_cells(data: bytes, chance: random.Random) -> bytes:
    """The same table with a cell, row or column changed."""
    rows = [line.split(b",") for line in data.split(b"\n")]
    for _ in range(chance.choice((1, 1, 2, 5))):
        row = chance.choice(rows)
        at = chance.randrange(len(row))
        match chance.choice((0, 0, 0, 0, 0, 1, 2, 3, 4, 5)):  # mostly figures: a table of another shape is refused at once
            case 0:
                row[at] = str(chance.choice((0, 1, 5, 10**6, 10**18, -1, 1.25))).encode()
            case 1:
                row[at] = chance.choice(ODD).encode("utf-8", "surrogatepass")
            case 2:
                row.insert(at, row[at])
            case 3:
                del row[at : at + (len(row) > 1)]
            case 4:
                rows.insert(chance.randrange(len(rows)), list(row))
            case _:
                rows[chance.randrange(len(rows))], rows[-1] = rows[-1], rows[chance.randrange(len(rows))]
    return b"\n".join(b",".join(row) for row in rows)


def at_lines(data: bytes, chance: random.Random) -> bytes:
    """The same text with a line, or what stands in it, changed."""
    lines = data.split(b"\n")
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(lines))
        odd = chance.choice(ODD).encode("utf-8", "surrogatepass")
        key, colon, rest = lines[at].partition(b":")
        match chance.randrange(7):
            case 0:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 1:
                del lines[at : at + (len(lines) > 1)]
            case 2:
                lines[at] = key + colon + b" " + odd
            case 3:
                lines[at] = odd + colon + rest
            case 4:
                lines[at] = chance.choice((b" ", b"  ", b"\t", b"# ", b"- ")) + lines[at]
            case 5:
                lines[at] = at_bytes(lines[at], chance)
            case _:
                lines.insert(at, odd)
    return b"\n".join(lines)


BY_KIND = {".json": at_json, ".jsonl": at_lines, ".csv": at_cells}


def damaged(files: Mapping[str, bytes], chance: random.Random) -> Files:
    """The same files, of which one to three are damaged in their own way or as bytes, left out, or exchanged."""
    new = dict(files)
    for path in chance.sample(sorted(new), min(len(new), chance.choice((1, 1, 1, 2, 3)))):
        if (kind := chance.random()) < 0.25:
            new[path] = at_bytes(new[path], chance)
        elif kind < 0.3:
            del new[path]
        elif kind < 0.33:
            new[path] = files[chance.choice(sorted(files))]
        elif kind < 0.36:
            new[f"{path}{chance.choice(('.bak', '~', '.csv'))}"] = new[path]
        else:
            new[path] = BY_KIND.get(path[path.rindex(".") :], at_lines)(new[path], chance)
    return new


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def taken(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


STANDING = ("index.html", "about/index.html", "years/2024/index.html", "data/index.json")
"""Files of a site, as they are recorded and stand there."""


# -- what is tried ---------------------------------------------------------------------------------------------------


class Ground:
    """What inputs are made of, and where they are written; each is made when it is first asked for."""

    def __init__(self, folder: Path, packages: Path = PROJECT / "datapackages") -> None:
        self.folder = folder
        self.packages = packages
        self.accepted = 0

    @cached_property
    def made(self) -> Path:
        """Folder of four made-up packages."""
        made_up.write_corpus(self.folder / "made", 4)
        return self.folder / "made"

    @cached_property
    def opened(self) -> Corpus:
        """The same, checked."""
        return open_reports.open(self.made)

    @cached_property
    def originals(self) -> list[Files]:
        """Packages of both forms that have no error alone: every fifth of the project, and made-up ones."""
        found = []
        for agency in sorted(each for each in self.packages.iterdir() if each.is_dir()):
            own = taken(agency)
            for year in sorted({path.partition("/")[0] for path in own if "/" in path})[::5]:
                files = {f"{agency.name}/{path}": data for path, data in own.items() if path.startswith((f"{year}/", "agency.yml"))}
                head = files[f"{agency.name}/agency.yml"].split(b"\n")
                files[f"{agency.name}/agency.yml"] = b"\n".join(b"parent: none" if line.startswith(b"parent:") else line for line in head)
                found.append(files)
        made = taken(self.made)
        found += [
            {path: data for path, data in made.items() if path.startswith(agency)}
            for agency in sorted({path.partition("/")[0] for path in made})
        ]
        sound = [files for files in found if not errors(self.checked(files))]
        assert len(sound) > 5
        return sound

    def checked(self, files: Mapping[str, bytes]) -> Sequence[Any]:
        """Findings of a folder of packages."""
        library = open_library(written(self.folder / "packages", files))
        return check(library, Cache(self.folder / "cache"))

    @cached_property
    def record(self) -> Files:
        """A record of releases, with a successor."""
        releases.release(
            self.opened.library, self.folder / "record", ["index.html", "about/index.html", "years/2024/index.html", "data/index.json"]
        )
        agency = next(iter(self.opened.library.agencies))
        told = f"reports/former/: reports/{agency}/\nold/: about/\n"
        (self.folder / "record" / releases.byhand.SUCCESSORS).write_text(told, encoding="utf-8")
        return taken(self.folder / "record")

    @cached_property
    def exported(self) -> Files:
        """An export of these packages."""
        export(self.opened.publish(site="https://www.example.gov.cn/"), self.folder / "export", place=self.opened.place)
        return taken(self.folder / "export")

    @cached_property
    def archives(self) -> list[bytes]:
        """Archives: of a report, of the corpus, and the workbooks that are archives, too."""
        found = [data for path, data in self.exported.items() if path.endswith((".zip", ".xlsx"))]
        assert len(found) > 3
        return sorted(found, key=len)


def package(ground: Ground, chance: random.Random) -> str:
    """Damaged packages: read and checked; now and then one that has no error is published, every page and file of it."""
    files = damaged(chance.choice(ground.originals), chance)
    if errors(ground.checked(files)):
        return "refused"
    ground.accepted += 1
    if ground.accepted % 25:
        return "accepted"
    made = corpus.checked(ground.folder / "packages").publish(site="https://www.example.gov.cn/")
    for page in made.pages:
        page.build()
    for _ in made.data_files():
        pass
    return "published"


def record(ground: Ground, chance: random.Random) -> str:
    """Damaged records: read, held against the packages, told in both languages, and made into redirects."""
    files = damaged(ground.record, chance)
    read = releases.read(written(ground.folder / "released", files))
    broken = [*releases.breaches(ground.opened.library, read), *releases.lost(read, STANDING)]
    for each in broken:
        assert each.says("zh")
        assert each.says("en")
    releases.redirects(read, "https://www.example.gov.cn/")
    return "breach" if broken else "accepted"


def archive(ground: Ground, chance: random.Random) -> str:
    """Damaged archives: verified as a copy, and imported."""
    if chance.random() < 0.05:
        # The folder is written once: of it, only the manifest is damaged.
        true = ground.exported[manifest.PATH]
        data = damaged({manifest.PATH: true}, chance).get(manifest.PATH, b"")
        (ground.folder / "export" / manifest.PATH).write_bytes(data)
        verdict = verify(ground.folder / "export")
        assert verdict.passed == (data == true)
        return f"manifest: {'passed' if verdict.passed else 'told'}"
    data = chance.choice(ground.archives)
    if chance.random() < 0.5:
        data = at_bytes(data, chance)
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            members = {name: held.read(name) for name in held.namelist()}
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as held:
            for name, content in damaged(members, chance).items():
                held.writestr(name, content)
        data = stream.getvalue()
    if chance.random() < 0.5:
        said = json.loads(answered(data, LIMITS))
        if "failed" in said:
            message = f"no reader foresaw this: {said}"
            raise AssertionError(message)
        return f"import: {next(iter(said))}"
    file = ground.folder / "copy.zip"
    file.write_bytes(data)
    verdict = verify(file)
    assert verdict.text("zh")
    assert verdict.text("en")
    return "verify: passed" if verdict.passed else "verify: told"


ADDRESSES = (
    *(
        "https://www.example.gov.cn/nianbao/",
        "http://[::1]:8000/a/index.html?x=1#y",
        "https://例子.测试/年报/",
        "http://user:secret@host/",
        "site",
        "a/b.zip",
    ),
    *(
        "applications/new/total",
        "pingtan/2024/applications/new/total",
        "reports/pingtan/2024/#applications-new-total",
        "reports/{agency}/{year}/",
        "data/index.json",
    ),
)


def address(ground: Ground, chance: random.Random) -> str:
    """Addresses: of copies, of figures, of files in a manifest, of successors; and keys and signatures, which are texts as well."""
    text = chance.choice(ADDRESSES)
    for _ in range(chance.choice((1, 1, 2, 4))):
        text = at_bytes(text.encode("utf-8", "surrogatepass"), chance).decode(
            "utf-8", "replace" if chance.random() < 0.5 else "surrogateescape"
        )
    if chance.random() < 0.1:
        # A manifest is a list of addresses: what can be read of a damaged one can be written again.
        stated = manifest.parse(at_json(ground.exported[manifest.PATH], chance)).manifest
        return f"manifest: {'written again' if stated.finish() else 'empty'}"
    text = chance.choice((text, text, quote(text, safe="", errors="replace"), unquote(text), text + chance.choice(ODD)))
    report = next(iter(ground.opened))
    ways: Mapping[str, Callable[[], object]] = {
        "copy": lambda: open_copy(text).close(),
        "figure": lambda: ground.opened.figure(report.agency, report.year, text),
        "agency": lambda: ground.opened.report(text, report.year),
        "manifest": lambda: manifest.parse(json.dumps({"files": {text: {"bytes": 1, "hash": f"sha256:{'0' * 64}"}}}).encode()),
        "successor": lambda: releases.read(
            written(ground.folder / "released", {**ground.record, "successors.yml": f"{text}: about/\n".encode("utf-8", "surrogatepass")})
        ),
        "site": lambda: ground.opened.publish(site=text),
        "key": lambda: signature.public_key(text),
        "signature": lambda: signature.parse(
            at_lines(f"untrusted comment: a\n{'A' * 100}\ntrusted comment: {text}\n{'A' * 88}\n".encode("utf-8", "replace"), chance)
        ),
    }
    way = chance.choice(sorted(ways))
    try:
        ways[way]()
    except KeyError:
        # What a mapping says of a name that is not there, and so `Corpus` to programs.
        if way not in {"figure", "agency"}:
            raise
        return f"{way}: not there"
    return f"{way}: accepted"


KINDS: Mapping[str, tuple[Callable[[Ground, random.Random], str], int]] = {
    "package": (package, 40),
    "record": (record, 25),
    "archive": (archive, 15),
    "address": (address, 20),
}
"""What is tried, and how many of a hundred inputs."""


def drawn(seed: int, number: int) -> tuple[str, random.Random]:
    """The kind of an input, and the chance that makes it."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 (the same inputs each time)
    return chance.choices(list(KINDS), [share for _, share in KINDS.values()])[0], chance


def tried(ground: Ground, seed: int, number: int) -> str:
    """Try one input; returns its kind and what became of it. Whatever is no error of ours falls through."""
    kind, chance = drawn(seed, number)
    try:
        return f"{kind}: {KINDS[kind][0](ground, chance)}"
    except OpenReportsError as error:
        return f"{kind}: told by {type(error).__name__}"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.posix
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_damaged_is_told(ground: Ground, kind: str) -> None:
    """A tenth of a per cent of the long run."""
    own = [number for number in range(SHARE) if drawn(SEED, number)[0] == kind]
    assert len(own) > SHARE // 20
    became = Counter(tried(ground, SEED, number) for number in own)
    assert became.total() == len(own)


class TooSlowError(Exception):
    """An input takes more than `SECONDS` of processor time."""


def _stop(_: int, frame: FrameType | None) -> None:
    raise TooSlowError(str(frame))


def main() -> int:
    """Try many inputs, and print what became of them."""
    most, seed = int(sys.argv[1]), int(sys.argv[2])
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    signal.signal(signal.SIGPROF, _stop)
    became: Counter[str] = Counter()
    bad, slowest = 0, (0.0, -1)
    with tempfile.TemporaryDirectory() as name:
        # Nobody's cache of good packages is filled with damaged ones.
        os.environ["XDG_CACHE_HOME"] = name
        ground = Ground(Path(name))
        # What inputs are made of is no input: it is made before anything is timed.
        assert all((ground.originals, ground.record, ground.archives))
        for number in range(first, first + most):
            began = time.process_time()
            try:
                signal.setitimer(signal.ITIMER_PROF, SECONDS)
                outcome = tried(ground, seed, number)
                signal.setitimer(signal.ITIMER_PROF, 0)
                became[outcome] += 1
            except Exception:  # noqa: BLE001 (whatever falls through is what is looked for)
                signal.setitimer(signal.ITIMER_PROF, 0)
                bad += 1
                sys.stdout.write(f"{number}: {traceback.format_exc()}\n")
            slowest = max(slowest, (time.process_time() - began, number))
            if number % 1000 == 999:
                sys.stdout.write(f"{number + 1 - first} tried, {bad} bad, slowest {slowest[0]:.2f} s (input {slowest[1]})\n")
                sys.stdout.flush()
    for outcome, count in sorted(became.items()):
        sys.stdout.write(f"{count:7,} {outcome}\n")
    sys.stdout.write(
        f"{most:,} inputs from {first} of seed {seed}: {bad} fell through or took more than {SECONDS} s of processor time; slowest {slowest[0]:.2f} s (input {slowest[1]})\n"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
