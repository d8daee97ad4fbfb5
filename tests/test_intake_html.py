"""Pages and web archives: what a browser shows comes as cells and paragraphs, what it does not show stays away, what may deceive is doubted."""

from __future__ import annotations

import base64
import itertools
import re
from importlib import resources
from typing import TYPE_CHECKING

import made_up
import pytest
import yamls
from hypothesis import given, settings
from hypothesis import strategies as st
from manuscripts.html import archive, markdown, plain, tabs, word
from manuscripts.statutory import corpus, headings, original
from open_reports.errors import IntakeError
from open_reports.intake.grid import Doubt, Grid, Manuscript, Paragraph, placed
from open_reports.intake.readers import html, mhtml, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from manuscripts.statutory import Original

CORPUS = corpus()
HYBRIDS = {
    "-".join(forms.values()): original(
        made_up.package(form_of=forms, blank=("applications/new/total", "disputes/reconsideration/upheld")).files
    )
    for forms in made_up.hybrids()
}
REPORTS = {**CORPUS, **HYBRIDS}
SHAPES: dict[str, Callable[[Original], Manuscript]] = {
    "plain": lambda report: html.read(plain(report)),
    "word gbk": lambda report: html.read(word(report)),
    "word gb18030": lambda report: html.read(word(report, encoding="gb18030")),
    "word utf-8": lambda report: html.read(word(report, encoding="utf-8")),
    "mhtml": lambda report: mhtml.read(archive(report)),
    "mhtml base64": lambda report: mhtml.read(archive(report, transfer="base64")),
    "mhtml of word": lambda report: mhtml.read(archive(report, page=word(report))),
}


def intake_words() -> dict[str, dict[str, str]]:
    """What import says, by code."""
    words = yamls.read(resources.files("open_reports") / "locales/intake.yml")
    assert all(set(each) == {"zh", "en"} for each in words.values())
    return words  # type: ignore[no-any-return] # YAML


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def same(found: Grid, expected: Grid) -> bool:
    """Whether two tables have the same cells in the same places, white space aside."""
    one, other = found.covering(), expected.covering()
    return one.keys() == other.keys() and all(
        squeezed(one[at].text) == squeezed(other[at].text) and (one[at].row, one[at].column) == (other[at].row, other[at].column)
        for at in one
    )


def grids(report: Original) -> list[Grid]:
    return [placed(block, "") for block in report.blocks() if isinstance(block, list)]


def body(text: str) -> Manuscript:
    return html.read(f"<!DOCTYPE html><html><body>{text}</body></html>".encode())


def cell(text: str, attributes: str = "") -> tuple[str, tuple[Doubt, ...]]:
    """Text and doubts of a cell beside a label."""
    grid, *_ = body(f"<table><tr><td>标签</td><td {attributes}>{text}</td></tr><tr><td>另一</td><td>0</td></tr></table>").grids
    return grid.cells[1].text, grid.cells[1].doubts


def texts(grid: Grid) -> list[list[str]]:
    at = grid.covering()
    return [[at[row, column].text if (row, column) in at else "?" for column in range(grid.columns)] for row in range(grid.rows)]


# -- every report in every shape ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", REPORTS)
def test_every_cell_of_every_report(name: str, shape: str) -> None:
    report = REPORTS[name]
    found = SHAPES[shape](report)
    data = [grid for grid in found.grids if len(grid.cells) > 10]
    expected = grids(report)
    assert len(data) == len(expected)
    assert all(itertools.starmap(same, zip(data, expected, strict=True)))
    assert not [each for grid in data for each in grid.cells if each.doubts]
    assert found.kind == shape.split(maxsplit=1)[0].replace("plain", "html").replace("word", "html")


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_that_is_not_shown_is_read(shape: str) -> None:
    found = SHAPES[shape](CORPUS["pingtan/2023"])
    shown = " ".join(
        [each.text for grid in found.grids for each in grid.cells] + [each.text for each in found.blocks if isinstance(each, Paragraph)]
    )
    assert not re.search(r"99[4-9]|var report|MsoNormal|WordDocument", shown)
    assert found.remarks == (("hidden_text",) if "word" in shape else ())


