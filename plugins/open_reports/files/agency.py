"""All years of one agency as data: tidy rows, and one JSON object that the comparison and other programs read.

Both stand in the agency's folder. A figure is spelt as in its package: none passes through a float on its way here. A checked
cell is spelt as JSON spells a number, so plain lines are joined as texts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from open_reports.derived.doubt import PUBLISHED, doubts, facts_json, lines_of
from open_reports.derived.indicator import of_library
from open_reports.document import json_bytes
from open_reports.files.observations import OBSERVATION, report_rows
from open_reports.files.route import AGENCY, CSV, JSON, Route
from open_reports.form import forms
from open_reports.library import AGENCY as AGENCY_FILE
from open_reports.library import agency_file
from open_reports.report.lines import Plain, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.derived.indicator import Value
    from open_reports.files.folder import AgencyFolder
    from open_reports.library import Agency, Library
    from open_reports.report import Figure, Report
    from open_reports.report.lines import Place, Remarked


# -- tidy rows ----------------------------------------------------------------------------------------------------------


def agency_csv(library: Library, agency: Agency) -> bytes:
    """Every figure of an agency's reports, one row each: the rows of the corpus (`OBSERVATION`) that are its own."""
    rows = [report_rows(report, library) for report in library.of_agency(agency.id)]
    return "".join((",".join(OBSERVATION), "\n", *rows)).encode()


# -- one JSON object ----------------------------------------------------------------------------------------------------

# A chart or a comparison that met no entry here could only draw a zero or a gap, and the form's silence is neither.
_NOT_ON_FORM = '{"value": null, "status": "not_on_form"}'


def agency_json(library: Library, agency: Agency) -> bytes:
    """One agency, all years, as JSON (public contract, section 3), one figure a line.

    `years.<year>` says what each report is: `name` and `name_en` where the agency had other names then, `scope`, `forms` (form id of each table), `period` where it is not the calendar
    year, `consolidates` (agencies it names as summed up in it), `page`, below the site; `finding` the rules that `published` contradicts.
    `figures.<address>` has the `unit` and, in `years.<year>`, `value` (an exact number or null), `status` where nothing is
    reported, `text` where the number has decimals and a float would lose its spelling, `printed` where the original says
    more, `finding` (rules) where it stands in an open contradiction. A figure that a year's form lacks has the status `not_on_form`; a year without a report has no entry at all. A
    figure of section one stands only in the years that state it, with a `unit` of its own where that differs.
    `indicators.<id>.<year>` is as in `report.json`, with `text` as above.
    """
    reports = library.of_agency(agency.id)
    found: dict[str, dict[str, str]] = {}
    units: dict[str, str] = {}
    for report in reports:
        year = str(report.year)
        doubted = doubts(report, library)
        lines = lines_of(doubted)
        for item in report.overview:
            figure = report.stated(item)
            address = str(figure.address)
            # Prose may count in another unit each year. The first year's stands for the figure, and a year that differs says so
            # itself.
            unit = units.setdefault(address, figure.unit)
            other = {} if unit == figure.unit else {"unit": figure.unit}
            found.setdefault(address, {})[year] = _cell(figure, doubted.get(address, ()), **other)
        for table in report.tables:
            for line in table_lines(report, table, lines):
                for address, cell in _plain(line) if isinstance(line, Plain) else _remarked(line, doubted):
                    found.setdefault(address, {})[year] = cell
    figures = _spelt(found, units, [str(report.year) for report in reports])
    rates = of_library(library)
    made = [
        f"{_json(indicator)}: {_json({str(report.year): _rate(values[agency.id, report.year]) for report in reports})}"
        for indicator, values in rates.items()
    ]
    head = _json(
        {
            "agency": agency.id,
            "name": agency.name,
            "name_en": agency.name_en,
            "kind": agency.kind,
            "parent": agency.parent,
            "region": agency.region,
            "years": {str(report.year): _year(report, agency, library) for report in reports},
        }
    )
    return f'{head[:-1]},\n"figures": {_object(figures)},\n"indicators": {_object(made)}}}\n'.encode()


