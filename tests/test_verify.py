"""Verify: nothing passes but what was published; every deviation is named by its file, all of them at once."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import random
import re
import shutil
import sqlite3
import stat
import unicodedata
import zipfile
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import made_up
import open_reports
import pytest
from click.testing import CliRunner
from conftest import AGENCIES, PROJECT, REPORTS, watching
from open_reports import copies, gate
from open_reports.cli import commands
from open_reports.copies import CopyError, WebCopy, messages
from open_reports.corpus import sources
from open_reports.document import shown
from open_reports.errors import PublishError
from open_reports.files import manifest
from open_reports.history import releases
from open_reports.report import file_hash
from open_reports.site.publish import Publication
from open_reports.verify import Verdict, verify
from open_reports.verify.comparison import Difference, Rewritten, Unknown, difference
from website import SITE_URL, Threaded, environment, once, run, served, site, tree
from whole import exported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["site"]

MANIFEST = manifest.PATH


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Path:
    """An export of the project's own packages, shared by all workers; not to be changed."""
    with once(tmp_path_factory, "exported") as (folder, missing):
        if missing:
            exported(open_reports.open(packages), folder / "export", site=SITE_URL)
    return folder / "export"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of two made-up packages, which is quick to verify; not to be changed."""
    root = tmp_path_factory.mktemp("made")
    made_up.write_corpus(root / "datapackages", 2)
    exported(open_reports.open(root / "datapackages"), root / "export", site=SITE_URL)
    return root / "export"


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy of the small export, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def report_of(folder: Path) -> Path:
    """Folder of the first report of a copy."""
    return min(folder.glob("reports/*/[0-9]*"))


def below(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def listed(folder: Path) -> list[str]:
    return list(manifest.parse((folder / MANIFEST).read_bytes()).manifest.entries)


def resealed(folder: Path, **head: str) -> None:
    """Write the manifest anew of what stands there, as a thorough forger would."""
    old = manifest.parse((folder / MANIFEST).read_bytes()).manifest
    new = manifest.Manifest(**{"site": old.site, "packages": old.packages, "made_by": old.made_by, **head})
    for path in sorted(tree(folder)):
        if path != MANIFEST:
            new.add(path, (folder / path).read_bytes())
    (folder / MANIFEST).write_bytes(new.finish())


def changed(data: bytes, chance: random.Random) -> bytes:
    """The same bytes but for one."""
    at = chance.randrange(len(data))
    other = chance.choice([value for value in range(256) if value != data[at]])
    return data[:at] + bytes([other]) + data[at + 1 :]


def codes(verdict: Verdict) -> set[tuple[str, str]]:
    return {(each.file, each.code) for each in verdict.deviations}


# -- what was published passes


def test_an_export_of_the_project_passes(real: Path) -> None:
    verdict = verify(real)
    assert verdict.text("en").splitlines() == [verdict.summary("en")], verdict.text("en")
    assert verdict.passed
    assert verdict.packages == REPORTS
    assert verdict.files == len(tree(real)) > 300
    assert verdict.size == sum(path.stat().st_size for path in real.rglob("*") if path.is_file())
    assert verdict.hash in verdict.summary("zh")


def test_the_built_site_passes_and_says_that_pages_are_no_data(site: Path) -> None:
    verdict = verify(site)
    assert verdict.deviations == []
    pages, others, record = (each.en for each in verdict.notes)
    unlisted = set(tree(site)) - {MANIFEST, *listed(site)}
    count = sum(path.endswith("index.html") for path in unlisted)
    assert pages == f"pages (HTML) are no data and were not verified: {count:,}."
    assert f"were not verified: {len(unlisted) - count:,}, such as 404.html, " in others
    assert "such as data/successors.json" in record  # made of the record of releases, which no copy holds


def test_an_export_with_addresses_that_were_left_passes(made: Path, tmp_path: Path) -> None:
    """Where they lead to is recorded, not told by any package: of that file the hash alone can be verified."""
    record = tmp_path / "released"
    record.mkdir()
    (record / "successors.yml").write_text("reports/xugou-former/: coverage/\n", encoding="utf-8", newline="")
    exported(open_reports.open(made), tmp_path / "out", site=SITE_URL, released=releases.read(record))
    assert b"xugou-former" in (tmp_path / "out" / "data" / "successors.json").read_bytes()
    verdict = verify(tmp_path / "out")
    assert verdict.deviations == []
    assert "only their hashes verified: 2, such as data/successors.json" in verdict.text("en")


def test_archives_of_a_copy_pass(made: Path, tmp_path: Path) -> None:
    inside = shutil.make_archive(str(tmp_path / "inside"), "zip", made)
    around = shutil.make_archive(str(tmp_path / "around"), "zip", made.parent, "export")
    for archive in (inside, around):
        verdict = verify(archive)
        assert verdict.deviations == []
        assert verdict.packages == 2


def test_reports_and_agencies_by_themselves_pass(real: Path) -> None:
    part = "there is no manifest here"
    for report in sorted(real.glob("reports/*/[0-9]*"))[::4]:
        for where in (report, report / f"{report.parent.name}-{report.name}.zip"):
            verdict = verify(where)
            assert verdict.deviations == []
            assert verdict.packages == 1
            assert verdict.notes[0].en.startswith(part)
    verdict = verify(real / "reports" / "pingtan")
    assert verdict.deviations == []
    assert verdict.packages == 7


@pytest.fixture
def agency(real: Path, tmp_path: Path) -> Path:
    """The folder of an agency with several years, to be changed."""
    return Path(shutil.copytree(real / "reports" / "pingtan", tmp_path / "pingtan"))


def test_a_year_without_its_descriptor_does_not_pass(agency: Path) -> None:
    (agency / "2024" / "datapackage.json").unlink()
    verdict = verify(agency)
    assert codes(verdict) == {("2024/datapackage.json", "copy.missing")}
    assert verdict.packages == 7


def test_a_year_in_the_folder_of_another_does_not_pass(agency: Path) -> None:
    shutil.rmtree(agency / "2023")
    shutil.copytree(agency / "2022", agency / "2023")
    assert verify(agency).named() == {"2023/datapackage.json"}


def test_what_was_not_verified_is_told_by_its_whole_path(agency: Path) -> None:
    (beside,) = [each.en for each in verify(agency).notes if "no part of a package" in each.en]
    named = re.search(r"such as (\S+)\.$", beside)
    assert named
    assert (agency / named[1]).is_file()


# -- every change is found


def test_a_hundred_changes_of_the_project_s_data_are_named_at_once(real: Path, tmp_path: Path) -> None:
    chance = random.Random(20)  # noqa: S311 (a test is to be the same every day)
    folder = Path(shutil.copytree(real, tmp_path / "copy"))
    paths = chance.sample([path for path in listed(folder) if (folder / path).stat().st_size], 100)
    for path in paths:
        file = folder / path
        before = file.read_bytes()
        file.write_bytes(changed(before, chance))
        assert file.read_bytes() != before
    verdict = verify(folder)
    assert {each.file for each in verdict.deviations if each.code == "file.hash"} == set(paths)
    assert verdict.named() == set(paths)


@pytest.mark.unmeasured
def test_a_hundred_changes_one_by_one(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Only from packages without a change is anything made again, so it is the same each time, and made once.
    publication = open_reports.open(copy).publish(site=SITE_URL)
    again = list(publication.data_files())
    monkeypatch.setattr(open_reports.Corpus, "publish", lambda *_, **__: publication)
    monkeypatch.setattr(Publication, "data_files", lambda _: again)
    chance = random.Random(21)  # noqa: S311
    paths = [MANIFEST, *listed(copy)]
    found = 0
    for _ in range(100):
        path = chance.choice(paths) if chance.random() < 0.8 else MANIFEST
        file = copy / path
        before = file.read_bytes()
        if not before:
            continue
        file.write_bytes(changed(before, chance))
        verdict = verify(copy)
        assert path in verdict.named(), (path, verdict.text("en"))
        if path != MANIFEST:
            assert verdict.named() == {path}
        file.write_bytes(before)
        found += 1
    assert found == 100
    assert verify(copy).passed


@pytest.mark.unmeasured
def test_a_hundred_changes_of_a_report_s_zip(real: Path, tmp_path: Path) -> None:
    chance = random.Random(22)  # noqa: S311
    archive = real / "reports" / "pingtan" / "2024" / "pingtan-2024.zip"
    data = archive.read_bytes()
    file = tmp_path / "pingtan-2024.zip"
    file.write_bytes(data)
    assert verify(file).passed
    missed = []
    for _ in range(100):
        file.write_bytes(changed(data, chance))
        verdict = verify(file)
        if verdict.passed:
            missed.append(next(at for at in range(len(data)) if file.read_bytes()[at] != data[at]))
        assert str(file) in verdict.summary("zh")
    assert missed == []


def test_a_clone_by_a_git_that_converts_line_ends_is_whole(made: Path, tmp_path: Path) -> None:
    """As from Windows (core.autocrlf): `.gitattributes` in the copy keeps its bytes."""
    clone = cloned(made, tmp_path)
    assert {path.name: path.read_bytes() for path in (clone / "data").iterdir()} == {
        path.name: path.read_bytes() for path in (made / "data").iterdir()
    }
    assert verify(clone).passed


def test_converted_line_ends_are_named_once_as_the_cause(made: Path, tmp_path: Path) -> None:
    """A branch that was published without the attributes."""
    before = tmp_path / "before"
    shutil.copytree(made, before)
    (before / ".gitattributes").unlink()
    verdict = verify(cloned(before, tmp_path))
    assert [each.code for each in verdict.deviations if each.code != "copy.missing"] == ["file.line_ends"]
    (told,) = [each.says for each in verdict.deviations if each.code == "file.line_ends"]
    assert "autocrlf" in told.zh
    assert int(told.en.partition("published: ")[2].partition(",")[0]) > 50


def test_converted_line_ends_of_a_package_by_itself(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "package"
    shutil.copytree(next(path.parent for path in sorted(made.glob("reports/*/*/datapackage.json"))), copy)
    for path in (copy / "data").iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [each.code for each in verify(copy).deviations if each.code.startswith("file.")] == ["file.line_ends"]


def cloned(folder: Path, tmp_path: Path) -> Path:
    """A clone, made with `core.autocrlf`, of a repository whose one commit is a folder as it is."""
    source, clone = tmp_path / "source", tmp_path / "clone"
    shutil.copytree(folder, source)
    env = environment(tmp_path)
    git = ("git", "-c", "core.autocrlf=false", "-c", "init.defaultBranch=gh-pages")
    for command in ((*git, "init", "-q"), (*git, "add", "-A", "-f"), (*git, "commit", "-q", "-m", "1")):
        done = run(*command, cwd=source, env=env)
        assert done.returncode == 0, done.stdout
    done = run("git", "clone", "-q", "-c", "core.autocrlf=true", str(source), str(clone), cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stdout
    return clone


def test_missing_extra_and_truncated_files(copy: Path) -> None:
    report = report_of(copy)
    (report / "badge.svg").unlink()
    (report / "data" / "secret.csv").write_text("a\n", encoding="utf-8", newline="")
    (copy / "data" / "more.json").write_text("{}", encoding="utf-8", newline="")
    (copy / "reports" / "nobody" / "2024").mkdir(parents=True)
    (copy / "reports" / "nobody" / "2024" / "report.json").write_text("{}", encoding="utf-8", newline="")
    (copy / "notes.txt").write_text("mine", encoding="utf-8", newline="")
    (report / "index.html").write_text("页", encoding="utf-8", newline="")
    observations = copy / "data" / "observations.csv"
    observations.write_bytes(observations.read_bytes()[:-7])
    findings = copy / "data" / "findings.json"
    findings.write_bytes(findings.read_bytes() + b" ")
    assert codes(verify(copy)) == {
        (below(copy, report / "badge.svg"), "copy.missing"),
        (below(copy, report / "data" / "secret.csv"), "file.extra"),
        ("data/more.json", "file.extra"),
        ("reports/nobody/2024/report.json", "file.extra"),
        ("data/observations.csv", "file.size"),
        ("data/findings.json", "file.size"),
    }


TWINS = {
    "DATA/observations.csv": "file.twin",
    "Data/observations.csv": "file.twin",
    "Reports/{report}/data/applications.csv": "file.twin",
    "DATA/MANIFEST.JSON": "file.twin",
    "data./observations.csv": "file.twin",
    "data /observations.csv": "file.twin",
    "data/observations.csv.": "file.twin",
    "data/Observations.csv ": "file.twin",
    "dat\u200ba/observations.csv": "file.twin",
    "reports\uff0f/x.csv": "",
    "DATA/more.json": "file.laid",
    "DATA/more/index.html": "file.laid",
    "Reports/nobody/2024/report.json": "file.laid",
    "con": "file.device",
    "assets/NUL.txt": "file.device",
    "assets/com1 .css": "file.device",
    "assets/console.css": "",
}
"""Names that other systems read otherwise, each with what is said of it; without a word, it is a name like any other."""
ON_POSIX = {"data\\observations.csv": "file.twin", "data:x/observations.csv": "file.twin"}
"""Such names that no archive may hold at all."""


def laid(folder: Path, name: str) -> str:
    """Put a forged file of a name into a copy; returns its path."""
    path = name.format(report=below(folder, report_of(folder)).removeprefix("reports/"))
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("forged\n", encoding="utf-8", newline="")
    return path


@pytest.mark.posix
@pytest.mark.parametrize("name, code", [*TWINS.items(), *ON_POSIX.items()])
def test_what_another_system_lays_over_the_data_is_refused_in_a_folder(copy: Path, name: str, code: str) -> None:
    path = laid(copy, name)
    verdict = verify(copy)
    assert codes(verdict) == ({(shown(path), code)} if code else set()), verdict.text("en")


@pytest.mark.posix
@pytest.mark.parametrize("name, code", TWINS.items())
def test_what_another_system_lays_over_the_data_is_refused_in_a_zip(copy: Path, tmp_path: Path, name: str, code: str) -> None:
    path = laid(copy, name)
    packed = Path(shutil.make_archive(str(tmp_path / "copy"), "zip", copy))
    verdict = verify(packed)
    if not path.isprintable():
        assert codes(verdict) == {("", "zip.name")}
    else:
        assert codes(verdict) == ({(path, code)} if code else set()), verdict.text("en")


@pytest.mark.posix
def test_of_two_pages_that_stand_for_each_other_one_is_refused(copy: Path) -> None:
    for name in ("about/index.html", "About/index.html"):
        laid(copy, name)
    verdict = verify(copy)
    assert codes(verdict) == {("about/index.html", "file.twin")}
    assert "About/index.html" in verdict.deviations[0].says.zh


@pytest.mark.posix
@pytest.mark.parametrize("name", ["é"])
def test_forms_of_unicode_are_one_name(copy: Path, name: str) -> None:
    for form in ("NFC", "NFD"):
        laid(copy, f"assets/{unicodedata.normalize(form, name)}.css")
    assert [code for _, code in codes(verify(copy))] == ["file.twin"]


@pytest.mark.posix
def test_a_link_that_another_system_lays_over_the_data_is_refused(copy: Path, tmp_path: Path) -> None:
    (copy / "DATA").symlink_to(tmp_path)
    assert codes(verify(copy)) == {("DATA", "copy.link")}


def test_a_manifest_that_lists_a_twin_is_no_licence(copy: Path) -> None:
    """Nor does another version, which may make more files than this one, excuse it."""
    laid(copy, "data/observations.csv.")
    resealed(copy, made_by="open-reports 999.0")
    assert ("data/observations.csv.", "file.twin") in codes(verify(copy))


@pytest.mark.posix
def test_a_twin_in_one_package_is_refused(made: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(report_of(made), tmp_path / "package"))
    assert verify(copy).passed
    (copy / "Data").mkdir()
    (copy / "Data" / "applications.csv").write_text("forged\n", encoding="utf-8", newline="")
    assert ("Data/applications.csv", "file.twin") in codes(verify(copy))


def test_what_no_manifest_lists_is_counted_and_named(copy: Path) -> None:
    for name in ("notes.txt", "zzz/tool.bin", "about/index.html", "assets/a.js", "assets/b.js"):
        laid(copy, name)
    pages, others = (each.en for each in verify(copy).notes)
    assert pages == "pages (HTML) are no data and were not verified: 1."
    assert others == (
        "other files that no manifest lists, outside the folders of data, were not verified: 4, such as assets/a.js, assets/b.js, notes.txt."
    )


@pytest.mark.posix
def test_a_link_is_never_followed(copy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    file = report_of(copy) / "data" / "notes.csv"
    secret.write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(secret)
    (copy / "elsewhere").symlink_to(tmp_path)
    (copy / "search").rename(tmp_path / "search")
    (copy / "search").symlink_to(tmp_path / "search")
    found = codes(verify(copy))
    assert (below(copy, file), "copy.link") in found
    assert ("search", "copy.link") in found
    assert ("search/index.json", "copy.missing") in found
    assert not [path for path, _ in found if path.startswith("elsewhere")]


def test_what_stands_in_the_sentence(copy: Path) -> None:
    file = copy / "data" / "index.json"
    right = file_hash(file.read_bytes())
    file.write_bytes(file.read_bytes().replace(b"{", b"[", 1))
    (said,) = verify(copy).deviations
    for language in ("zh", "en"):
        assert said.text(language).startswith("data/index.json")
        assert right in said.text(language)
        assert file_hash(file.read_bytes()) in said.text(language)
    assert "内容被改动过" in said.text()
    assert "the content was changed" in str(said)


# -- a forger who mends the manifest


def _other_total(copy: Path) -> Path:
    file = report_of(copy) / "report.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        re.sub(r'("total": )(\d+)', lambda match: f"{match[1]}{int(match[2]) + 1}", text, count=1), encoding="utf-8", newline=""
    )
    return file


def _other_row(copy: Path) -> Path:
    file = copy / "data" / "observations.csv"
    rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*rows[:-1], rows[-1].replace("reported", "blank")]) + "\n", encoding="utf-8", newline="")
    return file


def _fewer_rows(copy: Path) -> Path:
    file = copy / "data" / "observations.csv"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8", newline="")
    return file


def _no_findings(copy: Path) -> Path:
    file = copy / "data" / "findings.json"
    file.write_text("[1]\n", encoding="utf-8", newline="")
    return file


def _other_citation(copy: Path) -> Path:
    file = next(report_of(copy).glob("*.bib"))
    file.write_bytes(file.read_bytes().replace(b"title", b"Title", 1))
    return file


def _other_space(copy: Path) -> Path:
    file = copy / "data" / "index.json"
    file.write_bytes(file.read_bytes().replace(b": ", b":  ", 1))
    return file


def _other_archive(copy: Path) -> Path:
    file = next(report_of(copy).glob("*.zip"))
    with zipfile.ZipFile(file) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    with zipfile.ZipFile(file, "w") as bundle:
        for name, data in members.items():
            bundle.writestr(name, data.replace(b"0", b"1", 1) if name.endswith("disputes.csv") else data)
    return file


@pytest.mark.parametrize("forge", [_other_total, _other_row, _fewer_rows, _no_findings, _other_citation, _other_space, _other_archive])
def test_every_file_is_made_again_of_the_packages(copy: Path, forge: Callable[[Path], Path]) -> None:
    before = tree(copy)
    file = forge(copy)
    assert tree(copy) != before
    resealed(copy)
    verdict = verify(copy)
    assert verdict.named() == {below(copy, file)}, verdict.text("en")
    assert {each.code for each in verdict.deviations} <= {"made.differs", "made.spelling"}


def test_the_place_the_expected_and_the_found_are_told(copy: Path) -> None:
    file = _other_row(copy)
    rows = file.read_text(encoding="utf-8").splitlines()
    resealed(copy)
    (said,) = verify(copy).deviations
    assert said.text("en") == (
        f"data/observations.csv: this is not what the packages give; line {len(rows)}, “status”: expected reported, found blank."
    )


def test_a_package_that_was_changed_is_betrayed_by_what_was_made_of_it(copy: Path) -> None:
    report = report_of(copy)
    table = report / "data" / "overview.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    rows[1] = re.sub(r",(\d+),", lambda match: f",{int(match[1]) + 1},", rows[1], count=1)
    before = table.read_bytes()
    table.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="")
    assert table.read_bytes() != before
    descriptor = report / "datapackage.json"
    text = descriptor.read_text(encoding="utf-8").replace(file_hash(before), file_hash(table.read_bytes()))
    descriptor.write_text(text.replace(f'"bytes": {len(before)},', f'"bytes": {table.stat().st_size},'), encoding="utf-8", newline="")
    resealed(copy)
    named = verify(copy).named()
    assert below(copy, report / "report.json") in named
    assert {"data/observations.csv", "data/observations.json", "data/index.json"} <= named
    assert below(copy, table) not in named


def test_a_package_that_cannot_be_read_is_told_by_its_rows(copy: Path) -> None:
    report = report_of(copy)
    table = report / "data" / "disputes.csv"
    before = table.read_bytes()
    table.write_bytes(re.sub(rb",\d+\n", b",many\n", before, count=1))
    descriptor = report / "datapackage.json"
    text = descriptor.read_text(encoding="utf-8").replace(file_hash(before), file_hash(table.read_bytes()))
    descriptor.write_text(text.replace(f'"bytes": {len(before)},', f'"bytes": {table.stat().st_size},'), encoding="utf-8", newline="")
    resealed(copy)
    verdict = verify(copy)
    assert below(copy, table) in verdict.named()
    assert "row 2" in verdict.text("en")
    assert "第 2 行" in verdict.text("zh")


def test_planted_and_left_out_files(copy: Path) -> None:
    (copy / "data" / "planted.json").write_text("{}", encoding="utf-8", newline="")
    (copy / "data" / "corrections.csv").unlink()
    resealed(copy)
    assert codes(verify(copy)) == {("data/planted.json", "made.unknown"), ("data/corrections.csv", "made.missing")}


def test_another_site_s_address_is_betrayed(copy: Path) -> None:
    resealed(copy, site="https://elsewhere.example/")
    assert "data/index.json" in verify(copy).named()


# -- the manifest itself


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _spaced(data: bytes) -> bytes:
    return data.replace(b": {", b":  {", 1)


def _sized(data: bytes) -> bytes:
    return re.sub(rb'"bytes": (\d+)', lambda match: b'"bytes": %d' % (int(match[1]) + 1), data, count=1)


def _renamed(data: bytes) -> bytes:
    return data.replace(b'"made_by": "open-reports ', b'"made_by": "open-reports 9', 1)


def _escaping(data: bytes) -> bytes:
    return data.replace(b'"data/index.json"', b'"../data/index.json"', 1)


@pytest.mark.parametrize(
    "change,code",
    [
        (_cut, "manifest.broken"),
        (_spaced, "manifest.spelling"),
        (_sized, "manifest.hash"),
        (_renamed, "manifest.hash"),
        (_escaping, "manifest.broken"),
    ],
)
def test_a_manifest_that_was_changed(copy: Path, change: Callable[[bytes], bytes], code: str) -> None:
    file = copy / MANIFEST
    before = file.read_bytes()
    file.write_bytes(change(before))
    assert file.read_bytes() != before
    verdict = verify(copy)
    assert (MANIFEST, code) in codes(verdict)


def test_a_file_larger_than_stated_is_not_read_to_its_end(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("open_reports.copies.disk.PIECE", 16)
    file = copy / "data" / "corrections.csv"
    with file.open("ab") as stream:
        stream.truncate(20_000_000)
    read: list[int] = []
    own = copies.FolderCopy.pieces

    def counted(self: copies.FolderCopy, path: str) -> Iterator[bytes]:
        for piece in own(self, path):
            read.append(len(piece))
            yield piece

    monkeypatch.setattr(copies.FolderCopy, "pieces", counted)
    assert ("data/corrections.csv", "file.size") in codes(verify(copy))
    assert sum(read) < 10_000_000


# -- other versions and other libraries


def test_another_version_may_have_less_and_more(copy: Path) -> None:
    file = copy / "data" / "index.json"
    value = json.loads(file.read_bytes())
    value["added"] = "later"
    del value["reports"][0]["title"]
    file.write_text(json.dumps(value), encoding="utf-8", newline="")
    rows = (copy / "data" / "observations.csv").read_text(encoding="utf-8").splitlines()
    (copy / "data" / "observations.csv").write_text("\r\n".join(f"{row},x" for row in rows), encoding="utf-8", newline="")
    (copy / "data" / "extra.json").write_text("{}", encoding="utf-8", newline="")
    (copy / "data" / "corrections.csv").unlink()
    next(report_of(copy).glob("*.bib")).write_text("@misc{}", encoding="utf-8", newline="")
    resealed(copy, made_by="open-reports 99.0")
    verdict = verify(copy)
    assert verdict.deviations == []
    told = " ".join(each.en for each in verdict.notes)
    assert "made by open-reports 99.0" in told
    assert "files that cannot be made again or compared by value here, only their hashes verified: 2" in told
    assert "files that can be made here and are not in the copy: 1, such as data/corrections.csv" in told


@pytest.mark.parametrize("forge", [_other_total, _other_row, _fewer_rows, _no_findings, _other_archive])
def test_another_version_may_not_say_something_else(copy: Path, forge: Callable[[Path], Path]) -> None:
    file = forge(copy)
    resealed(copy, made_by="open-reports 99.0")
    assert verify(copy).named() == {below(copy, file)}


def test_another_zlib_packs_the_same_content(copy: Path) -> None:
    file = next(report_of(copy).glob("*.zip"))
    with zipfile.ZipFile(file) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            bundle.writestr(info, data, zipfile.ZIP_DEFLATED)
    resealed(copy)
    verdict = verify(copy)
    assert verdict.deviations == []
    assert "files packed by another version of the compression or database library, other bytes but the same content: 1" in verdict.text(
        "en"
    )


def _repacked(copy: Path) -> None:
    """Pack a report's archive as another zlib would."""
    file = next(report_of(copy).glob("*.zip"))
    with zipfile.ZipFile(file) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    file.write_bytes(packed(members, 1))