@pytest.mark.parametrize("shape", SHAPES)
def test_what_the_page_says_of_itself(shape: str) -> None:
    report = CORPUS["pingtan-finance/2024"]
    assert SHAPES[shape](report).facts == {
        "title": report.title,
        "agency": report.agency,
        "published": "2025-01-23",
        "url": report.url,
    }


def test_headings_and_order() -> None:
    report = CORPUS["pingtan/2023"]
    found = html.read(plain(report))
    assert [each.text for each in headings(found)] == [block.text for block in report.blocks() if isinstance(block, Paragraph)]
    assert [each.level for each in headings(found)] == [1, 2, 2, 2, 2, 2, 2]
    kinds = ["表" if isinstance(each, Grid) else each.text[:1] for each in found.blocks]
    assert kinds == ["首", "平", "一", "二", "表", "三", "表", "四", "表", "五", "六", "版"]


def test_the_manuscript_survives_its_json() -> None:
    found = html.read(word(CORPUS["pingtan/2019"]))
    assert Manuscript.of_json(found.json()) == found


def test_places_are_those_a_person_counts() -> None:
    found = body("<p>甲</p><table><tr><td>一</td><td>二</td></tr><tr><td>三</td><td>四</td></tr></table><p>乙</p>")
    (grid,) = found.grids
    assert grid.place == "表1"
    assert grid.cells[3].place == "表1第2行第2格"
    assert [each.place for each in found.blocks if isinstance(each, Paragraph)] == ["第1段", "第2段"]


def test_two_reports_in_one_file_are_all_there() -> None:
    # Silent error 7: half of each. The reader hands on both; which counts is asked.
    one, other = CORPUS["pingtan/2023"], CORPUS["pingtan/2024"]
    found = html.read(plain(one, [*one.blocks(), *other.blocks()]))
    assert all(itertools.starmap(same, zip(found.grids, [*grids(one), *grids(other)], strict=True)))


# -- text that deceives -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, shown, doubt",
    [
        # Silent error 5.
        ("26<sup>1</sup>", "261", Doubt.SUPERSCRIPT),
        ("26<sub>1</sub>", "261", Doubt.SUPERSCRIPT),
        ("26<span style='vertical-align: super'>1</span>", "261", Doubt.SUPERSCRIPT),
        ("<s>27</s>26", "2726", Doubt.STRUCK),
        ("<del>27</del><ins>26</ins>", "2726", Doubt.STRUCK),
        ("<span style='text-decoration: line-through red'>27</span>26", "2726", Doubt.STRUCK),
        ("<span style='mso-text-raise:4.0pt'>1</span>26", "126", Doubt.SUPERSCRIPT),
        # Folded as labels are, these would be 261 as well.
        ("26①", "26①", Doubt.SUPERSCRIPT),
        ("26¹", "26¹", Doubt.SUPERSCRIPT),
        ("⑴26", "⑴26", Doubt.SUPERSCRIPT),
        ("26½", "26½", Doubt.SUPERSCRIPT),
        ("2 6", "2 6", Doubt.SPLIT),
        ("2&nbsp;6", "2\u00a06", Doubt.SPLIT),
        ("<p>2</p><p>6</p>", "2\n6", Doubt.SPLIT),
        ("2<br>6", "2\n6", Doubt.SPLIT),
        ("<span style='display:block'>2</span>6", "2\n6", Doubt.SPLIT),
        ("2<span style='margin-left: 2em'>6</span>", "2 6", Doubt.SPLIT),
        ("<img src='26.png'>", "", Doubt.PICTURED),
        ("<input value='26'>", "", Doubt.PICTURED),
        ("<svg><text>26</text></svg>", "", Doubt.PICTURED),
        ("2<span style='font-size:0'>6</span>", "26", Doubt.UNSHOWN),
        (f"2<span style='{'color:red;' * 300}display:none'>6</span>", "26", Doubt.UNSHOWN),
        ("2<span id='no'>6</span><style>@media screen {.a{color:red} #no, .b {display:none}}</style>", "26", Doubt.UNSHOWN),
        ("<bdo dir='rtl'>26</bdo>", "26", Doubt.UNSHOWN),
        ("2<span class='no'>6</span><style>.no{display:none}</style>", "26", Doubt.UNSHOWN),
        ("<table><tr><td>26</td></tr></table>", "26", Doubt.NESTED),
    ],
)
def test_doubted(text: str, shown: str, doubt: Doubt) -> None:
    assert cell(text) == (shown, (doubt,))


