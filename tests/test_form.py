"""The statutory forms as data: complete, labelled in both languages, and contradicting themselves never in silence."""

from __future__ import annotations

from importlib import resources

import pytest
from open_reports.errors import FormError
from open_reports.form import FAMILY, Section, TableForm, forms, load
from open_reports.report import FIRST_YEAR, LAST_YEAR
from open_reports.text import LANGUAGES

TABLES = forms().tables

FOLDER = resources.files("open_reports") / FAMILY
TABLE_FORMS = [form.tables[table] for form in forms().values() for table in TABLES]


def texts(name: str, this: str, by: str) -> dict[str, str]:
    """The project's own forms with one text replaced at its first place."""
    found = {entry.name: entry.read_text(encoding="utf-8") for entry in FOLDER.iterdir() if entry.name.endswith(".yml")}
    assert this in found[name]
    return {**found, name: found[name].replace(this, by, 1)}


def refusal(name: str, this: str, by: str) -> str:
    """What is said of a form that was damaged."""
    with pytest.raises(FormError) as raised:
        load(texts(name, this, by))
    return str(raised.value)


# -- what the letters prescribe


@pytest.mark.parametrize(
    "form, table, lines, cells",
    [
        ("2019", "disclosure", 8, 22),
        ("2019", "applications", 23, 23 * 7),
        ("2019", "disputes", 3, 15),
        ("2021", "disclosure", 6, 10),
        ("2021", "applications", 25, 25 * 7),
        ("2021", "disputes", 3, 15),
    ],
)
def test_number_of_cells(form: str, table: str, lines: int, cells: int) -> None:
    found = forms()[form].tables[table]
    assert len(found.lines) == lines
    assert len(found.cells) == cells


def test_applicants_stand_under_their_printed_head() -> None:
    columns = forms()["2021"].tables["applications"].columns
    assert {column.id: [str(group) for group in column.groups] for column in columns.values()} == {
        "natural_person": [],
        **{column: ["法人或其他组织"] for column in ("enterprise", "research", "public_welfare", "legal_service", "other")},
        "total": [],
    }


def test_lines_stand_under_their_printed_heads() -> None:
    lines = forms()["2019"].tables["applications"].lines
    assert [str(group) for group in lines["refused.state_secrets"].groups] == ["三、本年度办理结果", "（三）不予公开"]
    assert [str(group) for group in lines["carried_out"].groups] == []


@pytest.mark.parametrize("year", range(2008, 2019))
def test_years_before_any_form_fall_to_the_first(year: int) -> None:
    assert forms().prescribed_for(year).id == "2019"


@pytest.mark.parametrize("year, form", [(2019, "2019"), (2020, "2019"), (2021, "2021"), (2025, "2021"), (2099, "2021")])
def test_form_in_force(year: int, form: str) -> None:
    assert forms().prescribed_for(year).id == form
    assert forms()[form].prescribed_for(year)


def test_every_form_cites_its_letter() -> None:
    assert {form.id: form.reference.zh for form in forms().values()} == {
        "2019": "国办公开办函〔2019〕60号",
        "2021": "国办公开办函〔2021〕30号",
    }
    assert str(forms()["2021"].issued) == "2021-09-26"


