"""Programs that the site offers are run as its pages print them, against the site served on loopback: all must give the true answer."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from forking import Commands
from lxml import html
from open_reports.checks.check import check
from open_reports.errors import FormError
from open_reports.files import snippets
from open_reports.files.snippets import added_up, answer, codes, featured, read_settings, settings, slots
from open_reports.form import FAMILY, Address, forms
from open_reports.library import open_library
from open_reports.pages import Here
from open_reports.pages.snippets import snippets_html
from open_reports.site.publish import publish
from open_reports.text import Words
from patience import PATIENCE
from website import Server, browser, environment, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from open_reports.library import Library
    from website import Chromium

__all__ = ["browser"]

AGENCY, YEAR = "pingtan", 2024
pytestmark = pytest.mark.posix
"""The programs that a page offers run here as a shell of POSIX finds them."""

FOLDER = {"sums": "data/", "corpus": "data/", "agency": f"reports/{AGENCY}/", "report": f"reports/{AGENCY}/{YEAR}/"}
MARKS = {"sums": "sum-", "corpus": "use-", "agency": "", "report": ""}
"""What the ids of the folds of each kind begin with; on pages of one kind they have none."""
INTERPRETERS = {
    "python": ([sys.executable], "py"),
    "sh": (["sh"], "sh"),
    "r": (["Rscript", "--vanilla"], "R"),
    "javascript": (["node"], "mjs"),
}
"""What runs a snippet, and the end of the name of the file it is saved in."""
PACKAGED = "data/applications.csv"
MONEY = Address("disclosure", "procurement", "amount")
STATUSES = {"": "blank", "/": "not_applicable", "-": "not_applicable"}


# -- a site to ask ------------------------------------------------------------------------------------------------------


def spoilt(folder: Path, year: int, cell: str | None) -> None:
    """Put a cell in the place of the total of new requests of a year, or take the line out."""
    package = folder / AGENCY / str(year)
    path = package / PACKAGED
    with path.open(encoding="utf-8", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    for row in rows:
        if row[0] == "new" and cell is not None:
            row[head.index("total")] = cell
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([head, *(row for row in rows if cell is not None or row[0] != "new")])
    if cell is None:
        descriptor = package / "datapackage.json"
        own = json.loads(descriptor.read_text(encoding="utf-8"))
        own["report"]["absent"] = [*own["report"].get("absent", []), "applications/new"]
        descriptor.write_text(json.dumps(own, ensure_ascii=False), encoding="utf-8")


@dataclass
class Asked:
    """A site whose figures lack some numbers, served, and the library it was made of."""

    server: Server
    library: Library

    def printed(self, kind: str, language: str) -> dict[str, str]:
        """Code of every snippet as a page prints it."""
        path = self.server.folder / ("en/" if language == "en" else "") / FOLDER[kind] / "index.html"
        page = html.document_fromstring(path.read_bytes().decode(), parser=html.HTMLParser(encoding="utf-8"))
        names = {each.name[language]: each.id for each in settings().languages}
        found = [each for each in page.xpath("//details[contains(@class, 'or-snippet')]") if (each.get("id") or "").startswith(MARKS[kind])]
        return {names[each.xpath("string(summary)")]: each.xpath("string(.//pre/code)") for each in found}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Iterator[Asked]:
    """The real packages, but that of one agency three years have no number, each for another reason."""
    below = tmp_path_factory.mktemp("asked")
    shutil.copytree(packages, below / "datapackages")
    for year, cell in ((2020, None), (2021, ""), (2022, "/")):
        spoilt(below / "datapackages", year, cell)
    library = open_library(below / "datapackages")
    assert library.findings == ()
    with served(below / "site", mount="/nianbao/") as server:
        publication = publish(library, check(library), site=server.url)
        wanted = (*FOLDER.values(), "data/", "coverage/")
        files = {
            folder.path + name: data for folder in publication.folders if folder.path in wanted for name, data in folder.files().items()
        }
        files |= {f"{page.path}index.html": page.build().encode() for page in publication.pages if page.here.path in FOLDER.values()}
        for path, data in files.items():
            file = server.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        yield Asked(server, library)


def run(code: str, runs: str, folder: Path, loaded: Commands | None = None) -> list[str]:
    """Save a program in a folder, run it there, and return the lines that it prints.

    A program in Python is run by those that have `loaded` its libraries, where they are given.
    """
    command, end = INTERPRETERS[runs]
    file = folder / f"snippet.{end}"
    file.write_text(code + "\n", encoding="utf-8")
    env = environment(folder, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    if loaded is not None and runs == "python":
        outcome = loaded.run(file.name, cwd=folder, env=env, apart=True)
    else:
        outcome = subprocess.run(
            [*command, file.name], cwd=folder, env=env, timeout=PATIENCE, check=False, capture_output=True, text=True, encoding="utf-8"
        )
    assert (outcome.returncode, outcome.stderr) == (0, ""), outcome.stdout
    return outcome.stdout.splitlines()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """What runs programs in Python that have not to load their libraries first; each is run by Python itself once, for all data."""
    libraries = ("pandas", "polars", "frictionless", "frictionless.resources", "frictionless.formats", "urllib.request")
    with Commands(*libraries, env=environment(tmp_path_factory.mktemp("loaded")), within=PATIENCE) as running:
        yield running


def meant(text: str) -> Decimal | str:
    """A number, however many noughts it is spelt with, or the word that stands for none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def rows(lines: list[str]) -> list[tuple[str, Decimal | str]]:
    """Years with what was printed for them."""
    return [(year, meant(value)) for year, _, value in (line.partition(" ") for line in lines)]