@pytest.mark.parametrize("attributes", ["style='text-decoration:line-through'", "style='opacity:0'"])
def test_doubted_by_the_cell(attributes: str) -> None:
    assert len(cell("26", attributes)[1]) == 1


def test_doubted_by_what_stands_around() -> None:
    (grid,) = body("<s><table><tr><td>标签</td><td>26</td></tr></table></s>").grids
    assert grid.cells[1].doubts == (Doubt.STRUCK,)
    (grid,) = body("<table><tr style='text-decoration:line-through'><td>标签</td><td>26</td></tr></table>").grids
    assert grid.cells[1].doubts == (Doubt.STRUCK,)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("<span>2</span><span>6</span>", "26"),
        ("2<!-- 7 -->6", "26"),
        ("2<!--[if gte mso 9]>7<![endif]-->6", "26"),
        ("2<![if !supportLists]>6<![endif]>", "26"),
        ("2<script>7</script>6", "26"),
        ("2<span style='display:none;mso-hide:all'>7</span>6", "26"),
        ("2<span style='visibility: hidden'>7</span>6", "26"),
        ("2<span hidden>7</span>6", "26"),
        ("2<input type=hidden value=7>6", "26"),
        ("26<sup></sup><s> </s>", "26"),
        ("2<b hidden>7</b>\x0b6", "2\ufffd6"),
        ("2<b hidden>7</b>&#11;6", "2\ufffd6"),
        ("&#50;&#54;", "26"),
        ("&nbsp;26&nbsp;", "\u00a026\u00a0"),
        ("\n  26\n ", "26"),
        ("22（其中修订<span>16</span>件）", "22（其中修订16件）"),
        ("&nbsp;", "\u00a0"),
        ("/", "/"),
        ("⒈属于国家秘密", "⒈属于国家秘密"),
        ("", ""),
        ("２６", "２６"),
        ("<p class=MsoNormal><b>75394432.52</b>元<o:p></o:p></p>", "75394432.52元"),
    ],
)
def test_not_doubted(text: str, shown: str) -> None:
    assert cell(text) == (shown, ())


# -- tables that are not what they should be ----------------------------------------------------------------------------


def test_a_layout_table_is_looked_through() -> None:
    found = body("<table><tr><td><h2>一、总体情况</h2><p>甲</p><table><tr><td>一</td><td>二</td></tr></table><p>乙</p></td></tr></table>")
    assert [each.text if isinstance(each, Paragraph) else texts(each) for each in found.blocks] == [
        "一、总体情况",
        "甲",
        [["一", "二"]],
        "乙",
    ]


def test_a_table_in_a_cell_of_a_data_table_makes_the_cell_doubtful() -> None:
    inner = "<table><tr><td>1</td><td>2</td></tr></table>"
    found = body(f"<table><tr><td>规章</td><td>0</td><td>{inner}</td></tr></table>")
    outer, nested = found.grids
    assert [each.doubts for each in outer.cells] == [(), (), (Doubt.NESTED,)]
    assert texts(nested) == [["1", "2"]]


def test_a_table_that_was_not_closed_makes_its_cells_doubtful() -> None:
    found = body("<table><tr><td>规章</td><td></td></tr><table><tr><td>一</td><td>二</td></tr></table>")
    outer, inner = found.grids
    assert all(Doubt.NESTED in each.doubts for each in outer.cells)
    assert texts(inner) == [["一", "二"]]


