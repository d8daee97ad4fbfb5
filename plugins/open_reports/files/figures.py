"""Figures: everything that is known of each figure of a report, one small JSON file a table, at an address that stays.

A figure at `applications/new/total` is `figures/applications.json#/figures/new/total` below its report's folder. A file a
table, not one a figure: ten thousand reports would be two million files, each more costly to write than what stands in it.
What all figures of a table share stands once; a line of plain numbers is one text of its form with the numbers filled in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.checks.counting import with_outcome
from open_reports.checks.identity import consolidated, gaps, identity_at, strands, total
from open_reports.derived.doubt import PUBLISHED, facts_of_findings, of_findings, source_at
from open_reports.document import compact_json
from open_reports.files.route import JSON, REPORT, Choice, Route
from open_reports.form import Address, forms
from open_reports.history.corrections import facts, of_report
from open_reports.report import Figure
from open_reports.report.lines import Plain, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.checks.identity import Identity
    from open_reports.files.folder import ReportFolder
    from open_reports.finding import Finding
    from open_reports.form import Address, Line, Strand
    from open_reports.history.corrections import Correction
    from open_reports.library import Library
    from open_reports.report import Report, Table
    from open_reports.report.lines import Place, Remarked

FOLDER = "figures/"
"""Folder of the files below the report's."""
OVERVIEW = "overview"


def path(agency: str, year: int, table: str) -> str:
    """Path of a table's figures below the site."""
    return f"reports/{agency}/{year}/{FOLDER}{table}.json"


def names(report: Report) -> tuple[str, ...]:
    """Tables of a report that have a file: its own, and section one, also where it states no figure."""
    return (OVERVIEW, *report.tables)


def files(library: Library, report: Report, findings: Sequence[Finding], corrected: Sequence[Correction] = ()) -> dict[str, bytes]:
    """Every file by its table.

    `findings` are those of the report, `corrected` its corrections, newest first (`history.corrections.of_report`).

    Each has `page`, which with `#` and the address leads to the figure's cell; `source`; `years`, the agency's other reports
    with the form and file of the same table; `revisions` that changed a figure of it; `rules`, the result of each identity:
    `holds`, `rounded` or `contradicts` with both sides, or `untestable` with the reason; its `findings`; and `figures.<line>.<column>`
    with `value` (an exact number or null), `status`, `unit`, `text` where the number has decimals that a float would lose,
    `printed` and `note` where the original says more, `forms` where not every form prints it, `rules` (keys of `rules`) and
    the versions (`revisions`) that changed it. Paths are below the site.
    """
    own = _Own(library, report, findings, corrected)
    # Every line and column is one step of a JSON Pointer (RFC 6901): ids have no stroke, and names in section one may have
    # none.
    return {name: own.file(name) for name in names(report)}


class _Own:
    """One report on its way into its files; lives for one call."""

    def __init__(self, library: Library, report: Report, findings: Sequence[Finding], corrected: Sequence[Correction]) -> None:
        self.library = library
        self.report = report
        self.before = library.before(report)
        self.others = [each for each in library.of_agency(report.agency) if each.year != report.year]
        self.changed = list(_changed(corrected))
        self.findings: dict[str, list[dict[str, Any]]] = {}
        for each in findings:
            # A finding of a whole table is one of each of its figures. One of the package has no table: it stands in `report.json`.
            table = each.place.partition("/")[0]
            if table in names(report):
                self.findings.setdefault(table, []).append(with_outcome(each))
        self.doubts = of_findings(report, findings)
        self.sums = list(consolidated(report, library)) if report.consolidates else []
        source = report.sources[0]
        published = f'"{report.published}"' if report.published else "null"
        told = facts_of_findings(report, findings)
        doubtful = {member: told[fact] for member, fact in (("path", source_at(0)), ("published", PUBLISHED)) if fact in told}
        finding = f', "finding": {compact_json(doubtful)}' if doubtful else ""
        # The same in every file of the report, so it is spelt once.
        self.middle = (
            f'"scope": {_word(report.scope)},\n"version": {_word(report.version)},\n"page": {_word(report.folder)},\n'
            f'"source": {{"title": {compact_json(source.title)}, "path": {compact_json(source.path)}, "published": {published}{finding}}},\n'
        )

    def file(self, name: str) -> bytes:
        report, table = self.report, self.report.tables.get(name)
        form = f'"{table.form.form}"' if table else "null"
        changed = [entry for entry in self.changed if entry.table == name]
        if table is None:
            rules: Iterable[str] = ()
            lines = [
                f'{compact_json(item.item)}: {{"value": {{{_figure(figure, _NO_RULES, _versions(changed, figure.address), self.doubts)}}}}}'
                for item in report.overview
                for figure in [report.stated(item)]
            ]
        else:
            sums = dict(_keyed([each for each in self.sums if each.table == name]))
            rules = [*_results(report, self.before, table), *(_result(key, each) for key, each in sums.items())]
            # A line with a remark of ours cannot be the ready text of its form, however plain its numbers are.
            told = _told(sums.values(), changed, self.doubts)
            lines = [
                _plain(line) if isinstance(line, Plain) else _remarked(line, sums, changed, self.doubts)
                for line in table_lines(report, name, told)
            ]
        return (
            f'{{\n"agency": "{report.agency}",\n"year": {report.year},\n"table": "{name}",\n"form": {form},\n{self.middle}'
            f'"years": {{{self._years(name)}}},\n"revisions": {compact_json([entry.entry for entry in changed]) if changed else "[]"},\n'
            f'"rules": {_object(rules)},\n"findings": {compact_json(self.findings[name]) if name in self.findings else "[]"},\n'
            f'"figures": {_object(lines)}\n}}\n'
        ).encode()

    def _years(self, name: str) -> str:
        parts = []
        for each in self.others:
            if name not in names(each):
                continue
            table = each.tables.get(name)
            form = f'"{table.form.form}"' if table else "null"
            parts.append(f'"{each.year}": {{"form": {form}, "path": "{path(each.agency, each.year, name)}"}}')
        return ", ".join(parts)


