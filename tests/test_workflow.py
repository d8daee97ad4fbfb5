"""The workflow: what it runs is there, and Windows is set up as the page for clerks says."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml
from conftest import PROJECT

WORKFLOW = PROJECT / ".github" / "workflows" / "ci.yml"


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    found = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def lines(workflow: dict[Any, Any], job: str) -> list[str]:
    """Everything that a job runs, line by line."""
    return [line.strip() for step in workflow["jobs"][job]["steps"] for line in step.get("run", "").splitlines()]


def test_every_push_and_pull_request_is_tested(workflow: dict[Any, Any]) -> None:
    triggers = workflow[True]  # YAML 1.1 reads `on` as yes
    assert triggers["push"]["branches"] == ["main"]
    assert "pull_request" in triggers
    assert set(workflow["jobs"]) == {"test", "windows", "pips", "deploy"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60


def test_nothing_but_the_publishing_may_write_and_only_after_the_tests(workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == ["deploy"]
    assert workflow["jobs"]["deploy"]["needs"] == "test"


@pytest.mark.parametrize("job", ["test", "pips", "deploy"])
def test_what_a_job_makes_is_a_target(workflow: dict[Any, Any], job: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for line in lines(workflow, job) for name in re.findall(r"\bmake ([a-z]+)", line)} <= targets


def test_every_file_that_a_job_runs_is_there(workflow: dict[Any, Any]) -> None:
    told = [line for job in workflow["jobs"] for line in lines(workflow, job)]
    found = {name.replace("\\", "/") for line in told for name in re.findall(r"(?:\.ci/\w+|requirements\\\w+\.txt)", line)}
    assert {".ci/run", ".ci/pips", "requirements/site.txt", "requirements/test.txt"} <= found
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
