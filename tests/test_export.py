"""Export: everything the site has but the pages, the same bytes anywhere, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import made_up
import open_reports
import pytest
from click.testing import CliRunner
from conftest import PROJECT
from hypothesis import given
from hypothesis import strategies as st
from open_reports.cli import commands
from open_reports.errors import DocumentError, PublishError
from open_reports.files import manifest
from open_reports.history import releases
from open_reports.site.export import refuse_foreign
from open_reports.site.refused import FolderError
from website import SITE_URL, environment, site, tree
from whole import exported

__all__ = ["site"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three made-up packages."""
    root = tmp_path_factory.mktemp("small") / "datapackages"
    made_up.write_corpus(root, 3)
    return root


@pytest.fixture(scope="module")
def corpus(small: Path) -> open_reports.Corpus:
    return open_reports.open(small)


# -- what is in it


def test_every_data_file_and_the_manifest(corpus: open_reports.Corpus, tmp_path: Path) -> None:
    done = exported(corpus, tmp_path / "out", site=SITE_URL)
    made = dict(corpus.publish(site=SITE_URL).data_files())
    written = {path: (tmp_path / "out" / path).read_bytes() for path in tree(tmp_path / "out")}
    listed = written.pop(manifest.PATH)
    assert written == made
    stated = manifest.parse(listed)
    assert stated.manifest.entries == {path: manifest.Entry.of(data) for path, data in made.items()}
    assert stated.hash == stated.manifest.hash == done.hash
    assert (done.files, done.size) == (len(made), sum(map(len, made.values())))
    assert not [path for path in made if path.endswith(".html")]


def test_the_site_has_the_same_data_files(site: Path, packages: Path, tmp_path: Path) -> None:
    exported(open_reports.open(packages), tmp_path / "out", site=SITE_URL, released=releases.read(PROJECT / "released"))
    written = tree(tmp_path / "out")
    assert {path: digest for path, digest in tree(site).items() if path in written} == written


def test_an_address_without_its_last_slash(corpus: open_reports.Corpus, tmp_path: Path) -> None:
    one = exported(corpus, tmp_path / "one", site=SITE_URL)
    assert exported(corpus, tmp_path / "other", site=SITE_URL.removesuffix("/")) == one


_CODE = """
import sys
from pathlib import Path
import open_reports
from open_reports.site.export import export
corpus = open_reports.open(sys.argv[1])
export(corpus.publish(site="https://a.example/"), Path(sys.argv[2]), place=corpus.place)
"""


