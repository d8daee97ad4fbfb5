"""The report as a page, as a web archive and as text: plain, as a content system saves what was pasted from Word, as Markdown, as tabs.

Each function takes a report and gives the bytes of a file; `blocks` replace the report's own, for whoever changes the document.
"""

from __future__ import annotations

import base64
import html
import quopri
from typing import TYPE_CHECKING

from open_reports.intake.grid import Paragraph, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from open_reports.intake.grid import Drawn

    from manuscripts.statutory import Original, Rows

    Blocks = Sequence[Paragraph | Rows]


# -- pages --------------------------------------------------------------------------------------------------------------


def plain(report: Original, blocks: Blocks | None = None) -> bytes:
    """A clean page in UTF-8."""
    return _page(report, _body(blocks or report.blocks(), _plain_cell), "utf-8", "").encode()


def word(report: Original, blocks: Blocks | None = None, encoding: str = "gbk") -> bytes:
    """A page as a content system saves what was pasted from Word, between its own navigation: every habit that import must stand."""
    body = _body(
        blocks or report.blocks(), _word_cell, 'class="MsoNormalTable" border="1" cellspacing="0" style="border-collapse:collapse"'
    )
    style = """<style><!--
 /* Style Definitions */
 p.MsoNormal, li.MsoNormal {mso-style-parent:""; margin:0cm; text-align:justify; font-size:10.5pt}
 span.msoDel {mso-style-type:export-only; text-decoration:line-through; color:red}
--></style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<script>var report = "<table><tr><td>（七）总计</td><td>999</td></tr></table>";</script>"""
    decoys = f"""<!-- <table><tr><td>（七）总计</td><td>998</td></tr></table> -->
<!--[if supportFields]><table><tr><td>（七）总计</td><td>997</td></tr></table><![endif]-->
<div style="display: none"><table>{_row([("（七）总计", ""), ("996", "")])}</table></div>
<div hidden><p>一、本年新收政府信息公开申请数量 995</p></div>
<template><table><tr><td>（七）总计</td><td>994</td></tr></table></template>"""
    wrapped = f"""<table width="1000" align="center"><tr><td width="200">首页</td><td>
<table width="100%"><tbody><tr><td><div class="TRS_Editor">{decoys}<![if !supportLists]>{body}<![endif]></div></td></tr></tbody></table>
</td></tr><tr><td colspan="2">主办单位</td></tr></table>"""
    return _page(report, wrapped, {"gbk": "gb2312"}.get(encoding, encoding), style).encode(encoding, errors="xmlcharrefreplace")


def archive(report: Original, blocks: Blocks | None = None, *, transfer: str = "quoted-printable", page: bytes = b"") -> bytes:
    """The page as a browser saves it in one file."""
    content = page or plain(report, blocks)
    coded = quopri.encodestring(content) if transfer == "quoted-printable" else base64.encodebytes(content)
    subject = base64.b64encode(report.title.encode()).decode()
    head = f"""From: <Saved by Blink>
Snapshot-Content-Location: {report.url}
Subject: =?utf-8?B?{subject}?=
Date: Sun, 1 Mar 2026 08:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--made-up----"


------MultipartBoundary--made-up----
Content-Type: text/html
Content-ID: <frame-made-up@mhtml.blink>
Content-Transfer-Encoding: {transfer}
Content-Location: {report.url}

"""
    foot = """
------MultipartBoundary--made-up----
Content-Type: text/css
Content-Transfer-Encoding: quoted-printable
Content-Location: cid:css-made-up@mhtml.blink

@charset "utf-8";

------MultipartBoundary--made-up------
"""
    return head.replace("\n", "\r\n").encode() + coded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + foot.replace("\n", "\r\n").encode()


