"""The folder in which a site stands: a link, a mount, an unwritable parent, two builds at once, modes, and what the system refuses."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from forking import Commands
from made_up import package
from open_reports.cli import MODULES
from open_reports.intake import child
from open_reports.site import exchange, lock, modes, mounts, staging
from open_reports.site.build import Build, Settings
from open_reports.site.refused import FolderError, told
from open_reports.site.staging import Staging
from patience import PATIENCE
from website import LOADED, commands, environment, minimal_project, tool, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["commands"]


def renewed(site: Path, text: str, **named: Any) -> None:
    """Renew a folder with pages that say a text."""
    made = Staging(site, **named)
    filled(made.folder, text)
    made.publish()
    made.discard()


def filled(folder: Path, text: str) -> None:
    for path in ("index.html", "404.html", "data/manifest.json", "reports/a/index.html", f"{text}/only.html"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def texts(folder: Path) -> set[str]:
    return {each.read_text(encoding="utf-8") for each in folder.rglob("*") if each.is_file()}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that stands, with nothing beside it."""
    renewed(tmp_path / "site", "old")
    return tmp_path / "site"


def whole(site: Path, text: str) -> None:
    """See that a site is what was built, and that nothing is left behind."""
    assert texts(site) == {text}
    assert {each.name for each in site.iterdir()} == {"index.html", "404.html", "data", "reports", text}
    assert [each.name for each in site.resolve().parent.iterdir() if each.name.startswith(".")] == []


# -- where it stands


def test_a_plain_folder_is_exchanged(site: Path) -> None:
    renewed(site, "new")
    whole(site, "new")


@pytest.mark.posix
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "w").mkdir()
    (tmp_path / "site").symlink_to(Path("elsewhere") / "w")
    for text in ("old", "new"):
        renewed(tmp_path / "site", text)
        assert (tmp_path / "site").is_symlink()
        whole(tmp_path / "elsewhere" / "w", text)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["elsewhere", "site"]


def test_a_mounted_folder_keeps_its_place(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "mounted", lambda folder: folder == site)
    number = site.stat().st_ino
    (site / ".well-known").mkdir()
    (site / "lost+found").mkdir()
    renewed(site, "new")
    assert site.stat().st_ino == number
    for kept in (".well-known", "lost+found"):
        (site / kept).rmdir()
    whole(site, "new")