def test_text_between_cells_stands_above_the_table() -> None:
    found = body("<table><caption>题</caption><tr>松<td>一</td>散<td>二</td></tr></table>")
    assert [each.text if isinstance(each, Paragraph) else texts(each) for each in found.blocks] == ["题 松 散", [["一", "二"]]]


@pytest.mark.parametrize(
    "rows, doubted",
    [
        ("<tr><td>甲</td><td></td>26</tr><tr><td>乙</td><td>1</td></tr>", "甲"),
        ("<tr><td>甲</td><td></td><p><b>26</b></p></tr><tr><td>乙</td><td>1</td></tr>", "甲"),
        ("<tr><td>甲</td><td></td></tr>26<tr><td>乙</td><td>1</td></tr>", "甲乙"),
        ("<tbody>26<tr><td>甲</td><td></td></tr></tbody><tr><td>乙</td><td>1</td></tr>", "甲乙"),
        ("<caption>2023年</caption><tr><td>甲</td><td></td>件</tr><tr><td>乙</td><td>1</td></tr>", ""),
    ],
)
def test_a_figure_between_cells_makes_blank_cells_doubtful(rows: str, doubted: str) -> None:
    # A blank cell beside it is no blank: the figure fell out.
    (grid,) = body(f"<table>{rows}</table>").grids
    assert "".join(cell.text for cell in grid.cells if cell.column == 0 and cell.doubts == (Doubt.NO_BOX,)) == doubted
    assert all(Doubt.NO_BOX in cell.doubts for cell in grid.cells) is (doubted == "甲乙")


@pytest.mark.parametrize(
    "rows, expected",
    [
        # Too long: ends with the table, and moves what stands below it; the row no longer fits its head.
        ("<tr><td rowspan=9>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr>", [["甲", "1", "?"], ["甲", "乙", "2"]]),
        # Too short: the next row begins at the left.
        ("<tr><td>甲</td><td>一</td><td>1</td></tr><tr><td>二</td><td>2</td></tr>", [["甲", "一", "1"], ["二", "2", "?"]]),
        ("<tr><td rowspan=0>甲</td><td>1</td></tr><tr><td>2</td></tr>", [["甲", "1"], ["甲", "2"]]),
        ("<tr><td rowspan='2px'>甲</td><td>1</td></tr><tr><td>2</td></tr>", [["甲", "1"], ["甲", "2"]]),
        ("<tr><td rowspan=x colspan=-2>甲</td><td colspan=0>1</td></tr>", [["甲", "1"]]),
        ("<tr><td colspan=2>甲</td><td>1</td></tr>", [["甲", "甲", "1"]]),
        # Feet stand at the end, a span ends with its section, a row may lack its tag.
        (
            "<tfoot><tr><td>末</td></tr></tfoot><tbody><tr><td>中</td></tr></tbody><thead><tr><td>首</td></tr></thead>",
            [["首"], ["中"], ["末"]],
        ),
        (
            "<thead><tr><td rowspan=3>甲</td><td>1</td></tr></thead><tbody><tr><td>乙</td><td>2</td></tr></tbody>",
            [["甲", "1"], ["乙", "2"]],
        ),
        ("<td>一<td>二<tr><td>三", [["一", "二"], ["三", "?"]]),
        ("<form><tr><td>一</td><td>二</td></tr></form>", [["一", "二"]]),
        ("<tr><form><td>一</td><td>二</td></form></tr>", [["一", "二"]]),
        # Hidden rows and cells are not there, as in a browser.
        ("<tr style='display:none'><td>甲</td><td>9</td></tr><tr><td>乙</td><td>1</td></tr>", [["乙", "1"]]),
        ("<tr><td>乙</td><td hidden>9</td><td>1</td></tr>", [["乙", "1"]]),
    ],
)
def test_spans_and_rows_as_browsers_draw_them(rows: str, expected: list[list[str]]) -> None:
    (grid,) = body(f"<table>{rows}</table>").grids
    assert texts(grid) == expected


def test_the_ids_of_cells_are_kept() -> None:
    (grid,) = body("<table><tr><th>总计</th><td id='applications/total/total'>5</td></tr></table>").grids
    assert grid.cells[1].id == "applications/total/total"