# -- a line -------------------------------------------------------------------------------------------------------------


def _told(sums: Iterable[Identity], changed: Iterable[_Changed], doubts: Iterable[str]) -> set[tuple[str, str]]:
    """Lines with a figure that a sum over units, a revision or a contradiction speaks of."""
    told = {(each.blamed.table, each.blamed.line) for each in sums}
    for address in (*doubts, *(address for entry in changed for address in entry.addresses)):
        table, _, rest = address.partition("/")
        told.add((table, rest.partition("/")[0]))
    return told


def _plain(line: Plain) -> str:
    known = _skeleton(line.place)
    if known.filled:  # (w1), all built anew: a line of counts is one text
        return known.filled % line.cells
    columns = line.place.known.columns
    numbers = zip(line.place.addresses, line.cells, line.numbers, strict=True)
    figures = (Figure(address, text, number, "reported", columns[address.column].unit) for address, text, number in numbers)
    return _line(line.place, (_figure(figure, end, (), {}) for figure, end in zip(figures, known.ends, strict=True)))


def _remarked(line: Remarked, sums: Mapping[str, Identity], changed: Sequence[_Changed], doubts: Mapping[str, tuple[str, ...]]) -> str:
    figures = []
    for figure, end in zip(line.figures, _skeleton(line.place).ends, strict=True):
        # Sums over units are of this package, not of the form, so no skeleton knows them.
        more = [key for key, each in sums.items() if each.blamed == figure.address]
        figures.append(_figure(figure, end.with_rules(more), _versions(changed, figure.address), doubts))
    return _line(line.place, figures)


def _line(place: Place, figures: Iterable[str]) -> str:
    cells = ", ".join(f'"{column}": {{{figure}}}' for column, figure in zip(place.columns, figures, strict=True))
    return f'"{place.line}": {{{cells}}}'


# -- what every report of a form shares ---------------------------------------------------------------------------------


class _End(NamedTuple):
    """The end of a figure's JSON, which does not depend on its number: its forms, unless every form prints it, and its rules."""

    forms: str
    rules: tuple[str, ...]

    def with_rules(self, more: Sequence[str]) -> _End:
        return _End(self.forms, (*self.rules, *more)) if more else self

    def __str__(self) -> str:
        return f'{self.forms}, "rules": [{", ".join(map(_word, self.rules))}]'


_NO_RULES = _End("", ())


class _Skeleton(NamedTuple):
    """A line of a form. `filled` is its JSON with gaps for the numbers, empty if one may have decimals; `ends` are in the order of its columns."""

    filled: str
    ends: tuple[_End, ...]


@lru_cache(maxsize=1024)
def _skeleton(place: Place) -> _Skeleton:
    known = place.known
    uses = _uses(place.form, place.table)
    ends = []
    for address in place.addresses:
        printing = [each.form for each in forms().printing(place.table) if _prints(each.lines.get(place.line), address.column)]
        only = f', "forms": {compact_json(printing)}' if len(printing) < len(forms()) else ""
        ends.append(_End(only, tuple(dict.fromkeys(uses.get(address, ())))))
    columns = [known.columns[column] for column in place.columns]
    open_cells = (
        f'"value": %s, "status": "reported", "unit": {_word(column.unit)}{end}' for column, end in zip(columns, ends, strict=True)
    )
    # A number with decimals brings its exact spelling along, for which a ready text has no gap.
    whole = all(column.type.schema["type"] == "integer" for column in columns)
    return _Skeleton(filled=_line(place, open_cells) if whole else "", ends=tuple(ends))


@lru_cache(maxsize=64)
def _uses(form: str, table: str) -> Mapping[Address, Sequence[str]]:
    """Keys of the rules of a form's table by the figures they are about."""
    known = forms()[form].tables[table]
    uses: dict[Address, list[str]] = {}
    for rule in (*known.rules, *known.yearly_rules):
        for place in known.places[rule.id]:
            for _, previous, address in (*place.left, *place.right):
                # A figure of the year before is another report's, and its file tells of its own rules.
                if not previous:
                    uses.setdefault(address, []).append(f"{rule.id}:{place.at}")
    return uses