def _page(report: Original, body: str, charset: str, more: str) -> str:
    meta = {"SiteName": report.agency, "ArticleTitle": report.title, "PubDate": report.published, "Url": report.url}
    tags = "\n".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in meta.items())
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
{tags}
<title>{html.escape(report.title)}_{report.agency}</title>
{more}</head>
<body><div>首页 &gt; 政府信息公开</div>
{body}
<div>版权所有</div></body></html>
"""


def _body(blocks: Blocks, cell: Callable[[Drawn], str], attributes: str = "border=1") -> str:
    parts = []
    for block in blocks:
        if isinstance(block, Paragraph):
            tag = f"h{block.level}" if block.level else "p"
            parts.append(f"<{tag}>{html.escape(block.text)}</{tag}>")
        else:
            rows = "\n".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in block)
            parts.append(f"<table {attributes}>\n{rows}\n</table>")
    return "\n".join(parts)


def _row(cells: Sequence[tuple[str, str]]) -> str:
    return f"<tr>{''.join(f'<td{attributes}>{text}</td>' for text, attributes in cells)}</tr>"


def spans(cell: Drawn) -> str:
    """The attributes of a cell that spans."""
    return "".join(f' {name}="{span}"' for name, span in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if span != 1)


def _plain_cell(cell: Drawn) -> str:
    return f"<td{spans(cell)}>{html.escape(cell.text)}</td>"


def _word_cell(cell: Drawn) -> str:
    """Digits over several spans, no-break spaces around them and in blank cells, labels wrapped where the source was."""
    if not cell.text:
        inner = '<span lang="EN-US">&nbsp;</span>'
    elif cell.place:
        inner = "".join(f'<span lang="EN-US" style="font-size:9.0pt">{html.escape(each)}</span>' for each in cell.text)
        inner = f"&nbsp;{inner}<span><o:p></o:p></span>"
    else:
        half = len(cell.text) // 2
        inner = f"<b><span style='font-family:宋体'>{html.escape(cell.text[:half])}</span></b><span>{html.escape(cell.text[half:])}</span>"
        if half > 1 and "\n" not in cell.text and len(cell.text) < 7:
            inner = inner.replace("</b><span>", '</b></p>\n<p class="MsoNormal"><span>', 1)
    return f'<td width=64 valign=top{spans(cell)} style="border:solid windowtext 1.0pt;\n padding:0cm 5.4pt"><p class="MsoNormal" align=center>{inner}</p></td>'


# -- text ---------------------------------------------------------------------------------------------------------------


def markdown(report: Original, blocks: Blocks | None = None) -> bytes:
    """Markdown whose merged cells are repeated wherever they reach."""

    def expanded(rows: Rows) -> list[list[str]]:
        grid = placed(rows, "")
        at = grid.covering()
        return [[at[row, column].text for column in range(grid.columns)] for row in range(grid.rows)]

    return _markdown(blocks or report.blocks(), expanded)


def markdown_torn(report: Original, *, padded: bool) -> bytes:
    """Markdown whose merged cells were dropped: every row moves to the left; `padded` fills it up with blanks, as converters do."""

    def torn(rows: Rows) -> list[list[str]]:
        width = max(map(len, rows))
        return [[*(cell.text for cell in row), *([""] * (width - len(row) if padded else 0))] for row in rows]

    return _markdown(report.blocks(), torn)


def _markdown(blocks: Blocks, cells: Callable[[Rows], list[list[str]]]) -> bytes:
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines += [f"{'#' * block.level} {block.text}".strip(), ""]
            continue
        head, *rows = cells(block)
        lines += [_piped(head), _piped(["---"] * len(head)), *map(_piped, rows), ""]
    return "\n".join(lines).encode()


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def tabs(report: Original, blocks: Blocks | None = None, *, between: str = "\n\n") -> bytes:
    """What Chromium copies of a page: own cells of each row between tabs, and no word of their spans."""
    parts = [
        block.text if isinstance(block, Paragraph) else "\n".join("\t".join(cell.text for cell in row) for row in block)
        for block in blocks or report.blocks()
    ]
    return between.join(parts).encode()


def run_together(report: Original) -> bytes:
    """The report as text without anything between its cells."""
    parts = [
        block.text if isinstance(block, Paragraph) else "\n".join("".join(cell.text for cell in row) for row in block)
        for block in report.blocks()
    ]
    return "\n".join(parts).encode()