def test_a_page_whose_tables_may_be_pictures_says_so() -> None:
    assert body("<h1>报告</h1><img src='table3.png'>").remarks == ("pictures",)
    assert body("<img src='logo.png'><table><tr><td>一</td><td>二</td></tr></table>").remarks == ()


# -- limits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<table>" + "<tr><td>1</td><td>2</td></tr>" * 3_001 + "</table>",
        "<table><tr>" + "<td>1</td>" * 401 + "</tr></table>",
        "<table>" + ("<tr>" + "<td>1</td>" * 100 + "</tr>") * 201 + "</table>",
        "<table>" + "<tr><td rowspan=201 colspan=201>1</td><td>2</td></tr>" * 201 + "</table>",
    ],
)
def test_tables_that_are_too_large_are_refused(text: str) -> None:
    with pytest.raises(IntakeError) as error:
        body(text)
    assert error.value.code == "table_too_large"
    assert error.value.values == {"place": "表1"}


@pytest.mark.parametrize("depth", [240, 260])
def test_a_page_is_read_whole_or_not_at_all(depth: int) -> None:
    # The parser stops at 255 levels and leaves out the rest without a word.
    text = "<div>" * depth + "<table><tr><td>一</td><td>二</td></tr></table>" + "</div>" * depth
    if depth < 250:
        assert texts(*body(text).grids) == [["一", "二"]]
    else:
        with pytest.raises(IntakeError, match="page_too_deep"):
            body(text)


@pytest.mark.parametrize(
    "text,whole",
    [
        ("<table><tr><td>甲</td><td>47", False),
        ("<table><tr><td>甲</td><td>47</td></tr>", False),
        ("<TABLE><TR><TH>甲</TH><TD>47", False),
        ("<table><tr><td>甲</td><td>47<!-- </table> -->", False),
        ("<table><tr><td>甲</td><td>47</td></tr></table>", True),
        ("<table><tr><td>甲<td>47</TABLE >", True),
        ("<table><tr><td>甲<td>47</table><script>'<td>'</script>", True),
        ("<table><tr><td>甲<td>47</table><style>/*<td>*/</style><!-- <td> --><p>尾", True),
        ("<table><tr><td>甲<td>47</table><script>'<td>'", True),
    ],
)
def test_a_page_that_ends_within_a_table_is_refused(text: str, whole: bool) -> None:  # noqa: FBT001 (a case)
    if whole:
        (grid,) = html.read(text.encode()).grids
        assert texts(grid) == [["甲", "47"]]
    else:
        with pytest.raises(IntakeError, match="page_unended"):
            html.read(text.encode())


def test_tables_in_tables_end_somewhere() -> None:
    with pytest.raises(IntakeError, match="page_too_deep"):
        body("<table><tr><td>" * 40 + "一" + "</td></tr></table>" * 40)


# -- damage -------------------------------------------------------------------------------------------------------------

DAMAGED = (
    (html.read, plain(CORPUS["pingtan/2023"])),
    (html.read, word(CORPUS["pingtan/2019"])),
    (mhtml.read, archive(CORPUS["pingtan/2023"])),
    (text.read, tabs(CORPUS["pingtan/2023"])),
    (text.read, markdown(CORPUS["pingtan/2019"])),
)
BITS = st.one_of(
    st.sampled_from([b"<table>", b"</td>", b"<tr>", b"</table>", b"<td colspan=3>", b"<!--", b"'", b'"', b"|", b"\t", b"\x00"]),
    st.binary(max_size=8),
)


@settings(max_examples=150)
@given(st.sampled_from(DAMAGED), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 400), BITS), min_size=1, max_size=6))
def test_a_damaged_file_is_read_or_refused(
    damaged: tuple[Callable[[bytes], Manuscript], bytes], cuts: list[tuple[float, int, bytes]]
) -> None:
    read, data = damaged
    for at, length, put in cuts:
        place = int(at * len(data))
        data = data[:place] + put + data[place + length :]
    try:
        found = read(data)
    except IntakeError as error:
        assert error.code in intake_words()  # noqa: PT017 (either outcome is right)
    else:
        assert Manuscript.of_json(found.json()) == found
        assert set(found.remarks) <= intake_words().keys()