def runnable(kind: str) -> list[str]:
    """Ids of the snippets of a kind of page that a machine of the tests can run."""
    return [each.id for each in settings().languages if kind in each.code and each.runs != "nowhere"]


def runner(name: str) -> str:
    return next(each.runs for each in settings().languages if each.id == name)


# -- the answers --------------------------------------------------------------------------------------------------------


def test_the_library_lacks_a_number_for_every_reason(asked: Asked) -> None:
    """The answer that all programs are held against, by hand."""
    years = [
        ("2019", "23"),
        ("2020", "line_absent"),
        ("2021", "blank"),
        ("2022", "not_applicable"),
        ("2023", "81"),
        ("2024", "218"),
        ("2025", "154"),
    ]
    assert answer(asked.library, AGENCY) == years
    assert featured(asked.library) == AGENCY


@pytest.mark.parametrize("name", runnable("corpus"))
def test_a_program_for_all_data_answers_as_the_page_says(name: str, asked: Asked, tmp_path: Path) -> None:
    said = run(asked.printed("corpus", "zh")[name], runner(name), tmp_path)
    assert said == [" ".join(row) for row in answer(asked.library, AGENCY)]
    assert said == shown_answers(asked)[1]


def shown_answers(asked: Asked) -> list[list[str]]:
    """What the page of the data says that its programs print: those that add up all agencies, which come first, and those of one."""
    page = html.document_fromstring((asked.server.folder / FOLDER["corpus"] / "index.html").read_text(encoding="utf-8"))
    return [each.text_content().strip().splitlines() for each in page.xpath("//pre[@class='or-answer']")]


def test_the_sum_over_all_agencies_is_the_one_by_hand(asked: Asked) -> None:
    """Each year has the area's consolidated report, which contains those of its units; in 2019 also a street office that prints 0.

    So 2024 is 218, the area's own total, not 427 with its 17 units. Of the three years in which this copy of the area's report has
    no number there is no sum: what its units state is no total, and nothing is no 0.
    """
    assert added_up(asked.library) == [("2019", "23"), ("2023", "81"), ("2024", "218"), ("2025", "154")]


@pytest.mark.parametrize("name", runnable("sums"))
def test_a_program_that_adds_up_all_agencies_counts_nothing_twice(name: str, asked: Asked, loaded: Commands, tmp_path: Path) -> None:
    said = run(asked.printed("sums", "zh")[name], runner(name), tmp_path, loaded)
    assert said == [" ".join(row) for row in added_up(asked.library)] == shown_answers(asked)[0]
    assert "2024 218" in said


