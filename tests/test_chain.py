"""The chain of a record: an entry is never replaced, and one that was edited, taken out, put in or moved is told with its line."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from open_reports.history import releases
from open_reports.history.releases import breaches, chain, kept, looked, read, release
from test_diff import AGENCY, edited, zeros
from test_record import RECORD, committed, jsonl, library, project, put

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["project"]  # the fixture

Lines = list[dict[str, Any]]


def lines(root: Path) -> Lines:
    return [json.loads(line) for line in jsonl(root).read_text(encoding="utf-8").splitlines()]


def write(root: Path, ones: Lines) -> None:
    text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in ones)
    jsonl(root).write_text(text, encoding="utf-8", newline="\n")


def corrected(root: Path, text: str, version: str = "1.0.1") -> None:
    """Correct a figure of 2022 as it should be, and release that."""
    count = int(version.rpartition(".")[2])
    revisions = [
        {
            "version": f"1.0.{number}",
            "date": f"2026-03-0{number}",
            "reason": "录入错误",
            "changes": [{"address": "disclosure/licensing/decisions", "from": str(number - 1), "to": str(number)}],
        }
        for number in range(1, count + 1)
    ]
    said = {"cells": {"disclosure/licensing/decisions": text}, "json": {"version": version, "report.revisions": revisions}}
    put(root, edited(zeros(2022), said), zeros(2023), zeros(2024))
    release(library(root), root / RECORD)


@pytest.fixture
def grown(project: Path) -> Path:
    """A record of five entries: two years, one added, and one of them corrected twice."""
    corrected(project, "1", "1.0.1")
    corrected(project, "2", "1.0.2")
    committed(project, "grown")
    return project


def test_nothing_is_replaced_and_the_last_state_of_a_year_holds(grown: Path) -> None:
    assert [(one["year"], one["version"]) for one in lines(grown)] == [
        (2022, "1.0.0"),
        (2023, "1.0.0"),
        (2022, "1.0.1"),
        (2024, "1.0.0"),
        (2022, "1.0.2"),
    ]
    found = read(grown / RECORD)
    assert found.flaws == ()
    assert {year: one["version"] for (_, year), one in found.reports.items()} == {2022: "1.0.2", 2023: "1.0.0", 2024: "1.0.0"}
    assert release(library(grown), grown / RECORD).files == ()
    assert [*breaches(library(grown), found), *kept(library(grown), found, looked(grown / RECORD).past)] == []


def test_each_entry_has_the_hash_of_the_line_before(grown: Path) -> None:
    """By the bytes of the file alone, as anybody can."""
    texts = jsonl(grown).read_bytes().splitlines()
    assert "previous" not in json.loads(texts[0])
    for before, line in itertools.pairwise(texts):
        assert json.loads(line)["previous"] == hashlib.sha256(before).hexdigest()
    published = json.loads(releases.released_json(library(grown), read(grown / RECORD)))
    assert published["last"][AGENCY] == hashlib.sha256(texts[-1]).hexdigest()
    assert published["reports"][AGENCY] == lines(grown)


def edit(ones: Lines) -> Lines:
    ones[1]["version"] = "1.0.7"
    return ones


WAYS: dict[str, tuple[Callable[[Lines], Lines], int]] = {
    "edited": (edit, 3),
    "taken out": (lambda ones: [ones[0], *ones[2:]], 2),
    "the first taken out": (lambda ones: ones[1:], 1),
    "moved": (lambda ones: [*ones[:2], ones[3], ones[2], ones[4]], 3),
    "put in": (lambda ones: [*ones[:2], {**ones[1], "version": "1.0.3"}, *ones[2:]], 3),
    "without its hash": (lambda ones: [*ones[:3], {key: each for key, each in ones[3].items() if key != "previous"}, ones[4]], 4),
    "another hash": (lambda ones: [*ones[:4], ones[4] | {"previous": "0" * 64}], 5),
}
"""Ways of changing a chain, each with the line at which that shows."""


@pytest.mark.parametrize("way", WAYS)
def test_an_entry_that_was_changed_is_told_with_its_line(grown: Path, way: str) -> None:
    change, row = WAYS[way]
    write(grown, change(lines(grown)))
    found = [each for each in breaches(library(grown), read(grown / RECORD)) if each.kind == "unreadable"]
    assert found[0].address == f"{RECORD}/{AGENCY}.jsonl:{row}"
    for language, said in (("zh", "上一行的哈希值"), ("en", "the hash of the line before")):
        assert said in found[0].says(language)
        assert f"{AGENCY}.jsonl:{row}" in found[0].says(language)
    with pytest.raises(releases.PermanenceError):
        release(library(grown), grown / RECORD)


@pytest.mark.parametrize("previous", [5, None, ["0"], {}])
def test_what_is_no_hash_is_told(grown: Path, previous: object) -> None:
    ones = lines(grown)
    ones[4]["previous"] = previous
    write(grown, ones)
    assert next(each.kind for each in breaches(library(grown), read(grown / RECORD))) == "unreadable"


def bare(ones: Lines) -> Lines:
    return [{key: each for key, each in one.items() if key != "previous"} for one in ones]


def test_a_record_from_before_the_chain_is_read_and_gets_one(project: Path) -> None:
    whole = jsonl(project).read_bytes()
    write(project, bare(lines(project)))
    shutil.rmtree(project / ".git")
    assert read(project / RECORD).flaws == ()
    assert release(library(project), project / RECORD).files == (f"{AGENCY}.jsonl",)
    assert jsonl(project).read_bytes() == whole
    assert breaches(library(project), read(project / RECORD)) == []


def test_a_record_without_the_hashes_that_it_had_is_told(project: Path) -> None:
    """Else it would pass for an old one."""
    write(project, bare(lines(project)))
    (found,) = kept(library(project), read(project / RECORD), looked(project / RECORD).past)
    assert (found.kind, found.address, found.now) == ("record_shrunk", f"{RECORD}/{AGENCY}.jsonl", "previous")


def test_what_a_published_copy_has_besides_comes_back_as_it_was(grown: Path) -> None:
    whole = jsonl(grown).read_bytes()
    published = releases.parsed(releases.released_json(library(grown), read(grown / RECORD)))
    for count in (0, 1, 3):
        write(grown, lines(grown)[:count])
        now = releases.published.joined(read(grown / RECORD), published)
        assert releases.record.files(library(grown), now, None)[f"{AGENCY}.jsonl"].encode() == whole
        jsonl(grown).write_bytes(whole)


# -- the entries by themselves ------------------------------------------------------------------------------------------


def test_an_entry_is_hashed_as_one_line_of_utf8() -> None:
    """Another spelling of the same entry would be another hash, and every published chain would be broken."""
    assert chain.line({"年": "二", "a": [1, {"b": None}]}) == '{"年":"二","a":[1,{"b":null}]}'
    assert chain.digest({"年": 1}) == hashlib.sha256(b'{"\xe5\xb9\xb4":1}').hexdigest()
    # Half a surrogate is no text, but JSON can spell it, and a record that holds it must still be read and told.
    assert chain.digest({"a": "\ud800"}) == hashlib.sha256(b'{"a":"\xed\xa0\x80"}').hexdigest()


def test_a_chain_names_the_entry_before_and_can_be_made_anew() -> None:
    ones = [{"version": "1"}, {"version": "2", "previous": "of before"}, {"version": "3"}]
    found = chain.linked(ones)
    assert found == [
        {"version": "1"},
        {"version": "2", "previous": chain.digest(found[0])},
        {"version": "3", "previous": chain.digest(found[1])},
    ]
    assert chain.linked(found) == found
    assert [chain.unlinked(each) for each in found] == [{"version": "1"}, {"version": "2"}, {"version": "3"}]
    assert (chain.is_linked(found), chain.is_linked(ones[:1]), chain.is_linked([])) == (True, False, False)
    assert list(chain.breaks(found)) == []


def test_where_a_chain_breaks_both_hashes_are_told() -> None:
    one, two, three = chain.linked([{"version": "1"}, {"version": "2"}, {"version": "3"}])
    assert list(chain.breaks([two, three])) == [(0, "-", two["previous"])]
    assert list(chain.breaks([one, three])) == [(1, chain.digest(one), three["previous"])]
    bare = {"version": "3"}
    assert list(chain.breaks([one, two, bare])) == [(2, chain.digest(two), "-")]
    # Before the first hash nothing is expected to have one; from then on everything is.
    assert list(chain.breaks([one, bare])) == []
    assert list(chain.breaks([one, bare, {"version": "4", "previous": chain.digest(bare)}, one])) == [
        (3, chain.digest({"version": "4", "previous": chain.digest(bare)}), "-")
    ]
