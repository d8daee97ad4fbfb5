"""How a package is read: what becomes of each file, every fault at once and in order, and nothing of a package that has one."""

from __future__ import annotations

import hashlib
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from open_reports import gate
from open_reports.form import forms
from open_reports.report import DESCRIPTOR, PROSE, package_files, read, reading
from open_reports.report.carrying import digest_of
from open_reports.report.descriptor import Described
from open_reports.report.open_cells import HEADER, OPEN, OpenCell, open_text

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.form import Form
    from open_reports.report import Reading

AGENCY, YEAR = "xugou-jia", 2023
PLACE = f"there/{AGENCY}/{YEAR}"
FILES = package_files(forms().tables)
PENDING = OpenCell("disputes", "reconsideration", "upheld", "第3页", "1 2", "absent of nothing", "12")


def written(root: Path, package: made_up.Package | None = None) -> Path:
    return (package or made_up.package(AGENCY, YEAR)).write(root)


def taken(folder: Path, year: int = YEAR) -> Reading:
    return read(folder, PLACE, agency=AGENCY, year=year)


def said(each: Finding) -> tuple[str, str]:
    assert each.file is not None
    return each.code, each.file.removeprefix(f"{PLACE}/")


def faults(folder: Path, year: int = YEAR) -> list[tuple[str, str]]:
    """Code and file of every fault, of a package of which nothing is left."""
    report, found = taken(folder, year)
    assert report is None
    assert {(each.agency, each.year) for each in found} == {(AGENCY, year)}
    return [said(each) for each in found]


# -- what is sound ------------------------------------------------------------------------------------------------------


