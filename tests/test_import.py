"""The command `import`: a published file becomes a package, or is refused whole; what it left open is settled one place at a time."""

from __future__ import annotations

import json
import ntpath
import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from manuscripts import html, office
from manuscripts.compared import CORPUS, HYBRIDS
from open_reports.cli import commands, main
from open_reports.document import INVISIBLE, PLACEHOLDER
from open_reports.errors import IntakeError
from open_reports.form import forms
from open_reports.intake import guard, running, telling
from open_reports.intake.around import Facts
from open_reports.intake.confirming import Asking
from open_reports.intake.kinds import kind
from open_reports.intake.markdown import clean, markdown
from open_reports.intake.outcome import Outcome
from open_reports.intake.package import imported
from open_reports.intake.readers import docx, mhtml, text, xlsx
from open_reports.intake.readers import html as page
from open_reports.intake.reading import Foreign
from open_reports.intake.whose import Asked, whose
from open_reports.intake.words import Said, _texts, sentence
from open_reports.library import open_library
from open_reports.report import OPEN, OpenCell, open_text, read
from open_reports.report.rendering import _markdown
from open_reports.text import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result
    from manuscripts.statutory import Original
    from open_reports.library import Agency

NAME = "pingtan-finance/2024"
REPORT = CORPUS[NAME]
AGENCY, YEAR = NAME.split("/")
READERS = {"html": page.read, "mhtml": mhtml.read, "docx": docx.read, "xlsx": xlsx.read, "text": text.read}
SHAPES: dict[str, Callable[[Original], bytes]] = {
    "年报.html": html.plain,
    "年报 (1).doc": html.word,
    "年报.mht": html.archive,
    "年报.docx": office.docx,
    "年报.xlsx": office.xlsx,
    "年报.md": html.markdown,
    "年报.txt": html.tabs,
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The agencies of the corpus without their reports; the working directory is the folder around them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for folder in {Path(name).parts[0] for name in CORPUS}:
        (tmp_path / "datapackages" / folder).mkdir(parents=True)
        shutil.copy(Path(__file__).parents[1] / "datapackages" / folder / "agency.yml", tmp_path / "datapackages" / folder)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "datapackages"


@pytest.fixture
def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process: what the process of its own does is another test's matter."""

    def manuscript(path: Path) -> object:
        data = guard.content(path)
        return READERS[kind(data)](data)

    monkeypatch.setattr(guard, "read", manuscript)


def run(*arguments: str | Path, answers: str = "") -> Result:
    return CliRunner().invoke(commands, ["import", *map(str, arguments)], input=answers, catch_exceptions=False)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def made(data: bytes, name: str = "年报.html") -> Path:
    Path(name).write_bytes(data)
    return Path(name)


def cell(root: Path, table: str, line: str, column: str) -> str:
    rows = [each.split(",") for each in (root / AGENCY / YEAR / f"data/{table}.csv").read_text("utf-8").splitlines()]
    return next(row for row in rows if row[0] == line)[rows[0].index(column)]


def doubtful(*texts: str) -> bytes:
    """The report as a page with these texts in cells of `disputes`, from the first on; each must be asked about."""
    columns = list(forms()["2021"].tables["disputes"].columns)
    figures = dict(REPORT.figures) | {f"disputes/reconsideration/{column}": each for column, each in zip(columns, texts, strict=False)}
    return html.plain(_changed(figures=figures))


def _changed(**values: object) -> Original:
    return replace(REPORT, **values)  # type: ignore[arg-type] # each is of its field


# -- whole walks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_a_file_becomes_the_package_it_was_made_from(root: Path, name: str) -> None:
    before = files(root)
    outcome = run(made(SHAPES[name](REPORT), name), "--source", REPORT.url)
    assert outcome.exit_code == 0, outcome.output
    folder = root / AGENCY / YEAR
    original = Path(__file__).parents[1] / "datapackages" / AGENCY / YEAR
    for table in ("disclosure", "applications", "disputes", "notes"):
        assert (folder / f"data/{table}.csv").read_bytes() == (original / f"data/{table}.csv").read_bytes()
    one, other = (json.loads((each / "datapackage.json").read_text("utf-8")) for each in (folder, original))
    assert one["title"] == other["title"]
    assert one["sources"][0]["path"] == REPORT.url
    assert {path: data for path, data in files(root).items() if not path.startswith(f"{AGENCY}/{YEAR}/")} == before
    assert f"已写入 {Path('datapackages') / AGENCY / YEAR}" in outcome.output
    assert f"open-reports check {Path('datapackages') / AGENCY / YEAR}" in outcome.output
    assert "没有待核对的地方" in outcome.output
    assert read(folder, "x", agency=AGENCY, year=int(YEAR)).report is not None


@pytest.mark.usefixtures("directly")
@pytest.mark.parametrize("name", [*CORPUS, *HYBRIDS])
def test_every_report_comes_back_from_a_page(root: Path, name: str) -> None:
    report = (CORPUS | HYBRIDS)[name]
    outcome = run(made(html.plain(report)), "--agency", report.agency, "--year", str(report.year), "--format", "json")
    told = json.loads(outcome.stdout)
    figures = {each["address"]: each["text"] for each in told["figures"]}
    asked = {each["address"] for each in told["open"]}
    printed = {address: figure for address, figure in report.figures.items() if address.rpartition("/")[0] not in report.absent}
    assert figures.keys() | asked == printed.keys()
    assert set(told["absent"]) == report.absent
    assert outcome.exit_code == (1 if told["open"] or told["absent"] or told["lacking"] else 0)
    # What was written is sound but for what a person must say.
    assert {each["rule"] for each in told["findings"] if each["level"] == "error"} <= {"OPEN", "META"}


@pytest.mark.usefixtures("directly")
def test_a_trial_says_the_same_and_writes_nothing(root: Path) -> None:
    file = made(html.plain(REPORT))
    before = files(root.parent)
    trial = run(file, "--dry-run")
    assert trial.exit_code == 0
    assert {path: data for path, data in files(root.parent).items() if not path.startswith("cache/")} == before
    done = run(file)
    head = trial.output.split("只是试读")[0]
    assert done.output.startswith(head)
    assert "读到 200 个数" in head


@pytest.mark.usefixtures("directly")
def test_json_has_the_keys_that_are_documented(root: Path) -> None:
    told = json.loads(run(made(doubtful("1 2")), "--format", "json").stdout)
    assert told["status"] == "open"
    assert told["written"] is True
    assert (told["agency"], told["year"], told["package"]) == (AGENCY, 2024, f"datapackages/{NAME}")
    assert set(told["open"][0]) == {"address", "table", "line", "column", "place", "seen", "reason", "why", "proposal"}
    refused = run(made(doubtful("1 2")), "--format", "json")
    assert refused.exit_code == 2
    assert set(json.loads(refused.stdout)) == {"file", "status", "written", "reason"}
    assert json.loads(refused.stdout)["reason"]["code"] == "exists"


@pytest.mark.usefixtures("directly")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_open_is_told_in_either_language(root: Path, language: str) -> None:
    outcome = run(made(doubtful("1 2", "无")), "--lang", language)
    assert outcome.exit_code == 1
    assert outcome.output.count("disputes/reconsideration/") >= 2
    for part in (
        "1 2",
        *{"zh": ("表3第4行第1格", "待核对 2 处"), "en": ("table 3, row 4, cell 1", "open, to be held against the original (2)")}[language],
    ):
        assert part in outcome.output
    confirm = f"open-reports import --confirm{'' if language == 'zh' else ' --lang en'} {Path('datapackages') / AGENCY / YEAR}"
    assert confirm in outcome.output


# -- refused --------------------------------------------------------------------------------------------------------------


def facts(title: str = "", agency: str = "", year: int | None = None) -> Facts:
    return Facts(title, agency, year, "", "")


@pytest.fixture(scope="module")
def known() -> dict[str, Agency]:
    return dict(open_library(Path(__file__).parents[1] / "datapackages", reports=False).agencies)


POLICE, FINANCE = "平潭综合实验区公安局", "平潭综合实验区财政金融局"


@pytest.mark.parametrize(
    "title, agency, asked, code",
    [
        ("", "", None, "agency_unnamed"),
        ("年报", FINANCE, None, "agency_untitled"),
        ("某市某局2024年年报", "某市某局", None, "agency_new"),
        (f"{POLICE}2024年年报", POLICE, "pingtan-finance", "agency_other"),
        ("", POLICE, "pingtan-finance", "agency_other"),
        (f"{POLICE}2024年年报", POLICE, "new-agency", "agency_other"),
        ("某市某局2024年年报", "某市某局", "pingtan-finance", "agency_differs"),
        ("平潭综合实验区虚构局2024年年报", "平潭综合实验区虚构局", "pingtan", "agency_differs"),
        ("平潭综合实验区2024年年报", "平潭综合实验区", "pingtan-finance", "agency_other"),
    ],
)
def test_a_file_of_another_agency_is_refused(known: dict[str, Agency], title: str, agency: str, asked: str | None, code: str) -> None:
    with pytest.raises(IntakeError) as refused:
        whose(facts(title, agency, 2024), Asked(agency=asked), known)
    assert refused.value.code == code
    for language in LANGUAGES:
        assert "{" not in sentence(code, refused.value.values, language)


@pytest.mark.parametrize(
    "title, agency, asked, expected",
    [
        (f"{POLICE}2024年年报", POLICE, None, ("pingtan-police", POLICE, "")),
        (f"{POLICE}2024年年报", POLICE, "pingtan-police", ("pingtan-police", POLICE, "")),
        ("平潭综合实验区管委会2024年年报", "平潭综合实验区管委会", None, ("pingtan", "平潭综合实验区", "")),
        ("公安局2024年年报", "公安局", "pingtan-police", ("pingtan-police", POLICE, "公安局")),
        ("2024年年报", "平潭综合实验区", "pingtan-police", ("pingtan-police", POLICE, "")),  # the site it was published on
        ("2024年年报", "", "pingtan-police", ("pingtan-police", POLICE, "")),
        ("某市某局2024年年报", "某市某局", "new-agency", ("new-agency", "某市某局", "")),
        ("2024年年报", "某市", "new-agency", ("new-agency", "", "")),
    ],
)
def test_whose_a_file_is(known: dict[str, Agency], title: str, agency: str, asked: str | None, expected: tuple[str, str, str]) -> None:
    found = whose(facts(title, agency, 2024), Asked(agency=asked), known)
    assert (found.agency, found.name, found.spelt) == expected


@pytest.mark.parametrize("said, asked, code", [(2024, 2023, "year_other"), (None, None, "year_unknown"), (2001, None, "year_unknown")])
def test_a_file_of_another_year_is_refused(known: dict[str, Agency], said: int | None, asked: int | None, code: str) -> None:
    with pytest.raises(IntakeError) as refused:
        whose(facts(year=said), Asked(agency="pingtan", year=asked), known)
    assert refused.value.code == code


@pytest.mark.usefixtures("directly")
def test_another_name_in_agency_yml_makes_a_file_its_own(root: Path) -> None:
    renamed = made(html.plain(_changed(title="平潭综合实验区财政局2024年政府信息公开工作年度报告")))
    assert run(renamed, "--agency", AGENCY).exit_code == 2
    with (root / AGENCY / "agency.yml").open("a", encoding="utf-8") as file:
        file.write("aliases:\n  - 平潭综合实验区财政局\n")
    assert run(renamed).exit_code == 0


@pytest.mark.usefixtures("directly")
@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--agency", "pingtan-police"], "要求导入到平潭综合实验区公安局"),
        (["--year", "2023"], "要求导入为 2023 年度"),
        (["--agency", "pingtan-police", "--lang", "en"], "asked for 平潭综合实验区公安局"),
    ],
)
def test_what_contradicts_the_file_writes_nothing(root: Path, arguments: list[str], says: str) -> None:
    file = made(html.plain(REPORT))
    before = files(root)
    outcome = run(file, *arguments)
    assert outcome.exit_code == 2
    assert says in outcome.output
    assert outcome.output.count("\n") == 1
    assert files(root) == before


