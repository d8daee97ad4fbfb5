"""OpenAPI 3.1: the site's data files as an API that only answers GET, each path with what its parameters can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.document import json_bytes
from open_reports.files.catalogue.components import components, reference
from open_reports.files.catalogue.dcat import CC0
from open_reports.files.catalogue.schemas import SLUG
from open_reports.files.route import Route
from open_reports.gate import MAX_SLUG
from open_reports.text import words

if TYPE_CHECKING:
    from open_reports.files.catalogue.routes import Routes
    from open_reports.files.folder import SiteFolder
    from open_reports.files.route import AnyRoute
    from open_reports.library import Library

VERSION = "1.1.0"
"""Of the API: the second number grows when paths or members are added; the first would when one is changed or goes."""


def openapi(library: Library, routes: Routes, site: str = "") -> bytes:
    """`data/openapi.json`: it needs no other file, for generators of clients look into none."""
    subjects = list(dict.fromkeys(route.subject for route in routes))
    return json_bytes(
        {
            "openapi": "3.1.0",
            "info": {
                "title": _both("api_title"),
                "summary": _both("api_description"),
                "description": _both("api_promise"),
                "version": VERSION,
                "license": {"name": "CC0 1.0 Universal", "url": CC0},
            },
            # Without the last stroke: paths begin with one, and the two are joined as they stand.
            "servers": [{"url": (site or "../").removesuffix("/")}],
            "tags": [{"name": subject, "description": _both(f"api_tag_{subject}")} for subject in subjects],
            "paths": {f"/{route.path}": {"get": _operation(route)} for route in routes},
            "components": {
                "schemas": components(dict.fromkeys(route.schema for route in routes if route.schema)),
                "parameters": {name: _parameter(name, schema) for name, schema in _parameters(library, routes).items()},
                "responses": {"missing": {"description": _both("api_missing")}},
            },
        }
    )


def _operation(route: AnyRoute) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": reference(route.schema)} if route.schema else {}
    if route.media.startswith("text/"):
        content = {"schema": {"type": "string"}}
    return {
        # Generators of clients name functions by it, so it is the route's id, which stays.
        "operationId": route.id,
        "tags": [route.subject],
        "summary": _both(f"route_{route.id}"),
        **({"parameters": [{"$ref": f"#/components/parameters/{name}"} for name in route.parameters]} if route.parameters else {}),
        "responses": {
            "200": {"description": _both("api_found"), "content": {route.media: content}},
            # The only other answer of a folder of files: there is no server of ours that could say more.
            "404": {"$ref": "#/components/responses/missing"},
        },
    }


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": _both(f"parameter_{name}"), "schema": schema}


def _parameters(library: Library, routes: Routes) -> dict[str, dict[str, Any]]:
    """What each parameter can be: listed where the list is short and known, else by its shape (`data/index.json` lists the agencies)."""
    some = next(iter(library.agencies), "agency")
    shapes: dict[str, dict[str, Any]] = {
        # Anchored, for a pattern of JSON Schema fits anywhere in a text. Agencies are not listed, for their list grows with the
        # corpus.
        "agency": {"type": "string", "pattern": f"^{SLUG}$", "maxLength": MAX_SLUG, "examples": [some]},
        "year": {"type": "integer", "enum": list(library.years)} if library.years else {"type": "integer"},
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$", "examples": [some]},
        **{name: {"type": "string", "enum": list(choices)} for name, choices in routes.choices().items()},
    }
    used = dict.fromkeys(name for route in routes for name in route.parameters)
    return {name: shapes[name] for name in used}


def _both(key: str) -> str:
    """Words in both languages; the format has room for one text."""
    text = words()[key]
    return f"{text.zh} / {text.en}"


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route(
        "openapi",
        "data/openapi.json",
        "application/vnd.oai.openapi+json",
        lambda folder: openapi(folder.sources.library, folder.sources.routes, folder.sources.site),
        schema="openapi",
    ),
)
