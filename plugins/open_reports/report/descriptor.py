"""The descriptor of a package, `datapackage.json`: what it says, and that it declares what its forms require."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports import gate
from open_reports.document import Problem, Record, parse_json, shown
from open_reports.errors import DocumentError
from open_reports.finding import Explanation
from open_reports.form import Form, Forms, forms
from open_reports.report.model import PROFILE, Change, Consolidation, Revision, Source
from open_reports.report.writing import declared, file_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FormOf = tuple[tuple[str, str], ...]
"""Each table of a report with the form it is of, in printed order."""
MAX_UNITS = 500
"""Most units that one statement of a consolidated report names."""
_MOMENT = "2026-01-31T00:00:00Z"
"""How `created` is spelt."""
# Only web addresses: the standard's profile takes `javascript:` as well, and these become links on the page. Narrower than the
# profile's own pattern, on which `judging._shape` relies.
URL = r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]*)?"
_ADDRESS = r"[a-z_]+/.+/[a-z_]+"
_SEMVER = r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"
_STAND_IN = secrets.token_hex(16)
"""What stands for the resources while the rest of a descriptor is parsed; no package can know it."""
_OPENING, _CLOSING = '"resources": [\n', "\n ]"
"""Ends of the resources as `write` spells them: their own lists and objects stand deeper, so nothing inside ends like that."""


class Described(NamedTuple):
    """What a descriptor says: fields of `Report`, and the form of each table."""

    fields: dict[str, Any]
    form_of: FormOf

    @property
    def form(self) -> Form:
        """The form that the report follows."""
        return forms().leading(form for _, form in self.form_of)


# -- parsing ------------------------------------------------------------------------------------------------------------


def parsed(text: str) -> object:
    """Parse a descriptor strictly.

    Nine tenths of a descriptor are the resources that its forms require. Where they stand there to the letter, as `write`
    spells them, only the rest is parsed, and the known value put in: strict parsing of the whole costs ten times as much.
    The rest names the forms, so their resources are looked up once, however many forms there are.
    """
    start = text.find(_OPENING)
    end = text.find(_CLOSING, start) + len(_CLOSING)
    # Nothing here decides: whatever is spelt otherwise takes the slow way and is told there what is wrong with it.
    if start < 0 or end <= start:
        return parse_json(text)
    try:
        rest = parse_json(f'{text[:start]}"resources": "{_STAND_IN}"{text[end:]}')
    except DocumentError:
        return parse_json(text)  # told from the whole text, for the sake of its row numbers
    # The stand-in must come out as the member `resources` of the top: a package may spell a member of that name deeper inside,
    # and what stands at its top would then go unread.
    if isinstance(rest, dict) and rest.get("resources") == _STAND_IN and (form_of := named_forms(rest)):
        spelt, value = _spelt(form_of)
        if text[start:end] == spelt:
            return {**rest, "resources": value}
    return parse_json(text)


def named_forms(descriptor: dict[str, Any]) -> FormOf:
    """Forms that a parsed descriptor names for its tables; none if any is not what it must be."""
    report = descriptor.get("report")
    named = report.get("forms") if isinstance(report, dict) else None
    if not isinstance(named, dict):
        return ()
    known = forms()
    found = tuple((table, named[table]) for table in known.tables if table in named)
    sound = len(found) == len(named) and all(any(form == each.form for each in known.printing(table)) for table, form in found)
    return found if sound else ()


@cache
def _spelt(form_of: FormOf) -> tuple[str, list[dict[str, Any]]]:
    """Return the `resources` of these forms as a descriptor spells them, and their value."""
    value = declared(form_of)
    spelt = json.dumps({"resources": value}, ensure_ascii=False, indent=1)
    return spelt.removeprefix("{\n ").removesuffix("\n}"), value


# -- what it declares ---------------------------------------------------------------------------------------------------


def undeclared(
    value: object, form_of: FormOf, printed: Mapping[str, str], files: Mapping[str, bytes], saved: Mapping[str, bytes]
) -> Iterator[Problem]:
    """Every place where a package does not declare what its forms require, with the hashes of its files.

    `printed` are tables that are of another form than the descriptor says, with that form; `files` are as they are published,
    `saved` those that a spreadsheet spelt otherwise, as they stand.
    """
    expected = declared(form_of)
    stated = value.get("resources") if isinstance(value, dict) else None
    # `parsed` put in this very list, so a package that is spelt as `write` spells it, nearly every one, has nothing to compare.
    if stated is expected or not isinstance(stated, list):
        return
    for index, resource in enumerate(stated):
        if isinstance(resource, dict):
            path = str(resource.get("path"))
            # Either is true of the file: what a package says of it when it is published, and what its keeper's own tools found.
            if path not in saved or [*_misstated(resource, "", saved[path])]:
                yield from _misstated(resource, f"resources[{index}]", files.get(path))
    # A published package states bytes and hash of every resource and a kept one does not; both are taken, so that a downloaded
    # package is as good as the kept one.
    plain = [_without_hash(resource) for resource in stated]
    if printed and len(plain) == len(expected):
        # A table of another form than stated is told once, at the table, whichever of the two its schema fits.
        other = declared(tuple((table, printed.get(table, form)) for table, form in form_of))
        expected = [two if one == two else own for one, own, two in zip(plain, expected, other, strict=True)]
    yield from _differences(plain, expected, "resources")


def _without_hash(resource: object) -> object:
    return {key: item for key, item in resource.items() if key not in {"bytes", "hash"}} if isinstance(resource, dict) else resource


def _misstated(resource: dict[str, Any], path: str, data: bytes | None) -> Iterator[Problem]:
    """Size and hash that a resource states of its file and that are not those of the file."""
    actual = {"bytes": len(data), "hash": file_hash(data)} if data is not None else {}
    for key, item in actual.items():
        if key in resource and resource[key] != item:
            yield Problem(path=f"{path}.{key}", code="meta.hash", values={"found": shown(resource[key]), "expected": str(item)})


def _differences(found: object, expected: object, path: str) -> Iterator[Problem]:
    """Every place where what a package declares is not what its forms require."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            yield from _differences(found.get(key), expected.get(key), f"{path}.{shown(key)}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for index, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    # In Python `True == 1 == 1.0`; in JSON they are three things, and a schema may mean another.
    elif found != expected or type(found) is not type(expected):
        yield Problem(path=path, code="meta.resources", values={"found": shown(found), "expected": shown(expected)})