@pytest.mark.usefixtures("directly")
def test_a_package_is_never_overwritten(root: Path) -> None:
    file = made(html.plain(REPORT))
    (root / AGENCY / YEAR).mkdir()
    for more in ([], ["--dry-run"]):
        outcome = run(file, *more)
        assert outcome.exit_code == 2
        assert "已经存在" in outcome.output
    assert files(root / AGENCY / YEAR) == {}


@pytest.mark.parametrize(
    "data, says",
    [(b"", "空"), (b"%PDF-1.7 nothing", ""), (b"PK\x05\x06" + bytes(18), ""), ("只有文字，没有表格。".encode(), "没有找到年报的表格")],
)
def test_what_is_no_report_is_refused_in_one_sentence(root: Path, data: bytes, says: str) -> None:
    before = files(root)
    outcome = run(made(data, "年报"))
    assert outcome.exit_code == 2
    assert outcome.output.startswith("年报：")
    assert says in outcome.output
    assert outcome.output.count("\n") == 1
    assert files(root) == before


@pytest.mark.parametrize("name", ["nothing.html", "datapackages"])
def test_what_is_no_file_is_refused(root: Path, name: str) -> None:
    assert run(name).exit_code == 2
    assert run().exit_code == 2


@pytest.mark.usefixtures("directly")
def test_two_reports_in_one_file_are_refused(root: Path) -> None:
    both = [*REPORT.blocks(), *CORPUS["pingtan-police/2024"].blocks()]
    outcome = run(made(html.plain(REPORT, both)))
    assert outcome.exit_code == 2
    assert "两" in outcome.output


