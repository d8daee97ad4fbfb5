"""Without the plugin no site is made: programs that drop what they do not know, such as Zensical, are stopped by an extension.

Zensical itself is run by `tests/outside/zensical.sh`.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import website
import yaml
from conftest import PROJECT
from open_reports.site.guard import Guard
from open_reports.site.refused import sentence
from patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

NAME = "open_reports.site.guard"
CONVERTED = f"import sys, markdown; print(markdown.Markdown(extensions=[{NAME!r}]).convert('# A\\n\\nb'))"


def without_plugin(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=PATIENCE,
        env=website.environment(cwd),
    )


def test_a_page_is_not_made_without_the_plugin(tmp_path: Path) -> None:
    """As Zensical makes pages: by the library of Markdown, in a process that loads no plugin."""
    done = without_plugin("-c", CONVERTED, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"{sentence('no_plugin')}\n"


def test_a_page_is_what_it_was_with_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    import markdown  # noqa: PLC0415 (what MkDocs and Zensical make pages with)

    monkeypatch.setattr(Guard, "plugin", True)
    text = "# 标题\n\n- a\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n"
    assert markdown.Markdown(extensions=[NAME, "tables"]).convert(text) == markdown.Markdown(extensions=["tables"]).convert(text)


def test_this_project_has_the_guard() -> None:
    settings = yaml.load((PROJECT / "mkdocs.yml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 (!ENV is read as text)
    assert NAME in settings["markdown_extensions"]


@pytest.mark.build
@pytest.mark.parametrize("plugins, extensions, code", [("[open-reports]", f"[{NAME}]", 0), ("[]", f"[{NAME}]", 1), ("[]", "[]", 0)])
def test_mkdocs_without_the_plugin_says_so_too(plugins: str, extensions: str, code: int, tmp_path: Path) -> None:
    config = website.minimal_project(tmp_path / "project")
    text = (
        config.read_text(encoding="utf-8")
        .replace("plugins: [open-reports]", f"plugins: {plugins}")
        .replace("nav: [index.md, about.md]\n", "")
    )
    config.write_text(f"{text}markdown_extensions: {extensions}\n", encoding="utf-8")
    done = without_plugin("-m", "mkdocs", "build", "--quiet", cwd=config.parent)
    assert done.returncode == code, done.stderr
    assert (sentence("no_plugin") in done.stderr) == bool(code)
    assert "Traceback" not in done.stderr
    assert (config.parent / "site" / "about" / "index.html").exists() == (not code)
