"""Citation: how a report's data, or all of them, are cited: a sentence, BibTeX, RIS, CSL-JSON, and the address of one figure.

What is cited is the data as compiled here, in a version and of a day; the original, its day and its address are named
with them. Nothing depends on a clock: a day of access stands there only if it is given.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from open_reports.derived.coverage import known_day
from open_reports.derived.doubt import PUBLISHED, source_at
from open_reports.document import json_bytes
from open_reports.errors import PublishError
from open_reports.files.route import REPORT, Route
from open_reports.finding import signed
from open_reports.text import Text, Words, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from open_reports.files.folder import ReportFolder, SiteFolder
    from open_reports.library import Agency, Library
    from open_reports.report import Report


class Work(NamedTuple):
    """What is cited.

    `key` names it in a bibliography and its files; `author` is who answers for the figures; `title` stands in the
    original's language, `title_en` translates it; `issued` is the day of this version of the data, None if unknown;
    `original`, `original_day` and `original_path` name the document the figures come from; `url` is the page's address,
    empty where the site has none.
    """

    key: str
    author: Text
    title: str
    title_en: str
    version: str
    issued: date | None
    url: str
    publisher: Text
    original: str = ""
    original_day: date | None = None
    original_path: str = ""
    doubt: frozenset[str] = frozenset()
    """Facts about the original that are in doubt (`derived.doubt.facts`)."""


class File(NamedTuple):
    """One file of a citation."""

    href: str
    format: str


class View(NamedTuple):
    """A citation as `templates/citation.html` shows it.

    `address` is that of the page, empty where the site has none; `problem` the publisher's address for reports of
    problems, `{address}` still to be filled in by the figure chosen, and `problem_href` the same for the whole page.
    """

    title: str
    text: str
    address: str
    files: tuple[File, ...]
    problem: str = ""
    problem_href: str = ""


FORMATS = {".bib": "BibTeX", ".ris": "RIS", ".csl.json": "CSL-JSON"}
"""Name of each format by the end of its file's name."""


def of_report(report: Report, agency: Agency, url: str, publisher: Text | None = None, doubt: Iterable[str] = ()) -> Work:
    """What is cited of one report; `url` is its Chinese page, or empty; `publisher` the site's name unless it has another; `doubt` its facts in doubt."""
    source = report.sources[0]
    return Work(
        key=report.name,
        # Whose report it was: under the name that it had.
        author=agency.called_in(report.year),
        title=_line(report.title),
        title_en=words()["cite_title"].en.format(agency=agency.called_in(report.year).en, year=report.year),
        version=report.version,
        issued=issued(report),
        url=_web(url),
        publisher=publisher or words()["site"],
        original=_line(source.title),
        original_day=report.published,
        original_path=_web(source.path),
        doubt=frozenset(doubt),
    )


def of_corpus(day: date, url: str, publisher: Text | None = None) -> Work:
    """What is cited of all reports together, as they stood on a day (`coverage.known_day`)."""
    title, site = words()["home_title"], publisher or words()["site"]
    return Work(
        key="open-reports", author=site, title=title.zh, title_en=title.en, version="", issued=day, url=_web(url), publisher=site
    )  # fmt: skip


def of_library(library: Library, site: str) -> Work:
    """What is cited of a whole library, at the page of the data; `site` is the site's address, or empty."""
    return of_corpus(known_day(library), f"{site}data/" if site else "")


def issued(report: Report) -> date | None:
    """Day of this version of a report's data: of its last correction, else of the package's making."""
    days = [each.date for each in report.revisions if each.date] or [report.created[:10]]
    try:
        return date.fromisoformat(max(days))
    except ValueError:  # `created` is checked for its shape alone
        return None


# -- a sentence ---------------------------------------------------------------------------------------------------------


