"""The description of the API: it is valid, every path it names exists with every real parameter, and no other file is published."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import whole
from jsonschema import Draft202012Validator
from open_reports.files.catalogue import routes
from open_reports.files.catalogue.openapi import openapi
from open_reports.text import words
from openapi_spec_validator import OpenAPIV31SpecValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.finding import Finding
    from open_reports.library import Library

SITE = "https://open-reports.example/nianbao/"
NOT_OF_THE_API = frozenset({"robots.txt"})


@pytest.fixture(scope="module")
def files(library: Library, findings: tuple[Finding, ...]) -> Mapping[str, bytes]:
    return whole.files(library, findings, SITE)


@pytest.fixture(scope="module")
def spec(files: Mapping[str, bytes]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(files["data/openapi.json"])
    return value


def _alone(value: Any, files: Mapping[str, bytes]) -> Any:
    """The description without its references to published schemas, which are judged by themselves, so that nothing need be fetched."""
    if isinstance(value, list):
        return [_alone(each, files) for each in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("$ref", "")).startswith("../"):
        return {"title": json.loads(files[value["$ref"].removeprefix("../")])["title"]}
    return {key: _alone(each, files) for key, each in value.items()}


def test_it_is_valid(spec: dict[str, Any], files: Mapping[str, bytes]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(_alone(spec, files)).iter_errors()] == []


def test_a_broken_one_is_not(spec: dict[str, Any], files: Mapping[str, bytes]) -> None:
    broken = json.loads(json.dumps(_alone(spec, files)))
    del broken["paths"]["/reports/{agency}/{year}/report.json"]["get"]["parameters"]
    assert [error.message for error in OpenAPIV31SpecValidator(broken).iter_errors()] != []


def test_every_schema_it_names_is_published(spec: dict[str, Any], files: Mapping[str, bytes]) -> None:
    named = set(re.findall(r'"\.\./(schemas/[a-z]+\.json)"', json.dumps(spec)))
    assert named == {path for path in files if path.startswith("schemas/")}


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
