"""The way in for programs: `open_reports.open`, of a folder of packages and of what was published from one."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import made_up
import open_reports
import pytest
from conftest import AGENCIES, PROJECT, REPORTS
from open_reports.checks.cache import Memory
from open_reports.checks.opening import checked
from open_reports.files.observations import observations
from open_reports.finding import DataError, Finding
from open_reports.library import AGENCY, agency_file, open_library
from website import served
from whole import exported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from open_reports.library import Library


@pytest.fixture(scope="module")
def corpus(packages: Path) -> open_reports.Corpus:
    return open_reports.open(packages)


@pytest.fixture(scope="module")
def published(corpus: open_reports.Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of the project's own packages."""
    folder = tmp_path_factory.mktemp("published") / "export"
    exported(corpus, folder)
    return folder


# -- figures


def test_three_lines() -> None:
    code = """
import open_reports
corpus = open_reports.open("datapackages")
print(corpus.figure("pingtan", 2024, "applications/new/total").value)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "218"


def test_the_import_of_the_package_loads_nothing_else() -> None:
    code = """
import sys
before = set(sys.modules)
import open_reports
assert {each for each in sys.modules if each.startswith("open_reports")} == {"open_reports"}, sys.modules.keys() - before
open_reports.open
heavy = {"mkdocs", "frictionless", "jinja2", "click", "simplejson"} & sys.modules.keys()
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_are_those_that_are_listed() -> None:
    for name in open_reports.__all__:
        assert getattr(open_reports, name).__name__ == name
    assert set(open_reports.__all__) <= set(dir(open_reports))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        open_reports.nothing  # noqa: B018 (asking is the test)


def test_every_row_of_the_observations_is_a_figure(corpus: open_reports.Corpus, library: Library) -> None:
    rows = list(csv.DictReader(io.StringIO(observations(library)[0].decode())))
    figures = list(corpus.figures())
    assert len(rows) == len(figures) > 4_000
    for row, (report, figure) in zip(rows, figures, strict=True):
        assert (row["agency"], row["year"]) == (report.agency, str(report.year))
        assert (row["table"], row["line"], row["column"]) == figure.address
        assert row["status"] == figure.status
        assert (Decimal(row["value"]) if row["value"] else None) == figure.value
        assert corpus.figure(report.agency, report.year, str(figure.address)) == figure


def test_figures_of_one_agency_or_year(corpus: open_reports.Corpus) -> None:
    assert {report.agency for report, _ in corpus.figures(agency="pingtan-police")} == {"pingtan-police"}
    assert {report.year for report, _ in corpus.figures(year=2019)} == {2019}
    assert list(corpus.figures(agency="pingtan", year=2018)) == []


def test_nothing_is_not_zero(corpus: open_reports.Corpus) -> None:
    lacking = corpus.figure("pingtan", 2024, "disclosure/procurement/amount")
    assert (lacking.status, lacking.value, lacking.text) == ("not_on_form", None, "")
    statuses = {figure.status for _, figure in corpus.figures() if figure.value is None}
    assert statuses <= {"blank", "not_applicable", "line_absent"}


@pytest.mark.parametrize(
    "address", ["applications/new", "applications/new/nobody", "applications/never/total", "nothing", "overview/x/value", ""]
)
def test_an_address_that_no_form_has(corpus: open_reports.Corpus, address: str) -> None:
    with pytest.raises(KeyError):
        corpus.figure("pingtan", 2024, address)


def test_a_report_that_is_not_collected(corpus: open_reports.Corpus) -> None:
    with pytest.raises(KeyError):
        corpus.report("pingtan", 2018)


def test_what_a_corpus_tells_of_itself(corpus: open_reports.Corpus) -> None:
    assert str(corpus) == f"{REPORTS} reports of {AGENCIES} agencies"
    assert len(corpus) == REPORTS
    assert [report.name for report in corpus][:2] == ["pingtan-2019", "pingtan-2020"]
    assert corpus.years == (2019, 2020, 2021, 2022, 2023, 2024, 2025)
    assert corpus.agencies["pingtan"].name == "平潭综合实验区"
    told = [each for report in corpus for each in corpus.findings_of(report.agency, report.year)]
    assert sorted(map(str, told)) == sorted(map(str, corpus.findings))


def test_an_address_without_its_last_slash(corpus: open_reports.Corpus) -> None:
    """Every file names the others below the site's address, however that was written."""
    one, other = (
        dict(corpus.publish(site=site).data_files())["data/index.json"] for site in ("https://a.example/nb", "https://a.example/nb/")
    )
    assert one == other
    assert b'"https://a.example/nb/reports/pingtan/2024/"' in one


def test_the_findings_of_every_report_are_read_once(corpus: open_reports.Corpus) -> None:
    """However many reports are asked about: the cost of a large corpus grows with it, not with its square."""

    class Counted(tuple[Finding, ...]):
        __slots__ = ()
        read = 0

        def __iter__(self) -> Iterator[Finding]:
            Counted.read += 1
            return super().__iter__()

    counted = replace(corpus, findings=Counted(corpus.findings))
    told = [each for report in counted for each in counted.findings_of(report.agency, report.year)]
    assert len(told) == len(corpus.findings)
    assert Counted.read == 1
    assert counted.findings_of("pingtan", 2018) == ()