def text(work: Work, w: Words, accessed: date | None = None) -> str:
    """Citation as a sentence: GB/T 7714-2015 for a dataset online in Chinese, the style of APA in English."""
    if w.language == "en" and work.title_en != work.title:
        title = w("cite_translated", title=work.title, translation=work.title_en) if work.key != "open-reports" else work.title_en
    else:
        title = work.title
    return w(
        "cite_text",
        author=work.author[w.language].removesuffix("."),
        title=title,
        version=w("cite_version", version=work.version) if work.version else "",
        publisher=_publisher(work, w),
        year=work.issued.year if work.issued else w("cite_no_year"),
        day=f"({work.issued.isoformat()})" if work.issued else "",
        accessed=w("cite_accessed", day=accessed.isoformat()) if accessed and (work.url or w.language == "zh") else "",
        url=w("cite_url", url=work.url) if work.url else "",
        original=_original(work, w),
    ).strip()


def _publisher(work: Work, w: Words) -> str:
    """Who publishes the data; APA leaves out a publisher who is the author."""
    if w.language == "en" and work.publisher == work.author:
        return ""
    return w("cite_publisher", publisher=work.publisher[w.language])


def _original(work: Work, w: Words) -> str:
    if not work.original_path:
        return ""
    day = work.original_day.isoformat() if work.original_day else w("cite_no_day")
    return w("cite_original", day=signed(day, work.doubt & {PUBLISHED}), path=signed(work.original_path, work.doubt & {source_at(0)}))


# -- files --------------------------------------------------------------------------------------------------------------

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
}  # fmt: skip
"""What TeX would read as a command. A brace is spelt out, for BibTeX counts braces whatever stands before them."""
_TEX_TABLE = str.maketrans(_TEX)


