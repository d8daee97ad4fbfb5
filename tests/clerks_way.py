"""A clerk's way, walked with the real commands: a file is imported, what is open is settled, checked, previewed and published.

The file is made of a report that the project keeps, with three places spoilt, which a person must settle. Each step says what it printed
and how long it took; reading and typing come on top, and are the clerk's.

    PYTHONPATH=tests python -m clerks_way docx                  # in a copy of the project; pdf is printed by LibreOffice
    PYTHONPATH=tests python -m clerks_way docx --until check    # without MkDocs and git; on Windows, too
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from manuscripts import office
from manuscripts.statutory import original
from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from manuscripts.statutory import Original

PROJECT = Path(__file__).resolve().parents[1]
NAME = "pingtan-police/2024"
SPOILT = {"disclosure/licensing/decisions": "5.2E+01", "applications/new/natural_person": "O8", "disputes/reconsideration/total": "无"}
"""What stands in the file in place of three figures: a number as a spreadsheet wrote it, a letter among them, a word."""
TABLES = ("disclosure", "applications", "disputes")


class Step(NamedTuple):
    """One command as it was given, what it printed, how it ended and what it took."""

    command: str
    printed: str
    status: int
    seconds: float


class Way:
    """A project in a folder of its own, which lacks one report, and the file of that report beside it."""

    def __init__(self, folder: Path, kind: str, *, name: str = NAME, language: str = "zh") -> None:
        self.folder = folder
        self.name = name
        self.language = language
        self.package = Path("datapackages") / name
        self.kept = kept(name)
        self.report = original(self.kept)
        self.file = f"年报.{kind}" if language == "zh" else f"report.{kind}"
        (folder / self.file).write_bytes(made(self.report, kind))
        self.steps: list[Step] = []

    # -- steps

    def imported(self) -> Step:
        """Read the file into a package."""
        return self._ours("import", self.file, "--source", self.report.url)

    def confirmed(self, answers: str) -> Step:
        """Settle what is open with these answers, a line each."""
        return self._ours("import", "--confirm", str(self.package), answers=answers)

    def checked(self) -> Step:
        """Check the package as strictly as publishing does."""
        return self._ours("check", "--strict", str(self.package))

    def published(self) -> Step:
        """Commit the package, build the site and push it to the branch that a host of pages serves."""
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", f"{self.name}")
        return self._run([sys.executable, "-m", "mkdocs", "gh-deploy", "--strict", "--quiet"], "mkdocs gh-deploy --strict")

    def built(self) -> Step:
        """Build the site, and nothing more."""
        return self._run([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"], "mkdocs build --strict")

    @contextmanager
    def previewed(self, beside: Mapping[str, str] | None = None) -> Iterator[str]:
        """Serve the preview for the length of a block, which is given its address; the step is over when the report's page is there."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
        begun = time.monotonic()
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(command, cwd=self.folder, env=environment(self.folder, beside), stdout=log, stderr=subprocess.STDOUT)
            try:
                address = f"http://127.0.0.1:{port}/"
                shown = self._shown(process, f"{address}reports/{self.name}/")
                seconds = time.monotonic() - begun
                log.seek(0)
                self.steps.append(Step("mkdocs serve", log.read().decode(errors="replace"), int(not shown), seconds))
                if not shown:
                    raise RuntimeError(self.steps[-1].printed)
                yield address
            finally:
                process.terminate()
                process.wait(PATIENCE)

    @staticmethod
    def _shown(process: subprocess.Popen[bytes], address: str) -> bool:
        """Wait until a page is served; False where that never happens."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            with suppress(URLError, ConnectionError), urlopen(address, timeout=PATIENCE) as answer:
                return bool(answer.read())
            time.sleep(0.1)
        return False

    # -- around them

    def git(self, *words: str) -> str:
        """Run git in the project."""
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=environment(self.folder), check=True, capture_output=True, timeout=PATIENCE
        )
        return done.stdout.decode()

    def differing(self) -> list[str]:
        """Tables of the package that are not those of the one that the file was made of."""
        paths = [f"data/{table}.csv" for table in TABLES]
        return [path for path in paths if (self.folder / self.package / path).read_bytes() != self.kept[path]]

    def _ours(self, *words: str, answers: str = "") -> Step:
        tongue = [] if self.language == "zh" else ["--lang", self.language]
        name, *more = words
        told = " ".join(["open-reports", name, *tongue, *(each if " " not in each else f'"{each}"' for each in more)])
        return self._run([program(), name, *tongue, *more], told, answers)

    def _run(self, command: list[str], told: str, answers: str = "") -> Step:
        begun = time.monotonic()
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment(self.folder),
            input=answers.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=PATIENCE,
        )
        step = Step(told, done.stdout.decode(errors="replace").replace("\r\n", "\n"), done.returncode, time.monotonic() - begun)
        self.steps.append(step)
        return step


def program() -> str:
    """The command as it is installed beside the Python that runs this."""
    found = shutil.which("open-reports", path=str(Path(sys.executable).parent))
    if found is None:
        raise FileNotFoundError("open-reports is not installed in this environment")
    return found


def environment(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment, with a cache of the walk's own, so that nothing is known from before."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") and key not in ("SITE_URL", "PYTHONPATH")}
    names = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "经办人"), ("EMAIL", "clerk@example.invalid"))
    }
    cache = str(folder.parent / "cache")
    return {**own, **names, "XDG_CACHE_HOME": cache, "PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1", **(more or {})}


def kept(name: str) -> dict[str, bytes]:
    """Files of a package that the project keeps."""
    folder = PROJECT / "datapackages" / name
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def original_of(name: str) -> Original:
    """The report that a package was made from."""
    return original(kept(name))


def made(report: Original, kind: str, spoilt: Mapping[str, str] | None = None) -> bytes:
    """The file of a report, with some of its figures spoilt: docx, or pdf as LibreOffice prints it."""
    own = replace(report, figures={**report.figures, **(SPOILT if spoilt is None else spoilt)})
    if kind == "docx":
        return office.docx(own)
    from manuscripts import pdf  # noqa: PLC0415 (it asks for what only the tests install)

    return pdf.printed({"report": pdf.docx(own)}, PATIENCE)["report"]


def answers(report: Original) -> list[str]:
    """What a clerk answers who looks it up in the original, in the order of the questions, which is that of the tables.

    The first is proposed, and Enter takes it.
    """
    return ["", *(report.figures[address] or "空" for address in [*SPOILT][1:])]


def project(folder: Path, *, agencies: tuple[str, ...] = (), name: str = NAME) -> Path:
    """Copy the project, or of its packages only those of some agencies, but for the one that is to be imported; returns the copy."""
    folder.mkdir(parents=True)
    shutil.copy(PROJECT / "mkdocs.yml", folder)
    shutil.copytree(PROJECT / "docs", folder / "docs")
    for source in sorted((PROJECT / "datapackages").iterdir()):
        if source.is_dir() and (not agencies or source.name in agencies):
            shutil.copytree(source, folder / "datapackages" / source.name)
    shutil.rmtree(folder / "datapackages" / name)
    return folder


def repository(way: Way) -> Path:
    """Put a project under git, with a bare repository to push to; returns that."""
    bare = way.folder.parent / "published.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], env=environment(way.folder), check=True, timeout=PATIENCE)
    (way.folder / ".gitignore").write_bytes(b"/site/\n")
    way.git("init", "--quiet", "--initial-branch", "main")
    way.git("remote", "add", "origin", str(bare))
    return bare


def main() -> int:
    """Walk the way and say what each step took; 1 if a step did not end as it should."""
    parser = argparse.ArgumentParser(prog="python -m clerks_way", description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("docx", "pdf"))
    parser.add_argument("--until", choices=("check", "publish"), default="publish")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        way = Way(project(Path(name) / "project"), given.kind, language=given.lang)
        if given.until == "publish":
            repository(way)
        wrong = list(_walked(way, until=given.until))
        for step in way.steps:
            sys.stdout.write(f"$ {step.command}    # {step.seconds:.1f} s, exit code {step.status}\n{step.printed}\n")
        sys.stdout.write(f"{len(way.steps)} steps: {sum(step.seconds for step in way.steps):.1f} s\n")
    sys.stdout.writelines(f"not as it should be: {each}\n" for each in wrong)
    return 1 if wrong else 0


def _walked(way: Way, *, until: str) -> Iterator[str]:
    """Walk; yields what is wrong."""
    if way.imported().status != 1:
        yield "the import should leave something open"
    if way.confirmed("".join(f"{each}\n" for each in answers(way.report))).status != 0:
        yield "all should be settled"
    if way.checked().status != 0:
        yield "the package should pass"
    if different := way.differing():
        yield f"not the tables of the report: {different}"
    if until == "check":
        return
    with way.previewed() as address, urlopen(f"{address}reports/{way.name}/report.json", timeout=PATIENCE) as answer:
        if json.load(answer)["year"] != way.report.year:
            yield "the preview shows another report"
    if way.published().status != 0:
        yield "the site should be published"


if __name__ == "__main__":
    raise SystemExit(main())