def test_a_missing_library_is_one_sentence_with_the_command(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> None:
        raise IntakeError("extra")

    monkeypatch.setattr(guard, "read", refused)
    outcome = run("年报.xlsx")
    assert outcome.exit_code == 2
    assert 'pip install "open-reports[import]"' in outcome.output


@pytest.mark.usefixtures("directly")
@pytest.mark.parametrize("agency", ["Xugou", "con", "..", "a/b", "a\\b", "C:"])
def test_a_name_that_cannot_be_an_agency_writes_nothing(root: Path, agency: str) -> None:
    before = files(root)
    assert run(made(html.plain(REPORT)), "--agency", agency).exit_code == 2
    assert files(root) == before


# -- new agencies, what the disk refuses ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("directly")
def test_a_new_agency_gets_what_is_known_of_it(root: Path) -> None:
    new = _changed(title="虚构市甲局2024年政府信息公开工作年度报告", agency="虚构市甲局")
    file = made(html.plain(new))
    assert "--agency" in run(file).output
    outcome = run(file, "--agency", "xugou-jia")
    assert outcome.exit_code == 0
    told = (root / "xugou-jia" / "agency.yml").read_text("utf-8")
    assert 'name: "虚构市甲局"' in told
    assert told.count(PLACEHOLDER) == 4
    assert "新机关" in outcome.output
    assert sorted(each.name for each in (root / "xugou-jia").iterdir()) == ["2024", "agency.yml"]


@pytest.mark.usefixtures("directly")
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("agency", [AGENCY, "xugou-jia"])
def test_what_stops_the_writing_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, agency: str) -> None:
    name = "虚构市甲局" if agency == "xugou-jia" else FINANCE
    file = made(html.plain(_changed(title=f"{name}2024年政府信息公开工作年度报告", agency=name)))
    before = sorted(root.rglob("*"))
    write, count = Path.write_bytes, 0

    def stopping(self: Path, data: bytes) -> int:
        nonlocal count
        count += 1
        if count == 4:
            raise error
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", stopping)
    outcome = run(file, "--agency", agency)
    assert outcome.exit_code == 2
    assert "没有写入任何文件" in outcome.output
    assert sorted(root.rglob("*")) == before