def _fewer_keys(copy: Path) -> Path:
    file = report_of(copy) / "report.json"
    value = json.loads(file.read_bytes())
    del value["findings"]
    file.write_text(json.dumps(value), encoding="utf-8", newline="")
    return file


def _more_columns(copy: Path) -> Path:
    file = copy / "data" / "observations.csv"
    rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("".join(f"{row},x\n" for row in rows), encoding="utf-8", newline="")
    return file


@pytest.mark.parametrize("forge", [_fewer_keys, _more_columns])
def test_another_zlib_excuses_no_other_file(copy: Path, forge: Callable[[Path], Path]) -> None:
    _repacked(copy)
    file = forge(copy)
    resealed(copy)
    assert codes(verify(copy)) == {(below(copy, file), "made.differs")}


def test_a_machine_that_lacks_an_optional_part(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives stand for any kind of file that some machines cannot make."""
    data_files = Publication.data_files

    def without_archives(publication: Publication) -> Iterator[tuple[str, bytes]]:
        for path, data in data_files(publication):
            if not path.endswith(".zip"):
                yield path, data.replace(b".zip", b".none") if path == "data/index.json" else data

    monkeypatch.setattr(Publication, "data_files", without_archives)
    verdict = verify(copy)
    assert verdict.deviations == []
    assert "only their hashes verified: 4" in verdict.text("en")
    file = _other_row(copy)
    resealed(copy)
    assert verify(copy).named() == {below(copy, file)}


def test_a_copy_that_was_made_without_an_optional_part(copy: Path) -> None:
    for file in copy.rglob("*.zip"):
        file.unlink()
    resealed(copy)
    verdict = verify(copy)
    assert verdict.deviations == []
    assert "files that can be made here and are not in the copy: 3" in verdict.text("en")


def packed(members: dict[str, bytes], level: int = 6) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as bundle:
        for name, data in members.items():
            bundle.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def database(*statements: str) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        data = connection.serialize()
    connection.close()
    return data


_TABLE = "CREATE TABLE t (a INTEGER, b TEXT)"
_TWO = "INSERT INTO t VALUES (1, '一'), (2, NULL)"
_FULL_TEXT = "CREATE VIRTUAL TABLE names USING fts5(name)"


@pytest.mark.parametrize(
    "path,made,found,same",
    [
        ("a.json", b'{"a": 1.10, "b": [1, null]}', b'{"b": [1, null], "a": 1.1}', True),
        ("a.json", b'{"a": 1}', b'{"a": 1, "b": 2}', True),
        ("a.json", b'{"a": 0}', b'{"a": null}', False),
        ("a.json", b'{"a": 0}', b'{"a": false}', False),
        ("a.json", b'{"a": 0.1}', b'{"a": 0.10000000000000001}', False),
        ("a.json", b"[1, 2]", b"[1]", False),
        ("a.json", b"[]", b"{}", False),
        ("a.json", b"[]", b"[", False),
        ("a.csv", b"a,b\n1,2\n", b'"b","a"\r\n"2","1"\r\n', True),
        ("a.csv", b"a,b\n1,\n", b"a,b\n1,0\n", False),
        ("a.csv", b"a\n1\n", b"a\n1\n2\n", False),
        ("a.csv", b"a\n1\n", b"b\n1\n", False),
        ("a.csv", b"a\n1\n", b"", False),
        ("a.zip", packed({"a": b"1" * 99}), packed({"a": b"1" * 99}, 1), True),
        ("a.zip", packed({"a": b"1" * 99}), packed({"a": b"2" * 99}), False),
        ("a.zip", packed({"a": b"1"}), packed({"a": b"11"}), False),
        ("a.xlsx", packed({"a": b"1"}), packed({"a": b"1", "b": b""}), False),
        ("a.xlsx", packed({"a": b"1"}), b"nothing", False),
        ("a.sqlite", database(_TABLE, _TWO), database(_TABLE, _FULL_TEXT.replace("names", "t2"), _TWO, "DROP TABLE t2"), True),
        ("a.sqlite", database(_TABLE, _TWO), database(_TABLE, _TWO, "UPDATE t SET b = 0 WHERE b IS NULL"), False),
        ("a.sqlite", database(_TABLE, _TWO), database(_TABLE, _TWO, "DELETE FROM t WHERE a = 2"), False),
        ("a.sqlite", database(_TABLE), database(_TABLE, "CREATE TABLE u (a)"), False),
        ("a.sqlite", database(_TABLE), b"nothing", False),
        ("a.parquet", b"PAR1 DuckDB version v1 (build a)", b"PAR2 DuckDB version v1 (build a)", False),
    ],
)
def test_whether_two_files_say_the_same(path: str, made: bytes, found: bytes, same: bool) -> None:  # noqa: FBT001
    outcome = difference(path, made, found, Rewritten())
    assert outcome is None if same else isinstance(outcome, Difference)
    assert difference(path, made, made, Rewritten()) is None or path.endswith(".parquet")


def test_the_first_difference_is_told_whatever_the_hash_seed() -> None:
    made, found = ({f"key-{number:02}": value for number in range(60)} for value in (0, 1))
    outcome = difference("a.json", json.dumps(made).encode(), json.dumps(found).encode(), Rewritten())
    assert isinstance(outcome, Difference)
    assert "key-00" in outcome.place.en


def test_what_nobody_here_can_compare() -> None:
    assert difference("a.parquet", b"DuckDB version v1", b"DuckDB version v2", Rewritten()) == Unknown()
    assert difference("a.svg", b"a", b"b", Rewritten()) == Unknown()


def test_a_list_may_state_the_hash_of_a_file_that_was_packed_otherwise() -> None:
    rewritten = Rewritten()
    assert not rewritten
    one, other = b"packed", b"packed otherwise"
    rewritten.add((len(one), file_hash(one)), (len(other), file_hash(other)))
    made = json.dumps({"bytes": len(one), "hash": file_hash(one), "hex": file_hash(one)[7:]}).encode()
    found = json.dumps({"bytes": len(other), "hash": file_hash(other), "hex": file_hash(other)[7:]}).encode()
    assert difference("a.jsonld", made, found, rewritten) is None
    assert difference("a.jsonld", found, made, rewritten) is not None


# -- archives that could do harm


def _member(name: str, data: bytes = b"", **facts: Any) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    for key, value in facts.items():
        setattr(info, key, value)
    return info, data


def _archive(*members: tuple[zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as bundle:
        for info, data in members:
            bundle.writestr(info, data, method)
    return stream.getvalue()


def _directory(start: int, entries: list[bytes]) -> bytes:
    """An archive's directory that begins at some byte, and the record of its end."""
    files = b"".join(entries)
    count, size = len(entries).to_bytes(2, "little"), len(files).to_bytes(4, "little")
    return files + b"PK\x05\x06" + bytes(4) + count * 2 + size + start.to_bytes(4, "little") + bytes(2)


def _large() -> bytes:
    """More than is unpacked in these tests, in small members."""
    return _archive(*(_member(f"{number}", b"x" * 100) for number in range(11)))


def _overlapping() -> bytes:
    data = _archive(_member("a", b"x" * 50))
    head = data.rindex(b"PK\x01\x02")
    entry = data[head : data.rindex(b"PK\x05\x06")]
    return data[:head] + _directory(head, [entry[:46] + name.encode() for name in "ab"])


def _twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return _archive(_member("a", b"1"), _member("a", b"2"))


def _encrypted() -> bytes:
    data = bytearray(_archive(_member("a", b"1")))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no archive": (lambda: b"nothing", "zip.broken"),
    "an empty file": (lambda: b"", "zip.broken"),
    "a cut archive": (lambda: _archive(_member("a", b"x" * 99))[:-9], "zip.broken"),
    "a way up": (lambda: _archive(_member("../a", b"x")), "zip.name"),
    "a way up inside": (lambda: _archive(_member("a/../../b", b"x")), "zip.name"),
    "an absolute name": (lambda: _archive(_member("/a", b"x")), "zip.name"),
    "a drive": (lambda: _archive(_member("c:/a", b"x")), "zip.name"),
    "a backslash": (lambda: _archive(_member("a\\b", b"x")), "zip.name"),
    "a NUL in a name": (lambda: _archive(_member("abc", b"x")).replace(b"abc", b"a\0c"), "zip.name"),
    "nothing before a NUL in a name": (lambda: _archive(_member("abc", b"x")).replace(b"abc", b"\0bc"), "zip.name"),
    "a link": (lambda: _archive(_member("a", b"b", create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16)), "zip.link"),
    "a device": (lambda: _archive(_member("a", create_system=3, external_attr=(stat.S_IFCHR | 0o666) << 16)), "zip.link"),
    "two of one name": (_twice, "zip.twice"),
    "a password": (_encrypted, "zip.locked"),
    "another method": (lambda: _archive(_member("a", b"x" * 99), method=zipfile.ZIP_LZMA), "zip.locked"),
    "more than is unpacked": (_large, "zip.bomb"),
    "parts counted twice": (_overlapping, "zip.overlap"),
    "nothing of ours": (lambda: _archive(_member("a.txt", b"x")), "copy.unlike"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_archive_that_could_do_harm(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, code = HOSTILE[name]
    monkeypatch.setattr("open_reports.copies.disk.MOST_UNPACKED", 1_000)
    file = tmp_path / "a.zip"
    file.write_bytes(make())
    verdict = verify(file)
    assert [each.code for each in verdict.deviations] == [code], verdict.text("en")
    assert str(file) in verdict.summary("zh")


def test_a_member_that_unpacks_to_more_than_a_package_may_have(real: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(real / "reports" / "pingtan" / "2024" / "pingtan-2024.zip") as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    members["data/notes.csv"] = b"x" * (gate.MAX_BYTES + 1)
    (tmp_path / "a.zip").write_bytes(packed(members))
    assert ("data/notes.csv", "copy.longer") in codes(verify(tmp_path / "a.zip"))


Members = dict[str, bytes]


def _no_prose(members: Members) -> None:
    del members["report.md"]


def _foreign_table(members: Members) -> None:
    members["data/evil.csv"] = b"a\n"


def _program(members: Members) -> None:
    members["evil.exe"] = b"MZ"


def _broken_descriptor(members: Members) -> None:
    members["datapackage.json"] = b"{"


def _descriptor_of_a_way_up(members: Members) -> None:
    members["datapackage.json"] = b'{"report": {"agency": "../x", "year": 2024}}'


def _huge_descriptor(members: Members) -> None:
    members["datapackage.json"] = b"x" * 300_000


@pytest.mark.parametrize(
    "change,name",
    [
        (_no_prose, "report.md"),
        (_foreign_table, "data/evil.csv"),
        (_program, "evil.exe"),
        (_broken_descriptor, "datapackage.json"),
        (_descriptor_of_a_way_up, "datapackage.json"),
        (_huge_descriptor, "datapackage.json"),
    ],
)
def test_a_report_s_archive_with_other_files(real: Path, tmp_path: Path, change: Callable[[Members], None], name: str) -> None:
    with zipfile.ZipFile(real / "reports" / "pingtan" / "2024" / "pingtan-2024.zip") as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    change(members)
    (tmp_path / "a.zip").write_bytes(packed(members))
    assert name in verify(tmp_path / "a.zip").named()


def test_a_report_s_archive_packed_by_another_zlib(real: Path, tmp_path: Path) -> None:
    source = real / "reports" / "pingtan" / "2024" / "pingtan-2024.zip"
    with zipfile.ZipFile(source) as bundle:
        members = [(info, bundle.read(info)) for info in bundle.infolist()]
    for folder, passes in (("", True), ("pingtan-2024/", True), ("elsewhere/", False)):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as bundle:
            for info, data in members:
                entry = zipfile.ZipInfo(folder + info.filename, date_time=info.date_time)
                entry.create_system, entry.external_attr = info.create_system, info.external_attr
                bundle.writestr(entry, data, zipfile.ZIP_DEFLATED, compresslevel=1)
        (tmp_path / "a.zip").write_bytes(stream.getvalue())
        assert verify(tmp_path / "a.zip").passed == passes


def test_a_report_by_itself_with_another_number(real: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(real / "reports" / "pingtan" / "2024", tmp_path / "2024"))
    file = folder / "report.json"
    file.write_bytes(file.read_bytes().replace(b'"total": 218', b'"total": 219', 1))
    (said,) = verify(folder).deviations
    assert said.file == "report.json"
    assert "“tables.applications.new.total”: expected 218, found 219" in said.text("en")
    table = folder / "data" / "disputes.csv"
    table.write_bytes(table.read_bytes().replace(b",0", b",1", 1))
    (said,) = verify(folder).deviations
    assert (said.file, said.code) == ("data/disputes.csv", "file.hash")
    (folder / "datapackage.json").write_text(
        '{"report": {"agency": "pingtan", "year": 2024}, "resources": [1]}', encoding="utf-8", newline=""
    )
    assert verify(folder).named() == {"datapackage.json"}


# -- on the web


def test_a_site_on_the_web_passes(made: Path) -> None:
    with served(made) as server:
        for url in (server.url, f"{server.url}index.html?x=1#y", server.url.removesuffix("/")):
            verdict = verify(url)
            assert verdict.deviations == []
            assert verdict.packages == 2
        report = report_of(made)
        assert verify(f"{server.url}{below(made, report)}/").deviations == []
        assert verify(f"{server.url}{below(made, report)}/{report.parent.name}-{report.name}.zip").passed is False
        assert all(path.startswith(server.mount) for path in server.asked)


def test_changes_on_the_web_are_found(copy: Path) -> None:
    report = report_of(copy)
    (report / "badge.svg").unlink()
    (copy / "data" / "index.json").write_bytes(b"[]")
    with served(copy) as server:
        assert codes(verify(server.url)) == {(below(copy, report / "badge.svg"), "copy.missing"), ("data/index.json", "file.size")}


# -- the archive of the corpus, taken alone


@pytest.fixture
def unpacked(made: Path, tmp_path: Path) -> Path:
    """What the archive of the corpus holds, to be changed."""
    with zipfile.ZipFile(made / "data" / "open-reports.zip") as bundle:
        bundle.extractall(tmp_path / "corpus")
    return tmp_path / "corpus"


@pytest.mark.parametrize("where", ["real", "made"])
def test_the_archive_of_the_corpus_passes_alone(request: pytest.FixtureRequest, where: str) -> None:
    folder: Path = request.getfixturevalue(where)
    verdict = verify(folder / "data" / "open-reports.zip")
    assert verdict.deviations == []
    assert verdict.packages == verify(folder).packages
    with zipfile.ZipFile(folder / "data" / "open-reports.zip") as bundle:
        assert verdict.files == len(bundle.namelist())
    (note,) = verdict.notes
    assert "every other file was made again" in note.en


def test_every_change_of_the_unpacked_corpus_is_named(unpacked: Path) -> None:
    """Of prose and of what describes a package nothing in the archive states a hash: the manifest of the site does."""
    chance = random.Random(12)  # noqa: S311 (nothing here is secret)
    for path in sorted(each for each in tree(unpacked) if not each.endswith((".md", "agency.yml", "/datapackage.json"))):
        file = unpacked / path
        before = file.read_bytes()
        file.write_bytes(changed(before, chance))
        verdict = verify(unpacked)
        file.write_bytes(before)
        # Another version may cite otherwise; that it is not what this one makes is told all the same.
        told = codes(verdict) or [each.en for each in verdict.notes if path.startswith("open-reports.") and f"such as {path}" in each.en]
        assert told, path


def test_what_does_not_belong_into_the_corpus(unpacked: Path) -> None:
    for name in ("more.csv", "datapackages/nobody/notes.txt", "Datapackages/x.csv"):
        file = unpacked / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a\n", encoding="utf-8", newline="")
    (unpacked / "codebook.csv").unlink()
    found = codes(verify(unpacked))
    assert {("more.csv", "file.extra"), ("datapackages/nobody/notes.txt", "file.extra"), ("codebook.csv", "copy.missing")} <= found


def test_an_archive_of_the_corpus_whose_descriptor_is_damaged(made: Path, tmp_path: Path) -> None:
    data = (made / "data" / "open-reports.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        info = bundle.getinfo("datapackage.json")
    at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    (tmp_path / "a.zip").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    assert codes(verify(tmp_path / "a.zip")) == {("datapackage.json", "zip.broken")}


def test_a_manifest_of_a_site_whose_address_no_file_can_hold(made: Path, copy: Path) -> None:
    """JSON can spell half of a character, which has no bytes."""
    file = copy / MANIFEST
    file.write_bytes(re.sub(rb'"site": "[^"]*"', rb'"site": "https://a\\ud800/"', file.read_bytes()))
    assert codes(verify(copy)) == {(MANIFEST, "manifest.broken")}
    with pytest.raises(PublishError, match="不能用作网站地址"):
        open_reports.open(made).publish(site="https://a\ud800/")


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve what a function answers to every request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Keep the terminal to pytest."""

    with Threaded(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _answer(status: int, headers: dict[str, str], body: bytes = b"") -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    "status,headers,body,code",
    [
        (302, {"Location": "http://localhost:1/elsewhere"}, b"", "web.elsewhere"),
        (301, {"Location": "file:///etc/passwd"}, b"", "web.elsewhere"),
        (500, {}, b"", "web.status"),
        (403, {}, b"", "web.status"),
        (404, {}, b"", "copy.unlike"),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(b"{}", mtime=0), "web.encoded"),
        (200, {}, b"<html>", "manifest.broken"),
    ],
)
def test_a_server_that_answers_something_else(status: int, headers: dict[str, str], body: bytes, code: str) -> None:
    with answering(_answer(status, headers, body)) as url:
        assert [each.code for each in verify(url).deviations] == [code]


def test_a_redirect_within_the_site_is_followed(made: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        path = request.path.removeprefix("/")
        if path.startswith("old/"):
            _answer(302, {"Location": f"/new/{path.removeprefix('old/')}"})(request)
        else:
            file = made / path.removeprefix("new/")
            _answer(200, {}, file.read_bytes())(request) if file.is_file() else _answer(404, {})(request)

    with answering(answer) as url:
        assert verify(f"{url}old/").deviations == []


def test_an_address_as_a_browser_shows_it(made: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        file = made / unquote(request.path).removeprefix("/年报 数据/")
        _answer(200, {}, file.read_bytes())(request) if file.is_file() else _answer(404, {})(request)

    with answering(answer) as url:
        for spelt in ("年报 数据/", quote("年报 数据/")):
            assert verify(f"{url}{spelt}").deviations == []


def test_a_server_that_stays_silent() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(1)  # until the other side hangs up

    with answering(answer) as url, WebCopy(url, timeout=0.2) as web, pytest.raises(CopyError) as raised:
        web.read(MANIFEST, 100)
    assert raised.value.code == "web.unreachable"
    assert "timed out" in raised.value.says.en


def _drip(head: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Send a head, then a byte after another until nobody listens any more."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(head)
        with suppress(OSError):
            while True:
                request.wfile.write(b"x")

    return answer


def ticking(step: float) -> Callable[[], float]:
    """A clock that goes on by so many seconds whenever somebody looks at it."""
    return itertools.count(0.0, step).__next__


SLOW = {
    "status": b"HTTP/1.0 200 O",
    "header": b"HTTP/1.0 200 OK\r\nServer: ",
    "content": b"HTTP/1.0 200 OK\r\nContent-Length: 9000000\r\n\r\n",
    "content without a length": b"HTTP/1.0 200 OK\r\n\r\n",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff0\r\n",
}
"""What comes whole from a server that drips all the rest, by what drips."""


@pytest.mark.parametrize("head", SLOW.values(), ids=SLOW)
def test_a_server_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr("open_reports.verify.open_copy", lambda url: WebCopy(url, clock=ticking(20)))
    with answering(_drip(head)) as url:
        verdict = verify(url)
    assert [each.code for each in verdict.deviations] == ["web.slow"]
    assert "should bring at least 10,000" in verdict.text("en")
    assert "每秒至少应有 10,000 字节" in verdict.text("zh")


def test_a_slow_server_is_told_once(monkeypatch: pytest.MonkeyPatch, made: Path) -> None:
    """No other file is waited for."""
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        if request.path.endswith(MANIFEST):
            _answer(200, {}, (made / MANIFEST).read_bytes())(request)
        else:
            _drip(SLOW["content"])(request)

    monkeypatch.setattr("open_reports.verify.open_copy", lambda url: WebCopy(url, clock=ticking(20)))
    with answering(answer) as url:
        verdict = verify(url)
    assert [each.code for each in verdict.deviations] == ["web.slow"]
    assert len(asked) < len(listed(made)) // 2


def test_a_large_file_may_take_its_time() -> None:
    """A second for each 10,000 bytes, and half a minute besides: 300,000 bytes in 30 s by a clock that is looked at often."""
    body = bytes(300_000)
    with answering(_answer(200, {}, body)) as url, WebCopy(url, clock=ticking(0.4)) as web:
        assert web.read("a", 400_000) == body


def test_a_server_that_hangs_up_in_between(made: Path) -> None:
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        if len(asked) > 12:
            request.connection.close()
            return
        _answer(200, {}, (made / request.path.removeprefix("/")).read_bytes())(request)

    with answering(answer) as url:
        verdict = verify(url)
    assert [each.code for each in verdict.deviations] == ["web.unreachable"]


def test_a_file_that_never_ends_is_let_go() -> None:
    with answering(_answer(200, {}, b"x" * 5_000_000)) as url, WebCopy(url) as web, pytest.raises(CopyError) as raised:
        web.read("a", 1_000)
    assert raised.value.code == "copy.longer"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/",
        "http:///a",
        "http://me:word@a.example/",
        "http://[::1/",
        "https://a.example:99999/",
        "https://a\n.example/",
        f"https://{'年' * 70}.example/",
    ],
)
def test_an_address_that_none_can_be_at(url: str) -> None:
    assert [each.code for each in verify(url).deviations] == ["copy.address"]


def test_no_network() -> None:
    verdict = verify("http://127.0.0.1:9/")
    assert [each.code for each in verdict.deviations] == ["web.unreachable"]
    assert "check the network" in verdict.text("en")
    assert "请检查网络" in verdict.text("zh")


# -- the command and its words


def test_the_command(copy: Path) -> None:
    run = CliRunner()
    passed = run.invoke(commands, ["verify", str(copy)])
    assert passed.exit_code == 0
    assert "核对通过" in passed.stdout.splitlines()[-1]
    (copy / "data" / "index.json").write_bytes(b"[]")
    (copy / "data" / "more.csv").write_bytes(b"")
    for language, words in (("zh", "2 处不符"), ("en", "deviations: 2")):
        failed = run.invoke(commands, ["verify", str(copy), "--lang", language])
        assert failed.exit_code == 1
        assert [line[:15] for line in failed.stdout.splitlines()[:2]] == [
            "data/index.json",
            "data/more.csv" + ("：清" if language == "zh" else ": "),
        ]
        assert words in failed.stdout.splitlines()[-1]


def test_what_is_not_there(tmp_path: Path) -> None:
    assert [each.code for each in verify(tmp_path / "nothing").deviations] == ["copy.none"]
    assert [each.code for each in verify(tmp_path).deviations] == ["copy.unlike"]


def test_what_the_system_refuses_is_told(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [each.code for each in verify("a" * 5_000).deviations] == ["copy.unreadable"]
    own = os.lstat

    def refused(path: str | Path, **more: Any) -> os.stat_result:
        if str(path).endswith(MANIFEST):
            raise PermissionError(13, "Permission denied", str(path))
        return own(path, **more)

    monkeypatch.setattr(os, "lstat", refused)
    assert codes(verify(copy)) == {(MANIFEST, "copy.unreadable")}


def test_the_repository_is_not_needed(made: Path) -> None:
    with watching() as watch:
        assert verify(made).passed
    assert not [path for path in watch.opened if Path(path).is_relative_to(PROJECT / "datapackages")]


def test_every_message_is_used_and_every_code_has_one() -> None:
    folder = PROJECT / "plugins" / "open_reports"
    source = "".join(
        (folder / name).read_text(encoding="utf-8")
        for name in (
            "copies/__init__.py",
            "copies/base.py",
            "copies/disk.py",
            "copies/signature.py",
            "copies/web.py",
            "corpus.py",
            "site/export.py",
            "verify/bundle.py",
            "verify/comparison.py",
            "verify/line_ends.py",
            "verify/overlay.py",
            "verify/minisign.py",
            "verify/parts.py",
            "verify/signing.py",
            "verify/verdict.py",
            "verify/__init__.py",
            "cli/exporting.py",
            "cli/signing.py",
        )
    )
    named = set(re.findall(r'"((?:copy|zip|web|manifest|file|made|package|note|verdict|place|export|sign)\.[a-z_]+)"', source))
    assert named == set(messages())


def test_sources_are_the_packages_alone(real: Path) -> None:
    packages = sources(listed(real))
    assert len(packages) == REPORTS * 7 + AGENCIES
    assert not [path for path in packages if path.endswith(("report.json", ".zip"))]
