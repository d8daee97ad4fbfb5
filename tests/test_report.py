"""Reports: read from their packages exactly, written so that any tool reads them, judged by frictionless."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import frictionless
import made_up
import pytest
from conftest import PROJECT, REPORTS, with_cells
from open_reports.form import forms
from open_reports.report import Address, judge, number, package_files, read, table_path, write
from open_reports.report.drafting import Draft
from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from open_reports.library import Library
    from open_reports.report import Reading, Report

    Made = Callable[[made_up.Package], Report]

TABLES = forms().tables
FILES = package_files(TABLES)

REAL = sorted(path.parent.relative_to(PROJECT / "datapackages").as_posix() for path in PROJECT.glob("datapackages/*/*/datapackage.json"))


def valid(folder: Path) -> bool:
    """What frictionless by itself says of a package."""
    answer: bool = frictionless.validate(str(folder / "datapackage.json")).valid
    return answer


# -- a figure and its status


def test_a_count_is_a_whole_number(report: Made) -> None:
    package = made_up.package()
    package.set("applications", "granted", "total", "12")
    figure = report(package).figure("applications", "granted", "total")
    assert (figure.text, figure.value, figure.status, figure.unit) == ("12", 12, "reported", "件")
    assert type(figure.value) is int
    assert str(figure.address) == "applications/granted/total"


def test_money_is_exact(report: Made) -> None:
    package = made_up.package(year=2020)
    package.set("disclosure", "procurement", "amount", "75394432.52")
    figure = report(package).figure("disclosure", "procurement", "amount")
    assert figure.value == Decimal("75394432.52")
    assert str(figure.value) == figure.text == "75394432.52"
    assert figure.unit == "元"


def test_a_decrease_is_negative(report: Made) -> None:
    package = made_up.package(year=2020)
    package.set("disclosure", "licensing", "change", "-18")
    assert report(package).figure("disclosure", "licensing", "change").value == -18


@pytest.mark.parametrize("text, status", [("", "blank"), ("/", "not_applicable"), ("-", "not_applicable")])
def test_nothing_is_not_zero(text: str, status: str, report: Made) -> None:
    package = made_up.package()
    package.set("applications", "granted", "total", text)
    figure = report(package).figure("applications", "granted", "total")
    assert (figure.text, figure.value, figure.status) == (text, None, status)


def test_a_reported_zero_is_zero(report: Made) -> None:
    package = made_up.package()
    package.set("applications", "granted", "total", "0")
    figure = report(package).figure("applications", "granted", "total")
    assert (figure.value, figure.status) == (0, "reported")


def test_a_line_left_out_is_absent_not_zero(report: Made) -> None:
    found = report(made_up.package(absent=["disclosure/rules"]))
    figure = found.figure("disclosure", "rules", "issued")
    assert (figure.text, figure.value, figure.status) == ("", None, "line_absent")
    assert found.row("disclosure", "rules") is None
    assert found.row("disclosure", "normative_documents") == 2
    assert found.absent == (("disclosure", "rules"),)


def test_a_cell_that_the_form_does_not_have(report: Made) -> None:
    figure = report(made_up.package()).figure("disclosure", "rules", "decisions")
    assert (figure.value, figure.status) == (None, "not_on_form")


def test_a_figure_knows_how_it_is_printed(report: Made) -> None:
    package = made_up.package(year=2020)
    package.set("disclosure", "procurement", "amount", "251000")
    package.put("data/notes.csv", "table,line,column,printed,note\ndisclosure,procurement,amount,251000元,原文带单位“元”\n")
    figure = report(package).figure("disclosure", "procurement", "amount")
    assert (figure.value, figure.printed, figure.note) == (251000, "251000元", "原文带单位“元”")


def test_figures_of_section_one(report: Made) -> None:
    package = made_up.package()
    package.put("data/overview.csv", "item,value,unit,part_of\n网站,1.50,万条,\n公众号,,条,\n")
    found = report(package)
    website, account = (found.stated(item) for item in found.overview)
    assert (str(website.address), website.value, website.status) == ("overview/网站/value", Decimal("1.50"), "reported")
    assert (account.value, account.status) == (None, "blank")


@pytest.mark.parametrize("text, value", [("", None), ("0", 0), ("12", 12), ("-18", -18), ("75394432.52", Decimal("75394432.52"))])
def test_number(text: str, value: int | Decimal | None) -> None:
    assert number(text) == value
    assert type(number(text)) is type(value)


@pytest.mark.parametrize("form_of", made_up.hybrids(), ids=lambda form_of: "-".join(form_of.values()))
def test_every_cell_is_read_as_it_was_made(form_of: dict[str, str], report: Made) -> None:
    """Both forms and every mixture of them, with a line left out and a cell left blank."""
    package = made_up.package(form_of=form_of, absent=["disclosure/rules"], blank=["disputes/reconsideration/total"])
    found = report(package)
    assert {table: read_table.form.form for table, read_table in found.tables.items()} == form_of
    read_back = {str(figure.address): (figure.value, figure.status) for figure in found.figures() if figure.address.table in TABLES}
    expected = {}
    for table in TABLES:
        for line, column in forms()[form_of[table]].tables[table].cells:
            figures = package.figures[table].get(line.id)
            value = figures[column.id] if figures else None
            status = "line_absent" if figures is None else "blank" if value is None else "reported"
            expected[f"{table}/{line.id}/{column.id}"] = (value, status)
    assert read_back == expected


def test_labels_are_kept_as_printed(report: Made) -> None:
    package = made_up.package()
    package.set("disclosure", "normative_documents", "label", "规范性文件")
    assert report(package).tables["disclosure"].labels["normative_documents"] == "规范性文件"


def test_a_report_tells_what_it_is(report: Made) -> None:
    found = report(made_up.package(form_of={"applications": "2019"}))
    assert str(found) == "xugou-jia-2023 1.0.0 (disclosure: 2021, applications: 2019, disputes: 2021)"
    assert str(found.tables["applications"]) == "applications (2019): 23 of 23 lines"
    assert str(Address("applications", "new", "total")) == "applications/new/total"


def test_prose_is_kept_by_section(report: Made) -> None:
    found = report(made_up.package())
    assert list(found.prose) == ["overview", "problems", "other"]
    assert found.prose["other"] == "没有收取信息处理费。"


def test_line_ends_of_windows_are_line_ends(report: Made, tmp_path: Path) -> None:
    package = made_up.package()
    plain = report(package)
    for path in FILES:
        package.put(path, package.text(path).replace("\n", "\r\n"))
    found = report(package)
    assert {str(figure.address): figure.text for figure in found.figures()} == {
        str(figure.address): figure.text for figure in plain.figures()
    }
    assert found.digest != plain.digest


# -- what a package says of itself


def test_files_and_digest_cover_every_byte(report: Made) -> None:
    package = made_up.package()
    found = report(package)
    assert dict(found.files) == package.files
    package.put("report.md", package.text("report.md") + "\n")
    assert report(package).digest != found.digest


def test_bytes_and_hash_of_a_published_package_are_accepted(report: Made) -> None:
    package = made_up.package()
    for index, name in enumerate([*TABLES, "overview", "notes"]):
        data = package.files[table_path(name)]
        package.edit_json(f"resources[{index}].bytes", len(data))
        package.edit_json(f"resources[{index}].hash", f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert report(package).version == "1.0.0"


def test_one_changed_byte_is_seen_by_its_hash(reading: Callable[[made_up.Package], Reading]) -> None:
    package = made_up.package()
    data = package.files["data/disputes.csv"]
    package.edit_json("resources[2].hash", f"sha256:{hashlib.sha256(data).hexdigest()}")
    package.set("disputes", "reconsideration", "label", "行政复议！")
    found, faults = reading(package)
    assert found is None
    assert [(each.code, each.file) for each in faults] == [("meta.hash", "datapackages/xugou-jia/2023/datapackage.json")]


def test_order_of_keys_does_not_matter(report: Made) -> None:
    package = made_up.package()
    root = json.loads(package.text("datapackage.json"))

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(item) for key, item in reversed(value.items())}
        return [turned(item) for item in value] if isinstance(value, list) else value

    package.put("datapackage.json", json.dumps(turned(root)))
    assert report(package).name == "xugou-jia-2023"


def test_a_period_and_its_explanations(report: Made) -> None:
    package = made_up.package(year=2019)
    package.edit_json("report.period", {"from": "2019-09-01", "to": "2019-12-31"})
    package.edit_json(
        "report.explanations",
        [{"finding": "T3-ROW", "address": "applications/new/total", "text": "原文如此。", "by": "publisher", "date": "2026-01-31"}],
    )
    package.edit_json("version", "1.0.1")
    package.edit_json("report.revisions", [{"version": "1.0.1", "date": "2026-01-31", "reason": "更正录入", "changes": ["disputes"]}])
    found = report(package)
    assert [str(day) for day in found.period or ()] == ["2019-09-01", "2019-12-31"]
    assert [(each.rule, each.by) for each in found.explanations] == [("T3-ROW", "publisher")]
    assert [each.version for each in found.revisions] == ["1.0.1"]


def test_writing_makes_what_reading_takes(tmp_path: Path) -> None:
    package = made_up.package()
    write(tmp_path / "2023", {path: data.decode() for path, data in package.files.items()})
    assert {path: (tmp_path / "2023" / path).read_bytes() for path in FILES} == package.files
    assert read(tmp_path / "2023", "x", agency="xugou-jia", year=2023).findings == ()
    with pytest.raises(FileExistsError):
        write(tmp_path / "2023", {})


# -- the judge


@pytest.mark.usefixtures("forgetful_judge")
@pytest.mark.parametrize(
    "address, text",
    [
        ("applications/granted/total", "十二"),
        ("applications/granted/total", "-1"),
        ("applications/granted/total", "1.5"),
        ("applications/granted/total", "1000000000"),
        ("disputes/reconsideration/upheld", "a"),
        ("disclosure/fees/amount", "-0.5"),
        ("disclosure/fees/amount", "12万元"),
    ],
)
def test_the_judge_finds_a_wrong_value_behind_the_gate(address: str, text: str, report: Made) -> None:
    """As if the gate had let it pass: frictionless has the last word on every value."""
    sound = report(made_up.package())
    table, line, column = address.split("/")
    found = judge([with_cells(sound, {address: text})])
    assert [(each.rule, each.code, each.file, each.row, each.column) for each in found] == [
        ("SCHEMA", "schema.cell", f"datapackages/xugou-jia/2023/data/{table}.csv", sound.row(table, line), column)
    ]
    assert [(each.agency, each.year) for each in found] == [("xugou-jia", 2023)]


@pytest.mark.usefixtures("forgetful_judge")
def test_the_judge_finds_each_of_several_packages(report: Made) -> None:
    sound = [report(made_up.package(agency)) for agency in ("xugou-jia", "xugou-yi", "xugou-bing")]
    damaged = [sound[0], *(with_cells(each, {"applications/new/total": "a", "disputes/reconsideration/total": "b"}) for each in sound[1:])]
    found = judge(damaged)
    assert {(each.agency, each.column, each.row) for each in found} == {
        (agency, "total", row) for agency in ("xugou-yi", "xugou-bing") for row in (2,)
    }
    assert len(found) == 4


@pytest.mark.usefixtures("forgetful_judge")
def test_the_judge_finds_a_wrong_note(report: Made) -> None:
    sound = report(made_up.package(year=2020))
    (note,) = sound.notes
    found = judge([replace(sound, notes=(note._replace(note="注" * 501),))])
    assert [(each.file, each.row, each.column) for each in found] == [("datapackages/xugou-jia/2020/data/notes.csv", 2, "note")]


@pytest.mark.usefixtures("forgetful_judge")
def test_the_judge_finds_a_wrong_descriptor(report: Made) -> None:
    sound = report(made_up.package())
    found = judge([replace(sound, descriptor={**sound.descriptor, "licenses": "CC0"})])
    assert [(each.code, each.file) for each in found] == [("schema.descriptor", "datapackages/xugou-jia/2023/datapackage.json")]


@pytest.mark.usefixtures("forgetful_judge")
def test_the_judge_passes_what_is_sound(report: Made) -> None:
    assert judge([report(made_up.package(form_of=form_of)) for form_of in made_up.hybrids()]) == []
    assert judge([]) == []


@pytest.mark.parametrize(
    "edit, passes",
    [
        # What frictionless refuses, the gate refuses as well.
        (("set", "applications", "granted", "total", "无"), False),
        (("set", "applications", "granted", "total", "12.5"), False),
        (("set", "applications", "granted", "total", "-3"), False),
        (("set", "applications", "granted", "total", "12件"), False),
        (("set", "applications", "granted", "total", "1,234"), False),
        (("set", "applications", "granted", "line", "invented"), False),
        (("replace", "data/applications.csv", "granted,（一）予以公开,", "granted,（一）予以公开,0,"), False),
        (("put", "data/disputes.csv", ""), False),
        (("put", "data/disputes.csv", "行政复议".encode("gb18030")), False),
        # What frictionless lets pass, and why there is a gate.
        (("set", "applications", "granted", "total", "１２"), True),
        (("set", "applications", "granted", "total", "٣"), True),
        (("set", "applications", "granted", "total", "007"), True),
        (("set", "applications", "granted", "total", "1_000"), True),
        (("set", "applications", "granted", "total", "+5"), True),
        (("set", "disclosure", "rules", "decisions", "0"), True),
        (("replace", "data/disputes.csv", "reconsideration,行政复议", "reconsideration,行政\u202e议复"), True),
        (("put", "data/disputes.csv", "line,label,upheld,corrected,other,pending,total\n"), True),
        (("edit_json", "resources[1].type", "file"), True),
        (("edit_json", "resources[1].schema.missingValues", ["", "0"]), True),
        (("edit_json", "resources", []), True),
    ],
    ids=str,
)
def test_the_gate_and_frictionless_by_itself(
    edit: tuple[Any, ...],
    passes: bool,  # noqa: FBT001 (the expected answer)
    reading: Callable[[made_up.Package], Reading],
    tmp_path: Path,
) -> None:
    """The gate refuses whatever frictionless refuses, and much that it does not."""
    package = made_up.package()
    getattr(package, edit[0])(*edit[1:])
    found, faults = reading(package)
    assert found is None
    assert faults
    assert valid(next(tmp_path.iterdir()) / package.path) is passes


# -- the project's own packages


def test_none_is_missing() -> None:
    assert len(REAL) == REPORTS


@pytest.mark.parametrize("path", REAL)
def test_a_real_package_needs_no_knowledge_of_this_project(path: str, packages: Path) -> None:
    assert valid(packages / path)


@pytest.mark.parametrize("path", REAL)
def test_a_real_package_has_no_error(path: str, library: Library) -> None:
    agency, year = path.split("/")
    assert (agency, int(year)) in library.reports


@pytest.mark.parametrize("path", REAL)
def test_a_real_package_is_kept_as_it_would_be_written(path: str, packages: Path) -> None:
    """JSON indented by one, ends of line as on Unix, a final line break, nothing but the files of a package."""
    folder = packages / path
    assert sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()) == sorted(FILES)
    for name in FILES:
        data = (folder / name).read_bytes()
        assert data.endswith(b"\n")
        assert b"\r" not in data
    text = (folder / "datapackage.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("path", REAL)
def test_a_real_package_is_what_a_draft_of_it_writes(path: str, library: Library, packages: Path) -> None:
    """The code that writes imported reports writes each of these again, byte for byte."""
    agency, year = path.split("/")
    report = library.reports[agency, int(year)]
    draft = Draft(
        agency=agency,
        year=report.year,
        title=report.title,
        sources=report.sources,
        form_of={name: table.form.form for name, table in report.tables.items()},
        created=report.created,
        scope=report.scope,
        published=report.published.isoformat() if report.published else None,
        cells={
            (name, line, column): text
            for name, table in report.tables.items()
            for line, cells in table.rows.items()
            for column, text in zip(table.form.columns, cells, strict=True)
        },
        labels={(name, line): label for name, table in report.tables.items() for line, label in table.labels.items()},
        absent=report.absent,
        overview=[each[:4] for each in report.overview],
        notes=report.notes,
        prose=report.prose,
        left_out={section.id for section in report.form.sections} - set(report.prose),
        consolidates=report.consolidates,
        explanations=json.loads(report.files["datapackage.json"])["report"]["explanations"],
    )
    for name, text in draft.files().items():
        assert text.encode() == (packages / path / name).read_bytes(), name


def test_a_section_that_is_left_out_has_no_heading() -> None:
    made = Draft(
        agency="xugou",
        year=2023,
        title="",
        sources=[],
        form_of={"disclosure": "2021"},
        created="",
        prose={"overview": "一"},
        left_out=["other"],
    )
    assert made.files()["report.md"] == "## 一、总体情况\n\n一\n\n## 五、存在的主要问题及改进情况\n"


def test_the_command_line_of_frictionless_accepts_a_real_package(packages: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "frictionless", "validate", "datapackage.json"]
    done = subprocess.run(command, cwd=packages / "pingtan" / "2019", capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("VALID") == 5
    assert "INVALID" not in done.stdout


def test_a_printed_sum_of_money(library: Library) -> None:
    """As printed in the report of 2019: `75394432.52元`."""
    figure = library.reports["pingtan", 2019].figure("disclosure", "procurement", "amount")
    assert (figure.value, figure.printed, figure.unit) == (Decimal("75394432.52"), "75394432.52元", "元")


# -- how long a text may be -------------------------------------------------------------------------------------------------


def _explained(text: str) -> list[dict[str, str]]:
    return [{"finding": "T4-SUM", "address": "disputes/reconsideration/total", "text": text, "by": "agency", "date": "2026-01-31"}]


def _corrected(text: str) -> list[dict[str, object]]:
    return [{"version": "1.0.0", "date": "2026-02-01", "reason": text, "changes": []}]


TEXTS: dict[str, tuple[str, Callable[[str], object], int]] = {
    "title": ("title", str, 200),
    "description": ("description", str, 1000),
    "source": ("sources[0].title", str, 200),
    "explanation": ("report.explanations", _explained, 500),
    "reason": ("report.revisions", _corrected, 500),
}
"""Texts of a descriptor: where each stands, what is put there, and how many characters it may have."""


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_as_many_characters_as_may_be_is_taken_and_one_more_is_not(name: str, reading: Callable[..., Reading]) -> None:
    path, made, most = TEXTS[name]
    for length in (most, most + 1):
        package = made_up.package()
        package.edit_json(path, made("长" * length))
        _, faults = reading(package)
        told = [(each.code, each.found, each.expected) for each in faults if each.code == "record.too_long"]
        assert told == ([] if length == most else [("record.too_long", str(length), str(most))])