# -- what it says -------------------------------------------------------------------------------------------------------


def describe(root: Record, *, agency: str, year: int, known: Forms) -> Described | None:
    """Read what a descriptor says, noting what is wrong; None where it does not say of which forms the tables are."""
    root.choice("$schema", (PROFILE,))
    name = root.text("name")
    if name and name != f"{agency}-{year}":
        root.note("name", "meta.name", found=shown(name), expected=f"{agency}-{year}")
    title = root.text("title")
    root.text("description", required=False, most=1000)
    for license_ in root.records("licenses", required=True):
        license_.matching("name", r"[A-Za-z0-9.+-]+", "CC0-1.0")
        license_.text("title", required=False)
        license_.matching("path", URL, "https://creativecommons.org/publicdomain/zero/1.0/", required=False)
        license_.close()
    sources = []
    for source in root.records("sources", required=True):
        sources.append(Source(source.text("title"), source.matching("path", URL, "https://www.example.gov.cn/t20240101_1.htm")))
        source.close()
    # A list without entries is no source, and without one nobody can look the figures up.
    if not sources and isinstance(root.mapping.get("sources"), list):
        root.note("sources", "record.missing", key="sources")
    for contributor in root.records("contributors"):
        contributor.text("title")
        contributor.text("role", required=False)
        contributor.matching("path", URL, "https://www.example.gov.cn/", required=False)
        contributor.close()
    version = root.matching("version", _SEMVER, "1.0.0")
    created = root.matching("created", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", _MOMENT)
    try:
        datetime.fromisoformat(created or _MOMENT)
    except ValueError:  # well spelt, but no day of any calendar
        root.note("created", "record.pattern", found=shown(created), expected=_MOMENT)
    root.sequence("resources", required=True)
    record = root.record("report")
    own, form_of = _describe_report(record, agency=agency, year=year, known=known)
    record.close()
    root.close()
    _compare_versions(root, version, own["revisions"])
    fields = {"title": title, "sources": tuple(sources), "version": version, "created": created, "descriptor": root.mapping, **own}
    if any(form not in known for _, form in form_of):
        return None
    return Described(fields, form_of)


def _compare_versions(root: Record, version: str, revisions: Sequence[Revision]) -> None:
    """Note a revision newer than the data, and two of one version: each change of a version is told once."""
    seen: set[str] = set()
    for index, revision in enumerate(revisions, start=1):
        # By number, not as text, in which 1.10.0 comes before 1.9.0.
        if _semver(revision.version) > _semver(version):
            root.note("version", "meta.revision", found=version, expected=revision.version)
        if revision.version in seen:
            root.note("report.revisions", "meta.revision_twice", found=revision.version, number=str(index))
        seen.add(revision.version)


def _describe_report(record: Record, *, agency: str, year: int, known: Forms) -> tuple[dict[str, Any], FormOf]:
    stated_agency = record.text("agency")
    if stated_agency and stated_agency != agency:
        record.note("agency", "meta.name", found=shown(stated_agency), expected=agency)
    stated_year = record.integer("year")
    if stated_year and stated_year != year:
        record.note("year", "meta.year", found=str(stated_year), expected=str(year))
    form_of = _forms_of(record.record("forms"), year, known)
    absent = []
    for index, value in enumerate(record.sequence("absent")):
        table, _, line = value.partition("/") if isinstance(value, str) else ("", "", "")
        form = known.get(dict(form_of).get(table, ""))
        if form is None or line not in form.tables[table].lines:
            record.note(f"absent[{index}]", "meta.absent", found=shown(value))
        else:
            absent.append((table, line))
    # Stated only where it is not the calendar year: reports of a part of it exist (2019-09-01 to 2019-12-31).
    period = None
    if record.get("period") is not None:
        span = record.record("period")
        start, end = span.day("from"), span.day("to")
        if start and end and start > end:
            span.note("to", "meta.period", found=str(end), expected=str(start))
        period = (start, end) if start and end else None
        span.close()
    fields = {
        "scope": record.choice("scope", known.common.scopes),
        "published": record.day("published", required=False),
        "period": period,
        "absent": tuple(absent),
        "consolidates": record.each("consolidates", lambda entry: _consolidation(entry, agency, dict(form_of), known)),
        "explanations": record.each("explanations", _explanation),
        "revisions": record.each("revisions", _revision),
    }
    return fields, form_of


def _forms_of(of: Record, year: int, known: Forms) -> FormOf:
    """Form of each table of a report.

    Every table of the form that the report follows must be there. Others may be: real reports mix forms, and one that has
    gone over to a newer form may still print a table that only an older one has.
    """
    named = {form for form in of.mapping.values() if isinstance(form, str)} & known.keys()
    # What the package names decides, not its year: township offices used the form of 2019 for 2022 and 2023.
    form = known.leading(named) if named else known.prescribed_for(year)
    asked = [table for table in known.tables if table in of.mapping or table in form.tables]
    form_of = tuple((table, of.choice(table, tuple(each.form for each in known.printing(table)))) for table in asked)
    of.close()
    return form_of


def _consolidation(entry: Record, agency: str, form_of: Mapping[str, str], known: Forms) -> Consolidation:
    # The search for a unit named twice grows with the square of their number, hence the limit.
    units = entry.texts("units")[:MAX_UNITS]
    if not units:
        entry.note("units", "record.missing")
    for index, unit in enumerate(units):
        if gate.slug_fault(unit):
            entry.note(f"units[{index}]", "record.pattern", found=unit, expected="pingtan-finance")
        elif unit == agency or unit in units[:index]:
            entry.note(f"units[{index}]", "meta.unit_twice", found=unit)
    lines = []
    for index, value in enumerate(entry.sequence("lines")):
        table, _, line = value.partition("/") if isinstance(value, str) else ("", "", "")
        form = known.get(form_of.get(table, ""))
        if form is None or line not in form.tables[table].lines:
            entry.note(f"lines[{index}]", "meta.absent", found=shown(value))
        lines.append(shown(value))
    return Consolidation(units, tuple(lines))


def _semver(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else (0,)


def _explanation(entry: Record) -> Explanation:
    return Explanation(
        rule=entry.choice("finding", forms().rules),
        address=entry.text("address"),
        text=entry.text("text", most=500),
        by=entry.choice("by", ("agency", "publisher")),
        day=entry.day("date"),
        says=entry.text("says", required=False, most=600),
    )


def _revision(entry: Record) -> Revision:
    day = entry.day("date")
    return Revision(
        version=entry.matching("version", _SEMVER, "1.0.1"),
        date=day.isoformat() if day else "",
        reason=entry.text("reason", most=500),
        changes=tuple(_changes(entry)),
    )


def _changes(entry: Record) -> Iterator[Change]:
    """Changes of a revision: each an address with what stood and what stands there, or a sentence, as they once were."""
    for index, value in enumerate(entry.sequence("changes")):
        if isinstance(value, dict):
            change = Record(value, entry.problems, entry.at(f"changes[{index}]"))
            yield Change(
                address=change.matching("address", _ADDRESS, "applications/new/total"),
                was=_cell(change, "from"),
                now=_cell(change, "to"),
                unit=_pair(change, "unit"),
                printed=_pair(change, "printed"),
            )
            change.close()
        elif (text := entry.one_line(f"changes[{index}]", value)) is not None:
            yield Change(text=text)


def _cell(change: Record, key: str) -> str | None:
    """Cell before or after a change: null for a line that is left out, an empty text for a blank."""
    value = change.get(key)
    if key not in change.mapping:
        change.note(key, "record.missing", key=key)
    return value if value is None or value == "" else change.one_line(key, value)


def _pair(change: Record, key: str) -> tuple[str, str] | None:
    if change.get(key) is None:
        return None
    both = change.record(key)
    pair = _cell(both, "from"), _cell(both, "to")
    both.close()
    return pair[0] or "", pair[1] or ""