def _spelt(found: Mapping[str, Mapping[str, str]], units: Mapping[str, str], years: Sequence[str]) -> Iterator[str]:
    """Each figure with its years; `units` has those of section one, which stand only in the years that state them."""
    for address, held in found.items():
        if address in units:
            unit, cells = units[address], held
        else:
            # Every year with a report has an entry, so that a form that lacks the figure is told from a year nobody collected.
            unit, cells = _unit(address), held if len(held) == len(years) else {year: held.get(year, _NOT_ON_FORM) for year in years}
        spelt = ", ".join([f'"{year}": {cell}' for year, cell in cells.items()])
        yield f'{_word(address)}: {{"unit": {_word(unit)}, "years": {{{spelt}}}}}'


def _object(members: Iterable[str]) -> str:
    return "{\n" + ",\n".join(members) + "\n}"


def _json(value: object) -> str:
    return json_bytes(value, indent=None).decode()[:-1]


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    """A text as JSON; the same few name figures and units everywhere."""
    return _json(text)


@lru_cache(maxsize=1024)
def _unit(address: str) -> str:
    """Unit of a statutory figure: an address means the same on every form, so its unit is that of the first that prints it."""
    table, line, column = address.split("/")
    return next(each.columns[column].unit for each in forms().printing(table) if line in each.lines and column in each.lines[line].columns)


@lru_cache(maxsize=1024)
def _names(place: Place) -> tuple[str, ...]:
    """Address of each figure of a line, as JSON names it."""
    return tuple(map(str, place.addresses))


def _plain(line: Plain) -> Iterable[tuple[str, str]]:
    """Each figure of a plain line: its address, and its cell as JSON."""
    for name, text in zip(_names(line.place), line.cells, strict=True):
        # Scripts read every JSON number as a float, in which 20592090.10 loses its last digit as it is printed; a count has
        # none to lose.
        yield name, f'{{"value": {text}, "text": "{text}"}}' if "." in text else f'{{"value": {text}}}'


def _remarked(line: Remarked, doubted: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    return ((str(figure.address), _cell(figure, doubted.get(str(figure.address), ()))) for figure in line.figures)


def _cell(figure: Figure, doubt: tuple[str, ...] = (), **more: str) -> str:
    reported = figure.status == "reported"
    parts = [f'"value": {figure.text if reported else "null"}']
    if not reported:
        parts.append(f'"status": "{figure.status}"')
    elif "." in figure.text:
        parts.append(f'"text": "{figure.text}"')
    if figure.printed:
        parts.append(f'"printed": {_json(figure.printed)}')
    if doubt:
        parts.append(f'"finding": {_json(list(doubt))}')
    parts += [f'"{key}": {_json(text)}' for key, text in more.items()]
    return f"{{{', '.join(parts)}}}"


def _year(report: Report, agency: Agency, library: Library) -> dict[str, Any]:
    period = {"period": [day.isoformat() for day in report.period]} if report.period else {}
    # Named, because whoever adds this report to theirs counts them twice.
    units = sorted({unit for said in report.consolidates for unit in said.units})
    then = agency.name_in(report.year)
    return {
        **({"name": then.name, "name_en": then.name_en} if then else {}),
        "title": report.title,
        "scope": report.scope,
        "forms": {table: found.form.form for table, found in report.tables.items()},
        **period,
        **({"consolidates": units} if units else {}),
        "published": report.published.isoformat() if report.published else None,
        **facts_json(report, {"published": PUBLISHED}, library),
        "version": report.version,
        "page": report.folder,
    }


def _rate(value: Value) -> dict[str, Any]:
    exact = {"text": str(value.value)} if value.indicator.denominator and value.value is not None else {}
    return {**value.to_dict(), **exact}


ROUTES: tuple[Route[AgencyFolder], ...] = (
    Route("agency_csv", f"{AGENCY}{{name}}.csv", CSV, lambda folder: agency_csv(folder.library, folder.agency), portal=1, searched=True),
    Route(
        "agency_json",
        f"{AGENCY}{{name}}.json",
        JSON,
        lambda folder: agency_json(folder.library, folder.agency),
        schema="agency",
        portal=2,
        searched=True,
    ),
    Route("agency_yml", f"{AGENCY}{AGENCY_FILE}", "application/yaml", lambda folder: agency_file(folder.agency)),
)
