"""What commands and builds of the tests remember of templates: the same as Jinja makes, and of nothing but the very same text."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest
from compiled import Compiled
from forking import Commands
from jinja2 import Environment
from patience import PATIENCE
from website import environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "{% if a %}\n<b>{{ a }}</b>\n{% endif %}"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Compiled:
    made = Compiled()
    monkeypatch.setattr(Environment, "compile", made.method())
    return made


def test_a_text_is_compiled_once_for_all_environments_that_speak_alike(compiled: Compiled) -> None:
    said = {Environment(autoescape=True, trim_blocks=True).from_string(TEXT).render(a=each) for each in ("1", "1")}
    assert said == {"<b>1</b>\n"}
    assert len(compiled.new) == 1


@pytest.mark.parametrize(
    "other",
    [
        *({"trim_blocks": True}, {"autoescape": False}, {"autoescape": lambda name: name is not None}, {"block_start_string": "<%"}),
        *({"extensions": ["jinja2.ext.do"]}, {"variable_start_string": "{:"}, {"optimized": False}),
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_language_is_compiled_by_itself(compiled: Compiled, other: dict[str, Any]) -> None:
    languages = ({"autoescape": True}, {"autoescape": True, **other})
    said = [Environment(**each).from_string(TEXT).render(a="<") for each in languages]  # noqa: S701 (what is asked here)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compiled.compile_)
        assert said == [Environment(**each).from_string(TEXT).render(a="<") for each in languages]  # noqa: S701
    assert len(compiled.new) == 2


def test_another_filter_is_another_language(compiled: Compiled) -> None:
    one, two = Environment(autoescape=True), Environment(autoescape=True)
    two.filters["own"] = str
    for each in (one, two):
        each.from_string("{{ 1 }}")
    assert len(compiled.new) == 2


# -- what the next command knows --------------------------------------------------------------------------------------------

RENDERED = """
from jinja2 import Environment
parsed = []
parse = Environment._parse
Environment._parse = lambda *words: parsed.append(1) or parse(*words)
print(Environment(autoescape=True).from_string("{{ 1 + 1 }}").render(), len(parsed))
"""
KILLED = RENDERED + "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    with Commands("jinja2", env=environment(tmp_path), within=PATIENCE) as running:
        yield running


@pytest.mark.posix
def test_the_next_command_knows_what_one_has_compiled_unless_it_was_killed(commands: Commands, tmp_path: Path) -> None:
    def told(code: str) -> tuple[int, str]:
        done = commands.run("-c", code, cwd=tmp_path, env=environment(tmp_path))
        return done.returncode, done.stdout.strip()

    assert told(KILLED)[0] == -signal.SIGKILL
    assert [told(RENDERED), told(RENDERED)] == [(0, "2 1"), (0, "2 0")]
    assert told("raise SystemExit(3)")[0] == 3
    assert told("import os; os.fork() and os.wait(); raise SystemExit(4)")[0] == 4
    assert told(RENDERED) == (0, "2 0")