@pytest.mark.parametrize("name", runnable("sums"))
def test_a_program_that_adds_up_keeps_the_digits_of_money(name: str, asked: Asked, loaded: Commands, tmp_path: Path) -> None:
    values = slots(asked.server.url, agency=AGENCY, address=MONEY)
    (code,) = (text for each, text in codes("sums", "zh", values) if each.id == name)
    wanted = added_up(asked.library, MONEY)
    # The area alone: it contains the purchases of the bureau of natural resources, which are stated as well.
    assert wanted == [("2019", "75394432.52"), ("2020", "73802895.90")]
    assert rows(run(code, runner(name), tmp_path, loaded)) == [(year, Decimal(value)) for year, value in wanted]


@pytest.mark.parametrize("kind", get_args(snippets.Kind))
def test_programs_in_english_differ_in_their_remarks_alone(kind: str, asked: Asked) -> None:
    """So that those that were run in Chinese need not be run again."""
    silent = []
    for language in ("zh", "en"):
        remarks = "|".join(re.escape(text[language]) for text in settings().says.values())
        silent.append(
            {
                name: re.sub(rf"(#|//|--) (?:{remarks})$", r"\1 …", code, flags=re.MULTILINE)
                for name, code in asked.printed(kind, language).items()
            }
        )
    assert silent[0] == silent[1]


@pytest.mark.parametrize("name", runnable("agency"))
def test_a_program_for_an_agency_answers_for_every_year(name: str, asked: Asked, loaded: Commands, tmp_path: Path) -> None:
    assert run(asked.printed("agency", "zh")[name], runner(name), tmp_path, loaded) == [
        " ".join(row) for row in answer(asked.library, AGENCY)
    ]


@pytest.mark.parametrize("name", runnable("report"))
def test_a_program_for_a_report_answers_for_it(name: str, asked: Asked, loaded: Commands, tmp_path: Path) -> None:
    said = run(asked.printed("report", "zh")[name], runner(name), tmp_path, loaded)
    assert said == (["True", "218"] if name == "frictionless" else ["218"])


@pytest.mark.parametrize("name", runnable("report"))
@pytest.mark.parametrize("year", [2020, 2021])
def test_a_program_for_a_report_never_takes_nothing_for_zero(name: str, year: int, asked: Asked, loaded: Commands, tmp_path: Path) -> None:
    """Those that read `report.json` print the status, those that read the table its cell, those that read typed rows nothing."""
    report = asked.library.reports[AGENCY, year]
    if not (asked.server.folder / "reports" / AGENCY / str(year)).exists():
        publication = publish(asked.library, [], site=asked.server.url)
        folder = next(folder for folder in publication.folders if folder.path == f"reports/{AGENCY}/{year}/")
        for path, data in folder.files().items():
            file = asked.server.folder / folder.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    values = slots(asked.server.url, path=f"reports/{AGENCY}/{year}/", agency=AGENCY)
    (code,) = (text for each, text in codes("report", "zh", values) if each.id == name)
    said = run(code, runner(name), tmp_path, loaded)
    status = report.figure("applications", "new", "total").status
    cells = {"line_absent": [], "blank": [""]}[status]
    if name == "frictionless":
        assert said == ["True", *(["None"] if cells else [])]
    elif "report.json" in code:
        assert said == [status]
    else:
        assert [line for line in said if line or cells] == cells


@pytest.mark.parametrize("name", runnable("corpus"))
def test_a_program_for_all_data_reads_money_exactly(name: str, asked: Asked, loaded: Commands, tmp_path: Path) -> None:
    values = slots(asked.server.url, agency=AGENCY, address=MONEY)
    (code,) = (text for each, text in codes("corpus", "zh", values) if each.id == name)
    wanted = answer(asked.library, AGENCY, MONEY)
    assert wanted == [("2019", "75394432.52"), ("2020", "73802895.90")]
    assert rows(run(code, runner(name), tmp_path, loaded)) == [(year, Decimal(value)) for year, value in wanted]


