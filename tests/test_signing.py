"""Signatures: made and verified by the public tool as well as by this program, and every false one told by its cause."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import made_up
import open_reports
import pytest
from click.testing import CliRunner
from open_reports.cli import commands
from open_reports.copies import messages, signature
from open_reports.copies.signature import PATH
from open_reports.files import manifest
from open_reports.history import releases
from open_reports.text import LANGUAGES
from open_reports.verify import minisign, signing, verify
from patience import PATIENCE
from test_verify import answering, cloned
from website import SITE_URL, build_here, minimal_project, served
from whole import exported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.server import BaseHTTPRequestHandler

    from click.testing import Result
    from open_reports.verify import Verdict

pytestmark = pytest.mark.office


class Keys(NamedTuple):
    """A pair of keys, in files."""

    secret: Path
    public: Path


def tool(*arguments: str | Path, cwd: Path, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run the public tool by itself."""
    assert shutil.which("minisign"), "these tests need minisign: apt-get install minisign"
    return subprocess.run(
        ["minisign", *map(str, arguments)], cwd=cwd, input=said, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def keys(folder: Path, name: str) -> Keys:
    """New keys, without a password."""
    folder.mkdir(exist_ok=True)
    done = tool("-G", "-W", "-s", f"{name}.key", "-p", f"{name}.pub", cwd=folder)
    assert done.returncode == 0, done.stderr
    return Keys(folder / f"{name}.key", folder / f"{name}.pub")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages and keys, of which nothing changes."""
    folder = tmp_path_factory.mktemp("signing")
    made_up.write_corpus(folder / "datapackages", 2)
    exported(open_reports.open(folder / "datapackages"), folder / "export", site=SITE_URL)
    return folder


@pytest.fixture(scope="module")
def ours(root: Path) -> Keys:
    return keys(root / "keys", "ours")


@pytest.fixture(scope="module")
def theirs(root: Path) -> Keys:
    return keys(root / "keys", "theirs")


@pytest.fixture(scope="module")
def signed(root: Path, ours: Keys) -> Path:
    """A signed export; not to be changed."""
    folder = Path(shutil.copytree(root / "export", root / "signed"))
    signing.sign(folder, ours.secret)
    return folder


@pytest.fixture
def copy(signed: Path, tmp_path: Path) -> Path:
    """A signed export, to be changed."""
    return Path(shutil.copytree(signed, tmp_path / "copy"))


def of(verdict: Verdict) -> list[tuple[str, str]]:
    return [(each.file, each.code) for each in verdict.deviations]


def release(root: Path, *options: str | Path) -> Result:
    arguments = ["--root", root / "datapackages", "--record", root / "released", *options]
    return CliRunner().invoke(commands, ["release", *map(str, arguments)])


# -- both ways


def test_what_we_sign_the_tool_alone_verifies(signed: Path, ours: Keys) -> None:
    done = tool("-V", "-p", ours.public, "-m", manifest.PATH, cwd=signed)
    assert done.returncode == 0, done.stderr
    stated = manifest.parse((signed / manifest.PATH).read_bytes()).hash
    assert re.search(rf"Trusted comment: timestamp:\d+\tfile:manifest\.json\tsigned:[\dT:-]+Z\tmanifest:{stated}", done.stdout)


@pytest.mark.parametrize(
    "options", [(), ("-l",), ("-t", "第一次发布 · first"), ("-c", "by hand")], ids=["plain", "legacy", "comment", "untrusted"]
)
def test_what_the_tool_alone_signs_we_verify(root: Path, tmp_path: Path, ours: Keys, options: tuple[str, ...]) -> None:
    folder = Path(shutil.copytree(root / "export", tmp_path / "copy"))
    assert tool("-S", "-s", ours.secret, "-m", manifest.PATH, *options, cwd=folder).returncode == 0
    for key in (ours.public, ours.public.read_text(encoding="utf-8").split("\n")[1]):
        verdict = verify(folder, key=key)
        assert verdict.deviations == []
        (note,) = [each.en for each in verdict.notes if "signature" in each.en]
        assert note.startswith("the signature is true: key ")


def test_a_signature_goes_along_into_an_archive_and_onto_the_web(signed: Path, tmp_path: Path, ours: Keys) -> None:
    packed = shutil.make_archive(str(tmp_path / "copy"), "zip", signed)
    with served(signed) as server:
        for where in (packed, server.url):
            assert verify(where, key=ours.public).deviations == []


def test_a_clone_of_what_is_published_is_verified_by_the_tool_alone(signed: Path, tmp_path: Path, ours: Keys) -> None:
    """Also by a git that converts line ends."""
    clone = cloned(signed, tmp_path)
    assert (clone / PATH).read_bytes() == (signed / PATH).read_bytes()
    assert tool("-V", "-P", signature.public_key(ours.public).text, "-m", manifest.PATH, cwd=clone).returncode == 0
    assert verify(clone, key=ours.public).deviations == []


def test_without_a_key_it_is_said_that_nobody_asked(signed: Path, ours: Keys) -> None:
    verdict = verify(signed)
    assert verdict.deviations == []
    (note,) = verdict.notes
    assert "was not verified" in note.en
    assert "没有核对" in note.zh
    assert signature.public_key(ours.public).id in note.en


# -- what is false


def _damaged(folder: Path) -> None:
    file = folder / PATH
    lines = file.read_text(encoding="utf-8").split("\n")
    at = len(lines[1]) // 2
    lines[1] = f"{lines[1][:at]}{'A' if lines[1][at] != 'A' else 'B'}{lines[1][at + 1 :]}"
    file.write_text("\n".join(lines), encoding="utf-8", newline="")


def _commented(folder: Path) -> None:
    file = folder / PATH
    file.write_text(file.read_text(encoding="utf-8").replace("signed:2", "signed:3"), encoding="utf-8", newline="")


def _cut(folder: Path) -> None:
    file = folder / PATH
    file.write_bytes(file.read_bytes()[:100])


def _long(folder: Path) -> None:
    (folder / PATH).write_bytes((folder / PATH).read_bytes() + b"x" * signature.MOST_BYTES)


def _gone(folder: Path) -> None:
    (folder / PATH).unlink()


FALSE: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "damaged": (_damaged, "sign.false"),
    "another comment": (_commented, "sign.false"),
    "cut off": (_cut, "sign.broken"),
    "too long": (_long, "copy.longer"),
    "gone": (_gone, "sign.absent"),
}


@pytest.mark.parametrize("change, code", FALSE.values(), ids=FALSE)
def test_a_false_signature_is_told(copy: Path, ours: Keys, change: Callable[[Path], None], code: str) -> None:
    change(copy)
    assert of(verify(copy, key=ours.public)) == [(PATH, code)]


def test_another_key_is_told_with_both_ids(signed: Path, ours: Keys, theirs: Keys) -> None:
    verdict = verify(signed, key=theirs.public)
    assert of(verdict) == [(PATH, "sign.foreign")]
    for language in LANGUAGES:
        assert all(signature.public_key(each.public).id in verdict.text(language) for each in (ours, theirs))


def test_the_signature_of_an_earlier_manifest_is_told(root: Path, copy: Path, tmp_path: Path, ours: Keys) -> None:
    """Also without a key, for it says itself which manifest it is of; one that does not is false."""
    made_up.write_corpus(tmp_path / "datapackages", 3)
    exported(open_reports.open(tmp_path / "datapackages"), tmp_path / "export", site=SITE_URL)
    for asked, said, code in ((ours.public, True, "sign.other"), (None, True, "sign.other"), (ours.public, False, "sign.false")):
        if not said:
            assert tool("-S", "-s", ours.secret, "-m", manifest.PATH, cwd=copy).returncode == 0
        shutil.copy(copy / PATH, tmp_path / "export" / PATH)
        assert of(verify(tmp_path / "export", key=asked)) == [(PATH, code)]


def test_data_changed_after_signing_are_told_though_the_manifest_was_written_anew(copy: Path, ours: Keys) -> None:
    """Which is what a manifest alone cannot tell."""
    old = manifest.parse((copy / manifest.PATH).read_bytes()).manifest
    (copy / "data" / "codebook.csv").write_bytes(b"a\n")
    new = manifest.Manifest(site=old.site, packages=old.packages, made_by="open-reports 999.0")
    for path in old.entries:
        new.add(path, (copy / path).read_bytes())
    (copy / manifest.PATH).write_bytes(new.finish())
    assert (PATH, "sign.other") in of(verify(copy, key=ours.public))


@pytest.mark.parametrize("name", ["DATA/manifest.json.minisig", "data/Manifest.json.MINISIG", "data/manifest.json.minisig."])
@pytest.mark.posix
def test_a_twin_of_the_signature_is_refused(copy: Path, ours: Keys, name: str) -> None:
    (copy / name).parent.mkdir(exist_ok=True)
    shutil.copy(copy / PATH, copy / name)
    assert of(verify(copy, key=ours.public)) == [(name, "file.twin")]


# -- keys


@pytest.mark.parametrize("what", ["nothing", "text", "secret", "folder", "signature", "NUL"])
def test_what_is_no_public_key(signed: Path, tmp_path: Path, ours: Keys, what: str) -> None:
    (tmp_path / "text").write_text("untrusted comment: x\nRW\n", encoding="utf-8")
    given: Mapping[str, str | Path] = {
        "nothing": tmp_path / "none",
        "text": tmp_path / "text",
        "secret": ours.secret,
        "folder": tmp_path,
        "signature": signed / PATH,
        "NUL": "a\0b",
    }
    code = "sign.secret" if what == "secret" else "sign.key"
    assert [each.code for each in verify(signed, key=given[what]).deviations] == [code]


def test_a_part_has_no_manifest_to_be_signed(signed: Path, ours: Keys) -> None:
    report = min(signed.glob("reports/*/[0-9]*"))
    for where in (report, signed / "data" / "open-reports.zip"):
        assert ("", "sign.nothing") in of(verify(where, key=ours.public))


# -- the tool is not there, or does not work


@pytest.mark.posix
def test_without_the_tool_nothing_is_taken_for_true(
    root: Path, signed: Path, ours: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one count that lies in the folder of the copy itself."""
    fake = tmp_path / "minisign"
    fake.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for path in (str(tmp_path), ".", "", str(tmp_path / "none")):
        monkeypatch.setenv("PATH", path)
        assert of(verify(signed, key=ours.public)) == [("", "sign.tool")], path


@pytest.mark.posix
@pytest.mark.parametrize("does", ["exit 3", "echo no >&2; exit 127", "kill -9 $$"])
def test_a_tool_that_fails_proves_nothing(signed: Path, ours: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    fake = tmp_path / "minisign"
    fake.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setattr(minisign, "program", lambda: str(fake))
    assert of(verify(signed, key=ours.public)) == [("", "sign.failed")]


def _front(request: BaseHTTPRequestHandler, folder: Path, missing: int) -> None:
    file = folder / request.path.removeprefix("/")
    data = file.read_bytes() if file.is_file() else b"<html>"
    request.send_response(200 if file.is_file() else missing)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


@pytest.mark.parametrize("missing, code", [(404, "sign.absent"), (403, "web.status"), (200, "sign.broken")])
def test_an_unsigned_site_passes_without_a_key_whatever_a_server_says_of_what_it_lacks(
    root: Path, ours: Keys, missing: int, code: str
) -> None:
    with answering(lambda request: _front(request, root / "export", missing)) as url:
        assert verify(url).deviations == []
        assert of(verify(url, key=ours.public)) == [(PATH, code)]


# -- the commands


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """Packages with their record and an export in the place of a site."""
    folder = Path(shutil.copytree(root / "datapackages", tmp_path / "project" / "datapackages")).parent
    shutil.copytree(root / "export", folder / "site")
    return folder


def built(project: Path) -> None:
    """Make the export again, which publishes the record."""
    opened = open_reports.open(project / "datapackages")
    exported(opened, project / "site", site=SITE_URL, released=releases.read(project / "released"))


@pytest.fixture
def recorded(project: Path) -> Path:
    """The same when it is on record."""
    assert release(project, "--site", project / "site").exit_code == 0
    built(project)
    return project


def test_release_signs_what_is_recorded_and_verify_finds_it_true(project: Path, ours: Keys) -> None:
    site, sign = project / "site", ("--sign", ours.secret)
    # The first time the record gains addresses, and the site publishes the one before.
    first = release(project, "--site", site, *sign, "--lang", "en")
    assert first.exit_code == 1
    assert "build the site once more" in str(first.exception)
    assert not (site / PATH).exists()
    assert release(project, "--site", site, *sign).exit_code == 1
    built(project)
    done = release(project, "--site", site, *sign, "--lang", "en")
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert "site: signed, data/manifest.json.minisig" in done.output
    assert (site / PATH).stat().st_mode == (site / manifest.PATH).stat().st_mode
    assert [each.name for each in (site / "data").iterdir() if each.name.startswith(".")] == []
    # Its address is not recorded: a site need not be signed again.
    assert release(project, "--site", site, "--check").exit_code == 0
    assert "minisig" not in "".join(each.read_text(encoding="utf-8") for each in (project / "released").iterdir())
    for key, code in ((ours.public, 0), (ours.secret, 1)):
        found = CliRunner().invoke(commands, ["verify", str(site), "--key", str(key)])
        assert found.exit_code == code, found.output


def test_what_cannot_be_signed_is_refused_in_a_sentence(recorded: Path, ours: Keys, theirs: Keys) -> None:
    site = recorded / "site"
    shutil.copy(ours.secret, site / "ours.key")
    broken = recorded / "broken.key"
    broken.write_text("no key\n", encoding="utf-8")
    for key, said in (
        (site / "ours.key", "would be published"),
        (recorded / "none.key", "check the path"),
        (broken, "check the secret key"),
    ):
        done = release(recorded, "--site", site, "--sign", key, "--lang", "en")
        assert done.exit_code != 0
        assert said in f"{done.output}{done.exception}"
        assert not (site / PATH).exists()
        (site / "ours.key").unlink(missing_ok=True)
    assert "ours.key" not in "".join(each.read_text(encoding="utf-8") for each in (recorded / "released").iterdir())
    for options in (("--sign", ours.secret, "--check"), ("--site", recorded / "nowhere", "--sign", ours.secret)):
        assert release(recorded, *options).exit_code == 2


def test_a_site_that_deviates_is_not_signed(recorded: Path, ours: Keys) -> None:
    site = recorded / "site"
    (site / "data" / "codebook.csv").write_bytes(b"a\n")
    done = release(recorded, "--site", site, "--sign", ours.secret, "--lang", "en")
    assert done.exit_code == 1
    assert "data/codebook.csv" in str(done.exception)
    assert not (site / PATH).exists()


def test_another_signature_is_replaced(recorded: Path, ours: Keys, theirs: Keys) -> None:
    site = recorded / "site"
    for pair in (ours, theirs):
        assert release(recorded, "--site", site, "--sign", pair.secret).exit_code == 0
        assert verify(site, key=pair.public).deviations == []


@pytest.mark.posix
def test_the_tool_itself_asks_for_the_password(recorded: Path) -> None:
    assert tool("-G", "-s", "locked.key", "-p", "locked.pub", cwd=recorded, said="right\nright\n").returncode == 0
    script = Path(sys.executable).parent / "open-reports"
    command = [str(script), "release", "--sign", "locked.key", "--lang", "en"]
    for password, code in (("wrong", 1), ("right", 0)):
        done = subprocess.run(command, cwd=recorded, input=f"{password}\n", capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == code, done.stderr
        assert "Password" in done.stderr + done.stdout
        assert password not in done.stderr + done.stdout
        assert ("check the secret key and its password" in done.stderr) == (code == 1)
    assert verify(recorded / "site", key=recorded / "locked.pub").deviations == []


# -- what is made anew


def test_an_export_keeps_a_true_signature_and_drops_another_aloud(root: Path, copy: Path, tmp_path: Path, ours: Keys) -> None:
    before = (copy / PATH).read_bytes()
    arguments = ["export", str(copy), "--site", SITE_URL, "--record", str(tmp_path / "none"), "--lang", "en", "--root"]
    done = CliRunner().invoke(commands, [*arguments, str(root / "datapackages")])
    assert (done.exit_code, (copy / PATH).read_bytes()) == (0, before)
    assert "signature" not in done.output
    assert verify(copy, key=ours.public).deviations == []
    made_up.write_corpus(tmp_path / "datapackages", 3)
    done = CliRunner().invoke(commands, [*arguments, str(tmp_path / "datapackages")])
    assert done.exit_code == 0
    assert messages()["sign.dropped"].en in done.output
    assert not (copy / PATH).exists()
    assert verify(copy).deviations == []


@pytest.mark.posix
def test_what_is_no_signature_is_not_carried_over(copy: Path, tmp_path: Path) -> None:
    now = Path(shutil.copytree(copy, tmp_path / "now"))
    (now / PATH).unlink()
    assert signature.carried(now, copy) is None
    content = (copy / PATH).read_bytes()
    for broken in (content + b" " * signature.MOST_BYTES, b"", content[:50], os.urandom(100)):
        (copy / PATH).write_bytes(broken)
        assert signature.carried(copy, now) is False
        assert not (now / PATH).exists()
    (copy / PATH).write_bytes(content)
    assert signature.carried(copy, now) is True
    assert (now / PATH).read_bytes() == content


@pytest.mark.build
def test_a_build_keeps_a_true_signature_and_drops_another_aloud(
    root: Path, tmp_path: Path, ours: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    """Also a strict one, which every release is: that the data are new is no fault."""
    caplog.set_level(logging.INFO, logger="mkdocs")
    project = minimal_project(tmp_path / "project", made_up.corpus(2))
    build_here(project, strict=True)
    site = project.parent / "site"
    assert not (site / PATH).exists()
    signing.sign(site, ours.secret)
    before = (site / PATH).read_bytes()
    said = messages()["sign.dropped"].en
    build_here(project, strict=True)
    assert (site / PATH).read_bytes() == before
    assert verify(site, key=ours.public).deviations == []
    assert said not in caplog.text
    shutil.rmtree(project.parent / "datapackages")
    made_up.write_corpus(project.parent / "datapackages", 3)
    build_here(project, strict=True)
    assert not (site / PATH).exists()
    assert said in caplog.text
