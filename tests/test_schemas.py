"""The published JSON Schemas: each is sound, every JSON file of the site matches its own, and what is wrong does not."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import whole
from jsonschema import Draft202012Validator, FormatChecker
from open_reports.checks.check import check
from open_reports.errors import FormError
from open_reports.files.catalogue import routes, schemas
from open_reports.form import forms
from open_reports.library import open_library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas.schema(name), format_checker=FormatChecker())


def faults(name: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(value)]


@pytest.fixture(scope="module")
def files(library: Library, findings: tuple[Finding, ...]) -> Mapping[str, bytes]:
    return whole.files(library, findings)


@pytest.fixture(scope="module")
def first(files: Mapping[str, bytes], library: Library) -> dict[str, Any]:
    """One file of each schema, parsed."""
    found: dict[str, Any] = {}
    for path, route in routes.routes().paths(library):
        if route.schema:
            found.setdefault(route.schema, json.loads(files[path]))
    found["observations"] = found["observations"][:10]  # the first will do
    return found


@pytest.mark.parametrize("name", schemas.names())
def test_a_schema_is_a_schema(name: str) -> None:
    value = json.loads(schemas.schema_bytes(name))
    Draft202012Validator.check_schema(value)
    assert value["title"]
    assert value["description"]
    assert faults("schema", value) == []


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
    elif isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _objects(each)


@pytest.mark.parametrize("name", schemas.names())
def test_a_schema_is_as_strict_tools_want_it(name: str) -> None:
    """A class can be named by its title, each required member is described, a tuple has as many places as it needs (`tests/outside/schemas.sh`)."""
    value = schemas.schema(name)
    assert value["title"] == name.capitalize()
    for each in _objects(value):
        if isinstance(each.get("required"), list):
            assert set(each["required"]) <= set(each["properties"]), each["required"]
        if isinstance(each.get("prefixItems"), list):
            assert (each["minItems"], each["items"]) == (len(each["prefixItems"]), False)


def test_every_schema_describes_some_file_and_every_json_file_has_one() -> None:
    assert {route.schema for route in routes.routes() if route.schema} == set(schemas.names())
    assert [route.id for route in routes.routes() if "json" in route.media and not route.schema] == []


def test_every_json_file_matches_its_schema(files: Mapping[str, bytes], library: Library) -> None:
    wrong = {}
    count = 0
    for path, route in routes.routes().paths(library):
        if route.schema and (found := faults(route.schema, json.loads(files[path]))):
            wrong[path] = found[:3]
        count += bool(route.schema)
    assert wrong == {}
    assert count > 6 * len(library)


def test_every_json_file_of_made_up_reports_matches_its_schema(corpus: Path) -> None:
    library = open_library(corpus)
    library = replace(library, reports=dict(list(library.reports.items())[::4]))
    files = whole.files(library, check(library))
    paths = routes.routes().paths(library)
    wrong = {path: found[:3] for path, route in paths if route.schema and (found := faults(route.schema, json.loads(files[path])))}
    assert wrong == {}


def test_an_id_is_whole_where_the_site_has_an_address() -> None:
    assert schemas.schema("report", "https://x.example/a/")["$id"] == "https://x.example/a/schemas/report.json"
    assert schemas.schema("report")["$id"] == "report.json"


def test_tables_lines_columns_and_addresses_are_those_of_the_forms() -> None:
    defs = schemas.schema("figures")["$defs"]
    printed = {
        f"{table.id}/{line.id}/{column.id}" for form in forms().values() for table in form.tables.values() for line, column in table.cells
    }
    assert set(defs["address"]["anyOf"][0]["enum"]) == printed
    assert defs["status"]["enum"] == list(forms().common.statuses)
    for name, variants in ((table, schemas.schema("report")["$defs"][f"{table}_figures"]["anyOf"]) for table in forms().tables):
        for form, lines in zip(forms().values(), variants, strict=True):
            assert [(line, list(cells["properties"])) for line, cells in lines["properties"].items()] == [
                (line.id, list(line.columns)) for line in form.tables[name].lines.values()
            ]


def _changed(value: Any, path: str, to: Any) -> Any:
    copy = deepcopy(value)
    place = copy
    *keys, last = path.split("|")
    for key in keys:
        place = place[int(key) if isinstance(place, list) else key]
    place[last] = to
    return copy


WRONG = [
    ("report", "tables|applications|new|total", "12"),
    ("report", "tables|applications|new|total", -1),
    ("report", "tables|applications|new|totals", 1),
    ("report", "tables|applications|newest", {}),
    ("report", "status", {"applications/new/total": "reported"}),
    ("report", "status", {"applications/new/totals": "blank"}),
    ("report", "scope", "all"),
    ("report", "version", "1.0"),
    ("report", "surprise", 1),
    ("figures", "figures|value", 1),
    ("agency", "years|2019", {}),
    ("index", "reports|0|hash", "md5:1"),
    ("findings", "0|level", "fatal"),
    ("findings", "0|rule", "T9"),
    ("coverage", "coverage|0|status", "lost"),
    ("coverage", "as_of", "22 November"),
    ("indicator", "values|0|reason", "nobody_knows"),
    ("observations", "0|table", "tables"),
    ("observations", "0|value", None),
    ("codebook", "0|what", "thing"),
    ("agencies", "0|kind", "company"),
    ("search", "version", 99),
    ("citation", "0|type", "book"),
    ("datapackage", "report|forms|disputes", "1999"),
    ("datapackage", "report|absent", ["applications/nothing"]),
    ("datapackage", "resources|0|hash", ""),
    ("catalog", "dataset|0|distribution", []),
    ("croissant", "distribution|0|sha256", "0"),
    ("openapi", "openapi", "2.0"),
]


@pytest.mark.parametrize("name, path, to", WRONG)
def test_what_is_wrong_does_not_match(first: dict[str, Any], name: str, path: str, to: Any) -> None:
    assert faults(name, first[name]) == []
    assert faults(name, _changed(first[name], path, to)) != []


def test_nothing_never_turns_into_zero(files: Mapping[str, bytes]) -> None:
    value = json.loads(files["reports/pingtan/2019/figures/applications.json"])
    assert faults("figures", value) == []
    figure = value["figures"]["new"]["total"]
    for status, number in (("blank", 0), ("line_absent", 0), ("reported", None)):
        wrong = _changed(value, "figures|new|total", {**figure, "status": status, "value": number})
        assert faults("figures", wrong) != [], (status, number)
    right = _changed(value, "figures|new|total", {**figure, "status": "blank", "value": None})
    assert faults("figures", right) == []


SHARED = "zh: 甲\nen: A\n$defs: {}\n"


@pytest.mark.parametrize(
    "text, says",
    [
        ("zh: 甲\ntype: object\n", "schemas/made.yml: only zh"),
        ("zh: 甲\nen: A\nproperties: {a: {en: B}}\n", "schemas/made.yml properties a: only en"),
        ("zh: 甲\nen: A\nproperties: {a: {$ref: '#/$defs/nothing'}}\n", "schemas/made.yml: no definition nothing"),
        ("zh: 甲\nzh: 乙\nen: A\n", "schemas/made.yml"),
    ],
)
def test_a_schema_with_a_fault_is_not_loaded(text: str, says: str) -> None:
    with pytest.raises(FormError) as told:
        schemas.read_sources({"shared": SHARED, "made": text})
    assert says in str(told.value)


def test_an_object_has_no_members_but_those_described() -> None:
    read = schemas.read_sources({"shared": SHARED, "made": "zh: 甲\nen: A\nproperties: {a: {type: string}}\n"})["made"]
    assert read == {
        "title": "甲",
        "description": "A",
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": False,
    }
