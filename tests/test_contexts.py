"""Templates and their contexts: a template knows the fields of one declared context, uses each of them, and nothing else.

A field that no template uses is work for nothing, and a variable that no context has fails only on the page that meets it. What
stands in a field has a type down to the last text, and a template reads nothing that the type has not (`template_types`).
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader, meta, nodes
from open_reports import pages
from open_reports.pages.frame import Link, templates
from open_reports.pages.search import box
from open_reports.site.frame import Told
from open_reports.text import Words, resource
from template_types import FOREIGN, Method, Reading, hints, vague

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


# -- what stands in a context ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("context", [*contexts().values(), Told], ids=lambda context: str(context.__name__))
def test_context_says_what_stands_in_it(context: type) -> None:
    """No `object`, no `Any`, no dictionary of anything, however deep: mypy can then hold each page to what it gives."""
    assert list(vague(context, context.__name__)) == []


@pytest.mark.parametrize("name", sorted(contexts()))
def test_template_reads_what_the_types_of_its_context_have(name: str) -> None:
    assert Reading(templates()).template(name, hints(contexts()[name])) == []


THEME = Environment(loader=FileSystemLoader(str(resource("site/theme"))), autoescape=True)


@pytest.mark.parametrize("name", THEME.list_templates(extensions=["html"]))
def test_our_parts_of_the_theme_read_what_they_are_told(name: str) -> None:
    told = {
        "open_reports": Told,
        "open_reports_banner": str,
        "open_reports_words": dict[Literal["zh", "en"], Words],
        "open_reports_box": Method(hints(box)["return"]),
        "page": FOREIGN,
        "config": FOREIGN,
    }
    assert Reading(THEME).template(name, told) == []


class Row(NamedTuple):
    """A row of a list that these tests are told."""

    link: Link
    note: Link | None
    counts: Mapping[Literal["late", "due"], int]
    pairs: Sequence[tuple[str, int]]


@dataclass
class Listed:
    """A context of these tests."""

    w: Words
    rows: Sequence[Row]


@dataclass
class Vague:
    """A context that says too little, at four places."""

    named: Mapping[str, object]
    rows: Sequence[Anything]
    some: list  # type: ignore[type-arg]
    more: str | tuple[Any, ...]


class Anything(NamedTuple):
    """A row of anything."""

    text: str
    cells: object


RIGHT = {
    "attributes": "{% for row in rows %}{{ row.link.href }}{% if row.note %}{{ row.note.text }}{% endif %}{% endfor %}",
    "narrowed in one line": "{% for row in rows %}{{ row.note.text if row.note else w('none') }}{% endfor %}",
    "keys": "{% for row in rows %}{{ row.counts.late }}{% for kind, count in row.counts.items() %}{{ kind ~ count }}{% endfor %}{% endfor %}",
    "pairs": "{% for row in rows %}{% for name, count in row.pairs %}{{ name }}{{ count }}{% if not loop.last %}, {% endif %}{% endfor %}{% endfor %}",
    "macro": "{% macro link(one) %}{{ one.href }}{% endmacro %}{% for row in rows %}{{ link(row.link) }}{% endfor %}",
    "part": "{% for row in rows %}{% with one = row.link %}{% include 'part' %}{% endwith %}{% endfor %}",
}
WRONG = {
    "{{ rows.text }}": "Row] has no .text",
    "{{ crumbs }}": "nobody tells crumbs",
    "{% for row in rows %}{% if row.link.lost %}x{% endif %}{% endfor %}": "Link has no .lost",
    "{% for row in rows %}{% if row.link.rel %}x{% else %}{{ row.lost }}{% endif %}{% endfor %}": "Row has no .lost",
    "{% for row in rows %}{{ row.note.text }}{% endfor %}": ".text of what may be nothing",
    "{% for row in rows %}{% if row.note %}x{% else %}{{ row.note.text }}{% endif %}{% endfor %}": ".text of what may be nothing",
    "{% for row in rows %}{{ row.counts.lost }}{% endfor %}": "has no .lost",
    "{% for row in rows %}{% for name in row.link.text %}x{% endfor %}{% endfor %}": "<class 'str'> is no list",
    "{% for row in rows %}{% for a, b, c in row.pairs %}x{% endfor %}{% endfor %}": "is no 3 things",
    "{% for row in rows %}{{ row.pairs }}{% endfor %}": "is printed",
    "{% for row in rows %}{{ loop.lost }}{% endfor %}": "LoopContext has no .lost",
    "{% macro link(one) %}{{ one.lost }}{% endmacro %}{% for row in rows %}{{ link(row.link) }}{% endfor %}": "Link has no .lost",
    "{% for row in rows %}{% with one = row.pairs %}{% include 'part' %}{% endwith %}{% endfor %}": "int]] has no .href",
    "{% for row in rows %}{{ row.link.text | upper }}{% endfor %}": "the test does not know the filter upper",
    "{% import 'part' as part %}": "the test does not know Import",
}


def faults(template: str) -> list[str]:
    environment = Environment(loader=DictLoader({"it": template, "part": "{{ one.href }}"}), autoescape=True)
    return Reading(environment).template("it", hints(Listed))


@pytest.mark.parametrize("template", RIGHT.values(), ids=list(RIGHT))
def test_what_is_right_passes(template: str) -> None:
    assert faults(template) == []


@pytest.mark.parametrize("template", list(WRONG), ids=lambda template: WRONG[template])
def test_what_is_wrong_is_told_with_its_line(template: str) -> None:
    (fault,) = faults("\n" + template)
    place, _, text = fault.partition(": ")
    assert WRONG[template] in text
    assert place in {"it, line 2", "part, line 1"}


def test_what_could_be_anything_is_told() -> None:
    assert list(vague(Vague, "it")) == ["it.named is object", "it.rows.cells is object", "it.some is list", "it.more is Any"]