@pytest.mark.parametrize("kind", get_args(snippets.Kind))
def test_the_program_in_javascript_runs_in_a_browser_too(kind: str, asked: Asked, browser: Chromium) -> None:
    with browser.context() as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(asked.server.url + FOLDER[kind])
        page.evaluate(f"async () => {{\n{asked.printed(kind, 'zh')['javascript']}\n}}")
    own = [" ".join(row) for row in answer(asked.library, AGENCY)]
    summed = [" ".join(row) for row in added_up(asked.library)]
    assert [line for line in said if "404" not in line] == (["218"] if kind == "report" else summed if kind == "sums" else own)


# -- what no machine of the tests can run -------------------------------------------------------------------------------

FUNCTIONS = {
    "Csv.Document",
    "Web.Contents",
    "Table.PromoteHeaders",
    "Table.SelectRows",
    "Table.TransformColumns",
    "Table.SelectColumns",
    "Table.Group",
    "List.Sum",
    "Decimal.From",
}
"""Functions of the language M that the snippets use, each of which its reference describes."""
CONSTANTS = {"QuoteStyle.Csv"}


def steps(code: str) -> dict[str, str]:
    """Steps of a query in M by name, checked for its shape: `let`, steps that end in commas, `in`, the last of them."""
    plain = re.sub(r"[ \t]*//.*", "", re.sub(r'"[^"]*"', lambda text: text[0].replace("//", "§§"), code))
    found = re.fullmatch(r"let\n(?P<steps>.*)\nin\n +(?P<last>\w+)", plain, re.DOTALL)
    assert found is not None, plain
    lines = [line.strip() for line in found["steps"].splitlines() if line.strip()]
    assert [line.endswith(",") for line in lines] == [True] * (len(lines) - 1) + [False]
    made = dict(line.removesuffix(",").split(" = ", 1) for line in lines)
    assert list(made)[-1] == found["last"]
    return made


@pytest.mark.parametrize("kind", get_args(snippets.Kind))
def test_the_query_for_excel_is_sound(kind: str, asked: Asked) -> None:
    """Nothing runs Power Query here: its shape, its names, its address and its columns are checked."""
    code = asked.printed(kind, "zh")["powerquery"]
    found = steps(code)
    before: str | None = None
    for name, text in found.items():
        plain = re.sub(r'"[^"]*"', '""', text)
        for opening, closing in ("()", "[]", "{}"):
            assert plain.count(opening) == plain.count(closing), name
        assert set(re.findall(r"\b[A-Z]\w+\.[A-Z]\w+", plain)) <= FUNCTIONS | CONSTANTS, name
        assert before is None or re.search(rf"\({before}\b", plain), name
        before = name
    (address,) = re.findall(r'Web\.Contents\("([^"]+)"\)', code)
    file = asked.server.folder / address.removeprefix(asked.server.url)
    assert address.startswith(asked.server.url)
    with file.open(encoding="utf-8", newline="") as stream:
        columns = next(csv.reader(stream))
    asked_for = set(re.findall(r"(?<!\w)\[(\w+)\]", code)) | set(re.findall(r'"(\w+)"', found[before or ""])) - {"total"}
    assert asked_for <= set(columns)
    if kind in {"corpus", "agency"}:
        assert 'if _ = "" then null' in code  # an empty value is no number, and never 0


# -- which programs stand where -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", get_args(snippets.Kind))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_snippet_stands_on_its_pages_with_their_address(kind: str, language: str, asked: Asked) -> None:
    printed = asked.printed(kind, language)
    assert list(printed) == [each.id for each in settings().languages if kind in each.code]
    for name, code in printed.items():
        assert asked.server.url + FOLDER[kind] in code, name
        assert not re.search("<<[a-z_]+>>", code)
        assert bool(re.search("[\u3400-\u9fff]", code)) == (language == "zh"), name