def test_the_same_bytes_wherever_and_whenever(small: Path, tmp_path: Path) -> None:
    settings = [
        {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"},
        {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "2", "LC_ALL": "POSIX"},
    ]
    found = []
    for index, setting in enumerate(settings):
        packages = tmp_path / f"somewhere-{index}" / "datapackages"
        shutil.copytree(small, packages)
        for file in packages.rglob("*"):
            os.utime(file, (1_000_000_000 + index, 1_000_000_000 + index))
        target = tmp_path / f"out-{index}"
        env = environment(tmp_path / f"home-{index}", **setting)
        subprocess.run([sys.executable, "-c", _CODE, str(packages), str(target)], env=env, cwd=packages.parent, check=True)
        found.append(tree(target))
    assert found[0] == found[1]
    assert len(found[0]) > 40


# -- where it stands


def test_an_export_is_replaced_and_nothing_of_it_stays(small: Path, corpus: open_reports.Corpus, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    exported(corpus, target)
    shutil.copytree(small, tmp_path / "fewer")
    shutil.rmtree(max((tmp_path / "fewer").glob("*/[0-9]*")))
    (target / ".DS_Store").write_bytes(b"")
    exported(open_reports.open(tmp_path / "fewer", place="datapackages"), target)
    assert len(list(target.glob("reports/*/*/datapackage.json"))) == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["fewer", "out"]


def _page(target: Path) -> None:
    (target / "index.html").write_text("页", encoding="utf-8")


def _link(target: Path) -> None:
    (target / "link").symlink_to(target / "data")


def _no_manifest(target: Path) -> None:
    (target / manifest.PATH).unlink()


def _foreign_manifest(target: Path) -> None:
    (target / manifest.PATH).write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("change", [_page, pytest.param(_link, marks=pytest.mark.posix), _no_manifest, _foreign_manifest])
def test_a_folder_that_holds_something_else_stays_as_it_is(corpus: open_reports.Corpus, tmp_path: Path, change: object) -> None:
    target = tmp_path / "out"
    exported(corpus, target)
    assert callable(change)
    change(target)
    before = tree(target)
    with pytest.raises(open_reports.CopyError) as raised:
        exported(corpus, target)
    assert raised.value.code == "export.foreign"
    assert tree(target) == before
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_packages_are_never_overwritten(small: Path, corpus: open_reports.Corpus) -> None:
    before = tree(small)
    with pytest.raises(open_reports.CopyError):
        exported(corpus, small)
    assert tree(small) == before


@pytest.mark.posix
def test_a_file_or_a_link_stands_there(corpus: open_reports.Corpus, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link"):
        with pytest.raises(open_reports.CopyError) as raised:
            refuse_foreign(tmp_path / name)
        assert raised.value.code == "export.no_folder"
    with pytest.raises(FolderError) as unwritable:
        exported(corpus, tmp_path / "file" / "below")
    assert unwritable.value.code == "unwritable"
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_the_folder_one_stands_in(corpus: open_reports.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    done = exported(corpus, Path())
    assert manifest.parse((tmp_path / "out" / manifest.PATH).read_bytes()).hash == done.hash
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


_KILLED = """
import os, signal, sys
from pathlib import Path
import open_reports
from open_reports.site import export
written = []
def write(path, data, own=export._write):
    written.append(path)
    if len(written) == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    own(path, data)
export._write = write
corpus = open_reports.open(sys.argv[1])
export.export(corpus.publish(), Path(sys.argv[2]), place=corpus.place)
"""


@pytest.mark.posix
def test_a_killed_export_leaves_the_one_before(small: Path, corpus: open_reports.Corpus, tmp_path: Path) -> None:
    target = tmp_path / "out"
    exported(corpus, target, site=SITE_URL)
    before = tree(target)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(small), str(target)], env=environment(tmp_path / "home"), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert tree(target) == before
    leftovers = list(tmp_path.glob(".out.staged-*"))
    assert len(leftovers) == 1
    exported(corpus, target)
    assert not list(tmp_path.glob(".out.*"))
    assert tree(target) != before


# -- the command


def test_the_command(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    outcome = CliRunner().invoke(commands, ["export", str(tmp_path / "out"), "--site", SITE_URL])
    assert outcome.exit_code == 0, outcome.output
    stated = manifest.parse((tmp_path / "out" / manifest.PATH).read_bytes())
    assert stated.hash in outcome.stdout
    assert (stated.manifest.site, stated.manifest.packages) == (SITE_URL, "datapackages")
    assert "已导出" in outcome.stdout
    again = CliRunner().invoke(commands, ["export", str(tmp_path / "out"), "--lang", "en"])
    assert "exported" in again.stdout


def test_nothing_is_exported_of_packages_with_errors(tmp_path: Path) -> None:
    made_up.write_corpus(tmp_path / "p", 1)
    next((tmp_path / "p").rglob("disputes.csv")).unlink()
    outcome = CliRunner().invoke(commands, ["export", str(tmp_path / "out"), "--root", str(tmp_path / "p")])
    assert isinstance(outcome.exception, open_reports.DataError)
    assert not (tmp_path / "out").exists()


# -- the manifest

_PATHS = st.lists(
    st.from_regex(r"[a-z一-龥]{1,8}(/[a-z\"\\u00e9]{1,8})?\.json", fullmatch=True).filter(manifest.safe), unique=True, max_size=6
)


@given(_PATHS, st.text(max_size=20).filter(str.isprintable), st.randoms(use_true_random=False))
def test_a_manifest_is_read_as_it_was_written(paths: list[str], address: str, chance: object) -> None:
    made = manifest.Manifest(site=address)
    shuffled = manifest.Manifest(site=address)
    for path in paths:
        made.add(path, path.encode())
    for path in reversed(paths):
        shuffled.add(path, path.encode())
    assert made.finish() == shuffled.finish()
    stated = manifest.parse(made.finish())
    assert stated.manifest.entries == made.entries
    assert stated.manifest.site == address
    assert stated.hash == made.hash
    assert stated.manifest.finish() == made.finish()


def test_one_file_stands_once() -> None:
    made = manifest.Manifest()
    made.add("a", b"1")
    for path in ("a", manifest.PATH):
        with pytest.raises(PublishError):
            made.add(path, b"2")
    assert str(made).startswith("1 file, sha256:")


_HASH = f"sha256:{'0' * 64}"
_WHOLE = {"made_by": "a", "site": "", "packages": "p", "hash": _HASH, "files": {"a": {"bytes": 1, "hash": _HASH}}}


@pytest.mark.parametrize(
    "change",
    [
        {"made_by": ""},
        {"site": 1},
        {"packages": None},
        {"hash": "sha256:1"},
        {"files": []},
        {"more": 1},
        {"files": {"../a": {"bytes": 1, "hash": _HASH}}},
        {"files": {"a": {"bytes": -1, "hash": _HASH}}},
        {"files": {"a": {"bytes": True, "hash": _HASH}}},
        {"files": {"a": {"bytes": 1, "hash": "0"}}},
        {"files": {"a": {"bytes": 1}}},
        {"files": {"a": 1}},
    ],
)
def test_a_manifest_with_a_fault(change: dict[str, object]) -> None:
    assert len(manifest.parse(json.dumps(_WHOLE).encode()).manifest) == 1
    with pytest.raises(DocumentError):
        manifest.parse(json.dumps({**_WHOLE, **change}).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b"\xff{}", b'{"files": {}, "files": {}}'])
def test_what_is_no_manifest(data: bytes) -> None:
    with pytest.raises(DocumentError):
        manifest.parse(data)


@pytest.mark.parametrize("path", ["", "/a", "a/../b", "./a", "a//b", "a\\b", "c:/a", "a/", "a\nb", ".."])
def test_a_path_that_could_lead_out(path: str) -> None:
    assert not manifest.safe(path)
