"""What is published no more: only for a reason, which the page of corrections shows for good."""

from __future__ import annotations

import csv
import io
import json
import shutil
from typing import TYPE_CHECKING

import outputs
import pytest
from click.testing import CliRunner
from lxml import html
from open_reports import corpus
from open_reports.checks.check import check
from open_reports.cli import commands
from open_reports.files.manifest import PATH as MANIFEST
from open_reports.files.manifest import Entry, Manifest, parse
from open_reports.history import releases
from open_reports.history.releases import breaches, kept, looked, lost, read, release
from open_reports.site.export import export
from open_reports.site.publish import publish
from open_reports.verify import verify
from test_catalogue import A, valid
from test_diff import AGENCY, edited, zeros
from test_record import RECORD, committed, library, project, put

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from open_reports.site.publish import Publication

__all__ = ["project"]  # the fixture

OLD = f"reports/{AGENCY}/2022/"
REASON = {"date": "2026-03-02", "reason": "该年没有单独编制年报，原来误收。", "reason_en": "Kept by mistake.", "to": f"reports/{AGENCY}/"}


def say(root: Path, address: str = OLD, **other: str) -> None:
    (root / RECORD / "dropped.yml").write_text(json.dumps({address: REASON | other}, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def dropped(project: Path) -> Path:
    """A project that dropped a report for a reason, released and committed that."""
    put(project, zeros(2023))
    say(project)
    release(library(project), project / RECORD)
    committed(project, "dropped")
    return project


def test_the_reason_stays_when_the_record_is_brought_up_to_date(dropped: Path) -> None:
    assert read(dropped / RECORD).successors.dropped[OLD].to_dict() == REASON
    assert release(library(dropped), dropped / RECORD).files == ()
    assert (AGENCY, 2022) in read(dropped / RECORD).reports


@pytest.mark.parametrize("way", ["deleted", "emptied", "successor"])
def test_a_reason_that_was_deleted_is_told_and_can_be_written_again(dropped: Path, way: str) -> None:
    file = dropped / RECORD / "dropped.yml"
    file.unlink()
    if way == "emptied":
        file.write_bytes(b"")
    if way == "successor":  # another report, that says the same
        (dropped / RECORD / "successors.yml").write_text(f"{OLD}: reports/{AGENCY}/2023/\n", encoding="utf-8")
    now = read(dropped / RECORD)
    (found,) = [each for each in kept(library(dropped), now, looked(dropped / RECORD).past) if each.kind == "drop_lost"]
    for language in ("zh", "en"):
        assert REASON["reason"] in found.says(language)
        assert f"{RECORD}/dropped.yml" in found.says(language)
    (dropped / RECORD / "successors.yml").unlink(missing_ok=True)
    file.write_text(found.entry, encoding="utf-8")
    now = read(dropped / RECORD)
    assert now.successors.dropped[OLD].to_dict() == REASON
    assert [*breaches(library(dropped), now), *kept(library(dropped), now, looked(dropped / RECORD).past)] == []


def told(root: Path) -> list[str]:
    now = read(root / RECORD)
    return [each.kind for each in (*breaches(library(root), now), *kept(library(root), now, looked(root / RECORD).past))]


def write(root: Path, value: object) -> None:
    (root / RECORD / "dropped.yml").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def test_what_came_back_is_told_for_good_all_the_same(dropped: Path) -> None:
    put(dropped, zeros(2022), zeros(2023))
    (found,) = breaches(library(dropped), read(dropped / RECORD))
    assert found.kind == "drop_needless"
    for language, said in (("zh", "又发布了的"), ("en", "published again")):
        assert said in found.says(language)
    (dropped / RECORD / "dropped.yml").unlink()
    assert told(dropped) == ["drop_lost"]
    (dropped / RECORD / "dropped.yml").write_text(found.entry.replace("YYYY-MM-DD", "2026-05-04"), encoding="utf-8")
    assert told(dropped) == []
    released = read(dropped / RECORD)
    assert released.successors.of(OLD) is None
    assert [one.back for _, one in released.successors.drops()] == ["2026-05-04"]
    assert releases.parsed(releases.released_json(library(dropped), released)).successors == released.successors


def test_what_went_twice_is_told_twice(dropped: Path) -> None:
    again = REASON | {"date": "2026-06-01", "reason": "又误收。"}
    write(dropped, {OLD: [REASON | {"back": "2026-05-04"}, again]})
    assert told(dropped) == []
    released = read(dropped / RECORD)
    assert [one.date for _, one in released.successors.drops()] == ["2026-03-02", "2026-06-01"]
    assert released.successors.of(OLD) == REASON["to"]
    assert json.loads(releases.released_json(library(dropped), released))["dropped"] == {OLD: [REASON | {"back": "2026-05-04"}, again]}


SECOND = REASON | {"date": "2026-06-01"}
WRONG = {
    "no day between": [REASON, SECOND],
    "the later one first": [SECOND | {"back": "2026-07-01"}, REASON],
    "back before it went": REASON | {"back": "2026-03-01"},
    "back on the day": REASON | {"back": "2026-03-02"},
    "back and gone on one day": [REASON | {"back": "2026-06-01"}, SECOND],
    "back is no day": REASON | {"back": "soon"},
    "an empty list": [],
    "not filled in": REASON | {"reason": "待填"},
    "a blank": REASON | {"reason": " "},
    "marks alone": REASON | {"reason": "……"},
    "no reason": {key: each for key, each in REASON.items() if key != "reason"},
    "the gap of the example": REASON | {"date": "YYYY-MM-DD"},
}


@pytest.mark.parametrize("way", WRONG)
def test_what_is_no_reason_is_told(dropped: Path, way: str) -> None:
    write(dropped, {OLD: WRONG[way]})
    assert "dropped_unreadable" in told(dropped)


@pytest.mark.parametrize("key, text", [("reason", "另有原因。"), ("date", "2026-03-03"), ("reason_en", "For another reason.")])
def test_a_reason_that_was_edited_is_told(dropped: Path, key: str, text: str) -> None:
    say(dropped, **{key: text})
    assert told(dropped) == ["drop_lost"]


def test_where_readers_are_led_may_move(dropped: Path) -> None:
    say(dropped, to="corrections/")
    assert told(dropped) == []


@pytest.mark.parametrize("address", ["reports/xugou-yi/", f"reports/{AGENCY}/2019/", "reports/xugou-yi/2022/"])
def test_what_was_never_released_did_not_go(dropped: Path, address: str) -> None:
    write(dropped, {OLD: REASON, address: REASON})
    (found,) = breaches(library(dropped), read(dropped / RECORD))
    assert (found.kind, found.address) == ("drop_unknown", address)
    for language, said in (("zh", "从来没有发布过"), ("en", "was never released")):
        assert said in found.says(language)


def renamed(root: Path, year: int, text: str = "0") -> None:
    package = edited(zeros(year), {"cells": {"disclosure/licensing/decisions": text}})
    package.write(root / "datapackages")
    folder = root / "datapackages" / AGENCY
    (folder / str(year) / "datapackage.json").write_text(
        (folder / str(year) / "datapackage.json").read_text(encoding="utf-8").replace(AGENCY, "xugou-new"), encoding="utf-8"
    )
    folder.rename(root / "datapackages" / "xugou-new")


def test_an_agency_that_has_another_id_takes_its_reasons_along(dropped: Path) -> None:
    shutil.rmtree(dropped / "datapackages")
    renamed(dropped, 2023)
    (dropped / RECORD / "successors.yml").write_text(f"reports/{AGENCY}/: reports/xugou-new/\n", encoding="utf-8")
    say(dropped, to="reports/xugou-new/")
    assert told(dropped) == []


def test_a_reason_beside_a_renaming_hides_no_change_of_figures(project: Path) -> None:
    shutil.rmtree(project / "datapackages")
    renamed(project, 2022, "9")
    (project / RECORD / "successors.yml").write_text(f"reports/{AGENCY}/: reports/xugou-new/\n", encoding="utf-8")
    write(project, {each: REASON | {"to": "reports/xugou-new/"} for each in (OLD, f"reports/{AGENCY}/2023/")})
    found = [each for each in breaches(library(project), read(project / RECORD)) if each.kind == "drop_needless"]
    assert [(each.address, each.now) for each in found] == [(OLD, "reports/xugou-new/2022/")]


def test_one_address_cannot_have_moved_and_gone(dropped: Path) -> None:
    (dropped / RECORD / "successors.yml").write_text(f"{OLD}: reports/{AGENCY}/2023/\n", encoding="utf-8")
    assert [each.kind for each in breaches(library(dropped), read(dropped / RECORD))] == ["dropped_unreadable"]


def test_readers_are_led_to_a_page_that_is_there(dropped: Path) -> None:
    say(dropped, to="nowhere/")
    site = ["index.html", "about/index.html", "glossary/index.html"]
    assert [(each.kind, each.now, each.successors) for each in lost(read(dropped / RECORD), site)] == [
        ("successor_missing", "nowhere/", f"{RECORD}/dropped.yml")
    ]
    say(dropped, to="about/")
    assert lost(read(dropped / RECORD), site) == []


def test_the_record_that_is_published_has_the_reason_and_asks_for_it(dropped: Path) -> None:
    released = read(dropped / RECORD)
    data = releases.released_json(library(dropped), released)
    assert json.loads(data)["dropped"] == {OLD: REASON}
    assert releases.parsed(data).successors.dropped == released.successors.dropped
    opened = corpus.open(dropped / "datapackages")
    export(opened.publish(released=released), dropped / "copy", place=opened.place)
    (dropped / RECORD / "dropped.yml").unlink()
    shutil.rmtree(dropped / ".git")
    for language, said in (("zh", "请写回"), ("en", "write it again")):
        folders = ["--root", f"{dropped}/datapackages", "--record", f"{dropped}/{RECORD}", "--site", "none", "--lang", language]
        done = CliRunner().invoke(commands, ["release", *folders, "--against", f"{dropped}/copy"])
        assert done.exit_code == 1
        assert said in str(done.exception)


def test_pages_at_the_old_address_lead_on_and_no_file_of_another_report_stands_there(dropped: Path) -> None:
    released = read(dropped / RECORD)
    publication = publish(library(dropped), check(library(dropped)), released=released)
    assert not [each.path for each in publication.data_files() if each.path.startswith(OLD)]
    leads = {each.path: html.fromstring(each.data).xpath("//a/@href") for each in publication.redirects}
    assert leads[f"{OLD}index.html"] == [f"../../../reports/{AGENCY}/"]
    assert leads[f"en/{OLD}index.html"] == [f"../../../../en/reports/{AGENCY}/"]
    assert {"from": OLD, "to": f"reports/{AGENCY}/"} in json.loads(releases.successors_json(released))


@pytest.mark.parametrize("address, name", [(OLD, ("2022", "虚构市甲局")), ("reports/xugou-bing/", ("xugou-bing",))])
def test_the_page_of_corrections_tells_what_went_and_why(dropped: Path, address: str, name: tuple[str, ...]) -> None:
    keys = {page.path: page.key for page in publish(library(dropped), check(library(dropped)), released=read(dropped / RECORD)).pages}
    say(dropped, address, date="2026-03-02", reason_en="Kept by mistake, really.")
    pages = {page.path: page for page in publish(library(dropped), check(library(dropped)), released=read(dropped / RECORD)).pages}
    for path, reason in (("corrections/", REASON["reason"]), ("en/corrections/", "Kept by mistake, really.")):
        page = pages[path]
        (row,) = html.fromstring(page.build()).xpath("//h2[@id='gone']/following::table[1]/tbody/tr")
        text = row.text_content()
        assert REASON["date"] in text
        assert reason in text
        assert address in text
        assert path.startswith("en/") or all(each in text for each in name)
        assert row.xpath(".//a/@href") == [f"../reports/{AGENCY}/"]
        assert "gone" in dict(page.sections)
        # A key of the packages alone would show yesterday's reasons.
        assert page.key != keys[path]


def test_without_a_drop_the_page_has_no_such_list(project: Path) -> None:
    (page,) = [
        each
        for each in publish(library(project), check(library(project)), released=read(project / RECORD)).pages
        if each.path == "corrections/"
    ]
    assert "gone" not in dict(page.sections)
    assert 'id="gone"' not in str(page.build())


# -- wherever corrections stand


@pytest.fixture
def made(dropped: Path) -> dict[str, bytes]:
    """Data files of a site that dropped two things, one of which came back, and corrected a report in between."""
    gone = {
        "reports/xugou-bing/": REASON | {"date": "2026-05-01", "to": "corrections/"},
        f"reports/{AGENCY}/2023/": REASON | {"back": "2026-06-01"},
    }
    return {each.path: each.data for each in published(dropped, gone).data_files()}


def published(root: Path, others: Mapping[str, object]) -> Publication:
    write(root, {OLD: REASON | {"date": "2026-03-03"}, **others})
    said = {
        "version": "1.0.1",
        "date": "2026-04-01",
        "reason": "录入错误",
        "changes": [{"address": "overview/公开平台/value", "from": "12", "to": "13"}],
    }
    put(root, edited(zeros(2023), {"overview": [["公开平台", "13", "个", ""]], "json": {"version": "1.0.1", "report.revisions": [said]}}))
    found = library(root)
    return publish(found, check(found), site="https://www.example.cn/", released=read(root / RECORD))


ORDER = ["reports/xugou-bing/", f"reports/{AGENCY}/2023/", OLD, f"reports/{AGENCY}/2023/"]
KINDS = ["dropped", "correction", "dropped", "dropped"]


def test_the_files_of_corrections_tell_what_went(made: dict[str, bytes]) -> None:
    entries = json.loads(made["data/corrections.json"])
    assert [each["page"] for each in entries] == ORDER
    assert [each["kind"] for each in entries] == KINDS
    assert entries[0] == {
        "agency": "xugou-bing",
        "agency_name": "xugou-bing",
        "year": None,
        "version": None,
        "date": "2026-05-01",
        "reason": REASON["reason"],
        "changes": [],
        "page": "reports/xugou-bing/",
        "kind": "dropped",
        "reason_en": REASON["reason_en"],
        "leads_to": "corrections/",
    }
    assert [each.get("back") for each in entries] == [None, None, None, "2026-06-01"]
    rows = list(csv.DictReader(io.StringIO(made["data/corrections.csv"].decode(), newline="")))
    assert [row["page"] for row in rows] == ORDER
    for row, entry in zip(rows, entries, strict=True):
        for key in ("agency", "agency_name", "year", "version", "date", "reason", "kind", "page", "reason_en", "leads_to", "back"):
            assert row[key] == str(entry.get(key) or "")
    assert [row["change"] for row in rows if row["kind"] == "dropped"][:2] == [
        "不再发布，旧地址转到 corrections/",
        f"不再发布，旧地址转到 reports/{AGENCY}/",
    ]


def test_the_database_tells_what_went(made: dict[str, bytes]) -> None:
    connection = outputs.opened(made["data/reports.sqlite"])
    rows = connection.execute(
        "SELECT page, date, agency, agency_name, year, reason, reason_en, leads_to, back FROM dropped ORDER BY date"
    ).fetchall()
    says = (REASON["reason"], REASON["reason_en"])
    assert rows == [
        (f"reports/{AGENCY}/2023/", "2026-03-02", AGENCY, "虚构市甲局", 2023, *says, f"reports/{AGENCY}/", "2026-06-01"),
        (OLD, "2026-03-03", AGENCY, "虚构市甲局", 2022, *says, f"reports/{AGENCY}/", None),
        ("reports/xugou-bing/", "2026-05-01", "xugou-bing", "xugou-bing", None, *says, "corrections/", None),
    ]


@pytest.mark.parametrize("path, top, title", [("feed.xml", "", "不再发布：虚构市甲局"), ("en/feed.xml", "en/", "Published no more: ")])
def test_the_feed_tells_what_went(made: dict[str, bytes], path: str, top: str, title: str) -> None:
    feed = valid(made[path])
    found = {entry.findtext(f"{A}id", ""): entry for entry in feed.findall(f"{A}entry")}
    gone = found[f"https://www.example.cn/{top}{OLD}#dropped-2026-03-03"]
    assert gone.findtext(f"{A}title", "").startswith(title)
    assert gone.findtext(f"{A}updated") == gone.findtext(f"{A}published") == "2026-03-03T00:00:00Z"
    assert REASON["reason_en" if top else "reason"] in gone.findtext(f"{A}summary", "")
    assert [link.get("href") for link in gone.findall(f"{A}link")] == [f"https://www.example.cn/{top}corrections/#gone"]
    back = found[f"https://www.example.cn/{top}reports/{AGENCY}/2023/#dropped-2026-03-02"]
    assert back.findtext(f"{A}updated") == "2026-06-01T00:00:00Z"
    assert f"https://www.example.cn/{top}reports/xugou-bing/#dropped-2026-05-01" in found


def test_home_and_data_page_name_it_among_what_is_new(dropped: Path) -> None:
    pages = {page.path: page for page in published(dropped, {}).pages}
    for path, said in (("", "不再发布"), ("en/", "published no more"), ("data/", "不再发布"), ("en/data/", "published no more")):
        root = html.fromstring(str(pages[path].build()))
        assert [link for link in root.xpath("//a[contains(@href, 'corrections/#gone')]/..") if said in link.text_content()], path


def test_a_copy_verifies_and_a_changed_reason_does_not(dropped: Path) -> None:
    """Of what the record alone tells, each file is held against the others."""
    write(dropped, {OLD: REASON, f"reports/{AGENCY}/2023/": REASON | {"back": "2026-06-01"}})
    opened = corpus.open(dropped / "datapackages")
    copy = dropped / "copy"
    export(opened.publish(released=read(dropped / RECORD)), copy, place=opened.place)
    assert verify(copy).deviations == []
    assert verify(copy / "data" / "open-reports.zip").deviations == []
    file = copy / "data" / "corrections.csv"
    stated = parse((copy / MANIFEST).read_bytes()).manifest
    again = Manifest(site=stated.site, packages=stated.packages)
    file.write_bytes(file.read_bytes().replace("原来误收".encode(), "原来错收".encode()))
    for path, entry in stated.entries.items():
        again.put(path, Entry.of(file.read_bytes()) if path == "data/corrections.csv" else entry)
    (copy / MANIFEST).write_bytes(again.finish())
    assert "data/corrections.csv" in {each.file for each in verify(copy).deviations}
