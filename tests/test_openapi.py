"""The description of the API: it is valid, every path it names exists with every real parameter, and no other file is published."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import whole
from jsonschema import Draft202012Validator
from open_reports.files.catalogue import routes
from open_reports.files.catalogue.components import name_of
from open_reports.files.catalogue.openapi import openapi
from open_reports.text import words
from openapi_spec_validator import OpenAPIV31SpecValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.finding import Finding
    from open_reports.library import Library

SITE = "https://open-reports.example/nianbao/"
NOT_OF_THE_API = frozenset({".gitattributes", "_headers", "robots.txt"})


@pytest.fixture(scope="module")
def files(library: Library, findings: tuple[Finding, ...]) -> Mapping[str, bytes]:
    return whole.files(library, findings, SITE)


@pytest.fixture(scope="module")
def spec(files: Mapping[str, bytes]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(files["data/openapi.json"])
    return value


def test_it_is_valid(spec: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(spec).iter_errors()] == []


def test_a_broken_one_is_not(spec: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(spec))
    del broken["paths"]["/reports/{agency}/{year}/report.json"]["get"]["parameters"]
    assert [error.message for error in OpenAPIV31SpecValidator(broken).iter_errors()] != []


def test_every_schema_it_names_is_published(spec: dict[str, Any], files: Mapping[str, bytes]) -> None:
    named = set(re.findall(r'"\.\./(schemas/[a-z]+\.json)"', json.dumps(spec)))
    assert named == {path for path in files if path.startswith("schemas/")}


def test_it_needs_no_other_file(spec: dict[str, Any]) -> None:
    """Generators of clients look into none, and leave out in silence whatever stands there."""
    schemas = spec["components"]["schemas"]
    known = {f"#/components/{kind}/{name}" for kind, each in spec["components"].items() for name in each}
    assert set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(spec))) <= known
    answers = [each["get"]["responses"]["200"]["content"] for each in spec["paths"].values()]
    assert all("schema" in content for answer in answers for media, content in answer.items() if media.endswith("json"))
    assert [each["title"] for each in schemas.values() if "title" in each] == list(schemas)
    assert all(re.fullmatch("[A-Z][A-Za-z]+", name) for name in schemas)


def test_its_own_schemas_have_nothing_that_generators_stumble_over(spec: dict[str, Any]) -> None:
    """Conditions, keys by a pattern, closed objects and lists of values, which grow from year to year."""
    shown = json.dumps(spec["components"]["schemas"])
    for word in ("patternProperties", "propertyNames", "if", "then", "oneOf", "enum", "const", "prefixItems", "minimum"):
        assert f'"{word}":' not in shown, word
    assert '"additionalProperties": false' not in shown


def test_every_json_file_fits_its_component(spec: dict[str, Any], files: Mapping[str, bytes], library: Library) -> None:
    for path, route in routes.routes().paths(library):
        if route.schema:
            judge = Draft202012Validator({**spec, "$ref": f"#/components/schemas/{name_of(route.schema)}"})
            assert [f"{each.json_path}: {each.message[:200]}" for each in judge.iter_errors(json.loads(files[path]))][:3] == [], path


def test_a_component_knows_a_figure_from_a_text(spec: dict[str, Any], files: Mapping[str, bytes]) -> None:
    report = json.loads(files["reports/pingtan/2024/report.json"])
    report["tables"]["applications"]["new"]["total"] = "218"
    assert not Draft202012Validator({**spec, "$ref": "#/components/schemas/Report"}).is_valid(report)


def test_every_operation_has_a_name_and_a_described_tag(spec: dict[str, Any]) -> None:
    operations = [each["get"] for each in spec["paths"].values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert {tag for each in operations for tag in each["tags"]} == {each["name"] for each in spec["tags"]}
    assert all(each["description"] for each in spec["tags"])


def test_every_path_with_every_parameter_exists(files: Mapping[str, bytes], library: Library) -> None:
    paths = [path for path, _ in routes.routes().paths(library)]
    assert len(set(paths)) == len(paths) > 20 * len(library)
    assert [path for path in paths if path not in files] == []


def test_no_file_is_published_that_it_does_not_name(files: Mapping[str, bytes], library: Library) -> None:
    named = {path for path, _ in routes.routes().paths(library)}
    assert sorted(set(files) - named - NOT_OF_THE_API) == []


def test_paths_and_parameters_are_those_of_the_routes(spec: dict[str, Any], library: Library) -> None:
    known = routes.routes()
    assert list(spec["paths"]) == [f"/{route.path}" for route in known]
    schemas = {name: Draft202012Validator(each["schema"]) for name, each in spec["components"]["parameters"].items()}
    for path, route in known.paths(library):
        shape = re.sub(r"\\{([a-z]+)\\}", r"(?P<\1>[^/]+?)", re.escape(route.path))
        found = re.fullmatch(shape, path)
        assert found is not None, path
        for name, text in found.groupdict().items():
            schemas[name].validate(int(text) if name == "year" else text)


@pytest.mark.parametrize("name, text", [("agency", "../x"), ("agency", "A"), ("table", "tables"), ("year", 1999), ("name", "a/b")])
def test_a_parameter_that_leads_nowhere_does_not_fit(spec: dict[str, Any], name: str, text: object) -> None:
    assert not Draft202012Validator(spec["components"]["parameters"][name]["schema"]).is_valid(text)


def test_optional_files_are_named_only_where_they_are(library: Library) -> None:
    def named(without: frozenset[str]) -> set[str]:
        return {each["get"]["operationId"] for each in json.loads(openapi(library, routes.routes(without)))["paths"].values()}

    assert named(frozenset()) == {route.id for route in routes.routes()}
    assert named(routes.optional()) == {route.id for route in routes.routes()} - routes.optional()
    with pytest.raises(KeyError, match="workbok"):
        routes.routes({"workbok"})


def test_the_server_is_the_site_or_the_folder_above(library: Library, spec: dict[str, Any]) -> None:
    assert spec["servers"] == [{"url": SITE.removesuffix("/")}]
    assert json.loads(openapi(library, routes.routes()))["servers"] == [{"url": ".."}]


def test_every_route_and_parameter_has_words() -> None:
    for route in routes.routes():
        assert words()[f"route_{route.id}"].en
        for name in route.parameters:
            assert words()[f"parameter_{name}"].en
