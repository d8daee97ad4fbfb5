"""A clerk's way from a published file to a published page, walked with the commands as they are installed: a Word file and a PDF."""

from __future__ import annotations

import csv
import json
import subprocess
from typing import TYPE_CHECKING
from urllib.request import urlopen

import clerks_way
import pytest
from clerks_way import NAME, SPOILT, Way, answers, environment, project, repository
from lxml import html
from patience import PATIENCE
from tiers import require

if TYPE_CHECKING:
    from pathlib import Path

AGENCY, YEAR = NAME.split("/")


def way(folder: Path, kind: str, language: str = "zh") -> Way:
    """A small project that lacks the report, with its file beside it."""
    return Way(project(folder / "project", agencies=(AGENCY, "pingtan")), kind, language=language)


def typed(walk: Way) -> str:
    """What the clerk types."""
    return "".join(f"{each}\n" for each in answers(walk.report))


def waits(walk: Way) -> list[str]:
    """Addresses on the list of what is open; none where there is no list."""
    file = walk.folder / walk.package / "open.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return ["/".join((row["table"], row["line"], row["column"])) for row in csv.DictReader(stream)]


def settled(walk: Way, kind: str) -> None:
    """Import and settle; every step says what a clerk must know."""
    step = walk.imported()
    assert step.status == 1, step.printed
    assert waits(walk) == [*SPOILT]
    told = {"zh": "待核对 3 处，请对照原文", "en": "open, to be held against the original (3)"}[walk.language]
    assert told in step.printed
    for address, text in SPOILT.items():
        assert step.printed.count(address) == 1, "told once, not by the check again"
        assert f"“{text}”" in step.printed
    assert "Traceback" not in step.printed
    # The next command is printed, to be copied.
    (command,) = [line.split("#")[0].split() for line in step.printed.splitlines() if "import --confirm" in line]
    assert command[:3] == ["open-reports", "import", "--confirm"]
    assert command[-1] == walk.package.as_posix()

    assert walk.checked().status == 1, "what is open cannot pass"

    step = walk.confirmed(typed(walk))
    assert step.status == 0, step.printed
    assert waits(walk) == []
    assert walk.differing() == []
    assert "mkdocs serve" in step.printed
    assert walk.checked().status == 0
    assert (walk.folder / f"{'年报' if walk.language == 'zh' else 'report'}.{kind}").exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_word_file_is_imported_settled_and_passes(tmp_path: Path, language: str) -> None:
    settled(way(tmp_path, "docx", language), "docx")


def test_whoever_stops_goes_on_with_the_command_that_is_printed(tmp_path: Path) -> None:
    walk = way(tmp_path, "docx", "en")
    walk.imported()
    step = walk.confirmed("\nq\n")
    assert step.status == 1
    assert waits(walk) == [*SPOILT][1:]
    assert step.printed.splitlines()[-1].endswith(f"open-reports import --confirm --lang en {walk.package.as_posix()}")


@pytest.mark.build
def test_a_word_file_becomes_a_published_page(tmp_path: Path) -> None:
    walk = way(tmp_path, "docx")
    bare = repository(walk)
    walk.imported()

    # While cells are open nothing is published, and the preview shows each beside what the original has.
    refused = walk.published()
    assert refused.status != 0
    assert "open.csv" in refused.printed
    assert branches(walk, bare) == []
    require("build")
    with walk.previewed() as address:
        page = html.fromstring(got(f"{address}reports/{NAME}/"))
        text = page.text_content()
        for each in SPOILT.values():
            assert f"“{each}”" in text

    assert walk.confirmed(typed(walk)).status == 0
    with walk.previewed() as address:
        page = html.fromstring(got(f"{address}reports/{NAME}/"))
        for each in SPOILT:
            cell = page.get_element_by_id(each).text_content().strip()
            assert cell.startswith(walk.report.figures[each]), each
        assert got(f"{address}en/reports/{NAME}/")

    step = walk.published()
    assert step.status == 0, step.printed
    assert branches(walk, bare) == ["gh-pages"]
    told = json.loads(shown(walk, bare, f"gh-pages:reports/{NAME}/report.json"))
    assert told["tables"]["disclosure"]["licensing"]["decisions"] == 52
    assert (
        html.fromstring(shown(walk, bare, f"gh-pages:en/reports/{NAME}/index.html").encode()).get_element_by_id(next(iter(SPOILT)))
        is not None
    )


@pytest.mark.build
@pytest.mark.office
def test_a_pdf_that_libreoffice_printed_becomes_a_page(tmp_path: Path) -> None:
    walk = way(tmp_path, "pdf")
    settled(walk, "pdf")
    step = walk.built()
    assert step.status == 0, step.printed
    told = json.loads((walk.folder / "site" / "reports" / NAME / "report.json").read_text(encoding="utf-8"))
    assert told["tables"]["disputes"]["reconsideration"]["total"] == 0


def test_the_walk_says_what_is_not_as_it_should_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the job on Windows would show nothing."""
    walk = way(tmp_path, "docx")
    monkeypatch.setattr(clerks_way, "answers", lambda _: ["", "9", "0"])
    assert list(clerks_way._walked(walk, until="check")) == [
        "the package should pass",
        "not the tables of the report: ['data/applications.csv']",
    ]


# -- looking --------------------------------------------------------------------------------------------------------------


def got(address: str) -> bytes:
    with urlopen(address, timeout=PATIENCE) as answer:
        found: bytes = answer.read()
        return found


def branches(walk: Way, bare: Path) -> list[str]:
    """Branches that were pushed."""
    return asked(walk, bare, "branch", "--format=%(refname:short)").split()


def shown(walk: Way, bare: Path, what: str) -> str:
    return asked(walk, bare, "show", what)


def asked(walk: Way, bare: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "--git-dir", str(bare), *words], env=environment(walk.folder), check=True, capture_output=True, timeout=PATIENCE
    )
    return done.stdout.decode()
