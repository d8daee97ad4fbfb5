# pandoc: the Markdown of a report becomes a Word file with all of its tables, every cell as it was.
# pip: pypandoc_binary==1.17
# As seen (pandoc 3.9): nothing is lost on this way.
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
