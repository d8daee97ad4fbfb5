"""What is published no more: only for a reason, which the page of corrections shows for good."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from lxml import html
from open_reports import corpus
from open_reports.checks.check import check
from open_reports.cli import commands
from open_reports.history import releases
from open_reports.history.releases import breaches, kept, looked, lost, read, release
from open_reports.site.export import export
from open_reports.site.publish import publish
from test_diff import AGENCY, zeros
from test_record import RECORD, committed, library, project, put

if TYPE_CHECKING:
    from pathlib import Path

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


def test_what_came_back_needs_no_reason(dropped: Path) -> None:
    put(dropped, zeros(2022), zeros(2023))
    assert [each.kind for each in breaches(library(dropped), read(dropped / RECORD))] == ["drop_needless"]
    (dropped / RECORD / "dropped.yml").unlink()
    now = read(dropped / RECORD)
    assert [*breaches(library(dropped), now), *kept(library(dropped), now, looked(dropped / RECORD).past)] == []


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
    say(dropped, address)
    pages = {page.path: page for page in publish(library(dropped), check(library(dropped)), released=read(dropped / RECORD)).pages}
    for path, reason in (("corrections/", REASON["reason"]), ("en/corrections/", REASON["reason_en"])):
        page = pages[path]
        (row,) = html.fromstring(page.build()).xpath("//h2[@id='gone']/following::table[1]/tbody/tr")
        text = row.text_content()
        assert REASON["date"] in text
        assert reason in text
        assert address in text
        assert path.startswith("en/") or all(each in text for each in name)
        assert row.xpath(".//a/@href") == [f"../reports/{AGENCY}/"]
        assert "gone" in dict(page.sections)
        assert not page.key  # a key of the packages would show yesterday's reasons


def test_without_a_drop_the_page_has_no_such_list(project: Path) -> None:
    (page,) = [
        each
        for each in publish(library(project), check(library(project)), released=read(project / RECORD)).pages
        if each.path == "corrections/"
    ]
    assert "gone" not in dict(page.sections)
    assert 'id="gone"' not in str(page.build())