@pytest.mark.parametrize("form", TABLE_FORMS, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_in_both_languages(form: TableForm, language: str) -> None:
    labels = [form.title, form.corner, *(line.label for line in form.lines.values()), *(column.label for column in form.columns.values())]
    labels += [group for line in form.lines.values() for group in line.groups]
    labels += [text for rule in form.rules for text in (rule.says, rule.name)]
    assert all(label[language].strip() for label in labels)
    has_chinese = [label[language] for label in labels if any("\u4e00" <= char <= "\u9fff" for char in label[language])]
    assert has_chinese == ([label.zh for label in labels] if language == "zh" else [])


def test_labels_that_agencies_print_instead_are_data() -> None:
    lines, columns = forms()["2021"].tables["disclosure"].lines, forms()["2019"].tables["disclosure"].columns
    assert lines["normative_documents"].aliases == ("规范性文件",)
    assert columns["disclosed"].aliases == ("本年公开数量",)
    assert lines["rules"].aliases == ()


# -- what derives from it


@pytest.mark.parametrize("form", TABLE_FORMS, ids=str)
def test_header_and_schema_name_the_same_columns(form: TableForm) -> None:
    schema = form.schema()
    assert tuple(field["name"] for field in schema["fields"]) == form.header == ("line", "label", *form.columns)
    assert schema["fields"][0]["constraints"]["enum"] == list(form.lines)
    assert [entry["value"] for entry in schema["missingValues"]] == ["", "/", "-"]


@pytest.mark.parametrize("form", list(forms()))
def test_total_is_the_sum_of_every_outcome(form: str) -> None:
    table = forms()[form].tables["applications"]
    rule = next(rule for rule in table.rules if rule.id == "T3-SUM")
    assert [term.id for term in rule.left] == ["total"]
    assert [term.id for term in rule.right] == [line for line in table.lines if line not in {"new", "carried_in", "total", "carried_out"}]
    assert all(term.sign == 1 for term in rule.right)


def test_rules_of_the_tables() -> None:
    found = {(form.id, form.form): [rule.id for rule in form.rules] for form in TABLE_FORMS}
    assert found == {
        (table, form): {"disclosure": [], "applications": ["T3-CONS", "T3-SUM", "T3-ROW"], "disputes": ["T4-SUM"]}[table]
        for table in TABLES
        for form in ("2019", "2021")
    }


# -- which form a table is of


@pytest.mark.parametrize("form", list(forms()))
@pytest.mark.parametrize("table", TABLES)
def test_a_complete_table_tells_its_form(form: str, table: str) -> None:
    found = forms()[form].tables[table]
    both = ("2019", "2021") if table == "disputes" else (form,)
    assert forms().detect(table, found.header, found.lines) == both


def test_requests_without_other_handling_fit_both_forms() -> None:
    table = forms()["2019"].tables["applications"]
    assert forms().detect("applications", table.header, [line for line in table.lines if not line.startswith("other")]) == ("2019", "2021")


def test_a_table_without_rules_is_still_of_its_form() -> None:
    table = forms()["2021"].tables["disclosure"]
    assert forms().detect("disclosure", table.header, [line for line in table.lines if line != "rules"]) == ("2021",)


def test_no_form_fits_a_foreign_table() -> None:
    table = forms()["2021"].tables["disclosure"]
    assert forms().detect("disclosure", table.header, ["invented"]) == ()
    assert forms().detect("disclosure", table.header[:-1], table.lines) == ()


# -- kinds of cell


@pytest.mark.parametrize(
    "kind, text, accepted",
    [
        ("count", "0", True),
        ("count", "12", True),
        ("count", "999999999", True),
        ("count", "1000000000", False),
        ("count", "007", False),
        ("count", "-1", False),
        ("count", "１２", False),
        ("count", "٣", False),
        ("count", "1.0", False),
        ("count", "12\n", False),
        ("change", "-18", True),
        ("change", "5", True),
        ("change", "-0", False),
        ("change", "+5", False),
        ("money", "75394432.52", True),
        ("money", "0.000001", True),
        ("money", "1.0000001", False),
        ("money", "-1", False),
        ("money", ".5", False),
        ("money", "1e3", False),
    ],
)
def test_spelling_of_numbers(kind: str, text: str, accepted: bool) -> None:  # noqa: FBT001 (the expected answer)
    assert bool(forms().common.cells[kind].pattern.fullmatch(text)) is accepted


# -- a form that contradicts itself


def test_the_forms_themselves_load() -> None:
    assert list(load(texts("2019.yml", "id:", "id:"))) == ["2019", "2021"]


def test_unknown_key_names_file_and_place() -> None:
    message = refusal("2019.yml", "    title: {zh: 收到", "    colour: red\n    title: {zh: 收到")
    assert message.startswith("forms/foi-cn/2019.yml: tables.applications.colour: record.unknown_key")


def test_duplicate_key_names_file_and_line() -> None:
    message = refusal("2021.yml", "    head: {zh: 申请人", "    head: {zh: 其他, en: Other}\n    head: {zh: 申请人")
    row = texts("2021.yml", "id:", "id:")["2021.yml"].split("    head: {zh: 申请人")[0].count("\n") + 2
    assert message == f"forms/foi-cn/2021.yml, line {row}: document.duplicate_key {{'found': 'head'}}"


@pytest.mark.parametrize(
    "this, by, place, code",
    [
        ("sentence: new + carried_in", "sentence: new + carried", "tables.applications.rules[0].sentence", "form.no_such_line"),
        ("refused.* + unavailable.*", "refused.* + unknown.*", "tables.applications.rules[1].sentence", "form.no_such_line"),
        ("sentence: total = upheld", "sentence: total = confirmed", "tables.disputes.rules[0].sentence", "form.no_such_line"),
        ("new + carried_in = total", "new + carried_in > total", "tables.applications.rules[0].sentence", "form.not_identity"),
        ("new + carried_in = total + carried_out", "new carried_in = total", "tables.applications.rules[0].sentence", "form.not_identity"),
    ],
)
def test_a_rule_that_names_no_line_is_an_error(this: str, by: str, place: str, code: str) -> None:
    message = refusal("2019.yml", this, by)
    assert message.startswith(f"forms/foi-cn/2019.yml: {place}: {code}")


@pytest.mark.parametrize(
    "this, by, place, code",
    [
        ("{id: made, zh: 本年新制作数量, en: Newly made this year, type: count", "{id: made, zh: 本年新制作数量, en: Newly made this year, type: number", "tables.disclosure.columns[0].type", "record.choice"),
        ("{id: disclosed, zh", "{id: made, zh", "tables.disclosure.columns[1].id", "form.column_twice"),
        ("columns: [made, disclosed, total_disclosed]", "columns: [made, disclosed, totals]", "tables.disclosure.lines[0].columns", "form.no_such_column"),
        ("{id: carried_in, zh", "{id: new, zh", "tables.applications.lines", "form.line_twice"),
        ("aliases: [行政规范性文件]", "aliases: [规章]", "tables.disclosure.lines", "form.alias_twice"),
        ("aliases: [行政规范性文件]", "aliases: [规范性文件]", "tables.disclosure.lines", "form.alias_twice"),
        ("aliases: [本年公开数量]", "aliases: [公开数, 公开数]", "tables.disclosure.columns", "form.alias_twice"),
        ("aliases: [本年公开数量]", "aliases: 本年公开数量", "tables.disclosure.columns[1].aliases", "record.not_list"),
        ("{id: carried_in, zh", "{id: Carried-In, zh", "tables.applications.lines[1].id", "record.pattern"),
        ("zh: 规章, en: Government rules", "zh: 规章", "tables.disclosure.lines[0].lines[0].en", "record.missing"),
        ("blames: total\n", "blames: sum\n", "tables.applications.rules[0].blames", "record.choice"),
    ],
)  # fmt: skip
def test_a_damaged_form_is_an_error(this: str, by: str, place: str, code: str) -> None:
    assert f"forms/foi-cn/2019.yml: {place}: {code}" in refusal("2019.yml", this, by)


def test_every_fault_at_once() -> None:
    damaged = texts("2019.yml", "    title: {zh: 收到", "    colour: red\n    title: {zh: 收到")
    damaged["2021.yml"] = damaged["2021.yml"].replace("sentence: total = upheld", "sentence: total = confirmed")
    with pytest.raises(FormError) as raised:
        load(damaged)
    places = [line.partition(": ")[0] for line in str(raised.value).splitlines()]
    assert places == ["forms/foi-cn/2019.yml", "forms/foi-cn/2021.yml"]


def test_a_shared_file_without_a_language_is_an_error() -> None:
    message = refusal("common.yml", "reported: {zh: 已填报, en: reported}", "reported: {zh: 已填报}")
    assert message.startswith("forms/foi-cn/common.yml: statuses.reported.en: record.missing")


# -- sections


def test_a_form_owns_its_sections_in_printed_order() -> None:
    form = forms()["2021"]
    numbers = [part.number if isinstance(part, Section) else part.section for part in form.parts]
    assert numbers == list("一二三四五六")
    assert [section.id for section in form.sections] == ["overview", "problems", "other"]
    assert list(form.tables) == ["disclosure", "applications", "disputes"]


@pytest.mark.parametrize(
    "this, by, said",
    [
        ("{number: 二, table: disclosure}", "{number: 一, table: disclosure}", "sections[1].number: form.section_twice (found='一')"),
        ("{number: 二, table: disclosure}", "{number: 二, table: disputes}", "sections[3].table: form.section_twice (found='disputes')"),
        ("  - {number: 二, table: disclosure}\n", "", "tables.disclosure: record.unknown_key"),
        ("{number: 二, table: disclosure}", "{number: 二, table: printed}", "sections[1].table: form.reserved (found='printed')"),
        ("id: overview, zh: 总体情况", "id: summary, zh: 总体情况", "sections: record.missing (key='overview')"),
    ],
    ids=["number twice", "table twice", "table without a section", "reserved", "no section one"],
)
def test_sections_that_do_not_hold_every_table_once_are_an_error(this: str, by: str, said: str) -> None:
    assert f"forms/foi-cn/2019.yml: {said}" in refusal("2019.yml", this, by)


# -- years


def third(first: int, last: str = "null") -> dict[str, str]:
    """The project's forms and one more, of the same tables, for other years."""
    found = texts("2021.yml", "id:", "id:")
    later = found["2021.yml"].replace('id: "2021"', 'id: "2026"').replace("{from: 2021, to: null}", f"{{from: {first}, to: {last}}}")
    return {**found, "2026.yml": later}


def said_of(damaged: dict[str, str]) -> str:
    with pytest.raises(FormError) as raised:
        load(damaged)
    return str(raised.value)


def test_the_form_of_each_year_is_settled_where_years_follow_one_another() -> None:
    known = third(2026)
    known["2021.yml"] = known["2021.yml"].replace("to: null", "to: 2025")
    found = load(known)
    assert [found.prescribed_for(year).id for year in (2008, 2020, 2021, 2025, 2026, 2099)] == [
        "2019",
        "2019",
        "2021",
        "2021",
        "2026",
        "2026",
    ]
    assert found.newest.id == "2026"
    assert found.leading(["2019", "2021"]).id == "2021"


def test_two_forms_in_force_for_ever_are_refused() -> None:
    assert said_of(third(2026)) == (
        "forms/foi-cn/2021.yml: years: {from: 2021, to: null}: form.years_overlap "
        "(found='forms/foi-cn/2026.yml: years: {from: 2026, to: null}', expected='to: 2025')"
    )


@pytest.mark.parametrize("last, code", [("2026", "years_overlap"), ("2024", "years_gap")])
def test_years_that_two_forms_claim_or_none_are_refused(last: str, code: str) -> None:
    damaged = third(2026)
    damaged["2021.yml"] = damaged["2021.yml"].replace("to: null", f"to: {last}")
    assert said_of(damaged) == (
        f"forms/foi-cn/2021.yml: years: {{from: 2021, to: {last}}}: form.{code} "
        "(found='forms/foi-cn/2026.yml: years: {from: 2026, to: null}', expected='to: 2025')"
    )


def test_years_that_end_before_they_begin_are_refused() -> None:
    assert "2021.yml: years: {from: 2021, to: 2020}: form.years_backwards" in refusal("2021.yml", "to: null", "to: 2020")


def test_a_file_is_named_by_its_form_so_that_no_two_are_of_one() -> None:
    damaged = {**texts("2021.yml", "id:", "id:")}
    damaged["2026.yml"] = damaged["2021.yml"]
    assert "forms/foi-cn/2026.yml: id: form.file_name (found='2021', expected='2026')" in said_of(damaged)


# -- deadlines


@pytest.mark.parametrize(
    "kind, year, day",
    [
        ("township", 2018, "2019-03-31"),
        ("department", 2018, "2019-03-31"),
        ("district", 2008, "2009-03-31"),
        ("department", 2019, "2020-01-31"),
        ("district", 2019, "2020-03-31"),
        ("township", 2019, None),
    ],
)
def test_the_last_day_is_that_of_the_law_in_force(kind: str, year: int, day: str | None) -> None:
    law = forms().common.deadline(year)
    assert law is not None
    found = law.last_day(kind, year)
    assert (found.isoformat() if found else None) == day
    assert ("第三十一条" in law.reference.zh) == (year < 2019)


def test_every_year_of_a_report_has_its_law() -> None:
    assert None not in [forms().common.deadline(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]


@pytest.mark.parametrize(
    "this, by, code",
    [
        ("to: 2018}", "to: 2019}", "deadline.years_overlap"),
        ("to: 2018}", "to: null}", "deadline.years_overlap"),
        ("to: 2018}", "to: 2017}", "deadline.years_gap"),
        ("to: 2018}", "to: 2007}", "deadline.years_backwards"),
        ('department: "01-31"', 'department: "02-29"', "deadlines[1].days.department: record.pattern"),
        ('department: "01-31"', 'departments: "01-31"', "deadlines[1].days.departments: record.choice"),
    ],
)
def test_deadlines_that_do_not_follow_one_another_are_refused(this: str, by: str, code: str) -> None:
    message = refusal("common.yml", this, by)
    assert message.startswith("forms/foi-cn/common.yml: ")
    assert code in message
