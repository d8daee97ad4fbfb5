# Open Data Editor: a window (Qt) around frictionless, which knows CSV, workbooks and folders, but no zip and no datapackage.json. The calls with which it
# opens and judges a file (ode/file.py, and ode/panels/data.py of okfn/opendataeditor at 02f979b) are made here for every CSV of the site; the window
# itself is not opened.
# pip: frictionless[excel]==5.21.0
# As seen: of 294 files two have a cell marked as wrong, a decimal after a hundred rows of whole numbers; every cell is as it is in the file.
"$PYTHON" - <<'END'
import csv
import re
from pathlib import Path

from frictionless import system
from frictionless.resources import TableResource

marked, root = [], Path("site").resolve()
paths = sorted(root.rglob("*.csv"))
for path in paths:
    with system.use_context(trusted=True):
        table = TableResource(path)
        table.infer()
        cells = table.read_cells()
        judged = table.validate(limit_errors=1000)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [["" if cell is None else str(cell) for cell in row] for row in cells] == rows, path
    for error in judged.tasks[0].errors:
        assert error.type == "type-error" and re.search(r'in the cell "\d+\.\d+"', error.message), (path, error.message)
        marked.append((path.relative_to(root).as_posix(), error.message))
# A workbook is made for people, with a title over its tables: it is opened, and its first sheet has a row of names.
for path in sorted(root.rglob("*.xlsx")):
    with system.use_context(trusted=True):
        table = TableResource(path)
        table.infer()
        assert len(table.read_cells()) > 3, path
print(len(paths), "files; marked:", *(f"\n  {path}: {message}" for path, message in marked))
END
