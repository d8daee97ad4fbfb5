# pandoc: the Markdown of a report becomes a Word file with all of its tables, every cell as it was; so does a page as Markdown, with --wrap=none.
# pip: pypandoc_binary==1.17
# As seen (pandoc 3.9): nothing is lost on the first way; without --wrap=none tables of the report, of the year and of the rules fall apart.
"$PYTHON" - <<'END'
import csv
import json
import re
from pathlib import Path

import pypandoc


def text(node):
    if isinstance(node, list):
        return "".join(map(text, node))
    if not isinstance(node, dict):
        return ""
    return node["c"] if node.get("t") == "Str" else text([part for key, part in node.items() if key != "t"])


def tables(document):
    """Cells of each table, without white space."""
    found = []
    for block in json.loads(document)["blocks"]:
        if block["t"] == "Table":
            *_, head, bodies, _ = block["c"]
            rows = head[1] + [row for body in bodies for row in body[2] + body[3]]
            found.append([[re.sub(r"\s", "", text(cell[4])) for cell in row[1]] for row in rows])
    return found


paths = sorted(Path("site").resolve().glob("reports/*/*/report-tables*.md"))
assert paths
for path in paths:
    pypandoc.convert_file(str(path), "docx", format="gfm", outputfile="report.docx")
    read = tables(pypandoc.convert_file("report.docx", "json", format="docx"))
    assert read == tables(pypandoc.convert_file(str(path), "json", format="gfm")), path
    marks = re.findall(r"^\|[ :|-]+\|$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(read) == len(marks) > 0, path
    cells = {cell.replace(",", "").lstrip("≠") for table in read for row in table for cell in row}
    for name in (path.parent / "data").glob("*.csv"):
        with name.open(encoding="utf-8-sig", newline="") as file:
            figures = {cell for row in list(csv.reader(file))[1:] for cell in row[1:] if re.fullmatch(r"\d+", cell)}
        lacking = figures - {number for cell in cells for number in re.findall(r"\d+", cell)}
        assert not lacking, (path, name, lacking)
END
root=$(cd "$(dirname "$0")/../.." && pwd)
(cd "$root" && NO_MKDOCS_2_WARNING=1 "$OWN" -m mkdocs build --quiet --site-dir "$OLDPWD/pages")
"$PYTHON" - <<'END'
import json
import re
from pathlib import Path

import pypandoc


def text(node):
    if isinstance(node, list):
        return "".join(map(text, node))
    if not isinstance(node, dict) or node.get("t") == "RawInline":
        return ""
    if node.get("t") in {"Str", "Code"}:
        return node["c"] if node["t"] == "Str" else node["c"][1]
    return "".join(text(part) for key, part in node.items() if key != "t")


def tables(node):
    """Cells of each table however deep, without white space."""
    if isinstance(node, dict) and node.get("t") == "Table":
        *_, head, bodies, _ = node["c"]
        rows = head[1] + [row for body in bodies for row in body[2] + body[3]]
        yield [[re.sub(r"\s", "", text(cell[4])) for cell in row[1]] for row in rows]
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from tables(part)


def converted(page, *options):
    """Tables of the Markdown made of a page, and how many of them stay HTML, as those with a grouped head do."""
    markdown = pypandoc.convert_text(page, "gfm", format="html", extra_args=options)
    return list(tables(json.loads(pypandoc.convert_text(markdown, "json", format="gfm")))), markdown.count("<table")


apart = []
for path in ("reports/pingtan/2024", "en/reports/pingtan-police/2024", "years/2024", "quality", "coverage", "data", "en/publish"):
    page = Path("pages", path, "index.html").read_text(encoding="utf-8")
    stated = list(tables(json.loads(pypandoc.convert_text(page, "json", format="html"))))
    found, raw = converted(page, "--wrap=none")
    assert found and len(found) + raw == len(stated), (path, len(found), raw, len(stated))
    assert all(each in stated for each in found), path
    if not all(each in stated for each in converted(page)[0]):
        apart.append(path)
assert apart, "the page of the data asks for --wrap=none, and nothing falls apart without"
print("without --wrap=none fall apart:", ", ".join(apart))
END