def test_a_sound_package_is_read_whole(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    report, found = taken(written(tmp_path, package))
    assert found == ()
    assert report is not None
    assert (report.agency, report.year, report.place) == (AGENCY, YEAR, PLACE)
    assert list(report.files) == list(FILES)
    assert dict(report.files) == package.files
    assert report.digest == digest_of({path: package.files[path] for path in FILES})
    assert list(report.tables) == list(forms().tables)
    assert all(table.form.form == "2021" for table in report.tables.values())
    assert [item.item for item in report.overview] == [row[0] for row in package.rows("overview")[1:]]
    assert [list(each) for each in report.notes] == package.rows("notes")[1:]
    assert list(report.prose) == ["overview", "problems", "other"]
    lines = package.text(PROSE).split("\n")
    assert report.headings == tuple((line[3:], row) for row, line in enumerate(lines, start=1) if line.startswith("## "))
    assert report.prose_rows == tuple((row, line) for row, line in enumerate(lines, start=1) if not line.startswith("## "))
    assert report.open == ()
    assert report.title == json.loads(package.text(DESCRIPTOR))["title"]
    assert report.version == "1.0.0"


@pytest.mark.parametrize(
    "absent", [(), ("disclosure/rules",), ("disclosure/rules", "disclosure/normative_documents", "applications/granted")]
)
def test_each_table_may_leave_out_the_lines_that_are_named(tmp_path: Path, absent: tuple[str, ...]) -> None:
    report, found = taken(written(tmp_path, made_up.package(AGENCY, YEAR, absent=absent)))
    assert found == ()
    assert report is not None
    left_out = {(table, line) for table, each in report.tables.items() for line in each.form.lines if line not in each.rows}
    assert left_out == {tuple(each.split("/")) for each in absent}


@pytest.mark.parametrize("year", [2020, 2023])
def test_tables_are_read_by_the_forms_that_are_named(tmp_path: Path, year: int) -> None:
    form_of = {"disclosure": "2021", "applications": "2019", "disputes": "2019"}
    report, found = taken(written(tmp_path, made_up.package(AGENCY, year, form_of=form_of)), year)
    assert found == ()
    assert report is not None
    assert {table: each.form.form for table, each in report.tables.items()} == form_of


def test_a_table_of_another_form_than_is_named_is_told_once(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR, form_of={"disclosure": "2019"})
    package.edit_json("report.forms.disclosure", "2021")
    assert faults(written(tmp_path, package)) == [
        ("table.wrong_form", "data/disclosure.csv"),
        ("table.note_place", "data/notes.csv"),
    ]


def marked(data: bytes) -> bytes:
    """A table as a spreadsheet saves it: with a byte-order mark and blank rows."""
    return b"\xef\xbb\xbf" + data + b",,,\n"


def test_a_table_that_a_spreadsheet_saved_is_taken_as_it_is_published(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    folder = written(tmp_path, package)
    for path in FILES:
        if path.endswith(".csv"):
            (folder / path).write_bytes(marked(package.files[path]))
    report, found = taken(folder)
    assert found == ()
    assert report is not None
    assert dict(report.files) == package.files
    assert report.digest == digest_of({path: package.files[path] for path in FILES})


@pytest.mark.parametrize(
    "stated, kept, codes",
    [
        ("saved", "saved", []),
        ("published", "saved", []),
        ("other", "saved", [("meta.hash", DESCRIPTOR)]),
        ("saved", "published", [("meta.hash", DESCRIPTOR)]),
        ("published", "published", []),
    ],
)
def test_a_hash_may_be_of_the_table_as_it_was_saved(tmp_path: Path, stated: str, kept: str, codes: list[tuple[str, str]]) -> None:
    package = made_up.package(AGENCY, YEAR)
    data = package.files["data/disclosure.csv"]
    spelt = {"saved": marked(data), "published": data, "other": b"x"}[stated]
    package.edit_json("resources[0].hash", f"sha256:{hashlib.sha256(spelt).hexdigest()}")
    folder = written(tmp_path, package)
    if kept == "saved":
        (folder / "data" / "disclosure.csv").write_bytes(marked(data))
    assert [said(each) for each in taken(folder).findings] == codes


# -- which files there are ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in FILES if path != DESCRIPTOR])
def test_a_file_that_is_missing_is_told_once(tmp_path: Path, path: str) -> None:
    folder = written(tmp_path)
    (folder / path).unlink()
    report, found = taken(folder)
    assert report is None
    assert said(found[0]) == ("file.missing", path)
    # A package without its prose lacks the sections as well: one cause, told once.
    assert {each.file for each in found} == {f"{PLACE}/{path}"}
    assert len(found) == 1


def test_a_package_without_a_descriptor_is_read_by_the_form_of_its_year(tmp_path: Path) -> None:
    for year, other in ((2020, "2021"), (2023, "2019")):
        folder = written(tmp_path / str(year), made_up.package(AGENCY, year))
        (folder / DESCRIPTOR).unlink()
        assert faults(folder, year) == [("file.missing", DESCRIPTOR)]
        # Its tables are not, for nobody can say of which form they are.
        hybrid = written(tmp_path / f"{year}-{other}", made_up.package(AGENCY, year, form_of=dict.fromkeys(forms().tables, other)))
        (hybrid / DESCRIPTOR).unlink()
        assert faults(hybrid, year) == [("file.missing", DESCRIPTOR)]


def test_files_that_do_not_belong_here_are_told_before_anything_else(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    package.set("disputes", "reconsideration", "upheld", "x")
    package.edit_json("version", "1")
    folder = written(tmp_path, package)
    (folder / PROSE).unlink()
    for path in ("more.csv", "data/tables.csv", "data/open.csv", "data/report.md"):
        (folder / path).write_text("x", encoding="utf-8")
    report, found = taken(folder)
    assert report is None
    assert [said(each) for each in found] == [
        ("file.unexpected", "more.csv"),
        ("file.unexpected", "data/open.csv"),
        ("file.unexpected", "data/report.md"),
        ("file.unexpected", "data/tables.csv"),
        ("file.missing", PROSE),
        ("record.pattern", DESCRIPTOR),
        ("number.text", "data/disputes.csv"),
    ]
    assert found[0].expected == "data、datapackage.json、report.md"
    assert found[1].expected == "、".join(sorted(path.removeprefix("data/") for path in FILES if path.startswith("data/")))


class MoreTables:
    """The forms as they would be if one of another year had a table besides."""

    def __init__(self) -> None:
        self.tables = (*forms().tables, "platforms")

    def __getattr__(self, name: str) -> Any:
        return getattr(forms(), name)


def test_no_table_of_any_form_is_unexpected_where_the_form_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "forms", MoreTables)
    folder = written(tmp_path)
    (folder / "data" / "platforms.csv").write_bytes(b"x")
    (folder / DESCRIPTOR).unlink()
    assert faults(folder) == [("file.missing", DESCRIPTOR)]


def test_only_tables_that_the_descriptor_names_belong_to_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a form that has fewer tables than others: each of the forms of today has all."""
    described = Described({"absent": ()}, (("disclosure", "2021"),))
    monkeypatch.setattr(reading, "describe", lambda *_, **__: described)
    found = faults(written(tmp_path))
    assert found[:2] == [("file.unexpected", "data/applications.csv"), ("file.unexpected", "data/disputes.csv")]
    assert {code for code, file in found if file == DESCRIPTOR} != set()


def test_faults_of_the_descriptor_wait_until_names_are_told(tmp_path: Path) -> None:
    """First of what the gate says, then of what it holds, which is told behind the tables."""
    folder = written(tmp_path)
    (folder / DESCRIPTOR).write_bytes(b"\xff\xfe{")
    (folder / "data" / "more.csv").write_bytes(b"x")
    (folder / "data" / "notes.csv").unlink()
    assert faults(folder) == [("file.unexpected", "data/more.csv"), ("file.utf16", DESCRIPTOR), ("file.missing", "data/notes.csv")]
    (folder / DESCRIPTOR).write_text('{\n "a": }', encoding="utf-8")
    assert faults(folder) == [("file.unexpected", "data/more.csv"), ("file.missing", "data/notes.csv"), ("document.syntax", DESCRIPTOR)]
    told = taken(folder).findings[-1]
    assert (told.row, told.found) == (2, "Expecting value")
    (folder / DESCRIPTOR).write_text("[]", encoding="utf-8")
    assert faults(folder)[-1] == ("record.not_mapping", DESCRIPTOR)
    told = taken(folder).findings[-1]
    assert (told.found, told.values) == ("[]", (("path", "(document)"),))


@pytest.mark.parametrize("way, code", [("missing", "file.missing"), ("a file", "file.no_folder")])
def test_without_the_folder_of_the_tables_nothing_else_is_told(tmp_path: Path, way: str, code: str) -> None:
    folder = written(tmp_path)
    (folder / "data").rename(tmp_path / "away")
    (folder / DESCRIPTOR).write_bytes(b"\xff\xfe{")
    (folder / "more.csv").write_bytes(b"x")
    if way == "a file":
        (folder / "data").write_bytes(b"x")
    assert faults(folder) == [("file.unexpected", "more.csv"), (code, "data")]


@pytest.mark.posix
def test_a_link_is_refused_once_and_never_followed(tmp_path: Path) -> None:
    for number, path in enumerate((*FILES, OPEN, "data")):
        folder = written(tmp_path / str(number))
        away = tmp_path / f"away-{number}"
        if path == OPEN:
            away.write_text(open_text([PENDING]), encoding="utf-8")
        else:
            (folder / path).rename(away)
        (folder / path).symlink_to(away)
        assert faults(folder) == [("file.symlink", path)], path


@pytest.mark.parametrize(
    "path, most", [(PROSE, gate.MAX_PROSE), (DESCRIPTOR, gate.MAX_DESCRIPTOR), ("data/notes.csv", gate.MAX_BYTES), (OPEN, gate.MAX_BYTES)]
)
def test_each_file_has_its_own_limit(tmp_path: Path, path: str, most: int) -> None:
    folder = written(tmp_path)
    (folder / path).write_bytes(b" " * (most + 1))
    (found,) = taken(folder).findings
    assert (said(found), found.expected) == (("file.too_big", path), f"{most:,}")
    (folder / path).write_bytes(b" " * most)
    assert "file.too_big" not in {each.code for each in taken(folder).findings}


def test_a_file_whose_text_is_refused_is_told_once(tmp_path: Path) -> None:
    for number, path in enumerate(FILES):
        folder = written(tmp_path / str(number))
        (folder / path).write_bytes(b"\xff\xfe")
        assert faults(folder) == [("file.utf16", path)]


def test_prose_is_held_against_the_form_of_the_year_where_the_descriptor_says_none(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    package.put(PROSE, package.text(PROSE).replace("## 一、", "## 九、"))
    folder = written(tmp_path, package)
    told = [("prose.heading", PROSE), ("prose.outside", PROSE)]
    assert faults(folder) == told
    (folder / DESCRIPTOR).unlink()
    assert faults(folder) == [("file.missing", DESCRIPTOR), *told]


class OtherSections:
    """The forms as they would be if that of the year had fewer sections than the one that a report follows."""

    def __getattr__(self, name: str) -> Any:
        return getattr(forms(), name)

    def __getitem__(self, form: str) -> Form:
        return forms()[form]

    def __contains__(self, form: object) -> bool:
        return form in forms()

    def prescribed_for(self, year: int) -> Any:
        form = forms().prescribed_for(year)
        return SimpleNamespace(id=form.id, tables=form.tables, sections=form.sections[:1])


def test_prose_is_held_against_the_form_that_the_report_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "forms", OtherSections)
    folder = written(tmp_path)
    report, found = taken(folder)
    assert found == ()
    assert report is not None
    assert list(report.prose) == ["overview", "problems", "other"]
    (folder / DESCRIPTOR).unlink()
    assert faults(folder) == [("file.missing", DESCRIPTOR), ("prose.heading", PROSE), ("prose.heading", PROSE)]


def test_a_note_may_be_about_a_figure_of_section_one(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    head, *rows = package.rows("notes")
    item = package.rows("overview")[1][0]
    package.put_rows("notes", [head, *rows, ["overview", item, "value", "", "注"]])
    report, found = taken(written(tmp_path / "known", package))
    assert found == ()
    assert report is not None
    assert [each.line for each in report.notes][-1] == item
    package.put_rows("notes", [head, *rows, ["overview", "无此项", "value", "", "注"]])
    assert faults(written(tmp_path / "unknown", package)) == [("table.note_place", "data/notes.csv")]


def test_thousands_of_faults_of_one_file_are_counted(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / OPEN).write_text("\n".join([",".join(HEADER), *["x"] * (gate.MOST_TOLD + 7)]) + "\n", encoding="utf-8")
    found = taken(folder).findings
    assert len(found) == gate.MOST_TOLD + 1
    assert (found[-1].code, found[-1].found, found[-1].agency, found[-1].year) == ("file.more", "7", AGENCY, YEAR)


# -- what waits for a person --------------------------------------------------------------------------------------------


def test_the_list_of_open_cells_is_read_and_is_no_file_of_the_package(tmp_path: Path) -> None:
    package = made_up.package(AGENCY, YEAR)
    folder = written(tmp_path, package)
    text = open_text([PENDING])
    (folder / OPEN).write_text(text, encoding="utf-8", newline="")
    report, found = taken(folder)
    assert found == ()
    assert report is not None
    assert report.open == (PENDING._replace(row=2),)
    assert list(report.files) == list(FILES)
    # A list that grows is another package to whoever keeps what the checks found.
    assert report.digest == digest_of({**{path: package.files[path] for path in FILES}, OPEN: text.encode()})
    (folder / OPEN).write_text(open_text([PENDING._replace(line="nowhere")]), encoding="utf-8")
    assert faults(folder) == [("pending.place", OPEN)]


def test_the_list_of_open_cells_is_not_read_where_no_form_is_known(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / OPEN).write_text("x", encoding="utf-8")
    assert faults(folder) == [("pending.header", OPEN)]
    (folder / DESCRIPTOR).write_text("[]", encoding="utf-8")
    assert faults(folder) == [("record.not_mapping", DESCRIPTOR)]
