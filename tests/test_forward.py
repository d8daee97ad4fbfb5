"""Publishing goes forward only: the real commands, with real repositories and remotes on this disk."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from forward_project import Project
from open_reports.history.deployed import named
from open_reports.site import forward
from open_reports.site.forward import Facts, ForwardError, changed, look, note, reasons, switched
from open_reports.text import words
from website import commands, minimal_project, run, tool

if TYPE_CHECKING:
    import subprocess

    from forking import Commands

__all__ = ["commands"]

PLUGIN = Path(forward.__file__).parents[1] / "plugin.py"
HEAD, OLD, TIP = "a" * 40, "b" * 40, "c" * 40


# -- judging, without git -----------------------------------------------------------------------------------------------


def facts(**more: object) -> Facts:
    given = {"head": HEAD, "branch": "origin/gh-pages", "tip": TIP, "said": OLD[:7], "commit": OLD, "ancestor": True, **more}
    return Facts(**given)  # type: ignore[arg-type]  # one of each kind


def test_what_holds_the_published_commit_may_be_published_and_says_which_it_is() -> None:
    assert reasons(facts()) == ()
    assert note(facts(), revert=False) == f"Open-Reports-Commit: {HEAD}"
    # The switch that was not needed leaves no trace: nothing went back.
    assert note(facts(), revert=True) == note(facts(), revert=False)
    first = facts(tip="", said="", commit="", ancestor=False)
    assert note(first, revert=False) == f"Open-Reports-Commit: {HEAD}"


@pytest.mark.parametrize(
    "key, more, told",
    [
        ("behind", {"ancestor": False}, f"Open-Reports-Revert: {OLD} (behind)"),
        ("unknown", {"ancestor": False, "commit": ""}, f"Open-Reports-Revert: {OLD[:7]} (unknown)"),
        ("shallow", {"ancestor": False, "shallow": True}, f"Open-Reports-Revert: {OLD} (shallow)"),
        ("foreign", {"ancestor": False, "commit": "", "said": ""}, f"Open-Reports-Revert: {TIP} (foreign)"),
        ("foreign", {"ancestor": False, "commit": "", "said": "", "shallow": True}, f"Open-Reports-Revert: {TIP} (foreign)"),
        ("unsaved", {"unsaved": ("docs/关于.md", "a\nb")}, "Open-Reports-Unsaved: docs/关于.md\nOpen-Reports-Unsaved: a"),
    ],
)
def test_what_does_not_go_forward_is_refused_in_both_languages_and_written_down_where_the_switch_allows_it(
    key: str, more: dict[str, object], told: str
) -> None:
    with pytest.raises(ForwardError) as refused:
        note(facts(**more), revert=False)
    assert [reason.key for reason in refused.value.reasons] == [key]
    chinese, english = str(refused.value).splitlines()
    assert re.search("[一-鿿]", chinese)
    assert not re.search("[一-鿿]", english.replace("关于", ""))
    for sentence in (chinese, english):
        assert "{" not in sentence
        assert key == "shallow" or "OPEN_REPORTS_REVERT=1" in sentence
    assert note(facts(**more), revert=True).startswith(f"Open-Reports-Commit: {HEAD}\n{told}")
    # One line each: a name cannot add a line of its own to the message.
    assert all(line.startswith("Open-Reports-") for line in note(facts(**more), revert=True).splitlines())


def test_every_reason_is_told_at_once_and_a_long_list_is_cut() -> None:
    found = facts(ancestor=False, unsaved=tuple(f"docs/{number}.md" for number in range(25)))
    said = str(ForwardError(*reasons(found)))
    assert [reason.key for reason in reasons(found)] == ["behind", "unsaved"]
    assert "docs/19.md" in said
    assert "docs/20.md" not in said
    assert "… +5" in said


def test_every_sentence_is_used() -> None:
    keys = {key.removeprefix("forward_") for key in words() if key.startswith("forward_")}
    source = "".join(Path(str(path)).read_text(encoding="utf-8") for path in (forward.__file__, PLUGIN))
    assert keys == {key for key in keys if f'"{key}"' in source}
    assert len(keys) == 11


@pytest.mark.parametrize("value, on", [("", False), ("0", False), ("1", True)])
def test_the_switch_is_on_or_off(value: str, on: bool) -> None:  # noqa: FBT001 (a column of the cases)
    assert switched(value) is on


@pytest.mark.parametrize("value", ["true", "yes", "2", " 1", "１"])
def test_a_switch_that_is_neither_is_refused(value: str) -> None:
    with pytest.raises(ForwardError, match="OPEN_REPORTS_REVERT"):
        switched(value)


@pytest.mark.parametrize(
    "messages, found",
    [
        ([], ""),
        (["Create CNAME", "Update documentation"], ""),
        (["Deployed 1234567 with MkDocs version: 1.6.1"], "1234567"),
        (["Deployed 1234567 with ProperDocs version: 1.6.7"], "1234567"),
        (["Deployed  with MkDocs version: 1.6.1"], ""),
        (["Create CNAME", "Deployed 1234567 with MkDocs version: 1.6.1", "Deployed 7654321 with MkDocs version: 1.6.1"], "1234567"),
        ([f"年报\n\nOpen-Reports-Commit: {OLD}"], OLD),
        ([f"Deployed 1234567 with MkDocs version: 1.6.1\n\nOpen-Reports-Commit: {OLD}"], OLD),
        # A commit that takes one back names it, and publishes something else.
        (['Revert "Deployed 1234567 with MkDocs version: 1.6.1"', "Deployed 7654321 with MkDocs version: 1.6.1"], "7654321"),
        (["The site was Deployed 1234567"], ""),
    ],
)
def test_the_published_commit_is_the_newest_that_is_named(messages: list[str], found: str) -> None:
    assert named(messages) == found


def test_the_files_of_a_status_are_read_whatever_they_are_called() -> None:
    status = " M docs/关于 我们.md\0R  new\nname\0old name\0?? docs/x\0!! docs/y/\0A  -z\0"
    assert changed(status.encode()) == ["docs/关于 我们.md", "new\nname", "docs/x", "docs/y/", "-z"]
    assert changed(b"") == []


# -- looking, with git alone --------------------------------------------------------------------------------------------


def looked(project: Project, folder: Path | None = None, *, remote: str = "origin") -> Facts:
    here = folder or project.folder
    inputs = [here / name for name in ("mkdocs.yml", "docs", "datapackages", "released")]
    return look(here, here, remote=remote, branch="gh-pages", inputs=inputs, made=here / "site")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def keys(found: Facts) -> list[str]:
    return [reason.key for reason in reasons(found)]


def test_a_first_deployment_has_nothing_to_take_back(project: Project) -> None:
    found = looked(project)
    assert (found.tip, found.branch, keys(found)) == ("", "gh-pages", [])


def test_what_is_published_is_what_the_remote_has_though_this_clone_has_not_heard_of_it(project: Project) -> None:
    first = project.git("rev-parse", "HEAD")
    second = project.commit("更正")
    tip = project.publish_by_hand(f"Deployed {second[:7]} with MkDocs version: 1.6.1")
    found = looked(project)
    assert (found.tip, found.said, found.commit, found.branch, keys(found)) == (tip, second[:7], second, "origin/gh-pages", [])
    project.git("checkout", "--quiet", first)
    assert keys(looked(project)) == ["behind"]
    # Beside it is not after it.
    project.commit("另一支")
    assert keys(looked(project)) == ["behind"]
    project.git("merge", "--quiet", "--no-edit", second)
    assert keys(looked(project)) == []


def test_a_local_branch_counts_where_the_remote_has_none(project: Project) -> None:
    second = project.commit("更正")
    tip = project.git("commit-tree", "-m", f"Deployed {second[:7]} with MkDocs version: 1.6.1", "HEAD^{tree}")
    project.git("branch", "gh-pages", tip)
    project.git("checkout", "--quiet", "HEAD~1")
    found = looked(project)
    assert (found.branch, keys(found)) == ("gh-pages", ["behind"])


def test_a_branch_of_somebody_else_and_a_commit_that_is_nowhere_are_told_apart(project: Project) -> None:
    project.publish_by_hand("Update documentation")
    assert keys(looked(project)) == ["foreign"]
    project.publish_by_hand("Deployed 1234567 with MkDocs version: 1.6.1")
    assert keys(looked(project)) == ["unknown"]


def test_history_that_was_rewritten_is_not_known_any_more(project: Project) -> None:
    second = project.commit("更正")
    project.publish_by_hand(f"Deployed {second[:7]} with MkDocs version: 1.6.1")
    project.git("reset", "--quiet", "--hard", "HEAD~1")
    project.commit("更正，改写过")
    assert keys(looked(project)) == ["behind"]
    project.git("reflog", "expire", "--expire=now", "--all")
    project.git("gc", "--quiet", "--prune=now")
    assert keys(looked(project)) == ["unknown"]


def test_a_shallow_clone_is_told_what_to_fetch_and_is_right_when_it_has(project: Project) -> None:
    first = project.git("rev-parse", "HEAD")
    project.commit("更正")
    project.git("push", "--quiet", "origin", "main")
    project.publish_by_hand(f"Deployed {first[:7]} with MkDocs version: 1.6.1")
    clone = project.top / "clone"
    project.git("clone", "--quiet", "--depth=1", "--branch=main", project.remote.as_uri(), str(clone), cwd=project.top)
    found = looked(project, clone)
    assert keys(found) == ["shallow"]
    assert "git fetch --unshallow" in str(ForwardError(*reasons(found)))
    project.git("fetch", "--quiet", "--unshallow", cwd=clone)
    assert keys(looked(project, clone)) == []


def test_a_shallow_clone_that_has_the_published_commit_may_publish(project: Project) -> None:
    head = project.commit("更正")
    project.git("push", "--quiet", "origin", "main")
    project.publish_by_hand(f"Deployed {head[:7]} with MkDocs version: 1.6.1")
    clone = project.top / "clone"
    project.git("clone", "--quiet", "--depth=1", "--branch=main", project.remote.as_uri(), str(clone), cwd=project.top)
    assert keys(looked(project, clone)) == []


@pytest.mark.parametrize(
    "path, tracked",
    [
        ("docs/about.md", True),
        ("mkdocs.yml", True),
        ("notes.txt", True),
        ("docs/new.md", False),
        ("docs/new/page.md", False),
        ("datapackages/虚构/agency.yml", False),
        ("released/x.jsonl", False),
    ],
)
def test_an_unsaved_file_is_named(project: Project, path: str, tracked: bool) -> None:  # noqa: FBT001 (a column of the cases)
    file = project.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if tracked:
        file.write_text(file.read_text(encoding="utf-8") if file.exists() else "一\n", encoding="utf-8")
        project.commit("有它")
    assert looked(project).unsaved == ()
    file.write_text("改\n", encoding="utf-8")
    assert looked(project).unsaved == (path,)
    project.git("add", path)
    assert looked(project).unsaved == (path,)
    assert path in str(ForwardError(*reasons(looked(project))))


def test_a_file_that_was_deleted_or_renamed_is_named(project: Project) -> None:
    project.git("mv", "docs/about.md", "docs/us.md")
    assert looked(project).unsaved == ("docs/us.md",)
    (project.folder / "docs" / "us.md").unlink()
    assert "docs/us.md" in looked(project).unsaved


def test_an_ignored_file_in_the_docs_is_published_and_so_is_named_but_not_a_hidden_one_nor_one_elsewhere(project: Project) -> None:
    (project.folder / ".gitignore").write_text("*.bak\nsite/\n", encoding="utf-8")
    project.commit("不管")
    for name in ("docs/about.bak", "docs/.DS_Store", "docs/.hidden/x.md", "about.bak", "draft.md", "site/index.html"):
        (project.folder / name).parent.mkdir(exist_ok=True)
        (project.folder / name).write_text("x\n", encoding="utf-8")
    assert looked(project).unsaved == ("docs/about.bak",)


def test_a_site_that_is_kept_in_git_is_not_looked_at(project: Project) -> None:
    page = project.folder / "site" / "index.html"
    page.parent.mkdir()
    page.write_text("一\n", encoding="utf-8")
    project.commit("连同网站")
    page.write_text("二\n", encoding="utf-8")
    assert looked(project).unsaved == ()


@pytest.mark.posix
def test_what_a_link_takes_from_outside_is_named_for_git_holds_only_the_link(project: Project) -> None:
    (project.folder / "docs").rename(project.top / "elsewhere")
    (project.folder / "docs").symlink_to(project.top / "elsewhere")
    project.commit("连到别处")
    assert looked(project).unsaved == (str(project.folder / "docs"),)


def test_a_project_in_a_folder_of_a_repository_is_looked_at_whole(project: Project) -> None:
    inner = project.folder / "inner"
    minimal_project(inner)
    project.commit("里面一层")
    (inner / "docs" / "about.md").write_text("# 改\n", encoding="utf-8")
    (inner / "docs" / "new.md").write_text("# 新\n", encoding="utf-8")
    assert looked(project, inner).unsaved == ("inner/docs/about.md", "inner/docs/new.md")


def test_where_nobody_can_say_what_is_published_nothing_is(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(remote: str = "origin") -> str:
        with pytest.raises(ForwardError) as found:
            looked(project, remote=remote)
        return found.value.reasons[0].key

    assert refused(remote="upstream") == "no_remote"
    assert refused(remote="--upload-pack=x") == "no_remote"
    project.git("remote", "set-url", "origin", str(project.top / "nowhere.git"))
    assert refused() == "no_answer"
    outside = project.top / "outside"
    minimal_project(outside)
    # Whatever folder the tests run in may lie in a repository itself.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.top))
    with pytest.raises(ForwardError) as found:
        looked(project, outside)
    assert found.value.reasons[0].key == "no_git"
    project.git("init", "--quiet", cwd=outside)
    with pytest.raises(ForwardError) as found:
        looked(project, outside)
    assert found.value.reasons[0].key == "no_git"


# -- the commands -------------------------------------------------------------------------------------------------------


class Publisher(Project):
    """The same with MkDocs and ProperDocs."""

    def __init__(self, folder: Path, running: Commands) -> None:
        super().__init__(folder)
        self.running = running
        (self.folder / ".git" / "info" / "exclude").write_text("site/\n.site.*\n", encoding="utf-8")

    def deploy(self, *options: str, name: str = "mkdocs", **more: str) -> subprocess.CompletedProcess[str]:
        env = {**self.env, **more}
        if name == "mkdocs":
            done = self.running.run("-m", name, "gh-deploy", *options, cwd=self.folder, env=env)
        else:  # it puts itself in MkDocs' place when Python starts, so it cannot be forked from a process that has loaded MkDocs
            done = run(*tool("gh-deploy", *options, name=name), cwd=self.folder, env=env)
        assert "Traceback" not in done.stdout
        return done

    def release(self) -> None:
        done = self.running.run("-c", "from open_reports.cli import main; main()", "release", cwd=self.folder, env=self.env)
        assert done.returncode == 0, done.stdout

    def refused(self, *said: str, options: tuple[str, ...] = (), name: str = "mkdocs", **more: str) -> None:
        before = self.tip()
        done = self.deploy(*options, name=name, **more)
        assert done.returncode == 1, done.stdout
        for text in said:
            assert text in done.stdout
        assert self.tip() == before

    def passes(self, *options: str, name: str = "mkdocs", **more: str) -> str:
        before = self.tip()
        done = self.deploy(*options, name=name, **more)
        assert done.returncode == 0, done.stdout
        assert self.tip() != before
        return self.git("log", "-1", "--format=%B", "gh-pages", cwd=self.remote)

    def tip(self) -> str:
        return self.git("for-each-ref", "--format=%(objectname)", "refs/heads/gh-pages", cwd=self.remote)

    def shown(self, path: str) -> str:
        return self.git("show", f"gh-pages:{path}", cwd=self.remote)


@pytest.fixture
def publisher(tmp_path: Path, commands: Commands) -> Publisher:
    return Publisher(tmp_path, commands)


@pytest.mark.build
def test_a_correction_is_not_taken_back_by_any_of_the_three_ways(publisher: Publisher) -> None:
    first = publisher.git("rev-parse", "HEAD")
    message = publisher.passes("--strict")
    assert message.startswith(f"Deployed {first[:7]}")
    assert message.endswith(f"\n\nOpen-Reports-Commit: {first}")
    publisher.prose("后来改的话。")
    second = publisher.commit("更正")
    publisher.passes("--strict")
    assert "后来改的话" in publisher.shown("about/index.html")

    publisher.git("checkout", "--quiet", first)
    told = (
        f"origin/gh-pages 上已发布的是提交 {second[:12]}",
        "so that published corrections would be taken back; merge it",
    )
    publisher.refused(*told, options=("--strict",))
    publisher.refused(*told, options=("--strict", "--force"))
    publisher.refused(*told, options=("--no-history",))
    publisher.refused(*told, name="properdocs")
    publisher.release()
    publisher.commit("记录旧的")
    publisher.refused(*told, options=("--strict", "--force"))
    publisher.refused("OPEN_REPORTS_REVERT", "“yes”", OPEN_REPORTS_REVERT="yes")

    message = publisher.passes("--strict", OPEN_REPORTS_REVERT="1")
    assert f"Open-Reports-Revert: {second} (behind)" in message
    assert "后来改的话" not in publisher.shown("about/index.html")


@pytest.mark.build
def test_prose_that_no_commit_holds_is_not_published(publisher: Publisher) -> None:
    publisher.passes("--strict")
    publisher.prose("没有提交")
    publisher.refused("docs/about.md", options=("--strict",))
    publisher.refused("docs/about.md", options=("--force",), name="properdocs")
    message = publisher.passes(name="properdocs", OPEN_REPORTS_REVERT="1")
    assert message.startswith("Deployed ")
    assert "ProperDocs" in message
    assert message.endswith("Open-Reports-Unsaved: docs/about.md")
    publisher.commit("提交了")
    publisher.passes("--strict", "--ignore-version")


@pytest.mark.build
def test_words_of_ones_own_and_a_commit_of_the_host_hide_nothing(publisher: Publisher) -> None:
    first = publisher.git("rev-parse", "HEAD")
    second = publisher.commit("更正")
    assert publisher.passes("--message", "发布").startswith("发布\n\nOpen-Reports-Commit: ")
    tip = publisher.git("commit-tree", "-m", "Create CNAME", "-p", publisher.tip(), "gh-pages^{tree}", cwd=publisher.remote)
    publisher.git("update-ref", "refs/heads/gh-pages", tip, cwd=publisher.remote)
    publisher.git("checkout", "--quiet", first)
    publisher.refused(second[:12], options=("--message", "发布"))
    publisher.git("checkout", "--quiet", "main")
    publisher.passes()


@pytest.mark.build
@pytest.mark.posix
def test_a_push_that_is_refused_is_told_in_a_sentence(publisher: Publisher) -> None:
    hook = publisher.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    publisher.refused("推送到“origin”的分支 gh-pages 没有成功", 'the push to the branch gh-pages of "origin" failed')
    publisher.refused("没有成功", name="properdocs")
    hook.unlink()
    publisher.passes("--ignore-version")  # of the branch that the push of the other one left here


@pytest.mark.build
@pytest.mark.posix
def test_what_changes_while_the_site_is_built_is_not_published(publisher: Publisher) -> None:
    (publisher.folder / "hooks.py").write_text(
        "import pathlib\n\n\ndef on_env(env, config, files):\n    pathlib.Path('docs/about.md').write_text('# 改\\n')\n    return env\n",
        encoding="utf-8",
    )
    config = publisher.folder / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8") + "hooks: [hooks.py]\n", encoding="utf-8")
    publisher.commit("边建边改")
    publisher.refused("生成网站期间", "while the site was built")