@pytest.mark.usefixtures("directly")
def test_a_folder_that_cannot_be_written_is_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = made(html.plain(REPORT))

    def refused(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    outcome = run(file)
    assert outcome.exit_code == 2
    assert f"{Path('datapackages') / AGENCY / YEAR}：无法读写（Permission denied）" in outcome.output


@pytest.mark.usefixtures("directly")
def test_ctrl_c_while_reading_is_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(guard, "read", stopped)
    monkeypatch.setattr(sys, "argv", ["open-reports", "import", "年报.html"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "已中断，没有写入任何文件" in capsys.readouterr().out


# -- from what was read to files --------------------------------------------------------------------------------------------


def test_what_is_title_or_address_of_nothing_stays_to_be_filled_in(root: Path) -> None:
    outcome = run(made(html.tabs(REPORT), "年报.txt"))
    assert outcome.exit_code == 1
    told = json.loads((root / AGENCY / YEAR / "datapackage.json").read_text("utf-8"))
    assert told["sources"][0]["path"] == PLACEHOLDER
    assert told["report"]["published"] is None
    assert "--source" in outcome.output
    assert "report.published" in outcome.output


def drafted(**values: object) -> dict[str, str]:
    outcome = Outcome(facts=facts(f"{FINANCE}2024年年报", FINANCE, 2024), forms={"disputes": "2021"}, **values)  # type: ignore[arg-type]
    return dict(imported(outcome, Asked("xugou-jia"), {}, created="2026-01-31T00:00:00Z").files)


def rows(text: str) -> list[str]:
    return text.splitlines()[1:]


def test_a_place_that_is_open_twice_is_asked_once_and_proposes_nothing_twice() -> None:
    one, other = (OpenCell("disputes", "reconsideration", "upheld", f"表{n}", f"{n}", "line_twice", f"{n}") for n in (1, 2))
    listed = [each for each in rows(drafted(open=(one, other))[OPEN]) if "upheld" in each]
    assert listed == ["disputes,reconsideration,upheld,表1；表2,1；2,line_twice,"]


def test_a_row_of_which_nobody_knows_the_line_stays_open() -> None:
    stray, remark = Foreign("disputes", "表3第9行", "其他 5\n6", "unknown_label"), Foreign("disputes", "表3第1行", "单位：件", "remark")
    listed = rows(drafted(foreign=(stray, remark))[OPEN])
    assert "disputes,,,表3第9行,其他 5 6,unknown_label," in listed
    assert not [each for each in listed if "单位" in each]


def test_more_than_a_list_can_hold_is_refused() -> None:
    strays = tuple(Foreign("disputes", f"第{n}行", "5", "unlabelled") for n in range(600))
    with pytest.raises(IntakeError, match="too_open"):
        drafted(foreign=strays)


def test_prose_that_is_too_long_is_cut_and_that_is_said() -> None:
    told = Outcome(facts=facts("", "", 2024), forms={"disputes": "2021"}, prose={"problems": ("长" * 3_000, "文" * 3_000)})
    found = imported(told, Asked("xugou-jia"), {}, created="2026-01-31T00:00:00Z")
    assert "prose_cut" in found.remarks
    assert "长" in found.files["report.md"]
    assert "文文" not in found.files["report.md"]
    assert len(found.files["report.md"].encode()) <= 16_384


def plain_text(rendered: str) -> str:
    import html as entities  # noqa: PLC0415 (the generator has the name)

    return entities.unescape(re.sub(r"<[^>]*>", "", rendered)).strip()


@given(st.text(alphabet=st.one_of(st.sampled_from("\\`*_[]()<>#&|~+-=!.1 9)a：年\"'$:/"), st.characters(codec="utf-8")), min_size=1))
@example("0 \U000f0000")
@example("0\x85\x08")
@example("a \u200b b")
def test_prose_stays_the_text_it_was(written: str) -> None:
    rendered = _markdown().render(markdown(written))
    assert re.fullmatch(r"(<p>[^<]*</p>\n)?", rendered), rendered
    assert plain_text(rendered) == clean(written)
    assert not INVISIBLE.search(markdown(written))
    assert clean(written) == " ".join(clean(written).split())


# -- confirming -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(root: Path, directly: None) -> Path:
    """A package with two cells open: upheld with a proposal, corrected with none."""
    assert run(made(doubtful("012", "无"))).exit_code == 1
    folder = root / AGENCY / YEAR
    listed = [
        OpenCell("disputes", "reconsideration", "upheld", "表3第4行第1格", "012", "leading_zero", "12"),
        OpenCell("disputes", "reconsideration", "corrected", "表3第4行第2格", "无", "words"),
    ]
    told = [row.rpartition(",")[0] for row in rows((folder / OPEN).read_text("utf-8"))]
    assert [",".join(each[:3]) in row for each, row in zip(listed, told, strict=True)] == [True, True]
    (folder / OPEN).write_text(listing(*listed), encoding="utf-8")
    return folder


def listing(*cells: OpenCell) -> str:
    return open_text(cells)


def left(folder: Path) -> list[str]:
    return [row.split(",")[2] for row in rows((folder / OPEN).read_text("utf-8"))] if (folder / OPEN).exists() else []


@pytest.mark.parametrize("named", [True, False])
def test_enter_takes_what_is_proposed(root: Path, waiting: Path, named: bool) -> None:  # noqa: FBT001 (a case)
    outcome = run("--confirm", *([waiting] if named else []), answers="\n3\n")
    assert cell(root, "disputes", "reconsideration", "upheld") == "12"
    assert cell(root, "disputes", "reconsideration", "corrected") == "3"
    assert not (waiting / OPEN).exists()
    assert "全部核对完了" in outcome.output
    assert "错误 0" in outcome.output
    assert outcome.exit_code == 0
    for part in ("行政复议", "结果维持", "表3第4行第1格", "“012”", "建议填“12”"):
        assert part in outcome.output


@pytest.mark.parametrize("answer, text", [("5", "5"), ("/", "/"), ("-", "-"), ("空", ""), ("blank", ""), (" 7 ", "7")])
def test_each_kind_of_answer(root: Path, waiting: Path, answer: str, text: str) -> None:
    run("--confirm", waiting, answers=f"{answer}\nq\n")
    assert cell(root, "disputes", "reconsideration", "upheld") == text
    assert left(waiting) == ["corrected"]


@pytest.mark.parametrize("answer", ["x", "1.5", "-3", "0012", "１２", "1,000", "=1", ""])
def test_what_check_refuses_is_asked_again(root: Path, waiting: Path, answer: str) -> None:
    outcome = run("--confirm", waiting, answers=f"s\n{answer}\n4\n")
    assert cell(root, "disputes", "reconsideration", "corrected") == "4"
    assert left(waiting) == ["upheld"]
    assert outcome.output.count("> ") >= 3
    assert ("不能直接回车" if not answer else "纠正") in outcome.output
    assert outcome.exit_code == 1


@pytest.mark.parametrize("answers", ["q\n", "Ｑ\n", "", "s\ns\n", "s\n"])
def test_whoever_stops_or_skips_has_lost_nothing(waiting: Path, answers: str) -> None:
    before = files(waiting)
    outcome = run("--confirm", waiting, answers=answers)
    assert files(waiting) == before
    assert outcome.exit_code == 1
    assert "还有 2 处待核对" in outcome.output


def test_ctrl_c_keeps_what_was_answered(root: Path, waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["\n"])

    class Keyboard:
        def readline(self) -> str:
            for answer in answers:
                return answer
            raise KeyboardInterrupt

    told: list[str] = []
    saying = running.Saying("zh", as_json=False, tell=told.append, check=lambda *_: ((), ""))
    assert running.confirm(waiting, root, saying, Asking(told.append, lambda _: Keyboard().readline())) == 1
    assert cell(root, "disputes", "reconsideration", "upheld") == "12"
    assert left(waiting) == ["corrected"]


def test_a_disk_that_refuses_keeps_what_was_answered(root: Path, waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = os.fsync
    count = 0

    def full(handle: int) -> None:
        nonlocal count
        count += 1
        if count > 2:  # the first answer takes two files
            raise OSError(28, "No space left on device")
        synced(handle)

    monkeypatch.setattr(os, "fsync", full)
    outcome = run("--confirm", waiting, answers="\n3\n")
    assert outcome.exit_code == 2
    assert "No space left" in outcome.output
    assert left(waiting) == ["corrected"]
    assert not list(waiting.rglob(".*"))
    assert cell(root, "disputes", "reconsideration", "upheld") == "12"


@pytest.fixture
def absent(waiting: Path) -> Path:
    """A package of which a line is to be confirmed as absent, and a row that nobody knows."""
    table = waiting / "data/applications.csv"
    table.write_text("".join(row for row in table.read_text("utf-8").splitlines(keepends=True) if not row.startswith("granted,")), "utf-8")
    descriptor = waiting / "datapackage.json"
    told = json.loads(descriptor.read_text("utf-8"))
    told["report"]["absent"] = ["applications/granted"]
    descriptor.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    gone = OpenCell("applications", "granted", "", "", "", "absent")
    stray = OpenCell("applications", "", "", "表2第9行", "另一行 5", "unknown_label")
    (waiting / OPEN).write_text(listing(gone, stray), "utf-8")
    return waiting


def test_an_absent_line_is_confirmed(root: Path, absent: Path) -> None:
    outcome = run("--confirm", absent, answers="y\ny\n")
    assert outcome.exit_code == 0, outcome.output
    assert json.loads((absent / "datapackage.json").read_text("utf-8"))["report"]["absent"] == ["applications/granted"]
    assert "另一行 5" in (absent / "data/notes.csv").read_text("utf-8")
    assert not (absent / OPEN).exists()


def test_an_absent_line_that_is_there_is_given(root: Path, absent: Path) -> None:
    outcome = run("--confirm", absent, answers="1 2\n1 x 0 0 0 0 1\n1 空 / 0 0 0 1\nn\ny\n")
    assert "要填 7 个，填了 2 个" in outcome.output
    assert json.loads((absent / "datapackage.json").read_text("utf-8"))["report"]["absent"] == []
    lines = (absent / "data/applications.csv").read_text("utf-8").splitlines()
    assert lines[3].startswith("granted,")
    assert lines[3].endswith(",1,,/,0,0,0,1")
    assert "不能这样答：“n”" in outcome.output
    assert not (absent / OPEN).exists()


def test_a_line_is_asked_cell_by_cell(root: Path, absent: Path) -> None:
    outcome = run("--confirm", absent, answers="\n1\n2\nq\n")
    assert outcome.exit_code == 1
    assert left(absent) == ["research", "public_welfare", "legal_service", "other", "total", ""]
    assert cell(root, "applications", "granted", "enterprise") == "2"


def test_several_packages_are_named(root: Path, waiting: Path) -> None:
    shutil.copytree(waiting, root / "pingtan" / "2024")
    outcome = run("--confirm")
    assert outcome.exit_code == 2
    assert f"import --confirm {Path('datapackages') / 'pingtan' / '2024'}" in outcome.output


def test_what_waits_for_nothing(root: Path) -> None:
    assert run("--confirm").exit_code == 0
    assert run("--confirm", root / "pingtan").exit_code == 2
    assert run("--confirm", "nowhere/2024").exit_code == 2
    assert run("--confirm", "--format", "json").exit_code == 2


@pytest.mark.parametrize("damage", ["{", '{"report": {}}', '{"report": {"forms": {"disputes": "2021"}, "absent": 3}}'])
def test_a_broken_package_is_told_what_is_wrong(waiting: Path, damage: str) -> None:
    (waiting / "datapackage.json").write_text(damage, "utf-8")
    outcome = run("--confirm", waiting, answers="\n")
    assert outcome.exit_code == 2
    assert "datapackage.json" in outcome.output


def test_a_broken_table_is_told_what_is_wrong(waiting: Path) -> None:
    (waiting / "data/disputes.csv").write_text("line,label\n", "utf-8")
    outcome = run("--confirm", waiting, answers="\n")
    assert outcome.exit_code == 2
    assert "disputes.csv" in outcome.output


# -- words, paths -----------------------------------------------------------------------------------------------------------


def test_every_word_of_the_command_is_used() -> None:
    folder = Path(running.__file__).parent
    program = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r"['\"]([a-z_]+)['\"]", program))
    lacking = {"lacking_title", "lacking_source", "lacking_published"}  # made of a key
    assert set(_texts("locales/import.yml")) - used - lacking == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_that_nobody_wrote_is_a_fault(language: str) -> None:
    with pytest.raises(KeyError):
        Said(language)("nothing_such")


def test_commands_are_spelt_for_the_shell_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert telling.quoted(Path("a b/2024")) == "'a b/2024'"
    monkeypatch.setattr("open_reports.intake.telling.os.name", "nt")
    assert telling.quoted(PureWindowsPath("D:\\数据 包\\pingtan\\2024")) == '"D:\\数据 包\\pingtan\\2024"'  # type: ignore[arg-type]
    assert telling.quoted(PureWindowsPath("datapackages\\pingtan\\2024")) == "datapackages\\pingtan\\2024"  # type: ignore[arg-type]


@pytest.mark.usefixtures("directly")
@pytest.mark.parametrize(
    "name",
    [*(pytest.param(each, marks=pytest.mark.posix) for each in ("..\\..\\年报.html", "C:年报.html")), "年报\u202e.html", "a;b$(c).html"],
)
def test_no_name_of_a_file_becomes_one_of_ours(root: Path, name: str) -> None:
    """On Windows such a name leads elsewhere; here it is a file's, and goes into nothing that is written."""
    outcome = run(made(html.plain(REPORT), name))
    assert outcome.exit_code == 0
    assert ntpath.basename(name).split(".")[0] not in "".join(path for path in files(root))
    assert "\u202e" not in outcome.output
    assert name not in (root / AGENCY / YEAR / "datapackage.json").read_text("utf-8")