def test_the_issue_s_languages_are_all_there() -> None:
    outside = {"readr", "mariadb", "postgresql", "clickhouse"}
    wanted = {"python", "pandas", "polars", "frictionless", "r", "duckdb", "sqlite", "javascript", "shell", "powerquery", *outside}
    assert {each.id for each in settings().languages} == wanted
    within = [each for each in settings().languages if each.id not in outside]
    assert all({"sums", "corpus"} <= each.code.keys() for each in within)
    assert all("corpus" in each.code for each in settings().languages)
    assert {each.id for each in settings().languages if each.runs == "nowhere"} == {"powerquery", *outside}
    assert all((Path(__file__).parent / "outside" / f"{name}.sh").is_file() for name in outside)
    assert {each.runs for each in settings().languages} - {"nowhere"} == set(INTERPRETERS)


@pytest.mark.parametrize("kind", snippets.CORPUS)
def test_a_program_whose_file_the_site_lacks_is_left_out(kind: snippets.Kind) -> None:
    shown = [each.id for each, _ in codes(kind, "zh", slots("https://a.example/", agency="a"), files={"data/observations.csv"})]
    outside = ["readr", "mariadb", "postgresql", "clickhouse"] if kind == "corpus" else []
    assert shown == ["python", "pandas", "polars", "frictionless", "r", *outside, "powerquery"]


def test_a_page_of_a_site_without_an_address_asks_its_script_for_it() -> None:
    here = Here("reports/a/2024/", Words("en"))
    made = html.fragment_fromstring(str(snippets_html("report", here, agency="a")))
    roots = {each.get("data-root") for each in made.xpath(".//span[@class='or-near']")}
    assert roots == {"../../../../"}
    assert "https://…/reports/a/2024/report.json" in made.text_content()


def test_programs_of_another_report_are_its_own() -> None:
    made = [
        str(snippets_html("report", Here(f"reports/{agency}/2024/", Words("zh")), site="https://a.example/", agency=agency))
        for agency in ("a", "b")
    ]
    assert made[0] != made[1]
    assert made[0].replace("reports/a/", "reports/b/") == made[1]


# -- the data behind them -----------------------------------------------------------------------------------------------


def changed(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    "change, path, code",
    [
        (changed("address: applications/new/total", "address: applications/new/sum"), "address", "record.choice"),
        (changed("<<site>>data/observations.csv", "<<sites>>data/observations.csv"), "languages[0].sums.code", "record.choice"),
        (changed("runs: python", "runs: perl"), "languages[0].runs", "record.choice"),
        (changed("id: pandas", "id: python"), "languages", "document.duplicate_key"),
        (changed("en: SQLite", "de: SQLite"), "languages[5].name.en", "record.missing"),
        (changed("says:\n", "says:\n  spare: {zh: 多余, en: spare}\n"), "says.spare", "record.unknown_key"),
        (changed("      file: data/observations.csv\n", ""), "languages[0].sums.file", "record.missing"),
        (changed("import csv", "import\u200b csv"), "languages[0].sums.code", "record.invisible"),
        (changed("    sums:\n", "    total:\n"), "languages[0].sums", "record.missing"),
    ],
)
def test_a_fault_in_the_snippets_is_found_and_named(change: Callable[[str], str], path: str, code: str) -> None:
    from importlib import resources  # noqa: PLC0415 (only this test reads the file)

    text = (resources.files("open_reports") / FAMILY / "views" / "snippets.yml").read_text(encoding="utf-8")
    assert read_settings(text) == settings()
    with pytest.raises(FormError) as raised:
        read_settings(change(text))
    assert re.search(rf"{re.escape(path)}\b.*{re.escape(code)}", str(raised.value))


def test_the_figure_of_the_examples_is_on_every_form() -> None:
    address: Any = settings().address
    for form in forms().values():
        assert address.column in form.tables[address.table].lines[address.line].columns


def test_a_library_without_reports_has_no_example(tmp_path: Path) -> None:
    assert featured(open_library(tmp_path)) == ""
