"""JSON Schemas (2020-12) of every JSON file of the site, published with it.

What a person decided stands in `schemas/*.yml`: members, which of them may be null, what each means, in both languages. What
the forms decide, such as tables, lines, columns, addresses, units, rules and kinds of nothing, is made of the forms here and
added to `$defs` where a file names it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from open_reports import charts
from open_reports.checks.counting import DIFFERING
from open_reports.derived.indicator import REASONS
from open_reports.document import json_bytes, parse_yaml
from open_reports.errors import DocumentError, FormError
from open_reports.files.route import Choice, Route
from open_reports.finding import LEVELS
from open_reports.form import OVERVIEW, forms
from open_reports.gate import MAX_SLUG
from open_reports.report import FIRST_YEAR, LAST_YEAR
from open_reports.text import LANGUAGES, resource_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from open_reports.files.folder import SiteFolder
    from open_reports.form import Forms, TableForm

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SLUG = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_SHARED = "shared"
"""File of the definitions that several schemas use."""
_CONDITIONS = frozenset({"if", "then", "else"})
"""Keywords that say something about some members of an object that is described elsewhere."""
_ITEM = r"[^\s/#?%]+"
"""Name of a figure of section one, as part of an address."""

Schema = dict[str, Any]


@cache
def names() -> tuple[str, ...]:
    """Names of the schemas, in alphabetical order."""
    return tuple(name for name in sorted(_sources()) if name != _SHARED)


def schema(name: str, site: str = "") -> Schema:
    """Return a schema that needs no other file; `site` is the site's address, empty for a relative `$id`.

    Raises `KeyError` for a name that is none of `names`.
    """
    # What is shared is put into each schema: several generators of code leave out what stands in another file, in silence.
    own = _sources()[name]
    known = {**_derived(), **_sources()[_SHARED]["$defs"], **own.get("$defs", {})}
    used: dict[str, Schema] = {}
    waiting = [own]
    while waiting:
        for target in sorted(_targets(waiting.pop())):
            if target not in used:
                used[target] = known[target]
                waiting.append(known[target])
    plain = {key: value for key, value in own.items() if key != "$defs"}
    # Generators of code make a class name of the title, and nothing is left of one with Chinese punctuation.
    words = {"title": name.capitalize(), "description": f"{own['title']} / {own['description']}"}
    return {"$schema": DIALECT, "$id": f"{site and site + 'schemas/'}{name}.json", **plain, **words, "$defs": dict(sorted(used.items()))}


def schema_bytes(name: str, site: str = "") -> bytes:
    """Return a schema as its file, `schemas/<name>.json`."""
    return json_bytes(schema(name, site))


@cache
def _sources() -> Mapping[str, Schema]:
    """Hand-written schemas by name. Raises `FormError` that names every text without a translation, and every definition that is missing."""
    return read_sources({name.removesuffix(".yml"): text for name, text in resource_texts("files/catalogue/schemas").items()})


def read_sources(texts: Mapping[str, str]) -> Mapping[str, Schema]:
    """Read schemas from YAML texts by name, one of them `shared`. Raises `FormError` with every fault.

    Texts in two languages, `zh` and `en`, become `title` and `description`; an object may have no members but those described.
    """
    problems: list[str] = []
    found: dict[str, Schema] = {}
    for name, text in texts.items():
        try:
            found[name] = _worded(parse_yaml(text), f"schemas/{name}.yml", problems)
        except DocumentError as error:
            problems.append(f"schemas/{name}.yml: {error}")
    shared = found.get(_SHARED, {}).get("$defs", {})
    for name, value in found.items():
        known = {*_derived(), *shared, *value.get("$defs", {})}
        problems += [f"schemas/{name}.yml: no definition {target}" for target in sorted(_targets(value) - known)]
    if problems:
        raise FormError("\n".join(problems))
    return found


def _worded(value: Any, place: str, problems: list[str], *, closed: bool = True) -> Any:  # noqa: ANN401 (any YAML value)
    """Return a schema with its words as JSON Schema has them; `closed` where an object has no members but those described."""
    if isinstance(value, list):
        return [_worded(each, place, problems, closed=closed) for each in value]
    if not isinstance(value, dict):
        return value
    rest = {
        key: _worded(each, f"{place} {key}", problems, closed=closed and key not in _CONDITIONS)
        for key, each in value.items()
        if not (key in LANGUAGES and isinstance(each, str))
    }
    says = {key: each for key, each in value.items() if key not in rest}
    # All are gathered: whoever writes a schema gets every missing translation in one run.
    if says and set(says) != set(LANGUAGES):
        problems.append(f"{place}: only {', '.join(says)}")
    _complete(rest, closed=closed)
    # JSON Schema has no texts in several languages: these are the two places that editors and generators show.
    words = {"title": says["zh"], "description": says["en"]} if set(says) == set(LANGUAGES) else {}
    return {**words, **rest}


def _complete(schema: Schema, *, closed: bool) -> None:
    """Say of an object what goes without saying."""
    described, required = schema.get("properties", {}), schema.get("required", ())
    # Closed, so that the tests find a member that a file has and no schema describes. A condition is left open, for it speaks
    # only of the members it names.
    if closed and described and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
    # Ajv, in the strict mode that it starts in, takes these for slips of the pen: members of what is not said to be an object, and
    # a required member that is not described.
    if closed and (described or required):
        schema["type"] = schema.get("type", "object")
    lacking: Schema = {key: {} for key in required if isinstance(key, str) and key not in described}
    if lacking:
        schema["properties"] = {**described, **lacking}


def _targets(value: object) -> set[str]:
    """Names of the definitions that a schema refers to."""
    if isinstance(value, list):
        return {target for each in value for target in _targets(each)}
    if not isinstance(value, dict):
        return set()
    found = {target for each in value.values() for target in _targets(each)}
    if isinstance(reference := value.get("$ref"), str):
        found.add(reference.removeprefix("#/$defs/"))
    return found


# -- made of the forms ---------------------------------------------------------------------------------------------------


@cache
def _derived() -> Mapping[str, Schema]:
    known = forms()
    return {**_vocabularies(known), **_places(known), **_tables(known)}


def _vocabularies(known: Forms) -> dict[str, Schema]:
    """What the forms and the checks name by an id."""
    common = known.common
    # A value is null exactly where the status is one of these; nothing reported is never 0.
    missing = tuple(status for status in common.statuses if status != "reported")
    return {
        "slug": {"type": "string", "pattern": f"^{SLUG}$", "maxLength": MAX_SLUG},
        "year": {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
        # Keys of objects are texts in JSON, years too.
        "year_text": {"type": "string", "pattern": r"^\d{4}$"},
        "form": {"enum": list(known)},
        "form_or_null": {"enum": [*known, None]},
        "status": {"enum": list(common.statuses)},
        "missing_status": {"enum": list(missing)},
        # Section one names units of its own, so a list cannot hold them all.
        "unit": {"anyOf": [{"enum": list(common.units)}, {"type": "string", "maxLength": _unit_length()}]},
        "kind": {"enum": list(common.kinds)},
        "scope": {"enum": list(common.scopes)},
        "rule": {"enum": list(known.rules)},
        "rule_key": {"type": "string", "pattern": f"^(?:{'|'.join(known.rules)}):"},
        "level": {"enum": list(LEVELS)},
        "outcome_or_null": {"enum": [*DIFFERING, "rounded", None]},
        "indicator": {"enum": list(known.indicators)},
        "reason": {"enum": [*missing, *REASONS]},
        "chart": {"enum": [each.id for each in charts.definitions()]},
        "indicator_values": {
            "type": "object",
            "properties": {each: {"$ref": "#/$defs/indicator_value"} for each in known.indicators},
            **_closed(known.indicators),
        },
    }


def _places(known: Forms) -> dict[str, Schema]:
    """Where a figure may stand on any form, and in section one."""
    tables = [table for form in known.values() for table in form.tables.values()]
    addresses = dict.fromkeys(f"{table.id}/{line.id}/{column.id}" for table in tables for line, column in table.cells)
    lines = dict.fromkeys(line for table in tables for line in table.lines)
    return {
        "statutory_table": {"enum": list(known.tables)},
        "table": {"enum": [OVERVIEW, *known.tables]},
        "line": {"anyOf": [{"enum": list(lines)}, {"type": "string", "pattern": f"^{_ITEM}$"}]},
        "column": {"enum": [*dict.fromkeys(column for table in tables for column in table.columns), "value"]},
        "table_line": {"enum": list(dict.fromkeys(f"{table.id}/{line}" for table in tables for line in table.lines))},
        "statutory_address": {"enum": list(addresses)},
        "address": {"anyOf": [{"enum": list(addresses)}, {"type": "string", "pattern": f"^{OVERVIEW}/{_ITEM}/value$"}]},
    }


def _tables(known: Forms) -> dict[str, Schema]:
    """Tables of a report. It has those of its own forms, so no schema asks for one that some form lacks."""
    # Only these may be required: a report of a form without the table is none the worse.
    everywhere = [table for table in known.tables if len(known.printing(table)) == len(known)]
    found: dict[str, Schema] = {
        "forms": {
            "type": "object",
            "properties": {table: {"enum": [each.form for each in known.printing(table)]} for table in known.tables},
            **_closed(everywhere),
        },
        "overview_figures": {
            "type": "object",
            "propertyNames": {"pattern": f"^{_ITEM}$"},
            "additionalProperties": {"type": "object", "properties": {"value": {"$ref": "#/$defs/number"}}, **_closed(["value"])},
        },
        "table_details": {"anyOf": [{"$ref": f"#/$defs/{table}_details"} for table in known.tables]},
        "tables": {
            "type": "object",
            "properties": {table: {"$ref": f"#/$defs/{table}_figures"} for table in (OVERVIEW, *known.tables)},
            **_closed((OVERVIEW, *everywhere)),
        },
    }
    for table in known.tables:
        # Any of the forms, not that of the year: real reports follow a form before and after its years.
        found[f"{table}_figures"] = {"anyOf": [_lines(each, bare=True) for each in known.printing(table)]}
        found[f"{table}_details"] = {"anyOf": [_lines(each, bare=False) for each in known.printing(table)]}
    return found


def _lines(table: TableForm, *, bare: bool) -> Schema:
    """Every line of a table of a form, each with its columns: the numbers alone, or all that is known of each figure."""
    lines = {}
    for line in table.lines.values():
        cells = {column: _number(table.columns[column].type.schema) if bare else {"$ref": "#/$defs/figure"} for column in line.columns}
        lines[line.id] = {"type": "object", "properties": cells, **_closed(cells)}
    return {"type": "object", "properties": lines, **_closed(lines)}


def _number(field: Mapping[str, Any]) -> Schema:
    """Return the schema of a number of a kind of cell, or null."""
    limits = {key: value for key, value in field.get("constraints", {}).items() if key in ("minimum", "maximum")}
    return {"type": [field["type"], "null"], **limits}


def _unit_length() -> int:
    """Most characters of a unit that section one may name."""
    fields = {name: properties for name, _, properties in forms().common.overview.fields}
    return int(fields["unit"]["constraints"]["maxLength"])


def _closed(members: Iterable[str]) -> Schema:
    """Return the rest of an object that has these members, all of them, and no others."""
    return {"required": list(members), "additionalProperties": False}


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route(
        "schema",
        "schemas/{schema}.json",
        "application/schema+json",
        lambda folder: {name: schema_bytes(name, folder.sources.site) for name in names()},
        schema="schema",
        choice=Choice(name="schema", values=names),
    ),
)