# -- encodings ----------------------------------------------------------------------------------------------------------

PAGE = (
    '<html><head><meta charset="{}"></head><body><table><tr><td>一、本年新收政府信息公开申请数量</td><td>26</td></tr></table></body></html>'
)


@pytest.mark.parametrize(
    "charset, codec",
    [
        ("utf-8", "utf-8"),
        ("gb2312", "gbk"),
        ("gb2312", "utf-8"),  # declared wrongly: saved again as UTF-8
        ("utf-8", "gbk"),  # declared wrongly
        ("iso-8859-1", "gb18030"),
        ("big5", "big5"),
        ("", "gb18030"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings(charset: str, codec: str) -> None:
    text = PAGE.format(charset)
    if codec == "big5":
        text = text.replace("一、本年新收政府信息公开申请数量", "中文")
    (grid,) = html.read(text.encode(codec)).grids
    assert grid.cells[0].text == ("中文" if codec == "big5" else "一、本年新收政府信息公开申请数量")
    assert grid.cells[1].text == "26"


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_a_character_cut_in_two_costs_no_digit(codec: str) -> None:
    # Content systems cut descriptions by bytes. In GB18030 the half would swallow the digits behind it.
    data = PAGE.format({"gbk": "gb2312"}.get(codec, codec)).replace("</head>", "§</head>" + " " * 200).encode(codec)
    whole = "号".encode(codec)
    found = html.read(
        data.replace("§".encode(codec), b'<meta name="description" content="' + whole[:-1] + b'12">').replace(b"26", whole[:-1] + b"26")
    )
    assert found.remarks == ("undecoded",)
    assert found.grids[0].cells[1].text.endswith("26")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(IntakeError, match="undecodable"):
        html.read(b"<html>" + bytes(range(128, 256)) * 10)


# -- web archives -------------------------------------------------------------------------------------------------------

REPORT = CORPUS["pingtan/2023"]


def test_frames_of_an_archive_are_read_too() -> None:
    frame = base64.encodebytes(b"<table><tr><td>a</td><td>b</td></tr></table>").replace(b"\n", b"\r\n")
    data = archive(REPORT)
    cut = data.rindex(b"------MultipartBoundary")
    part = b"------MultipartBoundary--made-up----\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + frame
    found = mhtml.read(data[:cut] + part + data[cut:])
    assert [grid.place for grid in found.grids] == ["表1", "表2", "表3", "表4"]
    assert texts(found.grids[3]) == [["a", "b"]]


def test_an_archive_that_was_cut_short_is_refused() -> None:
    data = archive(REPORT)
    with pytest.raises(IntakeError, match="mhtml_unreadable"):
        mhtml.read(data[: len(data) // 2])


@pytest.mark.parametrize("data", [b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nnothing", b"", b"MIME-Version: 1.0\r\n\r\n"])
def test_an_archive_without_a_page_is_refused(data: bytes) -> None:
    with pytest.raises(IntakeError, match="mhtml_unreadable"):
        mhtml.read(data)


def test_parts_in_parts_end_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown by a parser that says so: no archive that deep has to be made for it."""

    def too_deep(*_args: object, **_facts: object) -> None:
        raise RecursionError

    monkeypatch.setattr("open_reports.intake.readers.mhtml.message_from_bytes", too_deep)
    with pytest.raises(IntakeError, match="mhtml_unreadable"):
        mhtml.read(archive(CORPUS["pingtan/2023"]))


def test_what_stands_behind_the_end_of_a_page_is_read() -> None:
    """Browsers go on behind `</html>`, and a second report there must not be left out without a word."""
    page = "<html><body><table><tr><td>甲</td><td>1</td></tr></table></body></html>"
    for more in (page.replace("甲", "乙"), f"<!DOCTYPE html>\n{page}", "<table><tr><td>丙</td><td>2</td></tr></table>"):
        assert len(html.read(f"{page}\n{more}".encode()).grids) == 2
