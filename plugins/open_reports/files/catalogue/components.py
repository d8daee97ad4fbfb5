"""The JSON files as an OpenAPI description has them: `components/schemas` for generators of clients, made of the published schemas.

The published schemas say all that is so; a client needs less, and breaks on more. Generators know nothing of other files, of
conditions and of keys by a pattern, and make a class of every line of every table; an enumeration refuses the status or rule
that is added next year, which we promise may happen. So here is the same shape with open lists, open objects, and figures as
maps: table, line, column, number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.files.catalogue import schemas
from open_reports.form import OVERVIEW, forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from open_reports.files.catalogue.schemas import Schema

_SCALARS = ("string", "integer", "number", "boolean", "null")
_KINDS: tuple[tuple[type, str], ...] = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (type(None), "null"))


def name_of(schema: str, definition: str = "") -> str:
    """Name of a published schema's component, or of that of a definition within it."""
    return "".join(word.capitalize() for word in f"{schema}_{definition}".split("_"))


def reference(schema: str) -> dict[str, str]:
    """Reference to the component of a published schema."""
    return {"$ref": f"#/components/schemas/{name_of(schema)}"}


def components(names: Iterable[str]) -> dict[str, Schema]:
    """Components of published schemas, and of the objects that they are made of, by name."""
    found: dict[str, Schema] = {}
    for name in names:
        found |= _Loose(name, schemas.schema(name)).components()
    return dict(sorted(found.items()))


class _Loose:
    """One published schema on its way into its components; lives for one call."""

    def __init__(self, name: str, schema: Schema) -> None:
        self.name = name
        self.schema = schema
        self.definitions: Mapping[str, Schema] = {**schema["$defs"], **_maps()}
        self.found: dict[str, Schema] = {}

    def components(self) -> dict[str, Schema]:
        top = {key: value for key, value in self.schema.items() if not key.startswith("$")}
        self.found[name_of(self.name)] = {
            **self.loose(top),
            # Generators name the class by it, if it is there, and drop what is not Latin.
            "title": name_of(self.name),
            "description": self.schema["description"],
            "externalDocs": {"url": f"../schemas/{self.name}.json"},
        }
        return self.found

    def loose(self, value: Schema) -> Schema:
        """Return a schema without what generators stumble over; definitions of objects become components on the way."""
        if not value:
            return {}
        if target := value.get("$ref"):
            return self._referred(str(target).removeprefix("#/$defs/"))
        for choice in ("anyOf", "oneOf"):
            if choice in value:
                return self._one_of([self.loose(each) for each in value[choice]])
        if types := _scalar(value):
            return {"type": types[0] if len(types) == 1 else types}
        if value.get("type") == "array":
            # A list whose places differ is any list: no language has a class for it.
            return {"type": "array", "items": self.loose(value["items"]) if value.get("items") else {}}
        made: Schema = {"type": value.get("type", "object")}
        if properties := value.get("properties"):
            made["required"] = [each for each in value.get("required", ()) if each in properties]
            made["properties"] = {key: self.loose(each) for key, each in properties.items()}
        if isinstance(more := value.get("additionalProperties"), dict):
            made["additionalProperties"] = self.loose(more)
        return made

    def _referred(self, target: str) -> Schema:
        made = self.loose(self.definitions[target])
        if "properties" not in made:
            return made
        component = name_of(self.name, target)
        self.found.setdefault(component, {**made, "title": component})
        return {"$ref": f"#/components/schemas/{component}"}

    def _one_of(self, choices: list[Schema]) -> Schema:
        if all(set(each) == {"type"} for each in choices):
            types = [name for name in _SCALARS if any(name in _listed(each["type"]) for each in choices)]
            return {"type": types[0] if len(types) == 1 else types}
        if all("properties" in each for each in choices):
            return _merged(choices)
        unlike = [each for at, each in enumerate(choices) if each not in choices[:at]]
        return unlike[0] if len(unlike) == 1 else {"anyOf": unlike}


def _merged(choices: list[Schema]) -> Schema:
    """Objects of which one is meant, as one: whatever any of them has, and what all of them must have."""
    properties = {key: each for choice in choices for key, each in choice["properties"].items()}
    required = [key for key in choices[0]["required"] if all(key in each["required"] for each in choices)]
    return {"type": "object", "required": required, "properties": properties}


def _scalar(value: Schema) -> list[str]:
    """Types of a schema of single values; empty where it is one of objects or lists."""
    stated = [value["const"]] if "const" in value else value.get("enum", [])
    types = (
        _listed(value["type"]) if "type" in value else [next(name for kind, name in _KINDS if isinstance(each, kind)) for each in stated]
    )
    return [name for name in _SCALARS if name in types] if types and set(types) <= set(_SCALARS) else []


def _listed(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def _maps() -> dict[str, Schema]:
    """What the forms decide, as maps, so that a new line or table is no other type."""
    figures, details = _map(_map({"$ref": "#/$defs/number"})), _map(_map({"$ref": "#/$defs/figure"}))
    tables = (OVERVIEW, *forms().tables)
    return {
        "tables": _map(figures),
        "forms": _map({"type": "string"}),
        "indicator_values": _map({"$ref": "#/$defs/indicator_value"}),
        "table_details": details,
        **{f"{table}_figures": figures for table in tables},
        **{f"{table}_details": details for table in tables},
    }


def _map(of: Schema) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": of}
