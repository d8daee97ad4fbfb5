"""The workflow: what it runs is there, and Windows is set up as the page for clerks says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yamls
from conftest import PROJECT
from forward_project import Project

WORKFLOW = PROJECT / ".github" / "workflows" / "ci.yml"


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    found = yamls.read(WORKFLOW)
    assert isinstance(found, dict)
    return found


def lines(workflow: dict[Any, Any], job: str) -> list[str]:
    """Everything that a job runs, line by line."""
    return [line.strip() for step in workflow["jobs"][job]["steps"] for line in step.get("run", "").splitlines()]


def test_every_push_and_pull_request_is_tested(workflow: dict[Any, Any]) -> None:
    triggers = workflow[True]  # YAML 1.1 reads `on` as yes
    assert triggers["push"]["branches"] == ["main"]
    assert "pull_request" in triggers
    assert set(workflow["jobs"]) == {"test", "windows", "pips", "build", "deploy", "attest"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60


def test_nothing_but_the_publishing_may_write_and_only_after_the_tests(workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    given = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert given == {"deploy": {"contents": "write"}, "attest": {"id-token": "write", "attestations": "write"}}
    assert [workflow["jobs"][name]["needs"] for name in ("build", "deploy", "attest")] == ["test", "build", "deploy"]
    # What waits for a job that was left out is left out, too; `always()` would go on.
    assert "github.ref == 'refs/heads/main'" in workflow["jobs"]["build"]["if"]
    assert all("if" not in workflow["jobs"][name] for name in ("deploy", "attest"))


def test_what_may_write_runs_git_and_nothing_of_this_project(workflow: dict[Any, Any]) -> None:
    taken, pushed = workflow["jobs"]["deploy"]["steps"]
    assert taken["uses"].startswith("actions/download-artifact@")
    programs = {line.split()[0] for line in pushed["run"].splitlines()} - {"export", "if", "echo", "exit", "fi", "}"}
    assert programs == {"git"}
    # The token is said to git alone, never on a command line, and no text of the event is pasted into the script.
    assert "${{" not in pushed["run"]
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            assert "--force" not in re.sub(r"git branch --force", "", step.get("run", ""))
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", sorted(WORKFLOW.parent.glob("*.yml")), ids=lambda path: path.name)
def test_actions_are_named_by_commit_with_the_release_beside_it(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert used
    pins: dict[str, set[tuple[str, str]]] = {}
    for name, comment in used:
        action, _, commit = name.partition("@")
        assert re.fullmatch(r"actions/[a-z-]+", action)
        assert re.fullmatch(r"[0-9a-f]{40}", commit), name
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), name
        pins.setdefault(action, set()).add((commit, comment))
    assert [action for action, found in pins.items() if len(found) > 1] == []


@pytest.mark.parametrize("job", ["test", "pips", "build", "deploy"])
def test_what_a_job_makes_is_a_target(workflow: dict[Any, Any], job: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for line in lines(workflow, job) for name in re.findall(r"\bmake ([a-z]+)", line)} <= targets


def test_every_file_that_a_job_runs_is_there(workflow: dict[Any, Any]) -> None:
    told = [line for job in workflow["jobs"] for line in lines(workflow, job)]
    found = {name.replace("\\", "/") for line in told for name in re.findall(r"(?:\.ci/\w+|requirements\\\w+\.txt)", line)}
    assert {".ci/run", ".ci/pips", ".ci/publish", "requirements/site.txt", "requirements/test.txt"} <= found
    modules = {f"tests/{name}.py" for line in told for name in re.findall(r"python -m (clerks_way)", line)}
    assert [path for path in found | modules if not (PROJECT / path).is_file()] == []


@pytest.mark.parametrize("path", ["docs/publish.md", "docs/en/publish.md"])
def test_windows_is_set_up_as_the_page_for_clerks_says(workflow: dict[Any, Any], path: str) -> None:
    page = (PROJECT / path).read_text(encoding="utf-8")
    block = re.findall(r"```powershell\n(.*?)```", page, re.DOTALL)[0].splitlines()
    # The job names its Python by itself; a clerk has the launcher.
    told = [line.replace("py -m venv", "python -m venv") for line in block]
    ran = lines(workflow, "windows")
    first = ran.index(told[0])
    assert ran[first : first + len(told)] == told


def test_windows_runs_the_quick_tests_and_an_import_and_no_make(workflow: dict[Any, Any]) -> None:
    job = workflow["jobs"]["windows"]
    assert job["runs-on"] == "windows-latest"
    assert job["defaults"]["run"]["shell"] == "pwsh"
    ran = lines(workflow, "windows")
    assert not any(re.search(r"\bmake\b|\bbash\b|/bin/", line) for line in ran)
    assert any(line.startswith("python -m clerks_way docx") for line in ran)
    (tests,) = [line for line in ran if "pytest" in line]
    (quick,) = re.findall(r"^QUICK := -m '(.*)'$", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert f'-m "{quick} and not posix"' in tests
    # Each step is a shell of its own, which knows nothing of the one before.
    for step in job["steps"]:
        if "run" in step:
            assert step["run"].splitlines()[0] == "$PSNativeCommandUseErrorActionPreference = $true"
            assert ".venv\\Scripts\\Activate.ps1" in step["run"].split()


def test_every_marker_that_the_workflow_names_exists(workflow: dict[Any, Any]) -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    known = {each.partition(":")[0] for each in settings["markers"]}
    named = {name for line in lines(workflow, "windows") if "pytest" in line for name in re.findall(r"not (\w+)", line)}
    assert named
    assert named <= known


# -- publishing, as the two jobs do it ----------------------------------------------------------------------------------


class Jobs:
    """The jobs `build` and `deploy`, each with a folder and a clone of its own, and a host that is a folder on this disk."""

    def __init__(self, folder: Path, workflow: dict[Any, Any]) -> None:
        self.folder = folder
        self.project = Project(folder, remote="owner/nianbao")
        (self.project.folder / ".ci").mkdir()
        shutil.copy(PROJECT / ".ci" / "publish", self.project.folder / ".ci")
        (self.project.folder / ".gitignore").write_text("site/\n.site.*\ndeployment/\n", encoding="utf-8")
        self.land("工作流")
        self.push = next(step["run"] for step in workflow["jobs"]["deploy"]["steps"] if "run" in step)
        self.runs = 0

    def land(self, message: str) -> str:
        """Put a commit on main, as a merged pull request does."""
        commit = self.project.commit(message)
        self.project.git("push", "--quiet", "origin", "main")
        return commit

    def build(self) -> Path:
        """Check out main and run the script of the job that may only read; its remote cannot be written to."""
        self.runs += 1
        job = self.folder / f"build-{self.runs}"
        self.project.git("clone", "--quiet", "--branch=main", self.project.remote.as_uri(), str(job), cwd=self.folder)
        self.project.git("remote", "set-url", "--push", "origin", str(self.folder / "nowhere"), cwd=job)
        self.ran("bash", ".ci/publish", "deployment", cwd=job, BIN=str(Path(sys.executable).parent))
        return job

    def deploy(self, build: Path, *, code: int = 0) -> str:
        """Run the step that pushes, where there is nothing but the artifact."""
        job = self.folder / f"deploy-{build.name}"
        shutil.copytree(build / "deployment", job / "deployment")
        settings = {"GITHUB_SERVER_URL": self.folder.as_uri(), "GITHUB_REPOSITORY": "owner/nianbao", "TOKEN": "secret", "MAIN": "main"}
        # As GitHub starts it: `bash -e`.
        return self.ran("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.push, cwd=job, code=code, **settings)

    def ran(self, *command: str, cwd: Path, code: int = 0, **more: str) -> str:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**self.project.env, **more},
            check=False,
            text=True,
            encoding="utf-8",
            stdout=-1,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == code, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout

    def tip(self, branch: str) -> str:
        return self.project.git("rev-parse", f"refs/heads/{branch}", cwd=self.project.remote)


@pytest.mark.build
@pytest.mark.posix
def test_what_lands_is_published_with_its_record_and_nothing_goes_back(workflow: dict[Any, Any], tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, workflow)
    git, remote = jobs.project.git, jobs.project.remote
    first = jobs.tip("main")
    built = jobs.build()
    assert {path.name for path in (built / "deployment").iterdir()} == {"deployment.bundle", "manifest.json"}
    jobs.deploy(built)
    assert f"Open-Reports-Commit: {first}" in git("log", "-1", "--format=%B", "gh-pages", cwd=remote)
    assert (
        git("show", "gh-pages:data/manifest.json", cwd=remote)
        == (built / "deployment" / "manifest.json").read_text(encoding="utf-8").strip()
    )
    # The record came with it, as one commit upon what was published.
    assert git("rev-parse", "main~1", cwd=remote) == first
    assert {name.partition("/")[0] for name in git("diff", "--name-only", "main~1", "main", cwd=remote).splitlines()} == {"released"}

    # Without news there is nothing to record; what was published before is known though this clone was made after.
    git("pull", "--quiet", "origin", "main")
    jobs.project.prose("后来改的话。")
    second = jobs.land("改")
    late = jobs.build()
    jobs.project.prose("再改。")
    third = jobs.land("再改")
    newest = jobs.build()
    jobs.deploy(newest)
    assert jobs.tip("main") == third
    assert "再改" in git("show", "gh-pages:about/index.html", cwd=remote)

    # A job that was slower than the one after it takes nothing back.
    before = jobs.tip("gh-pages")
    assert second in git("log", "-1", "--format=%B", "gh-pages", cwd=late)
    assert "rejected" in jobs.deploy(late, code=1)
    assert jobs.tip("gh-pages") == before

    # Nor does main that was set back, which the build refuses already.
    git("push", "--quiet", "--force", "origin", f"{second}:refs/heads/main")
    jobs.runs += 1
    job = tmp_path / "back"
    git("clone", "--quiet", "--branch=main", remote.as_uri(), str(job), cwd=tmp_path)
    said = jobs.ran("bash", ".ci/publish", "deployment", cwd=job, code=1, BIN=str(Path(sys.executable).parent))
    assert third[:12] in said
    assert "OPEN_REPORTS_REVERT=1" in said
    assert not (job / "deployment" / "deployment.bundle").exists()


@pytest.mark.build
@pytest.mark.posix
def test_a_record_that_could_not_be_written_fails_the_job_with_a_sentence(workflow: dict[Any, Any], tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, workflow)
    built = jobs.build()
    jobs.project.prose("合并了别的。")
    landed = jobs.land("别的")
    said = jobs.deploy(built, code=1)
    assert "::error::网站已发布，记录没有写进 main" in said
    assert jobs.tip("main") == landed
    assert jobs.tip("gh-pages")


@pytest.mark.build
@pytest.mark.posix
def test_what_was_published_and_never_recorded_cannot_change_in_silence(workflow: dict[Any, Any], tmp_path: Path) -> None:
    """The record of the last deployment did not reach main, so git knows nothing of what was published: the published copy does."""
    jobs = Jobs(tmp_path, workflow)
    git, remote, package = jobs.project.git, jobs.project.remote, jobs.project.package
    built = jobs.build()
    jobs.project.prose("合并了别的。")
    jobs.land("别的")
    jobs.deploy(built, code=1)
    tip = jobs.tip("gh-pages")

    package.set("disclosure", "fees", "amount", "123")
    shutil.rmtree(jobs.project.folder / "datapackages")
    package.write(jobs.project.folder / "datapackages")
    jobs.land("悄悄改")
    jobs.runs += 1
    job = tmp_path / "silent"
    git("clone", "--quiet", "--branch=main", remote.as_uri(), str(job), cwd=tmp_path)
    said = jobs.ran("bash", ".ci/publish", "deployment", cwd=job, code=1, BIN=str(Path(sys.executable).parent))
    assert "disclosure/fees/amount：发布过的数字是" in said
    assert not (job / "deployment" / "deployment.bundle").exists()
    assert jobs.tip("gh-pages") == tip