def bibtex(work: Work) -> bytes:
    """BibTeX entry of type `dataset` (BibLaTeX; classic styles treat it as `misc`). In braces, names stay as they are."""
    fields = {
        # The second pair of braces keeps BibTeX from taking an organ's name apart into a given and a family name.
        "author": f"{{{_tex(work.author.zh)}}}",
        "title": f"{{{_tex(work.title)}}}",
        "titleaddon": _tex(work.title_en),
        "year": str(work.issued.year) if work.issued else "",
        "month": str(work.issued.month) if work.issued else "",
        "version": _tex(work.version),
        "publisher": f"{{{_tex(work.publisher.zh)}}}",
        "url": work.url,
        # Tells BibLaTeX (`autolang`) that the entry is not in the document's language.
        "langid": "chinese",
        "note": _tex(_note(work)),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return ("@dataset{" + ",\n".join([work.key, *lines]) + "\n}\n").encode()


def ris(work: Work) -> bytes:
    """RIS record of type `DATA`; every line ends as the format asks, and no text can begin a line of its own."""
    day = work.issued
    fields = [
        ("TY", "DATA"),
        ("ID", work.key),
        ("AU", work.author.zh),
        ("TI", work.title),
        ("PY", str(day.year) if day else ""),
        ("DA", f"{day:%Y/%m/%d}/" if day else ""),
        ("ET", work.version),
        ("PB", work.publisher.zh),
        ("UR", work.url),
        ("LA", "zh-CN"),
        # Not as TT, the title translated: citation-js then takes it for the title itself.
        ("N1", " ".join(each for each in (f"{work.title_en}.", _note(work)) if each)),
    ]
    # Two blanks, a stroke, a blank and CRLF are the format's, to the column. No value holds a line break: what follows one
    # would be read as a field.
    return "".join([*(f"{tag}  - {_line(value)}\r\n" for tag, value in fields if value), "ER  - \r\n"]).encode()


def csl(work: Work) -> bytes:
    """CSL-JSON: a list of one item of type `dataset`, its original's day and publisher among the variables of CSL."""
    item: dict[str, Any] = {
        "id": work.key,
        "type": "dataset",
        "title": work.title,
        # `literal` marks an institution, which must not be split into parts of a person's name.
        "author": [{"literal": work.author.zh}],
        "issued": _parts(work.issued),
        "version": work.version,
        "publisher": work.publisher.zh,
        "URL": work.url,
        "language": "zh-CN",
        "original-title": work.original,
        # A field of a date has no room for a mark; the note has it with one.
        "original-date": _parts(None if PUBLISHED in work.doubt else work.original_day),
        "note": _note(work),
    }
    # What is unknown is left out: an empty text or date would still be a value.
    return json_bytes([{key: value for key, value in item.items() if value}])


def view(work: Work, w: Words, address: str, href: Callable[[str], str], problem: str = "") -> View:
    """Return what the page shows of a citation.

    `address` is that of the page itself, with its language; `href` links to a file of the citation by its name;
    `problem` comes from `problem_template`.
    """
    return View(
        title=work.title if w.language == "zh" else work.title_en,
        text=text(work, w),
        address=address,
        files=tuple(File(href(f"{work.key}{end}"), name) for end, name in FORMATS.items()),
        problem=problem,
        problem_href=problem.replace("{address}", ""),
    )


def _note(work: Work) -> str:
    """Where the figures come from, in Chinese, for formats that have no field for it."""
    return _original(work, Words("zh")).strip()


def _tex(words_: str) -> str:
    return _line(words_).translate(_TEX_TABLE)


def _parts(day: date | None) -> Mapping[str, Any]:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else {}


def _line(words_: str) -> str:
    """One line: whatever breaks lines, in any format, becomes a space."""
    return " ".join(words_.split())


def _web(url: str) -> str:
    """Spell an address so that it can stand bare in every format: no space, brace, backslash or line end."""
    return quote(url, safe="/:?#[]@!$&'()*+,;=%-._~")


# -- reporting a problem ------------------------------------------------------------------------------------------------

_NAMES = ("report", "agency", "year", "page", "address")
# An allow-list: the template ends up in a link on every page, and `javascript:` there would run.
_SCHEMES = re.compile(r"(?:https?://[^/\s]|mailto:[^?\s]*@)", re.IGNORECASE)


def checked_problem(template: str) -> str:
    """Return the publisher's address for reports of problems, as configured, if it can be used; empty stays empty.

    It is a web or mail address in which `{report}`, `{agency}`, `{year}`, `{page}` and `{address}` stand for what the
    reader looks at. Raises `PublishError` for another scheme or name, for such a link would lead nowhere.
    """
    if not template:
        return ""
    strange = sorted(set(re.findall(r"\{([^}]*)\}", template)) - set(_NAMES))
    if not _SCHEMES.match(template) or strange or re.search(r"\s", template):
        raise PublishError(words()["cite_problem_fault"].zh.format(template=template, names="、".join(f"{{{name}}}" for name in _NAMES)))
    return template


def problem_template(template: str, report: Report, page: str = "") -> str:
    """Fill in what is the same for every figure of a report, URL-encoded; `{address}` stays for the figure chosen."""
    values = {"report": report.name, "agency": report.agency, "year": str(report.year), "page": page}
    for name, value in values.items():
        # No character is safe: the value stands within a query, which `&` or `#` would end.
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template


def problem_elsewhere(template: str, subject: str) -> str:
    """Address of a report of a problem from a page of no report in particular; `subject` stands where a report's name would."""
    for name in _NAMES:
        template = template.replace(f"{{{name}}}", quote(subject, safe="") if name == "report" else "")
    return template


def _corpus(folder: SiteFolder) -> Work:
    return of_library(folder.sources.library, folder.sources.site)


BIBTEX, RIS, CSL = "application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json"
_BY_REPORT: tuple[Route[ReportFolder], ...] = (
    Route("bibtex", f"{REPORT}{{name}}.bib", BIBTEX, lambda folder: bibtex(folder.work)),
    Route("ris", f"{REPORT}{{name}}.ris", RIS, lambda folder: ris(folder.work)),
    Route("csl", f"{REPORT}{{name}}.csl.json", CSL, lambda folder: csl(folder.work), schema="citation"),
)
_OF_CORPUS: tuple[Route[SiteFolder], ...] = (
    Route("corpus_bibtex", "data/open-reports.bib", BIBTEX, lambda folder: bibtex(_corpus(folder))),
    Route("corpus_ris", "data/open-reports.ris", RIS, lambda folder: ris(_corpus(folder))),
    Route("corpus_csl", "data/open-reports.csl.json", CSL, lambda folder: csl(_corpus(folder)), schema="citation"),
)
ROUTES = (*_BY_REPORT, *_OF_CORPUS)
