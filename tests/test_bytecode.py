"""Bytecode of templates: taken only where it is sound and of this very version, and never in the way of a build."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from jinja2 import DictLoader, Environment
from open_reports.site import bytecode
from open_reports.site.bytecode import Bytecode, keep_bytecode

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {"a": "<p>{{ said }}</p>", "b": "{% include 'a' %}。"}


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def made(folder: Path, sources: dict[str, str] | None = None) -> Environment:
    environment = Environment(loader=DictLoader(sources or SOURCES), autoescape=True)
    environment.bytecode_cache = Bytecode(folder)
    return environment


def compiled(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """What a template says, and which templates were compiled for it."""
    names: list[str] = []
    real = Environment.compile

    def compile_(self: Environment, source: str, name: str = "", *args: object, **named: object) -> object:
        names.append(name)
        return real(self, source, name, *args, **named)  # type: ignore[call-overload]  # handed on as it comes

    with monkeypatch.context() as context:
        context.setattr(Environment, "compile", compile_)
        return environment.get_template("b").render(said="<虚构>"), names


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "<p>&lt;虚构&gt;</p>。"
    assert compiled(made(tmp_path), monkeypatch) == (said, ["b", "a"])
    assert compiled(made(tmp_path), monkeypatch) == (said, [])


def test_another_source_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(made(tmp_path), monkeypatch)
    other = SOURCES | {"a": "<b>{{ said }}</b>"}
    assert compiled(made(tmp_path, other), monkeypatch) == ("<b>&lt;虚构&gt;</b>。", ["a"])


def test_another_version_of_the_code_compiles_anew_and_sweeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(made(tmp_path), monkeypatch)
    (tmp_path / "module.pyc").write_bytes(b"")
    before = set(tmp_path.iterdir())
    monkeypatch.setattr(bytecode, "tools", lambda: "another version of the code")
    assert compiled(made(tmp_path), monkeypatch)[1] == ["b", "a"]
    assert before & set(tmp_path.iterdir()) == {tmp_path / "module.pyc"}


def test_what_is_damaged_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compiled(made(tmp_path), monkeypatch)
    for file in sorted(tmp_path.iterdir()):
        sound = file.read_bytes()
        flipped = [bytes([*sound[:at], sound[at] ^ 1, *sound[at + 1 :]]) for at in range(0, len(sound), 7)]
        for data in (b"", sound[:31], sound[:32], sound[:40], sound[:-1], sound + b" ", *flipped):
            file.write_bytes(data)
            said, names = compiled(made(tmp_path), monkeypatch)
            assert (said, len(names)) == (whole[0], 1)
            # Kept again; the same code may be written in other bytes (marshal tells which objects are shared).
            assert compiled(made(tmp_path), monkeypatch) == (whole[0], [])


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled(made(tmp_path), monkeypatch) == compiled(made(tmp_path), monkeypatch)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("一个文件占了文件夹的位置", encoding="utf-8")
    assert compiled(made(tmp_path / "taken"), monkeypatch)[1] == ["b", "a"]


def test_a_place_that_somebody_chose_stays(tmp_path: Path) -> None:
    environment, other = made(tmp_path), Environment(autoescape=True)
    chosen = environment.bytecode_cache
    keep_bytecode(environment, other)
    assert environment.bytecode_cache is chosen
    assert isinstance(other.bytecode_cache, Bytecode)