def _prints(line: Line | None, column: str) -> bool:
    return line is not None and column in line.columns


# -- results ------------------------------------------------------------------------------------------------------------


def _results(report: Report, before: Report | None, table: Table) -> Iterator[str]:
    """Result of each identity of the form; strands that hold throughout, nearly all, are one text each."""
    for strand, own, previous in strands(table, before.tables.get(table.form.id) if before else None):
        # Gaps are plain subtractions: an identity is made, with members and reasons, only of those that do not hold, of which a
        # report has few.
        found = gaps(strand, own, previous)
        if None not in found and not any(found):
            yield _holding(strand)
            continue
        for (rule, place), gap in zip(strand.rules, found, strict=True):
            if gap is not None and not gap:
                yield _holds(f"{rule.id}:{place.at}")
            else:
                yield _result(f"{rule.id}:{place.at}", identity_at(report, before, rule, place))


@lru_cache(maxsize=1024)
def _holding(strand: Strand) -> str:
    return ",\n".join(_holds(f"{rule.id}:{place.at}") for rule, place in strand.rules)


def _holds(key: str) -> str:
    return f'{_word(key)}: {{"result": "holds"}}'


def _result(key: str, identity: Identity) -> str:
    if identity.result == "untestable":
        return f'{_word(key)}: {{"result": "untestable", "reason": "{identity.reason}"}}'
    if identity.result == "holds":
        return _holds(key)
    parts = f', "parts": {compact_json(total(identity.parts))}' if identity.parts else ""
    sides = f'"left": {compact_json(total(identity.left))}, "right": {compact_json(total(identity.right))}'
    return f'{_word(key)}: {{"result": "{identity.result}", {sides}{parts}}}'


def _keyed(identities: Iterable[Identity]) -> Iterator[tuple[str, Identity]]:
    """Sums over units by a key; a cell that several statements of the package speak of has several."""
    # A key of JSON must be there once: of two, most readers keep the last in silence.
    seen: dict[str, int] = {}
    for each in identities:
        key = f"{each.rule.id}:{each.blamed.line}/{each.blamed.column}"
        seen[key] = seen.get(key, 0) + 1
        yield (key if seen[key] == 1 else f"{key}#{seen[key]}"), each


# -- history ------------------------------------------------------------------------------------------------------------


class _Changed(NamedTuple):
    """A revision that changed figures of a table: the figures, and how the file tells of it."""

    table: str
    version: str
    addresses: frozenset[str]
    entry: Mapping[str, object]


def _changed(corrected: Sequence[Correction]) -> Iterator[_Changed]:
    for each in corrected:
        by_table: dict[str, list[str]] = {}
        for made in each.changes:
            if made.address is not None:
                by_table.setdefault(made.address.partition("/")[0], []).append(made.address)
        for table, addresses in by_table.items():
            said = each.revision
            changes = [facts(made) for made in each.changes if made.address in addresses]
            entry = {"version": said.version, "date": said.date, "reason": said.reason, "changes": changes}
            yield _Changed(table, said.version, frozenset(addresses), entry)


def _versions(changed: Sequence[_Changed], address: Address) -> list[str]:
    """Versions of the data that changed a figure, newest first."""
    return [each.version for each in changed if str(address) in each.addresses]


# -- spelling -----------------------------------------------------------------------------------------------------------


def _figure(figure: Figure, end: _End, versions: Sequence[str], doubts: Mapping[str, tuple[str, ...]]) -> str:
    reported = figure.status == "reported"
    parts = [f'"value": {figure.text if reported else "null"}, "status": "{figure.status}"']
    if reported and "." in figure.text:
        parts.append(f'"text": "{figure.text}"')
    parts += [f'"{key}": {compact_json(text)}' for key, text in (("printed", figure.printed), ("note", figure.note)) if text]
    parts.append(f'"unit": {compact_json(figure.unit)}{end}')
    if doubt := doubts.get(str(figure.address)):
        parts.append(f'"finding": {compact_json(list(doubt))}')
    if versions:
        parts.append(f'"revisions": {compact_json(versions)}')
    return ", ".join(parts)


def _object(members: Iterable[str]) -> str:
    joined = ",\n".join(members)
    return f"{{\n{joined}\n}}" if joined else "{}"


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    """A text as JSON; ids, units and keys of rules are few."""
    return compact_json(text)


def _files(folder: ReportFolder) -> dict[str, bytes]:
    return files(folder.library, folder.report, folder.findings, of_report(folder.report))


ROUTES: tuple[Route[ReportFolder], ...] = (
    Route(
        "figures",
        f"{REPORT}{FOLDER}{{table}}.json",
        JSON,
        _files,
        schema="figures",
        choice=Choice(name="table", values=lambda: (OVERVIEW, *forms().tables), of=names),
    ),
)