@cache
def namespaces() -> bool:
    """Whether this machine lets a test mount something, and count processes by itself."""
    try:
        return subprocess.run(["unshare", "-rmpf", "--mount-proc", "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


_RENEW = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import test_folder
test_folder.renewed(Path(sys.argv[2]), "new")
print(*sorted(each.name for each in Path(sys.argv[2]).iterdir()))
"""


@pytest.mark.posix
@pytest.mark.parametrize("kind", ["tmpfs", "bind"])
def test_what_is_really_mounted_is_renewed_in_its_place(site: Path, kind: str) -> None:
    """Where the machine allows no mounts, the test above has to do."""
    program = f'exec "{sys.executable}" -c "$0" "{Path(__file__).parent}" "{site}"'
    if namespaces():
        (site.parent / "w").mkdir()
        mount = f'mount -t tmpfs none "{site}"' if kind == "tmpfs" else f'mount --bind "{site.parent / "w"}" "{site}"'
        shell = ["unshare", "-rm", "sh", "-ec", f"{mount}; {program}", _RENEW]
    else:
        shell = ["sh", "-ec", program, _RENEW]
    done = subprocess.run(shell, capture_output=True, text=True, encoding="utf-8", check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["404.html", "data", "index.html", "new", "reports"]
    if namespaces():
        assert texts(site) == {"old"}, "what lies under the mount is nobody's"
    if namespaces() and kind == "bind":
        whole(site.parent / "w", "new")


@pytest.mark.posix
def test_places_are_read_from_the_table_of_mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "with blank"
    place.mkdir()
    below = os.fspath(place).replace(" ", "\\040")
    (tmp_path / "table").write_text(
        f"36 35 98:0 / {below} rw - ext4 /dev/a rw\n37 35 98:0 / {below}/data rw - ext4 /dev/a rw\nshort\n", encoding="utf-8"
    )
    assert not mounts.mounted(place)
    monkeypatch.setattr(mounts, "_TABLE", tmp_path / "table")
    assert mounts.mounted(place)
    assert mounts.mounted_below(place) == "data"
    assert mounts.mounted_below(place / "data") == ""
    monkeypatch.setattr(mounts, "_TABLE", tmp_path / "none")
    assert not mounts.mounted(place)


def unwritable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody make anything in a folder; root, whom no mode keeps away, is told so all the same."""
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        folder.chmod(0o555)
        return
    opening = os.open

    def refused(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_CREAT and Path(path).parent == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opening(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refused)


def test_an_unwritable_parent_is_no_obstacle(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = site.stat().st_ino
    unwritable(site.parent, monkeypatch)
    renewed(site, "new")
    site.parent.chmod(0o755)
    assert site.stat().st_ino == number
    whole(site, "new")


def test_a_folder_that_can_be_written_nowhere_is_told_before_the_build(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unwritable(site.parent, monkeypatch)
    unwritable(site, monkeypatch)
    refused(site, "unwritable", "Permission denied")
    refused(site.parent / "none", "unwritable", "Permission denied")
    site.parent.chmod(0o755)
    site.chmod(0o755)
    whole(site, "old")


def refused(site: Path, code: str, *found: str, **named: Any) -> None:
    with pytest.raises(FolderError) as raised:
        Staging(site, **named)
    assert raised.value.code == code
    told = str(raised.value)
    assert "没有改动任何内容" in told
    assert "nothing was changed" in told
    assert "\n" not in told
    for each in (site.name, *found):
        assert told.count(each) >= 2, "in both languages"


@pytest.mark.posix
def test_a_link_that_leads_nowhere_or_to_what_is_somebody_elses(tmp_path: Path) -> None:
    link = tmp_path / "site"
    link.symlink_to(tmp_path / "nowhere")
    refused(link, "dangling", "nowhere")
    link.unlink()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "diary.txt").write_text("mine", encoding="utf-8")
    link.symlink_to(tmp_path / "home")
    refused(link, "foreign", "diary.txt")
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(FolderError):
        Staging(link)
    assert tree(tmp_path / "home").keys() == {"diary.txt"}


def test_a_file_stands_there(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine", encoding="utf-8")
    refused(tmp_path / "site", "no_folder")
    assert (tmp_path / "site").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_holds_the_packages_is_never_replaced(site: Path) -> None:
    (site / "datapackages").mkdir()
    refused(site, "holds", "datapackages", holds=[site / "datapackages"])
    refused(site, "holds", holds=[site])
    assert (site / "datapackages").is_dir()


def test_a_mount_inside_is_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "mounted_below", lambda folder: "data" if folder == site else "")
    refused(site, "mounted_below", "data")
    whole(site, "old")


def test_a_folder_that_cannot_be_locked_is_replaced_as_a_whole_only(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_locked", lambda _: None)
    (site.parent / ".site.staged-abcdefgh").mkdir()
    renewed(site, "new")
    assert [each.name for each in site.parent.iterdir() if each.name != "site"] == [".site.staged-abcdefgh"], "it may be somebody's"
    monkeypatch.setattr(staging, "mounted", lambda _: True)
    refused(site, "no_lock")
    assert texts(site) == {"new"}


# -- two at once


def test_a_second_build_waits_and_says_so(site: Path) -> None:
    first = Staging(site)
    said: list[str] = []
    told_so = threading.Event()

    def waiting(text: str) -> None:
        said.append(text)
        told_so.set()

    second = threading.Thread(target=renewed, args=(site, "second"), kwargs={"waiting": waiting})
    second.start()
    assert told_so.wait(PATIENCE)
    filled(first.folder, "first")
    first.publish()
    whole_without_lock = texts(site)
    first.discard()
    second.join(PATIENCE)
    assert whole_without_lock == {"first"}
    assert len(said) == 1
    assert "等它结束" in said[0]
    assert "waiting for it to end" in said[0]
    whole(site, "second")


def test_a_build_that_never_ends_is_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Staging(site)
    monkeypatch.setattr(staging, "PATIENCE", 0.0)
    refused(site, "busy")
    assert first.folder.is_dir()
    first.discard()
    whole(site, "old")


@pytest.mark.posix
def test_a_mounted_folder_and_the_folder_that_is_mounted_exclude_one_another(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container in which the folder is mounted does not see what lies beside it elsewhere."""
    monkeypatch.setattr(staging, "PATIENCE", 0.0)
    first = Staging(site)
    monkeypatch.setattr(staging, "mounted", lambda _: True)
    refused(site, "busy")
    first.discard()
    inside = Staging(site)
    monkeypatch.setattr(staging, "mounted", lambda _: False)
    refused(site, "busy")
    inside.discard()
    whole(site, "old")


_HOLD = """
import sys
from pathlib import Path
from open_reports.site.staging import Staging
made = Staging(Path(sys.argv[1]))
(made.folder / "half.html").write_text("half", encoding="utf-8")
print("held", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_build_leaves_behind_is_nobodys(site: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(site)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == "held\n"
        assert len(list(site.parent.glob(".site.staged-*"))) == 1
        holding.kill()
        holding.wait(PATIENCE)
    assert texts(site) == {"old"}
    renewed(site, "new", waiting=lambda _: pytest.fail("there is nobody to wait for"))
    whole(site, "new")


def test_what_older_versions_left_behind_goes_when_it_is_old_and_nobodys(site: Path) -> None:
    long_ago = time.time() - 2 * 24 * 60 * 60
    for name, when in (("999999999", long_ago), ("999999998.old", long_ago), ("999999997", time.time()), ("mine", long_ago)):
        (site.parent / f".site.{name}").mkdir()
        os.utime(site.parent / f".site.{name}", (when, when))
    renewed(site, "new")
    assert sorted(each.name for each in site.parent.iterdir()) == [".site.999999997", ".site.mine", "site"]


def _mkdocs(project: Path, *arguments: str) -> subprocess.Popen[str]:
    """A build whose process has the number 1, in a namespace of its own where the machine has such, else by what it believes."""
    if namespaces():
        command = ["unshare", "-rmpf", "--mount-proc", *tool("build", *arguments)]
    else:
        program = "import os, runpy, sys; os.getpid = lambda: 1; sys.argv = ['mkdocs', *sys.argv[1:]]; runpy.run_module('mkdocs', run_name='__main__')"
        command = [sys.executable, "-c", program, "build", *arguments]
    return subprocess.Popen(
        command,
        cwd=project,
        env=environment(project / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.posix
@pytest.mark.build
def test_two_builds_in_two_namespaces_are_both_whole(commands: Commands, tmp_path: Path) -> None:
    """Both are process 1, and neither sees the other."""
    target = tmp_path / "shared" / "site"
    made = {}
    for name in ("one", "other"):
        minimal_project(tmp_path / name, [made_up.package(year=2022 if name == "one" else 2023)])
        words = ("-m", "mkdocs", "build", "-d", str(tmp_path / "alone" / name))
        alone = commands.run(*words, cwd=tmp_path / name, env=environment(tmp_path / name / "home"))
        assert alone.returncode == 0, alone.stdout
        made[name] = tree(tmp_path / "alone" / name)
    assert made["one"] != made["other"]
    for _ in range(2):
        both = [_mkdocs(tmp_path / name, "-d", str(target)) for name in made]
        told = [each.communicate(timeout=PATIENCE)[0] for each in both]
        assert [each.returncode for each in both] == [0, 0], told
        assert tree(target) in made.values()
        assert [each.name for each in target.parent.iterdir()] == ["site"]


# -- a kill, or a fault, while it is put in place


class Stopped(BaseException):
    """A kill, as far as it can be had within one process."""


@pytest.mark.parametrize("exchanges", [True, False])
def test_contents_that_were_half_put_in_place_are_finished_by_the_next_build(
    site: Path, monkeypatch: pytest.MonkeyPatch, *, exchanges: bool
) -> None:
    monkeypatch.setattr(staging, "mounted", lambda _: True)
    if not exchanges:
        monkeypatch.setattr(exchange, "exchanged", lambda *_: False)
    rename = Path.rename
    for moment in range(1, 30):
        renewed(site, "old")
        made = Staging(site)
        filled(made.folder, "new")
        with monkeypatch.context() as patch:
            stopped = _stop(patch, moment, rename, swapping=exchanges)
            try:
                made.publish()
            except Stopped:
                made.close()
            else:
                made.discard()
                break
        assert stopped
        begun = (made.folder.parent / exchange.JOURNAL).exists()
        Staging(site).discard()
        whole(site, "new" if begun else "old")
    else:
        pytest.fail("it never came to its end")
    assert moment > 5


def _stop(patch: pytest.MonkeyPatch, moment: int, rename: Callable[[Path, Path], Path], *, swapping: bool) -> list[int]:
    """Stop at a call that moves something; each is one moment before and one after."""
    calls: list[int] = []

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def stopping(*given: Any) -> Any:
            for do in (lambda: None, lambda: call(*given)):
                done = do()
                calls.append(1)
                if len(calls) == moment:
                    raise Stopped
            return done

        return stopping

    patch.setattr(Path, "rename", counted(rename))
    patch.setattr(Path, "replace", counted(Path.replace))
    if swapping:
        patch.setattr(exchange, "exchanged", counted(exchange.exchanged))
    return calls


def test_where_folders_cannot_be_exchanged_a_kill_between_leaves_the_old_site_to_the_next_build(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "exchanged", lambda *_: False)
    made = Staging(site)
    filled(made.folder, "new")
    with monkeypatch.context() as patch:
        patch.setattr(staging, "_take", lambda *_: (_ for _ in ()).throw(Stopped()))
        with pytest.raises(Stopped):
            made.publish()
    made.close()
    assert not site.exists()
    Staging(site).discard()
    whole(site, "old")
    renewed(site, "new")
    whole(site, "new")


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EBUSY, errno.EACCES])
def test_a_folder_that_turns_out_to_be_immovable_has_its_contents_exchanged(
    site: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A layer below that of a container looks like any other folder."""
    monkeypatch.setattr(staging, "exchanged", lambda *_: False)
    monkeypatch.setattr(exchange, "exchanged", lambda *_: False)
    rename = Path.rename
    before = {each.name: each.stat().st_ino for each in site.iterdir()}

    def fixed(self: Path, target: Path) -> Path:
        if self == site or (self.parent == site and before.get(self.name) == self.stat().st_ino):
            raise OSError(number, os.strerror(number), str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fixed)
    renewed(site, "new")
    whole(site, "new")


def test_a_site_that_cannot_take_its_place_leaves_the_old_one(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "exchanged", lambda *_: False)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(errno.EIO, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    made = Staging(site)
    filled(made.folder, "new")
    with pytest.raises(OSError, match="Input/output"):
        made.publish()
    made.discard()
    whole(site, "old")


# -- modes


@pytest.fixture
def private() -> Iterator[None]:
    """A build of somebody whose files are nobody else's business."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def modes_in(folder: Path) -> dict[str, int]:
    return {each.relative_to(folder.parent).as_posix(): stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.rglob("*"))}


@pytest.mark.posix
@pytest.mark.usefixtures("private")
@pytest.mark.parametrize("inside", [True, False])
def test_whoever_could_read_the_old_site_can_read_the_new_one(site: Path, monkeypatch: pytest.MonkeyPatch, *, inside: bool) -> None:
    monkeypatch.setattr(staging, "mounted", lambda _: inside)
    for each in (site, *site.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    renewed(site, "new")
    assert set(modes_in(site).values()) == {0o755, 0o644}
    assert modes_in(site) == {name: 0o644 if name.endswith((".html", ".json")) else 0o755 for name in modes_in(site)}
    whole(site, "new")


@pytest.mark.posix
@pytest.mark.usefixtures("private")
@pytest.mark.parametrize("top, folders, files", [(0o2775, 0o2775, 0o664), (0o750, 0o750, 0o640), (0o555, 0o755, 0o644)])
def test_an_empty_folder_says_by_its_own_mode_who_may_read(tmp_path: Path, top: int, folders: int, files: int) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site").chmod(top)
    renewed(tmp_path / "site", "new")
    found = modes_in(tmp_path / "site")
    assert found.pop("site") == top | 0o700
    assert set(found.values()) == {folders | 0o700, files}


@pytest.mark.posix
@pytest.mark.usefixtures("private")
def test_the_first_site_is_as_the_umask_says(tmp_path: Path) -> None:
    renewed(tmp_path / "site", "new")
    assert set(modes_in(tmp_path / "site").values()) == {0o700, 0o600}


def _grouped(monkeypatch: pytest.MonkeyPatch, *, member: bool) -> list[tuple[str, int, int]]:
    """A site of group 4711, for a builder who is a member of it or not."""
    given: list[tuple[str, int, int]] = []
    whose = modes.Modes.of

    def of(folder: Path) -> modes.Modes:
        found = whose(folder)
        return modes.Modes(found.top, found.folders, found.files, found.owner, 4711)

    def chown(path: Any, owner: int, group: int) -> None:
        if not member:
            raise PermissionError(errno.EPERM, "Operation not permitted", str(path))
        given.append((Path(path).name, owner, group))

    monkeypatch.setattr(modes.Modes, "of", of)
    monkeypatch.setattr(os, "chown", chown)
    return given


@pytest.mark.posix
def test_the_group_is_kept(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = _grouped(monkeypatch, member=True)
    renewed(site, "new")
    assert {group for _, _, group in given} == {4711}
    assert {"new", "index.html", "reports", "manifest.json"} <= {name for name, _, _ in given}


@pytest.mark.posix
def test_a_group_that_cannot_be_kept_is_told_where_it_matters(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _grouped(monkeypatch, member=False)
    site.chmod(0o750)
    refused(site, "group", "4711")
    whole(site, "old")
    site.chmod(0o755)
    renewed(site, "new")
    whole(site, "new")


# -- what the system refuses


@pytest.mark.parametrize(
    "number, words",
    [
        (errno.ENOSPC, ["磁盘已满", "the disk is full"]),
        (errno.EDQUOT, ["配额", "quota"]),
        (errno.EFBIG, ["限额", "limit"]),
        (errno.EROFS, ["只读", "read-only"]),
        (errno.EACCES, ["权限", "permissions"]),
        (errno.EPIPE, ["关闭", "closed"]),
        (errno.EIO, ["无法读写", "cannot be read or written"]),
    ],
)
def test_each_reason_says_what_to_do(number: int, words: list[str]) -> None:
    for error in (OSError(number, os.strerror(number), "site/a.html"), OSError(number, os.strerror(number))):
        said = told(error, "site")
        assert said.startswith("site")
        assert [each in said for each in words] == [True, True]
    assert told(OSError(), "").startswith("无法读写（OSError）")


@pytest.mark.usefixtures("own_home")
def test_a_build_names_the_file_that_the_site_would_have_had(tmp_path: Path) -> None:
    settings = Settings(packages=tmp_path / "p", base=tmp_path / "b", record=tmp_path / "r", target=tmp_path / "site")
    build = Build(settings)
    said = build.refused(OSError(errno.ENOSPC, "No space left on device", str(build.folder / "a" / "index.html")))
    assert str(tmp_path / "site" / "a" / "index.html") in said
    assert ".site." not in said
    assert "原来的内容没有改动" in said
    build.fail()


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


OPEN_REPORTS = (sys.executable, "-c", "from open_reports.cli import main; main()")


def faults() -> dict[str, list[str]]:
    """Shells in which `"$@"` runs into a fault: a limit of 1 block (512 or 1,024 bytes) a file, and a disk of 200 kB where there may be one."""
    limited = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh"]
    small = ["unshare", "-rm", "sh", "-ec", 'mkdir small; mount -t tmpfs -o size=200k none small; exec "$@"', "sh"]
    return {"limit": limited, **({"disk": small} if namespaces() else {})}


def ran(
    command: Sequence[str], folder: Path, home: Path, *, within: Sequence[str] = (), stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, in a shell if there is one, such as one of `faults`."""
    return subprocess.run(
        [*within, *command],
        cwd=folder,
        env=environment(home),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )


@pytest.mark.posix
@pytest.mark.build
@pytest.mark.parametrize("fault", ["limit", "disk"])
def test_a_build_that_finds_no_room_is_a_sentence_and_the_old_site_stays(tmp_path: Path, fault: str) -> None:
    project = tmp_path / "project"
    minimal_project(project, [package()])
    (project / "site").mkdir()
    (project / "site" / "index.html").write_text("previous site\n", encoding="utf-8")
    shell = faults().get(fault, faults()["limit"])
    where = "small/site" if fault in faults() and fault == "disk" else "site"
    done = ran(tool("build", "-d", where), project, tmp_path / "home", within=shell)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "原来的内容没有改动" in said
    assert ("磁盘已满" if where != "site" else "ulimit -f") in said
    assert tree(project / "site").keys() == {"index.html"}
    assert not list(project.glob(".site*"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages, a record of what is released, an export, and a file to import."""
    folder = tmp_path_factory.mktemp("project")
    made_up.write_corpus(folder / "datapackages", 2)
    (folder / "report.txt").write_text("虚构的年报\n", encoding="utf-8")
    for words in (("export", "exported"), ("release",)):
        assert ran([*OPEN_REPORTS, *words], folder, folder / "home").returncode == 0
    return folder


EVERY = {
    "check": ("check",),
    "diff": ("diff", "datapackages", "datapackages"),
    "export": ("export", "out"),
    "import": ("import", "report.txt", "--dry-run"),
    "new": ("new", "xugou-new", "2024"),
    "release": ("release",),
    "verify": ("verify", "exported"),
}


def test_every_command_is_tried() -> None:
    assert EVERY.keys() == MODULES.keys()


CLOSED = """
import os, sys
def closed(number, name):
    os.close(number)
    setattr(sys, name, None)
    setattr(sys, f"__{name}__", None)
def full(number):
    opened = os.open("/dev/full", os.O_WRONLY)
    os.dup2(opened, number)
    os.close(opened)
"""
"""What a shell does to the streams, done where Python runs already, which says `None` for a stream that was closed before it began."""
REDIRECTED = {
    "<&-": "closed(0, 'stdin')",
    ">&-": "closed(1, 'stdout')",
    "2>&-": "closed(2, 'stderr')",
    ">/dev/full": "full(1)",
    "2>&1": "os.dup2(1, 2)",
}


@pytest.fixture(scope="module")
def clerks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """What runs `open-reports` in processes of their own that need not load it first."""
    loaded = (
        *(each for each in LOADED if not each.startswith(("mkdocs", "material"))),
        *(f"open_reports.cli.{module}" for module, _ in MODULES.values()),
    )
    with Commands(*loaded, env=environment(tmp_path_factory.mktemp("clerks")), within=PATIENCE) as running:
        yield running


def redirected(commands: Commands, line: str, words: Sequence[str], folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run `open-reports` with its streams as a line of a shell has them; `check` by the shell itself."""
    if words[0] == "check":
        return ran([*OPEN_REPORTS, *words], folder, home, within=["sh", "-c", line, "sh"])
    first = "\n".join((CLOSED, *(REDIRECTED[each] for each in line.split()[1:])))
    return commands.run(*OPEN_REPORTS[1:], *words, cwd=folder, env=environment(home), first=first, apart=True)


@pytest.mark.posix
@pytest.mark.parametrize("command", EVERY)
@pytest.mark.parametrize(
    "line, code, words",
    [
        ('"$@" >&-', 1, "标准输出是关闭的"),
        ('"$@" >&- <&-', 1, "标准输出是关闭的"),
        ('"$@" >&- 2>&-', 1, ""),
        ('"$@" >/dev/full', 1, "磁盘已满"),
        ('"$@" >/dev/full 2>&1', 1, ""),
        ('"$@" 2>&- <&-', None, ""),
    ],
)
def test_output_that_goes_nowhere_is_a_sentence(
    project: Path, clerks: Commands, tmp_path: Path, command: str, *, line: str, code: int | None, words: str
) -> None:
    words_of = tuple(str(tmp_path / "new") if each == "out" else each for each in EVERY[command])
    words_of += ("--root", str(tmp_path / "packages")) if command == "new" else ()
    done = redirected(clerks, line, words_of, project, project / "home")
    usual = 2 if command == "import" else 0
    assert done.returncode == (usual if code is None else code), done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert words in done.stderr
    assert bool(done.stdout) == (code is None)
    if ">&-" in line and code:
        assert not (tmp_path / "new").exists(), "nothing is begun"
        assert not (tmp_path / "packages").exists()


@pytest.mark.posix
def test_a_result_that_nobody_reads_to_its_end(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = ran([*OPEN_REPORTS, "check"], project, project / "home", stdout=writing)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "输出没有写完" in done.stderr
    assert "the output is not whole" in done.stderr


@pytest.mark.posix
@pytest.mark.parametrize("fault", ["limit", "disk"])
@pytest.mark.parametrize("command", ["export", "new", "workbook"])
def test_what_finds_no_room_is_a_sentence_and_leaves_nothing(project: Path, tmp_path: Path, command: str, fault: str) -> None:
    shell = faults().get(fault, faults()["limit"])
    where = Path("small") if fault in faults() and fault == "disk" else tmp_path
    words = {
        "export": ("export", str(where / "out"), "--root", str(project / "datapackages")),
        "new": ("new", "xugou-new", "2024", "--root", str(where / "packages"), "--title", "虚构" * 400),
        "workbook": ("new", "xugou-new", "2024", "--workbook", str(where / "w.xlsx")),
    }[command]
    if command != "export" and where != tmp_path:
        shell = [*shell[:-2], shell[-2].replace("200k", "4k"), "sh"]
    done = ran([*OPEN_REPORTS, *words], tmp_path, project / "home", within=shell)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert ("磁盘已满" if where != tmp_path else "ulimit -f") in done.stderr
    assert str(where / {"export": "out", "new": "packages", "workbook": "w.xlsx"}[command]) in done.stderr
    assert [each.name for each in tmp_path.iterdir() if each.name != "small"] == []


def test_a_child_that_has_no_room_for_its_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It used to say that the file was too large."""
    ended: list[int] = []

    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "argv", ["child", *map(str, child.Limits())])
    monkeypatch.setattr(child, "_bind", lambda _: None)
    monkeypatch.setattr(child, "answered", full)
    monkeypatch.setattr(os, "dup", lambda _: 0)
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    child.main()
    assert ended == [child.NO_ROOM]


@pytest.mark.posix
@pytest.mark.build
def test_a_build_that_cannot_be_begun_says_so_before_it_reads_anything(commands: Commands, tmp_path: Path) -> None:
    minimal_project(tmp_path / "project", [package()])
    (tmp_path / "project" / "site").symlink_to(tmp_path / "nowhere")
    outcome = commands.run("-m", "mkdocs", "build", cwd=tmp_path / "project", env=environment(tmp_path / "home"))
    assert outcome.returncode == 1
    assert "nowhere" in outcome.stdout
    assert "Traceback" not in outcome.stdout
    assert "Building documentation" not in outcome.stdout
    assert (tmp_path / "project" / "site").is_symlink()
