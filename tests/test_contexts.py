"""Templates and their contexts: a template knows the fields of one declared context, uses each of them, and nothing else.

A field that no template uses is work for nothing, and a variable that no context has fails only on the page that meets it.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, meta, nodes
from open_reports import pages
from open_reports.pages.frame import templates
from open_reports.text import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(str(resource("pages")))
NAMES = sorted(path.relative_to(FOLDER).as_posix().removeprefix("templates/") for path in FOLDER.rglob("*.html"))


def source(name: str) -> str:
    """Text of a template, found as pages find it."""
    environment = templates()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for each in pkgutil.walk_packages(pages.__path__, "open_reports.pages."):
        module = importlib.import_module(each.name)
        yield each.name, ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


@cache
def contexts() -> dict[str, type]:
    """Context class of each template that is rendered, as the calls of `rendered` say."""
    found: dict[str, type] = {}
    for name, tree in modules():
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"rendered", "_html"}):
                continue
            template, context = call.args
            if isinstance(template, ast.Constant) and isinstance(context, ast.Call) and isinstance(context.func, ast.Name):
                declared = getattr(importlib.import_module(name), context.func.id)
                assert found.setdefault(str(template.value), declared) is declared, f"{template.value!r} has two contexts"
    return found


def parts(name: str, environment: Environment) -> Iterator[str]:
    """A template and all that it includes."""
    yield name
    for other in meta.find_referenced_templates(environment.parse(source(name))):
        assert other is not None, f"{name} includes what nobody can tell before"
        yield from parts(other, environment)


def used(name: str) -> set[str]:
    """Variables that a template and its parts take from outside."""
    environment = templates()
    own: set[str] = set()
    for each in parts(name, environment):
        own |= meta.find_undeclared_variables(environment.parse(source(each)))
    return own - set(environment.globals)


def test_there_are_templates_and_contexts() -> None:
    assert len(contexts()) >= 20
    assert contexts().keys() <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_is_rendered_or_is_a_part_of_one(name: str) -> None:
    environment = templates()
    assert any(name in parts(each, environment) for each in contexts())


@pytest.mark.parametrize("name", sorted(contexts()))
def test_template_uses_the_fields_of_its_context_and_nothing_else(name: str) -> None:
    context = contexts()[name]
    assert is_dataclass(context)
    assert used(name) - local(name) == {each.name for each in fields(context)}


def local(name: str) -> set[str]:
    """Names that a template or a part of it gives itself: a part takes them from the template that includes it."""
    environment = templates()
    trees = [environment.parse(source(each)) for each in parts(name, environment)]
    given = {each.name for tree in trees for each in tree.find_all(nodes.Name) if each.ctx != "load"}
    return given - {field.name for field in fields(contexts()[name])}


@pytest.mark.parametrize("name", sorted(contexts()))
def test_head_of_a_template_names_its_context(name: str) -> None:
    """What a template is told stands in one place, in Python; its head says where."""
    head = source(name).partition("#}")[0]
    assert f"Context: {contexts()[name].__name__}" in head


def test_no_page_renders_past_its_context() -> None:
    """`rendered` is the only door to the templates."""
    for name, tree in modules():
        calls = [each for each in ast.walk(tree) if isinstance(each, ast.Attribute) and each.attr == "get_template"]
        assert len(calls) == (1 if name == "open_reports.pages.frame" else 0), name