# -- what cannot be opened


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(open_reports.DataError) as raised:
        open_reports.open(tmp_path / "nothing")
    assert [each.code for each in raised.value.findings] == ["file.no_root"]


def test_every_error_at_once(tmp_path: Path) -> None:
    made_up.write_corpus(tmp_path / "p", 4)
    for path in sorted((tmp_path / "p").rglob("disputes.csv"))[:3]:
        path.write_text("line,label\n", encoding="utf-8")
    with pytest.raises(open_reports.DataError) as raised:
        open_reports.open(tmp_path / "p")
    assert len({each.file for each in raised.value.findings}) == 3


def test_strict_refuses_what_nobody_explains(tmp_path: Path, packages: Path) -> None:
    shutil.copytree(packages / "pingtan", tmp_path / "pingtan")
    found = open_reports.open(tmp_path)
    silent = [each for each in found.findings if each.level == "discrepancy" and each.explanation is None]
    if silent:
        with pytest.raises(open_reports.DataError):
            open_reports.open(tmp_path, strict=True)
    else:
        assert len(open_reports.open(tmp_path, strict=True)) == len(found)
    broken = made_up.package("xugou-jia", 2024)
    broken.write(tmp_path / "made")
    cells = tmp_path / "made" / broken.path / "data" / "disputes.csv"
    rows = cells.read_text(encoding="utf-8").splitlines()
    rows[1] = rows[1].rpartition(",")[0] + ",999999"
    cells.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert len(open_reports.open(tmp_path / "made")) == 1
    with pytest.raises(open_reports.DataError, match="999999"):
        open_reports.open(tmp_path / "made", strict=True)


# -- a published copy


def test_a_copy_gives_the_same_figures(corpus: open_reports.Corpus, published: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "all"), "zip", published.parent, "export")
    with served(published) as server:
        copies = [open_reports.open(where) for where in (published, str(published), archive, server.url)]
    for copy in copies:
        assert list(map(str, copy.findings)) == list(map(str, corpus.findings))
        assert [figure for _, figure in copy.figures()] == [figure for _, figure in corpus.figures()]
        assert copy.agencies == corpus.agencies
        assert copy.place == corpus.place == "datapackages"


def test_the_packages_of_a_copy_are_held_against_their_hashes(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "copy")
    file = tmp_path / "copy" / "reports" / "pingtan" / "2024" / "data" / "applications.csv"
    file.write_bytes(file.read_bytes().replace(b",218", b",219", 1))
    with pytest.raises(open_reports.DataError, match="pingtan/2024"):
        open_reports.open(tmp_path / "copy")


def test_a_copy_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "some.zip").write_bytes(b"no archive")
    with pytest.raises(open_reports.CopyError, match="not a zip file"):
        open_reports.open(tmp_path / "some.zip")
    with pytest.raises(open_reports.CopyError, match="cannot be reached"):
        open_reports.open("http://127.0.0.1:9/")


def test_an_agency_is_the_same_after_it_was_published(library: Library, tmp_path: Path) -> None:
    for agency in library.agencies.values():
        (tmp_path / agency.id).mkdir()
        (tmp_path / agency.id / AGENCY).write_bytes(agency_file(agency))
    assert open_library(tmp_path).agencies == library.agencies


# -- what is remembered of unchanged packages -----------------------------------------------------------------------------


def test_what_was_found_in_unchanged_packages_is_not_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root, memory = tmp_path / "datapackages", Memory("虚构", tmp_path)
    wrong = made_up.package("xugou-jia", 2023)
    wrong.set("disputes", "reconsideration", "total", "999")
    wrong.write(root)
    first = checked(root, memory=memory)
    assert first.findings

    def again(*_: object, **__: object) -> object:
        raise AssertionError("checked again")

    with monkeypatch.context() as patched:
        patched.setattr("open_reports.checks.opening.checkup", again)
        assert checked(root, memory=memory).findings == first.findings
        with pytest.raises(DataError):
            checked(root, memory=memory, strict=True)
        with pytest.raises(AssertionError, match="checked again"):
            checked(root, memory=None)

    # Whatever is added, changed or broken beside them is found, and forgotten when it is put right.
    made_up.package("xugou-yi", 2023).write(root)
    assert {each.agency for each in checked(root, memory=memory).findings} == {"xugou-jia"}
    table = root / "xugou-yi" / "2023" / "data" / "disputes.csv"
    sound = table.read_text(encoding="utf-8")
    for fault in ("", sound.replace("\n", "\n\n", 1), sound.replace(",", ";"), sound.replace("line", "Line", 1)):
        table.write_text(fault, encoding="utf-8")
        with pytest.raises(DataError, match=r"xugou-yi/2023/data/disputes\.csv"):
            checked(root, memory=memory)
    table.write_text(sound, encoding="utf-8")
    (root / "Xugou").mkdir()
    with pytest.raises(DataError, match="Xugou"):
        checked(root, memory=memory)
    (root / "Xugou").rmdir()
    assert {each.agency for each in checked(root, memory=memory).findings} == {"xugou-jia"}
    assert str(checked(root, memory=memory, place="elsewhere").findings[0].file).startswith("elsewhere/")
